// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogexport.h"

#include "model/catalog/exchangenames.h"
#include "model/workspace/yamltree.h"

#include <QFileInfo>

#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 mostSchemaBytes = 4LL << 20;

/// Which events somebody publishes and receives, by type, each once.
struct EventShare
{
    QStringList publishes;
    QStringList receives;
};

struct ServiceEntry
{
    QString team;
    QString domain;
    QStringList sends;    ///< lines of its front matter
    QStringList receives; ///< likewise
    EventShare events;
};

/// A domain or a topic: what belongs to it, and whose it is.
struct Grouping
{
    QStringList services;
    QStringList events;
    QStringList teams; ///< those that publish its events
    std::optional<double> days;
};

struct TeamEntry
{
    ProducerEntry contact;
    EventShare events;
};

void addOnce(QStringList& list, const QString& word)
{
    if (!word.isEmpty() && !list.contains(word))
        list += word;
}

/// `a, b and 3 more`
QString someOf(const QStringList& names)
{
    constexpr qsizetype shown = 3;
    if (names.size() <= shown)
        return names.join(u", "_s);
    return u"%1 and %2 more"_s.arg(names.first(shown).join(u", "_s)).arg(names.size() - shown);
}

/// `Publishes a, b. Receives c.`
QString summaryOf(const EventShare& share)
{
    QStringList sentences;
    if (!share.publishes.isEmpty())
        sentences += u"Publishes %1."_s.arg(someOf(share.publishes));
    if (!share.receives.isEmpty())
        sentences += u"Receives %1."_s.arg(someOf(share.receives));
    return sentences.join(u' ');
}

QString versionOf(const JoinedEvent& event)
{
    return u"%1.0.0"_s.arg(event.currentVersion.value_or(0)); // 0: unknown
}

class EventCatalogWriter
{
public:
    explicit EventCatalogWriter(const CatalogExport& input)
        : m_input(input)
    {
    }

    ExportedCatalog write()
    {
        for (const JoinedEvent& event : m_input.events)
            collect(event);
        for (const JoinedEvent& event : m_input.events)
            writeEvent(event);
        for (const auto& [service, entry] : m_services)
            writeService(service, entry);
        for (const auto& [domain, entry] : m_domains)
            writeDomain(domain, entry);
        for (const auto& [topic, entry] : m_topics)
            writeChannel(topic, entry);
        for (const auto& [team, entry] : m_teams)
            writeTeam(team, entry);
        return std::move(m_out);
    }

private:
    void collect(const JoinedEvent& event)
    {
        if (!event.topic.isEmpty()) {
            Grouping& topic = m_topics[event.topic];
            addOnce(topic.events, event.eventType);
            addOnce(topic.teams, event.producer.team);
            if (event.retentionDays)
                topic.days = std::max(topic.days.value_or(0), *event.retentionDays);
        }
        QStringList reference{u"  - id: "_s + exportScalar(m_events.of(event.eventType)),
                              u"    version: "_s + exportScalar(versionOf(event))};
        const auto withChannel = [&](const QString& direction) {
            QStringList lines = reference;
            if (!event.topic.isEmpty())
                lines << u"    %1:"_s.arg(direction) << u"      - id: "_s + exportScalar(m_channels.of(event.topic))
                      << u"        version: 1.0.0"_s;
            return lines;
        };
        if (!event.producer.service.isEmpty()) {
            ServiceEntry& producer = service(event.producer.service, event.producer.team, event.domain);
            producer.sends += withChannel(u"to"_s);
            addOnce(producer.events.publishes, event.eventType);
            if (const auto domain = m_domains.find(event.domain); domain != m_domains.end()) {
                addOnce(domain->second.events, event.eventType);
                addOnce(domain->second.teams, event.producer.team);
            }
        }
        addTeam(event.producer.team, event.producer.slackChannel, event.producer.oncallRotation, event.eventType,
                &EventShare::publishes);
        for (const JoinedConsumer& consumer : event.consumers) {
            addTeam(consumer.team, consumer.slackChannel, {}, event.eventType, &EventShare::receives);
            if (consumer.service.isEmpty())
                continue;
            QStringList lines = withChannel(u"from"_s);
            if (!consumer.fields.isEmpty())
                lines += u"    fields:"_s;
            for (const QString& field : consumer.fields)
                lines += u"      - "_s + exportScalar(field);
            ServiceEntry& receiver = service(consumer.service, consumer.team, QString());
            receiver.receives += lines;
            addOnce(receiver.events.receives, event.eventType);
        }
    }

