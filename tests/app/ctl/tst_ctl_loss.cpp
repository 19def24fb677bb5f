// SPDX-License-Identifier: GPL-3.0-or-later
// Until when the brokers hold what waits, and what is set up so that letters get lost.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/letters.h"
#include "tests/support/kafkaclient.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QTemporaryFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

constexpr qint64 hour = 3'600'000;
constexpr qint64 day = 24 * hour;

QString at(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs);
}

/// What Kafka Streams writes when it had let go of the record: no key, no value, only where it was.
ForeignRecord streamsPointer(const QString& topic, int partition, qint64 offset, qint64 timestampMs)
{
    const QByteArray p = "__streams.errors.";
    return {.key = std::nullopt,
            .value = std::nullopt,
            .headers = {{p + "exception", "java.lang.IllegalStateException"},
                        {p + "message", "no stock"},
                        {p + "stacktrace", "java.lang.IllegalStateException: no stock\n\tat com.acme.A.b(A.java:1)"},
                        {p + "topic", topic.toUtf8()},
                        {p + "partition", QByteArray::number(partition)},
                        {p + "offset", QByteArray::number(offset)}},
            .timestampMs = timestampMs};
}

QJsonObject rowOf(const std::vector<QJsonObject>& rows, const QString& field, const QString& value)
{
    for (const QJsonObject& row : rows) {
        if (row[field].toString() == value)
            return row;
    }
    return {};
}

/// A workspace with one connection, which reads the letters of these topics and no groups.
void writeWorkspace(const Scene& scene, const Peer& kafka, const QStringList& topics, const QStringList& more = {})
{
    QStringList lines{u"groups: { include: [ nobody ] }"_s, u"dead_letters:"_s};
    for (const QString& topic : topics)
        lines += u"  - topic: "_s + topic;
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"main"_s, .bootstrap = kafka.bootstrap(), .more = lines}},
                                                  u"development"_s, more));
}

} // namespace

class LossTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void lettersSayUntilWhenTheyStay_data() { Peers::addVersionRows(); }
    void lettersSayUntilWhenTheyStay();
    void payloadsAreRescuedBeforeTheyExpire_data() { Peers::addVersionRows(); }
    void payloadsAreRescuedBeforeTheyExpire();
    void whatWasDeletedUnreadIsSaid_data() { Peers::addVersionRows(); }
    void whatWasDeletedUnreadIsSaid();
    void whatCannotBeDecodedIsPassedOverAndTold_data() { Peers::addVersionRows(); }
    void whatCannotBeDecodedIsPassedOverAndTold();
    void aPointerWithoutATimeIsKnownUntilWhenItStays();
    void aTopicMadeAnewHoldsOtherRecords_data() { Peers::addVersionRows(); }
    void aTopicMadeAnewHoldsOtherRecords();
    void theDoctorNamesWhatIsWrong_data() { Peers::addVersionRows(); }
    void theDoctorNamesWhatIsWrong();
};

