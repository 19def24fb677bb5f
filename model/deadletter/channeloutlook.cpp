// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/channeloutlook.h"

#include "model/base/counted.h"
#include "model/base/text.h"
#include "model/deadletter/lostrecords.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/unreadablerecords.h"

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
                                 " l.moment_ms, l.is_pointer, l.id, c.generation > l.generation, l.digest"
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
                          .recordBytes = select.getColumn(4).getInt64()};
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
                           .knownAt = utcFromMs(origin.getColumn(4).getInt64())};
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

std::optional<QString> policyText(const TopicSettings& settings)
{
    if (!settings.deletes || !settings.compacts)
        return std::nullopt;
    QStringList policies;
    if (*settings.compacts)
        policies += u"compact"_s;
    if (*settings.deletes)
        policies += u"delete"_s;
    return policies.join(u',');
}

std::int64_t lettersOf(const ChannelOutlook& outlook)
{
    std::int64_t letters = 0;
    for (const auto& [dialect, count] : outlook.dialects)
        letters += count;
    return letters;
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

QByteArray channelsJson(const std::vector<ChannelOutlook>& outlooks)
{
    JsonWriter json;
    json.beginArray();
    for (const ChannelOutlook& outlook : outlooks) {
        const TopicFacts facts = outlook.topic ? outlook.topic->facts : TopicFacts{};
        const TopicSettings& settings = facts.settings;
        const bool isThere = facts.exists == true;
        json.beginObject()
            .field(u"connection", outlook.connection)
            .field(u"channel", outlook.channel)
            .field(u"exists", facts.exists)
            .field(u"letters", lettersOf(outlook))
            .field(u"openLetters", outlook.open)
            .field(u"oldestOpenAt", outlook.oldestOpenAt)
            .field(u"partitions",
                   isThere ? std::optional(static_cast<std::int64_t>(facts.partitions.size())) : std::nullopt)
            .field(u"retentionMs", settings.retentionTime && settings.retentionTime->most
                                       ? std::optional(std::int64_t{settings.retentionTime->most->count()})
                                       : std::nullopt)
            .field(u"retentionBytes",
                   settings.retentionBytes ? settings.retentionBytes->most : std::optional<std::int64_t>())
            .field(u"unlimited", settings.retentionTime && settings.retentionBytes
                                     ? std::optional(!settings.retentionTime->most && !settings.retentionBytes->most)
                                     : std::nullopt)
            .field(u"cleanupPolicy", policyText(settings))
            .field(u"minInSync", settings.minInSync)
            .field(u"nextLossAt", outlook.nextLossAt)
            .field(u"leavingSoon", outlook.leavingSoon)
            .field(u"gone", outlook.gone)
            .field(u"pointers", outlook.pointers)
            .field(u"nextOriginLossAt", outlook.nextOriginLossAt)
            .field(u"pointersLeavingSoon", outlook.pointersLeavingSoon)
            .field(u"pointersGone", outlook.pointersGone)
            .field(u"lostBeforeRead", outlook.lost ? outlook.lost->records : std::int64_t{0});
        json.key(u"lostRanges").beginArray();
        for (const PassedOver& gap : outlook.lost ? outlook.lost->ranges : std::vector<PassedOver>())
            json.beginObject()
                .field(u"partition", gap.at.partition)
                .field(u"fromOffset", gap.from.value)
                .field(u"toOffset", gap.to.value - 1)
                .field(u"noticedAt", gap.noticedAt)
                .endObject();
        json.endArray();
        json.field(u"unreadable", outlook.unreadable ? outlook.unreadable->records : std::int64_t{0});
        json.key(u"unreadableRanges").beginArray();
        for (const PassedOver& each : outlook.unreadable ? outlook.unreadable->ranges : std::vector<PassedOver>())
            json.beginObject()
                .field(u"partition", each.at.partition)
                .field(u"fromOffset", each.from.value)
                .field(u"toOffset", each.to.value - 1)
                .endObject();
        json.endArray();
        json.key(u"dialects").beginArray();
        for (const auto& [dialect, letters] : outlook.dialects)
            json.beginObject().field(u"dialect", dialect).field(u"letters", letters).endObject();
        json.endArray()
            .field(u"sampledAt", outlook.topic ? std::optional(outlook.topic->sampledAt) : std::nullopt)
            .field(u"failure", facts.failure ? std::optional(facts.failure->detail) : std::nullopt)
            .endObject();
    }
    json.endArray();
    return json.json();
}

QString retentionText(const TopicSettings& settings)
{
    if (!settings.deletes)
        return u"unknown"_s;
    if (!*settings.deletes)
        return u"compacted"_s;
    QStringList limits;
    if (!settings.retentionTime)
        limits += u"time unknown"_s;
    else if (settings.retentionTime->most)
        limits += formatDuration(*settings.retentionTime->most);
    if (settings.retentionBytes && settings.retentionBytes->most)
        limits += formatSizeBytes(*settings.retentionBytes->most);
    if (settings.compacts == true)
        limits += u"compacted"_s;
    return limits.isEmpty() ? u"no limit"_s : limits.join(u", "_s);
}

namespace {

QString keepsText(const TopicSettings& settings)
{
    if (!settings.deletes)
        return u"how long it keeps letters is unknown"_s;
    if (!*settings.deletes)
        return u"compacted: it keeps a letter until the next of its key"_s;
    const QString limits = retentionText(settings);
    return limits == u"no limit"_s ? u"keeps letters for ever"_s : u"keeps letters for %1"_s.arg(limits);
}

/// "from 2026-11-27 06:00, in 6 h", "any moment: due since …".
QString deletesText(const UtcTime& at, UtcTime now)
{
    return lossText({LossCause::RetentionTime, at}, now);
}

QStringList channelLines(const ChannelOutlook& outlook, UtcTime now)
{
    const TopicFacts facts = outlook.topic ? outlook.topic->facts : TopicFacts{};
    QStringList lines;
    if (facts.exists == false)
        lines += u"there is no such topic"_s;
    else if (facts.exists == true)
        lines += counted(std::ssize(facts.partitions), u"partition"_s) + u", "_s + keepsText(facts.settings);
    else
        lines += u"not known to the broker, or not to be seen"_s;
    lines += outlook.open == 0       ? u"no open letter"_s
             : !outlook.oldestOpenAt ? counted(outlook.open, u"open letter"_s)
                                     : u"%1, the oldest for %2"_s.arg(counted(outlook.open, u"open letter"_s),
                                                                      formatDuration(now - *outlook.oldestOpenAt));
    QStringList dialects;
    for (const auto& [dialect, seen] : outlook.dialects)
        dialects += u"%1 %2"_s.arg(visibleText(dialect), formatCount(seen));
    if (!dialects.isEmpty())
        lines += u"dialects: "_s + dialects.join(u", "_s);
    if (outlook.nextLossAt)
        lines += u"the broker may delete the first of them %1; %2 within a day; all are stored here"_s.arg(
            deletesText(*outlook.nextLossAt, now), formatCount(outlook.leavingSoon));
    if (outlook.gone > 0)
        lines += u"%1 no longer at the broker; stored here"_s.arg(formatCount(outlook.gone));
    if (outlook.pointers > 0) {
        const bool isOne = outlook.pointers == 1;
        QString pointers = u"%1 whose payload is only at %2 origin"_s.arg(counted(outlook.pointers, u"pointer"_s),
                                                                          isOne ? u"its"_s : u"their"_s);
        if (outlook.nextOriginLossAt)
            pointers += u", the first deleted there %1"_s.arg(deletesText(*outlook.nextOriginLossAt, now));
        if (outlook.pointersGone > 0)
            pointers += u"; %1 gone there already"_s.arg(formatCount(outlook.pointersGone));
        lines += pointers + u"; `spillwayctl dlq rescue` copies what is left"_s;
    }
    if (outlook.lost) {
        const PassedOver& newest = outlook.lost->ranges.front();
        lines +=
            u"up to %1 deleted by the broker before Spillway read them, the newest at partition %2, %3, noticed %4"_s
                .arg(counted(outlook.lost->records, u"record"_s))
                .arg(newest.at.partition)
                .arg(lostOffsets(newest), formatUtc(newest.noticedAt));
    }
    if (outlook.unreadable)
        lines +=
            u"up to %1 cannot be decoded and were passed over, the newest at %2; `spillwayctl dlq doctor` says what "
            "to do"_s.arg(counted(outlook.unreadable->records, u"record"_s),
                          unreadablePlace(outlook.unreadable->ranges.front()));
    if (facts.failure)
        lines += visibleText(facts.failure->detail);
    return lines;
}

} // namespace

QString channelsText(const std::vector<ChannelOutlook>& outlooks, UtcTime now)
{
    if (outlooks.empty())
        return u"No dead-letter topics are known yet; `spillwayctl collect --once` asks the brokers.\n"_s;
    QString text;
    for (const ChannelOutlook& outlook : outlooks)
        text += u"%1, %2\n  %3\n"_s.arg(visibleText(outlook.connection), visibleText(outlook.channel),
                                        channelLines(outlook, now).join(u"\n  "_s));
    return text;
}

} // namespace spillway
