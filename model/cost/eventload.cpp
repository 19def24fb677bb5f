// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/eventload.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QuantityBasis weaker(QuantityBasis a, QuantityBasis b)
{
    return std::max(a, b);
}

/// A number and what it rests on: measured before declared before assumed.
template<typename T>
std::optional<std::pair<T, QuantityBasis>> best(const std::optional<T>& measured, const std::optional<T>& declared,
                                                const std::optional<T>& assumed)
{
    if (measured)
        return std::pair(*measured, QuantityBasis::Measured);
    if (declared)
        return std::pair(*declared, QuantityBasis::Declared);
    if (assumed)
        return std::pair(*assumed, QuantityBasis::Assumed);
    return std::nullopt;
}

std::optional<std::int64_t> onDay(const std::map<QDate, std::int64_t>& days, QDate day)
{
    const auto at = days.find(day);
    return at != days.end() ? std::optional(at->second) : std::nullopt;
}

/// What a record takes in the logs of that day; nullopt: they do not tell.
std::optional<std::int64_t> bytesInLogs(const TopicUsage& usage, QDate day)
{
    const auto bytes = onDay(usage.keptBytes, day);
    const auto records = onDay(usage.keptRecords, day);
    return bytes && records && *records > 0 ? std::optional(*bytes / *records) : std::nullopt;
}

std::optional<std::int64_t> measuredSize(const TopicUsage* usage, QDate day)
{
    if (usage == nullptr)
        return std::nullopt;
    const auto inLogs = bytesInLogs(*usage, day);
    return inLogs ? inLogs : usage->recordBytes;
}

auto sizeOf(const CatalogEvent& event, const PricingProfile& profile, const TopicUsage* usage, QDate day)
{
    return best(measuredSize(usage, day), event.avgPayloadBytes, profile.assumedPayloadBytes);
}

auto retentionOf(const CatalogEvent& event, const PricingProfile& profile, const TopicUsage* usage)
{
    if (profile.retentionDays)
        return std::optional(std::pair(*profile.retentionDays, QuantityBasis::Declared));
    return best(usage != nullptr ? usage->retentionDays : std::nullopt, event.retentionDays,
                profile.assumedRetentionDays);
}

void setParticipants(EventLoad& load, const Catalog& catalog, const TopicUsage* usage)
{
    const CatalogEvent& event = *load.event;
    const OwnedEvent* owned = catalog.ownedEvent(event.eventType);
    const ProducerEntry& producer =
        event.producer.team.isEmpty() && owned != nullptr ? owned->producer : event.producer;
    load.producer = {producer.team, producer.service};
    const auto& consumers = event.consumers.empty() && owned != nullptr ? owned->consumers : event.consumers;
    std::set<QString> known;
    for (const ConsumerEntry& consumer : consumers) {
        load.consumers.push_back({consumer.team, consumer.service});
        known.insert(consumer.service);
        known.insert(consumer.consumerGroup);
        if (const Subscription* promised = catalog.subscription(consumer.service, event.eventType))
            known.insert(promised->consumer.consumerGroup);
    }
    if (usage == nullptr)
        return;
    for (const QString& group : usage->groups) {
        if (known.insert(group).second)
            load.consumers.push_back({catalog.teamOfGroup(group).value_or(QString()), group, true});
    }
}

std::int64_t sharePart(std::int64_t whole, double share)
{
    return share >= 1 ? whole : std::llround(static_cast<double>(whole) * share);
}

} // namespace

QString missingOf(const CatalogEvent& event, const PricingProfile& profile, const TopicUsage* usage, QDate day)
{
    QStringList missing;
    const bool isVolumeMeasured = usage != nullptr && (usage->usualRecords || usage->records.contains(day));
    if (!event.avgDailyVolume && !profile.assumedDailyVolume && !isVolumeMeasured)
        missing += u"avg_daily_volume"_s;
    if (!sizeOf(event, profile, usage, day))
        missing += u"avg_payload_bytes"_s;
    if (!retentionOf(event, profile, usage))
        missing += u"retention_days"_s;
    return missing.join(u", "_s);
}

std::optional<EventLoad> eventLoad(const CatalogEvent& event, const Catalog& catalog, const PricingProfile& profile,
                                   const TopicUsage* usage, double share, QDate day)
{
    EventLoad load;
    load.event = &event;
    setParticipants(load, catalog, usage);
    const bool isAlone = share >= 1;

    if (const auto measured = usage != nullptr ? onDay(usage->records, day) : std::nullopt) {
        load.records = sharePart(*measured, share);
        load.recordsBasis = isAlone ? QuantityBasis::Measured : QuantityBasis::Assumed;
    } else {
        // a day that no sample covers and nobody declared is as days of that topic are on average: an assumption
        std::optional<std::int64_t> usual = profile.assumedDailyVolume;
        if (usage != nullptr && usage->usualRecords)
            usual = sharePart(*usage->usualRecords, share);
        const auto [records, basis] = best(std::optional<std::int64_t>(), event.avgDailyVolume, usual)
                                          .value_or(std::pair(std::int64_t{0}, QuantityBasis::Assumed));
        load.records = records;
        load.recordsBasis = basis;
    }

    const auto [payload, sizeBasis] = *sizeOf(event, profile, usage, day);
    const bool isWhole = usage != nullptr && (bytesInLogs(*usage, day) || (usage->recordBytes && usage->isRecordWhole));
    load.recordBytes = payload + (isWhole ? 0 : profile.recordOverheadBytes);
    load.bytesBasis = weaker(load.recordsBasis, sizeBasis);

    const auto [retention, retentionBasis] = *retentionOf(event, profile, usage);
    const Wide retentionMillidays = std::llround(retention * 1000);
    const auto hotDays = profile.hotDaysFor(event.topic);
    const Wide hotMillidays =
        hotDays ? std::min<Wide>(std::llround(*hotDays * 1000), retentionMillidays) : retentionMillidays;
    const auto keptBytes = usage != nullptr && isAlone ? onDay(usage->keptBytes, day) : std::nullopt;
    const auto keptRecords =
        usage != nullptr && isAlone && !profile.retentionDays ? onDay(usage->keptRecords, day) : std::nullopt;
    std::optional<Wide> kept;
    if (keptBytes) {
        load.keptBasis = QuantityBasis::Measured;
        kept = product(std::array{Wide{*keptBytes}, Wide{1000}});
    } else if (keptRecords) {
        load.keptBasis = sizeBasis;
        load.isKeptEstimated = true;
        kept = product(std::array{Wide{*keptRecords}, Wide{load.recordBytes}, Wide{1000}});
    } else {
        load.keptBasis = weaker(load.bytesBasis, retentionBasis);
        kept = product(std::array{load.records, Wide{load.recordBytes}, retentionMillidays});
    }
    if (!kept)
        return std::nullopt;
    load.keptByteMillidays = *kept;
    if (retentionMillidays > 0 && hotMillidays < retentionMillidays) {
        const auto tiered = product(std::array{load.keptByteMillidays, retentionMillidays - hotMillidays});
        if (!tiered)
            return std::nullopt;
        load.tieredByteMillidays = *tiered / retentionMillidays;
    }
    if (const auto partitions = best(usage != nullptr ? usage->partitions : std::nullopt, std::optional<int>(),
                                     profile.assumedPartitions)) {
        load.partitions = partitions->first;
        load.partitionsBasis = partitions->second;
    }
    return load;
}

} // namespace spillway
