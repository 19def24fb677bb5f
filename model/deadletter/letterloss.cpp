// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterloss.h"

#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double dayMs = 86'400'000;
constexpr double longestMs = 3650 * dayMs; // a bound further away than ten years is none

bool isGone(const RecordPlace& place, const KnownTopic& topic)
{
    const TopicFacts& facts = topic.facts;
    if (place.knownAt && topic.remadeAfter && *place.knownAt <= *topic.remadeAfter)
        return true;
    // What came after the broker was asked lies behind the end that it told, in a topic that may be new.
    const bool isNewer = place.seenAt && *place.seenAt > topic.sampledAt;
    if (facts.exists == false)
        return !isNewer;
    if (facts.exists != true || place.partition < 0)
        return false;
    if (static_cast<std::size_t>(place.partition) >= facts.partitions.size())
        return !isNewer;
    const PartitionLog& log = facts.partitions[static_cast<std::size_t>(place.partition)];
    return (log.logStart && place.offset < *log.logStart) || (!isNewer && log.end && place.offset >= *log.end);
}

/// When the bytes behind the record reach the limit.
std::optional<UtcTime> sizeBound(const RecordPlace& place, const KnownTopic& topic, std::int64_t limitBytes)
{
    const auto partition = static_cast<std::size_t>(place.partition);
    if (partition >= topic.facts.partitions.size() || partition >= topic.recordsPerDay.size())
        return std::nullopt;
    const std::optional<Offset>& end = topic.facts.partitions[partition].end;
    if (!end || !place.recordBytes || *place.recordBytes <= 0)
        return std::nullopt;
    const double allowed = static_cast<double>(limitBytes) / static_cast<double>(*place.recordBytes);
    const double missing = allowed - static_cast<double>(end->value - place.offset.value);
    if (missing <= 0)
        return topic.sampledAt; // enough follows it already
    const std::optional<double>& perDay = topic.recordsPerDay[partition];
    if (!perDay || *perDay <= 0)
        return std::nullopt;
    const double inMs = missing / *perDay * dayMs;
    if (inMs > longestMs)
        return std::nullopt;
    return topic.sampledAt + Millis{static_cast<std::int64_t>(inMs)};
}

} // namespace

QString lossCauseWord(LossCause cause)
{
    switch (cause) {
    case LossCause::Unknown:
        return u"unknown"_s;
    case LossCause::Never:
        return u"never"_s;
    case LossCause::RetentionTime:
        return u"retentionTime"_s;
    case LossCause::RetentionSize:
        return u"retentionSize"_s;
    case LossCause::Compaction:
        return u"compaction"_s;
    case LossCause::Gone:
        return u"gone"_s;
    }
    return {};
}

LossForecast forecastLoss(const RecordPlace& place, const KnownTopic* topic)
{
    if (!topic)
        return {};
    const TopicSettings& settings = topic->facts.settings;
    if (isGone(place, *topic))
        return {LossCause::Gone, std::nullopt};
    if (!settings.deletes)
        return {};
    const LossCause beyond = settings.compacts == true ? LossCause::Compaction : LossCause::Never;
    if (!*settings.deletes)
        return {beyond, std::nullopt};
    if (!settings.retentionTime)
        return {};
    LossForecast forecast{beyond, std::nullopt};
    if (settings.retentionTime->most) {
        const auto timestamp = place.timestamp ? place.timestamp : topic->askedTime(place.partition, place.offset);
        if (!timestamp)
            return {};
        // Kafka takes any number; one beyond the calendar is no limit
        if (settings.retentionTime->most->count() < static_cast<std::int64_t>(100 * 365 * dayMs))
            forecast = {LossCause::RetentionTime, *timestamp + *settings.retentionTime->most};
    }
    if (settings.retentionBytes && settings.retentionBytes->most) {
        const std::optional<UtcTime> bound = sizeBound(place, *topic, *settings.retentionBytes->most);
        if (bound && (!forecast.at || *bound < *forecast.at))
            forecast = {LossCause::RetentionSize, bound};
        else if (!bound && !forecast.at)
            return {}; // its size ends it some day; how fast the log will grow, nobody knows
    }
    return forecast;
}

LossForecast brokerLoss(const DeadLetter& letter, const TopicBook& book)
{
    if (letter.isOfEarlierTopic)
        return {LossCause::Gone, std::nullopt};
    return forecastLoss({.partition = letter.record.at.partition,
                         .offset = letter.record.offset,
                         .timestamp = letter.record.timestamp,
                         .recordBytes = letter.sizeBytes,
                         .seenAt = letter.firstSeenAt},
                        book.topic(letter.clusterId, letter.record.at.topic));
}

LossForecast originLoss(const DeadLetter& letter, const TopicBook& book)
{
    const LetterFacts& facts = letter.facts;
    if (!facts.originTopic || !facts.originPartition || !facts.originOffset)
        return {};
    return forecastLoss({.partition = *facts.originPartition,
                         .offset = *facts.originOffset,
                         .timestamp = facts.originTimestamp,
                         .recordBytes = {},
                         .knownAt = letter.firstSeenAt,
                         .seenAt = letter.firstSeenAt},
                        book.topic(letter.clusterId, *facts.originTopic));
}

LetterLoss letterLoss(const DeadLetter& letter, const TopicBook& book)
{
    return {.broker = brokerLoss(letter, book), .origin = originLoss(letter, book)};
}

QString lossText(const LossForecast& forecast, UtcTime now)
{
    switch (forecast.cause) {
    case LossCause::Unknown:
        return u"unknown"_s;
    case LossCause::Never:
        return u"never: nothing limits the topic"_s;
    case LossCause::Compaction:
        return u"not by time: a newer record of the same key replaces it"_s;
    case LossCause::Gone:
        return u"not at the broker"_s;
    case LossCause::RetentionTime:
    case LossCause::RetentionSize:
        break;
    }
    const UtcTime at = forecast.at.value_or(now);
    const QString why =
        forecast.cause == LossCause::RetentionSize ? u", by size at the growth of the last day"_s : QString();
    return at <= now ? u"any moment: due since %1%2"_s.arg(formatUtc(at), why)
                     : u"from %1, in %2%3"_s.arg(formatUtc(at), formatDuration(at - now), why);
}

} // namespace spillway
