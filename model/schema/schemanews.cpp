// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schemanews.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Names
{
    QStringList fields;
    QStringList required;
};

std::optional<Names> namesOf(SchemaLanguage language, const QByteArray& text)
{
    const QJsonDocument document = QJsonDocument::fromJson(text);
    if (!document.isObject() || language == SchemaLanguage::Protobuf)
        return std::nullopt;
    const QJsonObject schema = document.object();
    Names names;
    if (language == SchemaLanguage::JsonSchema) {
        names.fields = schema[u"properties"].toObject().keys();
        for (const QJsonValue& name : schema[u"required"].toArray())
            names.required += name.toString();
        return names;
    }
    for (const QJsonValue& field : schema[u"fields"].toArray())
        names.fields += field[u"name"].toString();
    return names;
}

QStringList missingFrom(const QStringList& all, const QStringList& others)
{
    QStringList missing;
    for (const QString& each : others) {
        if (!all.contains(each))
            missing += each;
    }
    missing.sort();
    return missing;
}

void writeList(JsonWriter& json, QStringView name, const QStringList& items)
{
    json.key(name).beginArray();
    for (const QString& item : items)
        json.value(item);
    json.endArray();
}

/// What a team has to do with an event.
struct Readers
{
    QString team;
    QStringList channels;
    std::vector<const ConsumerEntry*> consumers;
};

std::vector<Readers> readersOf(const OwnedEvent& event, const Catalog& catalog)
{
    std::vector<Readers> teams;
    for (const ConsumerEntry& consumer : event.consumers) {
        auto at =
            std::find_if(teams.begin(), teams.end(), [&](const Readers& each) { return each.team == consumer.team; });
        if (at == teams.end())
            at = teams.insert(teams.end(), Readers{consumer.team, {}, {}});
        at->consumers.push_back(&consumer);
        const QString channel =
            consumer.slackChannel.isEmpty() ? catalog.contactOf(consumer.team).slackChannel : consumer.slackChannel;
        if (!channel.isEmpty() && !at->channels.contains(channel))
            at->channels += channel;
    }
    return teams;
}

} // namespace

std::optional<TopFields> topFieldsChanged(SchemaLanguage language, const QByteArray& older, const QByteArray& newer)
{
    const auto before = namesOf(language, older);
    const auto after = namesOf(language, newer);
    if (!before || !after)
        return std::nullopt;
    return TopFields{.added = missingFrom(before->fields, after->fields),
                     .removed = missingFrom(after->fields, before->fields),
                     .nowRequired = missingFrom(before->required, after->required)};
}

QString schemaOccasion(const QString& eventType, int version)
{
    return u"schema %1 v%2"_s.arg(eventType).arg(version);
}

Result<std::vector<News>> schemaNews(const SchemaFolder& folder, const Catalog& catalog, const QString& eventType,
                                     std::optional<int> version, QDate today)
{
    const SchemaFile* file = folder.find(eventType, version);
    if (!file)
        return fail(
            ErrorCode::NotFound,
            version && folder.versionsOf(eventType) > 0
                ? u"%1 has no version %2"_s.arg(visibleText(eventType)).arg(*version)
                : u"there is no schema of %1; write an event type, like order.created"_s.arg(visibleText(eventType)));
    const auto older = folder.olderThan(*file);
    const SchemaFile* before = older.empty() ? nullptr : older.front();
    std::optional<TopFields> changed;
    const QByteArray text = folder.read(file->path).value_or(QByteArray());
    if (before && before->language == file->language)
        changed = topFieldsChanged(file->language, folder.read(before->path).value_or(QByteArray()), text);

    const OwnedEvent* owned = catalog.ownedEvent(eventType);
    if (!owned)
        return std::vector<News>();
    std::optional<QDate> notBefore;
    if (const auto days = catalog.rules().schemaChangeNoticeDays)
        notBefore = today.addDays(*days);

    std::vector<News> news;
    for (const Readers& readers : readersOf(*owned, catalog)) {
        News each{.occasion = schemaOccasion(eventType, file->version),
                  .identity = text,
                  .type = u"schemaChange"_s,
                  .team = readers.team,
                  .channels = readers.channels,
                  .title = {},
                  .lines = {},
                  .facts = {}};
        each.title =
            before
                ? u"The schema of %1 changes: version %2 to %3"_s.arg(eventType).arg(before->version).arg(file->version)
                : u"%1 gets its first schema, version %2"_s.arg(eventType).arg(file->version);
        QStringList services, gone;
        for (const ConsumerEntry* consumer : readers.consumers) {
            services += consumer->service;
            for (const QString& field : consumer->fields) {
                if (changed && changed->removed.contains(field.section(u'.', 0, 0)) && !gone.contains(field))
                    gone += field;
            }
        }
        each.lines += u"Published by %1 (%2), read by your %3."_s.arg(owned->producer.service, owned->producer.team,
                                                                      services.join(u", "_s));
        if (!gone.isEmpty())
            each.lines += u"You declare to read what is gone: %1."_s.arg(gone.join(u", "_s));
        if (changed && !changed->removed.isEmpty())
            each.lines += u"Gone: %1."_s.arg(changed->removed.join(u", "_s));
        if (changed && !changed->added.isEmpty())
            each.lines += u"New: %1."_s.arg(changed->added.join(u", "_s));
        if (changed && !changed->nowRequired.isEmpty())
            each.lines += u"Required from now on: %1."_s.arg(changed->nowRequired.join(u", "_s));
        if (notBefore)
            each.lines += u"By our rules it is not published before %1."_s.arg(notBefore->toString(Qt::ISODate));
        each.lines += u"File: %1. All differences: spillwayctl schema check"_s.arg(file->path);
        JsonWriter json;
        json.beginObject()
            .field(u"event", eventType)
            .field(u"from", before ? std::optional(before->version) : std::nullopt)
            .field(u"to", file->version)
            .field(u"file", file->path)
            .field(u"producerTeam", owned->producer.team)
            .field(u"producerService", owned->producer.service);
        writeList(json, u"consumers", services);
        writeList(json, u"added", changed ? changed->added : QStringList());
        writeList(json, u"removed", changed ? changed->removed : QStringList());
        writeList(json, u"nowRequired", changed ? changed->nowRequired : QStringList());
        writeList(json, u"declaredAndGone", gone);
        json.field(u"notBefore", notBefore ? std::optional(notBefore->toString(Qt::ISODate)) : std::nullopt)
            .endObject();
        each.facts = json.json();
        news.push_back(std::move(each));
    }
    return news;
}

} // namespace spillway
