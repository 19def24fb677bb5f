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

CTL_TEST_MAIN(ChangedFilesTest)
#include "tst_ctl_changedfiles.moc"
