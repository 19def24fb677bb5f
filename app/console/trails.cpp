// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/trails.h"

#include "connectors/kafka/connection.h"
#include "connectors/keychain/keychainsecretstore.h"
#include "model/deadletter/letterowner.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/originrecord.h"
#include "model/slo/jsonlsource.h"
#include "model/trail/processingtrail.h"
#include "model/trail/storedtrail.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using End = TopicsRead::End;
constexpr int mostOriginsRead = 20; // each is a look of its own

/// One trail while it is gathered.
class Gathering
{
public:
    Gathering(const Context& context, Database& reader, const TrailRequest& request, UtcTime now,
              TrailProgress* progress, std::stop_token stop)
        : m_context(context)
        , m_reader(reader)
        , m_request(request)
        , m_now(now)
        , m_progress(progress)
        , m_stop(std::move(stop))
        , m_matcher(request.key, context.catalog)
        , m_owners(context.catalog)
    {
        m_trail.report.storedOnly = request.storedOnly;
        if (request.since)
            m_trail.report.since = now - *request.since;
        for (const ConnectionSettings& settings : context.workspace.connections)
            m_connections.push_back(std::make_unique<KafkaConnection>(settings, &m_secrets, &m_clock));
    }

    [[nodiscard]] Status gatherStored();
    void gatherTopics();
    void gatherOrigins();
    void gatherProcessing();
    [[nodiscard]] Trail finish();

private:
    [[nodiscard]] TrailLimits limits() const;
    [[nodiscard]] bool isOver() const { return m_stop.stop_requested() || isSpent(m_trail.report.end); }
    /// A broker that failed leaves the others to be read.
    static bool isSpent(End end) { return end != End::Whole && end != End::Failed; }
    [[nodiscard]] QStringList topicsWanted() const;
    void fail(const QString& connection, const Error& error);
    void linkLetters(const QString& clusterId, std::size_t from);
    void readOrigin(const KafkaConnection& connection, RecordLookup& lookup, TrailEntry& told);
    void readLogs(const QString& connection, RecordSource& source, TimeLookup* times, const QStringList& logs,
                  bool areFiles);
    [[nodiscard]] QStringList logsOf(const ConnectionSettings& settings, ProcessingLogSettings::Kind kind) const;

    const Context& m_context;
    Database& m_reader;
    const TrailRequest& m_request;
    UtcTime m_now;
    TrailProgress* m_progress;
    std::stop_token m_stop;
    TrailMatcher m_matcher;
    OwnerResolver m_owners;
    SystemClock m_clock;
    KeychainSecretStore m_keychain;
    LocalSecretStore m_secrets{&m_keychain};
    std::vector<std::unique_ptr<KafkaConnection>> m_connections; // in the workspace's order
    std::set<QString> m_silent;                                  // connections that did not answer: not asked again
    StoredTrail m_stored;
    std::set<QByteArray> m_ids; // of everything found
    std::int64_t m_found = 0;   // in topics and logs
    Trail m_trail;
};

TrailLimits Gathering::limits() const
{
    return {.since = m_trail.report.since,
            .maxBytes = std::max<std::int64_t>(1, m_request.maxBytes - m_trail.report.bytes),
            .maxFound = std::max<std::int64_t>(1, m_request.limit - m_found),
            .ownPartitionOnly = m_request.ownPartitionOnly};
}

void Gathering::fail(const QString& connection, const Error& error)
{
    if (error.code == ErrorCode::Cancelled) {
        m_trail.report.end = End::Stopped;
        return;
    }
    m_silent.insert(connection);
    m_trail.report.failures.push_back({connection, {}, error});
}

Status Gathering::gatherStored()
{
    auto stored = storedTrail(m_reader, m_context.ledgerFile(), m_matcher, m_request.limit, m_now, m_stop);
    if (!stored)
        return tl::unexpected<Error>(stored.error());
    m_stored = std::move(*stored);
    m_trail.report.storedIsWhole = m_stored.isWhole || m_stop.stop_requested();
    m_trail.entries = m_stored.entries;
    m_ids = m_stored.ids;
    return {};
}

QStringList Gathering::topicsWanted() const
{
    std::set<QString> topics = m_stored.topics;
    topics.insert(m_request.topics.begin(), m_request.topics.end());
    for (const CatalogEvent& event : m_context.catalog.events())
        topics.insert(event.topic);
    topics.erase(QString());
    return {topics.begin(), topics.end()};
}

