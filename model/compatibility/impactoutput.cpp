// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/compatibility/schemanotices.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString why(const ConsumerImpact& consumer)
{
    const QString pinned = consumer.schemaVersion ? u"pinned to v%1"_s.arg(*consumer.schemaVersion) : QString();
    if (consumer.isNotYet)
        return u"%1, which reads the new messages too; breaks when it moves"_s.arg(pinned);
    if (!consumer.isBroken && consumer.schemaVersion)
        return pinned + (consumer.declaresFields ? u"; nothing that it reads breaks"_s : u"; nothing breaks"_s);
    if (consumer.isBroken && consumer.schemaVersion)
        return pinned + u", which cannot read the new messages"_s +
               (consumer.fields.isEmpty() ? QString() : u"; reads %1"_s.arg(consumer.fields.join(u", ")));
    if (!consumer.isBroken)
        return consumer.declaresFields ? u"reads none of the fields that break"_s : u"nothing breaks"_s;
    if (!consumer.fields.isEmpty())
        return u"reads %1"_s.arg(consumer.fields.join(u", "));
    return consumer.declaresFields ? u"the whole message changes"_s : u"declares no fields, so it may read any"_s;
}

QString acknowledged(const ConsumerImpact& consumer)
{
    if (!consumer.acknowledgedAt)
        return consumer.isBroken ? u"; not acknowledged"_s : QString();
    return u"; acknowledged by %1 at %2"_s.arg(consumer.acknowledgedBy, formatUtc(*consumer.acknowledgedAt));
}

} // namespace

QByteArray impactAsJson(const std::vector<EventImpact>& all, const ToldTimes& told, QDate today)
{
    JsonWriter json;
    json.beginArray();
    for (const EventImpact& impact : all) {
        json.beginObject();
        json.field(u"event", impact.eventType).field(u"from", impact.from).field(u"to", impact.to);
        json.field(u"breaking", impact.breaking);
        json.key(u"consumers").beginArray();
        for (const ConsumerImpact& consumer : impact.consumers) {
            json.beginObject().field(u"service", consumer.service).field(u"team", consumer.team);
            json.key(u"slackChannel");
            if (consumer.slackChannel.isEmpty())
                json.null();
            else
                json.value(consumer.slackChannel);
            json.field(u"broken", consumer.isBroken);
            json.field(u"affected", consumer.isBroken ? u"now"_s : consumer.isNotYet ? u"notYet"_s : u"no"_s);
            json.field(u"schemaVersion", consumer.schemaVersion);
            json.key(u"fields").beginArray();
            for (const QString& field : consumer.fields)
                json.value(field);
            json.endArray().field(u"reason", why(consumer)).field(u"acknowledgedAt", consumer.acknowledgedAt);
            json.key(u"acknowledgedBy");
            if (consumer.acknowledgedBy.isEmpty())
                json.null();
            else
                json.value(consumer.acknowledgedBy);
            json.endObject();
        }
        json.endArray();
        json.field(u"noticeDays", impact.noticeDays);
        json.key(u"notBefore");
        if (impact.notBefore)
            json.value(impact.notBefore->toString(Qt::ISODate));
        else
            json.null();
        const auto notice = noticeOf(impact, told, today);
        json.field(u"notice", notice ? std::optional(noticeStateWord(notice->state)) : std::nullopt)
            .field(u"toldAt", notice ? notice->toldAt : std::nullopt);
        json.field(u"takesEffect", notice ? std::optional(notice->day.toString(Qt::ISODate)) : std::nullopt);
        json.key(u"samples");
        if (impact.samples) {
            json.beginObject().field(u"fitting", impact.samples->fitting).field(u"failing", impact.samples->failing);
            json.field(u"others", impact.samples->others).key(u"first");
            if (impact.samples->first.isEmpty())
                json.null();
            else
                json.beginObject()
                    .field(u"id", impact.samples->first)
                    .field(u"path", impact.samples->firstPath)
                    .field(u"message", impact.samples->firstMessage)
                    .endObject();
            json.endObject();
        } else {
            json.null();
        }
        json.endObject();
    }
    json.endArray();
    return json.json();
}

QString impactAsText(const std::vector<EventImpact>& all)
{
    QString text;
    for (const EventImpact& impact : all) {
        text += u"%1 v%2 to v%3: "_s.arg(impact.eventType).arg(impact.from).arg(impact.to);
        const auto broken = std::count_if(impact.consumers.begin(), impact.consumers.end(),
                                          [](const ConsumerImpact& consumer) { return consumer.isBroken; });
        text += u"%1 of %2 consumers break"_s.arg(broken).arg(impact.consumers.size());
        const auto later = std::count_if(impact.consumers.begin(), impact.consumers.end(),
                                         [](const ConsumerImpact& consumer) { return consumer.isNotYet; });
        if (later > 0)
            text += u", %1 later"_s.arg(later);
        if (impact.notBefore)
            text += u"; told today, not before %1 (%2 days' notice)"_s.arg(impact.notBefore->toString(Qt::ISODate))
                        .arg(*impact.noticeDays);
        text += u'\n';
        for (const ConsumerImpact& consumer : impact.consumers) {
            text += u"  %1 %2 (%3%4): %5\n"_s.arg(consumer.isBroken   ? u"breaks"_s
                                                  : consumer.isNotYet ? u"later "_s
                                                                      : u"fine  "_s,
                                                  consumer.service, consumer.team,
                                                  consumer.slackChannel.isEmpty() ? QString()
                                                                                  : u", "_s + consumer.slackChannel,
                                                  why(consumer) + acknowledged(consumer));
        }
        if (impact.samples) {
            text += u"  of %1 real messages that fit v%2, %3 would fail"_s.arg(impact.samples->fitting)
                        .arg(impact.from)
                        .arg(impact.samples->failing);
            if (!impact.samples->first.isEmpty())
                text += u"; first %1%2: %3"_s.arg(
                    impact.samples->first,
                    impact.samples->firstPath.isEmpty() ? QString() : u" at "_s + impact.samples->firstPath,
                    impact.samples->firstMessage);
            text += u'\n';
        }
    }
    return visibleText(text.isEmpty() ? u"no schema changes\n"_s : text, true);
}

} // namespace spillway