    /// A service belongs to the domain of the first event it publishes.
    ServiceEntry& service(const QString& name, const QString& team, const QString& domain)
    {
        ServiceEntry& entry = m_services[name];
        if (entry.team.isEmpty())
            entry.team = team;
        if (entry.domain.isEmpty() && !domain.isEmpty()) {
            entry.domain = domain;
            m_domains[domain].services += name;
        }
        return entry;
    }

    void addTeam(const QString& name, const QString& slack, const QString& oncall, const QString& event,
                 QStringList EventShare::*share)
    {
        if (name.isEmpty())
            return;
        TeamEntry& team = m_teams[name];
        addOnce(team.events.*share, event);
        ProducerEntry& contact = team.contact;
        if (contact.slackChannel.isEmpty())
            contact.slackChannel = slack;
        if (contact.oncallRotation.isEmpty())
            contact.oncallRotation = oncall;
    }

    void page(const QString& path, const QStringList& front, QStringList body)
    {
        while (!body.isEmpty() && body.first().isEmpty())
            body.removeFirst();
        const QString text = u"---\n"_s + front.join(u'\n') + u"\n---\n"_s +
                             (body.isEmpty() ? QString() : u'\n' + body.join(u'\n') + u'\n');
        m_out.files.push_back({path, text.toUtf8()});
    }

    QStringList head(const QString& id, const QString& name, const QString& version, const QString& summary,
                     const QStringList& owners)
    {
        QStringList front{u"id: "_s + exportScalar(id), u"name: "_s + exportScalar(name),
                          u"version: "_s + exportScalar(version)};
        if (!summary.isEmpty())
            front += u"summary: "_s + exportScalar(summary);
        if (!owners.isEmpty())
            front += u"owners:"_s;
        for (const QString& owner : owners)
            front += u"  - "_s + exportScalar(m_teamNames.of(owner));
        return front;
    }

    static QStringList listOf(const QString& title, const QStringList& names)
    {
        QStringList lines;
        if (!names.isEmpty())
            lines << QString() << title << QString();
        for (const QString& name : names)
            lines += u"- "_s + exportProse(name);
        return lines;
    }

    void writeEvent(const JoinedEvent& event)
    {
        const QString id = m_events.of(event.eventType);
        QStringList owners;
        addOnce(owners, event.producer.team);
        QStringList front = head(id, event.eventType, versionOf(event), event.description, owners);
        if (!event.tags.isEmpty())
            front += u"badges:"_s;
        for (const QString& tag : event.tags)
            front << u"  - content: "_s + exportScalar(tag) << u"    backgroundColor: blue"_s
                  << u"    textColor: blue"_s;
        if (event.isDeprecated())
            front += u"deprecated: true"_s;
        if (!event.topic.isEmpty())
            front << u"channels:"_s << u"  - id: "_s + exportScalar(m_channels.of(event.topic))
                  << u"    version: 1.0.0"_s;
        const QString schema = writeSchema(event, u"events/"_s + id);
        if (!schema.isEmpty())
            front += u"schemaPath: "_s + exportScalar(schema);
        page(u"events/%1/index.mdx"_s.arg(id), front, bodyOf(event));
    }

    /// The file as it is, beside the event's page. @return  its name there; empty: none
    QString writeSchema(const JoinedEvent& event, const QString& folder)
    {
        if (event.schema.file.isEmpty() || !event.schema.isThere)
            return {};
        const QString root = QFileInfo(m_input.folder).canonicalFilePath() + u'/';
        const QString path = QFileInfo(event.schema.file).canonicalFilePath();
        if (!path.startsWith(root)) {
            m_out.notes += u"%1: lies outside the workspace; it is left out"_s.arg(event.schemaPath);
            return {};
        }
        Checked<QByteArray> bytes = readUserFile(path, mostSchemaBytes);
        if (!bytes.value) {
            m_out.notes += u"%1: cannot be read whole; it is left out"_s.arg(event.schemaPath);
            return {};
        }
        const QFileInfo file(path);
        const QString name = SlugMaker().of(file.fileName());
        m_out.files.push_back({folder + u'/' + name, std::move(*bytes.value)});
        return name;
    }

