// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/ledger/ledger.h"
#include "model/replay/replayprojection.h"
#include "model/store/storewriter.h"

#include <functional>
#include <mutex>
#include <vector>

namespace spillway {

/// Where replays are written down: first in the ledger, then in the projection that everybody reads. Thread-safe.
class ReplayJournal
{
public:
    virtual ~ReplayJournal() = default;

    /// Appends in one durable transaction, then applies. An error after the append leaves the events true: `catchUp`
    /// applies them.
    [[nodiscard]] virtual Status record(std::vector<Ledger::Draft> drafts) = 0;
    /// Applies what the projection lacks, in order.
    [[nodiscard]] virtual Status catchUp() = 0;
    /// A connection to read the projection with, for the calling thread.
    [[nodiscard]] virtual Result<Database> reader() = 0;

    /// Runs `work` while no other such work runs: to look at the projection and record on the strength of it.
    /// Every process that records holds the state directory, so a lock within the process is enough. Not recursive.
    [[nodiscard]] Status exclusively(const std::function<Status()>& work);

private:
    std::mutex m_exclusive; // guards no member: it orders look-then-record
};

/// The journal of a state directory. Ledger and writer outlive it.
class LedgerReplayJournal final : public ReplayJournal
{
public:
    using OpenReader = std::function<Result<Database>()>;

    /// @param letters  tells the dead letters what becomes of them; may be empty.
    LedgerReplayJournal(Ledger& ledger, StoreWriter& writer, OpenReader openReader, LetterStates letters);

    [[nodiscard]] Status record(std::vector<Ledger::Draft> drafts) override;
    [[nodiscard]] Status catchUp() override;
    [[nodiscard]] Result<Database> reader() override;

    /// Empties the projection and makes it anew from the ledger's first event on.
    [[nodiscard]] Status rebuild();

private:
    Ledger& m_ledger;
    StoreWriter& m_writer;
    OpenReader m_openReader;
    LetterStates m_letters;
};

} // namespace spillway
