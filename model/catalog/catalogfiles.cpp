// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogfiles.h"

#include "model/workspace/workspacedraft.h"
#include "model/workspace/yamlreader.h"

#include <QHash>
#include <QSet>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr NumberRange aboveZero{.min = 0, .isMinAllowed = false};

void readContact(MapReader& map, ProducerEntry& producer)
{
    producer.slackChannel = map.text(u"slack_channel"_s).value_or(QString());
    producer.oncallRotation = map.text(u"oncall_rotation"_s).value_or(QString());
}

std::optional<ProducerEntry> readProducer(const YamlNode& node, const QString& event, IssueList& issues)
{
    MapReader map(node, u"the producer of %1"_s.arg(event), issues);
    ProducerEntry producer;
    producer.team = map.requiredText(u"team"_s, u"team: NAME"_s).value_or(QString());
    producer.service = map.requiredText(u"service"_s, u"service: NAME"_s).value_or(QString());
    readContact(map, producer);
    map.finish();
    return producer;
}

ConsumerEntry readConsumer(const YamlNode& node, const QString& event, IssueList& issues)
{
    MapReader map(node, u"a consumer of %1"_s.arg(event), issues);
    ConsumerEntry consumer;
    consumer.place = issues.place(node);
    consumer.team = map.requiredText(u"team"_s, u"team: NAME"_s).value_or(QString());
    consumer.service = map.requiredText(u"service"_s, u"service: NAME"_s).value_or(QString());
    consumer.purpose = map.text(u"purpose"_s).value_or(QString());
    consumer.consumerGroup = map.text(u"consumer_group"_s).value_or(consumer.service);
    consumer.sloProcessingTimeMs = map.number(u"slo_processing_time_ms"_s, aboveZero);
    constexpr NumberRange ratio{.min = 0, .max = 1, .isMinAllowed = false};
    consumer.sloObjective = map.number(u"slo_objective"_s, ratio).value_or(consumer.sloObjective);
    consumer.sloSuccessRate = map.number(u"slo_success_rate"_s, {.min = 0, .max = 1, .isMinAllowed = false});
    consumer.sloDeadLetterDwell = map.duration(u"slo_dlq_dwell"_s, Millis(1));
    consumer.slackChannel = map.text(u"slack_channel"_s).value_or(QString());
    (void)map.text(u"oncall_rotation"_s);
    consumer.fields = map.textList(u"fields"_s);
    if (const auto version = map.integer(u"schema_version"_s, {.min = 1, .max = 1'000'000}))
        consumer.schemaVersion = static_cast<int>(*version);
    map.finish();
    return consumer;
}

/// A list of consumers; two entries with the same service are told, since one of them could never be found again.
std::vector<ConsumerEntry> readConsumers(MapReader& map, const QString& event, IssueList& issues,
                                         ConsumerEntry (*read)(const YamlNode&, const QString&, IssueList&))
{
    std::vector<ConsumerEntry> consumers;
    const YamlNode* list = map.child(u"consumers"_s);
    if (list == nullptr)
        return consumers;
    if (list->kind != YamlNode::Kind::Sequence) {
        issues.error(*list, u"%1 is not a list"_s.arg(map.whatOf(u"consumers")),
                     u"begin each consumer with '- team: …'"_s);
        return consumers;
    }
    QSet<QString> services;
    for (const YamlNode* node : list->items) {
        ConsumerEntry consumer = read(*node, event, issues);
        if (!consumer.service.isEmpty() && services.contains(consumer.service)) {
            issues.error(*node, u"%1 is listed as a consumer of %2 twice"_s.arg(quoted(consumer.service), event),
                         u"keep one entry per service, or give the second its own service name"_s);
            continue;
        }
        services.insert(consumer.service);
        if (node->kind == YamlNode::Kind::Map)
            consumers.push_back(std::move(consumer));
    }
    return consumers;
}

OwnedEvent readOwnedEvent(const YamlNode::Entry& entry, IssueList& issues)
{
    OwnedEvent event;
    event.eventType = entry.key->text;
    event.place = issues.place(*entry.key);
    const QString name = quoted(event.eventType);
    MapReader map(*entry.value, u"event %1"_s.arg(name), issues);
    if (const YamlNode* producer = map.required(u"producer"_s, u"producer: { team: NAME, service: NAME }"_s))
        event.producer = readProducer(*producer, name, issues).value_or(ProducerEntry{});
    event.consumers = readConsumers(map, name, issues, &readConsumer);
    (void)map.text(u"description"_s);
    map.finish();
    return event;
}

