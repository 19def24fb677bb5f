// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/connectors/kafka/bench.h"

#include <QDeadlineTimer>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

TestMessage numbered(const QString& topic, int partition, int number)
{
    return {.topic = topic,
            .partition = partition,
            .key = QByteArray::number(number),
            .value = QByteArray(100, 'v'),
            .headers = {},
            .timestamp = {}};
}

/// An empty record, so that the producer knows the topic, then zeros in one batch that zstd makes small. While a topic
/// gets known, what waits for it may go in two batches.
void publishBomb(const Peer& kafka, const QString& topic, int records, int bytes)
{
    TestProducer producer(kafka.bootstrap(), {{u"compression.type"_s, u"zstd"_s},
                                              {u"message.max.bytes"_s, u"500000000"_s},
                                              {u"batch.size"_s, u"500000000"_s},
                                              {u"queue.buffering.max.kbytes"_s, u"1000000"_s},
                                              {u"linger.ms"_s, u"3000"_s}});
    producer.send({.topic = topic, .partition = 0, .key = {}, .value = QByteArray(""), .headers = {}, .timestamp = {}});
    producer.flush();
    for (int i = 0; i < records; ++i)
        producer.send({.topic = topic,
                       .partition = 0,
                       .key = {},
                       .value = QByteArray(bytes, '\0'),
                       .headers = {},
                       .timestamp = {}});
    producer.flush();
}

} // namespace

class KafkaRecordSourceTest final : public RecordSourceContract
{
    Q_OBJECT
public:
    KafkaRecordSourceTest()
    {
        addBench("Kafka 3.9.1", [] { return std::make_unique<RealKafkaBench>(Peers::kafka391()); });
        addBench("Kafka 4.1.1", [] { return std::make_unique<RealKafkaBench>(Peers::kafka411()); });
        addBench("the embedded broker", [] { return std::make_unique<EmbeddedKafkaBench>(); });
    }
private Q_SLOTS:
    void abortedRecordsAreHiddenAndPassedOver_data() { Peers::addVersionRows(); }
    void abortedRecordsAreHiddenAndPassedOver();
    void anOpenTransactionHoldsTheStableEndBack_data() { Peers::addVersionRows(); }
    void anOpenTransactionHoldsTheStableEndBack();
    void aPositionBelowTheLogMovesToItsStart_data() { Peers::addVersionRows(); }
    void aPositionBelowTheLogMovesToItsStart();
    void recordsOfOtherProgramsComeAsTheyWroteThem_data() { Peers::addVersionRows(); }
    void recordsOfOtherProgramsComeAsTheyWroteThem();
    void aBatchThatUnpacksToMuchIsRead_data() { Peers::addVersionRows(); }
    void aBatchThatUnpacksToMuchIsRead();
    void aBatchThatCannotBeDecodedIsPassedOver_data() { Peers::addVersionRows(); }
    void aBatchThatCannotBeDecodedIsPassedOver();
    void aBrokerThatIsKilledAndComesBackLosesAndDoublesNothing();
};

void KafkaRecordSourceTest::abortedRecordsAreHiddenAndPassedOver()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"aborted"_s, 1);
    TestProducer producer(kafka.bootstrap(), {{u"transactional.id"_s, topic}});
    for (const bool isKept : {true, false, true, false}) {
        producer.begin();
        for (int i = 0; i < 5; ++i)
            producer.send({.topic = topic,
                           .partition = 0,
                           .key = {},
                           .value = QByteArray(isKept ? "kept" : "aborted"),
                           .headers = {},
                           .timestamp = {}});
        producer.flush();
        isKept ? producer.commit() : producer.abort();
    }
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).recordSource();
    const Result<BoundsReport> bounds = source->bounds({{.topic = topic, .pattern = {}}}, {});
    QVERIFY(bounds);
    // 20 records and 4 control records; the end can only be reached by position, for no record lies at 23.
    QCOMPARE(bounds->partitions.at(0).end, Offset{24});
    QCOMPARE(bounds->partitions.at(0).lastStable, Offset{24});
    const RecordBatch batch = readToEnd(*source, {{.topic = topic, .pattern = {}}});
    QCOMPARE(batch.records.size(), size_t{10});
    for (const RawRecord& record : batch.records)
        QCOMPARE(*record.value, QByteArray("kept"));
    QVERIFY((batch.positions == std::vector<Position>{{{topic, 0}, Offset{24}}}));
}

void KafkaRecordSourceTest::anOpenTransactionHoldsTheStableEndBack()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"open"_s, 1);
    TestProducer plain(kafka.bootstrap());
    plain.send(numbered(topic, 0, 1));
    plain.flush();
    TestProducer open(kafka.bootstrap(), {{u"transactional.id"_s, topic}});
    open.begin();
    open.send(numbered(topic, 0, 2));
    open.flush();
    plain.send(numbered(topic, 0, 3));
    plain.flush();
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).recordSource();
    const Result<BoundsReport> bounds = source->bounds({{.topic = topic, .pattern = {}}}, {});
    QVERIFY(bounds);
    QCOMPARE(bounds->partitions.at(0).lastStable, Offset{1});
    QCOMPARE(bounds->partitions.at(0).end, Offset{3});
    QCOMPARE(readToEnd(*source, {{.topic = topic, .pattern = {}}}).records.size(), size_t{1});
    open.commit();
    QCOMPARE(readToEnd(*source, {{.topic = topic, .pattern = {}}}).records.size(), size_t{3});
}

