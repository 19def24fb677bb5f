// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/topicgrowth.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <cmath>

namespace spillway {

namespace {

QString textAt(SQLite::Statement& statement, int column)
{
    const SQLite::Column value = statement.getColumn(column);
    return QString::fromUtf8(value.getText(), value.getBytes());
}

struct EndRow
{
    std::int64_t end = 0;
    std::int64_t atMs = 0;
    std::optional<std::int64_t> unknownBeforeMs;
};

/// The end offset at a moment; nullopt before the first row. Rows ascend.
std::optional<double> endAt(const std::vector<EndRow>& rows, std::int64_t ms)
{
    const auto after = std::upper_bound(rows.begin(), rows.end(), ms,
                                        [](std::int64_t at, const EndRow& row) { return at < row.atMs; });
    if (after == rows.begin())
        return std::nullopt;
    const EndRow& before = *(after - 1);
    if (after == rows.end())
        return static_cast<double>(before.end);
    // until the last sample that still showed the old end nothing was written
    const std::int64_t stoodUntil = after->unknownBeforeMs ? after->atMs - *after->unknownBeforeMs : before.atMs;
    if (ms <= stoodUntil || after->atMs <= stoodUntil)
        return static_cast<double>(before.end);
    return static_cast<double>(before.end) + static_cast<double>(after->end - before.end) *
                                                 static_cast<double>(ms - stoodUntil) /
                                                 static_cast<double>(after->atMs - stoodUntil);
}

/// Records of 24 hours on average between a partition's first row and the source's last sample.
std::optional<double> usualADay(const std::vector<EndRow>& rows, std::int64_t lastSampleMs)
{
    constexpr std::int64_t dayMs = 86'400'000;
    if (rows.empty() || lastSampleMs - rows.front().atMs < dayMs || rows.back().end < rows.front().end)
        return std::nullopt;
    return static_cast<double>(rows.back().end - rows.front().end) /
           static_cast<double>(lastSampleMs - rows.front().atMs) * static_cast<double>(dayMs);
}

/// Marks that have a sample near on both sides.
std::vector<bool> coveredMarks(SQLite::Database& db, std::int64_t source, const std::vector<UtcTime>& marks,
                               Millis mostDistance)
{
    SQLite::Statement near(db, R"(
        SELECT (SELECT MAX(taken_at_ms) FROM lag_sample WHERE source_id = ?1 AND taken_at_ms <= ?2),
               (SELECT MIN(taken_at_ms) FROM lag_sample WHERE source_id = ?1 AND taken_at_ms >= ?2))");
    std::vector<bool> covered;
    for (const UtcTime mark : marks) {
        near.reset();
        near.bind(1, source);
        near.bind(2, std::int64_t{toMs(mark)});
        const bool hasRow = near.executeStep();
        covered.push_back(hasRow && !near.isColumnNull(0) && !near.isColumnNull(1) &&
                          toMs(mark) - near.getColumn(0).getInt64() <= mostDistance.count() &&
                          near.getColumn(1).getInt64() - toMs(mark) <= mostDistance.count());
    }
    return covered;
}

/// Adds a partition's growth; what is unknown of one is unknown of the topic.
void addPartition(TopicGrowth& growth, const std::vector<EndRow>& rows, const std::vector<UtcTime>& marks,
                  const std::vector<bool>& covered)
{
    ++growth.partitions;
    std::vector<std::optional<double>> ends;
    for (std::size_t m = 0; m < marks.size(); ++m)
        ends.push_back(covered[m] ? endAt(rows, toMs(marks[m])) : std::nullopt);
    for (std::size_t i = 0; i + 1 < marks.size(); ++i) {
        std::optional<std::int64_t>& written = growth.written[i];
        const bool isKnown = written && ends[i] && ends[i + 1] && *ends[i + 1] >= *ends[i];
        // rounded at the marks, so that neighbouring stretches add up
        written = isKnown ? std::optional(*written + static_cast<std::int64_t>(*ends[i + 1]) -
                                          static_cast<std::int64_t>(*ends[i]))
                          : std::nullopt;
    }
}

std::vector<TopicGrowth> growthOfSource(SQLite::Database& db, std::int64_t source, const QString& connection,
                                        const std::vector<UtcTime>& marks, Millis mostDistance)
{
    const std::vector<bool> covered = coveredMarks(db, source, marks, mostDistance);
    SQLite::Statement partitions(db, R"(
        SELECT t.topic_id, t.name, p.partition_id
        FROM lag_topic AS t
        JOIN lag_partition AS p ON p.topic_id = t.topic_id
        WHERE t.source_id = ? AND p.is_gone = 0
        ORDER BY t.name, p.number)");
    SQLite::Statement ends(db, R"(
        SELECT end_offset, at_ms, unknown_before_ms
        FROM lag_end
        WHERE partition_id = ?
        ORDER BY at_ms)");
    SQLite::Statement groups(db, R"(
        SELECT DISTINCT g.name
        FROM lag_row AS r
        JOIN lag_group AS g ON g.group_id = r.group_id
        JOIN lag_partition AS p ON p.partition_id = r.partition_id
        WHERE p.topic_id = ? AND r.committed_offset IS NOT NULL
        ORDER BY g.name)");
    SQLite::Statement last(db, "SELECT MAX(taken_at_ms) FROM lag_sample WHERE source_id = ?");
    last.bind(1, source);
    const std::int64_t lastSampleMs = last.executeStep() ? last.getColumn(0).getInt64() : 0;
    std::vector<TopicGrowth> grown;
    std::optional<double> usual; // of the last of them, so far
    partitions.bind(1, source);
    while (partitions.executeStep()) {
        const QString topic = textAt(partitions, 1);
        if (grown.empty() || grown.back().topic != topic) {
            TopicGrowth& growth = grown.emplace_back();
            usual = 0.0;
            growth.connection = connection;
            growth.topic = topic;
            growth.written.assign(marks.size() < 2 ? 0 : marks.size() - 1, std::optional(std::int64_t{0}));
            groups.reset();
            groups.bind(1, partitions.getColumn(0).getInt64());
            while (groups.executeStep())
                growth.groups += textAt(groups, 0);
        }
        std::vector<EndRow> rows;
        ends.reset();
        ends.bind(1, partitions.getColumn(2).getInt64());
        while (ends.executeStep()) {
            EndRow row{ends.getColumn(0).getInt64(), ends.getColumn(1).getInt64(), std::nullopt};
            if (!ends.isColumnNull(2))
                row.unknownBeforeMs = ends.getColumn(2).getInt64();
            rows.push_back(row);
        }
        addPartition(grown.back(), rows, marks, covered);
        const auto more = usualADay(rows, lastSampleMs);
        usual = usual && more ? std::optional(*usual + *more) : std::nullopt;
        grown.back().usualADay = usual ? std::optional<std::int64_t>(std::llround(*usual)) : std::nullopt;
    }
    return grown;
}

} // namespace

Result<std::vector<TopicLag>> worstTimeLags(Database& reader)
{
    return reader.query<std::vector<TopicLag>>([](SQLite::Database& db) {
        SQLite::Statement select(db, R"(
            SELECT t.name, MAX(h.worst_ms), MAX(s.observed_ms)
            FROM lag_topic AS t
            LEFT JOIN (SELECT topic_id, MAX(time_lag_high_ms) AS worst_ms FROM lag_history GROUP BY topic_id) AS h
                   ON h.topic_id = t.topic_id
            LEFT JOIN (SELECT source_id, MAX(taken_at_ms) - MIN(taken_at_ms) AS observed_ms FROM lag_sample
                       GROUP BY source_id) AS s
                   ON s.source_id = t.source_id
            GROUP BY t.name
            ORDER BY t.name)");
        std::vector<TopicLag> lags;
        while (select.executeStep()) {
            TopicLag& lag = lags.emplace_back();
            lag.topic = textAt(select, 0);
            if (!select.isColumnNull(1))
                lag.worst = Millis{select.getColumn(1).getInt64()};
            if (!select.isColumnNull(2))
                lag.observed = Millis{select.getColumn(2).getInt64()};
        }
        return lags;
    });
}

Result<std::vector<TopicGrowth>> topicGrowth(Database& reader, const std::vector<UtcTime>& marks, Millis mostDistance)
{
    return reader.query<std::vector<TopicGrowth>>([&](SQLite::Database& db) {
        SQLite::Statement sources(db, R"(
            SELECT source_id, connection
            FROM lag_source
            ORDER BY connection, source_id)");
        std::vector<TopicGrowth> all;
        while (sources.executeStep()) {
            for (TopicGrowth& growth :
                 growthOfSource(db, sources.getColumn(0).getInt64(), textAt(sources, 1), marks, mostDistance))
                all.push_back(std::move(growth));
        }
        return all;
    });
}

} // namespace spillway
