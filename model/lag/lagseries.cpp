// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagqueries.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <map>

namespace spillway {

namespace {

/// What stood at one time; lag nullopt: unknown then.
struct Standing
{
    std::optional<MessageCount> lag;
    std::optional<Millis> low;
    std::optional<Millis> high;
};

struct Bucket
{
    std::int64_t firstChangeMs = 0;
    std::optional<MessageCount> peak;
    Standing last;
};

struct Subject
{
    std::int64_t sourceId = 0;
    std::int64_t groupId = 0;
    std::int64_t topicId = 0; // 0: the whole group
    std::int64_t intervalMs = 0;
};

std::optional<Subject> findSubject(SQLite::Database& db, const LagFilter& filter)
{
    SQLite::Statement select(db, R"(
        SELECT s.source_id, g.group_id, s.sample_interval_ms,
               (SELECT t.topic_id FROM lag_topic AS t WHERE t.source_id = s.source_id AND t.name = ?3)
        FROM lag_group AS g
        JOIN lag_source AS s ON s.source_id = g.source_id
        WHERE g.name = ?1 AND (?2 = '' OR s.connection = ?2)
        ORDER BY s.taken_at_ms DESC, s.source_id
        LIMIT 1)");
    select.bind(1, filter.group.toStdString());
    select.bind(2, filter.connection.toStdString());
    select.bind(3, filter.topic.toStdString());
    if (!select.executeStep() || (!filter.topic.isEmpty() && select.isColumnNull(3)))
        return std::nullopt;
    return Subject{select.getColumn(0).getInt64(), select.getColumn(1).getInt64(),
                   filter.topic.isEmpty() ? 0 : select.getColumn(3).getInt64(), select.getColumn(2).getInt64()};
}

Standing standingAt(SQLite::Statement& statement, int firstColumn)
{
    Standing standing;
    if (!statement.isColumnNull(firstColumn))
        standing.lag = MessageCount{statement.getColumn(firstColumn).getInt64()};
    if (!statement.isColumnNull(firstColumn + 1))
        standing.low = Millis{statement.getColumn(firstColumn + 1).getInt64()};
    if (!statement.isColumnNull(firstColumn + 2))
        standing.high = Millis{statement.getColumn(firstColumn + 2).getInt64()};
    return standing;
}

Standing standingBefore(SQLite::Database& db, const Subject& subject, std::int64_t fromMs)
{
    SQLite::Statement select(db, R"(
        SELECT lag, time_lag_low_ms, time_lag_high_ms
        FROM lag_history
        WHERE group_id = ?1 AND topic_id = ?2 AND at_ms < ?3
        ORDER BY at_ms DESC
        LIMIT 1)");
    select.bind(1, subject.groupId);
    select.bind(2, subject.topicId);
    select.bind(3, fromMs);
    return select.executeStep() ? standingAt(select, 0) : Standing{};
}

std::map<std::int64_t, Bucket> changes(SQLite::Database& db, const Subject& subject, std::int64_t fromMs,
                                       std::int64_t toMs, std::int64_t widthMs)
{
    std::map<std::int64_t, Bucket> buckets;
    const auto bind = [&](SQLite::Statement& statement) {
        statement.bind(1, subject.groupId);
        statement.bind(2, subject.topicId);
        statement.bind(3, fromMs);
        statement.bind(4, toMs);
        statement.bind(5, widthMs);
    };
    SQLite::Statement peaks(db, R"(
        SELECT (at_ms - ?3) / ?5 AS bucket, MIN(at_ms), MAX(lag)
        FROM lag_history
        WHERE group_id = ?1 AND topic_id = ?2 AND at_ms >= ?3 AND at_ms < ?4
        GROUP BY bucket
        ORDER BY bucket)");
    bind(peaks);
    while (peaks.executeStep()) {
        Bucket& bucket = buckets[peaks.getColumn(0).getInt64()];
        bucket.firstChangeMs = peaks.getColumn(1).getInt64();
        if (!peaks.isColumnNull(2))
            bucket.peak = MessageCount{peaks.getColumn(2).getInt64()};
    }
    // With MAX alone, SQLite takes the other columns from the row that has it.
    SQLite::Statement lasts(db, R"(
        SELECT (at_ms - ?3) / ?5 AS bucket, MAX(at_ms), lag, time_lag_low_ms, time_lag_high_ms
        FROM lag_history
        WHERE group_id = ?1 AND topic_id = ?2 AND at_ms >= ?3 AND at_ms < ?4
        GROUP BY bucket
        ORDER BY bucket)");
    bind(lasts);
    while (lasts.executeStep())
        buckets[lasts.getColumn(0).getInt64()].last = standingAt(lasts, 2);
    return buckets;
}

std::vector<LagSeriesPoint> draw(SQLite::Database& db, const Subject& subject, std::int64_t fromMs, std::int64_t toMs,
                                 int maxPoints)
{
    const std::int64_t widthMs = std::max<std::int64_t>(1, (toMs - fromMs + maxPoints - 1) / maxPoints);
    const std::int64_t longestPauseMs = std::max(3 * subject.intervalMs, 2 * widthMs);
    const auto buckets = changes(db, subject, fromMs, toMs, widthMs);
    Standing carried = standingBefore(db, subject, fromMs);

    SQLite::Statement samples(db, R"(
        SELECT (taken_at_ms - ?2) / ?4 AS bucket, MIN(taken_at_ms), MAX(taken_at_ms)
        FROM lag_sample
        WHERE source_id = ?1 AND taken_at_ms >= ?2 AND taken_at_ms < ?3
        GROUP BY bucket
        ORDER BY bucket)");
    samples.bind(1, subject.sourceId);
    samples.bind(2, fromMs);
    samples.bind(3, toMs);
    samples.bind(4, widthMs);
    std::vector<LagSeriesPoint> points;
    std::optional<std::int64_t> previousMs;
    while (samples.executeStep()) {
        const std::int64_t firstMs = samples.getColumn(1).getInt64();
        const std::int64_t lastMs = samples.getColumn(2).getInt64();
        if (previousMs && firstMs - *previousMs > longestPauseMs)
            points.push_back({utcFromMs(*previousMs + subject.intervalMs), std::nullopt, std::nullopt, std::nullopt});
        previousMs = lastMs;
        std::optional<MessageCount> peak = carried.lag;
        if (const auto bucket = buckets.find(samples.getColumn(0).getInt64()); bucket != buckets.end()) {
            // What stood before counts where a sample saw it once more before the first change.
            if (bucket->second.firstChangeMs <= firstMs)
                peak = std::nullopt;
            if (bucket->second.peak)
                peak = std::max(peak.value_or(*bucket->second.peak), *bucket->second.peak);
            carried = bucket->second.last;
        }
        points.push_back({utcFromMs(lastMs), peak, carried.low, carried.high});
    }
    return points;
}

} // namespace

Result<std::vector<LagSeriesPoint>> lagSeries(Database& reader, const LagFilter& filter, UtcTime from, UtcTime to,
                                              int maxPoints)
{
    return reader.query<std::vector<LagSeriesPoint>>([&](SQLite::Database& db) {
        const auto subject = findSubject(db, filter);
        if (!subject || from >= to || maxPoints < 1)
            return std::vector<LagSeriesPoint>{};
        return draw(db, *subject, toMs(from), toMs(to), maxPoints);
    });
}

} // namespace spillway
