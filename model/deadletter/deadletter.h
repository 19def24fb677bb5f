// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/broker/record.h"
#include "model/schema/verdict.h"

#include <QString>

#include <algorithm>
#include <optional>

namespace spillway {

enum class FailureKind { Transient, Schema, Business, Unknown };
enum class TriageState { New, Assigned, Parked, Archived, Planned, Sent, Resolved, FailedAgain, Unknown, Lost };

[[nodiscard]] QString failureKindWord(FailureKind kind);  ///< contract.md: transient, schema, business, unknown
[[nodiscard]] QString triageStateWord(TriageState state); ///< contract.md: new, assigned, …
[[nodiscard]] std::optional<FailureKind> failureKindFromWord(QStringView word);
[[nodiscard]] std::optional<TriageState> triageStateFromWord(QStringView word);
/// Open is all but archived, resolved, lost.
[[nodiscard]] bool isOpen(TriageState state);

/// What a letter tells in the dialect's words, canonical. What it does not tell is nullopt, never a guess.
struct LetterFacts
{
    QString dialect = QStringLiteral("unrecognised"); ///< registry id, `mapping`, or `unrecognised`
    double confidence = 0;                            ///< of the dialect, 0 to 1
    std::optional<QString> originTopic;               ///< of the record as first published; so the other three
    std::optional<int> originPartition;
    std::optional<Offset> originOffset;
    std::optional<UtcTime> originTimestamp;
    /// Of a letter that failed again after a replay: the copy of its origin that the consumer read (replayorigin.h).
    std::optional<QString> deliveredTopic;
    std::optional<int> deliveredPartition;
    std::optional<Offset> deliveredOffset;
    std::optional<UtcTime> deliveredTimestamp;
    std::optional<QString> consumerGroup;
    std::optional<QString> errorClass;     ///< thrown by the application in the newest failure, wrappers taken off
    std::optional<QString> rootCauseClass; ///< end of its cause chain; nullopt without a stack
    std::optional<QString> errorMessage;
    std::optional<QString> reportedClass; ///< as the framework's header names it, wrapper or not
    std::optional<int> stackHeader;       ///< the header that holds the stack, by its place in the record
    std::optional<QString> stack; ///< only where it stands in the payload or a constant (`mapping:`); else `stackText`
    std::optional<QString> stage;
    std::optional<int> attempts;           ///< deliveries
    std::optional<UtcTime> deadLetteredAt; ///< nullopt where the dialect keeps the source's timestamp
    std::optional<QString> mappedConsumer; ///< by `mapping:` only
    std::optional<QString> mappedEventType;
    bool isPointer = false;        ///< the payload stayed elsewhere; not a tombstone
    bool originIsInternal = false; ///< the framework empties the origin itself (repartition topics): no replay there
    std::optional<QByteArray> replayId; ///< `spillway-replay-id` of an earlier replay
    std::optional<int> replayGeneration;
    std::optional<QByteArray> replayOf;
    friend bool operator==(const LetterFacts&, const LetterFacts&) = default;
};

/// The stack as text, from its header or the facts; nullopt where the letter has none.
[[nodiscard]] std::optional<QString> stackText(const RawRecord& record, const LetterFacts& facts);

/// Who erased what a letter said (`store purge`), when and why.
struct LetterErasure
{
    UtcTime at;
    QString by;
    QString reason;
    friend bool operator==(const LetterErasure&, const LetterErasure&) = default;
    /// `erased by anna on 2026-11-27T04:05:06.789Z: asked to by the customer`
    [[nodiscard]] QString toString() const;
};

/// A stored dead letter. `record` is byte for byte what the broker handed over.
struct DeadLetter
{
    QString
        id; ///< `<8 hex of cluster and channel>-<partition>-<offset>-<8 hex of the record's digest>`; the same for ever
    std::int64_t place = 0; ///< row in the store; 0: not from there
    QString connection;     ///< name in the workspace that reads this cluster now
    QString clusterId;
    std::uint64_t digest = 0;   ///< recordDigest
    std::int64_t sizeBytes = 0; ///< payload, key and headers, also where `record` was read without them
    RawRecord record;           ///< `record.at.topic` is the channel
    LetterFacts facts;
    std::optional<QString> consumer;
    std::optional<QString> eventType;
    std::optional<QString> team;
    LetterVerdict schema; ///< when it was read; schema files may have changed since
    FailureKind kind = FailureKind::Unknown;
    TriageState state = TriageState::New;
    std::optional<QString> assignee;
    QString group; ///< id of its fingerprint group
    /// Its channel was deleted and made anew since: another record lies at its place there, or none.
    bool isOfEarlierTopic = false;
    UtcTime firstSeenAt;
    /// Its payload, key, headers, message and stack were erased; nullopt: they are what the broker handed over.
    std::optional<LetterErasure> erased;

    /// Since when its age counts: deadLetteredAt, else firstSeenAt ("at least").
    [[nodiscard]] UtcTime agesFrom() const { return facts.deadLetteredAt.value_or(firstSeenAt); }
    /// Never negative: a time in the future is a clock that goes wrong, and no age.
    [[nodiscard]] Millis age(UtcTime now) const { return std::max(Millis{0}, now - agesFrom()); }
};

/// `<8 hex of cluster and channel>-<partition>-<offset>-<8 hex of the record's digest>`.
[[nodiscard]] QString letterId(const QString& clusterId, const TopicPartition& at, Offset offset, std::uint64_t digest);
/// The id's first part.
[[nodiscard]] QString channelTag(const QString& clusterId, const QString& channel);

/// An id taken apart.
struct LetterAddress
{
    QString channelTag;
    int partition = 0;
    Offset offset;
    std::uint32_t digestHead = 0; ///< upper 32 bits of the record's digest
    friend bool operator==(const LetterAddress&, const LetterAddress&) = default;
};
/// nullopt for what is no letter's id.
[[nodiscard]] std::optional<LetterAddress> parseLetterId(QStringView id);

} // namespace spillway
