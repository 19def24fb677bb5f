// SPDX-License-Identifier: GPL-3.0-or-later
// Promises kept and broken: `slo` against arithmetic done here, on records that kcat and other clients wrote.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

const QByteArray ownership = R"(events:
  order.created:
    producer: { team: order-team, service: order-service }
    consumers:
      - { team: payment-team, service: payment-service, slo_processing_time_ms: 500, slo_objective: 0.9 }
      - { team: inventory-team, service: inventory-service, slo_processing_time_ms: 1000 }
      - { team: analytics-team, service: analytics-pipeline }
      - { team: silent-team, service: silent-service, slo_processing_time_ms: 100 }
  order.cancelled:
    producer: { team: order-team, service: order-service }
    consumers:
      - { team: payment-team, service: payment-service, slo_processing_time_ms: 500 }
)";

struct Entry
{
    QString consumer;
    QString eventType;
    double latencyMs = 0;
    QString status = u"success"_s;
    qint64 ageMs = 60'000;
    bool asText = true; ///< processed_at as RFC 3339, else as milliseconds
};

QByteArray json(const Entry& entry, qint64 nowMs)
{
    const qint64 at = nowMs - entry.ageMs;
    QJsonValue processedAt(at);
    if (entry.asText)
        processedAt = QDateTime::fromMSecsSinceEpoch(at, Qt::OffsetFromUTC, 5'400).toString(Qt::ISODateWithMs);
    return QJsonDocument(QJsonObject{{u"consumer_service"_s, entry.consumer},
                                     {u"event_type"_s, entry.eventType},
                                     {u"status"_s, entry.status},
                                     {u"processing_latency_ms"_s, entry.latencyMs},
                                     {u"processed_at"_s, processedAt},
                                     {u"attempt"_s, 1}})
        .toJson(QJsonDocument::Compact);
}

/// Three hours of a company's life; the times are relative to the moment they are written.
std::vector<Entry> history()
{
    std::vector<Entry> entries;
    constexpr qint64 minute = 60'000;
    // Within the hour: 195 of 200 good. Latencies 1 … 200 ms, but five failed.
    for (int i = 1; i <= 200; ++i)
        entries.push_back({.consumer = u"payment-service"_s,
                           .eventType = u"order.created"_s,
                           .latencyMs = i + 0.25,
                           .status = i <= 3 ? u"failed"_s : (i <= 5 ? u"dlq"_s : u"success"_s),
                           .ageMs = 10 * minute,
                           .asText = i % 2 == 0});
    // Two hours ago: 50 more, all of them too late.
    for (int i = 1; i <= 50; ++i)
        entries.push_back({.consumer = u"payment-service"_s,
                           .eventType = u"order.created"_s,
                           .latencyMs = 2'000,
                           .ageMs = 120 * minute});
    // On the target, a hair over it, a hair under it; a success too late and a failure in time are both not good.
    for (const double latency : {1'000.0, 1'000.0004, 999.9996, 0.0})
        entries.push_back({.consumer = u"inventory-service"_s, .eventType = u"order.created"_s, .latencyMs = latency});
    entries.push_back(
        {.consumer = u"inventory-service"_s, .eventType = u"order.created"_s, .latencyMs = 3, .status = u"failed"_s});
    for (int i = 0; i < 10; ++i)
        entries.push_back({.consumer = u"analytics-pipeline"_s,
                           .eventType = u"order.created"_s,
                           .latencyMs = 60'000,
                           .status = i == 0 ? u"failed"_s : u"success"_s});
    for (int i = 0; i < 7; ++i)
        entries.push_back({.consumer = u"payment-service"_s, .eventType = u"order.cancelled"_s, .latencyMs = 100});
    entries.push_back({.consumer = u"stranger"_s, .eventType = u"order.created"_s, .latencyMs = 42});
    // Five seconds outside of the hour, and ten minutes inside of it.
    entries.push_back({.consumer = u"edge"_s, .eventType = u"order.created"_s, .ageMs = 60 * minute + 5'000});
    entries.push_back({.consumer = u"edge"_s, .eventType = u"order.created"_s, .ageMs = 50 * minute});
    return entries;
}

struct Sums
{
    qint64 total = 0;
    qint64 succeeded = 0;
    qint64 within = 0;
    qint64 good = 0;
    std::vector<double> latencies;
};

Sums sums(const std::vector<Entry>& entries, const QString& consumer, const QString& eventType, double targetMs,
          qint64 windowMs)
{
    Sums out;
    for (const Entry& entry : entries) {
        if (entry.consumer != consumer || entry.eventType != eventType || entry.ageMs > windowMs)
            continue;
        const bool isSuccess = entry.status == u"success"_s;
        const bool isWithin = entry.latencyMs <= targetMs;
        ++out.total;
        out.succeeded += isSuccess;
        out.within += isWithin;
        out.good += isSuccess && isWithin;
        out.latencies.push_back(entry.latencyMs);
    }
    std::sort(out.latencies.begin(), out.latencies.end());
    return out;
}

void writeWorkspace(const Scene& scene, const Peer& kafka, const QString& topic)
{
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"main"_s,
                                                    .bootstrap = kafka.bootstrap(),
                                                    .more = {u"processing_log: { topic: %1 }"_s.arg(topic)}}},
                                                  u"development"_s, {u"ownership: ownership.yaml"_s}));
    scene.write(u"ownership.yaml"_s, ownership);
}

