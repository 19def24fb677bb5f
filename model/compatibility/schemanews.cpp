// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemanews.h"

#include "model/base/jsontexts.h"
#include "model/base/text.h"
#include "model/compatibility/compatibilitycheck.h"
#include "model/compatibility/schemanotices.h"

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

constexpr std::size_t mostToldLines = 12; // breaking changes in the text; `facts` holds all
constexpr qsizetype longestExample = 300;

/// The step to this version, judged by the folder's own rules; empty where it cannot be: a version does not read.
std::vector<SchemaChange> stepChanges(const SchemaFolder& folder, const SchemaFile& older, const SchemaFile& newer,
                                      const Catalog& catalog, QDate today)
{
    CompatibilityOptions options{.policy = {}, .level = {}, .rules = {}, .catalog = &catalog, .today = today};
    std::vector<FileIssue> issues;
    if (!takeFolderRules(folder.folder(), options, issues))
        options.rules.reset();
    std::vector<SchemaVersion> versions;
    for (SchemaVersion& version : versionsOfFolder(folder, {}, issues, newer.eventType)) {
        if (version.language == newer.language &&
            (version.version == older.version || version.version == newer.version))
            versions.push_back(std::move(version));
    }
    if (versions.size() != 2)
        return {};
    const std::size_t last = versions[0].version == newer.version ? 0 : 1;
    return checkCompatibility(versions, {{1 - last, last, true}}, options).changes;
}

bool isBreak(const SchemaChange& change)
{
    return change.verdict == ChangeVerdict::Breaking || change.verdict == ChangeVerdict::Undecided;
}

/// What breaks the team's services, and which of them when.
struct TeamChange
{
    const SchemaChange* change = nullptr;
    QStringList now;
    QStringList notYet;
};
std::vector<TeamChange> changesOf(const std::vector<SchemaChange>& changes,
                                  const std::vector<const ConsumerEntry*>& consumers)
{
    std::vector<TeamChange> told;
    for (const SchemaChange& change : changes) {
        if (!isBreak(change))
            continue;
        TeamChange one{.change = &change, .now = {}, .notYet = {}};
        for (const ConsumerEntry* consumer : consumers) {
            const Reach reach = reachOf(change, *consumer);
            if (reach == Reach::Now)
                one.now += consumer->service;
            else if (reach == Reach::NotYet)
                one.notYet += consumer->service;
        }
        if (!one.now.isEmpty() || !one.notYet.isEmpty())
            told.push_back(std::move(one));
    }
    return told;
}

void tell(const std::vector<TeamChange>& changes, QStringList& lines)
{
    std::size_t told = 0;
    for (const TeamChange& one : changes) {
        if (told++ == mostToldLines) {
            lines += u"… and %1 more changes that break."_s.arg(changes.size() - mostToldLines);
            return;
        }
        QString line = one.now.isEmpty() ? u"Breaks %1 when it moves to the new version"_s.arg(one.notYet.join(u", "_s))
                                         : u"Breaks %1"_s.arg(one.now.join(u", "_s));
        line += u": %1 (%2 at %3)"_s.arg(one.change->difference.message, one.change->difference.kind,
                                         one.change->difference.path);
        if (!one.now.isEmpty() && !one.notYet.isEmpty())
            line += u"; %1 when it moves"_s.arg(one.notYet.join(u", "_s));
        if (one.change->counterexample && one.change->counterexample->size() <= longestExample)
            line += u". For example %1"_s.arg(QString::fromUtf8(*one.change->counterexample));
        lines += line;
    }
}

void writeChanges(JsonWriter& json, const std::vector<TeamChange>& changes)
{
    json.key(u"changes").beginArray();
    for (const TeamChange& one : changes) {
        const SchemaDifference& difference = one.change->difference;
        json.beginObject()
            .field(u"kind", difference.kind)
            .field(u"path", difference.path)
            .field(u"field", payloadFieldOf(difference))
            .field(u"line", difference.place.line)
            .field(u"verdict", changeVerdictWord(one.change->verdict))
            .field(u"message", difference.message);
        json.key(u"levels").beginArray();
        for (const CompatibilityLevel level : one.change->levels)
            json.value(compatibilityLevelWord(level));
        json.endArray().key(u"counterexample");
        if (one.change->counterexample)
            json.raw(*one.change->counterexample);
        else
            json.null();
        writeTexts(json, u"consumers", one.now);
        writeTexts(json, u"consumersNotYet", one.notYet);
        json.endObject();
    }
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
    std::vector<SchemaChange> changes;
    if (before && before->language == file->language)
        changes = stepChanges(folder, *before, *file, catalog, today);
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
        const std::vector<TeamChange> breaking = changesOf(changes, readers.consumers);
        tell(breaking, each.lines);
        if (before && breaking.empty() && gone.isEmpty() && std::any_of(changes.begin(), changes.end(), &isBreak))
            each.lines += u"It breaks others, not you."_s;
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
        writeTexts(json, u"consumers", services);
        writeTexts(json, u"added", changed ? changed->added : QStringList());
        writeTexts(json, u"removed", changed ? changed->removed : QStringList());
        writeTexts(json, u"nowRequired", changed ? changed->nowRequired : QStringList());
        writeTexts(json, u"declaredAndGone", gone);
        writeChanges(json, breaking);
        json.field(u"notBefore", notBefore ? std::optional(notBefore->toString(Qt::ISODate)) : std::nullopt)
            .endObject();
        each.facts = json.json();
        news.push_back(std::move(each));
    }
    return news;
}

} // namespace spillway
