// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogimport.h"

#include "model/catalog/importfacts.h"
#include "model/workspace/issuelist.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double msPerDay = 86'400'000;

/// Schemas may be nested deeper than a YAML file of ours, and nothing is read from them.
QByteArray withoutSchemas(QJsonObject root)
{
    const auto strip = [](QJsonObject messages) {
        for (auto message = messages.begin(); message != messages.end(); ++message) {
            QJsonObject stripped = message->toObject();
            for (const QString& key : {u"payload"_s, u"headers"_s, u"examples"_s})
                stripped.remove(key);
            *message = stripped;
        }
        return messages;
    };
    QJsonObject components = root[u"components"].toObject();
    components.remove(u"schemas"_s);
    components[u"messages"_s] = strip(components[u"messages"].toObject());
    root[u"components"_s] = components;
    QJsonObject channels = root[u"channels"].toObject();
    for (auto channel = channels.begin(); channel != channels.end(); ++channel) {
        QJsonObject stripped = channel->toObject();
        stripped[u"messages"_s] = strip(stripped[u"messages"].toObject());
        *channel = stripped;
    }
    root[u"channels"_s] = channels;
    return QJsonDocument(root).toJson(QJsonDocument::Compact);
}

class AsyncApiReader
{
public:
    AsyncApiReader(const YamlNode& root, const QString& file)
        : m_root(root)
        , m_file(file)
    {
    }

    Checked<ImportedCatalog> read()
    {
        const QString version = textOf(m_root, u"asyncapi");
        if (!version.startsWith(u"3."_s))
            return {std::nullopt,
                    {{.place = {m_file, 1, 1},
                      .message =
                          version.isEmpty() ? u"is no AsyncAPI document"_s : u"is AsyncAPI %1"_s.arg(quoted(version)),
                      .remedy = u"give one of version 3; AsyncAPI's converter makes it from version 2"_s}}};
        m_application = textOf(child(&m_root, u"info"), u"title");
        forEach(child(child(&m_root, u"components"), u"messages"),
                [&](const QString& key, const YamlNode& message) { (void)eventOf(message, key); });
        forEach(child(&m_root, u"channels"), [&](const QString&, const YamlNode& channel) { readChannel(channel); });
        forEach(child(&m_root, u"operations"),
                [&](const QString& key, const YamlNode& operation) { readOperation(key, operation); });
        return {m_facts.take(), {}};
    }

private:
    /// Follows references within the document; nullptr: it leads nowhere.
    const YamlNode* resolve(const YamlNode* node, QString* key = nullptr)
    {
        for (int step = 0; node != nullptr && step < 8; ++step) {
            const QString reference = textOf(node, u"$ref");
            if (reference.isEmpty())
                return node;
            if (!reference.startsWith(u"#/"_s)) {
                m_facts.note(u"the reference %1 leads out of the document; it is passed over"_s.arg(quoted(reference)));
                return nullptr;
            }
            const YamlNode* at = &m_root;
            for (const QString& part : reference.mid(2).split(u'/')) {
                const QString name = QString(part).replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
                if (key != nullptr)
                    *key = name;
                at = childByName(at, name);
            }
            node = at;
        }
        return nullptr;
    }

    /// `child`, of large maps by an index: a document refers to each of its messages several times.
    const YamlNode* childByName(const YamlNode* map, const QString& name)
    {
        constexpr std::size_t fewKeys = 16;
        if (map == nullptr || map->kind != YamlNode::Kind::Map || map->entries.size() <= fewKeys)
            return child(map, name);
        auto index = m_indexes.find(map);
        if (index == m_indexes.end()) {
            QHash<QString, const YamlNode*> names;
            for (const YamlNode::Entry& entry : map->entries) {
                if (!names.contains(entry.key->text)) // own keys come before merged ones
                    names.insert(entry.key->text, entry.value);
            }
            index = m_indexes.insert(map, std::move(names));
        }
        return index->value(name);
    }

    CatalogEvent* eventOf(const YamlNode& given, const QString& givenKey)
    {
        QString key = givenKey;
        const YamlNode* message = resolve(&given, &key);
        if (message == nullptr)
            return nullptr;
        const QString name = textOf(message, u"name");
        CatalogEvent& event = m_facts.event(name.isEmpty() ? key : name);
        const QString summary = textOf(message, u"summary");
        fill(event.description, summary.isEmpty() ? textOf(message, u"description") : summary);
        fill(event.domain, textOf(message, u"x-domain"));
        fill(event.partitionKey, textOf(message, u"x-partition-key"));
        fill(event.schemaPath, textOf(message, u"x-schema-path"));
        fill(event.createdAt, textOf(message, u"x-created-at"));
        fill(event.lastSchemaChange, textOf(message, u"x-last-schema-change"));
        fill(event.producer.team, textOf(message, u"x-owner"));
        fill(event.producer.slackChannel, textOf(message, u"x-slack-channel"));
        fill(event.producer.oncallRotation, textOf(message, u"x-oncall-rotation"));
        m_facts.fillNumber(event.avgDailyVolume, message, u"x-avg-daily-volume");
        m_facts.fillNumber(event.avgPayloadBytes, message, u"x-avg-payload-bytes");
        m_facts.fillNumber(event.retentionDays, message, u"x-retention-days");
        m_facts.fillNumber(event.currentVersion, message, u"x-current-version");
        if (event.tags.isEmpty()) {
            if (const YamlNode* tags = child(message, u"tags")) {
                for (const YamlNode* tag : tags->items)
                    event.tags += textOf(resolve(tag), u"name");
                event.tags.removeAll(QString());
            }
        }
        return &event;
    }

