// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/origintimes.h"

#include "model/deadletter/deadletter.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <set>
#include <vector>

namespace spillway {

namespace {

struct Place
{
    QString clusterId;
    TopicPartition at;
    Offset offset;
};

Result<std::vector<Place>> unaskedPlaces(Database& reader, const QString& connection, std::int64_t most)
{
    return reader.query<std::vector<Place>>([&](SQLite::Database& db) {
        std::vector<Place> places;
        SQLite::Statement select(
            db, "SELECT DISTINCT c.cluster_id, f.origin_topic, l.origin_partition, l.origin_offset"
                " FROM letter l CROSS JOIN letter_channel c ON c.id = l.channel_ref CROSS JOIN letter_facet f ON f.id "
                "= l.facet_ref"
                " LEFT JOIN origin_record_time t ON t.cluster_id = c.cluster_id AND t.topic = f.origin_topic"
                "  AND t.partition = l.origin_partition AND t.offset = l.origin_offset"
                " LEFT JOIN broker_topic b ON b.cluster_id = c.cluster_id AND b.name = f.origin_topic"
                " WHERE l.is_pointer = 1 AND l.origin_at_ms IS NULL AND c.connection = ?"
                " AND l.state NOT IN ('archived', 'resolved', 'lost')"
                " AND f.origin_topic IS NOT NULL AND l.origin_partition >= 0 AND l.origin_offset >= 0"
                " AND (t.asked_at_ms IS NULL OR t.asked_at_ms <= b.remade_after_ms)"
                " ORDER BY 1, 2, 3, 4 LIMIT ?");
        sql::bind(select, 1, connection);
        select.bind(2, most);
        while (select.executeStep())
            places.push_back({sql::text(select.getColumn(0)),
                              {sql::text(select.getColumn(1)), select.getColumn(2).getInt()},
                              Offset{select.getColumn(3).getInt64()}});
        return places;
    });
}

} // namespace

Status keepOriginTime(Database& database, const QString& clusterId, const TopicPartition& at, Offset offset,
                      std::optional<UtcTime> timestamp, UtcTime askedAt)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement keep(db, "INSERT INTO origin_record_time (cluster_id, topic, partition, offset, record_at_ms,"
                                   " asked_at_ms) VALUES (?, ?, ?, ?, ?, ?)"
                                   " ON CONFLICT DO UPDATE SET record_at_ms = excluded.record_at_ms,"
                                   " asked_at_ms = excluded.asked_at_ms");
        sql::bind(keep, 1, clusterId);
        sql::bind(keep, 2, at.topic);
        keep.bind(3, at.partition);
        keep.bind(4, offset.value);
        sql::bind(keep, 5, timestamp ? std::optional(std::int64_t{toMs(*timestamp)}) : std::nullopt);
        keep.bind(6, std::int64_t{toMs(askedAt)});
        keep.exec();
    });
}

Result<std::int64_t> askOriginTimes(RecordLookup& lookup, StoreWriter& store, const QString& connection,
                                    const Clock& clock, std::int64_t most, std::stop_token stop)
{
    auto reader = Database::open(store.file(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    const auto places = unaskedPlaces(*reader, connection, most);
    if (!places)
        return tl::unexpected<Error>(places.error());
    std::int64_t asked = 0;
    std::set<QString> refused; // topics
    for (const Place& place : *places) {
        if (stop.stop_requested())
            break;
        if (refused.contains(place.at.topic))
            continue;
        const auto found = lookup.recordAt(place.at, place.offset, stop);
        // One origin that may not be read, or whose record cannot be decoded, is no reason to leave the others.
        if (!found && found.error().code == ErrorCode::Unauthorised) {
            refused.insert(place.at.topic);
            continue;
        }
        if (!found && found.error().code == ErrorCode::Corrupt)
            continue;
        if (!found)
            return tl::unexpected<Error>(found.error());
        if (found->answer == LookedUpRecord::Answer::Open)
            continue;
        const std::optional<UtcTime> timestamp = found->record ? found->record->timestamp : std::nullopt;
        const Status kept = store.write([&](Database& database) {
            return keepOriginTime(database, place.clusterId, place.at, place.offset, timestamp, clock.now());
        });
        if (!kept)
            return tl::unexpected<Error>(kept.error());
        ++asked;
    }
    return asked;
}

} // namespace spillway
