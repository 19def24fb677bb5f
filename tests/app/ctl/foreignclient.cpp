// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/ctl/foreignclient.h"

#include <QDeadlineTimer>
#include <QtEndian>

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <tuple>

using namespace Qt::Literals::StringLiterals;

namespace spillway::test {

namespace {

constexpr int patienceMs = 60'000;

[[noreturn]] void giveUp(const QString& what)
{
    throw std::runtime_error(what.toStdString());
}

void check(rd_kafka_resp_err_t error, const QString& what)
{
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        giveUp(what + u": "_s + QString::fromUtf8(rd_kafka_err2str(error)));
}

void check(rd_kafka_error_t* error, const QString& what)
{
    if (!error)
        return;
    const QString text = QString::fromUtf8(rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    giveUp(what + u": "_s + text);
}

using Settings = std::map<QByteArray, QByteArray>;

rd_kafka_t* newClient(rd_kafka_type_t type, const Settings& settings)
{
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char why[512];
    for (const auto& [name, value] : settings) {
        if (rd_kafka_conf_set(conf, name.constData(), value.constData(), why, sizeof why) != RD_KAFKA_CONF_OK)
            giveUp(QString::fromUtf8(why));
    }
    rd_kafka_t* client = rd_kafka_new(type, conf, why, sizeof why);
    if (!client)
        giveUp(QString::fromUtf8(why));
    return client;
}

struct ListFree
{
    void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using List = std::unique_ptr<rd_kafka_topic_partition_list_t, ListFree>;

struct ConsumerFree
{
    void operator()(rd_kafka_t* client) const
    {
        rd_kafka_consumer_close(client);
        rd_kafka_destroy(client);
    }
};
using Consumer = std::unique_ptr<rd_kafka_t, ConsumerFree>;

struct MessageFree
{
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Message = std::unique_ptr<rd_kafka_message_t, MessageFree>;

std::optional<QByteArray> bytes(const void* data, size_t size)
{
    if (!data)
        return std::nullopt;
    return QByteArray(static_cast<const char*>(data), static_cast<qsizetype>(size));
}

int partitionCount(rd_kafka_t* client, const QByteArray& topic)
{
    const rd_kafka_metadata_t* metadata = nullptr;
    check(rd_kafka_metadata(client, 1, nullptr, &metadata, patienceMs), u"metadata"_s);
    int count = 0;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        if (topic == metadata->topics[i].topic)
            count = metadata->topics[i].partition_cnt;
    }
    rd_kafka_metadata_destroy(metadata);
    return count;
}

/// Its watermarks are the partitions'; a reader of committed records is told the last stable offset as the high one.
Consumer uncommittedReader(const QString& bootstrap)
{
    return Consumer(newClient(RD_KAFKA_CONSUMER, {{"bootstrap.servers", bootstrap.toUtf8()},
                                                  {"log_level", "0"},
                                                  {"group.id", "foreign-reader"},
                                                  {"isolation.level", "read_uncommitted"}}));
}

std::pair<qint64, qint64> watermarksOf(rd_kafka_t* client, const QByteArray& topic, int partition)
{
    int64_t low = 0;
    int64_t high = 0;
    check(rd_kafka_query_watermark_offsets(client, topic.constData(), partition, &low, &high, patienceMs),
          u"watermarks of "_s + QString::fromUtf8(topic));
    return {low, high};
}

ForeignRecord recordOf(const rd_kafka_message_t* message)
{
    ForeignRecord record{.partition = message->partition,
                         .key = bytes(message->key, message->key_len),
                         .value = bytes(message->payload, message->len),
                         .offset = message->offset};
    rd_kafka_timestamp_type_t type;
    record.timestampMs = rd_kafka_message_timestamp(message, &type);
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char* name = nullptr;
        const void* value = nullptr;
        size_t size = 0;
        for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
            record.headers.push_back({.name = name, .value = bytes(value, size)});
    }
    return record;
}

} // namespace

QByteArray int32Bytes(qint32 number)
{
    QByteArray out(4, Qt::Uninitialized);
    qToBigEndian(number, out.data());
    return out;
}

QByteArray int64Bytes(qint64 number)
{
    QByteArray out(8, Qt::Uninitialized);
    qToBigEndian(number, out.data());
    return out;
}

QByteArray bigIntegerBytes(qint64 number)
{
    QByteArray out = int64Bytes(number);
    const auto signFits = [&] {
        const bool negative = (static_cast<unsigned char>(out[1]) & 0x80U) != 0;
        return out[0] == (negative ? '\xff' : '\0');
    };
    while (out.size() > 1 && signFits())
        out.remove(0, 1);
    return out;
}

void ForeignProducer::Free::operator()(rd_kafka_s* handle) const
{
    rd_kafka_destroy(handle);
}

ForeignProducer::ForeignProducer(const QString& bootstrap, const QString& transactionalId)
{
    Settings settings{{"bootstrap.servers", bootstrap.toUtf8()},
                      {"log_level", "0"},
                      {"enable.idempotence", "true"},
                      {"linger.ms", "5"},
                      {"queue.buffering.max.messages", "1000000"}};
    if (!transactionalId.isEmpty()) {
        settings["transactional.id"] = transactionalId.toUtf8();
        settings["transaction.timeout.ms"] = "300000";
    }
    m_client.reset(newClient(RD_KAFKA_PRODUCER, settings));
    if (!transactionalId.isEmpty())
        check(rd_kafka_init_transactions(m_client.get(), patienceMs), u"init_transactions"_s);
}

ForeignProducer::~ForeignProducer()
{
    rd_kafka_flush(m_client.get(), patienceMs);
}

void ForeignProducer::send(const QString& topic, const ForeignRecord& record)
{
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const ForeignHeader& header : record.headers)
        rd_kafka_header_add(headers, header.name.constData(), header.name.size(),
                            header.value ? header.value->constData() : nullptr,
                            header.value ? header.value->size() : 0);
    const QByteArray name = topic.toUtf8();
    // A null pointer is a null value, and an empty text has to be told apart from it.
    const auto bytesOf = [](const std::optional<QByteArray>& maybe) {
        return std::pair(maybe ? const_cast<char*>(maybe->constData()) : nullptr,
                         maybe ? static_cast<size_t>(maybe->size()) : 0);
    };
    std::array<rd_kafka_vu_t, 7> fields{};
    fields[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    fields[0].u.cstr = name.constData();
    fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    fields[1].u.i32 = record.partition;
    fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    fields[2].u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK;
    fields[3].vtype = RD_KAFKA_VTYPE_KEY;
    std::tie(fields[3].u.mem.ptr, fields[3].u.mem.size) = bytesOf(record.key);
    fields[4].vtype = RD_KAFKA_VTYPE_VALUE;
    std::tie(fields[4].u.mem.ptr, fields[4].u.mem.size) = bytesOf(record.value);
    fields[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    fields[5].u.i64 = record.timestampMs;
    fields[6].vtype = RD_KAFKA_VTYPE_HEADERS;
    fields[6].u.headers = headers; // the client's from here on, unless it refuses
    rd_kafka_error_t* const refused = rd_kafka_produceva(m_client.get(), fields.data(), fields.size());
    if (refused)
        rd_kafka_headers_destroy(headers);
    check(refused, u"producing to "_s + topic);
}

void ForeignProducer::flush()
{
    check(rd_kafka_flush(m_client.get(), patienceMs), u"flush"_s);
}

void ForeignProducer::begin()
{
    check(rd_kafka_begin_transaction(m_client.get()), u"begin"_s);
}

void ForeignProducer::commit()
{
    check(rd_kafka_commit_transaction(m_client.get(), patienceMs), u"commit"_s);
}

void ForeignProducer::abort()
{
    check(rd_kafka_abort_transaction(m_client.get(), patienceMs), u"abort"_s);
}

std::vector<ForeignRecord> readTopic(const QString& bootstrap, const QString& topic, Isolation isolation)
{
    const QByteArray name = topic.toUtf8();
    const Consumer client(newClient(
        RD_KAFKA_CONSUMER,
        {{"bootstrap.servers", bootstrap.toUtf8()},
         {"log_level", "0"},
         {"group.id", "foreign-reader"},
         {"enable.auto.commit", "false"},
         {"enable.partition.eof", "true"},
         {"isolation.level", isolation == Isolation::ReadCommitted ? "read_committed" : "read_uncommitted"}}));
    rd_kafka_poll_set_consumer(client.get());
    const int partitions = partitionCount(client.get(), name);
    if (partitions == 0)
        giveUp(topic + u" is not there"_s);
    const List list(rd_kafka_topic_partition_list_new(partitions));
    const Consumer inspector = uncommittedReader(bootstrap);
    std::map<int, qint64> missing; // to where
    for (int p = 0; p < partitions; ++p) {
        rd_kafka_topic_partition_list_add(list.get(), name.constData(), p)->offset = RD_KAFKA_OFFSET_BEGINNING;
        missing[p] = watermarksOf(inspector.get(), name, p).second;
    }
    check(rd_kafka_assign(client.get(), list.get()), u"assign"_s);
    std::vector<ForeignRecord> records;
    const QDeadlineTimer deadline(patienceMs);
    while (!missing.empty()) {
        if (deadline.hasExpired())
            giveUp(u"the end of %1 was not reached"_s.arg(topic));
        const Message message(rd_kafka_consumer_poll(client.get(), 250));
        if (!message)
            continue;
        // A commit is answered before its markers are in every partition: until then a reader's end is short of
        // the records, and it comes once more behind them.
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            const auto of = missing.find(message->partition);
            if (of != missing.end() && message->offset >= of->second)
                missing.erase(of);
        } else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            records.push_back(recordOf(message.get()));
        } else {
            giveUp(QString::fromUtf8(rd_kafka_message_errstr(message.get())));
        }
    }
    std::sort(records.begin(), records.end(), [](const ForeignRecord& a, const ForeignRecord& b) {
        return std::pair(a.partition, a.offset) < std::pair(b.partition, b.offset);
    });
    return records;
}

void commitOffset(const QString& bootstrap, const QString& group, const QString& topic, int partition, qint64 offset)
{
    const Consumer client(newClient(RD_KAFKA_CONSUMER, {{"bootstrap.servers", bootstrap.toUtf8()},
                                                        {"log_level", "0"},
                                                        {"group.id", group.toUtf8()},
                                                        {"enable.auto.commit", "false"}}));
    const List list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.toUtf8().constData(), partition)->offset = offset;
    check(rd_kafka_commit(client.get(), list.get(), 0), u"commit of "_s + group);
    check(list->elems[0].err, u"commit of "_s + group);
}

std::pair<qint64, qint64> watermarks(const QString& bootstrap, const QString& topic, int partition)
{
    return watermarksOf(uncommittedReader(bootstrap).get(), topic.toUtf8(), partition);
}

} // namespace spillway::test
