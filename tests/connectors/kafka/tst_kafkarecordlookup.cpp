// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettercopy.h"
#include "model/deadletter/originrecord.h"
#include "tests/connectors/kafka/bench.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

/// Single records at positions of real brokers: the record that was asked for, or what became of it; never a neighbour.
class KafkaRecordLookupTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyByteComesBack_data() { Peers::addVersionRows(); }
    void everyByteComesBack();
    void whatIsNotThereSaysWhy_data() { Peers::addVersionRows(); }
    void whatIsNotThereSaysWhy();
    void compactedAwayIsNoNeighbour();
    void aRecreatedTopicHoldsAnotherRecord();
    void aRangeEndsWhereItShould();
    void theEmbeddedBrokerLooksUpToo();
    void kcatSendsWhatTheCopiedLineSays_data();
    void kcatSendsWhatTheCopiedLineSays();
};

namespace {

TestMessage message(const QString& topic, const QByteArray& key, const QByteArray& value, qint64 ms)
{
    return {.topic = topic, .partition = 0, .key = key, .value = value, .headers = {}, .timestamp = utcFromMs(ms)};
}

} // namespace

void KafkaRecordLookupTest::everyByteComesBack()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"lookup"_s, 3);
    TestProducer producer(kafka.bootstrap(), {{u"enable.idempotence"_s, u"true"_s}}); // in order, also after a retry
    for (int i = 0; i < 2'000; ++i) {
        TestMessage each =
            message(topic, "k" + QByteArray::number(i), QByteArray(500, char(i % 256)), 1'700'000'000'000 + i);
        each.headers = {{"a", QByteArray::number(i)}, {"a", std::nullopt}, {"b", QByteArray()}};
        producer.send(each);
    }
    producer.flush();
    Surroundings around;
    const auto lookup = around.connect(plainSettings(kafka.bootstrap())).recordLookup();
    for (const int offset : {1'999, 0, 777, 778, 3}) {
        const auto found = lookup->recordAt({topic, 0}, Offset{offset}, {});
        QVERIFY2(found, found ? "" : qPrintable(found.error().detail));
        QCOMPARE(found->answer, LookedUpRecord::Answer::Found);
        QCOMPARE(found->record->offset, Offset{offset});
        QCOMPARE(*found->record->key, "k" + QByteArray::number(offset));
        QCOMPARE(*found->record->value, QByteArray(500, char(offset % 256)));
        QCOMPARE(*found->record->timestamp, utcFromMs(1'700'000'000'000 + offset));
        QVERIFY((found->record->headers ==
                 Headers{{"a", QByteArray::number(offset)}, {"a", std::nullopt}, {"b", QByteArray()}}));
    }
}

void KafkaRecordLookupTest::whatIsNotThereSaysWhy()
{
    using Answer = LookedUpRecord::Answer;
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"lookup"_s, 1);
    {
        TestProducer plain(kafka.bootstrap());
        for (int i = 0; i < 4; ++i)
            plain.send(message(topic, "k", "v", 1'700'000'000'000)); // 0 to 3
        plain.flush();
    }
    QTemporaryDir dir;
    QFile file(dir.filePath(u"delete.json"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"version\":1,\"partitions\":[{\"topic\":\"" + topic.toUtf8() + "\",\"partition\":0,\"offset\":2}]}");
    file.close();
    kafka.tool(u"org.apache.kafka.tools.DeleteRecordsCommand"_s, {u"--offset-json-file"_s, file.fileName()});
    TestProducer producer(kafka.bootstrap(), {{u"transactional.id"_s, topic}});
    producer.begin();
    producer.send(message(topic, "k", "aborted", 1'700'000'000'000)); // 4
    producer.flush();
    producer.abort(); // control record: 5
    producer.begin();
    producer.send(message(topic, "k", "kept", 1'700'000'000'000)); // 6
    producer.flush();
    producer.commit(); // 7
    producer.begin();
    producer.send(message(topic, "k", "open", 1'700'000'000'000)); // 8
    producer.flush();
    Surroundings around;
    const auto lookup = around.connect(plainSettings(kafka.bootstrap())).recordLookup();
    const auto answerAt = [&](const TopicPartition& at, int offset) {
        const auto found = lookup->recordAt(at, Offset{offset}, {});
        if (!found)
            qWarning("%s", qPrintable(found.error().detail));
        return found ? std::optional(found->answer) : std::nullopt;
    };
    const TopicPartition at{topic, 0};
    QCOMPARE(answerAt(at, 1), Answer::BeforeLog);
    QCOMPARE(answerAt(at, 2), Answer::Found);
    QCOMPARE(answerAt(at, 4), Answer::NoRecord); // aborted
    QCOMPARE(answerAt(at, 5), Answer::NoRecord); // what ended it
    QCOMPARE(answerAt(at, 6), Answer::Found);
    QCOMPARE(answerAt(at, 7), Answer::NoRecord); // nothing follows but an open transaction
    QCOMPARE(answerAt(at, 8), Answer::Open);
    QCOMPARE(answerAt(at, 9), Answer::BeyondEnd);
    QCOMPARE(answerAt({topic, 1}, 0), Answer::NoTopic);
    QCOMPARE(answerAt({u"no-such-topic"_s, 0}, 0), Answer::NoTopic);
    producer.abort();
}

