// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/doctor.h"

#include "model/base/counted.h"
#include "model/base/text.h"
#include "model/deadletter/channeloutput.h"
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/lostrecords.h"
#include "model/deadletter/unreadablerecords.h"

#include <algorithm>
#include <array>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString unrecognised = u"unrecognised"_s;

std::int64_t lettersOf(const ChannelOutlook& channel)
{
    std::int64_t letters = 0;
    for (const auto& [dialect, count] : channel.dialects)
        letters += count;
    return letters;
}

std::int64_t lettersOf(const ChannelOutlook& channel, const QString& dialect)
{
    const auto found = channel.dialects.find(dialect);
    return found == channel.dialects.end() ? 0 : found->second;
}

/// The topic's name without what frameworks hang on it for dead letters; nullopt when there is nothing of that kind.
std::optional<QString> withoutSuffix(const QString& topic)
{
    for (const QString& suffix : {u".dlt"_s, u"-dlt"_s, u"_dlt"_s, u".dlq"_s, u"-dlq"_s, u"_dlq"_s, u"-dead-letter"_s,
                                  u".dead-letter"_s, u"-dead-letters"_s, u".dead-letters"_s, u".errors"_s}) {
        if (topic.size() > suffix.size() && topic.endsWith(suffix, Qt::CaseInsensitive))
            return topic.chopped(suffix.size());
    }
    return std::nullopt;
}

/// `topic` stands in `name` as whole words: orders in error.orders.billing, but not in preorders.
bool namesTopic(const QString& name, const QString& topic)
{
    for (qsizetype at = name.indexOf(topic); at >= 0; at = name.indexOf(topic, at + 1)) {
        const qsizetype after = at + topic.size();
        if ((at == 0 || !name[at - 1].isLetterOrNumber()) && (after == name.size() || !name[after].isLetterOrNumber()))
            return true;
    }
    return false;
}

class Doctor
{
public:
    Doctor(const DoctorFacts& facts, const Workspace& workspace, const Catalog& catalog)
        : m_facts(facts)
        , m_workspace(workspace)
        , m_catalog(catalog)
    {
    }

    std::vector<DoctorFinding> findings()
    {
        const bool isAnyAsked = !m_facts.topics.topics().empty();
        for (const ChannelOutlook& channel : m_facts.channels)
            examineChannel(channel);
        if (isAnyAsked)
            examineCriticalEvents();
        else if (!m_workspace.connections.empty())
            add({.rule = DoctorRule::NotAsked,
                 .severity = DoctorSeverity::Info,
                 .sentence = u"No broker was asked about its topics yet"_s,
                 .remedy = u"Collect once"_s,
                 .command = u"spillwayctl collect --once"_s});
        examineOwners();
        std::stable_sort(m_findings.begin(), m_findings.end(), [](const DoctorFinding& a, const DoctorFinding& b) {
            return std::tie(a.severity, a.rule, a.connection, a.subject) <
                   std::tie(b.severity, b.rule, b.connection, b.subject);
        });
        return std::move(m_findings);
    }

private:
    void add(DoctorFinding finding)
    {
        QStringList parts{doctorRuleWord(finding.rule)};
        for (const QString& part : {finding.connection, finding.subject}) {
            if (!part.isEmpty())
                parts += part;
        }
        finding.id = parts.join(u':');
        m_findings.push_back(std::move(finding));
    }

    void addOf(const ChannelOutlook& channel, DoctorFinding finding)
    {
        finding.connection = channel.connection;
        finding.subject = channel.channel;
        add(std::move(finding));
    }

    [[nodiscard]] QString bootstrap(const QString& connection) const
    {
        const ConnectionSettings* settings = m_workspace.connection(connection);
        return settings ? settings->bootstrapServers.join(u',') : QString();
    }

