// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/connectors/kafka/bench.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

/// Positions by time, of real brokers: what stands before them is older, whatever its order.
class KafkaTimeLookupTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void allBeforeThePositionIsOlder_data() { Peers::addVersionRows(); }
    void allBeforeThePositionIsOlder();
    void theEmbeddedBrokerCannotTell();
    void aBrokerThatIsAwayIsAnError();
};

namespace {

constexpr qint64 startMs = 1'700'000'000'000;

TestMessage message(const QString& topic, int partition, qint64 ms)
{
    return {
        .topic = topic, .partition = partition, .key = "k", .value = "v", .headers = {}, .timestamp = utcFromMs(ms)};
}

} // namespace

void KafkaTimeLookupTest::allBeforeThePositionIsOlder()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"times"_s, 3, {{u"retention.ms"_s, u"-1"_s}});
    TestProducer producer(kafka.bootstrap(), {{u"enable.idempotence"_s, u"true"_s}}); // in order, also after a retry
    for (int i = 0; i < 100; ++i)
        producer.send(message(topic, 0, startMs + i * 1'000));
    producer.send(message(topic, 0, startMs)); // late
    producer.send(message(topic, 1, startMs));
    producer.flush();
    Surroundings around;
    const KafkaConnection connection = around.connect(plainSettings(kafka.bootstrap()));
    const auto bounds = connection.recordSource()->bounds({{.topic = topic, .pattern = {}}}, {});
    QVERIFY2(bounds, bounds ? "" : qPrintable(bounds.error().detail));
    const auto times = connection.timeLookup();
    for (const int second : {0, 1, 50, 99}) {
        const auto found = times->offsetsAt(bounds->partitions, utcFromMs(startMs + second * 1'000), {});
        QVERIFY2(found, found ? "" : qPrintable(found.error().detail));
        QCOMPARE(found->size(), std::size_t{3});
        QCOMPARE(found->at(0), std::optional(Offset{second}));
        QCOMPARE(found->at(1), std::optional(Offset{second == 0 ? 0 : 1})); // all are older: its end
        QCOMPARE(found->at(2), std::optional(Offset{0}));                   // nothing is there
    }
    const auto between = times->offsetsAt(bounds->partitions, utcFromMs(startMs + 41'500), {});
    QVERIFY(between);
    QCOMPARE(between->at(0), std::optional(Offset{42}));
    const auto future = times->offsetsAt(bounds->partitions, utcFromMs(startMs + 10'000'000), {});
    QVERIFY(future);
    QCOMPARE(future->at(0), std::optional(Offset{101}));
    QVERIFY(times->offsetsAt({}, utcFromMs(startMs), {})->empty());
}

void KafkaTimeLookupTest::theEmbeddedBrokerCannotTell()
{
    EmbeddedKafka kafka;
    kafka.createTopic(u"orders"_s, 1);
    Surroundings around;
    const auto times = around.connect(plainSettings(kafka.bootstrap())).timeLookup();
    const auto found = times->offsetsAt(
        {{.at = {u"orders"_s, 0}, .logStart = Offset{0}, .lastStable = Offset{0}, .end = Offset{0}}}, utcFromMs(1), {});
    QVERIFY2(found, found ? "" : qPrintable(found.error().detail));
    QCOMPARE(*found, std::vector<std::optional<Offset>>{std::nullopt});
}

void KafkaTimeLookupTest::aBrokerThatIsAwayIsAnError()
{
    Surroundings around;
    const auto times = around.connect(plainSettings(u"127.0.0.1:1"_s)).timeLookup();
    const auto found = times->offsetsAt(
        {{.at = {u"orders"_s, 0}, .logStart = Offset{0}, .lastStable = Offset{0}, .end = Offset{0}}}, utcFromMs(1), {});
    QVERIFY(!found);
    QCOMPARE(found.error().code, ErrorCode::Unreachable);
}

QTEST_GUILESS_MAIN(KafkaTimeLookupTest)
#include "tst_kafkatimelookup.moc"
