// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogexport.h"

#include "model/catalog/exchangenames.h"

#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestName = 63;

struct ServiceEntry
{
    QString team;
    QString domain;
    QStringList provides; ///< event types
    QStringList consumes;
    QStringList topics; ///< it writes to
};

class BackstageWriter
{
public:
    explicit BackstageWriter(const CatalogExport& input)
        : m_input(input)
    {
    }

    ExportedCatalog write()
    {
        for (const JoinedEvent& event : m_input.events)
            collect(event);
        for (const auto& [team, contact] : m_teams)
            writeGroup(team, contact);
        for (const auto& [domain, owner] : m_domains) {
            begin(u"Domain"_s, m_domainNames.of(domain), domain, {});
            spec({u"owner: "_s + ownerOf(owner)});
            begin(u"System"_s, m_domainNames.of(domain), domain, {});
            spec({u"owner: "_s + ownerOf(owner), u"domain: "_s + exportScalar(m_domainNames.of(domain))});
        }
        for (const auto& [topic, event] : m_topics) {
            begin(u"Resource"_s, m_topicNames.of(topic), topic, {});
            spec(QStringList{u"type: kafka-topic"_s, u"owner: "_s + ownerOf(event->producer.team)} +
                 systemOf(event->domain));
        }
        for (const auto& [service, entry] : m_services)
            writeComponent(service, entry);
        for (const JoinedEvent& event : m_input.events)
            writeApi(event);
        return {{{QString(), m_text.toUtf8()}}, m_notes};
    }

private:
    void collect(const JoinedEvent& event)
    {
        addTeam(event.producer.team, event.producer.slackChannel, event.producer.oncallRotation);
        if (!event.domain.isEmpty()) {
            QString& owner = m_domains[event.domain];
            if (owner.isEmpty())
                owner = event.producer.team;
        }
        if (!event.topic.isEmpty())
            m_topics.emplace(event.topic, &event);
        if (!event.producer.service.isEmpty()) {
            ServiceEntry& service = m_services[event.producer.service];
            if (service.team.isEmpty())
                service.team = event.producer.team;
            if (service.domain.isEmpty())
                service.domain = event.domain;
            service.provides += event.eventType;
            if (!event.topic.isEmpty() && !service.topics.contains(event.topic))
                service.topics += event.topic;
        }
        for (const JoinedConsumer& consumer : event.consumers) {
            addTeam(consumer.team, consumer.slackChannel, {});
            if (consumer.service.isEmpty())
                continue;
            ServiceEntry& service = m_services[consumer.service];
            if (service.team.isEmpty())
                service.team = consumer.team;
            service.consumes += event.eventType;
        }
    }

    void addTeam(const QString& name, const QString& slack, const QString& oncall)
    {
        if (name.isEmpty())
            return;
        ProducerEntry& contact = m_teams[name];
        if (contact.slackChannel.isEmpty())
            contact.slackChannel = slack;
        if (contact.oncallRotation.isEmpty())
            contact.oncallRotation = oncall;
    }

    /// Everything must have an owner there; nobody is `unknown`.
    QString ownerOf(const QString& team)
    {
        return exportScalar(team.isEmpty() ? u"unknown"_s : u"group:default/"_s + m_teamNames.of(team));
    }

    QStringList systemOf(const QString& domain)
    {
        return domain.isEmpty() ? QStringList() : QStringList{u"system: "_s + exportScalar(m_domainNames.of(domain))};
    }

    /// @param annotations  name without prefix -> value; empty values are left out
    void begin(const QString& kind, const QString& id, const QString& title,
               const std::vector<std::pair<QString, QString>>& annotations, const QString& description = {},
               const QStringList& tags = {})
    {
        if (!m_text.isEmpty())
            m_text += u"---\n"_s;
        line(0, u"apiVersion: backstage.io/v1alpha1"_s);
        line(0, u"kind: "_s + kind);
        line(0, u"metadata:"_s);
        line(2, u"name: "_s + exportScalar(id));
        line(2, u"title: "_s + exportScalar(title));
        if (!description.isEmpty())
            line(2, u"description: "_s + exportScalar(description));
        bool isFirst = true;
        for (const auto& [name, value] : annotations) {
            if (value.isEmpty())
                continue;
            if (isFirst)
                line(2, u"annotations:"_s);
            isFirst = false;
            line(4, u"spillway/%1: "_s.arg(name) + exportScalar(value));
        }
        list(2, u"tags"_s, tags);
    }

