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

auto sizeOf(const CatalogEvent& event, const PricingProfile& profile, const TopicUsage* usage)
{
    return best(usage != nullptr ? usage->recordBytes : std::nullopt, event.avgPayloadBytes,
                profile.assumedPayloadBytes);
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

/// Records of each day; true when a sample covers it.
std::vector<std::pair<std::int64_t, bool>> recordsOf(const std::vector<QDate>& days, std::int64_t otherwise,
                                                     const TopicUsage* usage, double share)
{
    std::vector<std::pair<std::int64_t, bool>> records;
    for (const QDate day : days) {
        const auto at = usage != nullptr ? usage->records.find(day) : std::map<QDate, std::int64_t>::const_iterator();
        const bool isMeasured = usage != nullptr && at != usage->records.end();
        records.emplace_back(isMeasured ? sharePart(at->second, share) : otherwise, isMeasured);
    }
    return records;
}

bool addTo(Wide& sum, std::optional<Wide> amount)
{
    return amount && !__builtin_add_overflow(sum, *amount, &sum);
}

} // namespace

QString missingOf(const CatalogEvent& event, const PricingProfile& profile, const TopicUsage* usage)
{
    QStringList missing;
    if (!event.avgDailyVolume && !profile.assumedDailyVolume && (usage == nullptr || usage->records.empty()))
        missing += u"avg_daily_volume"_s;
    if (!sizeOf(event, profile, usage))
        missing += u"avg_payload_bytes"_s;
    if (!retentionOf(event, profile, usage))
        missing += u"retention_days"_s;
    return missing.join(u", "_s);
}

std::optional<EventLoad> eventLoad(const CatalogEvent& event, const Catalog& catalog, const PricingProfile& profile,
                                   const TopicUsage* usage, double share, const std::vector<QDate>& days)
{
    EventLoad load;
    load.event = &event;
    setParticipants(load, catalog, usage);

    // Days that no sample covers and nobody declared are as the measured ones on average: an assumption.
    std::optional<std::int64_t> average;
    if (usage != nullptr && !usage->records.empty()) {
        Wide sum = 0;
        for (const auto& [day, count] : usage->records)
            sum += count;
        average = sharePart(static_cast<std::int64_t>(sum / static_cast<Wide>(usage->records.size())), share);
    }
    const auto otherwise =
        best(std::optional<std::int64_t>(), event.avgDailyVolume, average ? average : profile.assumedDailyVolume)
            .value_or(std::pair(std::int64_t{0}, QuantityBasis::Assumed));
    const auto records = recordsOf(days, otherwise.first, usage, share);
    load.recordsBasis = share < 1 ? QuantityBasis::Assumed : QuantityBasis::Measured;
    for (const auto& [count, isMeasured] : records) {
        if (!isMeasured)
            load.recordsBasis = weaker(load.recordsBasis, otherwise.second);
    }
    const bool isAnyMeasured = std::any_of(records.begin(), records.end(), [](const auto& day) { return day.second; });
    if (!isAnyMeasured)
        load.recordsBasis = otherwise.second;

    const auto [payload, sizeBasis] = *sizeOf(event, profile, usage);
    const bool isWhole = usage != nullptr && usage->recordBytes && usage->isRecordWhole;
    load.recordBytes = payload + (isWhole ? 0 : profile.recordOverheadBytes);
    load.bytesBasis = weaker(load.recordsBasis, sizeBasis);

    const auto [retention, retentionBasis] = *retentionOf(event, profile, usage);
    const Wide retentionMillidays = std::llround(retention * 1000);
    const auto hotDays = profile.hotDaysFor(event.topic);
    const Wide hotMillidays =
        hotDays ? std::min<Wide>(std::llround(*hotDays * 1000), retentionMillidays) : retentionMillidays;
    load.keptBasis = weaker(load.bytesBasis, retentionBasis);
    bool isKeptMeasured = usage != nullptr && share >= 1 && !days.empty();
    for (const QDate day : days)
        isKeptMeasured = isKeptMeasured && usage->keptBytes.contains(day);
    if (isKeptMeasured)
        load.keptBasis = QuantityBasis::Measured;
    bool isKeptCounted = !isKeptMeasured && !profile.retentionDays && usage != nullptr && share >= 1 && !days.empty();
    for (const QDate day : days)
        isKeptCounted = isKeptCounted && usage->keptRecords.contains(day);
    if (isKeptCounted)
        load.keptBasis = sizeBasis;

    bool fits = true;
    for (std::size_t d = 0; d < days.size(); ++d) {
        const std::int64_t count = records[d].first;
        fits = addTo(load.records, Wide{count}) && fits;
        if (isAnyMeasured)
            load.recordsByDay.push_back(count);
        if (isKeptMeasured || isKeptCounted) {
            const std::int64_t kept = isKeptMeasured ? usage->keptBytes.at(days[d]) : usage->keptRecords.at(days[d]);
            const std::int64_t bytesEach = isKeptMeasured ? 1 : load.recordBytes;
            load.keptByDay.push_back(kept);
            fits = addTo(load.keptByteMillidays, product(std::array{Wide{kept}, Wide{bytesEach}, Wide{1000}})) && fits;
        } else {
            fits = addTo(load.keptByteMillidays,
                         product(std::array{Wide{count}, Wide{load.recordBytes}, retentionMillidays})) &&
                   fits;
        }
    }
    if (!isKeptMeasured && !isKeptCounted)
        load.keptByDay = load.recordsByDay;
    if (retentionMillidays > 0 && hotMillidays < retentionMillidays) {
        const auto tiered = product(std::array{load.keptByteMillidays, retentionMillidays - hotMillidays});
        fits = fits && tiered;
        load.tieredByteMillidays = tiered ? *tiered / retentionMillidays : 0;
    }
    if (const auto partitions = best(usage != nullptr ? usage->partitions : std::nullopt, std::optional<int>(),
                                     profile.assumedPartitions)) {
        load.partitions = partitions->first;
        load.partitionsBasis = partitions->second;
    }
    return fits ? std::optional(std::move(load)) : std::nullopt;
}

} // namespace spillway
