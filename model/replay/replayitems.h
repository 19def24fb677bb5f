// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/job/jobstate.h"
#include "model/replay/replayevents.h"
#include "model/replay/replayports.h"
#include "model/store/database.h"

#include <optional>
#include <vector>

/// The messages of a job and what is known of each; and the rules by which more becomes known. Pure but for the
/// loading.
namespace spillway {

enum class ItemStatus {
    Pending,  ///< not sent
    Intended, ///< in doubt: the ledger says it was to be sent, nothing says whether it was
    Sent,
    Skipped,
};

/// As the table `replay_item` spells it: pending, intended, sent, skipped. What it does not spell is pending.
[[nodiscard]] ItemStatus itemStatusFromWord(QStringView word);

struct ReplayItem
{
    PlanLetter letter;
    ItemStatus status = ItemStatus::Pending;
    std::optional<LandedAt> landed; ///< of a sent one, where known
    std::optional<ReplayOutcome> outcome;
};

/// A job as the projection holds it: all that a resume needs.
struct ReplayJobSpec
{
    QString jobId;
    QString planId;
    QString connection;
    QString guarantee;
    std::int64_t planLedgerSeq = 0;
    std::vector<QString> targets;
    std::vector<StripRule> stripRules;
    ReplayOptions options;
    JobState state = JobState::Planned;
    bool isCancelRequested = false;
    std::int64_t lastBatch = 0;
    std::vector<Position> ends;    ///< of the targets before anything was sent; empty: not asked yet
    std::vector<int> settledSteps; ///< 1, 2, …
    std::vector<ReplayItem> items; ///< by index in the plan

    /// Consumer groups whose commits tell outcomes, by name, each once.
    [[nodiscard]] std::vector<QString> groups() const;
};

/// NotFound when there is no such job.
[[nodiscard]] Result<ReplayJobSpec> loadReplayJob(Database& reader, const QString& jobId);

/// Which of these letters another job sent, or may have sent, after the ledger event `afterSeq`. Flags in the order of
/// the ids.
[[nodiscard]] Result<std::vector<bool>> sentByOtherJob(Database& reader, const std::vector<QString>& letterIds,
                                                       const QString& jobId, std::int64_t afterSeq);

/// What a target's progress says of items that are in doubt.
struct ProgressVerdict
{
    ItemList sent;    ///< the broker says so
    ItemList notSent; ///< the broker says so, of items in doubt
    /// The broker's word does not decide, or contradicts the ledger: look the job's messages up in the targets.
    bool needsLookUp = false;
    friend bool operator==(const ProgressVerdict&, const ProgressVerdict&) = default;
};

/// Rules for an atomic target, per dead-letter partition:
///  1. below the broker's progress: sent;
///  2. at or above it: not sent; but when the ledger knows it as sent, the progress was lost: look up;
///  3. no progress there (expired, deleted, or never begun): look up what is in doubt, or known as sent.
/// For any other target: look up what is in doubt. Skipped items do not count.
[[nodiscard]] ProgressVerdict judgeProgress(const std::vector<ReplayItem>& items, const ReplayProgress& progress);

struct LookUpResult
{
    std::vector<LandedItem> sent;
    ItemList notSent; ///< of items in doubt
    friend bool operator==(const LookUpResult&, const LookUpResult&) = default;
};

/// Settles a verdict by what was found in the targets. What is known as sent takes its places first.
[[nodiscard]] LookUpResult resolveByLookUp(const std::vector<ReplayItem>& items, const ProgressVerdict& verdict,
                                           const ReplayVerification& verification);

/// Compares what was sent with what was found. Places of sent items that were unknown are in `places`.
struct VerificationResult
{
    VerifiedCounts counts;
    std::vector<LandedItem> places;
};
[[nodiscard]] VerificationResult countVerified(const std::vector<ReplayItem>& items,
                                               const ReplayVerification& verification);

/// Outcome of every item; nullopt for those that were not sent. A failure stays one, a confirmation only gives way to a
/// failure.
[[nodiscard]] std::vector<std::optional<ReplayOutcome>> judgeOutcomes(const std::vector<ReplayItem>& items,
                                                                      const OutcomeObservation& observation);

} // namespace spillway