void LossTest::lettersSayUntilWhenTheyStay()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const QString origin = kafka.newTopic(u"stock"_s, 2, {{u"retention.ms"_s, QString::number(day)}});
    const QString letters = kafka.newTopic(u"stock-letters"_s, 1, {{u"retention.ms"_s, QString::number(10 * day)}});
    ForeignProducer producer(kafka.bootstrap());
    for (int i = 0; i < 3; ++i)
        producer.send(origin, {.partition = 1, .key = "k", .value = "v", .timestampMs = now - 2 * hour});
    const Failure failure{
        .topic = origin.toUtf8(), .partition = 1, .offset = 0, .timestampMs = now - 2 * hour, .group = "readers"};
    producer.send(letters,
                  {.key = "spring", .value = "payload", .headers = springHeaders(failure), .timestampMs = now - hour});
    producer.send(letters, streamsPointer(origin, 1, 2, now - 2 * hour));
    producer.send(letters, streamsPointer(origin, 1, 500, now - 2 * hour)); // no such record
    producer.flush();
    Scene scene;
    writeWorkspace(scene, kafka, {letters}, {u"rescue: false"_s});
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);

    std::map<qint64, QJsonObject> list;
    for (const QJsonObject& letter : scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines())
        list[integer(letter[u"offset"_s]).value_or(-1)] = letter;
    QCOMPARE(list.size(), std::size_t{3});
    QCOMPARE(list[0][u"brokerLossAt"_s].toString(), at(now - hour + 10 * day));
    QCOMPARE(list[0][u"brokerLoss"_s].toString(), u"retentionTime"_s);
    QCOMPARE(list[0][u"originLossAt"_s].toString(), at(now - 2 * hour + day));
    QCOMPARE(list[1][u"originLossAt"_s].toString(), at(now - 2 * hour + day));
    QCOMPARE(list[2][u"originLoss"_s].toString(), u"gone"_s);
    QVERIFY(list[2][u"originLossAt"_s].isNull());
    const CtlOutput shown = scene.ctl({u"dlq"_s, u"show"_s, list[1][u"id"_s].toString(), u"--json"_s});
    QCOMPARE(shown.object()[u"originLossAt"_s].toString(), at(now - 2 * hour + day));
    const CtlOutput text = scene.ctl({u"dlq"_s, u"show"_s, list[1][u"id"_s].toString()});
    EXPECT(text.out.contains("Origin's copy") && text.out.contains("in 2"), text.told());

    const CtlOutput channels = scene.ctl({u"dlq"_s, u"channels"_s, u"--json"_s});
    EXPECT_EXIT(channels, 0);
    QCOMPARE(channels.rows().size(), std::size_t{1});
    const QJsonObject channel = channels.rows().at(0);
    QCOMPARE(channel[u"connection"_s].toString(), u"main"_s);
    QCOMPARE(channel[u"channel"_s].toString(), letters);
    QCOMPARE(channel[u"exists"_s].toBool(), true);
    QCOMPARE(channel[u"openLetters"_s].toInteger(), 3);
    QCOMPARE(channel[u"partitions"_s].toInteger(), 1);
    QCOMPARE(channel[u"retentionMs"_s].toInteger(), 10 * day);
    QCOMPARE(channel[u"cleanupPolicy"_s].toString(), u"delete"_s);
    QCOMPARE(channel[u"nextLossAt"_s].toString(), at(now - 2 * hour + 10 * day));
    QCOMPARE(channel[u"pointers"_s].toInteger(), 2);
    QCOMPARE(channel[u"pointersGone"_s].toInteger(), 1);
    QCOMPARE(channel[u"pointersLeavingSoon"_s].toInteger(), 1);
    QCOMPARE(channel[u"dialects"_s].toArray().size(), 2);
    QVERIFY(isUtcTime(channel[u"sampledAt"_s]));
    QVERIFY(channel[u"failure"_s].isNull());
    const CtlOutput asText = scene.ctl({u"dlq"_s, u"channels"_s});
    EXPECT(asText.out.contains("1 partition, keeps letters for 10 d") &&
               asText.out.contains("2 pointers whose payload"),
           asText.told());
}

