// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/benches.h"

#include "model/catalog/catalogfiles.h"
#include "model/catalog/cataloglint.h"
#include "model/catalog/catalogsearch.h"
#include "model/lag/lagqueries.h"
#include "model/lag/lagsampler.h"
#include "model/slo/processingbook.h"
#include "model/slo/sloqueries.h"
#include "tests/bench/measure.h"
#include "tests/model/lag/fakelagsource.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <QDir>
#include <QFile>

#include <random>

namespace spillway::bench {
using namespace Qt::Literals::StringLiterals;

/// 1 000 groups with 20 partitions each, as a broker would tell them at once: judged and stored. What asking costs is
/// the broker tests' matter.
void sampleLag(const QString& folder)
{
    const auto store =
        must(StoreWriter::open(folder + u"/lag.sqlite"_s, Database::Access::Writer, u":/migrations/samples"_s));
    test::ManualClock clock;
    test::FakeLagSource source(clock);
    source.answerTime = Millis{10};
    for (int group = 0; group < 1'000; ++group) {
        for (int partition = 0; partition < 20; ++partition) {
            const QString topic = u"topic-%1"_s.arg(group);
            source.commit(u"group-%1"_s.arg(group), topic, partition, 1'000 + partition);
            source.end(topic, partition, 1'000 + 3 * partition);
        }
    }
    ConnectionSettings settings;
    settings.name = u"bench"_s;
    LagSampler sampler(source, *store, {}, clock, settings);
    (void)must(sampler.sampleOnce({})); // the first one also makes every row
    int round = 0;
    say("lag-sample",
        medianMs(5,
                 [&] {
                     clock.advance(Millis{15'000});
                     ++round;
                     for (auto& [at, ends] : source.ends)
                         ends.end = Offset{1'000 + 3 * at.partition + 100 * round};
                     for (auto& [at, offset] : source.committed)
                         offset = Offset{offset->value + 90};
                     (void)must(sampler.sampleOnce({}));
                 }),
        "ms");
    say("lag-sample-memory", peakMiB(), "MiB");
}

void openSlos(const QString& folder, std::int64_t count)
{
    constexpr std::int64_t weekMs = 7LL * 24 * 3'600'000;
    const UtcTime now = utcFromMs(1'764'000'000'000);
    const auto store =
        must(StoreWriter::open(folder + u"/slo.sqlite"_s, Database::Access::Writer, u":/migrations/samples"_s));
    std::vector<OwnedEvent> owned;
    for (int event = 0; event < 10; ++event) {
        OwnedEvent entry;
        entry.eventType = u"event-%1"_s.arg(event);
        for (int consumer = 0; consumer < 30; ++consumer) {
            ConsumerEntry promise;
            promise.team = u"team-%1"_s.arg(consumer % 7);
            promise.service = u"service-%1"_s.arg(consumer);
            entry.consumers.push_back(promise);
        }
        owned.push_back(entry);
    }
    const Catalog catalog(owned, {}, {});
    std::unique_ptr<ProcessingBook> book;
    std::mt19937 random(3);
    std::lognormal_distribution<double> latency(3.5, 0.8);
    constexpr std::int64_t perBatch = 20'000;
    for (std::int64_t at = 0; at < count; at += perBatch) {
        ProcessingBatch batch;
        for (std::int64_t i = at; i < std::min(at + perBatch, count); ++i)
            batch.records.push_back(
                {u"log"_s,
                 {.consumerService = u"service-%1"_s.arg(random() % 30),
                  .eventType = u"event-%1"_s.arg(random() % 10),
                  .status = random() % 50 == 0 ? ProcessingStatus::Failed : ProcessingStatus::Success,
                  .latencyMs = std::floor(latency(random)),
                  .processedAt = utcFromMs(toMs(now) - weekMs + i * weekMs / count)}});
        must(store->write([&](Database& database) -> Status {
            if (!book)
                book = must(ProcessingBook::open(database, catalog));
            return book->enter(database, u"bench"_s, batch, now);
        }));
    }
    auto reader = must(Database::open(store->file(), Database::Access::Reader));
    say("slo-screen", medianMs(5, [&] { (void)must(sloRows(reader, catalog, Millis{weekMs}, now)); }), "ms");
}

/// An event catalog of this many events as people write it, read with all its checks.
namespace {

/// Both files and a schema per event: read, linted, and searched with what costs most, a word that is nowhere.
void lintAndSearch(const QString& folder, const QString& catalogFile, int events)
{
    const QString ownershipFile = folder + u"/ownership.yaml"_s;
    QFile out(ownershipFile);
    if (!QDir().mkpath(folder + u"/schemas"_s) || !out.open(QIODevice::WriteOnly))
        must(Status(fail(ErrorCode::Unreachable, ownershipFile + u" cannot be written"_s)));
    out.write("events:\n");
    for (int i = 0; i < events; ++i) {
        const QByteArray n = QByteArray::number(i);
        out.write("  domain" + QByteArray::number(i % 40) + ".thing" + n + ":\n    producer:\n      team: team-" +
                  QByteArray::number(i % 30) + "\n      service: service-" + QByteArray::number(i % 300) +
                  "\n      slack_channel: '#a'\n      oncall_rotation: a\n    consumers:\n      - team: team-" +
                  QByteArray::number((i + 7) % 30) + "\n        service: service-" + QByteArray::number((i + 7) % 300) +
                  "\n        slo_processing_time_ms: 500\n");
        QFile schema(folder + u"/schemas/domain%1.thing%2.v1.json"_s.arg(i % 40).arg(i));
        if (schema.open(QIODevice::WriteOnly))
            schema.write("{\"type\":\"object\",\"required\":[\"id\"],\"properties\":{\"id\":{\"type\":\"string\"},"
                         "\"amount\":{\"type\":\"number\"},\"customer\":{\"type\":\"object\",\"properties\":{"
                         "\"name\":{\"type\":\"string\"},\"email\":{\"type\":\"string\"}}}}}");
    }
    out.close();
    Workspace workspace;
    workspace.folder = folder;
    workspace.ownershipFile = ownershipFile;
    workspace.catalogFile = catalogFile;
    std::optional<CatalogSources> sources;
    std::size_t findings = 0;
    say("catalog-lint",
        medianMs(3,
                 [&] {
                     sources = readCatalogSources(workspace).value;
                     findings = lintCatalog(*sources, LintPolicy(), QDate(2026, 11, 26)).findings.size();
                 }),
        "ms");
    const CatalogIndex index(sources->events);
    const CatalogQuery query = must(parseCatalogQuery(u"nowhere OR (owner:team-7 field:email consumers>=1)"_s));
    std::size_t found = 0;
    say("catalog-search", medianMs(9, [&] { found = index.find(query).size(); }), "ms");
    if (findings == 0 || found == 0)
        must(Status(fail(ErrorCode::Internal, u"nothing was found"_s)));
}

} // namespace

void loadCatalogOf(const QString& folder, int events)
{
    const QString file = folder + u"/event-catalog.yaml"_s;
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly))
        must(Status(fail(ErrorCode::Unreachable, file + u" cannot be written"_s)));
    out.write("catalog:\n");
    for (int i = 0; i < events; ++i) {
        const QByteArray n = QByteArray::number(i);
        out.write("  - event_type: domain" + QByteArray::number(i % 40) + ".thing" + n + "\n    domain: domain" +
                  QByteArray::number(i % 40) + "\n    description: 'Published when thing " + n +
                  " changes.'\n    current_version: 1\n    topic: topic-" + QByteArray::number(i % 900) +
                  "\n    partition_key: id\n    avg_daily_volume: 8000\n    avg_payload_bytes: 800\n"
                  "    retention_days: 7\n    schema_path: schemas/domain" +
                  QByteArray::number(i % 40) + ".thing" + n + ".v1.json\n    producer:\n      service: service-" +
                  QByteArray::number(i % 300) + "\n      team: team-" + QByteArray::number(i % 30) +
                  "\n    consumers:\n      - service: service-" + QByteArray::number((i + 7) % 300) +
                  "\n        team: team-" + QByteArray::number((i + 7) % 30) + "\n    tags: ['critical']\n");
    }
    out.close();
    lintAndSearch(folder, file, events);
    std::size_t read = 0;
    say("catalog-load",
        medianMs(3,
                 [&] {
                     const CatalogFile catalog = readCatalogFile(file);
                     read = Catalog({}, catalog.events, {}).events().size();
                 }),
        "ms");
    if (read != static_cast<std::size_t>(events))
        must(Status(fail(ErrorCode::Internal, u"only %1 of %2 events were read"_s.arg(read).arg(events))));
}

} // namespace spillway::bench
