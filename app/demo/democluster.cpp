// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/democluster.h"

#include <QLoggingCategory>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway::demo {

namespace {

Q_LOGGING_CATEGORY(lcDemo, "spillway.demo", QtInfoMsg)

template<auto destroy>
struct Destroyer
{
    template<typename T>
    void operator()(T* object) const
    {
        destroy(object);
    }
};
using Handle = std::unique_ptr<rd_kafka_t, Destroyer<rd_kafka_destroy>>;
using Mock = std::unique_ptr<rd_kafka_mock_cluster_t, Destroyer<rd_kafka_mock_cluster_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroyer<rd_kafka_queue_destroy>>;
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, Destroyer<rd_kafka_topic_partition_list_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroyer<rd_kafka_event_destroy>>;

constexpr int answerWithinMs = 10'000;

void logLine(const rd_kafka_t*, int, const char* facility, const char* text)
{
    qCDebug(lcDemo, "%s: %s", facility, text);
}

tl::unexpected<Error> failed(const QString& what, const QString& why)
{
    return fail(ErrorCode::Unreachable, u"the demo's broker: %1: %2"_s.arg(what, why));
}

QString textOf(rd_kafka_resp_err_t code)
{
    return QString::fromUtf8(rd_kafka_err2str(code));
}

/// A client with these settings; `failures` counts messages that did not arrive.
Result<Handle> makeClient(rd_kafka_type_t type, const std::vector<std::pair<const char*, QByteArray>>& settings,
                          int* failures)
{
    std::array<char, 512> why{};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, logLine);
    rd_kafka_conf_set_opaque(conf, failures);
    if (type == RD_KAFKA_PRODUCER) {
        rd_kafka_conf_set_dr_msg_cb(conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void* counter) {
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && counter != nullptr)
                ++*static_cast<int*>(counter);
        });
    }
    for (const auto& [name, value] : settings) {
        if (rd_kafka_conf_set(conf, name, value.constData(), why.data(), why.size()) != RD_KAFKA_CONF_OK) {
            rd_kafka_conf_destroy(conf);
            return failed(u"settings"_s, QString::fromUtf8(why.data()));
        }
    }
    Handle handle(rd_kafka_new(type, conf, why.data(), why.size()));
    if (!handle) {
        rd_kafka_conf_destroy(conf);
        return failed(u"client"_s, QString::fromUtf8(why.data()));
    }
    return handle;
}

const void* dataOf(const std::optional<QByteArray>& bytes)
{
    return bytes ? bytes->constData() : nullptr;
}

std::size_t sizeOf(const std::optional<QByteArray>& bytes)
{
    return bytes ? static_cast<std::size_t>(bytes->size()) : 0;
}

std::optional<QByteArray> bytesOf(const void* data, std::size_t size)
{
    if (data == nullptr)
        return std::nullopt;
    return QByteArray(static_cast<const char*>(data), static_cast<qsizetype>(size));
}

rd_kafka_resp_err_t sendOne(rd_kafka_t* producer, const RawRecord& record)
{
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const Header& header : record.headers)
        rd_kafka_header_add(headers, header.name.constData(), header.name.size(), dataOf(header.value),
                            static_cast<ssize_t>(sizeOf(header.value)));
    const QByteArray topic = record.at.topic.toUtf8();
    std::array<rd_kafka_vu_t, 7> message{};
    message[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    message[0].u.cstr = topic.constData();
    message[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    message[1].u.i32 = record.at.partition;
    message[2].vtype = RD_KAFKA_VTYPE_KEY;
    message[2].u.mem = {const_cast<void*>(dataOf(record.key)), sizeOf(record.key)};
    message[3].vtype = RD_KAFKA_VTYPE_VALUE;
    message[3].u.mem = {const_cast<void*>(dataOf(record.value)), sizeOf(record.value)};
    message[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    message[4].u.i64 = record.timestamp ? toMs(*record.timestamp) : 0;
    message[5].vtype = RD_KAFKA_VTYPE_HEADERS;
    message[5].u.headers = headers;
    message[6].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    message[6].u.i = RD_KAFKA_MSG_F_COPY;
    rd_kafka_error_t* error = rd_kafka_produceva(producer, message.data(), message.size());
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    // It keeps the headers only when it succeeds.
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_headers_destroy(headers);
    return code;
}

RawRecord recordOf(const rd_kafka_message_t* message)
{
    RawRecord record;
    record.at = {QString::fromUtf8(rd_kafka_topic_name(message->rkt)), message->partition};
    record.offset.value = message->offset;
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const std::int64_t timestampMs = rd_kafka_message_timestamp(message, &type);
    if (type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE)
        record.timestamp = utcFromMs(timestampMs);
    record.timestampType = type == RD_KAFKA_TIMESTAMP_CREATE_TIME ? TimestampType::CreateTime : TimestampType::Unknown;
    record.key = bytesOf(message->key, message->key_len);
    record.value = bytesOf(message->payload, message->len);
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
             ++i)
            record.headers.push_back({QByteArray(name), bytesOf(value, size)});
    }
    return record;
}

