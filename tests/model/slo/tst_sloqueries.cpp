// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/processingbook.h"
#include "model/slo/processingretention.h"
#include "model/slo/sloqueries.h"
#include "model/store/storewriter.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

constexpr std::int64_t t0 = 1'790'000'000'000;
constexpr std::int64_t hourMs = 3'600'000;
constexpr std::int64_t dayMs = 24 * hourMs;

ConsumerEntry consumer(const QString& service, std::optional<double> target, double objective = 0.99)
{
    ConsumerEntry entry;
    entry.team = service + u"-team"_s;
    entry.service = entry.consumerGroup = service;
    entry.sloProcessingTimeMs = target;
    entry.sloObjective = objective;
    return entry;
}

Catalog catalogOf(std::vector<ConsumerEntry> consumers)
{
    OwnedEvent event;
    event.eventType = u"order.created"_s;
    event.consumers = std::move(consumers);
    return Catalog({event}, {}, {});
}

struct Bench
{
    QTemporaryDir folder;
    std::unique_ptr<StoreWriter> writer =
        StoreWriter::open(file(), Database::Access::Writer, u":/migrations/samples"_s).value();
    std::vector<ProcessingRecord> records;

    QString file() const { return folder.filePath(u"samples.sqlite"_s); }
    void log(const QString& service, double latencyMs, std::int64_t atMs,
             ProcessingStatus status = ProcessingStatus::Success)
    {
        records.push_back({service, u"order.created"_s, status, latencyMs, utcFromMs(atMs)});
    }
    void store(const Catalog& catalog)
    {
        ProcessingBatch batch;
        for (const ProcessingRecord& record : records)
            batch.records.push_back({u"log"_s, record});
        const Status written = writer->write([&](Database& database) -> Status {
            auto book = ProcessingBook::open(database, catalog);
            if (!book)
                return tl::unexpected<Error>(book.error());
            return (*book)->enter(database, u"c"_s, batch, utcFromMs(t0));
        });
        QVERIFY2(written, qPrintable(written ? QString() : written.error().detail));
    }
    Database reader() const { return std::move(Database::open(file(), Database::Access::Reader).value()); }
    std::vector<SloRow> rows(const Catalog& catalog, std::int64_t windowMs = dayMs) const
    {
        Database database = reader();
        return sloRows(database, catalog, Millis{windowMs}, utcFromMs(t0)).value();
    }
};

} // namespace

class SloQueriesTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyPromiseIsListed();
    void jsonIsTheContracts();
    void windowsHaveExactEdges();
    void countsAreExactForRandomWindows();
    void burnLooksAtTheLastHour();
    void worstComesFirst();
    void daysOfAPair();
    void oldDaysGo();
    void nothingLoggedYet();
};

void SloQueriesTest::everyPromiseIsListed()
{
    Bench bench;
    const Catalog catalog =
        catalogOf({consumer(u"payment"_s, 100), consumer(u"audit"_s, std::nullopt), consumer(u"silent"_s, 50)});
    bench.log(u"payment"_s, 10, t0);
    bench.log(u"audit"_s, 10, t0, ProcessingStatus::Failed);
    bench.log(u"stranger"_s, 10, t0);
    bench.log(u"former"_s, 10, t0 - 9 * dayMs); // not in the window and nowhere declared
    bench.store(catalog);
    const auto rows = bench.rows(catalog);
    QCOMPARE(rows.size(), std::size_t{4});
    const auto row = [&rows](const QString& name) {
        return *std::find_if(rows.begin(), rows.end(), [&name](const SloRow& r) { return r.consumer == name; });
    };
    QCOMPARE(row(u"payment"_s).state, SloState::Met);
    QCOMPARE(row(u"payment"_s).team, std::optional(u"payment-team"_s));
    QCOMPARE(row(u"payment"_s).objective, std::optional(0.99));
    QCOMPARE(row(u"payment"_s).p50Ms, std::optional(10.0)); // one value is that value
    QCOMPARE(row(u"payment"_s).budgetRemaining, std::optional(1.0));
    QCOMPARE(row(u"payment"_s).burnRate1h, std::optional(0.0));

    const SloRow audit = row(u"audit"_s);
    QCOMPARE(audit.state, SloState::NoPromise);
    QCOMPARE(audit.team, std::optional(u"audit-team"_s));
    QCOMPARE(audit.total, 1);
    QCOMPARE(audit.successRate, std::optional(0.0));
    QVERIFY(!audit.objective && !audit.targetMs && !audit.withinTarget && !audit.good && !audit.attainment &&
            !audit.budgetRemaining && !audit.burnRate1h);

    const SloRow silent = row(u"silent"_s);
    QCOMPARE(silent.state, SloState::NoData);
    QCOMPARE(silent.total, 0);
    QCOMPARE(silent.good, std::optional(std::int64_t{0}));
    QVERIFY(!silent.attainment && !silent.p50Ms && !silent.p99Ms && !silent.successRate && !silent.budgetRemaining &&
            !silent.burnRate1h);

    QCOMPARE(row(u"stranger"_s).state, SloState::NoPromise);
    QVERIFY(!row(u"stranger"_s).team);
}

