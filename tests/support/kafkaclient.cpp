// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/kafkaclient.h"

#include <QDeadlineTimer>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <map>
#include <stdexcept>

using namespace Qt::Literals::StringLiterals;

namespace spillway::test {

namespace {

[[noreturn]] void giveUp(const QString& what)
{
    throw std::runtime_error(what.toStdString());
}

void check(rd_kafka_resp_err_t code, const QString& what)
{
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        giveUp(what + u": "_s + QString::fromUtf8(rd_kafka_err2str(code)));
}

void check(rd_kafka_error_t* error, const QString& what)
{
    if (!error)
        return;
    const QString why = QString::fromUtf8(rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    giveUp(what + u": "_s + why);
}

rd_kafka_t* open(rd_kafka_type_t type, const QString& bootstrap, const ClientConfig& config, void* opaque = nullptr)
{
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char why[512];
    const auto set = [&](const QString& name, const QString& value) {
        if (rd_kafka_conf_set(conf, name.toUtf8().constData(), value.toUtf8().constData(), why, sizeof why) !=
            RD_KAFKA_CONF_OK)
            giveUp(QString::fromUtf8(why));
    };
    set(u"bootstrap.servers"_s, bootstrap);
    set(u"log_level"_s, u"0"_s);
    for (const auto& [name, value] : config)
        set(name, value);
    rd_kafka_conf_set_opaque(conf, opaque);
    if (type == RD_KAFKA_PRODUCER) {
        rd_kafka_conf_set_dr_msg_cb(conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void* sender) {
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
                *static_cast<QString*>(sender) = QString::fromUtf8(rd_kafka_err2str(message->err));
        });
    }
    rd_kafka_t* client = rd_kafka_new(type, conf, why, sizeof why);
    if (!client)
        giveUp(QString::fromUtf8(why));
    return client;
}

std::optional<QByteArray> bytes(const void* data, size_t size)
{
    return data ? std::optional(QByteArray(static_cast<const char*>(data), static_cast<qsizetype>(size)))
                : std::nullopt;
}

RawRecord toRecord(const rd_kafka_message_t& message)
{
    RawRecord record;
    record.at = {QString::fromUtf8(rd_kafka_topic_name(message.rkt)), message.partition};
    record.offset = Offset{message.offset};
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const std::int64_t ms = rd_kafka_message_timestamp(&message, &type);
    if (type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE)
        record.timestamp = utcFromMs(ms);
    record.timestampType = type == RD_KAFKA_TIMESTAMP_CREATE_TIME       ? TimestampType::CreateTime
                           : type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? TimestampType::LogAppendTime
                                                                        : TimestampType::Unknown;
    record.key = bytes(message.key, message.key_len);
    record.value = bytes(message.payload, message.len);
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char* name = nullptr;
        const void* value = nullptr;
        size_t size = 0;
        for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
            record.headers.push_back({QByteArray(name), bytes(value, size)});
    }
    return record;
}

} // namespace

struct TestProducer::Impl
{
    QString failure;
    rd_kafka_t* client = nullptr;
};