QJsonObject rowOf(const std::vector<QJsonObject>& rows, const QString& consumer, const QString& eventType)
{
    for (const QJsonObject& row : rows) {
        if (row[u"consumer"_s].toString() == consumer && row[u"eventType"_s].toString() == eventType)
            return row;
    }
    return {};
}

/// Two readers of percentiles need not agree on how to stand between two records, nor on the last percent.
bool isPercentile(double told, const std::vector<double>& sorted, double fraction)
{
    const double place = fraction * static_cast<double>(sorted.size() - 1);
    const auto at = [&](double index) {
        const double last = static_cast<double>(sorted.size() - 1);
        return sorted[static_cast<std::size_t>(std::clamp(index, 0.0, last))];
    };
    return told >= at(std::floor(place) - 1) * 0.985 && told <= at(std::ceil(place) + 1) * 1.015;
}

} // namespace

class SloTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_scene.reset(); }
    void countsAndShares_data();
    void countsAndShares();
    void withoutAPromiseItsNumbersAreNull();
    void withoutRecordsNothingIsClaimed();
    void aConsumerNobodyDeclaredIsListed();
    void budgetAndBurnRate();
    void theWindowIsExact();
    void everyRowHasItsFields();
    void failOnViolatedIsExitOne_data();
    void failOnViolatedIsExitOne();
    void textNamesTheStates();
    void unreadableRecordsAreCountedAndStopNothing();
    void whatIsNotCommittedIsNotCounted_data() { Peers::addVersionRows(); }
    void whatIsNotCommittedIsNotCounted();

private:
    std::vector<QJsonObject> rows(const QString& window)
    {
        return m_scene->ctl({u"slo"_s, u"--window"_s, window, u"--json"_s}).rows();
    }
    std::unique_ptr<Scene> m_scene;
    std::vector<Entry> m_history;
};

void SloTest::initTestCase()
{
    const Peer& kafka = Peers::kafka411();
    const QString topic = kafka.newTopic(u"processing"_s, 3);
    m_history = history();
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    QByteArray lines;
    for (const Entry& entry : m_history)
        lines += json(entry, now) + '\n';
    kafka.kcat({u"-P"_s, u"-t"_s, topic}, lines);
    m_scene = std::make_unique<Scene>();
    writeWorkspace(*m_scene, kafka, topic);
    const CtlOutput output = m_scene->ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"processingRecords"_s]).value_or(-1), static_cast<qint64>(m_history.size()));
    QCOMPARE(integer(output.object()[u"unreadable"_s]).value_or(-1), 0);
}