void SloQueriesTest::jsonIsTheContracts()
{
    Bench bench;
    const Catalog catalog = catalogOf({consumer(u"payment"_s, 100)});
    bench.log(u"payment"_s, 10, t0);
    bench.log(u"stranger"_s, 10, t0);
    bench.store(catalog);
    const auto rows = bench.rows(catalog);
    const QJsonArray array = QJsonDocument::fromJson(sloJson(rows)).array();
    QCOMPARE(array.size(), 2);
    QStringList expected{
        u"consumer"_s,        u"eventType"_s,  u"team"_s,     u"total"_s, u"good"_s,  u"withinTarget"_s,
        u"attainment"_s,      u"objective"_s,  u"targetMs"_s, u"p50Ms"_s, u"p99Ms"_s, u"successRate"_s,
        u"budgetRemaining"_s, u"burnRate1h"_s, u"state"_s};
    expected.sort();
    QCOMPARE(array[0].toObject().keys(), expected);
    QCOMPARE(array[0].toObject()[u"state"_s].toString(), u"met"_s);
    QCOMPARE(array[0].toObject()[u"attainment"_s].toDouble(), 1.0);
    QCOMPARE(array[1].toObject().keys(), expected);
    QVERIFY(array[1].toObject()[u"good"_s].isNull());
    QVERIFY(array[1].toObject()[u"team"_s].isNull());
    QVERIFY(sloText(rows).contains(u"payment-team"_s));
    QVERIFY(sloText({}).contains(u"ownership.yaml"_s));
}

void SloQueriesTest::windowsHaveExactEdges()
{
    Bench bench;
    const Catalog catalog = catalogOf({consumer(u"payment"_s, 100)});
    bench.log(u"payment"_s, 1, t0 - dayMs - 1); // just out
    bench.log(u"payment"_s, 1, t0 - dayMs);     // just in
    bench.log(u"payment"_s, 1, t0);
    bench.log(u"payment"_s, 1, t0 + 5000); // a clock that runs ahead: counted
    bench.store(catalog);
    QCOMPARE(bench.rows(catalog).at(0).total, 3);
    QCOMPARE(bench.rows(catalog, dayMs + 1).at(0).total, 4);
    QCOMPARE(bench.rows(catalog, dayMs - 1).at(0).total, 2);
}

void SloQueriesTest::countsAreExactForRandomWindows()
{
    Bench bench;
    const Catalog catalog = catalogOf({consumer(u"a"_s, 20.5), consumer(u"b"_s, 3), consumer(u"c"_s, std::nullopt)});
    std::mt19937_64 luck(17);
    std::lognormal_distribution<double> latency(2.5, 1.2);
    for (int i = 0; i < 20'000; ++i)
        bench.log(QStringList{u"a"_s, u"b"_s, u"c"_s}[static_cast<qsizetype>(luck() % 3)],
                  std::round(latency(luck) * 2) / 2, t0 - static_cast<std::int64_t>(luck() % (9 * dayMs)),
                  static_cast<ProcessingStatus>(luck() % 17 == 0 ? luck() % 3 : 0));
    bench.store(catalog);
    const Catalog changed = catalogOf({consumer(u"a"_s, 7.5), consumer(u"b"_s, 3), consumer(u"c"_s, 12)});
    for (int probe = 0; probe < 40; ++probe) {
        const std::int64_t window = static_cast<std::int64_t>(luck() % (10 * dayMs)) + 1;
        const Catalog& asked = probe % 2 == 0 ? catalog : changed;
        for (const SloRow& row : bench.rows(asked, window)) {
            SloCounts exact;
            std::vector<double> latencies;
            for (const ProcessingRecord& record : bench.records) {
                if (record.consumerService != row.consumer || toMs(record.processedAt) < t0 - window)
                    continue;
                const bool isSuccess = record.status == ProcessingStatus::Success;
                const bool isWithin = row.targetMs && record.latencyMs <= *row.targetMs;
                exact += {1, isSuccess, isWithin, isSuccess && isWithin};
                latencies.push_back(record.latencyMs);
            }
            QCOMPARE(row.total, exact.total);
            QCOMPARE(row.withinTarget.value_or(0), exact.withinTarget);
            QCOMPARE(row.good.value_or(0), exact.good);
            QCOMPARE(row.successRate, shareOf(exact.succeeded, exact.total));
            QCOMPARE(row.good.has_value(), row.targetMs.has_value());
            std::sort(latencies.begin(), latencies.end());
            for (const auto& [share, told] : {std::pair(0.5, row.p50Ms), std::pair(0.99, row.p99Ms)}) {
                QCOMPARE(told.has_value(), !latencies.empty());
                if (latencies.empty())
                    continue;
                const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies.size())));
                QVERIFY(std::abs(*told - latencies[rank - 1]) <= 0.011 * latencies[rank - 1]);
            }
        }
    }
}

