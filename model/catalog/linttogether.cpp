// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/lintchecks.h"
#include "model/catalog/servicecycles.h"
#include "model/workspace/issuelist.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString spelling(const QString& type)
{
    QString plain;
    for (const QChar c : type.toLower()) {
        if (c.isLetterOrNumber())
            plain += c;
    }
    return plain;
}

void lintLookalikes(const CatalogSources& sources, FindingList& out)
{
    QHash<QString, QString> bySpelling;
    for (const JoinedEvent& event : sources.events) {
        const QString plain = spelling(event.eventType);
        const auto same = bySpelling.constFind(plain);
        if (same == bySpelling.constEnd()) {
            bySpelling.insert(plain, event.eventType);
            continue;
        }
        out.add(u"lookalike-event", event.place(), event.eventType,
                u"event %1 is written almost like %2"_s.arg(quoted(event.eventType), quoted(*same)),
                u"if they are one event, write it the same everywhere; else give it a name of its own"_s);
    }
}

void lintTopics(const CatalogSources& sources, FindingList& out)
{
    QHash<QString, const JoinedEvent*> first;
    for (const JoinedEvent& event : sources.events) {
        if (event.topic.isEmpty() || !event.retentionDays)
            continue;
        const JoinedEvent*& other = first[event.topic];
        if (other == nullptr)
            other = &event;
        else if (*other->retentionDays != *event.retentionDays)
            out.add(u"topic-retention-differs",
                    placeOf(sources.catalog.text.file(), sources.listedNode(event.eventType), u"retention_days"),
                    event.eventType,
                    u"topic %1 is kept %2 days by %3 and %4 days by %5; a topic has one retention"_s.arg(
                        quoted(event.topic), QString::number(*event.retentionDays), event.eventType,
                        QString::number(*other->retentionDays), other->eventType),
                    u"write the same retention_days, or give one of them a topic of its own"_s);
    }
}

/// Names under which frameworks put what failed: after the topic or after the group.
bool takesFailuresOf(const TopicSelector& selector, const QStringList& names, const QSet<QString>& topics)
{
    static const QStringList endings{u".DLT"_s, u"-dlt"_s,         u".dlt"_s,          u".DLQ"_s,
                                     u"-dlq"_s, u".dlq"_s,         u"_dlq"_s,          u"_DLQ"_s,
                                     u"_dlt"_s, u".dead-letter"_s, u"-dead-letter"_s,  u"-dead-letters"_s,
                                     u"-DLQ"_s, u"-error"_s,       u".dead-letters"_s, u"_ERROR"_s};
    if (!selector.topic.isEmpty()) {
        for (const QString& name : names) {
            if (!name.isEmpty() && selector.topic.contains(name, Qt::CaseInsensitive))
                return true;
        }
        // A queue named after no topic at all serves everybody.
        return std::none_of(topics.begin(), topics.end(),
                            [&](const QString& topic) { return selector.topic.contains(topic, Qt::CaseInsensitive); });
    }
    const QRegularExpression pattern(QRegularExpression::anchoredPattern(selector.pattern));
    for (const QString& name : names) {
        for (const QString& ending : endings) {
            if (!name.isEmpty() && (pattern.match(name + ending).hasMatch()))
                return true;
        }
    }
    return false;
}

void lintDeadLetters(const CatalogSources& sources, FindingList& out)
{
    QSet<QString> topics;
    for (const JoinedEvent& event : sources.events) {
        if (!event.topic.isEmpty())
            topics.insert(event.topic);
    }
    QHash<QString, bool> known; // by topic: patterns are slow, and many events share one
    for (const JoinedEvent& event : sources.events) {
        if (!event.hasTag(u"critical") || event.consumers.empty() || event.topic.isEmpty())
            continue;
        QStringList names{event.topic};
        for (const JoinedConsumer& consumer : event.consumers)
            names += {consumer.group, consumer.service};
        const QString key = names.join(u'\n');
        if (!known.contains(key)) {
            bool isTaken = false;
            for (const ConnectionSettings& connection : sources.workspace.connections) {
                for (const DeadLetterTopic& channel : connection.deadLetters)
                    isTaken = isTaken || takesFailuresOf(channel.selector, names, topics);
            }
            known.insert(key, isTaken);
        }
        if (!known.value(key))
            out.add(u"critical-without-dlq",
                    placeOf(sources.catalog.text.file(), sources.listedNode(event.eventType), u"tags"), event.eventType,
                    u"event %1 is critical, and no dead-letter topic of the workspace takes its failures"_s.arg(
                        quoted(event.eventType)),
                    u"add the dead-letter topic of %1 to dead_letters in spillway.yaml"_s.arg(quoted(event.topic)));
    }
}

void lintDomains(const CatalogSources& sources, FindingList& out)
{
    std::map<QString, std::map<QString, int>> domainsOfService;
    std::map<QString, std::map<QString, int>> servicesOfDomain;
    for (const JoinedEvent& event : sources.events) {
        if (event.producer.service.isEmpty())
            continue;
        ++domainsOfService[event.producer.service][event.domain];
        ++servicesOfDomain[event.domain][event.producer.service];
    }
    const auto most = [](const std::map<QString, int>& counts) {
        return std::max_element(counts.begin(), counts.end(),
                                [](const auto& a, const auto& b) { return a.second < b.second; })
            ->first;
    };
    for (const JoinedEvent& event : sources.events) {
        const QString& service = event.producer.service;
        if (service.isEmpty())
            continue;
        const QString home = most(domainsOfService[service]);
        const QString host = most(servicesOfDomain[event.domain]);
        if (home != event.domain && host != service)
            out.add(u"domain-producer",
                    event.listedAt
                        ? placeOf(sources.catalog.text.file(), sources.listedNode(event.eventType), u"producer")
                        : event.place(),
                    event.eventType,
                    u"%1 publishes event %2 into domain %3, which is %4's; its own is %5"_s.arg(
                        quoted(service), quoted(event.eventType), quoted(event.domain), host, quoted(home)),
                    u"correct the domain or the producer, or let %1 publish it"_s.arg(host));
    }
}

void lintCycles(const CatalogSources& sources, FindingList& out)
{
    for (const ServiceCycle& cycle : serviceCycles(sources.events)) {
        constexpr qsizetype shown = 6;
        const QStringList names = cycle.services.first(std::min(shown, cycle.services.size()));
        out.add(u"cyclic-flow", sources.events[cycle.event].place(), sources.events[cycle.event].eventType,
                cycle.services.size() == 1
                    ? u"%1 consumes what it publishes itself"_s.arg(quoted(names.front()))
                    : u"%1 services answer each other in a circle: %2%3"_s.arg(cycle.services.size())
                          .arg(names.join(u", "_s), cycle.services.size() > shown ? u" …"_s : QString()),
                u"make sure that a message cannot go round for ever; waive it if the answer ends the talk"_s);
    }
}

} // namespace

void lintTogether(const CatalogSources& sources, FindingList& out)
{
    lintLookalikes(sources, out);
    lintTopics(sources, out);
    lintDeadLetters(sources, out);
    lintDomains(sources, out);
    lintCycles(sources, out);
}

} // namespace spillway
