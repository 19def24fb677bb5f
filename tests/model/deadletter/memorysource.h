// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordsource.h"

#include <QRegularExpression>

#include <algorithm>
#include <map>
#include <set>

namespace spillway::test {

/// Topics in memory, read as a broker would let them be read; tests change them between calls.
class MemorySource final : public RecordSource
{
public:
    struct Log
    {
        qint64 start = 0;
        std::vector<std::optional<RawRecord>> records; ///< by offset - start; nullopt: a control or aborted record
        std::optional<qint64> lastStable{};
    };

    std::map<TopicPartition, Log> logs;
    std::set<QString> refused;              ///< topics that may not be read
    std::optional<Error> down;              ///< every call fails so
    std::optional<Error> boundsFail;        ///< only asking for bounds does
    std::vector<UnreadableRecords> damaged; ///< batches that cannot be decoded
    std::size_t recordsPerPoll = 100;
    std::vector<std::vector<Position>> assigned;
    std::function<void()> beforePoll;

    void append(const TopicPartition& at, RawRecord record)
    {
        Log& log = logs[at];
        record.at = at;
        record.offset = Offset{log.start + static_cast<qint64>(log.records.size())};
        log.records.emplace_back(std::move(record));
    }

    Result<BoundsReport> bounds(const std::vector<TopicSelector>& topics, std::stop_token) override
    {
        if (down || boundsFail)
            return tl::unexpected<Error>(down ? *down : *boundsFail);
        BoundsReport report;
        report.clusterId = QStringLiteral("cluster-1");
        for (const auto& [at, log] : logs) {
            if (!isSelected(topics, at.topic) || refused.contains(at.topic))
                continue;
            report.partitions.push_back(
                {at, Offset{log.start}, Offset{log.lastStable.value_or(end(log))}, Offset{end(log)}});
        }
        for (const QString& topic : refused)
            report.failures.push_back({topic, {ErrorCode::Unauthorised, QStringLiteral("no right to read")}});
        return report;
    }

    Status assign(const std::vector<Position>& start) override
    {
        assigned.push_back(start);
        m_positions.clear();
        for (const Position& position : start)
            m_positions[position.at] = position.next.value;
        return {};
    }

    Result<RecordBatch> poll(qsizetype, Millis, std::stop_token) override
    {
        if (beforePoll)
            beforePoll();
        if (down)
            return tl::unexpected<Error>(*down);
        RecordBatch batch;
        for (auto& [at, next] : m_positions) {
            const Log& log = logs[at];
            const qint64 limit = log.lastStable.value_or(end(log));
            const qint64 before = next;
            if (next < log.start || next > end(log))
                next = log.start;
            for (const UnreadableRecords& each : damaged) {
                if (each.at == at && next >= each.from.value && next < each.to.value && batch.records.empty()) {
                    batch.unreadable.push_back({at, Offset{next}, each.to});
                    next = each.to.value;
                }
            }
            const auto isDamaged = [&, at = at](qint64 offset) {
                return std::any_of(damaged.begin(), damaged.end(), [&](const UnreadableRecords& each) {
                    return each.at == at && each.from.value == offset;
                });
            };
            while (next < limit && batch.records.size() < recordsPerPoll && !isDamaged(next)) {
                const auto& record = log.records[static_cast<std::size_t>(next - log.start)];
                if (record)
                    batch.records.push_back(*record);
                ++next;
            }
            if (next != before)
                batch.positions.push_back({at, Offset{next}});
        }
        return batch;
    }

private:
    static qint64 end(const Log& log) { return log.start + static_cast<qint64>(log.records.size()); }
    static bool isSelected(const std::vector<TopicSelector>& topics, const QString& name)
    {
        for (const TopicSelector& topic : topics) {
            if (topic.topic == name ||
                (!topic.pattern.isEmpty() &&
                 QRegularExpression(QRegularExpression::anchoredPattern(topic.pattern)).match(name).hasMatch()))
                return true;
        }
        return false;
    }

    std::map<TopicPartition, qint64> m_positions;
};

} // namespace spillway::test
