// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/base/result.h"
#include "model/broker/capabilities.h"
#include "model/catalog/catalog.h"
#include "model/deadletter/deadletter.h"
#include "model/replay/replayheaders.h"
#include "model/replay/replayid.h"

#include <QString>

#include <array>
#include <functional>
#include <optional>
#include <vector>

/// A plan is a frozen list of letters and where each will go: made once, sealed with a digest, shown, then run by one
/// job.
namespace spillway {

/// What planning needs to know of a letter; no payload.
struct PlanCandidate
{
    QString letterId;
    std::int64_t place = 0; ///< DeadLetter::place
    QString connection;
    QString clusterId;
    TopicPartition at; ///< in the dead-letter channel
    Offset offset;
    std::uint64_t digest = 0; ///< recordDigest
    std::int64_t sizeBytes = 0;
    std::optional<UtcTime> recordTimestamp;
    QString dialect;
    /// Of other frameworks that had the letter before: their headers stand in it too, and are as stale.
    QStringList olderDialects{};
    bool isPointer = false;        ///< the payload stayed elsewhere
    bool originIsInternal = false; ///< a topic that the framework empties itself
    QString erased{};              ///< who erased its payload, when and why; empty: nobody
    QString payloadRefusal{};      ///< of an envelope: why its payload does not go to the origin; empty: it does
    bool isSentWhole = true;       ///< whether `--to` takes the envelope as it is
    /// Of the message that will go out (`outgoingKey`); an empty one is one; a compacted topic takes no message
    /// without.
    bool hasKey = true;
    std::optional<QString> originTopic;
    std::optional<int> originPartition;
    std::optional<Offset> originOffset;
    std::optional<UtcTime> originTimestamp;
    std::optional<QString> consumerGroup; ///< whose committed offset tells the outcome
    std::optional<int> replayGeneration;  ///< of the replay that this letter came out of
    /// The header by which that replay names the record; nullopt: it came out of none, or its header says no place, or
    /// one that is not this letter's.
    std::optional<QByteArray> replayOf;
    TriageState state = TriageState::New;
    UtcTime firstSeenAt;
    std::optional<QString> activeJob; ///< a job that is not over holds it
    std::optional<QString> lastJob;   ///< the newest job that sent it
    friend bool operator==(const PlanCandidate&, const PlanCandidate&) = default;
};

/// @param catalog  names the group where the letter does not, by the letter's (consumer, event type).
[[nodiscard]] PlanCandidate planCandidate(const DeadLetter& letter, const Catalog& catalog);

/// One message of a plan. Its index in the plan's list is its name in the ledger.
struct PlanLetter
{
    QString letterId;
    TopicPartition at; ///< in the dead-letter channel
    Offset offset;
    std::uint64_t digest = 0;
    std::int64_t sizeBytes = 0;
    QString target;
    std::optional<int> targetPartition; ///< nullopt: by key as Java clients do
    int generation = 1;
    QByteArray replayOf;
    std::optional<QString> consumerGroup;
    int stripRule = 0; ///< index in `ReplayPlan::stripRules`
    friend bool operator==(const PlanLetter&, const PlanLetter&) = default;
};

/// How a digest is written: 16 hexadecimal digits, as plans and the ledger have it.
using DigestDigits = std::array<char16_t, 16>;
[[nodiscard]] DigestDigits digestDigits(std::uint64_t digest);

/// A number of messages under one text: a target, or a reason why letters stayed out.
struct PlanCount
{
    QString text;
    std::int64_t messages = 0;
    friend bool operator==(const PlanCount&, const PlanCount&) = default;
};

/// Which headers stay behind, for letters of one dialect in one channel.
struct PlanStripRule
{
    QString dialect;
    QString channel;
    StripRule rule;
    QStringList olderDialects{}; ///< whose headers stay behind too
    friend bool operator==(const PlanStripRule&, const PlanStripRule&) = default;
};

struct ReplayPlan
{
    QString planId;
    QString connection;
    QString clusterId;
    UtcTime createdAt;
    UtcTime cutOff;             ///< letters first seen later are not in it
    std::int64_t ledgerSeq = 0; ///< what was replayed after this ledger event is skipped when the plan runs
    QString query;
    std::optional<QString> to; ///< `--to`; nullopt: each to its origin
    QString guarantee;
    std::int64_t bytes = 0;
    std::vector<PlanCount> targets; ///< by topic's name
    std::vector<PlanCount> blocked; ///< by reason
    std::vector<PlanStripRule> stripRules;
    std::vector<PlanLetter> letters; ///< by dead-letter channel, partition, offset; each once
    friend bool operator==(const ReplayPlan&, const ReplayPlan&) = default;
};

/// What to plan.
struct PlanRequest
{
    QString connection; ///< letters of others are blocked: one plan, one cluster
    QString query;      ///< as the user wrote it; kept for the record
    std::optional<QString> to;
    std::int64_t ledgerSeq = 0; ///< `Ledger::lastSeq` when the letters were read
    std::vector<HeaderChoice> headerChoices{};
    /// Letters whose dialect nobody knows any more are planned: its headers go along, but for those that were chosen.
    bool allowsUnknownDialects = false;
};

/// What a plan asks of the world.
struct PlanWorld
{
    Capabilities capabilities;
    /// Number of partitions of a target; NotFound and Unsupported (the broker's own) block its letters, any other error
    /// fails the plan.
    std::function<Result<int>(const QString& topic)> partitionCount;
    /// The headers that a dialect, or in this channel a mapping, wrote about the failure.
    std::function<StripRule(const QString& dialect, const QString& channel)> stripRule;
    /// Whether a target is compacted; nullopt: nobody may say. Asked only for letters without key. Empty: unknown for
    /// all.
    std::function<Result<std::optional<bool>>(const QString& topic)> isCompacted = {};
    /// Whether two letters, by id, hold the same key and payload. Asked only of those with one origin, target and
    /// group; without it none does.
    std::function<Result<bool>(const QString& one, const QString& other)> isSameRecord = {};
    /// Whether it is known what a dialect (`mapping`: this channel's) wrote about the failure; empty: of all.
    std::function<bool(const QString& dialect, const QString& channel)> isDialectKnown = {};
};

/// Freezes the open letters among `candidates`. The rest is counted by reason in `blocked`; an empty plan is a plan.
/// Rules, the first that fits decides; their order goes from what never changes to what may be different tomorrow:
///  1. it belongs to another connection             5. no origin topic known and no `--to`
///  2. its state is not open                        6. origin is a topic that its framework empties itself and no
///  `--to`
///  3. sent, and its outcome is not settled;        7. the target does not exist, or is the broker's own
///     or it failed again (the newer letter counts) 8. the target is compacted and the letter has no key
///     or a job that is not over holds it
///  4. only a pointer, or its payload is gone;      9. its dialect is not known any more, so that what the framework
///     or an envelope whose payload cannot be cut      wrote would go along, and nobody allowed that
///     out (without `--to`, if it is not known     10. the same failure written twice: target, group, origin, key and
///     where)                                          payload are those of another letter of the plan
/// @return InvalidConfig for a bad `--to`; what `partitionCount` or `isCompacted` failed with.
[[nodiscard]] Result<ReplayPlan> makePlan(const PlanRequest& request, std::vector<PlanCandidate> candidates,
                                          const PlanWorld& world, const Clock& clock, const RandomBits& random);

/// `exactly once, verified`, or `at least once, up to N in doubt` with N = one batch of this many messages.
[[nodiscard]] QString replayGuarantee(const Capabilities& capabilities, std::int64_t messages);

/// The connection that most open letters belong to (the first by name when even); empty without letters.
[[nodiscard]] QString connectionToPlan(const std::vector<PlanCandidate>& candidates);

} // namespace spillway
