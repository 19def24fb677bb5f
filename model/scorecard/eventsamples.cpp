// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/eventsamples.h"

#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

namespace spillway {

Status storeEventSamples(Database& database, const QString& clusterId, const QString& topic, std::int64_t ends,
                         const std::vector<EventSample>& samples, UtcTime now)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement forget(db, "DELETE FROM event_sample WHERE cluster_id = ? AND topic = ?");
        sql::bind(forget, 1, clusterId);
        sql::bind(forget, 2, topic);
        forget.exec();
        for (const EventSample& sample : samples) {
            SQLite::Statement insert(db, "INSERT INTO event_sample (cluster_id, topic, event_type, connection,"
                                         " sampled_at_ms, records, payload_bytes, largest_bytes, record_bytes)"
                                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
            sql::bind(insert, 1, clusterId);
            sql::bind(insert, 2, topic);
            sql::bind(insert, 3, sample.eventType);
            sql::bind(insert, 4, sample.connection);
            insert.bind(5, toMs(now));
            insert.bind(6, sample.records);
            insert.bind(7, sample.payloadBytes);
            insert.bind(8, sample.largestBytes);
            sql::bind(insert, 9, sample.recordBytes);
            insert.exec();
        }
        SQLite::Statement note(db, "INSERT OR REPLACE INTO event_sample_topic (cluster_id, topic, ends, sampled_at_ms)"
                                   " VALUES (?, ?, ?, ?)");
        sql::bind(note, 1, clusterId);
        sql::bind(note, 2, topic);
        note.bind(3, ends);
        note.bind(4, toMs(now));
        note.exec();
    });
}

Result<std::vector<EventSample>> eventSamples(Database& reader)
{
    return reader.query<std::vector<EventSample>>([](SQLite::Database& db) {
        std::vector<EventSample> samples;
        SQLite::Statement select(db, "SELECT cluster_id, topic, event_type, connection, sampled_at_ms, records,"
                                     " payload_bytes, largest_bytes, record_bytes FROM event_sample"
                                     " WHERE records > 0"
                                     " ORDER BY cluster_id, topic, event_type LIMIT 1000000");
        while (select.executeStep())
            samples.push_back({.clusterId = sql::text(select.getColumn(0)),
                               .topic = sql::text(select.getColumn(1)),
                               .eventType = sql::text(select.getColumn(2)),
                               .connection = sql::text(select.getColumn(3)),
                               .sampledAt = utcFromMs(select.getColumn(4).getInt64()),
                               .records = select.getColumn(5).getInt64(),
                               .payloadBytes = select.getColumn(6).getInt64(),
                               .largestBytes = select.getColumn(7).getInt64(),
                               .recordBytes = sql::maybeNumber(select.getColumn(8))});
        return samples;
    });
}

Status storeTopicPacking(Database& database, const TopicPacking& packing)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement forget(db, "DELETE FROM event_packing WHERE cluster_id = ? AND topic = ?");
        sql::bind(forget, 1, packing.clusterId);
        sql::bind(forget, 2, packing.topic);
        forget.exec();
        for (const auto& [codec, share] : packing.shares) {
            SQLite::Statement insert(db,
                                     "INSERT INTO event_packing (cluster_id, topic, connection, codec, payloads, share)"
                                     " VALUES (?, ?, ?, ?, ?, ?)");
            sql::bind(insert, 1, packing.clusterId);
            sql::bind(insert, 2, packing.topic);
            sql::bind(insert, 3, packing.connection);
            sql::bind(insert, 4, codec);
            insert.bind(5, packing.payloads);
            insert.bind(6, share);
            insert.exec();
        }
        SQLite::Statement forgetFields(db, "DELETE FROM event_field WHERE cluster_id = ? AND topic = ?");
        sql::bind(forgetFields, 1, packing.clusterId);
        sql::bind(forgetFields, 2, packing.topic);
        forgetFields.exec();
        for (const auto& [field, bytes] : packing.fieldBytes) {
            SQLite::Statement insert(db, "INSERT INTO event_field (cluster_id, topic, field, payloads, bytes)"
                                         " VALUES (?, ?, ?, ?, ?)");
            sql::bind(insert, 1, packing.clusterId);
            sql::bind(insert, 2, packing.topic);
            sql::bind(insert, 3, field);
            insert.bind(4, packing.payloads);
            insert.bind(5, bytes);
            insert.exec();
        }
    });
}

