// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/measuredusage.h"

#include "model/deadletter/topicsizes.h"
#include "model/lag/topicgrowth.h"
#include "model/scorecard/eventsamples.h"

#include <QTimeZone>

namespace spillway {

namespace {

/// A sample a day, at whatever hour, is enough to know a day's records but for what the hours differ.
constexpr Millis mostDistance{26LL * 3'600'000};

void addSizes(MeasuredUsage& usage, const TopicSizes& sizes, const std::vector<QDate>& days)
{
    const auto at = usage.topics.try_emplace(sizes.topic).first;
    TopicUsage& topic = at->second;
    topic.topic = sizes.topic;
    if (topic.connection.isEmpty())
        topic.connection = sizes.connection;
    else if (topic.connection != sizes.connection)
        return; // another cluster's topic of that name
    topic.partitions = sizes.partitions;
    topic.retentionDays = sizes.retentionDays;
    topic.recordBytes = sizes.sampledPayloadBytes;
    if (sizes.newestBytes && sizes.newestRecords && *sizes.newestRecords > 0) {
        topic.recordBytes = *sizes.newestBytes / *sizes.newestRecords;
        topic.isRecordWhole = true;
    }
    for (std::size_t d = 0; d < days.size(); ++d) {
        if (const auto bytes = sizes.keptBytes[d])
            topic.keptBytes[days[d]] = *bytes;
        if (const auto records = sizes.keptRecords[d])
            topic.keptRecords[days[d]] = *records;
    }
}

/// Payloads of a topic's newest records, where logs do not tell. By topic and connection.
using PayloadSizes = std::map<std::pair<QString, QString>, std::int64_t>;

PayloadSizes payloadSizes(const std::vector<EventSample>& samples)
{
    std::map<std::pair<QString, QString>, std::pair<std::int64_t, std::int64_t>> sums; // records, bytes
    for (const EventSample& sample : samples) {
        auto& [records, bytes] = sums[{sample.topic, sample.connection}];
        records += sample.records;
        bytes += sample.payloadBytes;
    }
    PayloadSizes sizes;
    for (const auto& [topic, sum] : sums) {
        if (sum.first >= fewestSamples)
            sizes[topic] = sum.second / sum.first;
    }
    return sizes;
}

} // namespace

Result<MeasuredUsage> measuredUsage(Database& reader, const DayRange& range)
{
    const QTimeZone zone(range.timeZone.toUtf8());
    const QDate first = range.first.startOfDay(zone).toUTC().date();
    const QDate last = range.last.addDays(1).startOfDay(zone).addMSecs(-1).toUTC().date();
    std::vector<QDate> days;
    std::vector<UtcTime> marks;
    std::vector<UtcTime> middles;
    const auto startOf = [](QDate day) { return utcFromMs(day.startOfDay(Qt::UTC).toMSecsSinceEpoch()); };
    for (QDate day = first; day <= last; day = day.addDays(1)) {
        days.push_back(day);
        marks.push_back(startOf(day));
        middles.push_back(marks.back() + Millis{12LL * 3'600'000});
    }
    marks.push_back(startOf(last.addDays(1)));

    MeasuredUsage usage;
    const auto grown = topicGrowth(reader, marks, mostDistance);
    if (!grown)
        return tl::unexpected<Error>(grown.error());
    for (const TopicGrowth& growth : *grown) {
        const auto [at, isNew] = usage.topics.try_emplace(growth.topic);
        if (!isNew)
            continue; // another connection to the same cluster, or another cluster's topic of that name
        TopicUsage& topic = at->second;
        topic.topic = growth.topic;
        topic.connection = growth.connection;
        topic.groups = growth.groups;
        topic.partitions = growth.partitions;
        topic.usualRecords = growth.usualADay;
        for (std::size_t d = 0; d < days.size(); ++d) {
            if (growth.written[d])
                topic.records[days[d]] = *growth.written[d];
        }
    }
    const auto sizes = topicSizes(reader, middles);
    if (!sizes)
        return tl::unexpected<Error>(sizes.error());
    const auto samples = eventSamples(reader);
    if (!samples)
        return tl::unexpected<Error>(samples.error());
    const PayloadSizes payloads = payloadSizes(*samples);
    for (TopicSizes topic : *sizes) {
        if (const auto newest = payloads.find({topic.topic, topic.connection}); newest != payloads.end())
            topic.sampledPayloadBytes = newest->second;
        addSizes(usage, topic, days);
    }
    return usage;
}

} // namespace spillway
