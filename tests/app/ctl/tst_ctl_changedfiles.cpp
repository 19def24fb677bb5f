// SPDX-License-Identifier: GPL-3.0-or-later
// A collector that runs takes over changed rules: for the letters that come, and for those that it has.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/app/ctl/replayscene.h"

#include <QTest>

#include <sqlite3.h>

#include <map>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

QByteArray kindsFile(const char* kind)
{
    return QByteArray("rules:\n  - name: the gateway\n    kind: ") + kind +
           "\n    class: 'PaymentTimeoutException$'\n    reason: told so\n";
}

const QByteArray schema = R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",)"
                          R"("required":["amount"]})";

const QByteArray acmeDialect =
    R"({"id":"acme","name":"Acme","detect":[{"all":["acme-failed-topic","acme-failure"],"confidence":0.95}],)"
    R"("newest":"last","fields":{"originTopic":[{"header":"acme-failed-topic"}],)"
    R"("errorClass":[{"header":"acme-failure"}]},"errorStart":["acme-failure"],"letterTime":"record",)"
    R"("strip":["acme-*"]})";

std::size_t lettersOfAcme(const Scene& scene)
{
    return scene.ctl({u"dlq"_s, u"list"_s, u"--query"_s, u"dialect:acme"_s, u"--json"_s}).lines().size();
}

int storedLetters(const Scene& scene)
{
    sqlite3* db = nullptr;
    sqlite3_stmt* count = nullptr;
    int letters = -1;
    if (sqlite3_open_v2((scene.state() + u"/samples.sqlite"_s).toUtf8().constData(), &db, SQLITE_OPEN_READONLY,
                        nullptr) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT count(*) FROM letter", -1, &count, nullptr) == SQLITE_OK &&
        sqlite3_step(count) == SQLITE_ROW)
        letters = sqlite3_column_int(count, 0);
    sqlite3_finalize(count);
    sqlite3_close(db);
    return letters;
}

} // namespace

class ChangedFilesTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void kindsAndSchemasCountAtOnce();
    void aDialectCountsForAllThatReadsLetters();
    void aMappingCountsAtOnce_data() { Peers::addVersionRows(); }
    void aMappingCountsAtOnce();
    void theFirstDeadLetterTopicNeedsNoRestart();

private:
    void send(int number);
    /// Each letter's kind and schema verdict, by offset.
    using Words = std::map<qint64, std::pair<QString, QString>>;
    [[nodiscard]] static Words wordsOf(const Scene& scene);

    std::unique_ptr<ForeignProducer> m_producer;
    QString m_topic;
};

void ChangedFilesTest::send(int number)
{
    m_producer->send(m_topic,
                     {.partition = 0,
                      .key = QByteArray::number(number),
                      .value = R"({"event_type":"order.created","order_id":)" + QByteArray::number(number) + '}',
                      .headers = springHeaders({.topic = "orders", .group = "billing"})});
    m_producer->flush();
}

ChangedFilesTest::Words ChangedFilesTest::wordsOf(const Scene& scene)
{
    Words words;
    for (const QJsonObject& letter : scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines())
        words[letter[u"offset"_s].toInteger()] = {letter[u"kind"_s].toString(), letter[u"schemaVerdict"_s].toString()};
    return words;
}