void KafkaRecordLookupTest::compactedAwayIsNoNeighbour()
{
    const Peer& kafka = Peers::kafka411();
    const QString topic = kafka.newTopic(u"compacted"_s, 1,
                                         {{u"cleanup.policy"_s, u"compact"_s},
                                          {u"segment.ms"_s, u"100"_s},
                                          {u"min.cleanable.dirty.ratio"_s, u"0.001"_s},
                                          {u"max.compaction.lag.ms"_s, u"100"_s}});
    Surroundings around;
    const auto lookup = around.connect(plainSettings(kafka.bootstrap())).recordLookup();
    TestProducer producer(kafka.bootstrap());
    int sent = 0;
    const auto isCleaned = [&] {
        // A segment is rolled by the next record that comes after its time.
        producer.send(message(topic, "same", "v" + QByteArray::number(sent), 1'700'000'000'000 + sent * 1'000));
        ++sent;
        producer.flush();
        const auto first = lookup->recordAt({topic, 0}, Offset{1}, {});
        return first && first->answer == LookedUpRecord::Answer::NoRecord;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isCleaned(), 120'000);
    const auto newest = lookup->recordAt({topic, 0}, Offset{sent - 1}, {});
    QVERIFY(newest && newest->record);
    QCOMPARE(*newest->record->value, "v" + QByteArray::number(sent - 1));
}

void KafkaRecordLookupTest::aRecreatedTopicHoldsAnotherRecord()
{
    const Peer& kafka = Peers::kafka411();
    const QString topic = kafka.newTopic(u"recreated"_s, 1);
    {
        TestProducer first(kafka.bootstrap());
        first.send(message(topic, "k", "v", 1'700'000'000'000));
        first.flush();
    }
    DeadLetter letter;
    letter.record.key = "k";
    letter.record.value = "v";
    letter.facts.originTopic = topic;
    letter.facts.originPartition = 0;
    letter.facts.originOffset = Offset{0};
    letter.facts.originTimestamp = utcFromMs(1'700'000'000'000);
    Surroundings around;
    {
        const auto lookup = around.connect(plainSettings(kafka.bootstrap())).recordLookup();
        const auto origin = readOrigin(*lookup, letter, {});
        QVERIFY2(origin, origin ? "" : qPrintable(origin.error().detail));
        QCOMPARE(origin->answer, OriginRecord::Answer::Confirmed);
    }
    kafka.deleteTopic(topic);
    kafka.createTopic(topic, 1);
    const auto lookup = around.connect(plainSettings(kafka.bootstrap())).recordLookup();
    const auto empty = readOrigin(*lookup, letter, {});
    QVERIFY2(empty, empty ? "" : qPrintable(empty.error().detail));
    QCOMPARE(empty->answer, OriginRecord::Answer::BeyondEnd);
    TestProducer producer(kafka.bootstrap());
    producer.send(message(topic, "k", "v", 1'750'000'000'000)); // the same bytes, published later; the broker takes no future
    producer.flush();
    const auto other = readOrigin(*lookup, letter, {});
    QVERIFY2(other, other ? "" : qPrintable(other.error().detail));
    QCOMPARE(other->answer, OriginRecord::Answer::Different);
    QVERIFY(!other->isThere());
}

void KafkaRecordLookupTest::aRangeEndsWhereItShould()
{
    const Peer& kafka = Peers::kafka411();
    const QString topic = kafka.newTopic(u"range"_s, 1);
    TestProducer producer(kafka.bootstrap(), {{u"enable.idempotence"_s, u"true"_s}});
    for (int i = 0; i < 5'000; ++i)
        producer.send(message(topic, "k", QByteArray::number(i), 1'700'000'000'000));
    producer.flush();
    Surroundings around;
    const auto lookup = around.connect(plainSettings(kafka.bootstrap())).recordLookup();
    for (const auto& [from, to] : {std::pair{4'000, 4'500}, std::pair{0, 10}, std::pair{4'990, 9'000}}) {
        std::vector<QByteArray> values;
        const auto read = lookup->readRange({topic, 0}, Offset{from}, Offset{to},
                                            [&](const RawRecord& record) {
                                                values.push_back(*record.value);
                                                return true;
                                            },
                                            {});
        QVERIFY2(read, read ? "" : qPrintable(read.error().detail));
        const int end = std::min(to, 5'000);
        QVERIFY(read->isWhole);
        QCOMPARE(read->records, end - from);
        QCOMPARE(read->next, Offset{end});
        QCOMPARE(values.size(), static_cast<std::size_t>(end - from));
        QCOMPARE(values.front(), QByteArray::number(from));
        QCOMPARE(values.back(), QByteArray::number(end - 1));
    }
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(lookup
                 ->readRange(
                     {topic, 0}, Offset{0}, Offset{10}, [](const RawRecord&) { return true; }, stop.get_token())
                 .error()
                 .code,
             ErrorCode::Cancelled);
}

void KafkaRecordLookupTest::theEmbeddedBrokerLooksUpToo()
{
    EmbeddedKafka kafka;
    kafka.createTopic(u"orders"_s, 1);
    TestProducer producer(kafka.bootstrap());
    for (int i = 0; i < 10; ++i)
        producer.send(message(u"orders"_s, "k", QByteArray::number(i), 1'700'000'000'000 + i));
    producer.flush();
    Surroundings around;
    const auto lookup = around.connect(plainSettings(kafka.bootstrap())).recordLookup();
    const auto found = lookup->recordAt({u"orders"_s, 0}, Offset{7}, {});
    QVERIFY2(found, found ? "" : qPrintable(found.error().detail));
    QCOMPARE(*found->record->value, QByteArray("7"));
    QCOMPARE(lookup->recordAt({u"orders"_s, 0}, Offset{10}, {})->answer, LookedUpRecord::Answer::BeyondEnd);
}

void KafkaRecordLookupTest::kcatSendsWhatTheCopiedLineSays_data()
{
    QTest::addColumn<bool>("isNull");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("bytes of all kinds") << false << QByteArray("{\"a\": 1}\n\0\xff'\n", 13);
    QTest::newRow("a tombstone") << true << QByteArray();
}

void KafkaRecordLookupTest::kcatSendsWhatTheCopiedLineSays()
{
    QFETCH(bool, isNull);
    QFETCH(QByteArray, value);
    const Peer& kafka = Peers::kafka411();
    const QString topic = kafka.newTopic(u"kcat"_s, 1);
    DeadLetter letter;
    letter.id = u"0123abcd-0-1-0123abcd"_s;
    letter.record.key = "order 'x' $HOME";
    if (!isNull)
        letter.record.value = value;
    letter.record.headers = {
        {"a", QByteArray("b=c")}, {"a", QByteArray("d'e\nf")}, {"flag", std::nullopt}, {"empty", QByteArray("")}};
    const CopiedLine copied = kcatLine(letter, kafka.bootstrap(), topic);
    QVERIFY2(copied.missing.isEmpty(), qPrintable(copied.missing.join(u'\n')));
    // The payload's file is spillwayctl's work; here it lies there already.
    QTemporaryDir dir;
    QFile file(dir.filePath(letter.id + u".payload"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(value);
    file.close();
    const QString line = isNull ? copied.line : copied.line.sliced(copied.line.indexOf(u"&& "_s) + 3);
    const ProcessOutput output = runProcess(u"sh"_s, {u"-c"_s, u"cd '%1' && %2"_s.arg(dir.path(), line)});
    QVERIFY2(output.exitCode == 0, output.err.constData());
    const std::vector<RawRecord> records = readTopic(kafka.bootstrap(), topic);
    QCOMPARE(records.size(), 1U);
    QCOMPARE(records.front().key, letter.record.key);
    QCOMPARE(records.front().value, letter.record.value);
    QVERIFY(records.front().headers == letter.record.headers);
}

QTEST_GUILESS_MAIN(KafkaRecordLookupTest)
#include "tst_kafkarecordlookup.moc"
