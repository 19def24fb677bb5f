// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/recordsource.h"

#include "connectors/kafka/badbatch.h"
#include "connectors/kafka/cluster.h"
#include "connectors/kafka/message.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <deque>
#include <set>
#include <span>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

using namespace kafka;

namespace {

/// How much is read ahead, over all partitions: payloads, to which headers and the library's own come (two or three
/// times as much memory). A full queue makes the library wait for up to a second before it fetches again;
/// `Reader::goOn` ends that wait, so that the queue need not hold a second's records. What one answer may bring comes
/// on top.
std::vector<Property> readerProperties(const ConnectionSettings& settings, KafkaRecordSource::Appetite appetite)
{
    const bool isSip = appetite == KafkaRecordSource::Appetite::Sip;
    const bool isGulp = appetite == KafkaRecordSource::Appetite::Gulp;
    std::vector<Property> properties{
        property("isolation.level", "read_committed"),
        property("enable.partition.eof", "true"),
        property("check.crcs", "true"),
        property("queued.min.messages", isSip    ? "1"
                                        : isGulp ? "200000"
                                                 : "50000"),
        property("queued.max.messages.kbytes", isSip    ? "1024"
                                               : isGulp ? "65536"
                                                        : "24576"),
        property("fetch.error.backoff.ms", isGulp ? "10" : "100"), // also after a full queue
        property("enable.auto.commit", "false")};
    // The broker keeps a question about the end for half a second, in case something comes: whoever reads up to an end
    // waits for that answer.
    if (isGulp)
        properties.push_back(property("fetch.wait.max.ms", "20"));
    if (const auto most = largestUnpacked(settings))
        properties.push_back(property("receive.message.max.bytes", QByteArray::number(*most)));
    // For a sip the library takes what its queue may hold.
    if (const auto most = largestFetch(settings); most && !isSip)
        properties.push_back(property("fetch.max.bytes", QByteArray::number(*most)));
    return properties;
}

/// Never fetches a record; but the library holds its bounds against each other all the same.
std::vector<Property> endsProperties(const ConnectionSettings& settings)
{
    std::vector<Property> properties{property("isolation.level", "read_uncommitted")};
    if (const auto most = largestFetch(settings))
        properties.push_back(property("fetch.max.bytes", QByteArray::number(*most)));
    return properties;
}

constexpr std::size_t fewestWorthAsking = 2'000; // messages: less comes with one answer
constexpr int longestAskMs = 250;

TopicConf topicConf()
{
    TopicConf conf(rd_kafka_topic_conf_new());
    char why[256];
    rd_kafka_topic_conf_set(conf.get(), "auto.offset.reset", "earliest", why, sizeof why);
    return conf;
}

/// Which topics these selectors name, and which named ones are not to be had.
struct Selection
{
    std::set<QString> topics;
    std::set<QString> missing;
};

Result<Selection> select(const std::vector<TopicSelector>& selectors, const ClusterLayout& layout)
{
    Selection out;
    for (const TopicSelector& selector : selectors) {
        if (selector.pattern.isEmpty()) {
            (layout.topics.contains(selector.topic) ? out.topics : out.missing).insert(selector.topic);
            continue;
        }
        const QRegularExpression pattern(QRegularExpression::anchoredPattern(selector.pattern));
        if (!pattern.isValid())
            return fail(ErrorCode::InvalidConfig,
                        u"topic pattern '%1': %2"_s.arg(selector.pattern, pattern.errorString()));
        for (const auto& [topic, topicLayout] : layout.topics) {
            if (!isInternalTopic(topic) && pattern.match(topic).hasMatch())
                out.topics.insert(topic);
        }
    }
    return out;
}

} // namespace

class KafkaRecordSource::Reader
{
public:
    using EndOfBatch = std::function<Result<std::optional<Offset>>(const TopicPartition&, Offset, std::stop_token)>;
    /// @param endOfBatch  see endOfUndecodable; empty: a batch that cannot be decoded is a failure
    Reader(std::unique_ptr<Client> reader, std::unique_ptr<Client> ends, EndOfBatch endOfBatch)
        : m_reader(std::move(reader))
        , m_ends(std::move(ends))
        , m_endOfBatch(std::move(endOfBatch))
        , m_queue(rd_kafka_queue_new(m_reader->handle()))
    {
    }
    ~Reader()
    {
        for (const auto& [key, following] : m_following)
            stop(key);
    }