    void spec(const QStringList& lines)
    {
        line(0, u"spec:"_s);
        for (const QString& one : lines)
            line(2, one);
    }

    void list(int indent, const QString& key, const QStringList& items)
    {
        if (items.isEmpty())
            return;
        line(indent, key + u':');
        for (const QString& item : items)
            line(indent + 2, u"- "_s + exportScalar(item));
    }

    void line(int indent, const QString& text) { m_text += QString(indent, u' ') + text + u'\n'; }

    void writeGroup(const QString& team, const ProducerEntry& contact)
    {
        begin(u"Group"_s, m_teamNames.of(team), team,
              {{u"slack-channel"_s, contact.slackChannel}, {u"oncall-rotation"_s, contact.oncallRotation}});
        spec({u"type: team"_s, u"children: []"_s});
    }

    void writeComponent(const QString& name, const ServiceEntry& entry)
    {
        begin(u"Component"_s, m_serviceNames.of(name), name, {});
        spec(QStringList{u"type: service"_s, u"lifecycle: production"_s, u"owner: "_s + ownerOf(entry.team)} +
             systemOf(entry.domain));
        const auto apis = [this](const QStringList& events) {
            QStringList names;
            for (const QString& event : events)
                names += m_eventNames.of(event);
            return names;
        };
        list(2, u"providesApis"_s, apis(entry.provides));
        list(2, u"consumesApis"_s, apis(entry.consumes));
        QStringList topics;
        for (const QString& topic : entry.topics)
            topics += u"resource:default/"_s + m_topicNames.of(topic);
        list(2, u"dependsOn"_s, topics);
    }

    void writeApi(const JoinedEvent& event)
    {
        const auto number = [](const auto& value) { return value ? QString::number(*value) : QString(); };
        SlugMaker tagNames(longestName); // of lower case letters and digits there
        QStringList tags;
        for (const QString& tag : event.tags) {
            const QString slug = tagNames.of(tag.toLower()).replace(u'_', u'-').replace(u'.', u'-');
            if (!tags.contains(slug))
                tags += slug;
        }
        begin(u"API"_s, m_eventNames.of(event.eventType), event.eventType,
              {{u"topic"_s, event.topic},
               {u"partition-key"_s, event.partitionKey},
               {u"schema-path"_s, event.schemaPath},
               {u"current-version"_s, number(event.currentVersion)},
               {u"avg-daily-volume"_s, number(event.avgDailyVolume)},
               {u"avg-payload-bytes"_s, number(event.avgPayloadBytes)},
               {u"retention-days"_s, event.retentionDays ? QString::number(*event.retentionDays, 'g', 12) : QString()},
               {u"created-at"_s, event.createdAt},
               {u"last-schema-change"_s, event.lastSchemaChange}},
              event.description, tags);
        CatalogExport one{event.eventType, m_input.folder, {event}};
        const ExportedCatalog definition = asyncApiExport(one);
        for (const QString& note : definition.notes) {
            if (!m_notes.contains(note))
                m_notes += note;
        }
        spec(QStringList{u"type: asyncapi"_s,
                         event.isDeprecated() ? u"lifecycle: deprecated"_s : u"lifecycle: production"_s,
                         u"owner: "_s + ownerOf(event.producer.team)} +
             systemOf(event.domain));
        line(2, u"definition: |"_s);
        for (const QString& row : QString::fromUtf8(definition.files.front().bytes).trimmed().split(u'\n'))
            line(4, row);
    }

    const CatalogExport& m_input;
    QString m_text;
    QStringList m_notes;
    std::map<QString, ProducerEntry> m_teams;
    std::map<QString, QString> m_domains; // -> team
    std::map<QString, const JoinedEvent*> m_topics;
    std::map<QString, ServiceEntry> m_services;
    SlugMaker m_teamNames{longestName};
    SlugMaker m_domainNames{longestName};
    SlugMaker m_topicNames{longestName};
    SlugMaker m_serviceNames{longestName};
    SlugMaker m_eventNames{longestName};
};

} // namespace

ExportedCatalog backstageExport(const CatalogExport& input)
{
    return BackstageWriter(input).write();
}

} // namespace spillway
