// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/drift.h"

#include "model/base/text.h"
#include "model/catalog/lintchecks.h"
#include "model/workspace/issuelist.h"

#include <QDateTime>
#include <QHash>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double dayMs = 86'400'000;
constexpr Millis shortestWindow{6 * 3'600'000}; // less says nothing of a day
constexpr std::int64_t fewestRecords = 5;

QString askedAt(const QString& connection, UtcTime at)
{
    return u"%1 at %2"_s.arg(connection, formatUtc(at));
}

/// Two digits that matter: what is measured is not more exact.
std::int64_t rounded(double value)
{
    if (value < 100)
        return std::max<std::int64_t>(0, std::llround(value));
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
    return std::llround(value / unit) * std::llround(unit);
}

bool differs(double declared, double observed, double tolerance)
{
    if (declared <= 0 || observed <= 0)
        return declared != observed;
    return declared > observed * tolerance || observed > declared * tolerance;
}

/// A name as frameworks give it to a topic of dead letters: orders.DLT (Spring), error.orders.billing (its binder),
/// dead-letter-topic-orders (SmallRye), orders-dlq.
bool isDeadLetterName(const QString& topic)
{
    static const QRegularExpression words(u"(^|[-._])(dlt|dlq|dead[-._]?letters?)([-._]|$)|^error[.][^.]"_s,
                                          QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression camel(u"[a-z](DLT|DLQ|DeadLetters?)$"_s);
    return words.match(topic).hasMatch() || camel.match(topic).hasMatch();
}

class DriftFinder
{
public:
    DriftFinder(const CatalogSources& sources, const DriftFacts& facts, FindingList& out)
        : m_sources(sources)
        , m_facts(facts)
        , m_out(out)
    {
        for (const JoinedEvent& event : sources.events) {
            if (!event.topic.isEmpty())
                m_eventsOfTopic[event.topic].push_back(&event);
        }
        for (const KnownTopic& topic : facts.topics)
            m_known[topic.facts.topic].push_back(&topic);
        for (const EventSample& sample : facts.samples)
            m_samples[sample.topic].push_back(&sample);
    }

    void find()
    {
        if (m_facts.topics.empty() && m_facts.readings.empty() && m_facts.clusterTopics.empty()) {
            m_out.add(u"not-observed", {m_sources.catalog.text.file(), 0, 0}, QString(),
                      u"nothing was observed yet, so nothing can be compared"_s,
                      u"run spillwayctl collect --once, then look again"_s);
            return;
        }
        findTopics();
        findUndeclaredTopics();
        findGroups();
        findVolumes();
        findPayloads();
    }

private:
    [[nodiscard]] FilePlace listedPlace(const JoinedEvent& event, QStringView key) const
    {
        return placeOf(m_sources.catalog.text.file(), m_sources.listedNode(event.eventType), key);
    }

    /// Writes a measured number where another one, or none, stands.
    [[nodiscard]] std::optional<FixIt> numberFix(const JoinedEvent& event, const QString& key,
                                                 const QString& number) const
    {
        const YamlNode* map = m_sources.listedNode(event.eventType);
        if (map == nullptr)
            return std::nullopt;
        const YamlNode* value = map->find(key);
        const QString title = u"set %1 of %2 to %3, as observed"_s.arg(key, event.eventType, number);
        return value != nullptr ? fixOf(title, replaceScalar(m_sources.catalog.text, *value, number))
                                : fixOf(title, addKey(m_sources.catalog.text, *map, key, number));
    }

    void findTopics()
    {
        for (const auto& [topic, events] : m_eventsOfTopic) {
            const KnownTopic* there = nullptr;
            const KnownTopic* absent = nullptr;
            const KnownTopic* hidden = nullptr;
            for (const KnownTopic* known : m_known.value(topic))
                (known->facts.exists == true ? there : known->facts.exists == false ? absent : hidden) = known;
            for (const JoinedEvent* event : events) {
                if (there != nullptr)
                    findRetention(*event, *there);
                else if (hidden != nullptr)
                    m_out.add(u"not-observed", listedPlace(*event, u"topic"), event->eventType,
                              u"whether topic %1 is there cannot be seen"_s.arg(quoted(topic)),
                              u"grant the right to describe it"_s, std::nullopt,
                              hidden->facts.failure ? hidden->facts.failure->detail : QString());
                else if (absent != nullptr)
                    m_out.add(u"topic-absent", listedPlace(*event, u"topic"), event->eventType,
                              u"topic %1 of event %2 is on no broker"_s.arg(quoted(topic), quoted(event->eventType)),
                              u"correct topic, create it, or remove the event"_s, std::nullopt,
                              u"no such topic on "_s + askedAt(absent->connection, absent->sampledAt));
                else
                    m_out.add(u"not-observed", listedPlace(*event, u"topic"), event->eventType,
                              u"topic %1 was not asked about yet"_s.arg(quoted(topic)),
                              u"run spillwayctl collect --once, then look again"_s);
            }
        }
    }

    void findRetention(const JoinedEvent& event, const KnownTopic& topic)
    {
        const TopicSettings& settings = topic.facts.settings;
        if (!event.retentionDays || !settings.retentionTime || settings.deletes == std::optional(false))
            return;
        const QString asked = askedAt(topic.connection, topic.sampledAt);
        const QString declared = QString::number(*event.retentionDays);
        if (!settings.retentionTime->most) {
            m_out.add(u"retention-drift", listedPlace(event, u"retention_days"), event.eventType,
                      u"event %1 declares %2 days, and topic %3 keeps records for ever"_s.arg(
                          quoted(event.eventType), declared, quoted(event.topic)),
                      u"set retention.ms of the topic, or take retention_days out"_s, std::nullopt,
                      u"retention.ms=-1 on "_s + asked);
            return;
        }
        const double days = static_cast<double>(settings.retentionTime->most->count()) / dayMs;
        if (std::abs(days - *event.retentionDays) <= 0.01 * std::max(days, *event.retentionDays))
            return;
        const QString observed = QString::number(days, 'g', 6);
        m_out.add(u"retention-drift", listedPlace(event, u"retention_days"), event.eventType,
                  u"event %1 declares %2 days, and topic %3 keeps records %4 days"_s.arg(
                      quoted(event.eventType), declared, quoted(event.topic), observed),
                  u"write retention_days: %1, or change the topic"_s.arg(observed),
                  numberFix(event, u"retention_days"_s, observed),
                  u"retention.ms=%1 on %2"_s.arg(settings.retentionTime->most->count()).arg(asked));
    }

    /// What a framework makes beside a declared topic, and what the workspace names for another reason.
    [[nodiscard]] bool isAccountedFor(const QString& name) const
    {
        if (name.startsWith(u'_') || m_eventsOfTopic.contains(name) || name.endsWith(u"-changelog"_s) ||
            name.endsWith(u"-repartition"_s) || name.startsWith(u"connect-"_s))
            return true;
        for (const ConnectionSettings& connection : m_sources.workspace.connections) {
            for (const DeadLetterTopic& channel : connection.deadLetters) {
                if (channel.selector.topic == name ||
                    (!channel.selector.pattern.isEmpty() &&
                     QRegularExpression(QRegularExpression::anchoredPattern(channel.selector.pattern))
                         .match(name)
                         .hasMatch()))
                    return true;
            }
            for (const ProcessingLogSettings& log : connection.processingLogs) {
                if (log.topic == name)
                    return true;
            }
        }
        static const QRegularExpression beside(u"[-._]retry([-._].*)?$"_s, QRegularExpression::CaseInsensitiveOption);
        const auto match = beside.match(name);
        return match.hasMatch() && m_eventsOfTopic.contains(name.left(match.capturedStart()));
    }

    void findUndeclaredTopics()
    {
        const YamlNode* list =
            m_sources.catalog.isNamed() ? m_sources.catalog.document.root->find(u"catalog") : nullptr;
        const FilePlace place =
            placeOf(m_sources.catalog.text.file(),
                    m_sources.catalog.isNamed() ? m_sources.catalog.document.root : nullptr, u"catalog");
        std::set<QString> said;
        for (const ClusterTopic& topic : m_facts.clusterTopics) {
            if (isAccountedFor(topic.name) || !said.insert(topic.name).second)
                continue;
            if (isDeadLetterName(topic.name)) {
                addUnnamedDeadLetters(topic);
                continue;
            }
            QStringList readers;
            for (const GroupReading& reading : m_facts.readings) {
                if (reading.topic == topic.name && reading.hasCommitted)
                    readers += reading.group;
            }
            QString type = topic.name;
            type.replace(u'-', u'.').replace(u'_', u'.');
            std::optional<FixIt> fix;
            if (list != nullptr)
                fix = fixOf(u"add an entry for it; name its event, producer and consumers"_s,
                            addBlock(m_sources.catalog.text, *list,
                                     {u"- event_type: "_s + yamlScalar(type), u"  topic: "_s + yamlScalar(topic.name)}),
                            false);
            m_out.add(u"topic-undeclared", place, QString(),
                      u"topic %1 is on the broker, and no event declares it%2"_s.arg(
                          quoted(topic.name),
                          readers.isEmpty() ? QString()
                                            : u"; %1 reads it"_s.arg(
                                                  readers.first(std::min<qsizetype>(3, readers.size())).join(u", "_s))),
                      u"add its event to the catalog, or remove the topic"_s, std::move(fix),
                      u"seen on "_s + askedAt(topic.connection, topic.seenAt));
        }
    }

    void addUnnamedDeadLetters(const ClusterTopic& topic)
    {
        const ConnectionSettings* connection = m_sources.workspace.connection(topic.connection);
        m_out.add(u"dead-letters-unread",
                  connection != nullptr ? connection->place : FilePlace{m_sources.workspace.file, 0, 0}, QString(),
                  u"topic %1 looks like a dead-letter topic, and no one reads it"_s.arg(quoted(topic.name)),
                  u"name it under dead_letters of connection %1: { topic: %2 }, or a pattern for several"_s.arg(
                      quoted(topic.connection), yamlScalar(topic.name)),
                  std::nullopt, u"seen on "_s + askedAt(topic.connection, topic.seenAt));
    }

    void findGroups()
    {
        const bool needsApproval = m_sources.model.rules().consumerRegistration == u"requires_producer_approval";
        std::set<std::pair<QString, QString>> reads;
        std::map<QString, QString> readers; // of each topic: a group that has committed there
        for (const GroupReading& reading : m_facts.readings) {
            if (!reading.hasCommitted)
                continue;
            reads.insert({reading.group, reading.topic});
            readers.emplace(reading.topic, reading.group);
        }
        for (const GroupReading& reading : m_facts.readings) {
            const auto events = m_eventsOfTopic.find(reading.topic);
            if (!reading.hasCommitted || events == m_eventsOfTopic.end())
                continue;
            const auto lists = [&](const JoinedEvent* event) {
                return std::any_of(event->consumers.begin(), event->consumers.end(),
                                   [&](const JoinedConsumer& consumer) {
                                       return consumer.group == reading.group || consumer.service == reading.group;
                                   });
            };
            if (std::none_of(events->second.begin(), events->second.end(), lists))
                addViolation(reading, *events->second.front(), events->second.size(), needsApproval);
        }
        for (const JoinedEvent& event : m_sources.events) {
            for (const JoinedConsumer& consumer : event.consumers) {
                if (!consumer.isOwned || event.topic.isEmpty() || reads.contains({consumer.group, event.topic}) ||
                    !isThere(event.topic))
                    continue;
                m_out.add(
                    u"group-absent", consumer.place, event.eventType,
                    u"%1 is listed for event %2, and its group %3 never committed in topic %4"_s.arg(
                        quoted(consumer.service), quoted(event.eventType), quoted(consumer.group), quoted(event.topic)),
                    u"correct consumer_group, or remove the consumer"_s, std::nullopt,
                    readers.contains(event.topic) ? u"others have committed there, like "_s + readers[event.topic]
                                                  : u"no group has committed there"_s);
            }
        }
    }

    [[nodiscard]] bool isThere(const QString& topic) const
    {
        const auto known = m_known.value(topic);
        return std::any_of(known.begin(), known.end(), [](const KnownTopic* one) { return one->facts.exists == true; });
    }

    void addViolation(const GroupReading& reading, const JoinedEvent& event, std::size_t events, bool needsApproval)
    {
        const auto service = m_sources.model.serviceOfGroup(reading.group);
        const auto team = m_sources.model.teamOfGroup(reading.group);
        const YamlNode* map = m_sources.ownedNode(event.eventType);
        const YamlNode* list = map != nullptr && map->kind == YamlNode::Kind::Map ? map->find(u"consumers") : nullptr;
        std::optional<FixIt> fix;
        if (list != nullptr && list->kind == YamlNode::Kind::Sequence) {
            QStringList lines{u"- team: "_s + yamlScalar(team.value_or(u"unknown-team"_s)),
                              u"  service: "_s + yamlScalar(service.value_or(reading.group))};
            if (service.value_or(reading.group) != reading.group)
                lines += u"  consumer_group: "_s + yamlScalar(reading.group);
            fix = fixOf(u"list it for %1%2"_s.arg(event.eventType, team ? QString() : u", and name its team"_s),
                        addBlock(m_sources.ownership.text, *list, lines), false);
        }
        const FilePlace place = event.ownedAt ? *event.ownedAt : event.place();
        const QString what = events == 1 ? u"event "_s + quoted(event.eventType)
                                         : u"%1 events of topic %2"_s.arg(events).arg(quoted(reading.topic));
        m_out.add(
            u"boundary-violation", place, event.eventType,
            u"group %1%2 reads %3 and is listed for none%4"_s.arg(
                quoted(reading.group), team ? u" of "_s + *team : QString(), what,
                needsApproval ? u", which needs the approval of %1"_s.arg(
                                    event.producer.team.isEmpty() ? u"its producer"_s : event.producer.team)
                              : QString()),
            u"list it as a consumer in ownership.yaml, or stop it"_s, std::move(fix),
            u"it committed in topic %1 on %2"_s.arg(reading.topic, askedAt(reading.connection, reading.sampledAt)));
    }

    void findVolumes()
    {
        // A consumer's log counts one event; a topic's growth counts all of its events together.
        QHash<QString, const LoggedVolume*> logged;
        for (const LoggedVolume& volume : m_facts.logged) {
            const LoggedVolume*& best = logged[volume.eventType];
            if (best == nullptr || volume.records > best->records)
                best = &volume;
        }
        QSet<QString> judged;
        for (const JoinedEvent& event : m_sources.events) {
            const LoggedVolume* volume = logged.value(event.eventType, nullptr);
            if (!event.listedAt || volume == nullptr || volume->last - volume->first < shortestWindow ||
                volume->records < fewestRecords)
                continue;
            judged.insert(event.eventType);
            const double perDay = static_cast<double>(volume->records) * dayMs /
                                  static_cast<double>((volume->last - volume->first).count());
            addVolume(event, perDay,
                      u"%1 logged %2 records in %3 until %4"_s.arg(volume->consumer, QString::number(volume->records),
                                                                   formatDuration(volume->last - volume->first),
                                                                   formatUtc(volume->last)));
        }
        for (const ObservedGrowth& growth : m_facts.growth) {
            const auto events = m_eventsOfTopic.find(growth.topic);
            if (events == m_eventsOfTopic.end() || growth.to - growth.from < shortestWindow)
                continue;
            const double perDay =
                static_cast<double>(growth.records) * dayMs / static_cast<double>((growth.to - growth.from).count());
            const QString evidence = u"topic %1 grew by %2 records in %3 until %4"_s.arg(
                growth.topic, QString::number(growth.records), formatDuration(growth.to - growth.from),
                formatUtc(growth.to));
            if (events->second.size() == 1 && !judged.contains(events->second.front()->eventType)) {
                addVolume(*events->second.front(), perDay, evidence);
                continue;
            }
            std::int64_t declared = 0;
            for (const JoinedEvent* event : events->second) {
                if (!event->avgDailyVolume)
                    declared = -1;
                declared += declared >= 0 ? *event->avgDailyVolume : 0;
            }
            const bool isKnown =
                std::all_of(events->second.begin(), events->second.end(),
                            [](const JoinedEvent* event) { return event->avgDailyVolume.has_value(); });
            if (events->second.size() > 1 && isKnown &&
                differs(static_cast<double>(declared), perDay, m_out.policy().volumeTolerance))
                m_out.add(u"volume-drift", listedPlace(*events->second.front(), u"avg_daily_volume"),
                          events->second.front()->eventType,
                          u"the %1 events of topic %2 declare %3 records a day, and %4 were observed"_s
                              .arg(events->second.size())
                              .arg(quoted(growth.topic), formatCount(declared), formatCount(rounded(perDay))),
                          u"correct avg_daily_volume of each"_s, std::nullopt, evidence);
        }
    }

    void addVolume(const JoinedEvent& event, double perDay, const QString& evidence)
    {
        if (event.avgDailyVolume &&
            !differs(static_cast<double>(*event.avgDailyVolume), perDay, m_out.policy().volumeTolerance))
            return;
        const QString number = QString::number(rounded(perDay));
        m_out.add(
            u"volume-drift", listedPlace(event, u"avg_daily_volume"), event.eventType,
            u"event %1 declares %2 records a day, and about %3 were observed"_s.arg(
                quoted(event.eventType), event.avgDailyVolume ? formatCount(*event.avgDailyVolume) : u"no number of"_s,
                formatCount(rounded(perDay))),
            u"write avg_daily_volume: %1"_s.arg(number), numberFix(event, u"avg_daily_volume"_s, number), evidence);
    }

    void findPayloads()
    {
        for (const JoinedEvent& event : m_sources.events) {
            if (!event.listedAt || event.topic.isEmpty())
                continue;
            const auto events = m_eventsOfTopic.find(event.topic);
            std::int64_t records = 0, bytes = 0, largest = 0;
            const EventSample* newest = nullptr;
            for (const EventSample* sample : m_samples.value(event.topic)) {
                if (sample->eventType != event.eventType && (!sample->eventType.isEmpty() || events->second.size() > 1))
                    continue;
                records += sample->records;
                bytes += sample->payloadBytes;
                largest = std::max(largest, sample->largestBytes);
                newest = newest == nullptr || sample->sampledAt > newest->sampledAt ? sample : newest;
            }
            if (newest == nullptr || records < fewestRecords)
                continue;
            const double average = static_cast<double>(bytes) / static_cast<double>(records);
            if (event.avgPayloadBytes &&
                !differs(static_cast<double>(*event.avgPayloadBytes), average, m_out.policy().payloadTolerance))
                continue;
            const QString number = QString::number(rounded(average));
            m_out.add(u"payload-drift", listedPlace(event, u"avg_payload_bytes"), event.eventType,
                      u"event %1 declares %2 per payload, and %3 were observed"_s.arg(
                          quoted(event.eventType),
                          event.avgPayloadBytes ? u"%1 bytes"_s.arg(*event.avgPayloadBytes) : u"no size"_s,
                          u"%1 bytes"_s.arg(number)),
                      u"write avg_payload_bytes: %1"_s.arg(number), numberFix(event, u"avg_payload_bytes"_s, number),
                      u"the newest %1 records of topic %2 average %3 bytes, the largest %4, on %5"_s.arg(
                          QString::number(records), event.topic, QString::number(std::llround(average)),
                          QString::number(largest), askedAt(newest->connection, newest->sampledAt)));
        }
    }

    const CatalogSources& m_sources;
    const DriftFacts& m_facts;
    FindingList& m_out;
    std::map<QString, std::vector<const JoinedEvent*>> m_eventsOfTopic;
    QHash<QString, std::vector<const KnownTopic*>> m_known;
    QHash<QString, std::vector<const EventSample*>> m_samples;
};

} // namespace

LintResult findDrift(const CatalogSources& sources, const LintPolicy& policy, const DriftFacts& facts)
{
    FindingList findings(policy);
    DriftFinder(sources, facts, findings).find();
    const auto today = QDateTime::fromMSecsSinceEpoch(toMs(facts.now), Qt::UTC).date();
    return settleFindings(findings.take(), policy, LintRule::Check::Drift, today);
}

} // namespace spillway