void LossTest::payloadsAreRescuedBeforeTheyExpire()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const qint64 then = QDateTime::currentMSecsSinceEpoch() - 2 * hour;
    const QString origin = kafka.newTopic(u"stock"_s, 2, {{u"retention.ms"_s, QString::number(3 * hour)}});
    const QString letters = kafka.newTopic(u"stock-letters"_s, 1);
    ForeignProducer producer(kafka.bootstrap());
    for (int i = 0; i < 4; ++i)
        producer.send(origin, {.partition = 1,
                               .key = "key-" + QByteArray::number(i),
                               .value = QByteArray("\x00payload-", 9) + QByteArray::number(i),
                               .timestampMs = then + i});
    producer.send(letters, streamsPointer(origin, 1, 0, then));
    producer.send(letters, streamsPointer(origin, 1, 1, then + 1));
    producer.send(letters, streamsPointer(origin, 1, 2, then + 77)); // of another time: another topic's record
    producer.flush();
    Scene scene;
    writeWorkspace(scene, kafka, {letters}, {u"rescue: false"_s});
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
    const auto byOffset = [&] {
        std::map<qint64, QJsonObject> list;
        for (const QJsonObject& letter : scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines())
            list[integer(letter[u"offset"_s]).value_or(-1)] = letter;
        return list;
    };
    std::map<qint64, QJsonObject> list = byOffset();
    QCOMPARE(list.size(), std::size_t{3});
    const auto idOf = [&](qint64 offset) { return list[offset][u"id"_s].toString(); };
    const auto shown = [&](qint64 offset) {
        return scene.ctl({u"dlq"_s, u"show"_s, idOf(offset), u"--json"_s}).object();
    };
    QVERIFY(shown(0)[u"rescue"_s].isNull());

    // A plan leaves pointers out, and says what to do.
    const CtlOutput blocked =
        scene.ctl({u"replay"_s, u"plan"_s, u"--query"_s, QString(), u"--out"_s, scene.path(u"a.plan"_s), u"--json"_s});
    EXPECT(blocked.out.contains("rescue it first"), blocked.told());

    // By hand one of them, by name.
    const CtlOutput one = scene.ctl({u"dlq"_s, u"rescue"_s, idOf(0), u"--json"_s});
    EXPECT_EXIT(one, 0);
    QCOMPARE(one.object()[u"rescued"_s].toInteger(), 1);
    QCOMPARE(scene.ctl({u"dlq"_s, u"rescue"_s, idOf(0), u"--json"_s}).object()[u"already"_s].toInteger(), 1);
    // By itself the others.
    writeWorkspace(scene, kafka, {letters}, {u"rescue: true"_s});
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);

    // What the origin holds no longer is here.
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write(QByteArray(R"({"version":1,"partitions":[{"topic":")") + origin.toUtf8() +
               R"(","partition":1,"offset":4}]})");
    file.close();
    (void)kafka.tool(u"org.apache.kafka.tools.DeleteRecordsCommand"_s, {u"--offset-json-file"_s, file.fileName()});
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
    list = byOffset();
    QCOMPARE(list[0][u"state"_s].toString(), u"new"_s);
    QCOMPARE(list[1][u"state"_s].toString(), u"new"_s);
    QCOMPARE(list[2][u"state"_s].toString(), u"lost"_s);
    QCOMPARE(list[0][u"originLoss"_s].toString(), u"gone"_s);
    const QJsonObject rescue = shown(1)[u"rescue"_s].toObject();
    QCOMPARE(rescue[u"topic"_s].toString(), origin);
    QCOMPARE(rescue[u"partition"_s].toInteger(), 1);
    QCOMPARE(rescue[u"offset"_s].toInteger(), 1);
    QCOMPARE(rescue[u"timestamp"_s].toString(), at(then + 1));
    QVERIFY(isUtcTime(rescue[u"rescuedAt"_s]));
    QCOMPARE(scene.ctl({u"dlq"_s, u"show"_s, idOf(1), u"--raw"_s}).out, QByteArray("\x00payload-1", 10));
    // What is shown as its payload is found as one: by a word, on export, and by a plan.
    QCOMPARE(shown(1)[u"value"_s].toString().toUtf8(), QByteArray("\x00payload-1", 10));
    const auto found = [&](const QString& query) {
        QStringList ids;
        for (const QJsonObject& letter : scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s, u"--query"_s, query}).lines())
            ids += letter[u"id"_s].toString();
        return ids;
    };
    QCOMPARE(found(u"payload-1"_s), QStringList{idOf(1)});
    QCOMPARE(found(u"payload state:lost"_s), QStringList{}); // that one could not be copied
    QCOMPARE(scene
                 .ctl({u"dlq"_s, u"export"_s, u"--query"_s, u"payload-0"_s, u"--out"_s, scene.path(u"one.jsonl"_s),
                       u"--json"_s})
                 .object()[u"letters"_s]
                 .toInteger(),
             1);
    QCOMPARE(scene
                 .ctl({u"replay"_s, u"plan"_s, u"--query"_s, u"payload-0"_s, u"--out"_s, scene.path(u"0.plan"_s),
                       u"--json"_s})
                 .object()[u"messages"_s]
                 .toInteger(),
             1);
    const CtlOutput text = scene.ctl({u"dlq"_s, u"show"_s, idOf(1)});
    EXPECT(text.out.contains("rescued from " + origin.toUtf8() + " [1] @ 1"), text.told());
    QVERIFY(shown(2)[u"rescue"_s].isNull());
    EXPECT_EXIT(scene.ctl({u"audit"_s, u"verify"_s}), 0);

    // And goes back whole, once.
    const QString target = kafka.newTopic(u"stock-again"_s, 1);
    const CtlOutput plan = scene.ctl({u"replay"_s, u"plan"_s, u"--query"_s, QString(), u"--to"_s, target, u"--out"_s,
                                      scene.path(u"b.plan"_s), u"--json"_s});
    EXPECT_EXIT(plan, 0);
    QCOMPARE(plan.object()[u"messages"_s].toInteger(), 2);
    EXPECT_EXIT(scene.ctl({u"replay"_s, u"run"_s, scene.path(u"b.plan"_s), u"--write"_s}), 0);
    const std::vector<ForeignRecord> landed = readTopic(kafka.bootstrap(), target, Isolation::ReadCommitted);
    QCOMPARE(landed.size(), std::size_t{2});
    for (std::size_t i = 0; i < landed.size(); ++i) {
        QCOMPARE(landed[i].key, std::optional(QByteArray("key-") + QByteArray::number(int(i))));
        QCOMPARE(landed[i].value, std::optional(QByteArray("\x00payload-", 9) + QByteArray::number(int(i))));
        for (const ForeignHeader& header : landed[i].headers)
            QVERIFY2(!header.name.startsWith("__streams.errors."), header.name.constData());
    }
}

