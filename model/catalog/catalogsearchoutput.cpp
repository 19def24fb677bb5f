// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogsearchoutput.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QByteArray catalogEventsJson(const std::vector<JoinedEvent>& events, const std::vector<std::size_t>& which)
{
    const auto orNull = [](JsonWriter& json, QStringView key, const QString& text) {
        json.key(key);
        text.isEmpty() ? json.null() : json.value(text);
    };
    JsonWriter json;
    json.beginArray();
    for (const std::size_t at : which) {
        const JoinedEvent& event = events[at];
        json.beginObject().field(u"event", event.eventType);
        orNull(json, u"domain", event.domain);
        orNull(json, u"description", event.description);
        orNull(json, u"producer", event.producer.service);
        orNull(json, u"team", event.producer.team);
        json.key(u"consumers").beginArray();
        for (const JoinedConsumer& consumer : event.consumers)
            json.value(consumer.service);
        json.endArray();
        orNull(json, u"topic", event.topic);
        const FilePlace place = event.place();
        json.field(u"file", place.file).field(u"line", place.line).field(u"column", place.column);
        json.key(u"tags").beginArray();
        for (const QString& tag : event.tags)
            json.value(tag);
        json.endArray();
        json.field(u"version", event.currentVersion).field(u"avgDailyVolume", event.avgDailyVolume);
        json.endObject();
    }
    json.endArray();
    return json.json();
}

QString catalogEventsText(const std::vector<JoinedEvent>& events, const std::vector<std::size_t>& which)
{
    if (which.empty())
        return u"no event fits; `spillwayctl catalog search ''` lists all\n"_s;
    QString out;
    for (const std::size_t at : which) {
        const JoinedEvent& event = events[at];
        out += visibleText(u"%1  %2 (%3), %4 consumer%5%6"_s.arg(
                   event.eventType, event.producer.service.isEmpty() ? u"no producer"_s : event.producer.service,
                   event.producer.team.isEmpty() ? u"no team"_s : event.producer.team,
                   QString::number(event.consumers.size()), event.consumers.size() == 1 ? QString() : u"s"_s,
                   event.topic.isEmpty() ? QString() : u", topic "_s + event.topic)) +
               u'\n';
        if (!event.description.isEmpty())
            out += u"    "_s + visibleText(event.description) + u'\n';
    }
    return out;
}

} // namespace spillway
