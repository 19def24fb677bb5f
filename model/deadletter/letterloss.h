// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/topicstore.h"

#include <optional>

/// Until when a broker holds a record. Pure; any thread.
namespace spillway {

/// What ends a record's life at its broker.
enum class LossCause {
    Unknown,       ///< the broker did not tell enough, or only size limits the topic and nobody knows its growth
    Never,         ///< neither time nor size limits the topic
    RetentionTime, ///< the topic's retention.ms
    RetentionSize, ///< the topic's retention.bytes, at the rate at which the log grows
    Compaction,    ///< not by time: a newer record of the same key replaces it
    Gone,          ///< it is no longer there
};
[[nodiscard]] QString
lossCauseWord(LossCause cause); ///< unknown, never, retentionTime, retentionSize, compaction, gone

struct LossForecast
{
    LossCause cause = LossCause::Unknown;
    /// Not before this; brokers delete whole segments, so it may stay a while longer. Past: any moment. Set exactly for
    /// RetentionTime and RetentionSize.
    std::optional<UtcTime> at;
    friend bool operator==(const LossForecast&, const LossForecast&) = default;
};

/// Where a record lies.
struct RecordPlace
{
    int partition = 0;
    Offset offset;
    /// What its broker counts its age from; nullopt: what its topic was asked of it (KnownTopic::askedTimes), else
    /// unknown.
    std::optional<UtcTime> timestamp;
    /// Bytes a record of this topic takes, uncompressed: on disk it is less, so a bound by size comes early, not late.
    std::optional<std::int64_t> recordBytes;
    /// When it was known to lie there; a topic made anew since has another record there. nullopt: it lies in the topic
    /// as it is now.
    std::optional<UtcTime> knownAt = std::nullopt;
    /// When we first heard of it. Facts older than that tell nothing of where the log ends now, nor of partitions and
    /// topics that were not there. nullopt: before the facts.
    std::optional<UtcTime> seenAt = std::nullopt;
};

/// What the topic's facts say about the record.
///  - Below the log's start, or in a topic that was made anew since: gone. So is what was seen before the facts and
///  lies
///    at or beyond the log's end, or in a partition or topic that is not there.
///  - By time: timestamp + retention.ms. Without a known timestamp: unknown.
///  - By size: when as many bytes follow it as retention.bytes allows, at the average growth of the last day; past
///    when they follow already. No growth, or none known: unknown, unless its time is known.
///  - The earlier of the two counts. Compaction alone, and no limit at all: no time.
/// @param topic  nullptr: nobody asked yet; then unknown.
[[nodiscard]] LossForecast forecastLoss(const RecordPlace& place, const KnownTopic* topic);

/// The broker's copy of a letter. Of an earlier topic of that name: gone.
[[nodiscard]] LossForecast brokerLoss(const DeadLetter& letter, const TopicBook& book);
/// The record that the letter was, at its origin. Unknown where the letter does not tell topic, partition and offset.
/// Its age counts from the time the letter tells, else from the time the origin told when it was asked.
[[nodiscard]] LossForecast originLoss(const DeadLetter& letter, const TopicBook& book);

/// Both of a letter.
struct LetterLoss
{
    LossForecast broker;
    LossForecast origin;
    friend bool operator==(const LetterLoss&, const LetterLoss&) = default;
};
[[nodiscard]] LetterLoss letterLoss(const DeadLetter& letter, const TopicBook& book);

/// For people: "from 2026-11-27 06:00, in 6 h", "not by time", "already gone", "unknown".
[[nodiscard]] QString lossText(const LossForecast& forecast, UtcTime now);

} // namespace spillway