GovernanceRules readRules(const YamlNode& node, IssueList& issues)
{
    MapReader map(node, u"governance_rules"_s, issues);
    GovernanceRules rules;
    if (const auto days = map.integer(u"schema_change_notice_days"_s, {.min = 0, .max = 36500}))
        rules.schemaChangeNoticeDays = static_cast<int>(*days);
    rules.consumerRegistration = map.text(u"consumer_registration"_s).value_or(QString());
    rules.sloViolationAlert = map.boolean(u"slo_violation_alert"_s).value_or(false);
    map.finish();
    return rules;
}

/// Who owns it is ownership.yaml's to say, so that a gap here is lint's business and keeps nobody from working.
ProducerEntry readCatalogProducer(const YamlNode& node, const QString& event, IssueList& issues)
{
    MapReader map(node, u"the producer of %1"_s.arg(event), issues);
    ProducerEntry producer;
    producer.team = map.text(u"team"_s).value_or(QString());
    producer.service = map.text(u"service"_s).value_or(QString());
    readContact(map, producer);
    map.finish();
    return producer;
}

ConsumerEntry readCatalogConsumer(const YamlNode& node, const QString& event, IssueList& issues)
{
    MapReader map(node, u"a consumer of %1"_s.arg(event), issues);
    ConsumerEntry consumer;
    consumer.place = issues.place(node);
    consumer.team = map.text(u"team"_s).value_or(QString());
    consumer.service = map.requiredText(u"service"_s, u"service: NAME"_s).value_or(QString());
    consumer.consumerGroup = consumer.service;
    consumer.purpose = map.text(u"purpose"_s).value_or(QString());
    map.finish();
    return consumer;
}

CatalogEvent readCatalogEvent(const YamlNode& node, IssueList& issues)
{
    CatalogEvent event;
    event.place = issues.place(node);
    const YamlNode* type = node.kind == YamlNode::Kind::Map ? node.find(u"event_type") : nullptr;
    const bool hasType = type != nullptr && type->kind == YamlNode::Kind::Scalar;
    const QString name = hasType ? quoted(type->text) : u"this entry"_s;
    MapReader map(node, hasType ? u"event %1"_s.arg(name) : u"an entry of the catalog"_s, issues);
    event.eventType = map.requiredText(u"event_type"_s, u"event_type: NAME"_s).value_or(QString());
    event.domain = map.text(u"domain"_s).value_or(QString());
    event.description = map.text(u"description"_s).value_or(QString());
    event.schemaPath = map.text(u"schema_path"_s).value_or(QString());
    if (const auto version = map.integer(u"current_version"_s, {.min = 1, .max = 1e9}))
        event.currentVersion = static_cast<int>(*version);
    event.topic = map.text(u"topic"_s).value_or(QString());
    event.partitionKey = map.text(u"partition_key"_s).value_or(QString());
    event.avgDailyVolume = map.integer(u"avg_daily_volume"_s, {.min = 0});
    event.avgPayloadBytes = map.integer(u"avg_payload_bytes"_s, {.min = 0, .max = 1e12});
    event.retentionDays = map.number(u"retention_days"_s, {.min = 0, .max = 36500, .isMinAllowed = false});
    if (const YamlNode* producer = map.child(u"producer"_s))
        event.producer = readCatalogProducer(*producer, name, issues);
    event.consumers = readConsumers(map, name, issues, &readCatalogConsumer);
    event.tags = map.textList(u"tags"_s);
    event.createdAt = map.text(u"created_at"_s).value_or(QString());
    event.lastSchemaChange = map.text(u"last_schema_change"_s).value_or(QString());
    map.finish();
    return event;
}

/// Teams of ownership.yaml by service; an empty one where its entries disagree.
QHash<QString, QString> teamsByService(const std::vector<OwnedEvent>& owned)
{
    QHash<QString, QString> teams;
    const auto add = [&teams](const QString& service, const QString& team) {
        const auto known = teams.constFind(service);
        teams.insert(service, known == teams.constEnd() || *known == team ? team : QString());
    };
    for (const OwnedEvent& event : owned) {
        add(event.producer.service, event.producer.team);
        for (const ConsumerEntry& consumer : event.consumers)
            add(consumer.service, consumer.team);
    }
    return teams;
}

} // namespace

bool lacksTeam(const CatalogEvent& event)
{
    return event.producer.team.isEmpty() ||
           std::any_of(event.consumers.begin(), event.consumers.end(),
                       [](const ConsumerEntry& consumer) { return consumer.team.isEmpty(); });
}