void LossTest::whatWasDeletedUnreadIsSaid()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString letters = kafka.newTopic(u"unread-letters"_s, 2);
    const QString later = kafka.newTopic(u"later-letters"_s, 1);
    ForeignProducer producer(kafka.bootstrap());
    const auto write = [&](const QString& topic, int partition, int many) {
        for (int i = 0; i < many; ++i)
            producer.send(topic, {.partition = partition, .key = "k", .value = "letter " + QByteArray::number(i)});
        producer.flush();
    };
    const auto deleteBefore = [&](const QString& topic, int partition, qint64 offset) {
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write(QByteArray(R"({"version":1,"partitions":[{"topic":")") + topic.toUtf8() + R"(","partition":)" +
                   QByteArray::number(partition) + R"(,"offset":)" + QByteArray::number(offset) + "}]}");
        file.close();
        (void)kafka.tool(u"org.apache.kafka.tools.DeleteRecordsCommand"_s, {u"--offset-json-file"_s, file.fileName()});
    };
    Scene scene;
    writeWorkspace(scene, kafka, {letters});
    write(letters, 0, 2);
    const CtlOutput first = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(first, 0);
    QCOMPARE(first.object()[u"deadLetters"_s].toInteger(), 2);
    QCOMPARE(first.object()[u"lostBeforeRead"_s].toInteger(), 0);

    write(letters, 0, 5); // 2 to 6, of which 6 stays
    write(letters, 1, 3); // all of a partition that was empty when it was looked at first
    write(later, 0, 4);   // a topic that nobody looked at yet
    deleteBefore(letters, 0, 6);
    deleteBefore(letters, 1, 3);
    deleteBefore(later, 0, 2);
    writeWorkspace(scene, kafka, {letters, later});
    const CtlOutput second = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(second, 0);
    QCOMPARE(second.object()[u"deadLetters"_s].toInteger(), 3);
    QCOMPARE(second.object()[u"lostBeforeRead"_s].toInteger(), 7);
    const QByteArray name = letters.toUtf8();
    EXPECT(second.err.contains("up to 4 records of " + name + " [0] before Spillway read them (offsets 2 to 5)"),
           second.told());
    EXPECT(second.err.contains("up to 3 records of " + name + " [1] before Spillway read them (offsets 0 to 2)"),
           second.told());
    EXPECT(!second.err.contains(later.toUtf8()), second.told());

    const CtlOutput third = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(third, 0);
    QCOMPARE(third.object()[u"lostBeforeRead"_s].toInteger(), 0);
    EXPECT(third.err.isEmpty(), third.told());

    const QJsonObject channel = rowOf(scene.ctl({u"dlq"_s, u"channels"_s, u"--json"_s}).rows(), u"channel"_s, letters);
    QCOMPARE(channel[u"lostBeforeRead"_s].toInteger(), 7);
    const QJsonArray ranges = channel[u"lostRanges"_s].toArray();
    QCOMPARE(ranges.size(), 2);
    for (const QJsonValue& range : ranges) {
        const bool isFirst = range[u"partition"_s].toInt() == 0;
        QCOMPARE(range[u"fromOffset"_s].toInteger(), isFirst ? 2 : 0);
        QCOMPARE(range[u"toOffset"_s].toInteger(), isFirst ? 5 : 2);
        QVERIFY(isUtcTime(range[u"noticedAt"_s]));
    }
    const QJsonObject other = rowOf(scene.ctl({u"dlq"_s, u"channels"_s, u"--json"_s}).rows(), u"channel"_s, later);
    QCOMPARE(other[u"lostBeforeRead"_s].toInteger(-1), 0);
    const CtlOutput text = scene.ctl({u"dlq"_s, u"channels"_s});
    EXPECT(text.out.contains("up to 7 records deleted by the broker before Spillway read them"), text.told());

    const CtlOutput doctor = scene.ctl({u"dlq"_s, u"doctor"_s, u"--json"_s});
    EXPECT_EXIT(doctor, 0); // a warning
    const QJsonObject finding = rowOf(doctor.rows(), u"rule"_s, u"lostBeforeRead"_s);
    QCOMPARE(finding[u"severity"_s].toString(), u"warning"_s);
    QCOMPARE(finding[u"subject"_s].toString(), letters);
    QVERIFY(!finding[u"remedy"_s].toString().isEmpty());
}