    [[nodiscard]] QString setting(const ChannelOutlook& channel, const QString& what) const
    {
        return u"kafka-configs --bootstrap-server %1 --alter --entity-type topics --entity-name %2 --add-config %3"_s
            .arg(bootstrap(channel.connection), channel.channel, what);
    }

    [[nodiscard]] QString newTopic(const QString& connection, const QString& topic, std::size_t partitions) const
    {
        return u"kafka-topics --bootstrap-server %1 --create --topic %2 --partitions %3 --config retention.ms=1209600000"_s
            .arg(bootstrap(connection), topic)
            .arg(partitions);
    }

    [[nodiscard]] bool isDeadLetterTopic(const QString& clusterId, const QString& topic) const
    {
        const KnownTopic* known = m_facts.topics.topic(clusterId, topic);
        return known ? known->interest.role == TopicRole::DeadLetters
                     : std::any_of(m_facts.channels.begin(), m_facts.channels.end(), [&](const ChannelOutlook& each) {
                           return each.clusterId == clusterId && each.channel == topic;
                       });
    }

    void examineChannel(const ChannelOutlook& channel)
    {
        const QString name = visibleText(channel.channel);
        examineLost(channel);
        examineUnreadable(channel);
        if (channel.topic) {
            const TopicFacts& facts = channel.topic->facts;
            if (facts.exists == false) {
                // One that a pattern brought, or whose letters were read, was there once; nobody is waiting for it.
                if (channel.topic->interest.isNamed)
                    addOf(channel, {.rule = DoctorRule::TopicMissing,
                                    .severity = DoctorSeverity::Error,
                                    .sentence = u"The dead-letter topic %1 does not exist"_s.arg(name),
                                    .evidence = u"named in spillway.yaml, unknown to the broker"_s,
                                    .remedy = u"Correct the name in spillway.yaml, or create the topic"_s,
                                    .command = newTopic(channel.connection, channel.channel, 3)});
                return;
            }
            examineSettings(channel, facts);
            examinePartitions(channel, facts);
        }
        examineDialects(channel);
        examineOrigins(channel);
    }

    /// Is told for as long as a weekly review needs to see it, counted from when its broker was asked last.
    static bool isNews(const ChannelOutlook& channel, const std::optional<PassedOfChannel>& passed)
    {
        return passed && !(channel.topic && passed->ranges.front().noticedAt + reviewPeriod < channel.topic->sampledAt);
    }

    void examineLost(const ChannelOutlook& channel)
    {
        if (!isNews(channel, channel.lost))
            return;
        const PassedOver& newest = channel.lost->ranges.front();
        const TopicSettings settings = channel.topic ? channel.topic->facts.settings : TopicSettings{};
        const std::int64_t wantedMs = wantedRetention().count();
        const bool isShort = settings.deletes == true && settings.retentionTime && settings.retentionTime->most &&
                             settings.retentionTime->most->count() < wantedMs;
        addOf(channel,
              {.rule = DoctorRule::LostBeforeRead,
               .severity = DoctorSeverity::Warning,
               .sentence = u"The broker deleted up to %1 of %2 before Spillway read them"_s.arg(
                   counted(channel.lost->records, u"record"_s), visibleText(channel.channel)),
               .evidence = u"newest: partition %1, %2 · noticed %3 · retention %4"_s.arg(newest.at.partition)
                               .arg(lostOffsets(newest), formatUtc(newest.noticedAt), retentionText(settings)),
               .remedy = isShort ? u"Keep records for two weeks, and let Spillway collect all the time"_s
                                 : u"Let Spillway collect all the time, and nobody delete records it has not read"_s,
               .command = isShort ? setting(channel, u"retention.ms=%1"_s.arg(wantedMs)) : u"spillwayctl collect"_s});
    }

