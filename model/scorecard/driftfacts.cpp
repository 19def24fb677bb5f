// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/driftfacts.h"

#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

namespace spillway {

namespace {

constexpr std::int64_t weekMs = 7LL * 86'400'000;

std::vector<GroupReading> readingsOf(SQLite::Database& db)
{
    std::vector<GroupReading> readings;
    // sampled_at_ms NULL: told by the newest sample; what an older one told may be gone.
    SQLite::Statement select(db, "SELECT s.connection, g.name, t.name, max(r.committed_offset IS NOT NULL),"
                                 " s.taken_at_ms"
                                 " FROM lag_row r"
                                 " JOIN lag_group g ON g.group_id = r.group_id"
                                 " JOIN lag_partition p ON p.partition_id = r.partition_id"
                                 " JOIN lag_topic t ON t.topic_id = p.topic_id"
                                 " JOIN lag_source s ON s.source_id = g.source_id"
                                 " WHERE r.sampled_at_ms IS NULL AND s.taken_at_ms IS NOT NULL"
                                 " GROUP BY s.connection, g.name, t.name"
                                 " ORDER BY s.connection, g.name, t.name LIMIT 1000000");
    while (select.executeStep())
        readings.push_back({.connection = sql::text(select.getColumn(0)),
                            .group = sql::text(select.getColumn(1)),
                            .topic = sql::text(select.getColumn(2)),
                            .hasCommitted = select.getColumn(3).getInt() != 0,
                            .sampledAt = utcFromMs(select.getColumn(4).getInt64())});
    return readings;
}

std::vector<LoggedVolume> loggedOf(SQLite::Database& db, UtcTime now)
{
    constexpr std::int64_t stretchMs = 600'000;
    std::vector<LoggedVolume> logged;
    SQLite::Statement select(db, "SELECT p.consumer_service, p.event_type, sum(s.total), min(s.start_ms),"
                                 " max(s.start_ms)"
                                 " FROM processing_sum s JOIN processing_pair p ON p.pair_id = s.pair_id"
                                 " WHERE s.level = 0 AND s.start_ms >= ?"
                                 " GROUP BY p.pair_id ORDER BY p.event_type, p.consumer_service LIMIT 1000000");
    select.bind(1, toMs(now) - weekMs);
    while (select.executeStep())
        logged.push_back({.consumer = sql::text(select.getColumn(0)),
                          .eventType = sql::text(select.getColumn(1)),
                          .records = select.getColumn(2).getInt64(),
                          .first = utcFromMs(select.getColumn(3).getInt64()),
                          .last = utcFromMs(select.getColumn(4).getInt64() + stretchMs)});
    return logged;
}

std::vector<ObservedGrowth> growthOf(SQLite::Database& db, UtcTime now)
{
    std::vector<ObservedGrowth> growth;
    // A partition's row is written when it moves: the newest one stands until the topic was sampled last.
    SQLite::Statement select(
        db, "SELECT t.cluster_id, t.name, t.sampled_at_ms, sum(n.end_offset - o.end_offset), min(o.at_ms),"
            " min(n.end_offset >= o.end_offset)"
            " FROM broker_topic t"
            " JOIN (SELECT topic_id, partition, min(at_ms) AS first_ms, max(at_ms) AS last_ms FROM broker_topic_log"
            "       WHERE at_ms >= ? GROUP BY topic_id, partition) w ON w.topic_id = t.id"
            " JOIN broker_topic_log o ON o.topic_id = t.id AND o.partition = w.partition AND o.at_ms = w.first_ms"
            " JOIN broker_topic_log n ON n.topic_id = t.id AND n.partition = w.partition AND n.at_ms = w.last_ms"
            " WHERE o.end_offset IS NOT NULL AND n.end_offset IS NOT NULL"
            " GROUP BY t.id ORDER BY t.cluster_id, t.name LIMIT 1000000");
    select.bind(1, toMs(now) - weekMs);
    while (select.executeStep()) {
        if (select.getColumn(5).getInt() == 0)
            continue; // made anew in between
        growth.push_back({.clusterId = sql::text(select.getColumn(0)),
                          .topic = sql::text(select.getColumn(1)),
                          .records = select.getColumn(3).getInt64(),
                          .from = utcFromMs(select.getColumn(4).getInt64()),
                          .to = utcFromMs(select.getColumn(2).getInt64())});
    }
    return growth;
}

} // namespace

Result<DriftFacts> readDriftFacts(Database& reader, UtcTime now)
{
    DriftFacts facts;
    facts.now = now;
    auto book = topicBook(reader);
    if (!book)
        return tl::unexpected<Error>(book.error());
    for (const auto& [key, topic] : book->topics())
        facts.topics.push_back(topic);
    auto names = clusterTopics(reader);
    if (!names)
        return tl::unexpected<Error>(names.error());
    facts.clusterTopics = std::move(*names);
    auto samples = eventSamples(reader);
    if (!samples)
        return tl::unexpected<Error>(samples.error());
    facts.samples = std::move(*samples);
    const Status read = reader.guarded([&](SQLite::Database& db) {
        facts.readings = readingsOf(db);
        facts.logged = loggedOf(db, now);
        facts.growth = growthOf(db, now);
    });
    if (!read)
        return tl::unexpected<Error>(read.error());
    return facts;
}

} // namespace spillway
