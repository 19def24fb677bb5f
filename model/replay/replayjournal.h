// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/ledger/ledger.h"
#include "model/replay/replayprojection.h"
#include "model/store/storewriter.h"

#include <QHash>

#include <functional>
#include <future>
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
    /// Appends as `record` does, and returns; applying follows in the order of recording. What cannot be applied now is
    /// applied, or its error told, by the next `record` or `catchUp`. An intent that comes last is applied with
    /// whatever is recorded next: mostly what became of it.
    [[nodiscard]] virtual Status recordAhead(std::vector<Ledger::Draft> drafts) = 0;
    /// Appends as `record` does, applies the first `now` events, and returns; applying the others follows, one after
    /// the other. An error of one of them is told by the next `record` or `catchUp`.
    /// @return for each of the others, in order, whether it has been applied; empty: all are.
    [[nodiscard]] virtual Result<std::vector<std::shared_future<Status>>>
    recordGradually(std::vector<Ledger::Draft> drafts, std::size_t now) = 0;
    /// Applies what the projection lacks, in order.
    [[nodiscard]] virtual Status catchUp() = 0;
    /// A connection to read the projection with, for the calling thread.
    [[nodiscard]] virtual Result<Database> reader() = 0;

    /// The ledger's last event.
    [[nodiscard]] virtual Result<std::int64_t> lastSeq() = 0;
    /// Whether people decided anything about dead letters after this event.
    [[nodiscard]] virtual Result<bool> isDecidedAfter(std::int64_t seq) = 0;

    /// Runs `work` while no other such work runs: to look at the projection and record on the strength of it.
    /// Every process that records holds the state directory, so a lock within the process is enough. Not recursive.
    [[nodiscard]] Status exclusively(const std::function<Status()>& work);

    /// Letters that running jobs are to send, for as long as the projection may not tell yet. Only within
    /// `exclusively`.
    /// @return for each letter whether it is this job's now; false: another running job has it.
    [[nodiscard]] std::vector<bool> claim(const QString& jobId, const std::vector<QString>& letterIds);
    /// The job runs no longer, and the projection is caught up.
    void release(const QString& jobId);

private:
    std::mutex m_exclusive;           // guards no member: it orders look-then-record
    std::mutex m_claiming;            // guards: m_claims
    QHash<QString, QString> m_claims; // letter -> job
};

/// The journal of a state directory. Ledger and writer outlive it.
class LedgerReplayJournal final : public ReplayJournal
{
public:
    using OpenReader = std::function<Result<Database>()>;

    /// @param letters  tells the dead letters what becomes of them; may be empty.
    LedgerReplayJournal(Ledger& ledger, StoreWriter& writer, OpenReader openReader, LetterStates letters);

    ~LedgerReplayJournal() override; ///< waits until what was recorded ahead is applied
    [[nodiscard]] Status record(std::vector<Ledger::Draft> drafts) override;
    [[nodiscard]] Status recordAhead(std::vector<Ledger::Draft> drafts) override;
    [[nodiscard]] Result<std::vector<std::shared_future<Status>>> recordGradually(std::vector<Ledger::Draft> drafts,
                                                                                  std::size_t now) override;
    [[nodiscard]] Status catchUp() override;
    [[nodiscard]] Result<Database> reader() override;
    [[nodiscard]] Result<std::int64_t> lastSeq() override { return m_ledger.lastSeq(); }
    [[nodiscard]] Result<bool> isDecidedAfter(std::int64_t seq) override;

    /// Empties the projection and makes it anew from the ledger's first event on.
    [[nodiscard]] Status rebuild();

private:
    enum class LastIntent { Now, Later };
    /// @param most  events at once.
    [[nodiscard]] StoreWriter::Task applyNext(LastIntent lastIntent, int most);
    /// Applies in the writer's thread up to an event, and perhaps beyond.
    [[nodiscard]] std::shared_future<Status> applyUpTo(std::int64_t seq, qsizetype bytes);

    Ledger& m_ledger;
    StoreWriter& m_writer;
    OpenReader m_openReader;
    LetterStates m_letters;
    std::mutex m_applyingMutex;            // guards: m_applying
    std::shared_future<Status> m_applying; // what was enqueued last
};

} // namespace spillway