    /// Nobody sees these letters here, and their broker deletes them some day.
    void examineUnreadable(const ChannelOutlook& channel)
    {
        if (!isNews(channel, channel.unreadable))
            return;
        const PassedOver& newest = channel.unreadable->ranges.front();
        addOf(channel, {.rule = DoctorRule::UnreadableRecords,
                        .severity = DoctorSeverity::Error,
                        .sentence = u"Up to %1 of %2 cannot be decoded and were passed over"_s.arg(
                            counted(channel.unreadable->records, u"record"_s), visibleText(channel.channel)),
                        .evidence = u"newest: %1 · noticed %2 · the batch is damaged, or unpacks to more than "
                                    "Spillway takes"_s.arg(unreadablePlace(newest), formatUtc(newest.noticedAt)),
                        .remedy = u"Read them with a Java client while the broker has them, and let the producer make "
                                  "smaller batches"_s,
                        .command = unreadableCommand(bootstrap(channel.connection), newest)});
    }

    /// Two weeks, or twice the age at which a letter is P1.
    [[nodiscard]] Millis wantedRetention() const
    {
        return std::max(2 * reviewPeriod, 2 * m_workspace.alerts.deadLetterP1Age);
    }

    void examineSettings(const ChannelOutlook& channel, const TopicFacts& facts)
    {
        const QString name = visibleText(channel.channel);
        const TopicSettings& settings = facts.settings;
        if (facts.failure && !settings.deletes) {
            const qsizetype grant = facts.failure->detail.indexOf(u"kafka-acls "_s);
            addOf(channel, {.rule = DoctorRule::SettingsUnknown,
                            .severity = DoctorSeverity::Info,
                            .sentence = u"How long %1 keeps letters is unknown"_s.arg(name),
                            .evidence = visibleText(facts.failure->detail),
                            .remedy = u"Grant the right"_s,
                            .command = grant < 0 ? QString() : facts.failure->detail.mid(grant)});
        }
        if (settings.compacts == true)
            addOf(channel,
                  {.rule = DoctorRule::Compacted,
                   .severity = DoctorSeverity::Error,
                   .sentence = u"%1 is compacted: a letter disappears when the next of its key arrives"_s.arg(name),
                   .evidence = u"cleanup.policy contains compact"_s,
                   .remedy = u"Let it delete by age instead"_s,
                   .command = setting(channel, u"cleanup.policy=delete"_s)});
        examineRetention(channel);
    }

    void examineRetention(const ChannelOutlook& channel)
    {
        const TopicSettings& settings = channel.topic->facts.settings;
        if (settings.deletes != true)
            return;
        const Millis wanted = std::max(m_workspace.alerts.deadLetterP1Age, reviewPeriod);
        const std::optional<Millis> byTime = settings.retentionTime ? settings.retentionTime->most : std::nullopt;
        if (byTime && *byTime < wanted)
            return addShortRetention(channel, *byTime, u"retention.ms %1"_s.arg(byTime->count()),
                                     u"retention.ms=%1"_s.arg(wantedRetention().count()), {});
        const std::optional<std::int64_t> mostBytes =
            settings.retentionBytes ? settings.retentionBytes->most : std::nullopt;
        if (!mostBytes)
            return;
        const SizeLife life = sizeLife(*channel.topic, *mostBytes);
        const QString limit = u"retention.bytes %1"_s.arg(*mostBytes);
        if (life.kept && *life.kept < wanted)
            return addShortRetention(channel, *life.kept, limit + u", at the growth of the last day"_s,
                                     u"retention.bytes=-1,retention.ms=%1"_s.arg(wantedRetention().count()),
                                     u" at the growth of the last day"_s);
        if (life.kept)
            return;
        const QString name = visibleText(channel.channel);
        addOf(
            channel,
            {.rule = DoctorRule::RetentionBySize,
             .severity = life.isFull ? DoctorSeverity::Warning : DoctorSeverity::Info,
             .sentence = life.isFull ? u"%1 holds all it may: its oldest letters go as new ones come"_s.arg(name)
                                     : u"How long %1 keeps letters hangs on its size, and how fast it grows is not "
                                       "known yet"_s.arg(name),
             .evidence = limit + u" · review every %1 · P1 after %2"_s.arg(
                                     formatDuration(reviewPeriod), formatDuration(m_workspace.alerts.deadLetterP1Age)),
             .remedy = u"Limit it by age, not by size"_s,
             .command = setting(channel, u"retention.bytes=-1,retention.ms=%1"_s.arg(wantedRetention().count()))});
    }

