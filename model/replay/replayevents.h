// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/job/jobstate.h"
#include "model/ledger/ledger.h"
#include "model/replay/replayoptions.h"
#include "model/replay/replayplan.h"
#include "model/replay/replaytarget.h"

#include <QJsonObject>

#include <span>
#include <vector>

/// The ledger events of a replay, in the order they happen to a job. Bodies are JSON objects; items are named by their
/// index in the plan; `items` is a list of half-open ranges [[first, last), …]. Types and bodies never change meaning.
///
///   replay.planned         { planId, digest, connection, query, messages, bytes, guarantee }
///   replay.jobCreated      { jobId, planId, digest, connection, clusterId, query, ledgerSeq, guarantee, messages,
///   bytes,
///                            targets: [topic], strip: [{ names, prefixes, shape }], rate, canary: [n], settleMs,
///                            stopIf, reason }
///   replay.jobLetters      { jobId, first, letters: [[id, channel, partition, offset, digest, bytes, target,
///   targetPartition,
///                            generation, replayOf, consumerGroup, strip]] }   with `jobCreated`, in one transaction
///   replay.runStarted      { jobId, ends: [[topic, partition, next]] }        `ends` before anything was sent; else
///   empty replay.itemsSkipped    { jobId, reason, items } replay.batchIntended   { jobId, batch, items } before
///   sending replay.batchCommitted  { jobId, batch, topics, landed: [[item, topic's index, partition, offset]],
///   placeUnknown: items } replay.batchNotSent    { jobId, batch, items }                            aborted, or found
///   not to have been sent replay.stepSettled     { jobId, step, sent, confirmed, failedAgain, items: { confirmed,
///   failedAgain, unknown } }
///                            `step` null: looked up after the job; items hold what changed
///   replay.verified        { jobId, once, missing, doubled }
///   replay.stateChanged    { jobId, state, detail }
///   replay.cancelRequested { jobId }
namespace spillway {

/// Indices in a plan, ascending, each once.
using ItemList = std::vector<std::size_t>;

enum class ReplayOutcome { Confirmed, FailedAgain, Unknown };
[[nodiscard]] QString replayOutcomeWord(ReplayOutcome outcome); ///< contract.md: confirmed, failedAgain, unknown
[[nodiscard]] std::optional<ReplayOutcome> replayOutcomeFromWord(QStringView word);

/// A sent item and where it lies; nullopt: the broker has it, but it was not found again.
struct LandedItem
{
    std::size_t item = 0;
    std::optional<LandedAt> at;
    friend bool operator==(const LandedItem&, const LandedItem&) = default;
};

/// What a settled step adds to the ledger.
struct SettledStep
{
    std::optional<int> step; ///< 1, 2, …; nullopt: after the job
    std::int64_t sent = 0;   ///< of this step
    std::int64_t confirmed = 0;
    std::int64_t failedAgain = 0;
    ItemList nowConfirmed; ///< of the whole job: items whose outcome is new
    ItemList nowFailedAgain;
    ItemList nowUnknown;
};

/// How often the job's messages lie in the targets.
struct VerifiedCounts
{
    std::int64_t once = 0;
    std::int64_t missing = 0;
    std::int64_t doubled = 0; ///< messages found more than once
    friend bool operator==(const VerifiedCounts&, const VerifiedCounts&) = default;
};

/// Makes the events of one actor.
class ReplayEvents
{
public:
    explicit ReplayEvents(QString actor)
        : m_actor(std::move(actor))
    {
    }

    /// @param digest  planDigest, which takes its time on a large plan.
    [[nodiscard]] Ledger::Draft planned(const ReplayPlan& plan, const QString& digest) const;
    /// jobCreated and its jobLetters: append them together.
    [[nodiscard]] std::vector<Ledger::Draft> jobCreated(const QString& jobId, const ReplayPlan& plan,
                                                        const QString& digest, const ReplayOptions& options,
                                                        const QString& reason) const;
    [[nodiscard]] Ledger::Draft runStarted(const QString& jobId, const std::vector<Position>& ends) const;
    [[nodiscard]] Ledger::Draft itemsSkipped(const QString& jobId, const QString& reason, const ItemList& items) const;
    [[nodiscard]] Ledger::Draft batchIntended(const QString& jobId, std::int64_t batch, const ItemList& items) const;
    [[nodiscard]] Ledger::Draft batchCommitted(const QString& jobId, std::int64_t batch,
                                               std::span<const LandedItem> items) const;
    [[nodiscard]] Ledger::Draft batchNotSent(const QString& jobId, std::int64_t batch, const ItemList& items) const;
    [[nodiscard]] Ledger::Draft stepSettled(const QString& jobId, const SettledStep& step) const;
    [[nodiscard]] Ledger::Draft verified(const QString& jobId, const VerifiedCounts& counts) const;
    [[nodiscard]] Ledger::Draft stateChanged(const QString& jobId, JobState state, const QString& detail) const;
    [[nodiscard]] Ledger::Draft cancelRequested(const QString& jobId) const;

private:
    QString m_actor;
};

/// Reads `items` as half-open ranges; what is no range, or an empty one, is left out.
[[nodiscard]] std::vector<std::pair<std::int64_t, std::int64_t>> rangesOf(const QJsonValue& ranges);
/// Reads `items`.
[[nodiscard]] ItemList itemsOf(const QJsonValue& ranges);
/// Reads the letters of `replay.jobLetters`.
[[nodiscard]] std::vector<PlanLetter> lettersOf(const QJsonObject& body);
/// Reads `landed` and `placeUnknown` of `replay.batchCommitted`.
[[nodiscard]] std::vector<LandedItem> landedOf(const QJsonObject& body);

} // namespace spillway
