// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordsource.h"

#include <algorithm>
#include <map>

namespace spillway::test {

/// Logs in memory that answer as a broker does: holes where control records stand, a last stable offset, failures on
/// demand.
class FakeRecordSource : public RecordSource
{
public:
    struct Log
    {
        std::int64_t logStart = 0;
        std::int64_t end = 0;
        std::optional<std::int64_t> lastStable;
        std::map<std::int64_t, RawRecord> records;
    };

    [[nodiscard]] Result<BoundsReport> bounds(const std::vector<TopicSelector>& topics, std::stop_token) override
    {
        if (failure)
            return tl::unexpected<Error>(*failure);
        BoundsReport report;
        report.clusterId = clusterId;
        for (const auto& [at, log] : logs) {
            if (std::any_of(topics.begin(), topics.end(),
                            [&at = at](const TopicSelector& s) { return s.topic == at.topic; }))
                report.partitions.push_back(
                    {at, Offset{log.logStart}, Offset{log.lastStable.value_or(log.end)}, Offset{log.end}});
        }
        for (const TopicSelector& topic : topics) {
            if (std::none_of(logs.begin(), logs.end(),
                             [&topic](const auto& item) { return item.first.topic == topic.topic; }))
                report.failures.push_back({topic.topic, {ErrorCode::NotFound, QStringLiteral("no such topic")}});
        }
        return report;
    }

    [[nodiscard]] Status assign(const std::vector<Position>& start) override
    {
        m_positions.clear();
        for (const Position& position : start)
            m_positions[position.at] = position.next.value;
        ++assignments;
        return {};
    }

    [[nodiscard]] Result<RecordBatch> poll(qsizetype, Millis, std::stop_token) override
    {
        ++polls;
        if (failAfterPolls > 0 && polls > failAfterPolls)
            return fail(ErrorCode::Unreachable, QStringLiteral("broker went away"));
        RecordBatch batch;
        for (auto& [at, position] : m_positions) {
            const auto found = logs.find(at);
            if (found == logs.end())
                continue;
            const Log& log = found->second;
            const std::int64_t stable = log.lastStable.value_or(log.end);
            position = std::max(position, log.logStart);
            const std::int64_t before = position;
            for (auto record = log.records.lower_bound(position);
                 record != log.records.end() && record->first < stable && std::ssize(batch.records) < recordsPerPoll;
                 ++record) {
                batch.records.push_back(record->second);
                position = record->first + 1;
            }
            if (log.records.lower_bound(position) == log.records.end())
                position = std::max(position, stable); // nothing but control records is left
            if (position != before)
                batch.positions.push_back({at, Offset{position}});
        }
        return batch;
    }

    /// Appends a value; nullopt leaves a hole, as a control record does.
    void append(const QString& topic, int partition, std::optional<QByteArray> value)
    {
        Log& log = logs[{topic, partition}];
        if (value) {
            RawRecord record;
            record.at = {topic, partition};
            record.offset = Offset{log.end};
            record.value = std::move(value);
            log.records.emplace(log.end, record);
        }
        ++log.end;
    }

    QString clusterId = QStringLiteral("cluster-1");
    std::map<TopicPartition, Log> logs;
    std::int64_t recordsPerPoll = 500;
    std::optional<Error> failure;
    int failAfterPolls = 0;
    int polls = 0;
    int assignments = 0;

private:
    std::map<TopicPartition, std::int64_t> m_positions;
};

} // namespace spillway::test