void fillTeams(std::vector<CatalogEvent>& events, const std::vector<OwnedEvent>& owned)
{
    if (std::none_of(events.begin(), events.end(), lacksTeam))
        return; // as in nearly every catalog: no index is made
    QHash<QString, const OwnedEvent*> byType;
    for (const OwnedEvent& event : owned)
        byType.insert(event.eventType, &event);
    const QHash<QString, QString> byService = teamsByService(owned);
    for (CatalogEvent& event : events) {
        const OwnedEvent* same = byType.value(event.eventType, nullptr);
        ProducerEntry& producer = event.producer;
        if (producer.team.isEmpty() && !producer.service.isEmpty())
            producer.team = same != nullptr && same->producer.service == producer.service
                                ? same->producer.team
                                : byService.value(producer.service);
        for (ConsumerEntry& consumer : event.consumers) {
            if (!consumer.team.isEmpty())
                continue;
            if (same != nullptr) {
                for (const ConsumerEntry& promised : same->consumers) {
                    if (promised.service == consumer.service)
                        consumer.team = promised.team;
                }
            }
            if (consumer.team.isEmpty())
                consumer.team = byService.value(consumer.service);
        }
    }
}

OwnershipFile readOwnershipFile(const QString& file)
{
    const Checked<YamlDocument> document = readYamlFile(file);
    OwnershipFile out;
    if (document.value)
        out = readOwnership(*document.value, file);
    out.issues.insert(out.issues.begin(), document.issues.begin(), document.issues.end());
    return out;
}

OwnershipFile readOwnership(const YamlDocument& document, const QString& file)
{
    OwnershipFile out;
    IssueList issues(file);
    MapReader map(*document.root, u"the ownership file"_s, issues);
    if (const YamlNode* events = map.required(u"events"_s, u"events: with one key per event type"_s)) {
        if (events->kind != YamlNode::Kind::Map)
            issues.error(*events, u"'events' of the ownership file is not a map"_s,
                         u"write each event type as a key, like order.created:"_s);
        for (const YamlNode::Entry& entry : events->entries)
            out.events.push_back(readOwnedEvent(entry, issues));
    }
    if (const YamlNode* rules = map.child(u"governance_rules"_s))
        out.rules = readRules(*rules, issues);
    (void)map.child(u"version"_s);
    map.finish();
    out.issues = issues.take();
    return out;
}

CatalogFile readCatalogFile(const QString& file)
{
    const Checked<YamlDocument> document = readYamlFile(file);
    CatalogFile out;
    if (document.value)
        out = readCatalog(*document.value, file);
    out.issues.insert(out.issues.begin(), document.issues.begin(), document.issues.end());
    return out;
}

CatalogFile readCatalog(const YamlDocument& document, const QString& file)
{
    CatalogFile out;
    IssueList issues(file);
    MapReader map(*document.root, u"the catalog file"_s, issues);
    const YamlNode* list = map.required(u"catalog"_s, u"catalog: with one '- event_type: …' per event"_s);
    if (list != nullptr && list->kind != YamlNode::Kind::Sequence)
        issues.error(*list, u"'catalog' of the catalog file is not a list"_s,
                     u"begin each event with '- event_type: …'"_s);
    QSet<QString> types;
    for (const YamlNode* node : list != nullptr ? list->items : std::vector<const YamlNode*>()) {
        CatalogEvent event = readCatalogEvent(*node, issues);
        if (!event.eventType.isEmpty() && types.contains(event.eventType))
            issues.error(*node, u"event %1 is listed twice"_s.arg(quoted(event.eventType)),
                         u"keep one of the entries"_s);
        types.insert(event.eventType);
        out.events.push_back(std::move(event));
    }
    (void)map.child(u"version"_s);
    map.finish();
    out.issues = issues.take();
    return out;
}

Checked<Catalog> loadCatalog(const Workspace& workspace)
{
    OwnershipFile ownership;
    if (!workspace.ownershipFile.isEmpty())
        ownership = readOwnershipFile(workspace.ownershipFile);
    CatalogFile catalog;
    if (!workspace.catalogFile.isEmpty())
        catalog = readCatalogFile(workspace.catalogFile);
    Checked<Catalog> checked{std::nullopt, std::move(ownership.issues)};
    checked.issues.insert(checked.issues.end(), catalog.issues.begin(), catalog.issues.end());
    fillTeams(catalog.events, ownership.events);
    if (!hasErrors(checked.issues))
        checked.value.emplace(std::move(ownership.events), std::move(catalog.events), std::move(ownership.rules));
    return checked;
}

LoadedWorkspace loadWorkspaceAndCatalog(const QString& path)
{
    WorkspaceDraft draft = readWorkspaceDraft(path);
    Checked<Catalog> catalog = loadCatalog(draft.workspace);
    LoadedWorkspace loaded{std::nullopt, std::nullopt, std::move(draft.issues)};
    loaded.issues.insert(loaded.issues.end(), catalog.issues.begin(), catalog.issues.end());
    if (!hasErrors(loaded.issues)) {
        loaded.workspace = std::move(draft.workspace);
        loaded.catalog = std::move(catalog.value);
    }
    return loaded;
}

} // namespace spillway
