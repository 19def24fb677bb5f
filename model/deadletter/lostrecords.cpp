// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lostrecords.h"

#include "model/base/text.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostGaps = 20; // of a channel; older ones are in the sum

} // namespace

std::optional<std::pair<Offset, Offset>> lostBetween(Offset from, Offset to, Offset logStart)
{
    const Offset end = std::min(to, logStart);
    return end > from ? std::optional(std::pair(from, end)) : std::nullopt;
}

QString lostOffsets(const LostRecords& lost)
{
    return lost.atMost() == 1 ? u"offset %1"_s.arg(formatCount(lost.from.value))
                              : u"offsets %1 to %2"_s.arg(formatCount(lost.from.value), formatCount(lost.to.value - 1));
}

QString lostText(const QString& connection, const LostRecords& lost)
{
    const bool isOne = lost.atMost() == 1;
    const QString what = isOne ? u"a record"_s : u"up to %1 records"_s.arg(formatCount(lost.atMost()));
    return u"%1: the broker deleted %2 of %3 [%4] before Spillway read %5 (%6); let the topic keep its records longer, "
           "and let Spillway collect all the time: `spillwayctl dlq doctor` says how"_s
               .arg(visibleText(connection), what, visibleText(lost.at.topic))
               .arg(lost.at.partition)
               .arg(isOne ? u"it"_s : u"them"_s, lostOffsets(lost));
}

Status keepLostRecords(Database& database, const QString& clusterId, const QString& connection,
                       std::span<const LostRecords> lost)
{
    if (lost.empty())
        return {};
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement insert(db, "INSERT INTO lost_before_read (cluster_id, channel, partition, from_offset,"
                                     " to_offset, noticed_at_ms, connection)"
                                     " VALUES (?, ?, ?, ?, ?, ?, ?)"
                                     " ON CONFLICT DO UPDATE SET to_offset = max(to_offset, excluded.to_offset)");
        for (const LostRecords& each : lost) {
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

std::map<std::pair<QString, QString>, LostBeforeRead> lostBeforeRead(SQLite::Database& db)
{
    std::map<std::pair<QString, QString>, LostBeforeRead> channels;
    SQLite::Statement select(db, "SELECT cluster_id, channel, partition, from_offset, to_offset, noticed_at_ms,"
                                 " connection FROM lost_before_read"
                                 " ORDER BY noticed_at_ms DESC, cluster_id, channel, partition, from_offset DESC");
    while (select.executeStep()) {
        const LostRecords lost{.at = {sql::text(select.getColumn(1)), select.getColumn(2).getInt()},
                               .from = Offset{select.getColumn(3).getInt64()},
                               .to = Offset{select.getColumn(4).getInt64()},
                               .noticedAt = utcFromMs(select.getColumn(5).getInt64())};
        LostBeforeRead& channel = channels[{sql::text(select.getColumn(0)), lost.at.topic}];
        channel.records += lost.atMost();
        if (channel.gaps.empty())
            channel.connection = sql::text(select.getColumn(6));
        if (channel.gaps.size() < mostGaps)
            channel.gaps.push_back(lost);
    }
    return channels;
}

Result<std::int64_t> thinLostRecords(Database& database, UtcTime oldest)
{
    return database.query<std::int64_t>([&](SQLite::Database& db) {
        SQLite::Statement thin(db, "DELETE FROM lost_before_read WHERE noticed_at_ms < ?");
        thin.bind(1, std::int64_t{toMs(oldest)});
        return std::int64_t{thin.exec()};
    });
}

} // namespace spillway