void ChangedFilesTest::kindsAndSchemasCountAtOnce()
{
    const Peer& kafka = Peers::byVersion(u"4.1.1"_s);
    m_topic = kafka.newTopic(u"orders-dlt"_s, 1);
    m_producer = std::make_unique<ForeignProducer>(kafka.bootstrap());
    const Scene scene;
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"main"_s,
                                                    .bootstrap = kafka.bootstrap(),
                                                    .more = {u"dead_letters: [ { topic: %1 } ]"_s.arg(m_topic)}}},
                                                  u"development"_s, {u"schemas: schemas"_s}));
    scene.write(u"schemas/order/README.md"_s, "none yet");
    scene.write(u"kinds.yaml"_s, kindsFile("business"));

    const std::unique_ptr<RunningCtl> collector = scene.start({u"collect"_s, u"--json"_s});
    send(0);
    QTRY_COMPARE_WITH_TIMEOUT(wordsOf(scene), (Words{{0, {u"business"_s, {}}}}), 60'000);

    // A faulty file changes nothing. (Commands refuse it, so that the store is looked at itself.)
    scene.write(u"kinds.yaml"_s, "rules: [ { kind: nonsense } ]");
    scene.write(u"schemas/order/order.created.v1.json"_s, schema);
    send(1);
    QTRY_COMPARE_WITH_TIMEOUT(storedLetters(scene), 2, 60'000);
    QVERIFY(collector->isRunning());

    // Those that it has are sorted anew; its schema's word is of the letters that come.
    scene.write(u"kinds.yaml"_s, kindsFile("transient"));
    QTRY_COMPARE_WITH_TIMEOUT(wordsOf(scene), (Words{{0, {u"transient"_s, {}}}, {1, {u"transient"_s, {}}}}), 60'000);
    send(2);
    QTRY_COMPARE_WITH_TIMEOUT(
        wordsOf(scene),
        (Words{{0, {u"transient"_s, {}}}, {1, {u"transient"_s, {}}}, {2, {u"transient"_s, u"invalid"_s}}}), 60'000);
    QVERIFY(collector->isRunning());
}

void ChangedFilesTest::aDialectCountsForAllThatReadsLetters()
{
    const Peer& kafka = Peers::byVersion(u"4.1.1"_s);
    const QString origin = kafka.newTopic(u"acme"_s, 1);
    const QString letters = kafka.newTopic(u"acme-failed"_s, 1);
    const Scene scene;
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"main"_s,
                                                    .bootstrap = kafka.bootstrap(),
                                                    .more = {u"groups: { include: [ \"%1-readers\" ] }"_s.arg(origin),
                                                             u"dead_letters: [ { topic: %1 } ]"_s.arg(letters)}}}));
    scene.write(u"dialects/README.md"_s, "none yet");
    const std::vector<ForeignHeader> own{{"trace", QByteArray("7")}};
    ForeignProducer producer(kafka.bootstrap());
    const auto fail = [&](const QByteArray& key) {
        producer.send(
            letters,
            {.partition = 0,
             .key = key,
             .value = QByteArray("{}"),
             .headers = joined(own, std::vector<ForeignHeader>{{"acme-failed-topic", origin.toUtf8()},
                                                               {"acme-failure", QByteArray("com.acme.CardRefused")}})});
        producer.flush();
    };

    const std::unique_ptr<RunningCtl> collector = scene.start({u"collect"_s, u"--json"_s});
    fail("first");
    QTRY_COMPARE_WITH_TIMEOUT(storedLetters(scene), 1, 60'000);
    QCOMPARE(lettersOfAcme(scene), std::size_t{0});

    // What is asked of the collector is answered with the files as they are.
    scene.write(u"dialects/acme.json"_s, acmeDialect);
    const CtlOutput reread = scene.ctl({u"dlq"_s, u"reread"_s, letters, u"--json"_s});
    EXPECT_EXIT(reread, 0);
    EXPECT(reread.object()[u"changed"_s].toInt() == 1, reread.told());
    QCOMPARE(lettersOfAcme(scene), std::size_t{1});

    // It sends back what the consumer sent, without what its framework added.
    const QString plan = scene.path(u"acme.plan"_s);
    const CtlOutput planned =
        scene.ctl({u"replay"_s, u"plan"_s, u"--query"_s, u"dialect:acme"_s, u"--out"_s, plan, u"--json"_s});
    EXPECT_EXIT(planned, 0);
    const CtlOutput sent = scene.ctl({u"replay"_s, u"run"_s, plan, u"--write"_s, u"--json"_s}, {}, 120'000);
    EXPECT_EXIT(sent, 0);
    const std::vector<ForeignRecord> landed = readTopic(kafka.bootstrap(), origin);
    QCOMPARE(landed.size(), std::size_t{1});
    QCOMPARE(withoutReplayHeaders(landed[0]), own);

    // And a letter that comes is read by it.
    int number = 0;
    QTRY_VERIFY_WITH_TIMEOUT((fail("later-" + QByteArray::number(number++)), lettersOfAcme(scene) > 1), 60'000);
    QVERIFY(collector->isRunning());
}

/// The collector that runs takes a mapping over from spillway.yaml; what is stored is read by it on demand, through the
/// socket, and every byte stays.
void ChangedFilesTest::aMappingCountsAtOnce()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString letters = kafka.newTopic(u"legacy-errors"_s, 2);
    const auto workspace = [&](const QString& mapping) {
        return workspaceText({{.name = u"main"_s,
                               .bootstrap = kafka.bootstrap(),
                               .more = {u"dead_letters:"_s, u"  - topic_pattern: \"%1\""_s.arg(letters) + mapping}}});
    };
    const Scene scene;
    scene.write(u"spillway.yaml"_s, workspace({}));
    ForeignProducer producer(kafka.bootstrap());
    constexpr int first = 450; // more than one batch
    const auto send = [&](int number) {
        producer.send(letters, {.partition = number % 2,
                                .key = number % 3 == 0 ? std::nullopt : std::optional(QByteArray::number(number)),
                                .value = number % 5 == 0
                                             ? QByteArray("\xff\xfe\0{\"", 5)
                                             : R"( { "error" : {"message":"no stock", "code":7.10 } })" + QByteArray(),
                                .headers = {{"x-failed", QByteArray("com.acme.OutOfStock")},
                                            {"x-failed", std::nullopt},
                                            {"x-failed", "com.acme.E" + QByteArray::number(number % 4)},
                                            {"x-from", QByteArray("orders")},
                                            {"x-at", QByteArray::number(number)}}});
    };
    for (int i = 0; i < first; ++i)
        send(i);
    producer.flush();

    const std::unique_ptr<RunningCtl> collector = scene.start({u"collect"_s, u"--json"_s});
    QTRY_COMPARE_WITH_TIMEOUT(storedLetters(scene), first, 60'000);
    const auto list = [&scene] {
        return scene.ctl({u"dlq"_s, u"list"_s, u"--limit"_s, u"2000"_s, u"--json"_s}).lines();
    };
    std::map<QString, QJsonObject> before;
    for (const QJsonObject& letter : list()) {
        QVERIFY(letter[u"originTopic"_s].isNull());
        before[letter[u"id"_s].toString()] = letter;
    }
    const QString someId = before.begin()->first;
    const CtlOutput note =
        scene.ctl({u"dlq"_s, u"triage"_s, someId, u"--to"_s, u"parked"_s, u"--reason"_s, u"later"_s, u"--json"_s});
    EXPECT_EXIT(note, 0);

    // A faulty file changes nothing, and what would read by it says so.
    scene.write(u"spillway.yaml"_s, workspace(u"\n        mapping: { error_class: { nowhere: x } }"_s));
    const CtlOutput refused = scene.ctl({u"dlq"_s, u"reread"_s, letters, u"--json"_s});
    EXPECT_EXIT(refused, 2);
    EXPECT(refused.errorText().contains(u"names no source"_s), refused.told());

    scene.write(u"spillway.yaml"_s, workspace(u"\n        mapping:\n          error_class: { header: x-failed }"
                                              "\n          error_message: { payload: /error/message }"
                                              "\n          origin_topic: { header: x-from }"
                                              "\n          origin_offset: { header: x-at }"
                                              "\n          consumer: { value: billing }"_s));
    // Letters that come: nobody was told anything.
    int number = first;
    const auto mapped = [&scene] {
        return scene.ctl({u"dlq"_s, u"list"_s, u"--query"_s, u"dialect:mapping"_s, u"--json"_s}).lines().size();
    };
    QTRY_VERIFY_WITH_TIMEOUT((send(number++), producer.flush(), mapped() > 0), 60'000);
    QVERIFY(collector->isRunning());

    // Those that it has.
    const CtlOutput reread = scene.ctl({u"dlq"_s, u"reread"_s, letters, u"--json"_s}, {}, 120'000);
    EXPECT_EXIT(reread, 0);
    QCOMPARE(fieldNames(reread.object()), (QStringList{u"changed"_s, u"letters"_s, u"total"_s}));
    EXPECT(reread.object()[u"letters"_s].toInt() >= first, reread.told());
    EXPECT(reread.object()[u"changed"_s].toInt() >= first, reread.told());
    QTRY_COMPARE_WITH_TIMEOUT(storedLetters(scene), number, 60'000);
    int seen = 0;
    for (const QJsonObject& letter : list()) {
        const qint64 sent = letter[u"originOffset"_s].toInteger();
        QCOMPARE(letter[u"dialect"_s].toString(), u"mapping"_s);
        QCOMPARE(letter[u"originTopic"_s].toString(), u"orders"_s);
        QCOMPARE(letter[u"errorClass"_s].toString(), u"com.acme.E%1"_s.arg(sent % 4));
        QCOMPARE(letter[u"errorMessage"_s].toString(), sent % 5 == 0 ? QString() : u"no stock"_s);
        QCOMPARE(letter[u"consumer"_s].toString(), u"billing"_s);
        const auto old = before.find(letter[u"id"_s].toString());
        if (old == before.end())
            continue;
        ++seen;
        for (const QString& field : {u"key"_s, u"partition"_s, u"offset"_s, u"firstSeenAt"_s, u"sizeBytes"_s})
            QCOMPARE(letter[field], old->second[field]);
        QCOMPARE(letter[u"state"_s].toString(), letter[u"id"_s].toString() == someId ? u"parked"_s : u"new"_s);
    }
    QCOMPARE(seen, first); // under their ids

    // Byte for byte what lies on the topic.
    const std::vector<ForeignRecord> records = readTopic(kafka.bootstrap(), letters);
    QCOMPARE(records.size(), std::size_t(number));
    std::map<std::pair<int, qint64>, const ForeignRecord*> byPlace;
    for (const ForeignRecord& record : records)
        byPlace[{record.partition, record.offset}] = &record;
    for (const auto& [id, letter] : before) {
        const qint64 offset = letter[u"offset"_s].toInteger();
        if (offset % 40 != 0)
            continue; // a process each
        const ForeignRecord* record = byPlace.at({letter[u"partition"_s].toInt(), offset});
        QCOMPARE(scene.ctl({u"dlq"_s, u"show"_s, id, u"--raw"_s}).out, record->value.value_or(QByteArray()));
        const QJsonArray headers = scene.ctl({u"dlq"_s, u"show"_s, id, u"--json"_s}).object()[u"headers"_s].toArray();
        QCOMPARE(headers.size(), 5);
        QCOMPARE(headers[0][u"value"_s].toString(), u"com.acme.OutOfStock"_s);
        QVERIFY(headers[1][u"value"_s].isNull());
        QCOMPARE(headers[4][u"value"_s].toString().toUtf8(), record->headers[4].value.value());
    }

    // A second reading finds nothing that says something else.
    const CtlOutput again = scene.ctl({u"dlq"_s, u"reread"_s, letters, u"--json"_s}, {}, 120'000);
    EXPECT_EXIT(again, 0);
    QCOMPARE(again.object(), (QJsonObject{{u"letters"_s, number}, {u"changed"_s, 0}, {u"total"_s, number}}));
    QVERIFY(collector->isRunning());
}

/// A connection that had no dead-letter topic when its collector started: neither in the file nor on the broker.
void ChangedFilesTest::theFirstDeadLetterTopicNeedsNoRestart()
{
    const Peer& kafka = Peers::byVersion(u"4.1.1"_s);
    const QString orders = kafka.newTopic(u"first-orders"_s, 1);
    const auto workspace = [&](const QStringList& more) {
        return workspaceText({{.name = u"main"_s,
                               .bootstrap = kafka.bootstrap(),
                               .more = QStringList{u"sample_interval: 1s"_s} + more}});
    };
    const Scene scene;
    scene.write(u"spillway.yaml"_s, workspace({}));
    ForeignProducer producer(kafka.bootstrap());
    const auto failOn = [&](const QString& topic) {
        producer.send(topic, {.partition = 0,
                              .key = QByteArray("k"),
                              .value = QByteArray("{}"),
                              .headers = springHeaders({.topic = orders.toUtf8(), .group = "billing"})});
        producer.flush();
    };
    const auto lettersOn = [&scene](const QString& topic) {
        return scene.ctl({u"dlq"_s, u"list"_s, u"--query"_s, u"channel:"_s + topic, u"--json"_s}).lines().size();
    };

    const std::unique_ptr<RunningCtl> collector = scene.start({u"collect"_s, u"--json"_s});
    QTRY_COMPARE_WITH_TIMEOUT(storedLetters(scene), 0, 60'000); // it has made its store
    const QString named = kafka.newTopic(u"first-dlt"_s, 1);
    failOn(named);

    // A pattern that fits one topic that there is, and one that is made after it was taken over.
    const QString later = u"later-"_s + named;
    scene.write(u"spillway.yaml"_s, workspace({u"dead_letters: [ { topic_pattern: \"(later-)?%1\" } ]"_s.arg(named)}));
    QTRY_COMPARE_WITH_TIMEOUT(lettersOn(named), std::size_t{1}, 60'000);
    kafka.createTopic(later, 1);
    failOn(later);
    QTRY_COMPARE_WITH_TIMEOUT(lettersOn(later), std::size_t{1}, 90'000);
    QVERIFY(collector->isRunning());
}

CTL_TEST_MAIN(ChangedFilesTest)
#include "tst_ctl_changedfiles.moc"
