// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/replay/replayitems.h"
#include "model/replay/replayjournal.h"
#include "model/replay/replayports.h"
#include "model/replay/replaytarget.h"

#include <future>

namespace spillway {

/// Messages of a job, read and made ready to be claimed and sent. All lists are in the order of `items`.
struct ReadyBatch
{
    ItemList items;
    std::vector<TriageState> states;
    std::vector<std::optional<OutgoingRecord>> records; ///< nullopt: the payload is no longer stored
    std::optional<std::size_t> unsealed; ///< the first of `items` whose letter is not what the plan sealed
};

/// Reads a job's batches, and while one is sent the next one. What was read ahead counts only as long as nobody has
/// decided anything about dead letters since; else it is read anew. One thread, the job's; a second one reads.
class ReplayBatches
{
public:
    /// All outlive this. Of the job's items only the letters are looked at, which never change.
    ReplayBatches(const ReplayJobSpec& job, ReplayLetterSource& letters, ReplayJournal& journal)
        : m_job(job)
        , m_letters(letters)
        , m_journal(journal)
    {
    }

    /// Begins to read; at most one batch is read ahead.
    void readAhead(ItemList items, std::stop_token stop);
    /// These items, from what was read ahead when it is them.
    [[nodiscard]] Result<ReadyBatch> take(const ItemList& items, std::stop_token stop);
    /// What was read ahead is not used.
    void forget() { m_ahead = {}; }

private:
    [[nodiscard]] Result<ReadyBatch> read(const ItemList& items, std::stop_token stop) const;

    const ReplayJobSpec& m_job;
    ReplayLetterSource& m_letters;
    ReplayJournal& m_journal;
    std::int64_t m_aheadSince = 0; // the ledger's last event before it was read
    std::future<Result<ReadyBatch>> m_ahead;
};

} // namespace spillway