void KafkaRecordSourceTest::aPositionBelowTheLogMovesToItsStart()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"trimmed"_s, 1);
    TestProducer producer(kafka.bootstrap());
    for (int i = 0; i < 10; ++i)
        producer.send(numbered(topic, 0, i));
    producer.flush();
    QTemporaryDir dir;
    QFile file(dir.filePath(u"delete.json"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"version\":1,\"partitions\":[{\"topic\":\"" + topic.toUtf8() + "\",\"partition\":0,\"offset\":6}]}");
    file.close();
    kafka.tool(u"org.apache.kafka.tools.DeleteRecordsCommand"_s, {u"--offset-json-file"_s, file.fileName()});
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).recordSource();
    const Result<BoundsReport> bounds = source->bounds({{.topic = topic, .pattern = {}}}, {});
    QVERIFY(bounds);
    QCOMPARE(bounds->partitions.at(0).logStart, Offset{6});
    const RecordBatch batch = readToEnd(*source, {{.topic = topic, .pattern = {}}}, {{{topic, 0}, Offset{2}}});
    QCOMPARE(batch.records.size(), size_t{4});
    QCOMPARE(batch.records.front().offset, Offset{6});
    QVERIFY((batch.positions == std::vector<Position>{{{topic, 0}, Offset{10}}}));
}

void KafkaRecordSourceTest::recordsOfOtherProgramsComeAsTheyWroteThem()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"others.DLT"_s, 1);
    kafka.kcat({u"-P"_s, u"-t"_s, topic, u"-K"_s, u":"_s, u"-H"_s, u"x-error-class=java.lang.IllegalStateException"_s,
                u"-H"_s, u"x-error-class=again"_s, u"-H"_s, u"flag"_s},
               "order-4711:{\"order_id\": \"4711\"}\n");
    kafka.tool(version.startsWith(u'3') ? u"kafka.tools.ConsoleProducer"_s
                                        : u"org.apache.kafka.tools.ConsoleProducer"_s,
               {u"--topic"_s, topic, u"--property"_s, u"parse.key=true"_s, u"--property"_s, u"parse.headers=true"_s},
               "origin:orders,attempt:3\torder-4712\t{\"order_id\": \"4712\"}\n");
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).recordSource();
    const RecordBatch batch = readToEnd(*source, {{.topic = {}, .pattern = topic + u".*"_s}});
    QCOMPARE(batch.records.size(), size_t{2});
    QCOMPARE(*batch.records[0].key, QByteArray("order-4711"));
    QCOMPARE(*batch.records[0].value, QByteArray("{\"order_id\": \"4711\"}"));
    QVERIFY((batch.records[0].headers == Headers{{"x-error-class", QByteArray("java.lang.IllegalStateException")},
                                                 {"x-error-class", QByteArray("again")},
                                                 {"flag", std::nullopt}}));
    QCOMPARE(*batch.records[1].key, QByteArray("order-4712"));
    QCOMPARE(*batch.records[1].value, QByteArray("{\"order_id\": \"4712\"}"));
    QVERIFY((batch.records[1].headers == Headers{{"origin", QByteArray("orders")}, {"attempt", QByteArray("3")}}));
}

void KafkaRecordSourceTest::aBatchThatUnpacksToMuchIsRead()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"bomb"_s, 1);
    publishBomb(kafka, topic, 15, 9'000'000); // the library's own limit is 100 MB
    Surroundings around;
    const auto source = around.connect(plainSettings(kafka.bootstrap())).recordSource();
    QVERIFY(source->assign({{{topic, 0}, Offset{0}}}));
    qint64 bytes = 0;
    QDeadlineTimer patience(60'000);
    while (bytes < 135'000'000 && !patience.hasExpired()) {
        const auto batch = source->poll(1 << 20, Millis{250}, {});
        QVERIFY2(batch, batch ? "" : qPrintable(batch.error().detail));
        QVERIFY2(batch->failures.empty(), batch->failures.empty() ? "" : qPrintable(batch->failures[0].error.detail));
        for (const RawRecord& record : batch->records)
            bytes += record.value.value_or(QByteArray()).size();
    }
    QCOMPARE(bytes, 135'000'000);
}