    Result<BoundsReport> bounds(const std::vector<TopicSelector>& selectors, std::stop_token stop);
    Status assign(const std::vector<Position>& start);
    Result<RecordBatch> poll(qsizetype maxBytes, Millis timeout, std::stop_token stop);

private:
    using Key = std::pair<rd_kafka_topic_t*, int>; // topic handle, partition
    struct Following
    {
        TopicPartition at;
        Offset next;                      ///< of what was handed out, not of what was read ahead
        bool hasMoved = false;            ///< in the batch that is being made
        std::optional<Offset> badBatch{}; ///< begins here and cannot be decoded; what comes after it is read anew
        HeaderNames names{};
    };
    struct Batch
    {
        RecordBatch out;
        qsizetype bytes = 0;
        std::vector<Following*> moved;
    };

    rd_kafka_topic_t* topicHandle(const QString& topic);
    void stop(const Key& key);
    void fill();
    void goOn();
    void drain(Batch& batch, qsizetype maxBytes);
    void take(const rd_kafka_message_t& message, Batch& batch);
    void takeError(const rd_kafka_message_t& message, Following& following, Batch& batch);
    Status passOverBadBatches(Batch& batch, const std::stop_token& stop);
    static void noteMove(Following& following, Batch& batch);

    std::unique_ptr<Client> m_reader;
    std::unique_ptr<Client> m_ends;
    EndOfBatch m_endOfBatch;
    Queue m_queue;
    std::map<QString, Topic> m_topics;
    std::map<Key, Following> m_following;
    std::deque<MessageHandle> m_backlog; // taken from the queue, over the caller's budget
    std::size_t m_mostHeld = 0;          // messages in the queue since it was last found half empty
};

Result<BoundsReport> KafkaRecordSource::Reader::bounds(const std::vector<TopicSelector>& selectors,
                                                       std::stop_token stop)
{
    Result<ClusterLayout> layout = readLayout(*m_ends, stop);
    if (!layout)
        return tl::unexpected<Error>(layout.error());
    Result<Selection> selection = select(selectors, *layout);
    if (!selection)
        return tl::unexpected<Error>(selection.error());
    BoundsReport report{.clusterId = layout->clusterId, .partitions = {}, .failures = {}};
    for (const QString& topic : selection->missing) {
        // The list of topics leaves out what we may not see; asked by name, the broker tells which it is.
        const Result<TopicLayout> found = readTopic(*m_ends, topic, {u"Describe"_s, u"Read"_s}, stop);
        if (!found && (found.error().code == ErrorCode::Cancelled || found.error().code == ErrorCode::Unreachable ||
                       found.error().code == ErrorCode::TimedOut))
            return tl::unexpected<Error>(found.error());
        if (!found) {
            report.failures.push_back({topic, found.error()});
        } else {
            layout->topics.emplace(topic, *found);
            selection->topics.insert(topic);
        }
    }
    std::vector<TopicPartition> partitions;
    for (const QString& topic : selection->topics) {
        for (int p = 0; p < layout->topics.at(topic).partitionCount(); ++p)
            partitions.push_back({topic, p});
    }
    // In this order start <= last stable <= end whatever is written meanwhile.
    const Result<OffsetsFound> starts = readOffsets(*m_ends, *layout, partitions, Which::LogStart, stop);
    if (!starts)
        return tl::unexpected<Error>(starts.error());
    const Result<OffsetsFound> stables = readOffsets(*m_reader, *layout, partitions, Which::End, stop);
    if (!stables)
        return tl::unexpected<Error>(stables.error());
    const Result<OffsetsFound> ends = readOffsets(*m_ends, *layout, partitions, Which::End, stop);
    if (!ends)
        return tl::unexpected<Error>(ends.error());
    for (size_t i = 0; i < partitions.size(); ++i) {
        if (starts->offsets[i] && stables->offsets[i] && ends->offsets[i])
            report.partitions.push_back({partitions[i], *starts->offsets[i], *stables->offsets[i], *ends->offsets[i]});
    }
    std::set<QString> told;
    for (const Result<OffsetsFound>* each : {&starts, &stables, &ends}) {
        for (const auto& [at, error] : (*each)->failures) {
            if (told.insert(at.topic).second)
                report.failures.push_back({at.topic, error});
        }
    }
    return report;
}

rd_kafka_topic_t* KafkaRecordSource::Reader::topicHandle(const QString& topic)
{
    Topic& handle = m_topics[topic];
    if (!handle)
        handle.reset(rd_kafka_topic_new(m_reader->handle(), topic.toUtf8().constData(), topicConf().release()));
    return handle.get();
}

void KafkaRecordSource::Reader::stop(const Key& key)
{
    rd_kafka_consume_stop(key.first, key.second);
    std::erase_if(m_backlog, [&](const MessageHandle& message) {
        return message->rkt == key.first && message->partition == key.second;
    });
}

