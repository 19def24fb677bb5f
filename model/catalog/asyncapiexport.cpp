// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogexport.h"

#include "model/base/jsonwriter.h"
#include "model/catalog/payloadschemas.h"

#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double msPerDay = 86'400'000;

bool isTopicName(const QString& topic)
{
    static const QRegularExpression legal(u"^[a-zA-Z0-9._-]{1,249}$"_s);
    return legal.match(topic).hasMatch();
}

/// Not written where it says nothing.
void textField(JsonWriter& json, QStringView name, const QString& text)
{
    if (!text.isEmpty())
        json.field(name, text);
}

template<typename T>
void knownField(JsonWriter& json, QStringView name, const std::optional<T>& value)
{
    if (value)
        json.field(name, *value);
}

void stringsField(JsonWriter& json, QStringView name, const QStringList& texts)
{
    if (texts.isEmpty())
        return;
    json.key(name).beginArray();
    for (const QString& text : texts)
        json.value(text);
    json.endArray();
}

void referenceField(JsonWriter& json, const QString& name, const QString& place)
{
    json.key(name).beginObject().field(u"$ref", u"#/"_s + place).endObject();
}

/// Several events may share a topic; an event of no topic has a channel of its own, of no address.
struct Channel
{
    QString id;
    QString topic;
    std::vector<const JoinedEvent*> events;
};

class AsyncApiWriter
{
public:
    explicit AsyncApiWriter(const CatalogExport& input)
        : m_input(input)
        , m_schemas(input.folder)
    {
        std::map<QString, std::size_t> byTopic;
        for (const JoinedEvent& event : input.events) {
            const auto [at, isNew] = byTopic.emplace(event.topic, m_channels.size());
            if (isNew || event.topic.isEmpty()) {
                const QString name =
                    event.topic.isEmpty() ? QChar(1) + event.eventType : event.topic; // never a topic's
                m_channels.push_back({m_channelNames.of(name), event.topic, {}});
            }
            Channel& channel = event.topic.isEmpty() ? m_channels.back() : m_channels[at->second];
            channel.events.push_back(&event);
            m_channelOf.emplace(&event, channel.id);
        }
    }

    ExportedCatalog write()
    {
        m_json.beginObject().field(u"asyncapi", u"3.0.0"_s);
        m_json.key(u"info").beginObject();
        m_json.field(u"title", m_input.title.isEmpty() ? u"Events"_s : m_input.title).field(u"version", u"1.0.0"_s);
        m_json.field(u"description", u"Who sends and receives which event, from ownership and catalog."_s).endObject();
        m_json.field(u"defaultContentType", u"application/json"_s);
        writeChannels();
        writeOperations();
        writeComponents();
        m_json.endObject();
        return {{{QString(), indentedJson(m_json.json())}}, m_notes + m_schemas.notes()};
    }

private:
    void writeChannels()
    {
        m_json.key(u"channels").beginObject();
        for (const Channel& channel : m_channels) {
            m_json.key(channel.id).beginObject();
            const bool hasAddress = isTopicName(channel.topic);
            if (hasAddress)
                m_json.field(u"address", channel.topic);
            else
                m_json.nullField(u"address");
            if (!hasAddress && !channel.topic.isEmpty()) {
                m_json.field(u"x-topic", channel.topic);
                m_notes += u"topic '%1' is no name Kafka takes; its channel has no address"_s.arg(channel.topic);
            }
            m_json.key(u"messages").beginObject();
            for (const JoinedEvent* event : channel.events) {
                const QString message = m_messageNames.of(event->eventType);
                referenceField(m_json, message, u"components/messages/"_s + message);
            }
            m_json.endObject();
            if (hasAddress)
                writeTopic(channel);
            m_json.endObject();
        }
        m_json.endObject();
    }

    void writeTopic(const Channel& channel)
    {
        std::optional<double> days; // the topic keeps what its longest-kept event asks for
        for (const JoinedEvent* event : channel.events) {
            if (event->retentionDays)
                days = std::max(days.value_or(0), *event->retentionDays);
        }
        m_json.key(u"bindings").beginObject().key(u"kafka").beginObject().field(u"topic", channel.topic);
        if (days)
            m_json.key(u"topicConfiguration")
                .beginObject()
                .field(u"retention.ms", static_cast<std::int64_t>(std::llround(*days * msPerDay)))
                .endObject();
        m_json.field(u"bindingVersion", u"0.5.0"_s).endObject().endObject();
    }

    void beginOperation(const JoinedEvent& event, const QString& service, const QString& action)
    {
        const QString channel = m_channelOf.at(&event);
        m_json.key(m_operationNames.of(service + QChar(1) + action + QChar(1) + event.eventType)).beginObject();
        m_json.field(u"action", action);
        referenceField(m_json, u"channel"_s, u"channels/"_s + channel);
        m_json.key(u"messages").beginArray().beginObject();
        m_json.field(u"$ref", u"#/channels/%1/messages/%2"_s.arg(channel, m_messageNames.of(event.eventType)));
        m_json.endObject().endArray();
        textField(m_json, u"x-service", service);
    }

