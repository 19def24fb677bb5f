// SPDX-License-Identifier: GPL-3.0-or-later
// Quantities of the bill, measured on a real broker: known records of known sizes, sampled at the bounds of a day that
// a manual clock makes, and priced by spillwayctl.
#include "app/console/context.h"
#include "app/console/crews.h"
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/support/manualclock.h"
#include "tests/support/peers.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>
#include <QRandomGenerator>
#include <QTest>

#include <sqlite3.h>

#include <cmath>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

constexpr double gib = 1024.0 * 1024 * 1024;
constexpr double daysOfMonth = 365.0 / 12;
constexpr int payloadSize = 2000;
constexpr int partitions = 3;

/// Bytes on disk as the broker's own tool tells them.
double bytesOnDisk(const Peer& peer, const QString& topic)
{
    const ProcessOutput output =
        peer.tool(u"org.apache.kafka.tools.LogDirsCommand"_s, {u"--describe"_s, u"--topic-list"_s, topic});
    double bytes = 0;
    for (const QByteArray& line : output.out.split('\n')) {
        for (const QJsonValue& broker : QJsonDocument::fromJson(line).object()[u"brokers"].toArray()) {
            for (const QJsonValue& folder : broker[u"logDirs"].toArray()) {
                for (const QJsonValue& partition : folder[u"partitions"].toArray())
                    bytes += partition[u"size"].toDouble();
            }
        }
    }
    return bytes;
}

/// What cannot be packed, or what can.
QByteArray payload(QRandomGenerator& random, bool canBePacked)
{
    if (canBePacked)
        return QByteArray(payloadSize, 'x');
    QByteArray bytes(payloadSize, Qt::Uninitialized);
    for (char& byte : bytes)
        byte = static_cast<char>(random.bounded(256));
    return bytes;
}

void publish(const Peer& peer, const QString& topic, int count, bool canBePacked)
{
    QRandomGenerator random(7);
    ForeignProducer producer(peer.bootstrap());
    for (int i = 0; i < count; ++i)
        producer.send(topic,
                      {.partition = i % partitions, .key = "k", .value = payload(random, canBePacked), .headers = {}});
    producer.flush();
}

/// What `collect` does, at an hour of the test's choosing.
class Observer
{
public:
    explicit Observer(const Scene& scene)
    {
        Checked<Context> context = openContext(scene.folder(), scene.state());
        if (!context.value)
            throw std::runtime_error(context.issues.front().toString().toStdString());
        m_context = std::move(*context.value);
        QDir().mkpath(m_context.stateFolder);
        QFile::setPermissions(m_context.stateFolder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        m_samples =
            std::move(*StoreWriter::open(m_context.samplesFile(), Database::Access::Writer, u":/migrations/samples"_s));
        m_ledger = std::move(*Ledger::open(m_context.ledgerFile(), clock));
        m_connections = makeConnections(m_context.workspace, m_secrets, clock);
        m_knowledge = std::make_unique<KnowledgeInUse>(std::move(*loadLetterKnowledge(m_context.workspace)));
        m_collector = std::make_unique<Collector>(
            makeCrews(m_context, m_connections, *m_knowledge, *m_ledger, *m_samples, clock), clock);
    }

    CollectReport at(QDateTime moment)
    {
        clock.set(utcFromMs(moment.toMSecsSinceEpoch()));
        return m_collector->once({}, {});
    }

    ManualClock clock;

private:
    Context m_context;
    LocalSecretStore m_secrets;
    std::unique_ptr<StoreWriter> m_samples;
    std::unique_ptr<Ledger> m_ledger;
    ConnectionMap m_connections;
    std::unique_ptr<KnowledgeInUse> m_knowledge;
    std::unique_ptr<Collector> m_collector;
};

void forgetSizesOnDisk(const Scene& scene)
{
    sqlite3* db = nullptr;
    QCOMPARE(sqlite3_open((scene.state() + u"/samples.sqlite"_s).toUtf8().constData(), &db), SQLITE_OK);
    QCOMPARE(sqlite3_exec(db, "UPDATE broker_topic_log SET size_bytes = NULL", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
}

/// The lines of `cost lines --json`.
QJsonArray linesOf(const CtlOutput& output)
{
    return output.object()[u"lines"].toArray();
}

QJsonObject lineOf(const CtlOutput& output, const QString& component)
{
    for (const QJsonValue& line : linesOf(output)) {
        if (line[u"component"].toString() == component && line[u"eventType"].toString() == u"order.created"_s)
            return line.toObject();
    }
    return {};
}

bool isNear(double value, double expected, double tolerance)
{
    return std::abs(value - expected) <= std::abs(expected) * tolerance;
}

} // namespace

class MeasuredCostTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aDayIsPricedAsTheBrokerSawIt_data();
    void aDayIsPricedAsTheBrokerSawIt();
    void adviceRestsOnTheTopicsOwnRecords_data() { Peers::addVersionRows(); }
    void adviceRestsOnTheTopicsOwnRecords();
};

void MeasuredCostTest::aDayIsPricedAsTheBrokerSawIt_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<QString>("packing");
    for (const QString& version : {u"3.9.1"_s, u"4.1.1"_s}) {
        QTest::addRow("%s, as producers send it", qPrintable(version)) << version << u"producer"_s;
        QTest::addRow("%s, packed by the broker", qPrintable(version)) << version << u"gzip"_s;
    }
}