void Gathering::gatherTopics()
{
    const QStringList topics = topicsWanted();
    if (topics.isEmpty())
        return;
    std::set<QString> clusters;
    std::set<QString> missing(topics.begin(), topics.end());
    for (const auto& connection : m_connections) {
        if (isOver())
            break;
        const QString& name = connection->settings().name;
        const auto source = connection->swiftRecordSource();
        const auto times = connection->timeLookup();
        const auto cluster = source->bounds({}, m_stop);
        if (!cluster) {
            fail(name, cluster.error());
            continue;
        }
        if (!clusters.insert(cluster->clusterId).second)
            continue; // another connection leads there too
        const std::size_t before = m_trail.entries.size();
        const auto take = [&](const RawRecord& record) {
            const auto match = m_matcher.match(record, record.at.topic);
            if (!match)
                return false;
            const LetterFacts place{.originTopic = record.at.topic};
            m_trail.entries.push_back(eventEntry(record, name, m_owners.ownerOf(record, place).eventType, *match));
            m_ids.merge(idsOf(record));
            return true;
        };
        const auto read =
            readTopics(*source, times.get(), topics, m_request.key.asRecordKeys(), limits(), take, m_progress, m_stop);
        if (!read) {
            fail(name, read.error());
            continue;
        }
        m_trail.report.add(name, *read);
        m_found += read->found;
        linkLetters(read->clusterId, before);
        const std::set<QString> notHere(read->missing.begin(), read->missing.end());
        std::erase_if(missing, [&](const QString& topic) { return !notHere.contains(topic); });
    }
    // Where a broker did not answer, it may be there.
    if (m_silent.empty() && !m_stop.stop_requested())
        m_trail.report.missing = QStringList(missing.begin(), missing.end());
}

/// Letters of what was found that do not bear the key themselves, as where a framework leaves the trace's header out.
void Gathering::linkLetters(const QString& clusterId, std::size_t from)
{
    const std::vector<TrailEntry> events(m_trail.entries.begin() + static_cast<std::ptrdiff_t>(from),
                                         m_trail.entries.end());
    const std::size_t known = m_stored.entries.size();
    if (const Status status = addLettersOf(m_reader, m_context.ledgerFile(), clusterId, events, m_stored); !status)
        m_trail.report.unread +=
            u"Dead letters made of these records could not be looked up: %1"_s.arg(status.error().detail);
    m_trail.entries.insert(m_trail.entries.end(), m_stored.entries.begin() + static_cast<std::ptrdiff_t>(known),
                           m_stored.entries.end());
    m_ids.insert(m_stored.ids.begin(), m_stored.ids.end());
}

void Gathering::readOrigin(const KafkaConnection& connection, RecordLookup& lookup, TrailEntry& told)
{
    const auto letter = deadLetter(m_reader, *told.letterId);
    if (!letter)
        return;
    const auto origin = spillway::readOrigin(lookup, *letter, m_stop);
    if (!origin) {
        fail(connection.settings().name, origin.error());
        return;
    }
    if (origin->isThere()) {
        const LetterFacts place{.originTopic = told.channel};
        const auto type = m_owners.ownerOf(*origin->record, place).eventType;
        TrailEntry read = eventEntry(*origin->record, told.connection, type ? type : told.eventType,
                                     m_matcher.match(*origin->record, told.channel).value_or(told.match));
        read.letterId = told.letterId;
        m_ids.merge(idsOf(*origin->record));
        told = std::move(read);
    } else if (origin->answer == OriginRecord::Answer::Different) {
        told.summary += u"; another record stands there now"_s;
    } else if (origin->answer != OriginRecord::Answer::Open && origin->answer != OriginRecord::Answer::NotTold) {
        told.summary += u"; it is no longer on the broker"_s;
    }
}