void SloTest::countsAndShares_data()
{
    QTest::addColumn<QString>("window");
    QTest::addColumn<qint64>("windowMs");
    QTest::addColumn<QString>("consumer");
    QTest::addColumn<QString>("eventType");
    QTest::addColumn<QString>("team");
    QTest::addColumn<double>("target");
    QTest::addColumn<double>("objective");
    QTest::addColumn<QStringList>("states");
    const qint64 hour = 3'600'000;
    const QStringList fine{u"met"_s, u"atRisk"_s};
    QTest::newRow("an hour of payments keeps the promise")
        << u"1h"_s << hour << u"payment-service"_s << u"order.created"_s << u"payment-team"_s << 500.0 << 0.9 << fine;
    QTest::newRow("a day of payments breaks it") << u"24h"_s << 24 * hour << u"payment-service"_s << u"order.created"_s
                                                 << u"payment-team"_s << 500.0 << 0.9 << QStringList{u"violated"_s};
    QTest::newRow("fractions count at the edge of the target, failures in time do not")
        << u"24h"_s << 24 * hour << u"inventory-service"_s << u"order.created"_s << u"inventory-team"_s << 1'000.0
        << 0.99 << QStringList{u"violated"_s};
    QTest::newRow("every one good, objective by default")
        << u"24h"_s << 24 * hour << u"payment-service"_s << u"order.cancelled"_s << u"payment-team"_s << 500.0 << 0.99
        << QStringList{u"met"_s};
    QTest::newRow("a week") << u"7d"_s << 168 * hour << u"payment-service"_s << u"order.created"_s << u"payment-team"_s
                            << 500.0 << 0.9 << QStringList{u"violated"_s};
}

void SloTest::countsAndShares()
{
    QFETCH(QString, window);
    QFETCH(qint64, windowMs);
    QFETCH(QString, consumer);
    QFETCH(QString, eventType);
    QFETCH(QString, team);
    QFETCH(double, target);
    QFETCH(double, objective);
    QFETCH(QStringList, states);
    const QJsonObject row = rowOf(rows(window), consumer, eventType);
    const Sums expected = sums(m_history, consumer, eventType, target, windowMs);
    const auto total = static_cast<double>(expected.total);
    QCOMPARE(row[u"team"_s].toString(), team);
    QCOMPARE(integer(row[u"total"_s]).value_or(-1), expected.total);
    QCOMPARE(integer(row[u"withinTarget"_s]).value_or(-1), expected.within);
    QCOMPARE(integer(row[u"good"_s]).value_or(-1), expected.good);
    QCOMPARE(row[u"attainment"_s].toDouble(-1), static_cast<double>(expected.good) / total);
    QCOMPARE(row[u"successRate"_s].toDouble(-1), static_cast<double>(expected.succeeded) / total);
    QCOMPARE(row[u"objective"_s].toDouble(-1), objective);
    QCOMPARE(row[u"targetMs"_s].toDouble(-1), target);
    EXPECT(isPercentile(row[u"p50Ms"_s].toDouble(-1), expected.latencies, 0.5),
           QByteArray::number(row[u"p50Ms"_s].toDouble(-1)));
    EXPECT(isPercentile(row[u"p99Ms"_s].toDouble(-1), expected.latencies, 0.99),
           QByteArray::number(row[u"p99Ms"_s].toDouble(-1)));
    EXPECT(states.contains(row[u"state"_s].toString()), qPrintable(row[u"state"_s].toString()));
}

void SloTest::withoutAPromiseItsNumbersAreNull()
{
    const QJsonObject row = rowOf(rows(u"24h"_s), u"analytics-pipeline"_s, u"order.created"_s);
    QCOMPARE(row[u"state"_s].toString(), u"noPromise"_s);
    QCOMPARE(row[u"team"_s].toString(), u"analytics-team"_s);
    QCOMPARE(integer(row[u"total"_s]).value_or(-1), 10);
    QCOMPARE(row[u"successRate"_s].toDouble(-1), 0.9);
    for (const QString& field : {u"objective"_s, u"targetMs"_s, u"withinTarget"_s, u"good"_s, u"attainment"_s,
                                 u"budgetRemaining"_s, u"burnRate1h"_s})
        EXPECT(row.contains(field) && row[field].isNull(), qPrintable(field));
    QVERIFY(row[u"p50Ms"_s].isDouble());
}