    /// How long a record stays in a log that may hold so many bytes.
    struct SizeLife
    {
        std::optional<Millis> kept; ///< of the partition that grows fastest; nullopt: no growth, or none known
        bool isFull = false;        ///< one holds as much as it may
    };
    static SizeLife sizeLife(const KnownTopic& topic, std::int64_t mostBytes)
    {
        constexpr double dayMs = 86'400'000;
        constexpr double longestMs = 3650 * dayMs; // ten years are as good as for ever
        SizeLife life;
        for (std::size_t i = 0; i < topic.facts.partitions.size(); ++i) {
            const PartitionLog& log = topic.facts.partitions[i];
            const double perDay = i < topic.recordsPerDay.size() ? topic.recordsPerDay[i].value_or(0) : 0;
            life.isFull = life.isFull || (log.sizeBytes && *log.sizeBytes >= mostBytes);
            if (!log.sizeBytes || *log.sizeBytes <= 0 || !log.logStart || !log.end || *log.end <= *log.logStart ||
                perDay <= 0)
                continue;
            const double recordBytes =
                static_cast<double>(*log.sizeBytes) / static_cast<double>(log.end->value - log.logStart->value);
            const double keptMs = std::min(static_cast<double>(mostBytes) / recordBytes / perDay * dayMs, longestMs);
            const Millis kept{static_cast<std::int64_t>(keptMs)};
            life.kept = std::min(life.kept.value_or(kept), kept);
        }
        return life;
    }

    /// @param command  what keeps them longer  @param why  added to the sentence
    void addShortRetention(const ChannelOutlook& channel, Millis kept, const QString& evidence, const QString& command,
                           const QString& why)
    {
        const QString name = visibleText(channel.channel);
        const Millis p1 = m_workspace.alerts.deadLetterP1Age;
        const bool isBelowP1 = kept < p1;
        addOf(channel,
              {.rule = isBelowP1 ? DoctorRule::RetentionBelowP1 : DoctorRule::RetentionBelowReview,
               .severity = isBelowP1 ? DoctorSeverity::Error : DoctorSeverity::Warning,
               .sentence = isBelowP1 ? u"%1 keeps letters for %2%3, shorter than the %4 after which one is P1"_s.arg(
                                           name, formatDuration(kept), why, formatDuration(p1))
                                     : u"%1 keeps letters for %2%3, shorter than the week between two reviews"_s.arg(
                                           name, formatDuration(kept), why),
               .evidence = evidence +
                           u" · review every %1 · P1 after %2"_s.arg(formatDuration(reviewPeriod), formatDuration(p1)),
               .remedy = u"Keep them for two weeks"_s,
               .command = setting(channel, command)});
    }

    void examinePartitions(const ChannelOutlook& channel, const TopicFacts& facts)
    {
        if (facts.partitions.size() != 1)
            return;
        QString widest;
        std::size_t most = 1;
        const auto look = [&](const QString& origin) {
            const KnownTopic* known = m_facts.topics.topic(channel.clusterId, origin);
            if (known && known->facts.partitions.size() > most) {
                most = known->facts.partitions.size();
                widest = origin;
            }
        };
        for (const auto& [origin, letters] : channel.origins)
            look(origin);
        if (const auto origin = withoutSuffix(channel.channel))
            look(*origin);
        if (most == 1)
            return;
        addOf(channel, {.rule = DoctorRule::SinglePartition,
                        .severity = DoctorSeverity::Warning,
                        .sentence = u"%1 has one partition, its source %2 has %3"_s
                                        .arg(visibleText(channel.channel), visibleText(widest))
                                        .arg(most),
                        .evidence = u"1 partition · source %1"_s.arg(most),
                        .remedy = u"Give it as many partitions as its source"_s,
                        .command = u"kafka-topics --bootstrap-server %1 --alter --topic %2 --partitions %3"_s
                                       .arg(bootstrap(channel.connection), channel.channel)
                                       .arg(most)});
    }

