// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/channeloutlook.h"

#include "model/base/text.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int lettersPerLook = 10'000;        // between two looks at the stop token
constexpr std::ptrdiff_t mostOrigins = 1'000; // headers are strangers' words: they may name any number of topics

void takeEarlier(std::optional<UtcTime>& kept, const std::optional<UtcTime>& found)
{
    if (found && (!kept || *found < *kept))
        kept = found;
}

/// One open letter's share.
void count(ChannelOutlook& channel, const LossForecast& broker, UtcTime soon)
{
    takeEarlier(channel.nextLossAt, broker.at);
    if (broker.cause == LossCause::Gone)
        ++channel.gone;
    else if (broker.at && *broker.at <= soon)
        ++channel.leavingSoon;
}

void countPointer(ChannelOutlook& channel, const LossForecast& origin, UtcTime soon)
{
    ++channel.pointers;
    takeEarlier(channel.nextOriginLossAt, origin.at);
    if (origin.cause == LossCause::Gone)
        ++channel.pointersGone;
    else if (origin.at && *origin.at <= soon)
        ++channel.pointersLeavingSoon;
}

std::map<std::int64_t, ChannelOutlook> channelsOf(SQLite::Database& db, const TopicBook& book)
{
    std::map<std::int64_t, ChannelOutlook> channels;
    SQLite::Statement select(db, "SELECT id, connection, cluster_id, name FROM letter_channel ORDER BY id");
    while (select.executeStep()) {
        ChannelOutlook& channel = channels[select.getColumn(0).getInt64()];
        channel.channelRef = select.getColumn(0).getInt64();
        channel.connection = sql::text(select.getColumn(1));
        channel.clusterId = sql::text(select.getColumn(2));
        channel.channel = sql::text(select.getColumn(3));
        if (const KnownTopic* topic = book.topic(channel.clusterId, channel.channel))
            channel.topic = *topic;
    }
    return channels;
}

/// @return false when stopped.
bool countShares(SQLite::Database& db, std::map<std::int64_t, ChannelOutlook>& channels, const std::stop_token& stop)
{
    struct Facet
    {
        QString dialect;
        std::optional<QString> origin;
    };
    std::map<std::int64_t, Facet> known;
    SQLite::Statement facets(db, "SELECT id, dialect, origin_topic FROM letter_facet ORDER BY id");
    while (facets.executeStep())
        known[facets.getColumn(0).getInt64()] = {sql::text(facets.getColumn(1)), sql::maybeText(facets.getColumn(2))};
    // One walk through the table, counted here: grouped by SQLite it would be a walk through an index of channels, with
    // a look into the table for each letter.
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> counts;
    SQLite::Statement select(db, "SELECT channel_ref, facet_ref FROM letter NOT INDEXED");
    for (int seen = 0; select.executeStep(); ++seen) {
        if (seen % lettersPerLook == 0 && stop.stop_requested())
            return false;
        ++counts[{select.getColumn(0).getInt64(), select.getColumn(1).getInt64()}];
    }
    for (const auto& [of, letters] : counts) {
        const auto channel = channels.find(of.first);
        const auto facet = known.find(of.second);
        if (channel == channels.end() || facet == known.end())
            continue;
        channel->second.dialects[facet->second.dialect] += letters;
        if (facet->second.origin && std::ssize(channel->second.origins) < mostOrigins)
            channel->second.origins[*facet->second.origin] += letters;
    }
    return true;
}

