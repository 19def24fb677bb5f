// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/benches.h"

#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/lettershelf.h"
#include "model/deadletter/queryrun.h"
#include "tests/bench/letterfactory.h"
#include "tests/bench/measure.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <QDir>
#include <QFile>

#include <simdjson.h>

#include <cstdio>
#include <cstring>

/// What is measured on a store of a million letters, made as the intake makes it.
namespace spillway::bench {
using namespace Qt::Literals::StringLiterals;

namespace {

const UtcTime seenAt = utcFromMs(1'764'000'000'000);
constexpr std::size_t perBatch = 4'000; // about what one poll brings

struct Kitchen
{
    DialectRegistry dialects = must(DialectRegistry::bundled());
    KindRules kinds = must(KindRules::bundled());
    Catalog catalog;
    std::vector<DeadLetterTopic> topics;
    LetterPreparer preparer{dialects, kinds, catalog, topics};
};

} // namespace

void makeStore(const QString& folder, std::int64_t count)
{
    const auto store =
        must(StoreWriter::open(folder + u"/samples.sqlite"_s, Database::Access::Writer, u":/migrations/samples"_s));
    Kitchen kitchen;
    LetterShelf shelf;
    LetterFactory factory;
    double preparing = 0;
    double storing = 0;
    double preparingBusy = 0; // processor time; without COMMIT and checkpoints
    double storingBusy = 0;
    while (factory.count() < count) {
        std::vector<RawRecord> records;
        while (records.size() < perBatch && factory.count() < count)
            records.push_back(factory.next());
        auto start = std::chrono::steady_clock::now();
        const double busy = threadSeconds();
        double storedBusy = 0;
        std::vector<PreparedLetter> letters;
        for (RawRecord& record : records)
            letters.push_back(kitchen.preparer.prepare(std::move(record)));
        preparing += secondsSince(start);
        preparingBusy += threadSeconds() - busy;
        start = std::chrono::steady_clock::now();
        must(store->write([&](Database& database) -> Status {
            const double before = threadSeconds();
            must(database.guarded([&](SQLite::Database& db) { shelf.open(db); }));
            const auto stored = storeLetters(database, u"bench"_s, u"orders"_s, letters, seenAt, &shelf);
            must(database.guarded([&](SQLite::Database& db) { shelf.close(db); }));
            storedBusy = threadSeconds() - before;
            return stored ? Status() : Status(tl::unexpected<Error>(stored.error()));
        }));
        storing += secondsSince(start);
        storingBusy += storedBusy;
    }
    say("letter-prepare", static_cast<double>(count) / preparing, "letters/s");
    say("letter-store", static_cast<double>(count) / storing, "letters/s");
    say("letter-prepare-busy", preparingBusy * 1e6 / static_cast<double>(count), "us");
    say("letter-store-busy", storingBusy * 1e6 / static_cast<double>(count), "us");
}

/// What the schema's word costs a letter: the same ones prepared without and with a schema, by processor time.
void judgeLetters(const QString& folder, std::int64_t count)
{
    QDir().mkpath(folder + u"/schemas/order"_s);
    QFile file(folder + u"/schemas/order/order.created.v1.json"_s);
    if (!file.open(QIODevice::WriteOnly))
        must(Status(fail(ErrorCode::Unreachable, file.fileName() + u" cannot be written"_s)));
    file.write(R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
"required":["order_id","event_type","amount","currency","customer","items"],
"properties":{"order_id":{"type":"string","pattern":"^o-[0-9]+$"},"event_type":{"const":"order.created"},
"amount":{"type":"number","minimum":0},"currency":{"enum":["EUR","USD"]},
"customer":{"type":"object","required":["id"],"properties":{"id":{"type":"integer"},"region":{"type":"string"},
"tier":{"type":"integer","maximum":9}}},
"items":{"type":"array","minItems":1,"items":{"type":"object","required":["sku","quantity"],
"properties":{"sku":{"type":"string"},"quantity":{"type":"integer","minimum":1},"note":{"type":"string"}}}},
"paid":{"type":"boolean"},"channel":{"type":"string"}},"additionalProperties":false})");
    file.close();
    Kitchen kitchen;
    const PayloadJudge judge{SchemaFolder(folder + u"/schemas"_s)};
    LetterPreparer judging(kitchen.dialects, kitchen.kinds, kitchen.catalog, kitchen.topics, &judge);
    LetterFactory factory;
    double without = 0;
    double with = 0;
    std::int64_t valid = 0;
    while (factory.count() < count) {
        std::vector<RawRecord> records;
        while (records.size() < perBatch && factory.count() < count)
            records.push_back(factory.next());
        double busy = threadSeconds();
        for (const RawRecord& record : records)
            (void)kitchen.preparer.prepare(record);
        without += threadSeconds() - busy;
        busy = threadSeconds();
        for (const RawRecord& record : records)
            valid += judging.prepare(record).schema.verdict == SchemaVerdict::Valid ? 1 : 0;
        with += threadSeconds() - busy;
    }
    if (valid != count)
        must(Status(fail(ErrorCode::Internal, u"only %1 of %2 letters fit their schema"_s.arg(valid).arg(count))));
    say("schema-verdict-busy", (with - without) * 1e6 / static_cast<double>(count), "us");
}

