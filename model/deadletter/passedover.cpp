// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/passedover.h"

#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <string>

namespace spillway {

namespace {

constexpr std::size_t mostRanges = 20; // of a channel; older ones are in the sum

std::string tableOf(PassedBecause why)
{
    return why == PassedBecause::Lost ? "lost_before_read" : "unreadable_record";
}

} // namespace

Status keepPassedOver(Database& database, PassedBecause why, const QString& clusterId, const QString& connection,
                      std::span<const PassedOver> ranges)
{
    if (ranges.empty())
        return {};
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement insert(db, "INSERT INTO " + tableOf(why) +
                                         " (cluster_id, channel, partition, from_offset,"
                                         " to_offset, noticed_at_ms, connection)"
                                         " VALUES (?, ?, ?, ?, ?, ?, ?)"
                                         " ON CONFLICT DO UPDATE SET to_offset = max(to_offset, excluded.to_offset)");
        for (const PassedOver& each : ranges) {
            insert.reset();
            sql::bind(insert, 1, clusterId);
            sql::bind(insert, 2, each.at.topic);
            insert.bind(3, each.at.partition);
            insert.bind(4, each.from.value);
            insert.bind(5, each.to.value);
            insert.bind(6, std::int64_t{toMs(each.noticedAt)});
            sql::bind(insert, 7, connection);
            insert.exec();
        }
    });
}

PassedByChannel passedOver(SQLite::Database& db, PassedBecause why)
{
    PassedByChannel channels;
    SQLite::Statement select(db, "SELECT cluster_id, channel, partition, from_offset, to_offset, noticed_at_ms,"
                                 " connection FROM " +
                                     tableOf(why) +
                                     " ORDER BY noticed_at_ms DESC, cluster_id, channel, partition, from_offset DESC");
    while (select.executeStep()) {
        const PassedOver range{.at = {sql::text(select.getColumn(1)), select.getColumn(2).getInt()},
                               .from = Offset{select.getColumn(3).getInt64()},
                               .to = Offset{select.getColumn(4).getInt64()},
                               .noticedAt = utcFromMs(select.getColumn(5).getInt64())};
        PassedOfChannel& channel = channels[{sql::text(select.getColumn(0)), range.at.topic}];
        channel.records += range.atMost();
        if (channel.ranges.empty())
            channel.connection = sql::text(select.getColumn(6));
        if (channel.ranges.size() < mostRanges)
            channel.ranges.push_back(range);
    }
    return channels;
}

Result<std::int64_t> thinPassedOver(Database& database, UtcTime oldest)
{
    return database.query<std::int64_t>([&](SQLite::Database& db) {
        std::int64_t removed = 0;
        for (const PassedBecause why : {PassedBecause::Lost, PassedBecause::Unreadable}) {
            SQLite::Statement thin(db, "DELETE FROM " + tableOf(why) + " WHERE noticed_at_ms < ?");
            thin.bind(1, std::int64_t{toMs(oldest)});
            removed += thin.exec();
        }
        return removed;
    });
}

} // namespace spillway
