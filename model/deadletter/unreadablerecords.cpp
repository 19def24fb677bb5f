// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/unreadablerecords.h"

#include "model/base/counted.h"
#include "model/base/text.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostBatches = 20; // of a channel; older ones are in the sum

} // namespace

QString unreadablePlace(const UnreadableRecords& records)
{
    const QString offsets =
        records.atMost() == 1
            ? u"offset %1"_s.arg(records.from.value)
            : u"offsets %1 to %2"_s.arg(records.from.value).arg(records.to.value - 1); // no separators: for a shell
    return u"partition %1, %2"_s.arg(records.at.partition).arg(offsets);
}

QString unreadableCommand(const QString& bootstrap, const UnreadableRecords& records)
{
    return u"kafka-console-consumer --bootstrap-server %1 --topic %2 --partition %3 --offset %4 --max-messages %5"_s
        .arg(bootstrap.isEmpty() ? u"BROKER:9092"_s : bootstrap, records.at.topic)
        .arg(records.at.partition)
        .arg(records.from.value)
        .arg(records.atMost());
}

QString unreadableText(const QString& connection, const UnreadableRecords& records)
{
    const bool isOne = records.atMost() == 1;
    return u"%1: %2 of %3 [%4], %5, cannot be decoded: the batch is damaged, or unpacks to more than Spillway takes; "
           "what stands behind it was read. Read it with a Java client while the broker has it: `%6`"_s
               .arg(visibleText(connection),
                    isOne ? u"a record"_s : u"up to %1 records"_s.arg(formatCount(records.atMost())),
                    visibleText(records.at.topic))
               .arg(records.at.partition)
               .arg(isOne ? u"offset %1"_s.arg(records.from.value)
                          : u"offsets %1 to %2"_s.arg(records.from.value).arg(records.to.value - 1),
                    unreadableCommand({}, records));
}

Status keepUnreadable(Database& database, const QString& clusterId, const QString& connection,
                      std::span<const UnreadableRecords> unreadable, UtcTime noticedAt)
{
    if (unreadable.empty())
        return {};
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement insert(db, "INSERT INTO unreadable_record (cluster_id, channel, partition, from_offset,"
                                     " to_offset, noticed_at_ms, connection)"
                                     " VALUES (?, ?, ?, ?, ?, ?, ?)"
                                     " ON CONFLICT DO UPDATE SET to_offset = max(to_offset, excluded.to_offset)");
        for (const UnreadableRecords& each : unreadable) {
            insert.reset();
            sql::bind(insert, 1, clusterId);
            sql::bind(insert, 2, each.at.topic);
            insert.bind(3, each.at.partition);
            insert.bind(4, each.from.value);
            insert.bind(5, each.to.value);
            insert.bind(6, std::int64_t{toMs(noticedAt)});
            sql::bind(insert, 7, connection);
            insert.exec();
        }
    });
}

std::map<std::pair<QString, QString>, UnreadableOfChannel> unreadableRecords(SQLite::Database& db)
{
    std::map<std::pair<QString, QString>, UnreadableOfChannel> channels;
    SQLite::Statement select(db, "SELECT cluster_id, channel, partition, from_offset, to_offset, noticed_at_ms,"
                                 " connection FROM unreadable_record"
                                 " ORDER BY noticed_at_ms DESC, cluster_id, channel, partition, from_offset DESC");
    while (select.executeStep()) {
        const UnreadableRecords records{.at = {sql::text(select.getColumn(1)), select.getColumn(2).getInt()},
                                        .from = Offset{select.getColumn(3).getInt64()},
                                        .to = Offset{select.getColumn(4).getInt64()}};
        UnreadableOfChannel& channel = channels[{sql::text(select.getColumn(0)), records.at.topic}];
        channel.records += records.atMost();
        if (channel.batches.empty()) {
            channel.connection = sql::text(select.getColumn(6));
            channel.noticedAt = utcFromMs(select.getColumn(5).getInt64());
        }
        if (channel.batches.size() < mostBatches)
            channel.batches.push_back(records);
    }
    return channels;
}

Result<std::int64_t> thinUnreadable(Database& database, UtcTime oldest)
{
    return database.query<std::int64_t>([&](SQLite::Database& db) {
        SQLite::Statement thin(db, "DELETE FROM unreadable_record WHERE noticed_at_ms < ?");
        thin.bind(1, std::int64_t{toMs(oldest)});
        return std::int64_t{thin.exec()};
    });
}

} // namespace spillway
