// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/channeloutput.h"

#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/lostrecords.h"
#include "model/deadletter/unreadablerecords.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

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