void LossTest::aTopicMadeAnewHoldsOtherRecords()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const TopicConfig kept{{u"retention.ms"_s, QString::number(10 * day)}};
    const QString origin = kafka.newTopic(u"anew"_s, 1);
    const QString letters = kafka.newTopic(u"anew-letters"_s, 2, kept);
    const qint64 then = QDateTime::currentMSecsSinceEpoch() - hour;
    Scene scene;
    writeWorkspace(scene, kafka, {letters}, {u"rescue: false"_s});
    ForeignProducer producer(kafka.bootstrap());
    const auto write = [&](const QString& topic, int partition, const QByteArray& value) {
        producer.send(topic,
                      {.partition = partition, .value = value, .headers = {{"x-own", "1"}}, .timestampMs = then});
        producer.flush();
    };
    for (const char* value : {"first 0", "first 1", "first 2"})
        write(origin, 0, value);
    write(letters, 0, "first a");
    write(letters, 0, "first b");
    write(letters, 1, "first c");
    // A pointer that tells its record's place, and no time.
    producer.send(letters, {.partition = 1,
                            .key = std::nullopt,
                            .value = std::nullopt,
                            .headers = {{"__dlq.errors.topic", origin.toUtf8()},
                                        {"__dlq.errors.partition", "0"},
                                        {"__dlq.errors.offset", "0"},
                                        {"__dlq.errors.group", "readers"},
                                        {"__dlq.errors.delivery.count", "5"}}});
    producer.flush();
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
    const auto listed = [&] {
        std::map<QString, QJsonObject> byId;
        for (const QJsonObject& letter : scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines())
            byId[letter[u"id"_s].toString()] = letter;
        return byId;
    };
    const std::map<QString, QJsonObject> before = listed();
    QCOMPARE(before.size(), std::size_t{4});
    QString pointer;
    for (const auto& [id, letter] : before) {
        QCOMPARE(letter[u"brokerLoss"_s].toString(), u"retentionTime"_s);
        if (letter[u"dialect"_s].toString() == u"share-group"_s)
            pointer = id;
    }
    QVERIFY(!pointer.isEmpty());
    const CtlOutput there = scene.ctl({u"dlq"_s, u"origin"_s, pointer, u"--raw"_s});
    EXPECT_EXIT(there, 0);
    QCOMPARE(there.out, QByteArray("first 0"));

    // Where masks are on it is a look behind them, as that of `dlq show`.
    scene.write(u"masking.yaml"_s, "version: 1\n");
    const CtlOutput looked = scene.ctl({u"dlq"_s, u"origin"_s, pointer, u"--raw"_s});
    EXPECT_EXIT(looked, 0);
    QCOMPARE(looked.out, QByteArray("first 0"));
    EXPECT(looked.err.contains("is on record"), looked.told());
    EXPECT_EXIT(scene.ctl({u"dlq"_s, u"origin"_s, pointer, u"--reveal"_s}), 2);                 // why?
    EXPECT_EXIT(scene.ctl({u"dlq"_s, u"origin"_s, pointer, u"--reason"_s, u"ticket 14"_s}), 2); // of what?
    EXPECT_EXIT(scene.ctl({u"dlq"_s, u"origin"_s, pointer, u"--json"_s, u"--reveal"_s, u"--reason"_s, u"ticket 15"_s}),
                0);
    EXPECT_EXIT(scene.ctl({u"dlq"_s, u"origin"_s, pointer}), 0);
    const auto looks = [&scene] {
        QStringList reasons;
        for (const QJsonObject& event : scene.ctl({u"audit"_s, u"export"_s}).lines()) {
            if (event[u"event"_s][u"action"_s].toString() == u"deadletter.revealed"_s)
                reasons += event[u"event"_s][u"reason"_s].toString();
        }
        return reasons;
    };
    const QStringList reasons{u"dlq origin --raw"_s, u"ticket 15"_s};
    QCOMPARE(looks(), reasons);

    // The same names, other topics: where a letter lay, another one lies, or none.
    for (const QString& topic : {origin, letters})
        kafka.deleteTopic(topic);
    kafka.createTopic(origin, 1);
    kafka.createTopic(letters, 2, kept);
    write(origin, 0, "second 0");
    write(letters, 0, "second a");
    write(letters, 1, "second c");
    const CtlOutput again = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(again, 0);
    QCOMPARE(again.object()[u"deadLetters"_s].toInteger(), 2);
    const std::map<QString, QJsonObject> after = listed();
    QCOMPARE(after.size(), std::size_t{6});
    for (const auto& [id, letter] : after) {
        const bool isOld = before.contains(id);
        QCOMPARE(letter[u"brokerLoss"_s].toString(), isOld ? u"gone"_s : u"retentionTime"_s);
        QCOMPARE(letter[u"brokerLossAt"_s].isNull(), isOld);
        const CtlOutput shown = scene.ctl({u"dlq"_s, u"show"_s, id});
        EXPECT(shown.out.contains("not at the broker") == isOld, shown.told());
    }
    QCOMPARE(after.at(pointer)[u"originLoss"_s].toString(), u"gone"_s);
    const QJsonObject channel = scene.ctl({u"dlq"_s, u"channels"_s, u"--json"_s}).rows().at(0);
    QCOMPARE(channel[u"gone"_s].toInteger(), 4);
    QCOMPARE(channel[u"pointersGone"_s].toInteger(), 1);

    // The record at the origin's place is not handed out as the letter's.
    const CtlOutput other = scene.ctl({u"dlq"_s, u"origin"_s, pointer, u"--raw"_s});
    EXPECT_EXIT(other, 1);
    QCOMPARE(other.out, QByteArray());
    QCOMPARE(looks(), reasons); // nothing was there to be looked at
    const CtlOutput rescue = scene.ctl({u"dlq"_s, u"rescue"_s, pointer, u"--json"_s});
    EXPECT_EXIT(rescue, 1);
    QCOMPARE(rescue.object()[u"rescued"_s].toInteger(), 0);
    QCOMPARE(rescue.object()[u"lost"_s].toInteger(), 1);
    QCOMPARE(listed().at(pointer)[u"state"_s].toString(), u"lost"_s);
}

