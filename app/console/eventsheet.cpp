// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/eventsheet.h"

#include "connectors/git/giteventhistory.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <QDateTime>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Result<EventVersion> versionOfEvent(const Context& context, const Catalog& catalog, const QString& eventType,
                                    std::optional<int> version, UtcTime now)
{
    if (context.workspace.schemasFolder.isEmpty())
        return fail(ErrorCode::NotFound, u"spillway.yaml names no schemas folder; add 'schemas: schemas/'"_s);
    return eventVersionOf(context.workspace.schemasFolder, eventType, version,
                          {.catalog = &catalog, .today = QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date()});
}

Result<EventHistory> historyOfEvent(const Workspace& workspace, const JoinedEvent& event, std::stop_token stop)
{
    return GitEventHistory().historyOf({.eventType = event.eventType,
                                        .folder = workspace.folder,
                                        .ownershipFile = workspace.ownershipFile,
                                        .catalogFile = workspace.catalogFile,
                                        .schemasFolder = workspace.schemasFolder,
                                        .schemaFile = event.schema.file},
                                       std::move(stop));
}

namespace {

QString contactWord(Contact::Kind kind)
{
    return kind == Contact::Kind::OnCall ? u"onCall"_s : u"channel"_s;
}

/// An empty text is an unknown one.
void maybe(JsonWriter& json, QStringView name, const QString& text)
{
    json.key(name);
    text.isEmpty() ? json.null() : json.value(text);
}

void list(JsonWriter& json, QStringView name, const QStringList& texts)
{
    json.key(name).beginArray();
    for (const QString& text : texts)
        json.value(text);
    json.endArray();
}

void writeOwner(JsonWriter& json, const EventFacts& facts)
{
    const ProducerEntry& producer = facts.event.producer;
    json.key(u"producer").beginObject();
    maybe(json, u"team", producer.team);
    maybe(json, u"service", producer.service);
    maybe(json, u"slackChannel", producer.slackChannel);
    maybe(json, u"oncallRotation", producer.oncallRotation);
    json.key(u"contacts").beginArray();
    for (const Contact& contact : facts.contacts) {
        json.beginObject().field(u"kind", contactWord(contact.kind)).field(u"name", contact.name);
        maybe(json, u"address", contact.address);
        json.endObject();
    }
    json.endArray().endObject();
}

void writeConsumers(JsonWriter& json, const EventFacts& facts)
{
    json.key(u"consumers").beginArray();
    for (const ConsumerFacts& known : facts.consumers) {
        const JoinedConsumer& consumer = known.consumer;
        json.beginObject().field(u"service", consumer.service);
        maybe(json, u"team", consumer.team);
        maybe(json, u"group", consumer.group);
        maybe(json, u"purpose", consumer.purpose);
        list(json, u"fields", consumer.fields);
        json.field(u"targetMs", consumer.sloProcessingTimeMs);
        json.field(u"objective", consumer.sloProcessingTimeMs ? std::optional(consumer.sloObjective) : std::nullopt);
        json.field(u"sloState", sloStateWord(known.sloState()));
        json.field(u"attainment", known.slo ? known.slo->attainment : std::nullopt);
        json.field(u"lag", known.lag && known.lag->totalLag ? std::optional(known.lag->totalLag->value) : std::nullopt);
        json.key(u"lagState");
        known.lag ? json.value(lagStateWord(known.lag->worstState)) : json.null();
        json.field(u"inOwnership", consumer.isOwned).field(u"inCatalog", consumer.isListed).endObject();
    }
    json.endArray();
}

void writeTopic(JsonWriter& json, const EventFacts& facts)
{
    const JoinedEvent& event = facts.event;
    json.key(u"topic").beginObject();
    maybe(json, u"name", event.topic);
    maybe(json, u"partitionKey", event.partitionKey);
    json.field(u"declaredPerDay", event.avgDailyVolume)
        .field(u"observedPerDay", observedPerDay(facts))
        .field(u"payloadBytes", event.avgPayloadBytes)
        .field(u"retentionDays", event.retentionDays);
    json.key(u"brokers").beginArray();
    for (const KnownTopic& topic : facts.topics) {
        const auto& time = topic.facts.settings.retentionTime;
        json.beginObject().field(u"connection", topic.connection).field(u"exists", topic.facts.exists);
        json.key(u"partitions");
        topic.facts.exists == true ? json.value(static_cast<std::int64_t>(topic.facts.partitions.size())) : json.null();
        json.key(u"retentionMs"); // null: unknown, or for ever; `keepsForEver` tells which
        time && time->most ? json.value(static_cast<std::int64_t>(time->most->count())) : json.null();
        json.key(u"keepsForEver");
        time ? json.value(!time->most.has_value()) : json.null();
        json.field(u"sampledAt", topic.sampledAt).endObject();
    }
    json.endArray().endObject();
}

void writeCost(JsonWriter& json, const EventFacts& facts)
{
    json.key(u"cost");
    if (!facts.cost) {
        json.null();
    } else {
        const EventDayCost& cost = *facts.cost;
        json.beginObject().field(u"currency", cost.currency);
        json.key(u"perDay").raw(formatMoney(cost.day, 6).toLatin1());
        json.key(u"perMonth").raw(formatMoney(cost.month, 6).toLatin1());
        json.field(u"basis", quantityBasisWord(cost.basis()));
        json.key(u"components").beginObject();
        for (const CostComponent component : costComponents) {
            if (cost.components[componentIndex(component)].micros != 0)
                json.key(costComponentKey(component))
                    .raw(formatMoney(cost.components[componentIndex(component)], 6).toLatin1());
        }
        json.endObject().key(u"teams").beginArray();
        for (const auto& [team, amount] : cost.teams) {
            json.beginObject();
            maybe(json, u"team", team);
            json.key(u"perDay").raw(formatMoney(amount, 6).toLatin1()).endObject();
        }
        json.endArray().endObject();
    }
    maybe(json, u"costFault", facts.cost ? QString() : facts.costFault);
}

void writeVersion(JsonWriter& json, const EventSheet& sheet)
{
    json.key(u"schema");
    if (!sheet.version) {
        json.null();
    } else {
        const EventVersion& version = *sheet.version;
        json.beginObject().field(u"version", version.version).field(u"file", version.file);
        json.key(u"versions").beginArray();
        for (const int number : version.versions)
            json.value(number);
        json.endArray().key(u"fields").beginArray();
        for (const OutlineField& field : version.fields) {
            json.beginObject().field(u"path", field.path);
            maybe(json, u"type", field.type);
            json.field(u"required", field.isRequired);
            maybe(json, u"description", field.description);
            json.endObject();
        }
        json.endArray();
        maybe(json, u"fieldsFault", version.fieldsFault);
        json.field(u"previous", version.previous).key(u"changes").beginArray();
        for (const SchemaChange& change : version.changes) {
            json.beginObject()
                .field(u"path", change.difference.path)
                .field(u"kind", change.difference.kind)
                .field(u"verdict", changeVerdictWord(change.verdict))
                .field(u"line", change.difference.place.line)
                .field(u"message", change.difference.message);
            list(json, u"consumers", change.consumers);
            json.endObject();
        }
        json.endArray();
        maybe(json, u"changesFault", version.changesFault);
        json.endObject();
    }
    maybe(json, u"schemaFault", sheet.versionFault);
}

void writeHistory(JsonWriter& json, const EventSheet& sheet)
{
    json.key(u"history");
    if (!sheet.history) {
        json.null();
    } else {
        json.beginObject().key(u"commits").beginArray();
        for (const EventCommit& commit : sheet.history->commits) {
            json.beginObject().field(u"commit", commit.commit).field(u"at", commit.at);
            maybe(json, u"author", commit.author);
            json.field(u"subject", commit.subject);
            list(json, u"changes", commit.changes);
            json.endObject();
        }
        json.endArray();
        list(json, u"uncommitted", sheet.history->uncommitted);
        maybe(json, u"note", sheet.history->note);
        json.endObject();
    }
    maybe(json, u"historyFault", sheet.historyFault);
}

QString known(const QString& text)
{
    return text.isEmpty() ? u"not known"_s : visibleText(text);
}

QString counted(const std::optional<std::int64_t>& count)
{
    return count ? formatCount(*count) : u"not known"_s;
}

void tellOwner(const EventFacts& facts, QStringList& out)
{
    const JoinedEvent& event = facts.event;
    out << visibleText(event.eventType)
        << (event.description.isEmpty() ? u"no description"_s : visibleText(event.description));
    out << u"domain %1"_s.arg(known(event.domain)) +
               (event.tags.isEmpty() ? QString() : u"; tags "_s + visibleText(event.tags.join(u", "_s)));
    out << QString() << u"OWNER"_s << u"  %1 (%2)"_s.arg(known(event.producer.service), known(event.producer.team));
    for (const Contact& contact : facts.contacts)
        out << u"  %1 %2%3"_s.arg(contact.kind == Contact::Kind::OnCall ? u"on call"_s : u"channel"_s,
                                  visibleText(contact.name),
                                  contact.address.isEmpty() ? QString() : u"  "_s + visibleText(contact.address));
    if (facts.contacts.empty())
        out << u"  nobody on call is named, and no channel"_s;
}

void tellConsumers(const EventFacts& facts, QStringList& out)
{
    out << QString() << u"CONSUMERS"_s;
    for (const ConsumerFacts& row : facts.consumers) {
        const JoinedConsumer& consumer = row.consumer;
        QString line =
            u"  %1 (%2)  %3"_s.arg(visibleText(consumer.service), known(consumer.team), sloStateWord(row.sloState()));
        if (row.slo && row.slo->attainment)
            line += u", %1 % of 24 h"_s.arg(*row.slo->attainment * 100, 0, 'f', 2);
        if (consumer.sloProcessingTimeMs)
            line += u", promised %1 ms for %2 %"_s.arg(*consumer.sloProcessingTimeMs).arg(consumer.sloObjective * 100);
        if (row.lag)
            line += u"; lag %1, %2"_s.arg(
                counted(row.lag->totalLag ? std::optional(row.lag->totalLag->value) : std::nullopt),
                lagStateWord(row.lag->worstState));
        else
            line += u"; group not seen"_s;
        out << line;
    }
    if (facts.consumers.empty())
        out << u"  nobody"_s;
}

void tellTopic(const EventFacts& facts, QStringList& out)
{
    const JoinedEvent& event = facts.event;
    out << QString() << u"TOPIC"_s << u"  %1, key %2"_s.arg(known(event.topic), known(event.partitionKey));
    out << u"  declared: %1 a day, %2, kept %3"_s.arg(
        counted(event.avgDailyVolume),
        event.avgPayloadBytes ? formatSizeBytes(*event.avgPayloadBytes) : u"size not known"_s,
        event.retentionDays ? u"%1 days"_s.arg(*event.retentionDays) : u"for an unknown time"_s);
    out << u"  observed: %1 a day"_s.arg(counted(observedPerDay(facts)));
    for (const KnownTopic& topic : facts.topics)
        out << u"  on %1: %2, %3 partitions"_s
                   .arg(visibleText(topic.connection), topic.facts.exists == true    ? u"there"_s
                                                       : topic.facts.exists == false ? u"not there"_s
                                                                                     : u"not to be seen"_s)
                   .arg(topic.facts.partitions.size());
}

void tellCost(const EventFacts& facts, QStringList& out)
{
    out << QString() << u"COST"_s;
    if (!facts.cost) {
        out << u"  not known: "_s + visibleText(facts.costFault);
        return;
    }
    out << u"  %1 %3 a day, %2 %3 a month, %4"_s.arg(formatMoney(facts.cost->day, 2), formatMoney(facts.cost->month, 2),
                                                     facts.cost->currency, quantityBasisWord(facts.cost->basis()));
}

void tellVersion(const EventSheet& sheet, QStringList& out)
{
    out << QString() << u"SCHEMA"_s;
    if (!sheet.version) {
        out << u"  "_s + visibleText(sheet.versionFault);
        return;
    }
    const EventVersion& version = *sheet.version;
    QStringList numbers;
    for (const int number : version.versions)
        numbers << u"v%1"_s.arg(number);
    out << u"  v%1 of %2  %3"_s.arg(version.version).arg(numbers.join(u", "_s), visibleText(version.file));
    for (const OutlineField& field : version.fields)
        out << u"    %1  %2%3"_s.arg(visibleText(field.path), visibleText(field.type),
                                     field.isRequired ? u", required"_s : QString());
    if (!version.fieldsFault.isEmpty())
        out << u"    "_s + visibleText(version.fieldsFault);
    if (!version.previous) {
        out << u"  the first version"_s;
        return;
    }
    out << (version.changes.empty() && version.changesFault.isEmpty()
                ? u"  nothing that readers could notice changed since v%1"_s.arg(*version.previous)
                : u"  changed since v%1:"_s.arg(*version.previous));
    for (const SchemaChange& change : version.changes)
        out << u"    %1: %2 (%3)"_s.arg(visibleText(change.difference.path), visibleText(change.difference.message),
                                        changeVerdictWord(change.verdict));
    if (!version.changesFault.isEmpty())
        out << u"    "_s + visibleText(version.changesFault, true);
}

void tellHistory(const EventSheet& sheet, QStringList& out)
{
    out << QString() << u"HISTORY"_s;
    if (!sheet.history) {
        out << u"  "_s + visibleText(sheet.historyFault);
        return;
    }
    if (!sheet.history->uncommitted.isEmpty())
        out << u"  not committed yet: "_s + sheet.history->uncommitted.join(u"; "_s);
    for (const EventCommit& commit : sheet.history->commits)
        out << u"  %1  %2  %3  %4"_s.arg(formatUtc(commit.at).left(10), commit.commit.left(9), commit.author,
                                         commit.subject)
            << u"      "_s + commit.changes.join(u"; "_s);
    if (sheet.history->commits.empty() && sheet.history->uncommitted.isEmpty())
        out << u"  no commit touches it"_s;
    if (!sheet.history->note.isEmpty())
        out << u"  "_s + sheet.history->note;
}

} // namespace