Status KafkaRecordSource::Reader::assign(const std::vector<Position>& start)
{
    std::map<Key, Following> wanted;
    for (const Position& position : start) {
        rd_kafka_topic_t* topic = topicHandle(position.at.topic);
        if (!topic)
            return fail(ErrorCode::InvalidConfig, u"'%1' cannot be the name of a topic"_s.arg(position.at.topic));
        wanted[{topic, position.at.partition}] = {.at = position.at, .next = position.next};
    }
    for (auto it = m_following.begin(); it != m_following.end();) {
        const auto same = wanted.find(it->first);
        if (same != wanted.end() && same->second.next == it->second.next) {
            ++it;
            continue;
        }
        stop(it->first);
        it = m_following.erase(it);
    }
    for (const auto& [key, following] : wanted) {
        if (m_following.contains(key))
            continue;
        if (rd_kafka_consume_start_queue(key.first, key.second, following.next.value, m_queue.get()) != 0)
            return tl::unexpected<Error>(
                m_reader->failedOnTopic(rd_kafka_last_error(), following.at.topic, {u"Read"_s}));
        m_following.emplace(key, following);
    }
    return {};
}

void KafkaRecordSource::Reader::fill()
{
    std::array<rd_kafka_message_t*, 512> messages;
    const ssize_t count = rd_kafka_consume_batch_queue(m_queue.get(), 0, messages.data(), messages.size());
    for (ssize_t i = 0; i < count; ++i)
        m_backlog.emplace_back(messages[static_cast<size_t>(i)]);
    goOn();
}

/// The library's threads look whether there is room in the queue when something happens on their connection, else once
/// a second. When half of what was held is gone, each leader is asked something small, and its thread looks.
void KafkaRecordSource::Reader::goOn()
{
    const std::size_t held = rd_kafka_queue_length(m_queue.get());
    m_mostHeld = std::max(m_mostHeld, held);
    if (m_mostHeld < fewestWorthAsking || held > m_mostHeld / 2)
        return;
    m_mostHeld = held;
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(m_following.size())));
    for (const auto& [key, following] : m_following)
        rd_kafka_topic_partition_list_add(list.get(), rd_kafka_topic_name(key.first), key.second)->offset =
            RD_KAFKA_OFFSET_END;
    // What it says is of no use, and without an answer the thread has looked all the same.
    (void)rd_kafka_offsets_for_times(m_reader->handle(), list.get(), longestAskMs);
}

void KafkaRecordSource::Reader::takeError(const rd_kafka_message_t& message, Following& following, Batch& batch)
{
    if (m_endOfBatch && isUndecodable(message.err) && message.offset >= 0) {
        following.badBatch = Offset{message.offset};
        return;
    }
    const QString& topic = following.at.topic;
    const bool isTold = std::any_of(batch.out.failures.begin(), batch.out.failures.end(),
                                    [&](const TopicFailure& each) { return each.topic == topic; });
    if (!isTold && !isSilence(message.err))
        batch.out.failures.push_back({topic, m_reader->failedOnTopic(message.err, topic, {u"Describe"_s, u"Read"_s})});
}

void KafkaRecordSource::Reader::noteMove(Following& following, Batch& batch)
{
    if (!following.hasMoved) {
        following.hasMoved = true;
        batch.moved.push_back(&following);
    }
}

/// What was read ahead behind such a batch was dropped: reading begins anew after it, so that nothing is lost or comes
/// twice.
Status KafkaRecordSource::Reader::passOverBadBatches(Batch& batch, const std::stop_token& stop)
{
    for (auto& [key, following] : m_following) {
        if (!following.badBatch)
            continue;
        const auto end = m_endOfBatch(following.at, *following.badBatch, stop);
        if (!end && end.error().code == ErrorCode::Cancelled)
            return tl::unexpected<Error>(end.error());
        if (!end) {
            batch.out.failures.push_back({following.at.topic, end.error()}); // and it is tried again
            continue;
        }
        following.badBatch.reset();
        if (*end && **end > following.next) {
            batch.out.unreadable.push_back({following.at, following.next, **end});
            following.next = **end;
            noteMove(following, batch);
        }
        this->stop(key);
        if (rd_kafka_consume_start_queue(key.first, key.second, following.next.value, m_queue.get()) != 0)
            return tl::unexpected<Error>(
                m_reader->failedOnTopic(rd_kafka_last_error(), following.at.topic, {u"Read"_s}));
    }
    return {};
}