void LossTest::whatCannotBeDecodedIsPassedOverAndTold()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString letters = kafka.newTopic(u"bomb"_s, 1);
    const auto publish = [&](int count, int bytes, const ClientConfig& config) {
        TestProducer producer(kafka.bootstrap(), config);
        const auto send = [&](int size) {
            producer.send({.topic = letters,
                           .partition = 0,
                           .key = {},
                           .value = QByteArray(size, '\0'),
                           .headers = {},
                           .timestamp = {}});
        };
        send(1); // the topic is known from here on: the others go in one batch
        producer.flush();
        for (int i = 0; i < count; ++i)
            send(bytes);
        producer.flush();
    };
    publish(2, 10, {});
    publish(11, 1'000'000,
            {{u"compression.type"_s, u"zstd"_s},
             {u"message.max.bytes"_s, u"100000000"_s},
             {u"batch.size"_s, u"100000000"_s},
             {u"linger.ms"_s, u"3000"_s}});
    publish(1, 10, {});
    Scene scene;
    scene.write(u"client.properties"_s, "receive.message.max.bytes=1500000\nfetch.max.bytes=1000000\n");
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"main"_s,
                                                    .bootstrap = kafka.bootstrap(),
                                                    .more = {u"client_properties: client.properties"_s,
                                                             u"groups: { include: [ nobody ] }"_s,
                                                             u"dead_letters: [ { topic: %1 } ]"_s.arg(letters)}}}));
    const CtlOutput first = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(first, 0);
    QCOMPARE(first.object()[u"deadLetters"_s].toInteger(), 6);
    QCOMPARE(first.object()[u"unreadable"_s].toInteger(), 11);
    EXPECT(first.err.contains(letters.toUtf8() + " [0], offsets 4 to 14"), first.told());
    const CtlOutput second = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(second, 0);
    QCOMPARE(second.object()[u"deadLetters"_s].toInteger(), 0);
    QCOMPARE(second.object()[u"unreadable"_s].toInteger(), 0);

    const CtlOutput channels = scene.ctl({u"dlq"_s, u"channels"_s, u"--json"_s});
    const QJsonObject channel = rowOf(channels.rows(), u"channel"_s, letters);
    QCOMPARE(channel[u"unreadable"_s].toInteger(), 11);
    const QJsonObject range = channel[u"unreadableRanges"_s].toArray().at(0).toObject();
    QCOMPARE(range[u"fromOffset"_s].toInteger(), 4);
    QCOMPARE(range[u"toOffset"_s].toInteger(), 14);
    const CtlOutput doctor = scene.ctl({u"dlq"_s, u"doctor"_s, u"--json"_s});
    EXPECT_EXIT(doctor, 1);
    const QJsonObject finding = rowOf(doctor.rows(), u"rule"_s, u"unreadableRecords"_s);
    QCOMPARE(finding[u"severity"_s].toString(), u"error"_s);
    EXPECT(finding[u"command"_s].toString().endsWith(u"--partition 0 --offset 4 --max-messages 11"_s), doctor.told());
}