    void readChannel(const YamlNode& given)
    {
        const YamlNode* channel = resolve(&given);
        const QString address = textOf(channel, u"address");
        const QString topic = address.isEmpty() ? textOf(channel, u"x-topic") : address;
        std::optional<double> retentionMs;
        m_facts.fillNumber(retentionMs, child(child(child(channel, u"bindings"), u"kafka"), u"topicConfiguration"),
                           u"retention.ms");
        forEach(child(channel, u"messages"), [&](const QString& key, const YamlNode& message) {
            CatalogEvent* event = eventOf(message, key);
            if (event == nullptr)
                return;
            fill(event->topic, topic);
            if (!event->retentionDays && retentionMs && *retentionMs > 0)
                event->retentionDays = *retentionMs / msPerDay;
        });
    }

    void readOperation(const QString& key, const YamlNode& given)
    {
        const YamlNode* operation = resolve(&given);
        if (operation == nullptr)
            return;
        const QString action = textOf(operation, u"action");
        const QString own = textOf(operation, u"x-service");
        const QString service = own.isEmpty() ? m_application : own;
        const QString team = textOf(operation, u"x-owner");
        std::vector<CatalogEvent*> events;
        if (const YamlNode* messages = child(operation, u"messages"); messages != nullptr && !messages->items.empty()) {
            for (const YamlNode* message : messages->items)
                events.push_back(eventOf(*message, QString()));
        } else {
            forEach(child(resolve(child(operation, u"channel")), u"messages"),
                    [&](const QString& name, const YamlNode& message) { events.push_back(eventOf(message, name)); });
        }
        for (CatalogEvent* event : events) {
            if (event == nullptr)
                continue;
            if (action == u"send"_s)
                m_facts.produces(*event, service, team);
            else if (action == u"receive"_s)
                m_facts.consumes(*event, consumerOf(*operation, service, team));
            else
                m_facts.note(u"operation %1 neither sends nor receives; it is passed over"_s.arg(quoted(key)));
        }
    }

    ConsumerEntry consumerOf(const YamlNode& operation, const QString& service, const QString& team)
    {
        ConsumerEntry consumer{.team = team, .service = service, .sloObjective = 0};
        consumer.purpose = textOf(operation, u"summary");
        consumer.slackChannel = textOf(operation, u"x-slack-channel");
        consumer.consumerGroup = textOf(operation, u"x-consumer-group");
        const YamlNode* groups = child(child(child(child(&operation, u"bindings"), u"kafka"), u"groupId"), u"enum");
        if (consumer.consumerGroup.isEmpty() && groups != nullptr && groups->items.size() == 1)
            consumer.consumerGroup = groups->items.front()->text;
        m_facts.fillNumber(consumer.sloProcessingTimeMs, &operation, u"x-slo-processing-time-ms");
        std::optional<double> objective;
        m_facts.fillNumber(objective, &operation, u"x-slo-objective");
        consumer.sloObjective = objective.value_or(0);
        if (const YamlNode* fields = child(&operation, u"x-fields")) {
            for (const YamlNode* field : fields->items)
                consumer.fields += field->text;
        }
        return consumer;
    }

    const YamlNode& m_root;
    QString m_file;
    QString m_application;
    QHash<const YamlNode*, QHash<QString, const YamlNode*>> m_indexes;
    ImportFacts m_facts;
};

} // namespace

Checked<ImportedCatalog> readAsyncApi(const QString& file)
{
    Checked<QByteArray> bytes = readUserFile(file, largestImport);
    if (!bytes.value)
        return {std::nullopt, std::move(bytes.issues)};
    const QJsonDocument json = QJsonDocument::fromJson(*bytes.value); // YAML takes JSON too, but not every escape in it
    const Checked<YamlDocument> document =
        readYamlText(json.isObject() ? withoutSchemas(json.object()) : *bytes.value, file);
    if (!document.value)
        return {std::nullopt, document.issues};
    return AsyncApiReader(*document.value->root, file).read();
}

} // namespace spillway