    [[nodiscard]] bool isMapped(const ChannelOutlook& channel) const
    {
        const ConnectionSettings* settings = m_workspace.connection(channel.connection);
        return settings && mappingOfChannel(settings->deadLetters, channel.channel) != nullptr;
    }

    void examineDialects(const ChannelOutlook& channel)
    {
        const std::int64_t all = lettersOf(channel);
        const std::int64_t none = lettersOf(channel, unrecognised);
        if (none == 0 || isMapped(channel))
            return;
        const QString name = visibleText(channel.channel);
        // A connector's letters that tell prove that its headers are on: what tells nothing beside them is another's.
        const bool isOfConnector =
            namesTopic(channel.channel.toLower(), u"connect"_s) || namesTopic(channel.channel.toLower(), u"sink"_s);
        const QString evidence = u"%1 of %2 letters unrecognised"_s.arg(formatCount(none), formatCount(all));
        const QString list = u"spillwayctl dlq list --query 'channel:\"%1\" dialect:unrecognised' --limit 10"_s;
        if (isOfConnector)
            addOf(
                channel,
                {.rule = DoctorRule::ConnectWithoutHeaders,
                 .severity = DoctorSeverity::Warning,
                 .sentence = u"%1 takes a connector's letters that do not say why they failed"_s.arg(name),
                 .evidence = evidence,
                 .remedy = u"Set errors.deadletterqueue.context.headers.enable=true in the connector's configuration"_s,
                 .command = list.arg(channel.channel)});
        else if (2 * none > all)
            addOf(channel, {.rule = DoctorRule::MostlyUnrecognised,
                            .severity = DoctorSeverity::Warning,
                            .sentence = u"No dialect fits most letters of %1"_s.arg(name),
                            .evidence = evidence,
                            .remedy = u"Write a mapping for it in spillway.yaml, then read its letters again"_s,
                            .command = list.arg(channel.channel)});
    }

    void examineOrigins(const ChannelOutlook& channel)
    {
        QString from;
        std::int64_t letters = 0;
        for (const auto& [origin, count] : channel.origins) {
            if (isDeadLetterTopic(channel.clusterId, origin) && count > letters) {
                from = origin;
                letters = count;
            }
        }
        if (const auto origin = withoutSuffix(channel.channel);
            from.isEmpty() && origin && isDeadLetterTopic(channel.clusterId, *origin))
            from = *origin;
        if (from.isEmpty())
            return;
        const bool isItself = from == channel.channel;
        addOf(channel, {.rule = DoctorRule::DeadLettersOfDeadLetters,
                        .severity = DoctorSeverity::Warning,
                        .sentence = isItself ? u"%1 takes the failures of its own reader"_s.arg(visibleText(from))
                                             : u"%1 takes the dead letters of %2, a dead-letter topic itself"_s.arg(
                                                   visibleText(channel.channel), visibleText(from)),
                        .evidence = letters == 1  ? u"1 letter comes from it"_s
                                    : letters > 0 ? u"%1 letters come from it"_s.arg(formatCount(letters))
                                                  : u"by its name"_s,
                        .remedy = u"Let the reader of dead letters fail loudly instead of dead-lettering again"_s,
                        .command = u"spillwayctl dlq list --query 'channel:\"%1\"' --limit 10"_s.arg(channel.channel)});
    }