void KafkaRecordSourceTest::aBatchThatCannotBeDecodedIsPassedOver()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"undecodable"_s, 1);
    const auto publishPlain = [&](int first, int last) {
        TestProducer producer(kafka.bootstrap());
        for (int i = first; i < last; ++i)
            producer.send(numbered(topic, 0, i));
        producer.flush();
    };
    publishPlain(0, 3);
    publishBomb(kafka, topic, 11, 1'000'000);
    publishBomb(kafka, topic, 1, 7'000'000);
    publishPlain(17, 22);
    Surroundings around;
    ConnectionSettings settings = plainSettings(kafka.bootstrap());
    settings.clientProperties = {{u"receive.message.max.bytes"_s, u"1500000"_s}, {u"fetch.max.bytes"_s, u"1000000"_s}};
    const KafkaConnection connection = around.connect(settings);

    // Whoever does not keep account of it stops there, and says so.
    const auto strict = connection.recordSource();
    QVERIFY(strict->assign({{{topic, 0}, Offset{4}}}));
    std::vector<TopicFailure> failures;
    QDeadlineTimer patience(60'000);
    while (failures.empty() && !patience.hasExpired()) {
        const auto batch = strict->poll(1 << 20, Millis{250}, {});
        QVERIFY2(batch, batch ? "" : qPrintable(batch.error().detail));
        failures = batch->failures;
    }
    QCOMPARE(failures.size(), std::size_t{1});
    QCOMPARE(failures.front().error.code, ErrorCode::Corrupt);

    const auto source = connection.recordSourcePastBadBatches();
    QVERIFY(source->assign({{{topic, 0}, Offset{0}}}));
    std::vector<Offset> offsets;
    std::vector<UnreadableRecords> unreadable;
    Offset next;
    patience.setRemainingTime(60'000);
    while (next < Offset{22} && !patience.hasExpired()) {
        const auto batch = source->poll(1 << 20, Millis{250}, {});
        QVERIFY2(batch, batch ? "" : qPrintable(batch.error().detail));
        QVERIFY2(batch->failures.empty(), batch->failures.empty() ? "" : qPrintable(batch->failures[0].error.detail));
        unreadable.insert(unreadable.end(), batch->unreadable.begin(), batch->unreadable.end());
        for (const RawRecord& record : batch->records)
            offsets.push_back(record.offset);
        for (const Position& position : batch->positions)
            next = position.next;
    }
    // Exactly what those batches hold, and each record around them once.
    QStringList passed;
    for (const UnreadableRecords& each : unreadable)
        passed += u"%1-%2"_s.arg(each.from.value).arg(each.to.value);
    QCOMPARE(passed, (QStringList{u"4-15"_s, u"16-17"_s}));
    QStringList read;
    for (const Offset& each : offsets)
        read += QString::number(each.value);
    QCOMPARE(read.join(u' '), u"0 1 2 3 15 17 18 19 20 21"_s);
}

void KafkaRecordSourceTest::aBrokerThatIsKilledAndComesBackLosesAndDoublesNothing()
{
    OwnPeer own(u"4.1.1"_s);
    const Peer& kafka = own.peer();
    kafka.createTopic(u"followed"_s, 2);
    Surroundings around;
    const KafkaConnection connection = around.connect(plainSettings(kafka.bootstrap()));
    const auto source = connection.recordSource();
    QVERIFY(source->assign({{{u"followed"_s, 0}, Offset{0}}, {{u"followed"_s, 1}, Offset{0}}}));
    std::map<QByteArray, int> seen;
    bool wasUnreachable = false;
    const auto pollOnce = [&] {
        const Result<RecordBatch> batch = source->poll(1 << 20, Millis{200}, {});
        if (!batch) {
            wasUnreachable = wasUnreachable || batch.error().code == ErrorCode::Unreachable;
            return;
        }
        for (const RawRecord& record : batch->records)
            ++seen[*record.key];
    };
    const auto publish = [&](int first, int last) {
        TestProducer producer(kafka.bootstrap());
        for (int i = first; i < last; ++i)
            producer.send(numbered(u"followed"_s, i % 2, i));
        producer.flush();
    };
    publish(0, 1'000);
    QTRY_VERIFY_WITH_TIMEOUT((pollOnce(), seen.size() == 1'000), 30'000);
    QCOMPARE(connection.health().connectivity, Connectivity::Connected);
    own.kill();
    QTRY_VERIFY_WITH_TIMEOUT((pollOnce(), wasUnreachable), 30'000);
    QCOMPARE(connection.health().connectivity, Connectivity::Unreachable);
    QVERIFY(connection.health().lastError->detail.contains(kafka.bootstrap()));
    own.start();
    // Before anything new is written the dot turns green again: somebody answers.
    QTRY_COMPARE_WITH_TIMEOUT((pollOnce(), connection.health().connectivity), Connectivity::Connected, 30'000);
    publish(1'000, 2'000);
    QTRY_VERIFY_WITH_TIMEOUT((pollOnce(), seen.size() == 2'000), 30'000);
    for (const auto& [key, count] : seen)
        QVERIFY2(count == 1, key.constData());
}

QTEST_GUILESS_MAIN(KafkaRecordSourceTest)
#include "tst_kafkarecordsource.moc"