void SloTest::withoutRecordsNothingIsClaimed()
{
    const QJsonObject row = rowOf(rows(u"24h"_s), u"silent-service"_s, u"order.created"_s);
    QCOMPARE(row[u"state"_s].toString(), u"noData"_s);
    QCOMPARE(row[u"team"_s].toString(), u"silent-team"_s);
    QCOMPARE(integer(row[u"total"_s]).value_or(-1), 0);
    QCOMPARE(row[u"targetMs"_s].toDouble(-1), 100.0);
    for (const QString& field : {u"attainment"_s, u"successRate"_s, u"p50Ms"_s, u"p99Ms"_s})
        EXPECT(row.contains(field) && row[field].isNull(), qPrintable(field));
    // Its records lie before the window: no data either.
    QCOMPARE(rowOf(rows(u"2s"_s), u"payment-service"_s, u"order.created"_s)[u"state"_s].toString(), u"noData"_s);
}

void SloTest::aConsumerNobodyDeclaredIsListed()
{
    const QJsonObject row = rowOf(rows(u"24h"_s), u"stranger"_s, u"order.created"_s);
    QCOMPARE(integer(row[u"total"_s]).value_or(-1), 1);
    QCOMPARE(row[u"state"_s].toString(), u"noPromise"_s);
    QVERIFY(row.contains(u"team"_s) && row[u"team"_s].isNull());
}

void SloTest::budgetAndBurnRate()
{
    // Five bad of 200, where 20 may be.
    const QJsonObject hour = rowOf(rows(u"1h"_s), u"payment-service"_s, u"order.created"_s);
    QVERIFY(std::abs(hour[u"budgetRemaining"_s].toDouble(-9) - 0.75) < 1e-9);
    QVERIFY(std::abs(hour[u"burnRate1h"_s].toDouble(-9) - 0.25) < 1e-9);
    // The last hour is the last hour, whatever the window; 55 bad of 250 are more than the 25 that may be.
    const QJsonObject day = rowOf(rows(u"24h"_s), u"payment-service"_s, u"order.created"_s);
    QVERIFY(std::abs(day[u"burnRate1h"_s].toDouble(-9) - 0.25) < 1e-9);
    QVERIFY(day[u"budgetRemaining"_s].toDouble(9) <= 0);
    const QJsonObject untouched = rowOf(rows(u"24h"_s), u"payment-service"_s, u"order.cancelled"_s);
    QCOMPARE(untouched[u"budgetRemaining"_s].toDouble(-9), 1.0);
    QCOMPARE(untouched[u"burnRate1h"_s].toDouble(-9), 0.0);
}

void SloTest::theWindowIsExact()
{
    QCOMPARE(integer(rowOf(rows(u"1h"_s), u"edge"_s, u"order.created"_s)[u"total"_s]).value_or(-1), 1);
    QCOMPARE(integer(rowOf(rows(u"2h"_s), u"edge"_s, u"order.created"_s)[u"total"_s]).value_or(-1), 2);
    // Without --window: a day.
    const CtlOutput output = m_scene->ctl({u"slo"_s, u"--json"_s});
    QCOMPARE(integer(rowOf(output.rows(), u"payment-service"_s, u"order.created"_s)[u"total"_s]).value_or(-1), 250);
}

void SloTest::everyRowHasItsFields()
{
    const std::vector<QJsonObject> all = rows(u"24h"_s);
    QCOMPARE(all.size(), std::size_t{7});
    for (const QJsonObject& row : all)
        QCOMPARE(fieldNames(row),
                 (QStringList{u"attainment"_s, u"budgetRemaining"_s, u"burnRate1h"_s, u"consumer"_s, u"eventType"_s,
                              u"good"_s, u"objective"_s, u"p50Ms"_s, u"p99Ms"_s, u"state"_s, u"successRate"_s,
                              u"targetMs"_s, u"team"_s, u"total"_s, u"withinTarget"_s}));
}

void SloTest::failOnViolatedIsExitOne_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("a promise is broken") << QStringList{u"--fail-on"_s, u"violated"_s} << 1;
    QTest::newRow("broken, but nobody asked") << QStringList{} << 0;
    QTest::newRow("none is broken in the window")
        << QStringList{u"--window"_s, u"2s"_s, u"--fail-on"_s, u"violated"_s} << 0;
}