/// Records that letters tell to come from, and that reading the topics did not meet: too old, or without the key.
void Gathering::gatherOrigins()
{
    using Place = std::tuple<QString, QString, int, Offset>;
    std::set<Place> met;
    const auto placeOf = [](const TrailEntry& entry) {
        return Place(entry.connection, entry.channel, entry.partition.value_or(-1), entry.offset.value_or(Offset{-1}));
    };
    for (const TrailEntry& entry : m_trail.entries) {
        if (entry.isRead)
            met.insert(placeOf(entry));
    }
    int left = mostOriginsRead;
    for (const auto& connection : m_connections) {
        const QString& name = connection->settings().name;
        const auto lookup = connection->recordLookup();
        for (TrailEntry& entry : m_trail.entries) {
            if (isOver() || left == 0 || m_silent.contains(name))
                break;
            if (entry.kind != TrailEntry::Kind::Event || entry.isRead || entry.connection != name || !entry.letterId ||
                !entry.partition || !entry.offset || !met.insert(placeOf(entry)).second)
                continue;
            --left;
            readOrigin(*connection, *lookup, entry);
        }
    }
}

QStringList Gathering::logsOf(const ConnectionSettings& settings, ProcessingLogSettings::Kind kind) const
{
    QStringList logs;
    for (const ProcessingLogSettings& log : settings.processingLogs) {
        if (log.kind == kind)
            logs += kind == ProcessingLogSettings::Kind::File ? log.path : log.topic;
    }
    return logs;
}

void Gathering::readLogs(const QString& connection, RecordSource& source, TimeLookup* times, const QStringList& logs,
                         bool areFiles)
{
    ProcessingTrail log(m_matcher, m_ids, m_trail.report.since);
    TrailLimits within = limits();
    within.ownPartitionOnly = false;
    if (areFiles)
        within.since.reset(); // a line's time stands within it
    const auto take = [&](const RawRecord& record) {
        // A rotated file is called by its name and its number on the disk.
        const QString channel = areFiles ? record.at.topic.section(u'@', 0, -2) : record.at.topic;
        auto entry = log.entryOf(record, connection, channel, areFiles);
        if (!entry)
            return false;
        m_trail.entries.push_back(std::move(*entry));
        return true;
    };
    auto read = readTopics(source, times, logs, {}, within, take, m_progress, m_stop);
    if (!read) {
        fail(connection, read.error());
        return;
    }
    m_found += read->found;
    for (QString& topic : read->topics)
        topic = areFiles ? topic.section(u'@', 0, -2) : topic;
    m_trail.report.add(connection, *read);
    for (const QString& topic : read->missing)
        m_trail.report.failures.push_back(
            {connection, topic, {ErrorCode::NotFound, u"the processing log is not there"_s}});
}

void Gathering::gatherProcessing()
{
    using Kind = ProcessingLogSettings::Kind;
    for (const auto& connection : m_connections) {
        const ConnectionSettings& settings = connection->settings();
        if (const QStringList files = logsOf(settings, Kind::File); !files.isEmpty() && !isOver()) {
            JsonlSource source;
            readLogs(settings.name, source, nullptr, files, true);
        }
        const QStringList topics = logsOf(settings, Kind::KafkaTopic);
        if (!topics.isEmpty() && !isOver() && !m_silent.contains(settings.name))
            readLogs(settings.name, *connection->swiftRecordSource(), connection->timeLookup().get(), topics, false);
        for (const ProcessingLogSettings& log : settings.processingLogs) {
            if (log.kind == Kind::PostgreSql || log.kind == Kind::Otlp)
                m_trail.report.unread +=
                    u"The processing log of connection %1 that is no topic and no file was not read."_s.arg(
                        settings.name);
        }
    }
}

Trail Gathering::finish()
{
    if (m_stop.stop_requested() && !m_request.storedOnly)
        m_trail.report.end = End::Stopped;
    m_trail.entries = arrangedTrail(std::move(m_trail.entries));
    const auto limit = static_cast<std::size_t>(m_request.limit);
    if (m_trail.entries.size() > limit) {
        m_trail.report.cut = static_cast<std::int64_t>(m_trail.entries.size() - limit);
        m_trail.entries.resize(limit);
    }
    maskTrail(m_trail.entries, m_context.masker, MaskPurpose::SearchResult);
    return std::move(m_trail);
}

} // namespace

Result<Trail> readTrail(const Context& context, Database& reader, const TrailRequest& request, UtcTime now,
                        TrailProgress* progress, std::stop_token stop)
{
    Gathering gathering(context, reader, request, now, progress, std::move(stop));
    if (const Status status = gathering.gatherStored(); !status)
        return tl::unexpected<Error>(status.error());
    if (!request.storedOnly) {
        gathering.gatherTopics();
        gathering.gatherOrigins();
        gathering.gatherProcessing();
    }
    return gathering.finish();
}

} // namespace spillway
