// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/benches.h"

#include "model/store/storewriter.h"
#include "tests/bench/measure.h"

#include <SQLiteCpp/Statement.h>

#include <librdkafka/rdkafka.h>

#include <array>
#include <deque>
#include <memory>
#include <string_view>

/// The least that taking letters in costs: the library's messages, with their headers, into the tables and indexes that
/// letters have. Nothing is decoded, hashed, judged, grouped or counted. One thread reads, one writes.
namespace spillway::bench {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t perTransaction = 6'000; // as many as the intake has in one
constexpr std::size_t inFlight = 3;

struct Destroyer
{
    void operator()(rd_kafka_t* consumer) const { rd_kafka_destroy(consumer); }
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Message = std::unique_ptr<rd_kafka_message_t, Destroyer>;

struct Letter
{
    Message message; // its bytes are bound where they lie
    QByteArray headers;
};
using Letters = std::vector<Letter>;

std::unique_ptr<rd_kafka_t, Destroyer> consumerOf(const QString& bootstrap, const QString& topic, int partitions)
{
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char why[256];
    // A full queue would make the library wait before it fetches again: here it may hold all there is.
    const std::array<std::pair<const char*, QByteArray>, 5> settings{{{"bootstrap.servers", bootstrap.toUtf8()},
                                                                      {"group.id", "bench"},
                                                                      {"enable.auto.commit", "false"},
                                                                      {"queued.min.messages", "1000000"},
                                                                      {"queued.max.messages.kbytes", "1048576"}}};
    for (const auto& [name, value] : settings)
        rd_kafka_conf_set(conf, name, value.constData(), why, sizeof why);
    std::unique_ptr<rd_kafka_t, Destroyer> consumer(rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why));
    if (!consumer)
        must(Status(fail(ErrorCode::Internal, QString::fromUtf8(why))));
    rd_kafka_poll_set_consumer(consumer.get());
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(partitions);
    for (int partition = 0; partition < partitions; ++partition)
        rd_kafka_topic_partition_list_add(list, topic.toUtf8().constData(), partition)->offset =
            RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(consumer.get(), list);
    rd_kafka_topic_partition_list_destroy(list);
    return consumer;
}

QByteArray headersOf(const rd_kafka_message_t& message)
{
    QByteArray all;
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return all;
    all.reserve(2'048);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i)
        all.append(name).append(static_cast<const char*>(value), static_cast<qsizetype>(size));
    return all;
}

/// Columns that would tell something are filled as widely spread as the real ones: 200 groups in any order.
void insert(SQLite::Database& db, const Letters& letters)
{
    SQLite::Statement row(
        db, "INSERT INTO letter (channel_ref, generation, partition, offset, digest, group_ref, facet_ref, moment_ms,"
            " first_seen_at_ms, dead_lettered_at_ms, record_at_ms, timestamp_type, origin_partition, origin_offset,"
            " origin_at_ms, size_bytes, is_pointer, kind, state, error_message, stack_header)"
            " VALUES (1, 1, ?1, ?2, ?3, ?4, ?5, ?6, 1764000000000, ?6, ?6, 1, ?1, ?2, ?6, ?7, 0, 'business', 'new',"
            " 'step 12 of order o-1234567 failed after 1234 ms', 10)"
            " ON CONFLICT (channel_ref, partition, offset, digest) DO NOTHING");
    SQLite::Statement body(db, "INSERT INTO letter_body (letter_ref, key, value, headers) VALUES (?, ?, ?, ?)");
    for (const auto& [message, headers] : letters) {
        const std::string_view key(static_cast<const char*>(message->key), message->key_len);
        const std::size_t spread = std::hash<std::string_view>{}(key);
        rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        row.reset();
        row.bind(1, message->partition);
        row.bind(2, std::int64_t{message->offset});
        row.bind(3, static_cast<std::int64_t>(spread));
        row.bind(4, static_cast<std::int64_t>(spread % 200));
        row.bind(5, static_cast<std::int64_t>(spread % 2'400));
        row.bind(6, std::int64_t{rd_kafka_message_timestamp(message.get(), &type)});
        row.bind(7,
                 static_cast<std::int64_t>(message->key_len + message->len + static_cast<std::size_t>(headers.size())));
        row.exec();
        body.reset();
        body.bind(1, std::int64_t{db.getLastInsertRowid()});
        body.bindNoCopy(2, message->key, static_cast<int>(message->key_len));
        body.bindNoCopy(3, message->payload, static_cast<int>(message->len));
        body.bindNoCopy(4, headers.constData(), static_cast<int>(headers.size()));
        body.exec();
    }
}

} // namespace

void readAndInsert(const QString& bootstrap, const QString& topic, const QString& folder, std::int64_t count)
{
    const auto store =
        must(StoreWriter::open(folder + u"/samples.sqlite"_s, Database::Access::Writer, u":/migrations/samples"_s));
    const auto consumer = consumerOf(bootstrap, topic, 6);
    const std::unique_ptr<rd_kafka_queue_t, Destroyer> queue(rd_kafka_queue_get_consumer(consumer.get()));
    const auto start = std::chrono::steady_clock::now();
    const double busy = processSeconds();
    std::deque<std::future<Status>> written;
    std::int64_t read = 0;
    while (read < count) {
        const auto letters = std::make_shared<Letters>(); // second owner: the writer's task
        while (letters->size() < perTransaction && read < count) {
            std::array<rd_kafka_message_t*, 512> messages{};
            const auto got = rd_kafka_consume_batch_queue(queue.get(), 100, messages.data(), messages.size());
            for (std::ptrdiff_t i = 0; i < got; ++i) {
                Message message(messages[static_cast<std::size_t>(i)]);
                if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
                    continue;
                QByteArray headers = headersOf(*message);
                letters->push_back({std::move(message), std::move(headers)});
                ++read;
            }
        }
        written.push_back(store->enqueue(
            [letters](Database& database) {
                return database.guarded([&](SQLite::Database& db) { insert(db, *letters); });
            },
            0));
        for (; written.size() >= inFlight; written.pop_front())
            must(written.front().get());
    }
    for (auto& each : written)
        must(each.get());
    const double seconds = secondsSince(start);
    say("intake-floor", static_cast<double>(count) / seconds, "letters/s");
    say("intake-floor-busy", (processSeconds() - busy) * 1e6 / static_cast<double>(count), "us");
}

} // namespace spillway::bench