void MeasuredCostTest::aDayIsPricedAsTheBrokerSawIt()
{
    QFETCH(QString, version);
    QFETCH(QString, packing);
    const bool isPacked = packing == u"gzip"_s;
    const Peer& peer = Peers::byVersion(version);
    const QString topic = peer.newTopic(
        u"measured"_s, partitions, {{u"retention.ms"_s, u"172800000"_s}, {u"compression.type"_s, packing}}); // two days
    const QString stranger = uniqueName(u"stranger"_s);
    Scene scene;
    // What the catalog declares is far from the truth: were it counted, every number below would be another.
    scene.write(u"cat.yaml"_s, "catalog:\n  - event_type: order.created\n    topic: " + topic.toUtf8() +
                                   "\n    producer: { team: order-team, service: order-service }\n"
                                   "    consumers: [{ team: payment-team, service: payment-service }]\n"
                                   "    avg_daily_volume: 999999999\n    avg_payload_bytes: 1\n"
                                   "    retention_days: 365\n");
    scene.write(u"pricing.yaml"_s, "profiles:\n  house:\n    currency: EUR\n    effective_from: 2020-01-01\n"
                                   "    source: a test\n    replication: 3\n    record_overhead_bytes: 500\n"
                                   "    components:\n"
                                   "      storage: { rate: 1000000, unit: GiB-Month }\n"
                                   "      ingress: { rate: 1000000, unit: GiB }\n"
                                   "      egress: { rate: 1000000, unit: GiB }\n"
                                   "      compute: { rate: 1000000, unit: Million-Events }\n"
                                   "      registry: { rate: 0, unit: Schema-Month }\n"
                                   "      partitions: { rate: 1, unit: Hour }\n");
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"main"_s, .bootstrap = peer.bootstrap()}}, u"development"_s,
                              {u"catalog: cat.yaml"_s, u"pricing: pricing.yaml"_s}));

    const QDate day = QDateTime::currentDateTimeUtc().date().addDays(-2);
    const QDateTime midnight = day.startOfDay(Qt::UTC);
    double onDisk = 0;
    {
        Observer observer(scene);
        publish(peer, topic, 900, isPacked);
        for (const QString& group : {u"payment-service"_s, stranger})
            commitOffset(peer.bootstrap(), group, topic, 0, 1);
        CollectReport report = observer.at(midnight);
        QVERIFY2(report.failures.empty(),
                 qPrintable(report.failures.empty() ? QString() : report.failures.front().detail));
        QVERIFY(report.lagSamples > 0);
        onDisk = bytesOnDisk(peer, topic);
        publish(peer, topic, 600, isPacked);
        // The log is looked at in the middle of the day: with those 900 and these 600.
        report = observer.at(midnight.addSecs(12 * 3600));
        QVERIFY(report.failures.empty());
        onDisk = bytesOnDisk(peer, topic);
        publish(peer, topic, 300, isPacked);
        report = observer.at(midnight.addDays(1));
        QVERIFY(report.failures.empty());
    }
    const QStringList question{
        u"cost"_s,  u"lines"_s, u"--from"_s, day.toString(Qt::ISODate), u"--to"_s, day.toString(Qt::ISODate),
        u"--json"_s};
    const CtlOutput lines = scene.ctl(question);
    EXPECT_EXIT(lines, 0);
    const double recordBytes = std::floor(onDisk / 1500); // whole: key, frame and packing are in it
    const double written = 900;                           // between the bounds of the day
    for (const auto& [component, quantity] :
         {std::pair(u"ingress"_s, written * recordBytes / gib), std::pair(u"egress"_s, written * recordBytes / gib),
          std::pair(u"storage"_s, onDisk * 3 / gib / daysOfMonth), std::pair(u"compute"_s, written / 1e6),
          std::pair(u"partitions"_s, partitions * 24.0)}) {
        const QJsonObject line = lineOf(lines, component);
        EXPECT(!line.isEmpty(), component.toUtf8() + lines.told());
        QCOMPARE(line[u"basis"].toString(), u"measured"_s);
        EXPECT(isNear(line[u"quantity"].toDouble(), quantity, 1e-6) ||
                   std::abs(line[u"quantity"].toDouble() - quantity) < 2e-9, // nine decimals are told
               component.toUtf8() + ": expected " + QByteArray::number(quantity, 'g', 12) + '\n' + lines.told());
    }
    // A group that nobody declared reads too, and is nobody's.
    bool isStrangerThere = false;
    for (const QJsonValue& line : linesOf(lines))
        isStrangerThere = isStrangerThere || (line[u"service"].toString() == stranger && line[u"team"].isNull());
    EXPECT(isStrangerThere, lines.told());
    const CtlOutput bill = scene.ctl(
        {u"cost"_s, u"--from"_s, day.toString(Qt::ISODate), u"--to"_s, day.toString(Qt::ISODate), u"--json"_s});
    EXPECT_EXIT(bill, 0);
    EXPECT(bill.out.contains("measured"), bill.told());
    EXPECT(bill.object()[u"unattributed"].toDouble() > 0, bill.told());

    // A broker that does not tell sizes on disk: records between start and end of the logs, times sampled payloads and
    // the profile's overhead. Near the truth where nothing is packed; where the broker packs, far above it.
    forgetSizesOnDisk(scene);
    const CtlOutput estimated = scene.ctl(question);
    EXPECT_EXIT(estimated, 0);
    const CtlOutput told =
        scene.ctl({u"cost"_s, u"--from"_s, day.toString(Qt::ISODate), u"--to"_s, day.toString(Qt::ISODate)});
    EXPECT(told.out.contains("no broker tells how large the logs are, of: "), told.told());
    EXPECT(!bill.out.contains("no broker tells"), bill.told());
    const QJsonObject storage = lineOf(estimated, u"storage"_s);
    QCOMPARE(storage[u"basis"].toString(), u"measured"_s);
    const double estimate = storage[u"quantity"].toDouble() / 3 * gib * daysOfMonth;
    EXPECT(isNear(estimate, 1500.0 * (payloadSize + 500), 1e-3), estimated.told());
    if (isPacked)
        EXPECT(estimate > 5 * onDisk, QByteArray::number(onDisk) + estimated.told());
    else
        EXPECT(isNear(estimate - 1500 * 500, onDisk, 0.05), QByteArray::number(onDisk) + estimated.told());
}