void SloQueriesTest::burnLooksAtTheLastHour()
{
    Bench bench;
    const Catalog catalog = catalogOf({consumer(u"payment"_s, 100, 0.9)});
    for (int i = 0; i < 900; ++i)
        bench.log(u"payment"_s, 1, t0 - 2 * hourMs);
    for (int i = 0; i < 100; ++i)
        bench.log(u"payment"_s, i < 40 ? 500 : 1, t0 - hourMs + i);
    bench.log(u"payment"_s, 500, t0 - hourMs - 1);
    bench.store(catalog);
    const SloRow row = bench.rows(catalog).at(0);
    QCOMPARE(row.total, 1001);
    QCOMPARE(row.good, std::optional(std::int64_t{960}));
    QVERIFY(std::abs(*row.burnRate1h - 4.0) < 1e-9);
    QVERIFY(std::abs(*row.budgetRemaining - (1 - 41.0 / 100.1)) < 1e-9);
    QCOMPARE(row.state, SloState::AtRisk);
}

void SloQueriesTest::worstComesFirst()
{
    Bench bench;
    const Catalog catalog =
        catalogOf({consumer(u"good"_s, 10), consumer(u"none"_s, std::nullopt), consumer(u"bad"_s, 10),
                   consumer(u"worse"_s, 10), consumer(u"silent"_s, 10), consumer(u"alike"_s, 10)});
    for (int i = 0; i < 10; ++i) {
        bench.log(u"good"_s, 1, t0);
        bench.log(u"alike"_s, 1, t0);
        bench.log(u"none"_s, 1, t0);
        bench.log(u"bad"_s, i < 2 ? 50 : 1, t0);
        bench.log(u"worse"_s, i < 7 ? 50 : 1, t0);
    }
    bench.store(catalog);
    QStringList order;
    for (const SloRow& row : bench.rows(catalog))
        order += row.consumer;
    QCOMPARE(order, (QStringList{u"worse"_s, u"bad"_s, u"silent"_s, u"alike"_s, u"good"_s, u"none"_s}));
}

void SloQueriesTest::daysOfAPair()
{
    Bench bench;
    const Catalog catalog = catalogOf({consumer(u"payment"_s, 10)});
    const std::int64_t midnight = t0 - t0 % dayMs;
    bench.log(u"payment"_s, 1, midnight);
    bench.log(u"payment"_s, 50, midnight - 1);
    bench.log(u"payment"_s, 1, midnight - dayMs, ProcessingStatus::Failed);
    bench.log(u"payment"_s, 1, midnight - 3 * dayMs);
    bench.store(catalog);
    Database reader = bench.reader();
    for (const Catalog& asked : {catalog, catalogOf({consumer(u"payment"_s, 10.5)})}) {
        const auto days = sloDays(reader, asked, u"payment"_s, u"order.created"_s, utcFromMs(midnight - 3 * dayMs + 5),
                                  utcFromMs(midnight + 1))
                              .value();
        QCOMPARE(days.size(), std::size_t{4});
        QCOMPARE(toMs(days[0].day), midnight - 3 * dayMs);
        QCOMPARE(days[0].attainment, std::optional(1.0));
        QCOMPARE(days[1].total, 0);
        QVERIFY(!days[1].attainment); // a gap, not a zero
        QCOMPARE(days[2].total, 2);
        QCOMPARE(days[2].succeeded, 1);
        QCOMPARE(days[2].attainment, std::optional(0.0));
        QCOMPARE(days[3].good, std::optional(std::int64_t{1}));
    }
    QCOMPARE(
        sloDays(reader, catalog, u"nobody"_s, u"x"_s, utcFromMs(midnight), utcFromMs(midnight + 1)).value().at(0).total,
        0);
}

void SloQueriesTest::oldDaysGo()
{
    Bench bench;
    const Catalog catalog = catalogOf({consumer(u"payment"_s, 10)});
    for (int day = 0; day < 10; ++day)
        bench.log(u"payment"_s, 1, t0 - day * dayMs);
    bench.store(catalog);
    const auto removed = pruneProcessing(*bench.writer, utcFromMs(t0), Millis{4 * dayMs}, {});
    QVERIFY(removed);
    QCOMPARE(*removed, 5 + 3 * 5);
    QCOMPARE(bench.rows(catalog, 100 * dayMs).at(0).total, 5);
    QCOMPARE(bench.rows(catalog, 4 * dayMs).at(0).total, 5);
}

void SloQueriesTest::nothingLoggedYet()
{
    Bench bench;
    QVERIFY(bench.rows({}).empty());
    const auto rows = bench.rows(catalogOf({consumer(u"payment"_s, 10)}));
    QCOMPARE(rows.size(), std::size_t{1});
    QCOMPARE(rows[0].state, SloState::NoData);
    Database reader = bench.reader();
    QCOMPARE(processingHealth(reader).value(), ProcessingHealth{});
}

QTEST_GUILESS_MAIN(SloQueriesTest)
#include "tst_sloqueries.moc"