void KafkaRecordSource::Reader::take(const rd_kafka_message_t& message, Batch& batch)
{
    if (!message.rkt)
        return; // about the client as a whole: the error callback has told it
    const auto found = m_following.find({message.rkt, message.partition});
    if (found == m_following.end() || found->second.badBatch)
        return;
    Following& following = found->second;
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        batch.out.records.push_back(toRecord(message, following.at.topic, following.names));
        batch.bytes += batch.out.records.back().sizeBytes();
        following.next = Offset{message.offset + 1};
    } else if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        following.next = Offset{message.offset};
    } else {
        takeError(message, following, batch);
        return;
    }
    noteMove(following, batch);
}

void KafkaRecordSource::Reader::drain(Batch& batch, qsizetype maxBytes)
{
    while (batch.bytes < maxBytes) {
        if (m_backlog.empty())
            fill();
        if (m_backlog.empty())
            return;
        const MessageHandle message = std::move(m_backlog.front());
        m_backlog.pop_front();
        take(*message, batch);
    }
}

Result<RecordBatch> KafkaRecordSource::Reader::poll(qsizetype maxBytes, Millis timeout, std::stop_token stop)
{
    using SteadyClock = std::chrono::steady_clock;
    const auto start = SteadyClock::now();
    Batch batch;
    if (const Status status = passOverBadBatches(batch, stop); !status)
        return tl::unexpected<Error>(status.error());
    const auto isAnyBad = [this] {
        return std::any_of(m_following.begin(), m_following.end(),
                           [](const auto& each) { return each.second.badBatch.has_value(); });
    };
    while (true) {
        drain(batch, std::max<qsizetype>(maxBytes, 1));
        m_reader->serve();
        if (!batch.moved.empty() || !batch.out.failures.empty() || isAnyBad())
            break;
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"cancelled while reading"_s);
        const auto left = std::chrono::ceil<Millis>(timeout - (SteadyClock::now() - start));
        if (left <= Millis{0})
            break;
        // One message wakes us; the rest that came with it is taken without waiting.
        const int wait = static_cast<int>(std::min(left, Millis{50}).count());
        if (rd_kafka_message_t* first = rd_kafka_consume_queue(m_queue.get(), wait))
            m_backlog.emplace_back(first);
    }
    for (Following* each : batch.moved) {
        batch.out.positions.push_back({each->at, each->next});
        each->hasMoved = false;
    }
    if (!batch.moved.empty()) {
        m_reader->succeeded();
    } else if (m_reader->faults().isStanding()) {
        m_reader->probe();
        return tl::unexpected<Error>(m_reader->failed(RD_KAFKA_RESP_ERR__TRANSPORT, u"records"_s));
    }
    return std::move(batch.out);
}

KafkaRecordSource::KafkaRecordSource(std::shared_ptr<Site> site, Appetite appetite, BadBatch badBatch)
    : m_site(std::move(site))
    , m_appetite(appetite)
    , m_badBatch(badBatch)
{
}

KafkaRecordSource::~KafkaRecordSource() = default;

Status KafkaRecordSource::open()
{
    if (m_reader)
        return {};
    Result<std::unique_ptr<Client>> reader =
        Client::open(m_site, Client::Kind::Consumer, readerProperties(m_site->settings(), m_appetite));
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    Result<std::unique_ptr<Client>> ends =
        Client::open(m_site, Client::Kind::Consumer, endsProperties(m_site->settings()));
    if (!ends)
        return tl::unexpected<Error>(ends.error());
    Reader::EndOfBatch endOfBatch;
    if (m_badBatch == BadBatch::PassOver)
        endOfBatch = [site = m_site](const TopicPartition& at, Offset base, std::stop_token stop) {
            return endOfUndecodable(site, readerProperties(site->settings(), Appetite::Sip), at, base, std::move(stop));
        };
    m_reader = std::make_unique<Reader>(std::move(*reader), std::move(*ends), std::move(endOfBatch));
    return {};
}

Result<BoundsReport> KafkaRecordSource::bounds(const std::vector<TopicSelector>& topics, std::stop_token stop)
{
    const Status status = open();
    return status ? m_reader->bounds(topics, std::move(stop)) : tl::unexpected<Error>(status.error());
}

Status KafkaRecordSource::assign(const std::vector<Position>& start)
{
    const Status status = open();
    return status ? m_reader->assign(start) : status;
}

Result<RecordBatch> KafkaRecordSource::poll(qsizetype maxBytes, Millis timeout, std::stop_token stop)
{
    const Status status = open();
    return status ? m_reader->poll(maxBytes, timeout, std::move(stop)) : tl::unexpected<Error>(status.error());
}

} // namespace spillway