/// @return false when stopped.
bool countOpen(SQLite::Database& db, const TopicBook& book, std::map<std::int64_t, ChannelOutlook>& channels,
               UtcTime now, const std::stop_token& stop)
{
    const UtcTime soon = now + lossHorizon;
    SQLite::Statement rescued(db, "SELECT 1 FROM letter_rescue WHERE letter_id = ?");
    SQLite::Statement origin(db, "SELECT f.origin_topic, l.origin_partition, l.origin_offset, l.origin_at_ms,"
                                 " l.first_seen_at_ms"
                                 " FROM letter l JOIN letter_facet f ON f.id = l.facet_ref WHERE l.id = ?");
    SQLite::Statement select(db, "SELECT l.channel_ref, l.partition, l.offset, l.record_at_ms, l.size_bytes,"
                                 " l.moment_ms, l.is_pointer, l.id, c.generation > l.generation, l.digest,"
                                 " l.first_seen_at_ms"
                                 " FROM letter l CROSS JOIN letter_channel c ON c.id = l.channel_ref"
                                 " WHERE l.state NOT IN ('archived', 'resolved', 'lost')");
    for (int seen = 0; select.executeStep(); ++seen) {
        if (seen % lettersPerLook == 0 && stop.stop_requested())
            return false;
        const auto found = channels.find(select.getColumn(0).getInt64());
        if (found == channels.end())
            continue;
        ChannelOutlook& channel = found->second;
        ++channel.open;
        takeEarlier(channel.oldestOpenAt, utcFromMs(select.getColumn(5).getInt64()));
        RecordPlace place{.partition = select.getColumn(1).getInt(),
                          .offset = Offset{select.getColumn(2).getInt64()},
                          .timestamp = {},
                          .recordBytes = select.getColumn(4).getInt64(),
                          .seenAt = utcFromMs(select.getColumn(10).getInt64())};
        if (!select.isColumnNull(3))
            place.timestamp = utcFromMs(select.getColumn(3).getInt64());
        const bool isOfAnEarlierTopic = select.getColumn(8).getInt() != 0;
        count(channel,
              isOfAnEarlierTopic ? LossForecast{LossCause::Gone, std::nullopt}
                                 : forecastLoss(place, channel.topic ? &*channel.topic : nullptr),
              soon);
        if (select.getColumn(6).getInt() == 0)
            continue;
        rescued.reset();
        sql::bind(rescued, 1,
                  letterId(channel.clusterId, {channel.channel, place.partition}, place.offset,
                           static_cast<std::uint64_t>(select.getColumn(9).getInt64())));
        if (rescued.executeStep())
            continue;
        origin.reset();
        origin.bind(1, select.getColumn(7).getInt64());
        LossForecast forecast;
        if (origin.executeStep() && !origin.isColumnNull(0) && !origin.isColumnNull(1) && !origin.isColumnNull(2)) {
            RecordPlace at{.partition = origin.getColumn(1).getInt(),
                           .offset = Offset{origin.getColumn(2).getInt64()},
                           .timestamp = {},
                           .recordBytes = {},
                           .knownAt = utcFromMs(origin.getColumn(4).getInt64()),
                           .seenAt = utcFromMs(origin.getColumn(4).getInt64())};
            if (!origin.isColumnNull(3))
                at.timestamp = utcFromMs(origin.getColumn(3).getInt64());
            forecast = forecastLoss(at, book.topic(channel.clusterId, sql::text(origin.getColumn(0))));
        }
        countPointer(channel, forecast, soon);
    }
    return true;
}

std::vector<ChannelOutlook> sorted(std::map<std::int64_t, ChannelOutlook> channels, const TopicBook& book,
                                   PassedByChannel lost, PassedByChannel unreadable)
{
    std::vector<ChannelOutlook> outlooks;
    std::set<std::pair<QString, QString>> isListed;
    for (auto& [ref, channel] : channels) {
        isListed.insert({channel.clusterId, channel.channel});
        outlooks.push_back(std::move(channel));
    }
    for (const auto& [key, topic] : book.topics()) {
        if (topic.interest.role != TopicRole::DeadLetters || !isListed.insert(key).second)
            continue;
        ChannelOutlook channel;
        channel.connection = topic.connection;
        channel.clusterId = topic.clusterId;
        channel.channel = topic.facts.topic;
        channel.topic = topic;
        outlooks.push_back(std::move(channel));
    }
    for (const PassedByChannel* passed : {&lost, &unreadable}) {
        for (const auto& [key, records] : *passed) {
            if (!isListed.insert(key).second)
                continue;
            ChannelOutlook channel; // no letter of it was ever read, and nobody asked about the topic yet
            channel.connection = records.connection;
            channel.clusterId = key.first;
            channel.channel = key.second;
            outlooks.push_back(std::move(channel));
        }
    }
    for (ChannelOutlook& channel : outlooks) {
        if (auto records = unreadable.extract({channel.clusterId, channel.channel}))
            channel.unreadable = std::move(records.mapped());
        if (auto records = lost.extract({channel.clusterId, channel.channel}))
            channel.lost = std::move(records.mapped());
    }
    std::sort(outlooks.begin(), outlooks.end(), [](const ChannelOutlook& a, const ChannelOutlook& b) {
        return std::tie(a.connection, a.channel, a.clusterId) < std::tie(b.connection, b.channel, b.clusterId);
    });
    return outlooks;
}

} // namespace