TestProducer::TestProducer(const QString& bootstrap, const ClientConfig& config)
    : m_impl(std::make_unique<Impl>())
{
    ClientConfig all{{u"linger.ms"_s, u"5"_s}, {u"partitioner"_s, u"murmur2_random"_s}};
    for (const auto& [name, value] : config)
        all[name] = value;
    m_impl->client = open(RD_KAFKA_PRODUCER, bootstrap, all, &m_impl->failure);
    if (config.contains(u"transactional.id"_s))
        check(rd_kafka_init_transactions(m_impl->client, 30'000), u"init_transactions"_s);
}

TestProducer::~TestProducer()
{
    rd_kafka_destroy(m_impl->client);
}

void TestProducer::send(const TestMessage& message)
{
    rd_kafka_headers_t* headers = message.headers.empty() ? nullptr : rd_kafka_headers_new(message.headers.size());
    for (const Header& each : message.headers)
        rd_kafka_header_add(headers, each.name.constData(), each.name.size(),
                            each.value ? each.value->constData() : nullptr, each.value ? each.value->size() : 0);
    const QByteArray topic = message.topic.toUtf8();
    rd_kafka_vu_t args[7];
    size_t count = 0;
    args[count].vtype = RD_KAFKA_VTYPE_TOPIC;
    args[count++].u.cstr = topic.constData();
    args[count].vtype = RD_KAFKA_VTYPE_PARTITION;
    args[count++].u.i32 = message.partition.value_or(RD_KAFKA_PARTITION_UA);
    if (message.key) {
        args[count].vtype = RD_KAFKA_VTYPE_KEY;
        args[count].u.mem.ptr = const_cast<char*>(message.key->constData());
        args[count++].u.mem.size = static_cast<size_t>(message.key->size());
    }
    if (message.value) {
        args[count].vtype = RD_KAFKA_VTYPE_VALUE;
        args[count].u.mem.ptr = const_cast<char*>(message.value->constData());
        args[count++].u.mem.size = static_cast<size_t>(message.value->size());
    }
    if (headers) {
        args[count].vtype = RD_KAFKA_VTYPE_HEADERS;
        args[count++].u.headers = headers;
    }
    if (message.timestamp) {
        args[count].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
        args[count++].u.i64 = toMs(*message.timestamp);
    }
    args[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    args[count++].u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK;
    check(rd_kafka_produceva(m_impl->client, args, count), u"produce to "_s + message.topic);
    rd_kafka_poll(m_impl->client, 0);
}

void TestProducer::flush()
{
    check(rd_kafka_flush(m_impl->client, 60'000), u"flush"_s);
    if (!m_impl->failure.isEmpty())
        giveUp(u"a message was not delivered: "_s + m_impl->failure);
}

void TestProducer::begin()
{
    check(rd_kafka_begin_transaction(m_impl->client), u"begin_transaction"_s);
}

void TestProducer::commit()
{
    check(rd_kafka_commit_transaction(m_impl->client, 30'000), u"commit_transaction"_s);
}

void TestProducer::abort()
{
    check(rd_kafka_abort_transaction(m_impl->client, 30'000), u"abort_transaction"_s);
}

namespace {

/// High watermark of each partition: also what a transaction has written and its broker not yet released.
std::map<std::int32_t, std::int64_t> highWatermarks(const QString& bootstrap, const QString& topic)
{
    // A reader of committed records would be told its last stable offset instead.
    rd_kafka_t* client = open(RD_KAFKA_CONSUMER, bootstrap,
                              {{u"group.id"_s, u"test-reader"_s}, {u"isolation.level"_s, u"read_uncommitted"_s}});
    const QByteArray name = topic.toUtf8();
    const rd_kafka_metadata_t* metadata = nullptr;
    check(rd_kafka_metadata(client, 1, nullptr, &metadata, 30'000), u"metadata"_s);
    std::map<std::int32_t, std::int64_t> ends;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        if (name != metadata->topics[i].topic)
            continue;
        for (int p = 0; p < metadata->topics[i].partition_cnt; ++p) {
            int64_t low = 0;
            check(rd_kafka_query_watermark_offsets(client, name.constData(), p, &low, &ends[p], 30'000),
                  u"watermarks of "_s + topic);
        }
    }
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_destroy(client);
    return ends;
}

} // namespace

std::vector<RawRecord> readTopic(const QString& bootstrap, const QString& topic, const QString& isolation)
{
    std::map<std::int32_t, std::int64_t> missing = highWatermarks(bootstrap, topic);
    rd_kafka_t* client = open(RD_KAFKA_CONSUMER, bootstrap,
                              {{u"group.id"_s, u"test-reader"_s},
                               {u"enable.auto.commit"_s, u"false"_s},
                               {u"enable.partition.eof"_s, u"true"_s},
                               {u"isolation.level"_s, isolation}});
    rd_kafka_poll_set_consumer(client);
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(static_cast<int>(missing.size()));
    for (const auto& [partition, end] : missing)
        rd_kafka_topic_partition_list_add(list, topic.toUtf8().constData(), partition)->offset =
            RD_KAFKA_OFFSET_BEGINNING;
    check(rd_kafka_assign(client, list), u"assign"_s);
    rd_kafka_topic_partition_list_destroy(list);
    std::vector<RawRecord> records;
    const QDeadlineTimer deadline(60'000);
    while (!missing.empty()) {
        if (deadline.hasExpired())
            giveUp(u"the end of %1 was not reached in 60 s"_s.arg(topic));
        rd_kafka_message_t* message = rd_kafka_consumer_poll(client, 250);
        if (!message)
            continue;
        // A commit is answered before its markers are in every partition: until then a reader's end is short of
        // the records, and it comes once more behind them.
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            const auto of = missing.find(message->partition);
            if (of != missing.end() && message->offset >= of->second)
                missing.erase(of);
        } else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            records.push_back(toRecord(*message));
        }
        rd_kafka_message_destroy(message);
    }
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
    std::stable_sort(records.begin(), records.end(), [](const RawRecord& a, const RawRecord& b) {
        return std::pair(a.at.partition, a.offset.value) < std::pair(b.at.partition, b.offset.value);
    });
    return records;
}

void commitOffsets(const QString& bootstrap, const QString& group, const std::vector<Position>& positions)
{
    rd_kafka_t* client =
        open(RD_KAFKA_CONSUMER, bootstrap, {{u"group.id"_s, group}, {u"enable.auto.commit"_s, u"false"_s}});
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
    for (const Position& each : positions)
        rd_kafka_topic_partition_list_add(list, each.at.topic.toUtf8().constData(), each.at.partition)->offset =
            each.next.value;
    const rd_kafka_resp_err_t code = rd_kafka_commit(client, list, 0);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    check(code, u"commit for "_s + group);
}

struct EmbeddedKafka::Impl
{
    rd_kafka_t* owner = nullptr;
    rd_kafka_mock_cluster_t* cluster = nullptr;
    int brokers = 1;
};

EmbeddedKafka::EmbeddedKafka(int brokers)
    : m_impl(std::make_unique<Impl>())
{
    m_impl->brokers = brokers;
    m_impl->owner = open(RD_KAFKA_PRODUCER, u"127.0.0.1:1"_s, {});
    m_impl->cluster = rd_kafka_mock_cluster_new(m_impl->owner, brokers);
    if (!m_impl->cluster)
        giveUp(u"the embedded broker does not start"_s);
}

EmbeddedKafka::~EmbeddedKafka()
{
    rd_kafka_mock_cluster_destroy(m_impl->cluster);
    rd_kafka_destroy(m_impl->owner);
}

QString EmbeddedKafka::bootstrap() const
{
    return QString::fromUtf8(rd_kafka_mock_cluster_bootstraps(m_impl->cluster));
}

void EmbeddedKafka::createTopic(const QString& name, int partitions)
{
    check(rd_kafka_mock_topic_create(m_impl->cluster, name.toUtf8().constData(), partitions, 1), u"creating "_s + name);
}

void EmbeddedKafka::setDown(bool isDown)
{
    for (int broker = 1; broker <= m_impl->brokers; ++broker)
        check(isDown ? rd_kafka_mock_broker_set_down(m_impl->cluster, broker)
                     : rd_kafka_mock_broker_set_up(m_impl->cluster, broker),
              u"setting a broker up or down"_s);
}

void EmbeddedKafka::failRequests(int apiKey, const std::vector<int>& errors)
{
    std::vector<rd_kafka_resp_err_t> codes;
    for (const int each : errors)
        codes.push_back(static_cast<rd_kafka_resp_err_t>(each));
    rd_kafka_mock_push_request_errors_array(m_impl->cluster, static_cast<std::int16_t>(apiKey), codes.size(),
                                            codes.data());
}

void EmbeddedKafka::setRoundTripMs(int ms)
{
    for (int broker = 1; broker <= m_impl->brokers; ++broker)
        check(rd_kafka_mock_broker_set_rtt(m_impl->cluster, broker, ms), u"setting the round trip"_s);
}

} // namespace spillway::test
