// SPDX-License-Identifier: GPL-3.0-or-later
// A collector that runs takes over changed rules: for the letters that come, and for those that it has.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/app/ctl/letters.h"
#include "tests/support/peers.h"

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

CTL_TEST_MAIN(ChangedFilesTest)
#include "tst_ctl_changedfiles.moc"