Partitions partitionsOfGroup(const std::vector<GroupCommit>& commits, const QString& group)
{
    Partitions list(rd_kafka_topic_partition_list_new(static_cast<int>(commits.size())));
    for (const GroupCommit& commit : commits) {
        if (commit.group == group)
            rd_kafka_topic_partition_list_add(list.get(), commit.at.topic.toUtf8().constData(), commit.at.partition)
                ->offset = commit.next.value;
    }
    return list;
}

/// Nothing, or the first fault that the answer tells.
Status judge(rd_kafka_event_t* answer)
{
    if (answer == nullptr)
        return failed(u"commit"_s, u"no answer"_s);
    if (rd_kafka_event_error(answer) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return failed(u"commit"_s, QString::fromUtf8(rd_kafka_event_error_string(answer)));
    std::size_t count = 0;
    const rd_kafka_group_result_t** groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(
        rd_kafka_event_AlterConsumerGroupOffsets_result(answer), &count);
    for (std::size_t i = 0; i < count; ++i) {
        if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[i]))
            return failed(u"commit"_s, QString::fromUtf8(rd_kafka_error_string(error)));
        const rd_kafka_topic_partition_list_t* partitions = rd_kafka_group_result_partitions(groups[i]);
        for (int p = 0; partitions != nullptr && p < partitions->cnt; ++p) {
            if (partitions->elems[p].err != RD_KAFKA_RESP_ERR_NO_ERROR)
                return failed(u"commit"_s, textOf(partitions->elems[p].err));
        }
    }
    return {};
}

} // namespace

struct DemoCluster::Impl
{
    int undelivered = 0; // counted in the thread that produces
    Handle host;         // the mock lives in its threads
    Mock mock;
    Handle producer;
    Handle consumer;
    Queue incoming;