void MeasuredCostTest::adviceRestsOnTheTopicsOwnRecords()
{
    QFETCH(QString, version);
    const Peer& peer = Peers::byVersion(version);
    const QString plain = peer.newTopic(u"advice-plain"_s);
    const QString packed = peer.newTopic(u"advice-packed"_s, 1, {{u"compression.type"_s, u"lz4"_s}});
    const QString noise = peer.newTopic(u"advice-noise"_s);
    const QString large = peer.newTopic(u"advice-large"_s);
    QRandomGenerator random(3);
    ForeignProducer producer(peer.bootstrap());
    for (int i = 0; i < 40; ++i) {
        const QByteArray text =
            R"({"order_id":)" + QByteArray::number(i) + R"(,"note":")" + QByteArray(900, 'x') + R"("})";
        QByteArray bytes(100'000, Qt::Uninitialized);
        for (char& byte : bytes)
            byte = static_cast<char>(random.bounded(256));
        producer.send(plain, {.partition = 0, .key = "k", .value = text, .headers = {}});
        producer.send(packed, {.partition = 0, .key = "k", .value = text, .headers = {}});
        producer.send(noise, {.partition = 0, .key = "k", .value = bytes.left(900), .headers = {}});
        producer.send(large, {.partition = 0, .key = "k", .value = bytes, .headers = {}});
    }
    producer.flush();
    Scene scene;
    QByteArray catalog = "catalog:\n";
    for (const auto& [type, topic, size] :
         {std::tuple("plain.made", plain, 930), std::tuple("packed.made", packed, 930),
          std::tuple("noise.made", noise, 900), std::tuple("large.made", large, 100'000)})
        catalog += QByteArray("  - event_type: ") + type + "\n    topic: " + topic.toUtf8() +
                   "\n    avg_daily_volume: 1000000\n    avg_payload_bytes: " + QByteArray::number(size) +
                   "\n    retention_days: 7\n    producer: { team: shop, service: shop }\n";
    scene.write(u"cat.yaml"_s, catalog);
    scene.write(u"own.yaml"_s, "events:\n  plain.made:\n    producer: { team: shop, service: shop }\n"
                               "    consumers: [{ team: shop, service: reader, fields: [order_id] }]\n");
    scene.write(u"pricing.yaml"_s,
                "profiles:\n  house:\n    currency: EUR\n    effective_from: 2020-01-01\n    components:\n"
                "      storage: { rate: 1, unit: GiB-Month }\n      network: { rate: 1, unit: GiB }\n"
                "      compute: { rate: 0, unit: Million-Events }\n"
                "      registry: { rate: 0, unit: Schema-Month }\n");
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"main"_s, .bootstrap = peer.bootstrap()}}, u"development"_s,
                              {u"ownership: own.yaml"_s, u"catalog: cat.yaml"_s, u"pricing: pricing.yaml"_s}));
    // Sizes are looked at for two seconds a round; on a slow machine that is one topic, and the next round has the
    // next.
    CtlOutput advice;
    for (int round = 0; round < 8 && !advice.out.contains("compression:" + plain.toUtf8()); ++round) {
        EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
        advice = scene.ctl({u"cost"_s, u"savings"_s, u"--json"_s});
        EXPECT_EXIT(advice, 0);
    }
    QMap<QString, QJsonObject> found;
    for (const QJsonValue& saving : advice.object()[u"savings"_s].toArray())
        found[saving[u"id"].toString()] = saving.toObject();
    const QJsonObject packing = found.value(u"compression:"_s + plain);
    EXPECT(!packing.isEmpty(), advice.told());
    for (const QString& codec : {u"gzip"_s, u"lz4"_s, u"snappy"_s, u"zstd"_s})
        EXPECT(packing[u"evidence"_s].toString().contains(codec), advice.told());
    EXPECT(packing[u"evidence"_s].toString().startsWith(u"40 sampled payloads"_s), advice.told());
    const QJsonObject fields = found.value(u"unusedFields:"_s + plain);
    EXPECT(fields[u"evidence"_s].toString().contains(u"in 40 samples: note."_s), advice.told());
    EXPECT(!found.contains(u"compression:"_s + packed), advice.told()); // its topic packs already
    EXPECT(!found.contains(u"compression:"_s + noise), advice.told());  // nothing to gain
    const QJsonObject claim = found.value(u"claimCheck:"_s + large);
    EXPECT(claim[u"evidence"_s].toString().contains(u"100000 bytes on average"_s), advice.told());
    EXPECT(!found.contains(u"claimCheck:"_s + plain), advice.told());
}

CTL_TEST_MAIN(MeasuredCostTest)
#include "tst_ctl_measuredcost.moc"
