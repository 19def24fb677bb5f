// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/job/jobstate.h"
#include "model/replay/replayevents.h"
#include "model/replay/replayitems.h"
#include "model/replay/replayjournal.h"
#include "model/replay/replayoptions.h"
#include "model/replay/replayplan.h"

#include <optional>
#include <vector>

/// Replay jobs: how one comes to be, what is known of it, how one that nobody runs is ended.
namespace spillway {

/// One row of `replay status`.
struct ReplayJobRow
{
    QString jobId;
    QString planId;
    QString connection;
    QString query;
    JobState state = JobState::Planned;
    QString detail; ///< why it is in this state; empty: nothing to say
    QString guarantee;
    std::vector<QString> targets;
    std::int64_t messages = 0;
    std::int64_t sent = 0;
    std::int64_t confirmed = 0;
    std::int64_t failedAgain = 0;
    std::int64_t skipped = 0;
    std::optional<VerifiedCounts> verified;
    QString createdBy;
    std::optional<QString> reason;
    UtcTime createdAt;
    std::optional<UtcTime> startedAt;
    std::optional<UtcTime> finishedAt;
    friend bool operator==(const ReplayJobRow&, const ReplayJobRow&) = default;
};

/// Whether a process holds the state directory. When none does, a job that was running is interrupted: its process
/// died.
enum class StateHolder { Alive, None };

/// All jobs, newest first, at most `limit`. Reads the projection.
[[nodiscard]] Result<std::vector<ReplayJobRow>> replayJobs(Database& reader, StateHolder holder, int limit = 1'000);
/// NotFound when there is no such job.
[[nodiscard]] Result<ReplayJobRow> replayJob(Database& reader, StateHolder holder, const QString& jobId);

/// One object as `replay status JOB --json` prints it.
[[nodiscard]] QByteArray writeReplayJobJson(const ReplayJobRow& row);
/// The array as `replay status --json` prints it.
[[nodiscard]] QByteArray writeReplayJobsJson(const std::vector<ReplayJobRow>& rows);

/// Whether a job that may still go on has this letter in its list. Its payload must stay.
[[nodiscard]] Result<bool> jobHoldsLetter(Database& database, const QString& letterId);

/// Fills in `activeJob` and `lastJob` of candidates from what was replayed so far.
[[nodiscard]] Status addReplayHistory(Database& reader, std::vector<PlanCandidate>& candidates,
                                      const std::stop_token& stop = {});

/// Notes in the ledger that a plan was made, for the audit and so that a changed plan is recognised even with a new
/// digest.
[[nodiscard]] Status recordPlan(ReplayJournal& journal, const ReplayPlan& plan, const QString& actor);

/// Makes the one job of a plan; listed from now on, nothing is sent yet.
/// @param reason  the operator's words; may be empty.
/// @return the job's id. InvalidConfig when the plan has a job already (named), or is not the plan that was recorded.
[[nodiscard]] Result<QString> createReplayJob(ReplayJournal& journal, const ReplayPlan& plan,
                                              const ReplayOptions& options, const QString& actor, const QString& reason,
                                              const Clock& clock, const RandomBits& random);

/// A job that was made just now: written down whole in the ledger, while its list of letters may still be on its way to
/// the projection.
struct FreshReplayJob
{
    ReplayJobSpec spec; ///< as `loadReplayJob` will read it
    /// By `ledgerChunkLetters` of its items: whether they stand in the projection. Shorter: those behind do.
    std::vector<std::shared_future<Status>> listed;
};

/// As `createReplayJob`, but it does not wait for the list of letters: a hundred thousand take a second, in which the
/// job can open its target.
/// @param digest  planDigest of the plan.
[[nodiscard]] Result<FreshReplayJob> beginReplayJob(ReplayJournal& journal, const ReplayPlan& plan,
                                                    const QString& digest, const ReplayOptions& options,
                                                    const QString& actor, const QString& reason, const Clock& clock,
                                                    const RandomBits& random);

/// To be called by a process that has just taken the state directory: jobs that a dead process left running are
/// interrupted.
/// @return how many.
[[nodiscard]] Result<int> markInterruptedJobs(ReplayJournal& journal, const QString& actor);

/// Ends a job that no process runs. What was in doubt stays so: those letters become `unknown`.
/// InvalidConfig when it is over already; NotFound when there is none.
[[nodiscard]] Status cancelIdleJob(ReplayJournal& journal, const QString& jobId, const QString& actor);

} // namespace spillway