/// Kafka's share groups write where the record is, and not when it was written.
void LossTest::aPointerWithoutATimeIsKnownUntilWhenItStays()
{
    const Peer& kafka = Peers::kafka411();
    const qint64 then = QDateTime::currentMSecsSinceEpoch() - 2 * hour;
    const QString origin = kafka.newTopic(u"shared"_s, 1, {{u"retention.ms"_s, QString::number(day)}});
    const QString letters = kafka.newTopic(u"shared-letters"_s, 1);
    ForeignProducer producer(kafka.bootstrap());
    producer.send(origin, {.key = "k", .value = "v", .timestampMs = then});
    producer.send(letters, {.key = std::nullopt,
                            .value = std::nullopt,
                            .headers = {{"__dlq.errors.topic", origin.toUtf8()},
                                        {"__dlq.errors.partition", "0"},
                                        {"__dlq.errors.offset", "0"},
                                        {"__dlq.errors.group", "readers"},
                                        {"__dlq.errors.delivery.count", "5"},
                                        {"__dlq.errors.message", "rejected"}}});
    producer.flush();
    Scene scene;
    writeWorkspace(scene, kafka, {letters}, {u"rescue: false"_s});
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
    const CtlOutput list = scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s});
    const QJsonObject letter = list.lines().at(0);
    EXPECT(letter[u"originTimestamp"_s].isNull(), list.told());
    QCOMPARE(letter[u"originLoss"_s].toString(), u"retentionTime"_s);
    QCOMPARE(letter[u"originLossAt"_s].toString(), at(then + day));
    const CtlOutput channels = scene.ctl({u"dlq"_s, u"channels"_s, u"--json"_s});
    QCOMPARE(rowOf(channels.rows(), u"channel"_s, letters)[u"pointersLeavingSoon"_s].toInteger(), 1);

    // One is copied, one is lost: each letter counts once, and it is said by the exit code.
    producer.send(letters, streamsPointer(origin, 0, 77, then));
    producer.flush();
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
    for (const int rescued : {1, 0}) {
        const CtlOutput rescue = scene.ctl({u"dlq"_s, u"rescue"_s, u"--query"_s, QString(), u"--json"_s});
        EXPECT_EXIT(rescue, 1);
        QCOMPARE(rescue.object()[u"rescued"_s].toInteger(), rescued);
        QCOMPARE(rescue.object()[u"already"_s].toInteger(), 1 - rescued);
        QCOMPARE(rescue.object()[u"lost"_s].toInteger(), 1);
        QCOMPARE(rescue.object()[u"refused"_s].toInteger(), 0);
    }
}