Result<std::vector<TopicPacking>> topicPackings(Database& reader)
{
    return reader.query<std::vector<TopicPacking>>([](SQLite::Database& db) {
        std::vector<TopicPacking> packings;
        SQLite::Statement select(db, "SELECT cluster_id, topic, connection, codec, payloads, share FROM event_packing"
                                     " ORDER BY cluster_id, topic, codec LIMIT 1000000");
        while (select.executeStep()) {
            const QString cluster = sql::text(select.getColumn(0));
            const QString topic = sql::text(select.getColumn(1));
            if (packings.empty() || packings.back().clusterId != cluster || packings.back().topic != topic)
                packings.push_back({.clusterId = cluster,
                                    .topic = topic,
                                    .connection = sql::text(select.getColumn(2)),
                                    .payloads = select.getColumn(4).getInt(),
                                    .shares = {},
                                    .fieldBytes = {}});
            packings.back().shares[sql::text(select.getColumn(3))] = select.getColumn(5).getDouble();
        }
        SQLite::Statement fields(db, "SELECT field, bytes FROM event_field WHERE cluster_id = ? AND topic = ?"
                                     " ORDER BY field LIMIT 1000");
        for (TopicPacking& packing : packings) {
            fields.reset();
            sql::bind(fields, 1, packing.clusterId);
            sql::bind(fields, 2, packing.topic);
            while (fields.executeStep())
                packing.fieldBytes[sql::text(fields.getColumn(0))] = fields.getColumn(1).getDouble();
        }
        return packings;
    });
}

Result<std::optional<std::int64_t>> sampledEnds(Database& reader, const QString& clusterId, const QString& topic)
{
    return reader.query<std::optional<std::int64_t>>([&](SQLite::Database& db) -> std::optional<std::int64_t> {
        SQLite::Statement select(db, "SELECT ends FROM event_sample_topic WHERE cluster_id = ? AND topic = ?");
        sql::bind(select, 1, clusterId);
        sql::bind(select, 2, topic);
        if (!select.executeStep())
            return std::nullopt;
        return select.getColumn(0).getInt64();
    });
}

Status storeTopicNames(Database& database, const QString& clusterId, const QString& connection,
                       const QStringList& names, UtcTime now)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement note(db, "INSERT INTO cluster_topic (cluster_id, name, connection, first_seen_ms, seen_at_ms)"
                                   " VALUES (?1, ?2, ?3, ?4, ?4)"
                                   " ON CONFLICT (cluster_id, name) DO UPDATE SET connection = excluded.connection,"
                                   " seen_at_ms = excluded.seen_at_ms");
        for (const QString& name : names) {
            note.reset();
            sql::bind(note, 1, clusterId);
            sql::bind(note, 2, name);
            sql::bind(note, 3, connection);
            note.bind(4, toMs(now));
            note.exec();
        }
        SQLite::Statement forget(db, "DELETE FROM cluster_topic WHERE cluster_id = ? AND seen_at_ms < ?");
        sql::bind(forget, 1, clusterId);
        forget.bind(2, toMs(now));
        forget.exec();
    });
}

Result<std::vector<ClusterTopic>> clusterTopics(Database& reader)
{
    return reader.query<std::vector<ClusterTopic>>([](SQLite::Database& db) {
        std::vector<ClusterTopic> topics;
        SQLite::Statement select(db, "SELECT cluster_id, name, connection, seen_at_ms FROM cluster_topic"
                                     " ORDER BY cluster_id, name LIMIT 1000000");
        while (select.executeStep())
            topics.push_back({.clusterId = sql::text(select.getColumn(0)),
                              .name = sql::text(select.getColumn(1)),
                              .connection = sql::text(select.getColumn(2)),
                              .seenAt = utcFromMs(select.getColumn(3).getInt64())});
        return topics;
    });
}

} // namespace spillway
