// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/job/progress.h"
#include "model/job/throttle.h"
#include "model/job/waiter.h"
#include "model/replay/replaybatches.h"
#include "model/replay/replaycontrol.h"
#include "model/replay/replayitems.h"
#include "model/replay/replayjobs.h"
#include "model/replay/replayjournal.h"
#include "model/replay/replaylimits.h"
#include "model/replay/replayports.h"
#include "model/replay/replaytarget.h"

#include <functional>
#include <optional>
#include <vector>

namespace spillway {

/// How a job stands, during the run and after it.
struct ReplayReport
{
    QString jobId;
    QString planId;
    JobState state = JobState::Planned;
    QString detail; ///< why; empty: nothing to say
    std::int64_t messages = 0;
    std::int64_t sent = 0;
    std::int64_t confirmed = 0;
    std::int64_t failedAgain = 0;
    std::int64_t skipped = 0;
    std::int64_t inDoubt = 0; ///< to be sent, and not known whether they were; 0 unless something went wrong
    int step = 0;             ///< 1, 2, …; 0 before the first
    int steps = 0;
    std::optional<double> ratePerSecond;
    std::optional<Millis> eta;
    std::optional<Error> error; ///< what ended the run, where it was a failure
    friend bool operator==(const ReplayReport&, const ReplayReport&) = default;
};

/// A progress line of `replay run --json`.
[[nodiscard]] QByteArray writeReplayProgressJson(const ReplayReport& report);
/// The last line: `{ jobId, sent, confirmed, failedAgain, skipped, state }`.
[[nodiscard]] QByteArray writeReplayResultJson(const ReplayReport& report);

/// Runs one job, from its start or from wherever a dead process left it. One thread; owns nothing global.
///
/// Nothing is believed that is not written down: before a batch goes, the ledger says what is to be sent; after it,
/// what was. When a process dies in between, the next run opens the job on the target again (which fences the dead one)
/// and asks what was committed; where the target cannot tell, it looks the messages up by their replay headers. Only
/// then does it send the rest.
class ReplayRunner
{
public:
    /// Everything outlives the run.
    struct World
    {
        ReplayTarget& target;
        ReplayJournal& journal;
        ReplayLetterSource& letters;
        OutcomeProbe* probe = nullptr; ///< nullptr: nobody can tell outcomes; they stay unknown
        const Clock& clock;
        Waiter& waiter;
        QString actor;
        std::function<void(const ReplayReport&)>
            onProgress; ///< after each batch, change of state and look for outcomes; may be empty
        BatchSize batch{};
    };

    ReplayRunner(World world, QString jobId);
    /// A job that was made just now: it need not wait until all its letters are listed.
    ReplayRunner(World world, FreshReplayJob job);

    /// @return how the job stands when the run is over: done, failed, stopped, cancelled; interrupted when it can go on
    /// later (its `error` says why), paused when the process left a paused job. An error when there is no such job
    /// (NotFound) or it is over (InvalidConfig).
    [[nodiscard]] Result<ReplayReport> run(const ReplayControl& control);

private:
    /// Why the run is over. Functions that may end it return nullopt to go on.
    struct Ending
    {
        JobState state = JobState::Done;
        QString detail;
        std::optional<Error> error;
    };
    using MaybeEnding = std::optional<Ending>;

    [[nodiscard]] Status load();
    [[nodiscard]] Status read();
    [[nodiscard]] bool isListing() const;
    /// Waits until these items stand in the projection.
    [[nodiscard]] Status awaitListed(const ItemList& items) const;
    [[nodiscard]] MaybeEnding start();
    [[nodiscard]] MaybeEnding checkTargets();
    [[nodiscard]] Result<std::vector<Position>> endsOfTargets();
    [[nodiscard]] MaybeEnding openAndReconcile(std::stop_token stop);
    [[nodiscard]] MaybeEnding reconcile(const ReplayProgress& progress, std::stop_token stop);
    [[nodiscard]] Result<ReplayVerification> lookUp(std::stop_token stop);

    [[nodiscard]] MaybeEnding sendStep(std::size_t step);
    [[nodiscard]] MaybeEnding obey();
    /// The next items to send, of those in [first, end).
    [[nodiscard]] ItemList nextBatch(std::size_t first, std::size_t end) const;
    [[nodiscard]] ItemList followerOf(const ItemList& batch) const;
    [[nodiscard]] MaybeEnding sendBatch(const ItemList& batch);
    [[nodiscard]] MaybeEnding claim(const ReadyBatch& batch, ItemList& claimed);
    [[nodiscard]] MaybeEnding afterFailure(const Error& error);

    [[nodiscard]] MaybeEnding settle(std::size_t step);
    [[nodiscard]] MaybeEnding observeOutcomes(bool& isAllKnown);
    [[nodiscard]] MaybeEnding recordSettled(std::size_t step);
    [[nodiscard]] MaybeEnding verify();

    [[nodiscard]] ReplayReport end(const Ending& ending);
    [[nodiscard]] Ending endingOf(const Error& error, const QString& doing) const;
    [[nodiscard]] MaybeEnding record(std::vector<Ledger::Draft> drafts, const QString& doing);
    [[nodiscard]] MaybeEnding changeState(JobState state, const QString& detail = {});
    void markSent(const std::vector<LandedItem>& items);
    void tell();
    [[nodiscard]] ReplayReport report() const;
    void addPace(ReplayReport& report) const;

    template<typename T>
    [[nodiscard]] Result<T> patiently(const std::function<Result<T>()>& attempt);

    World m_world;
    const ReplayControl* m_control = nullptr;
    ReplayEvents m_events;
    ReplayJobSpec m_job;
    ReplayBatches m_batches{m_job, m_world.letters, m_world.journal};
    std::vector<std::shared_future<Status>> m_listed; // FreshReplayJob::listed
    bool m_isFresh = false;                           // m_job need not be read
    std::vector<std::size_t> m_stepEnds;
    std::size_t m_step = 0;
    bool m_isAtomic = true; // as the target said when it was opened; it is always opened first
    int m_failures = 0;     // sendings in a row whose outcome was unknown
    std::optional<Throttle> m_throttle;
    std::optional<ProgressMeter> m_meter;
    /// What was sent last, to be written down with the intent that follows at once: one wait for the disk, not two.
    /// Until then the target knows, as it does when a process dies before it can write.
    std::optional<Ledger::Draft> m_unwritten;
    QString m_note; // something the end should say although it is no failure
    std::vector<std::optional<ReplayOutcome>> m_recordedOutcomes; // as the ledger has them
};

} // namespace spillway