void LossTest::theDoctorNamesWhatIsWrong()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString orders = kafka.newTopic(u"orders"_s, 3);
    const QString letters = orders + u".DLT"_s;
    kafka.createTopic(letters, 1, {{u"retention.ms"_s, QString::number(2 * day)}});
    const QString payments = kafka.newTopic(u"payments"_s, 1);
    const QString compacted = uniqueName(u"users"_s) + u".dlq"_s;
    kafka.createTopic(compacted, 1, {{u"cleanup.policy"_s, u"compact"_s}});
    const QString missing = uniqueName(u"never-made"_s);
    Scene scene;
    const QStringList catalog{u"catalog: event-catalog.yaml"_s};
    writeWorkspace(scene, kafka, {letters, compacted, missing}, catalog);
    scene.write(u"event-catalog.yaml"_s, "catalog:\n  - { event_type: order.created, topic: " + orders.toUtf8() +
                                             ", tags: [critical] }\n  - { event_type: payment.completed, topic: " +
                                             payments.toUtf8() + ", tags: [critical] }\n");
    const CtlOutput before = scene.ctl({u"dlq"_s, u"doctor"_s, u"--json"_s});
    EXPECT_EXIT(before, 0);
    QCOMPARE(before.rows().at(0)[u"rule"_s].toString(), u"notAsked"_s);

    // The missing topic is a failure of the collection too: exit 3; what could be had is stored.
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 3);
    const CtlOutput doctor = scene.ctl({u"dlq"_s, u"doctor"_s, u"--json"_s});
    EXPECT_EXIT(doctor, 1);
    QStringList found;
    for (const QJsonObject& row : doctor.rows())
        found +=
            u"%1 %2 %3"_s.arg(row[u"severity"_s].toString(), row[u"rule"_s].toString(), row[u"subject"_s].toString());
    QCOMPARE(found, (QStringList{u"error topicMissing "_s + missing, u"error noDeadLetterTopic payment.completed"_s,
                                 u"error compacted "_s + compacted, u"warning retentionBelowReview "_s + letters,
                                 u"warning singlePartition "_s + letters}));
    const CtlOutput text = scene.ctl({u"dlq"_s, u"doctor"_s});
    EXPECT_EXIT(text, 1);
    EXPECT(text.out.contains("error: The dead-letter topic "), text.told());

    // What it says to do is done, with Kafka's own tools; then it has nothing to say.
    const auto run = [&](const QString& command) {
        const QStringList words = command.split(u' ');
        const QString tool = words.first() == u"kafka-topics"_s ? u"org.apache.kafka.tools.TopicCommand"_s
                                                                : u"kafka.admin.ConfigCommand"_s;
        QCOMPARE(words.at(1), u"--bootstrap-server"_s);
        QCOMPARE(words.at(2), kafka.bootstrap());
        (void)kafka.tool(tool, words.mid(3));
    };
    for (const QJsonObject& row : doctor.rows()) {
        if (row[u"rule"_s].toString() == u"noDeadLetterTopic"_s)
            continue;
        run(row[u"command"_s].toString());
    }
    run(rowOf(doctor.rows(), u"rule"_s, u"noDeadLetterTopic"_s)[u"command"_s].toString());
    writeWorkspace(scene, kafka, {letters, compacted, missing, payments + u".DLT"_s}, catalog);
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
    const CtlOutput after = scene.ctl({u"dlq"_s, u"doctor"_s, u"--json"_s});
    EXPECT_EXIT(after, 0);
    EXPECT(after.array().isEmpty(), after.told());
}

CTL_TEST_MAIN(LossTest)
#include "tst_ctl_loss.moc"