void SloTest::failOnViolatedIsExitOne()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    const CtlOutput json = m_scene->ctl(QStringList{u"slo"_s, u"--json"_s} + arguments);
    EXPECT_EXIT(json, exitCode);
    EXPECT(json.rows().size() >= 5, "the rows are printed all the same");
    EXPECT_EXIT(m_scene->ctl(QStringList{u"slo"_s} + arguments), exitCode);
}

void SloTest::textNamesTheStates()
{
    const CtlOutput text = m_scene->ctl({u"slo"_s});
    EXPECT_EXIT(text, 0);
    for (const char* word : {"payment-service", "order.created", "payment-team", "inventory-service", "silent-service"})
        EXPECT(text.out.contains(word), text.told());
    EXPECT(!text.out.contains("NaN") && !text.out.contains("nan%"), text.told());
}

void SloTest::unreadableRecordsAreCountedAndStopNothing()
{
    const Peer& kafka = Peers::kafka391();
    const QString topic = kafka.newTopic(u"broken-log"_s);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const QByteArray good =
        json({.consumer = u"payment-service"_s, .eventType = u"order.created"_s, .latencyMs = 1}, now);
    const QByteArray at = QByteArray::number(now - 1'000);
    const std::vector<std::optional<QByteArray>> records{
        good,
        "processed order 4711",
        R"({"event_type":"order.created","status":"success","processing_latency_ms":1,"processed_at":)" + at + "}",
        R"({"consumer_service":"payment-service","event_type":"order.created","status":"fine","processing_latency_ms":1,"processed_at":)" +
            at + "}",
        R"({"consumer_service":"payment-service","event_type":"order.created","status":"success","processing_latency_ms":"1","processed_at":)" +
            at + "}",
        R"({"consumer_service":"payment-service","event_type":"order.created","status":"success","processing_latency_ms":1,"processed_at":"this morning"})",
        R"({"consumer_service":"payment-service","event_type":"order.created","status":"success","processing_latency_ms":1})",
        R"(["payment-service"])",
        "{\"consumer_service\":\"payment\xff\"",
        good,
    };
    ForeignProducer producer(kafka.bootstrap());
    for (const auto& value : records)
        producer.send(topic, {.value = value});
    producer.flush();
    const Scene scene;
    writeWorkspace(scene, kafka, topic);
    const CtlOutput output = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"unreadable"_s]).value_or(-1), 8);
    const QJsonObject row = rowOf(scene.ctl({u"slo"_s, u"--json"_s}).rows(), u"payment-service"_s, u"order.created"_s);
    QCOMPARE(integer(row[u"total"_s]).value_or(-1), 2);
}

void SloTest::whatIsNotCommittedIsNotCounted()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"transactional-log"_s);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const QByteArray record =
        json({.consumer = u"payment-service"_s, .eventType = u"order.created"_s, .latencyMs = 1}, now);
    ForeignProducer producer(kafka.bootstrap(), uniqueName(u"judge"_s));
    const auto send = [&](int count) {
        producer.begin();
        for (int i = 0; i < count; ++i)
            producer.send(topic, {.value = record});
        producer.flush();
    };
    send(5);
    producer.commit();
    send(3);
    producer.abort(); // the topic ends with what nobody may see, and a marker
    const Scene scene;
    writeWorkspace(scene, kafka, topic);
    const auto collected = [&] {
        const CtlOutput output = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s}, {}, 30'000);
        if (output.exitCode != 0)
            throw std::runtime_error(output.told().toStdString());
        return integer(output.object()[u"processingRecords"_s]).value_or(-1);
    };
    QCOMPARE(collected(), 5);
    QCOMPARE(collected(), 0);
    send(2);
    QCOMPARE(collected(), 0); // still open
    producer.commit();
    QCOMPARE(collected(), 2);
    const QJsonObject row = rowOf(scene.ctl({u"slo"_s, u"--json"_s}).rows(), u"payment-service"_s, u"order.created"_s);
    QCOMPARE(integer(row[u"total"_s]).value_or(-1), 7);
}

CTL_TEST_MAIN(SloTest)
#include "tst_ctl_slo.moc"