    void examineCriticalEvents()
    {
        const bool isShared = std::any_of(m_facts.channels.begin(), m_facts.channels.end(),
                                          [](const ChannelOutlook& each) { return each.origins.size() > 1; });
        for (const CatalogEvent& event : m_catalog.events()) {
            if (!event.tags.contains(u"critical"_s, Qt::CaseInsensitive) || event.topic.isEmpty())
                continue;
            const bool isKnown =
                std::any_of(m_facts.channels.begin(), m_facts.channels.end(), [&](const ChannelOutlook& each) {
                    return each.origins.contains(event.topic) || (namesTopic(each.channel, event.topic) &&
                                                                  !(each.topic && each.topic->facts.exists == false));
                });
            if (isKnown)
                continue;
            const QString where = m_workspace.connections.empty() ? QString() : m_workspace.connections.front().name;
            add({.rule = DoctorRule::NoDeadLetterTopic,
                 .severity = isShared ? DoctorSeverity::Warning : DoctorSeverity::Error,
                 .subject = event.eventType,
                 .sentence =
                     u"No dead-letter topic is known for the critical event %1"_s.arg(visibleText(event.eventType)),
                 .evidence = u"topic %1 · none of %2 dead-letter topics is named after it or holds letters from it"_s
                                 .arg(visibleText(event.topic))
                                 .arg(m_facts.channels.size()),
                 .remedy = u"Name its dead-letter topic under dead_letters in spillway.yaml, or make one"_s,
                 .command = newTopic(where, event.topic + u".DLT"_s, 3)});
        }
    }

    void examineOwners()
    {
        std::int64_t letters = 0;
        QStringList types;
        for (const OpenLetterCount& count : m_facts.letters) {
            if (count.team || count.open <= 0)
                continue;
            letters += count.open;
            types += count.eventType ? visibleText(*count.eventType) : u"unknown type"_s;
        }
        if (letters == 0)
            return;
        add({.rule = DoctorRule::Unowned,
             .severity = DoctorSeverity::Warning,
             .sentence = letters == 1 ? u"One open dead letter belongs to nobody"_s
                                      : u"%1 open dead letters belong to nobody"_s.arg(formatCount(letters)),
             .evidence = types.mid(0, 10).join(u" · "_s),
             .remedy = u"Write consumer, event and consumer_group into ownership.yaml"_s,
             .command = u"spillwayctl dlq list --query '-team~\".\"' --limit 10"_s});
    }

    const DoctorFacts& m_facts;
    const Workspace& m_workspace;
    const Catalog& m_catalog;
    std::vector<DoctorFinding> m_findings;
};

} // namespace

std::vector<DoctorFinding> examine(const DoctorFacts& facts, const Workspace& workspace, const Catalog& catalog)
{
    return Doctor(facts, workspace, catalog).findings();
}

Result<DoctorFacts> keptDoctorFacts(Database& reader)
{
    auto channels = keptOutlooks(reader);
    if (!channels)
        return tl::unexpected<Error>(channels.error());
    auto topics = topicBook(reader);
    if (!topics)
        return tl::unexpected<Error>(topics.error());
    auto letters = openLetterCounts(reader);
    if (!letters)
        return tl::unexpected<Error>(letters.error());
    return DoctorFacts{std::move(*channels), std::move(*topics), std::move(*letters)};
}

Result<std::vector<DoctorFinding>> doctorFindings(Database& reader, const Workspace& workspace, const Catalog& catalog,
                                                  UtcTime now, std::stop_token stop)
{
    auto channels = channelOutlooks(reader, now, std::move(stop));
    if (!channels)
        return tl::unexpected<Error>(channels.error());
    auto facts = keptDoctorFacts(reader);
    if (!facts)
        return tl::unexpected<Error>(facts.error());
    facts->channels = std::move(*channels);
    return examine(*facts, workspace, catalog);
}

} // namespace spillway