/// The same rows into one table with one index: the least that keeping them durably costs.
void insertPlainly(const QString& folder, std::int64_t count)
{
    SQLite::Database db((folder + u"/plain.sqlite"_s).toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec("PRAGMA page_size = 16384");
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("PRAGMA synchronous = NORMAL");
    db.exec("CREATE TABLE row (topic TEXT, partition INTEGER, offset INTEGER, key BLOB, value BLOB, headers BLOB,"
            " UNIQUE (topic, partition, offset))");
    LetterFactory factory;
    double seconds = 0;
    while (factory.count() < count) {
        std::vector<RawRecord> records;
        std::vector<QByteArray> headers;
        while (records.size() < perBatch && factory.count() < count) {
            records.push_back(factory.next());
            QByteArray packed;
            for (const Header& header : records.back().headers)
                packed += header.name + header.value.value_or(QByteArray());
            headers.push_back(packed);
        }
        const auto start = std::chrono::steady_clock::now();
        SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement insert(db, "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?)");
        for (std::size_t i = 0; i < records.size(); ++i) {
            const RawRecord& record = records[i];
            const QByteArray topic = record.at.topic.toUtf8();
            insert.reset();
            insert.bindNoCopy(1, topic.constData());
            insert.bind(2, record.at.partition);
            insert.bind(3, record.offset.value);
            insert.bindNoCopy(4, record.key->constData(), static_cast<int>(record.key->size()));
            insert.bindNoCopy(5, record.value->constData(), static_cast<int>(record.value->size()));
            insert.bindNoCopy(6, headers[i].constData(), static_cast<int>(headers[i].size()));
            insert.exec();
        }
        transaction.commit();
        seconds += secondsSince(start);
    }
    say("plain-sqlite-insert", static_cast<double>(count) / seconds, "rows/s");
}

void listGroups(const QString& folder)
{
    auto reader = must(Database::open(folder + u"/samples.sqlite"_s, Database::Access::Reader));
    const Query all = must(parseQuery(u""));
    say("group-list", medianMs(5, [&] { (void)must(deadLetterGroups(reader, all, seenAt)); }), "ms");
}

void search(const QString& folder)
{
    auto reader = must(Database::open(folder + u"/samples.sqlite"_s, Database::Access::Reader));
    const struct
    {
        const char* name;
        QString query;
    } queries[]{{"search-substring", u"\"oak table lamp\""_s},
                {"search-substring-none", u"nowhere-to-be-found"_s},
                {"search-json-path", u"payload.customer.id<5000"_s},
                {"search-json-text", u"payload.customer.region=us payload.customer.tier=4"_s},
                {"search-header", u"header.kafka_dlt-original-consumer-group=fraud-service"_s},
                {"search-expression", u"error~\"step (7|11) of .* failed after 2999 ms\""_s},
                {"search-field", u"consumer:fraud-service state:new"_s}};
    for (const auto& [name, text] : queries) {
        const Query query = must(parseQuery(text));
        double firstMs = 0;
        std::int64_t found = 0;
        const double busy = processSeconds();
        const double wholeMs = medianMs(3, [&] {
            const auto start = std::chrono::steady_clock::now();
            firstMs = 0;
            const auto outcome = must(scanLetters(
                reader, query, {.now = seenAt, .limit = std::nullopt, .timeLimit = std::nullopt, .progress = {}},
                [&](std::span<const std::int64_t>) {
                    if (firstMs == 0)
                        firstMs = secondsSince(start) * 1000;
                    return true;
                }));
            found = outcome.found;
        });
        std::fprintf(stderr, "%s: %lld found\n", name, static_cast<long long>(found));
        say((QByteArray(name) + "-first").constData(), firstMs, "ms");
        say(name, wholeMs, "ms");
        say((QByteArray(name) + "-busy").constData(), (processSeconds() - busy) * 1000 / 3, "ms");
    }
    say("search-memory", heldMiB(), "MiB");
}

/// The same bytes in memory, one after the other: memmem, and simdjson for one field.
void searchMemory(std::int64_t count)
{
    LetterFactory factory;
    std::vector<QByteArray> payloads;
    payloads.reserve(static_cast<std::size_t>(count));
    while (factory.count() < count) {
        payloads.push_back(*factory.next().value);
        payloads.back().reserve(payloads.back().size() + qsizetype{simdjson::SIMDJSON_PADDING});
    }
    std::int64_t found = 0;
    say("memmem",
        medianMs(3,
                 [&] {
                     for (const QByteArray& payload : payloads)
                         found += ::memmem(payload.constData(), static_cast<std::size_t>(payload.size()),
                                           "oak table lamp", 14)
                                      ? 1
                                      : 0;
                 }),
        "ms");
    simdjson::ondemand::parser parser;
    say("simdjson-field",
        medianMs(3,
                 [&] {
                     for (const QByteArray& payload : payloads) {
                         simdjson::ondemand::document document;
                         std::int64_t id = 0;
                         if (!parser
                                  .iterate(payload.constData(), static_cast<std::size_t>(payload.size()),
                                           static_cast<std::size_t>(payload.capacity()))
                                  .get(document) &&
                             !document["customer"]["id"].get(id))
                             found += id < 5000 ? 1 : 0;
                     }
                 }),
        "ms");
    std::fprintf(stderr, "memory: %lld found\n", static_cast<long long>(found));
}

} // namespace spillway::bench