    static QStringList bodyOf(const JoinedEvent& event)
    {
        QStringList rows;
        const auto row = [&rows](const QString& name, const QString& value) {
            if (!value.isEmpty())
                rows += u"| "_s + name + u" | "_s + exportProse(value) + u" |"_s;
        };
        row(u"Domain"_s, event.domain);
        row(u"Topic"_s, event.topic);
        row(u"Partition key"_s, event.partitionKey);
        row(u"Messages per day"_s, event.avgDailyVolume ? QString::number(*event.avgDailyVolume) : QString());
        row(u"Bytes per message"_s, event.avgPayloadBytes ? QString::number(*event.avgPayloadBytes) : QString());
        row(u"Retention in days"_s, event.retentionDays ? QString::number(*event.retentionDays, 'g', 12) : QString());
        row(u"Created"_s, event.createdAt);
        row(u"Last change of its schema"_s, event.lastSchemaChange);
        QStringList body;
        if (!rows.isEmpty())
            body = QStringList{u"| Fact | Value |"_s, u"| --- | --- |"_s} + rows;
        QStringList consumers;
        for (const JoinedConsumer& consumer : event.consumers) {
            const QString promise =
                consumer.sloProcessingTimeMs
                    ? u"%1 ms for %2 %"_s.arg(QString::number(*consumer.sloProcessingTimeMs, 'g', 12),
                                              QString::number(consumer.sloObjective * 100, 'g', 6))
                    : u"none"_s;
            consumers += u"| %1 | %2 | %3 | %4 |"_s.arg(exportProse(consumer.service), exportProse(consumer.team),
                                                        exportProse(consumer.purpose), exportProse(promise));
        }
        if (!consumers.isEmpty()) {
            body << QString() << u"| Consumer | Team | Purpose | Promise |"_s << u"| --- | --- | --- | --- |"_s;
            body += consumers;
        }
        return body;
    }

    void writeService(const QString& name, const ServiceEntry& entry)
    {
        const QString id = m_serviceNames.of(name);
        QStringList owners;
        addOnce(owners, entry.team);
        QStringList front = head(id, name, u"1.0.0"_s, summaryOf(entry.events), owners);
        if (!entry.sends.isEmpty())
            front << u"sends:"_s << entry.sends;
        if (!entry.receives.isEmpty())
            front << u"receives:"_s << entry.receives;
        page(u"services/%1/index.mdx"_s.arg(id), front, bodyOf(entry.events));
    }

    static QStringList bodyOf(const EventShare& share)
    {
        return listOf(u"Publishes"_s, share.publishes) + listOf(u"Receives"_s, share.receives);
    }

    void writeDomain(const QString& name, const Grouping& entry)
    {
        const QString id = m_domainNames.of(name);
        QStringList front = head(id, name, u"1.0.0"_s, u"Publishes %1."_s.arg(someOf(entry.events)), entry.teams);
        front += u"services:"_s;
        for (const QString& service : entry.services)
            front << u"  - id: "_s + exportScalar(m_serviceNames.of(service)) << u"    version: 1.0.0"_s;
        page(u"domains/%1/index.mdx"_s.arg(id), front, listOf(u"Events"_s, entry.events));
    }

    void writeChannel(const QString& topic, const Grouping& entry)
    {
        const QString id = m_channels.of(topic);
        QStringList front = head(id, topic, u"1.0.0"_s, u"Carries %1."_s.arg(someOf(entry.events)), entry.teams);
        front << u"address: "_s + exportScalar(topic) << u"protocols:"_s << u"  - kafka"_s;
        QStringList body;
        if (entry.days)
            body += exportProse(u"Records are kept for %1 days."_s.arg(QString::number(*entry.days, 'g', 12)));
        page(u"channels/%1/index.mdx"_s.arg(id), front, body + listOf(u"Events"_s, entry.events));
    }

    void writeTeam(const QString& name, const TeamEntry& entry)
    {
        const QString id = m_teamNames.of(name);
        QStringList front{u"id: "_s + exportScalar(id), u"name: "_s + exportScalar(name),
                          u"summary: "_s + exportScalar(summaryOf(entry.events))};
        QStringList body;
        if (!entry.contact.slackChannel.isEmpty())
            body += exportProse(u"Slack: "_s + entry.contact.slackChannel);
        if (!entry.contact.oncallRotation.isEmpty())
            body << QString() << exportProse(u"On call: "_s + entry.contact.oncallRotation);
        page(u"teams/%1.mdx"_s.arg(id), front, body + bodyOf(entry.events));
    }

    const CatalogExport& m_input;
    ExportedCatalog m_out;
    std::map<QString, ServiceEntry> m_services;
    std::map<QString, Grouping> m_domains;
    std::map<QString, Grouping> m_topics;
    std::map<QString, TeamEntry> m_teams;
    SlugMaker m_events;
    SlugMaker m_channels;
    SlugMaker m_serviceNames;
    SlugMaker m_domainNames;
    SlugMaker m_teamNames;
};

} // namespace

ExportedCatalog eventCatalogExport(const CatalogExport& input)
{
    return EventCatalogWriter(input).write();
}

} // namespace spillway