Result<std::vector<ChannelOutlook>> channelOutlooks(Database& reader, UtcTime now, std::stop_token stop)
{
    const auto book = topicBook(reader);
    if (!book)
        return tl::unexpected<Error>(book.error());
    std::optional<std::map<std::int64_t, ChannelOutlook>> channels;
    PassedByChannel lost;
    PassedByChannel unreadable;
    const Status status = reader.guarded([&](SQLite::Database& db) {
        auto found = channelsOf(db, *book);
        lost = passedOver(db, PassedBecause::Lost);
        unreadable = passedOver(db, PassedBecause::Unreadable);
        if (countShares(db, found, stop) && countOpen(db, *book, found, now, stop))
            channels = std::move(found);
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    if (!channels)
        return fail(ErrorCode::Cancelled, u"stopped while counting open letters"_s);
    return sorted(std::move(*channels), *book, std::move(lost), std::move(unreadable));
}

Status keepOutlooks(Database& database, const std::vector<ChannelOutlook>& outlooks, UtcTime takenAt)
{
    return database.guarded([&](SQLite::Database& db) {
        db.exec("DELETE FROM channel_outlook");
        db.exec("DELETE FROM channel_share");
        SQLite::Statement share(db, "INSERT INTO channel_share (channel_ref, of, name, letters) VALUES (?, ?, ?, ?)");
        const auto keepShares = [&share](std::int64_t channel, const char* of,
                                         const std::map<QString, std::int64_t>& shares) {
            for (const auto& [name, letters] : shares) {
                share.reset();
                share.bind(1, channel);
                share.bind(2, of);
                sql::bind(share, 3, name);
                share.bind(4, letters);
                share.exec();
            }
        };
        SQLite::Statement insert(db, "INSERT INTO channel_outlook (channel_ref, sampled_at_ms, open_letters,"
                                     " oldest_open_ms, next_loss_ms, leaving_soon, gone, pointers, next_origin_loss_ms,"
                                     " pointers_leaving_soon, pointers_gone)"
                                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        const auto bindTime = [&insert](int at, const std::optional<UtcTime>& time) {
            sql::bind(insert, at, time ? std::optional(std::int64_t{toMs(*time)}) : std::nullopt);
        };
        for (const ChannelOutlook& outlook : outlooks) {
            if (outlook.channelRef == 0)
                continue;
            insert.reset();
            insert.bind(1, outlook.channelRef);
            insert.bind(2, std::int64_t{toMs(takenAt)});
            insert.bind(3, outlook.open);
            bindTime(4, outlook.oldestOpenAt);
            bindTime(5, outlook.nextLossAt);
            insert.bind(6, outlook.leavingSoon);
            insert.bind(7, outlook.gone);
            insert.bind(8, outlook.pointers);
            bindTime(9, outlook.nextOriginLossAt);
            insert.bind(10, outlook.pointersLeavingSoon);
            insert.bind(11, outlook.pointersGone);
            insert.exec();
            keepShares(outlook.channelRef, "dialect", outlook.dialects);
            keepShares(outlook.channelRef, "origin", outlook.origins);
        }
    });
}

Result<std::vector<ChannelOutlook>> keptOutlooks(Database& reader)
{
    const auto book = topicBook(reader);
    if (!book)
        return tl::unexpected<Error>(book.error());
    return reader.query<std::vector<ChannelOutlook>>([&](SQLite::Database& db) {
        std::map<std::int64_t, ChannelOutlook> channels = channelsOf(db, *book);
        SQLite::Statement select(db, "SELECT channel_ref, open_letters, oldest_open_ms, next_loss_ms, leaving_soon,"
                                     " gone, pointers, next_origin_loss_ms, pointers_leaving_soon, pointers_gone"
                                     " FROM channel_outlook ORDER BY channel_ref");
        const auto time = [&select](int column) {
            return select.isColumnNull(column) ? std::nullopt
                                               : std::optional(utcFromMs(select.getColumn(column).getInt64()));
        };
        while (select.executeStep()) {
            const auto found = channels.find(select.getColumn(0).getInt64());
            if (found == channels.end())
                continue;
            ChannelOutlook& channel = found->second;
            channel.open = select.getColumn(1).getInt64();
            channel.oldestOpenAt = time(2);
            channel.nextLossAt = time(3);
            channel.leavingSoon = select.getColumn(4).getInt64();
            channel.gone = select.getColumn(5).getInt64();
            channel.pointers = select.getColumn(6).getInt64();
            channel.nextOriginLossAt = time(7);
            channel.pointersLeavingSoon = select.getColumn(8).getInt64();
            channel.pointersGone = select.getColumn(9).getInt64();
        }
        SQLite::Statement share(db, "SELECT channel_ref, of, name, letters FROM channel_share ORDER BY channel_ref");
        while (share.executeStep()) {
            const auto found = channels.find(share.getColumn(0).getInt64());
            if (found == channels.end())
                continue;
            ChannelOutlook& channel = found->second;
            auto& shares = sql::text(share.getColumn(1)) == u"dialect"_s ? channel.dialects : channel.origins;
            shares[sql::text(share.getColumn(2))] = share.getColumn(3).getInt64();
        }
        return sorted(std::move(channels), *book, passedOver(db, PassedBecause::Lost),
                      passedOver(db, PassedBecause::Unreadable));
    });
}

} // namespace spillway