QByteArray eventSheetJson(const EventSheet& sheet)
{
    const EventFacts& facts = sheet.facts;
    JsonWriter json;
    json.beginObject().field(u"event", facts.event.eventType);
    maybe(json, u"domain", facts.event.domain);
    maybe(json, u"description", facts.event.description);
    list(json, u"tags", facts.event.tags);
    writeOwner(json, facts);
    writeConsumers(json, facts);
    writeTopic(json, facts);
    writeCost(json, facts);
    json.key(u"deadLetters")
        .beginObject()
        .field(u"open", facts.openLetters)
        .field(u"oldestAt", facts.oldestLetterAt)
        .endObject();
    list(json, u"blastRadius", facts.blastRadius);
    writeVersion(json, sheet);
    writeHistory(json, sheet);
    json.key(u"findings").raw(findingsJson(facts.findings)).endObject();
    return json.json();
}

QString eventSheetText(const EventSheet& sheet)
{
    const EventFacts& facts = sheet.facts;
    QStringList out;
    tellOwner(facts, out);
    tellConsumers(facts, out);
    tellTopic(facts, out);
    tellCost(facts, out);
    out << QString() << u"DEAD LETTERS"_s
        << (facts.openLetters == 0 ? u"  none is open"_s : u"  %1 open"_s.arg(formatCount(facts.openLetters)));
    out << QString() << u"BLAST RADIUS"_s
        << (facts.blastRadius.isEmpty() ? u"  no service depends on it"_s
                                        : u"  "_s + visibleText(facts.blastRadius.join(u", "_s)));
    tellVersion(sheet, out);
    tellHistory(sheet, out);
    out << QString() << u"FINDINGS"_s;
    for (const CatalogFinding& finding : facts.findings)
        out << u"  %1 %2: %3"_s.arg(lintSeverityWord(finding.severity), finding.rule, visibleText(finding.message));
    if (facts.findings.empty())
        out << u"  none"_s;
    return out.join(u'\n') + u'\n';
}

} // namespace spillway