    /// The order matters: clients leave before their cluster, the cluster before its host.
    ~Impl()
    {
        incoming.reset();
        if (consumer)
            rd_kafka_consumer_close(consumer.get());
        consumer.reset();
        if (producer)
            rd_kafka_purge(producer.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        producer.reset();
        mock.reset();
        host.reset();
    }
};

DemoCluster::DemoCluster(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
DemoCluster::~DemoCluster() = default;

Result<std::unique_ptr<DemoCluster>> DemoCluster::start()
{
    auto impl = std::make_unique<Impl>();
    auto host = makeClient(RD_KAFKA_PRODUCER, {}, nullptr);
    if (!host)
        return tl::unexpected<Error>(host.error());
    impl->host = std::move(*host);
    impl->mock.reset(rd_kafka_mock_cluster_new(impl->host.get(), 1));
    if (!impl->mock)
        return failed(u"start"_s, u"no free port on the loopback interface"_s);
    const QByteArray bootstrap = rd_kafka_mock_cluster_bootstraps(impl->mock.get());
    auto producer = makeClient(RD_KAFKA_PRODUCER,
                               {{"bootstrap.servers", bootstrap},
                                {"compression.codec", "lz4"},
                                {"enable.idempotence", "true"},
                                {"linger.ms", "5"}},
                               &impl->undelivered);
    if (!producer)
        return tl::unexpected<Error>(producer.error());
    impl->producer = std::move(*producer);
    auto consumer = makeClient(RD_KAFKA_CONSUMER,
                               {{"bootstrap.servers", bootstrap},
                                {"group.id", "demo-company"},
                                {"enable.auto.commit", "false"},
                                {"enable.auto.offset.store", "false"},
                                {"auto.offset.reset", "latest"},
                                {"fetch.wait.max.ms", "100"},
                                {"fetch.error.backoff.ms", "50"}},
                               nullptr);
    if (!consumer)
        return tl::unexpected<Error>(consumer.error());
    impl->consumer = std::move(*consumer);
    impl->incoming.reset(rd_kafka_queue_get_consumer(impl->consumer.get()));
    return std::unique_ptr<DemoCluster>(new DemoCluster(std::move(impl)));
}

QString DemoCluster::bootstrap() const
{
    return QString::fromLatin1(rd_kafka_mock_cluster_bootstraps(m_impl->mock.get()));
}

Status DemoCluster::createTopic(const QString& topic, int partitions)
{
    const auto code = rd_kafka_mock_topic_create(m_impl->mock.get(), topic.toUtf8().constData(), partitions, 1);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return failed(u"topic "_s + topic, textOf(code));
    return {};
}

Status DemoCluster::produce(const std::vector<RawRecord>& records)
{
    rd_kafka_t* producer = m_impl->producer.get();
    m_impl->undelivered = 0;
    for (const RawRecord& record : records) {
        auto code = sendOne(producer, record);
        while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            rd_kafka_poll(producer, 100);
            code = sendOne(producer, record);
        }
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return failed(u"message for "_s + record.at.topic, textOf(code));
    }
    const auto code = rd_kafka_flush(producer, answerWithinMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR || m_impl->undelivered > 0)
        return failed(
            u"messages"_s,
            u"%1 of %2 did not arrive"_s.arg(m_impl->undelivered + rd_kafka_outq_len(producer)).arg(records.size()));
    return {};
}

Status DemoCluster::learnTopics()
{
    const rd_kafka_metadata_t* metadata = nullptr;
    const auto code = rd_kafka_metadata(m_impl->producer.get(), 1, nullptr, &metadata, answerWithinMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return failed(u"topics"_s, textOf(code));
    rd_kafka_metadata_destroy(metadata);
    return {};
}

Status DemoCluster::commit(const std::vector<GroupCommit>& commits)
{
    rd_kafka_t* client = m_impl->producer.get();
    const Queue answers(rd_kafka_queue_new(client));
    std::vector<QString> groups;
    for (const GroupCommit& commit : commits) {
        if (std::ranges::find(groups, commit.group) == groups.end())
            groups.push_back(commit.group);
    }
    // All are asked at once: the answers take one round trip together.
    for (const QString& group : groups) {
        const Partitions partitions = partitionsOfGroup(commits, group);
        rd_kafka_AlterConsumerGroupOffsets_t* request =
            rd_kafka_AlterConsumerGroupOffsets_new(group.toUtf8().constData(), partitions.get());
        rd_kafka_AlterConsumerGroupOffsets(client, &request, 1, nullptr, answers.get());
        rd_kafka_AlterConsumerGroupOffsets_destroy(request);
    }
    Status outcome;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const Event answer(rd_kafka_queue_poll(answers.get(), answerWithinMs));
        if (const Status one = judge(answer.get()); !one && outcome)
            outcome = one;
    }
    return outcome;
}

Status DemoCluster::follow(const std::vector<GroupCommit>& positions)
{
    const Partitions list = partitionsOfGroup(positions, {});
    const auto code = rd_kafka_assign(m_impl->consumer.get(), list.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return failed(u"reading"_s, textOf(code));
    return {};
}

std::vector<RawRecord> DemoCluster::poll(Millis within)
{
    std::array<rd_kafka_message_t*, 500> messages{};
    const auto count = rd_kafka_consume_batch_queue(m_impl->incoming.get(), static_cast<int>(within.count()),
                                                    messages.data(), messages.size());
    std::vector<RawRecord> records;
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        rd_kafka_message_t* message = messages[static_cast<std::size_t>(i)];
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            records.push_back(recordOf(message));
        rd_kafka_message_destroy(message);
    }
    return records;
}

} // namespace spillway::demo