    void writeOperations()
    {
        m_json.key(u"operations").beginObject();
        for (const JoinedEvent& event : m_input.events) {
            if (!event.producer.service.isEmpty()) {
                beginOperation(event, event.producer.service, u"send"_s);
                textField(m_json, u"x-owner", event.producer.team);
                m_json.endObject();
            }
            for (const JoinedConsumer& consumer : event.consumers) {
                if (!consumer.service.isEmpty())
                    writeReceive(event, consumer);
            }
        }
        m_json.endObject();
    }

    void writeReceive(const JoinedEvent& event, const JoinedConsumer& consumer)
    {
        beginOperation(event, consumer.service, u"receive"_s);
        textField(m_json, u"summary", consumer.purpose);
        textField(m_json, u"x-owner", consumer.team);
        textField(m_json, u"x-slack-channel", consumer.slackChannel);
        if (consumer.sloProcessingTimeMs) {
            m_json.field(u"x-slo-processing-time-ms", *consumer.sloProcessingTimeMs);
            m_json.field(u"x-slo-objective", consumer.sloObjective);
        }
        stringsField(m_json, u"x-fields", consumer.fields);
        if (!consumer.group.isEmpty()) {
            m_json.field(u"x-consumer-group", consumer.group);
            m_json.key(u"bindings").beginObject().key(u"kafka").beginObject().key(u"groupId").beginObject();
            m_json.field(u"type", u"string"_s).key(u"enum").beginArray().value(consumer.group).endArray().endObject();
            m_json.field(u"bindingVersion", u"0.5.0"_s).endObject().endObject();
        }
        m_json.endObject();
    }

    void writeComponents()
    {
        m_json.key(u"components").beginObject().key(u"messages").beginObject();
        for (const JoinedEvent& event : m_input.events)
            writeMessage(event);
        m_json.endObject().key(u"schemas").beginObject();
        for (const auto& [name, schema] : m_schemas.components()) {
            m_json.key(name);
            if (schema.isObject())
                m_json.raw(QJsonDocument(schema.toObject()).toJson(QJsonDocument::Compact));
            else
                m_json.value(schema.toBool());
        }
        m_json.endObject().endObject();
    }

    void writeMessage(const JoinedEvent& event)
    {
        m_json.key(m_messageNames.of(event.eventType)).beginObject().field(u"name", event.eventType);
        m_json.field(u"title", event.eventType);
        textField(m_json, u"summary", event.description);
        if (!event.schema.file.isEmpty()) {
            if (const auto component = m_schemas.add(event.schema.file))
                referenceField(m_json, u"payload"_s, u"components/schemas/"_s + *component);
        }
        if (!event.partitionKey.isEmpty()) {
            m_json.key(u"bindings").beginObject().key(u"kafka").beginObject().key(u"key").beginObject();
            m_json.field(u"type", u"string"_s).field(u"description", event.partitionKey).endObject();
            m_json.field(u"bindingVersion", u"0.5.0"_s).endObject().endObject();
        }
        writeTags(event.tags);
        textField(m_json, u"x-domain", event.domain);
        textField(m_json, u"x-owner", event.producer.team);
        textField(m_json, u"x-slack-channel", event.producer.slackChannel);
        textField(m_json, u"x-oncall-rotation", event.producer.oncallRotation);
        textField(m_json, u"x-partition-key", event.partitionKey);
        textField(m_json, u"x-schema-path", event.schemaPath);
        knownField(m_json, u"x-current-version", event.currentVersion);
        knownField(m_json, u"x-avg-daily-volume", event.avgDailyVolume);
        knownField(m_json, u"x-avg-payload-bytes", event.avgPayloadBytes);
        knownField(m_json, u"x-retention-days", event.retentionDays);
        textField(m_json, u"x-created-at", event.createdAt);
        textField(m_json, u"x-last-schema-change", event.lastSchemaChange);
        m_json.endObject();
    }

    void writeTags(QStringList tags)
    {
        tags.removeDuplicates();
        tags.removeAll(QString());
        if (tags.isEmpty())
            return;
        m_json.key(u"tags").beginArray();
        for (const QString& tag : tags)
            m_json.beginObject().field(u"name", tag).endObject();
        m_json.endArray();
    }

    const CatalogExport& m_input;
    PayloadSchemas m_schemas;
    JsonWriter m_json;
    SlugMaker m_channelNames;
    SlugMaker m_messageNames;
    SlugMaker m_operationNames{250};
    std::vector<Channel> m_channels;
    std::map<const JoinedEvent*, QString> m_channelOf;
    QStringList m_notes;
};

} // namespace

ExportedCatalog asyncApiExport(const CatalogExport& input)
{
    return AsyncApiWriter(input).write();
}

} // namespace spillway
