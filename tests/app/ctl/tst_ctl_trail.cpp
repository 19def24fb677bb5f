// SPDX-License-Identifier: GPL-3.0-or-later
// One order's way through topics, a dead letter, its replay and the processing log, on a real broker: everything that
// bears its key or id, in time order, and a word on what was not looked at.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/letters.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

constexpr qint64 hour = 3'600'000;

const QStringList contractFields{u"at"_s,   u"channel"_s, u"connection"_s, u"eventType"_s, u"key"_s,
                                 u"kind"_s, u"offset"_s,  u"partition"_s,  u"summary"_s};

struct Company
{
    const Peer& kafka = Peers::kafka411();
    QString orders = kafka.newTopic(u"orders"_s, 6);
    QString payments = kafka.newTopic(u"payments"_s, 3);
    QString letters = kafka.newTopic(u"orders-dlt"_s, 1);
    QString log = kafka.newTopic(u"processing"_s, 1);
    QString group = orders + u"-readers"_s;
    qint64 now = QDateTime::currentMSecsSinceEpoch();
    qint64 originOffset = 0; ///< of the order in partition 4
    Scene scene;

    QByteArray workspace(const QStringList& more = {}, const QString& environment = u"development"_s) const
    {
        std::vector<ConnectionText> connections{
            {.name = u"main"_s,
             .bootstrap = kafka.bootstrap(),
             .more = {u"groups: { include: [ \"%1\" ] }"_s.arg(group),
                      u"dead_letters: [ { topic: %1 } ]"_s.arg(letters), u"processing_log: { topic: %1 }"_s.arg(log)}}};
        for (const QString& bootstrap : more)
            connections.push_back({.name = u"other"_s, .bootstrap = bootstrap, .more = {}});
        return workspaceText(connections, environment,
                             {u"ownership: ownership.yaml"_s, u"catalog: event-catalog.yaml"_s});
    }

    /// The order of `key`, published to a partition where no Java client would put it, paid, failed, and logged.
    void live(const QByteArray& key)
    {
        scene.write(u"spillway.yaml"_s, workspace());
        scene.write(u"ownership.yaml"_s, R"(events:
  order.created:
    producer: { team: order-team, service: order-service }
    consumers:
      - { team: payment-team, service: payment-service, consumer_group: )" +
                                             group.toUtf8() + R"( }
  payment.taken:
    producer: { team: payment-team, service: payment-service }
    consumers:
      - { team: order-team, service: order-service }
)");
        scene.write(u"event-catalog.yaml"_s,
                    "catalog:\n  - { event_type: order.created, topic: " + orders.toUtf8() +
                        ", partition_key: order_id }\n  - { event_type: payment.taken, topic: " + payments.toUtf8() +
                        ", partition_key: order_id }\n");
        ForeignProducer producer(kafka.bootstrap());
        for (int i = 0; i < 300; ++i)
            producer.send(orders, {.partition = i % 6,
                                   .key = "order-" + QByteArray::number(9'000 + i),
                                   .value = R"({"order_id":"x"})",
                                   .timestampMs = now - 3 * hour});
        producer.send(orders, {.partition = 2, .key = key, .value = "an old one", .timestampMs = now - 30 * hour});
        producer.send(orders, {.partition = 4,
                               .key = key,
                               .value = R"({"amount":10.50})",
                               .headers = {{"event_id", "e-1"}, {"traceparent", "00-4bf92f-00f067-01"}},
                               .timestampMs = now - 2 * hour});
        producer.flush();
        originOffset = watermarks(kafka.bootstrap(), orders, 4).second - 1;
        producer.send(payments, {.partition = 1,
                                 .key = "payment-1",
                                 .value = R"({"order_id":")" + key + R"(","card":"4111111111111111"})",
                                 .timestampMs = now - 2 * hour + 1'000});
        producer.send(log, {.partition = 0,
                            .key = std::nullopt,
                            .value = R"({"consumer_service":"payment-service","event_type":"order.created",)"
                                     R"("status":"dlq","processing_latency_ms":120,"event_id":"e-1",)"
                                     R"("error_class":"Timeout","processed_at":)" +
                                     QByteArray::number(now - 2 * hour + 2'000) + "}"});
        producer.send(log,
                      {.partition = 0,
                       .key = std::nullopt,
                       .value = R"({"consumer_service":"payment-service","event_type":"order.created",)"
                                R"("status":"success","processing_latency_ms":1,"event_id":"e-2","processed_at":)" +
                                QByteArray::number(now - 2 * hour) + "}"});
        const Failure failure{.topic = orders.toUtf8(),
                              .partition = 4,
                              .offset = originOffset,
                              .timestampMs = now - 2 * hour,
                              .group = group.toUtf8()};
        producer.send(letters,
                      {.partition = 0,
                       .key = key,
                       .value = R"({"amount":10.50})",
                       .headers = joined(std::vector<ForeignHeader>{{"event_id", "e-1"}}, springHeaders(failure)),
                       .timestampMs = now - 2 * hour + 3'000});
        producer.flush();
    }

    void collect() const
    {
        const CtlOutput output = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
        if (output.exitCode != 0)
            throw std::runtime_error(output.told().toStdString());
    }
};

QStringList words(const std::vector<QJsonObject>& lines, const QString& name)
{
    QStringList values;
    for (const QJsonObject& line : lines)
        values += line[name].toString();
    return values;
}

} // namespace

class TrailCommandTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everythingOfAnOrderInTimeOrder();
    void noGroupIsJoined();
    void aReplayAndItsConfirmation();
    void whatElseIsTheKey_data();
    void whatElseIsTheKey();
    void whatIsFoundElsewhereIsSaid();
    void aBrokerThatIsAwayLeavesTheRest();
    void nothingFoundIsNoFailure();
    void strangersBytesAreShown();
    void productionMasks();
    void aFaultyCallIsRefused_data();
    void aFaultyCallIsRefused();
};

void TrailCommandTest::everythingOfAnOrderInTimeOrder()
{
    Company company;
    company.live("order-4711");
    company.collect();
    const CtlOutput output = company.scene.ctl({u"trail"_s, u"order-4711"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    const std::vector<QJsonObject> lines = output.lines();
    QCOMPARE(words(lines, u"kind"_s), (QStringList{u"event"_s, u"event"_s, u"processing"_s, u"deadLetter"_s}));
    QCOMPARE(words(lines, u"channel"_s), (QStringList{company.orders, company.payments, company.log, company.letters}));
    QCOMPARE(words(lines, u"eventType"_s),
             (QStringList{u"order.created"_s, u"payment.taken"_s, u"order.created"_s, u"order.created"_s}));
    for (const QJsonObject& line : lines) {
        for (const QString& field : contractFields)
            EXPECT(line.contains(field), field.toUtf8());
        QVERIFY(isUtcTime(line[u"at"_s]));
        QCOMPARE(line[u"connection"_s].toString(), u"main"_s);
        EXPECT(!line[u"summary"_s].toString().contains(u"10.50"_s), output.told()); // nothing of a payload
    }
    QCOMPARE(integer(lines[0][u"partition"_s]).value_or(-1), 4);
    QCOMPARE(integer(lines[0][u"offset"_s]).value_or(-1), company.originOffset);
    QCOMPARE(lines[0][u"key"_s].toString(), u"order-4711"_s);
    QCOMPARE(lines[0][u"matched"_s].toString(), u"key"_s);
    QCOMPARE(lines[1][u"key"_s].toString(), u"payment-1"_s);
    QCOMPARE(lines[1][u"matched"_s].toString(), u"payload:order_id"_s);
    QCOMPARE(lines[2][u"matched"_s].toString(), u"link"_s); // by the event id of the order
    QVERIFY(lines[2][u"key"_s].isNull());                   // the log's record has none
    const QString letter = lines[3][u"summary"_s].toString();
    EXPECT(letter.startsWith(u"dead letter of payment-service: "_s) && letter.contains(u"PaymentTimeoutException"_s),
           output.told());
    EXPECT(output.errorText().contains(u"that is all there is"_s) && output.errorText().contains(u"on 3 topics"_s),
           output.told());

    const CtlOutput all = company.scene.ctl({u"trail"_s, u"order-4711"_s, u"--since"_s, u"all"_s, u"--json"_s});
    EXPECT_EXIT(all, 0);
    QCOMPARE(all.lines().size(), std::size_t{5}); // the one of yesterday too
    QCOMPARE(integer(all.lines()[0][u"partition"_s]).value_or(-1), 2);
    const CtlOutput stored = company.scene.ctl({u"trail"_s, u"order-4711"_s, u"--stored"_s, u"--json"_s});
    EXPECT_EXIT(stored, 0);
    QCOMPARE(words(stored.lines(), u"kind"_s), (QStringList{u"event"_s, u"deadLetter"_s}));
    QCOMPARE(integer(stored.lines()[0][u"offset"_s]).value_or(-1), company.originOffset);
    EXPECT(stored.errorText().contains(u"Only what is stored"_s), stored.told());
}

void TrailCommandTest::noGroupIsJoined()
{
    Company company;
    company.live("order-4711");
    const QByteArray before = company.kafka.consumerGroups({u"--list"_s}).out;
    EXPECT_EXIT(company.scene.ctl({u"trail"_s, u"order-4711"_s, u"--json"_s}), 0);
    QCOMPARE(company.kafka.consumerGroups({u"--list"_s}).out, before);
}

void TrailCommandTest::aReplayAndItsConfirmation()
{
    Company company;
    company.live("order-4711");
    company.collect();
    const QString plan = company.scene.path(u"all.plan"_s);
    EXPECT_EXIT(
        company.scene.ctl({u"replay"_s, u"plan"_s, u"--query"_s, u"key:order-4711"_s, u"--out"_s, plan, u"--json"_s}),
        0);
    const qint64 landed = watermarks(company.kafka.bootstrap(), company.orders, 4).second;
    commitOffset(company.kafka.bootstrap(), company.group, company.orders, 4, landed);
    const auto run =
        company.scene.start({u"replay"_s, u"run"_s, plan, u"--write"_s, u"--settle"_s, u"3s"_s, u"--json"_s});
    // The consumer handles it as soon as it is there.
    QTRY_VERIFY_WITH_TIMEOUT(watermarks(company.kafka.bootstrap(), company.orders, 4).second > landed, 30'000);
    commitOffset(company.kafka.bootstrap(), company.group, company.orders, 4, landed + 1);
    const CtlOutput ended = run->wait();
    EXPECT_EXIT(ended, 0);
    const QString job = ended.lastLine()[u"jobId"_s].toString();
    QCOMPARE(integer(ended.lastLine()[u"confirmed"_s]).value_or(-1), 1);

    for (const QStringList& more : {QStringList{}, QStringList{u"--stored"_s}}) {
        const CtlOutput output = company.scene.ctl(QStringList{u"trail"_s, u"order-4711"_s, u"--json"_s} + more);
        EXPECT_EXIT(output, 0);
        const std::vector<QJsonObject> lines = output.lines();
        const QStringList kinds = words(lines, u"kind"_s);
        QCOMPARE(kinds.count(u"replay"_s), 1); // the record that landed and the step in the ledger are one
        QCOMPARE(kinds.last(), u"replay"_s);
        const QJsonObject replay = lines.back();
        QCOMPARE(replay[u"channel"_s].toString(), company.orders);
        QCOMPARE(integer(replay[u"partition"_s]).value_or(-1), 4);
        QCOMPARE(integer(replay[u"offset"_s]).value_or(-1), landed);
        QCOMPARE(replay[u"key"_s].toString(), u"order-4711"_s);
        QCOMPARE(replay[u"summary"_s].toString(), u"replayed by job %1, confirmed"_s.arg(job));
        QCOMPARE(replay[u"job"_s].toString(), job);
        QVERIFY(isUtcTime(replay[u"at"_s]));
    }
}

void TrailCommandTest::whatElseIsTheKey_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("kinds");
    QTest::newRow("an event id") << QStringList{u"e-1"_s} << QStringList{u"event"_s, u"processing"_s, u"deadLetter"_s};
    QTest::newRow("a trace id, which the dead letter lacks")
        << QStringList{u"4bf92f"_s} << QStringList{u"event"_s, u"processing"_s, u"deadLetter"_s};
    QTest::newRow("a field that is named")
        << QStringList{u"4111111111111111"_s, u"--field"_s, u"payload.card"_s} << QStringList{u"event"_s};
    QTest::newRow("base64") << QStringList{u"cGF5bWVudC0x"_s, u"--base64"_s} << QStringList{u"event"_s};
    QTest::newRow("two at most") << QStringList{u"e-1"_s, u"--limit"_s, u"2"_s}
                                 << QStringList{u"event"_s, u"processing"_s};
}

void TrailCommandTest::whatElseIsTheKey()
{
    static Company company;
    if (company.originOffset == 0) {
        company.live("order-4711");
        company.collect();
    }
    QFETCH(QStringList, arguments);
    QFETCH(QStringList, kinds);
    const CtlOutput output = company.scene.ctl(QStringList{u"trail"_s, u"--json"_s} + arguments);
    EXPECT_EXIT(output, 0);
    EXPECT(words(output.lines(), u"kind"_s) == kinds, output.told());
}

void TrailCommandTest::whatIsFoundElsewhereIsSaid()
{
    Company company;
    company.live("order-4711");
    const CtlOutput own = company.scene.ctl({u"trail"_s, u"order-4711"_s, u"--own-partition"_s, u"--json"_s});
    EXPECT_EXIT(own, 0);
    EXPECT(own.errorText().contains(u"where a Java client would not put the key were left out"_s), own.told());
    const CtlOutput bytes = company.scene.ctl({u"trail"_s, u"order-4711"_s, u"--max-bytes"_s, u"100"_s, u"--json"_s});
    EXPECT_EXIT(bytes, 0);
    EXPECT(bytes.errorText().contains(u"stopped because 100 B were read; more with --max-bytes"_s), bytes.told());
    const CtlOutput ghost = company.scene.ctl({u"trail"_s, u"order-4711"_s, u"--topic"_s, u"ghosts"_s, u"--json"_s});
    EXPECT_EXIT(ghost, 0);
    EXPECT(ghost.errorText().contains(u"Not there on any connection: ghosts."_s), ghost.told());
}

void TrailCommandTest::aBrokerThatIsAwayLeavesTheRest()
{
    Company company;
    company.live("order-4711");
    company.scene.write(u"spillway.yaml"_s, company.workspace({deadAddress()}));
    const CtlOutput output = company.scene.ctl({u"trail"_s, u"order-4711"_s, u"--json"_s});
    EXPECT_EXIT(output, 3);
    EXPECT(words(output.lines(), u"kind"_s) == (QStringList{u"event"_s, u"event"_s, u"processing"_s}), output.told());
    EXPECT(output.errorText().contains(u"other: "_s), output.told());
}

void TrailCommandTest::nothingFoundIsNoFailure()
{
    Company company;
    company.live("order-4711");
    const CtlOutput output = company.scene.ctl({u"trail"_s, u"order-471"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QVERIFY(output.out.isEmpty());
    EXPECT(output.errorText().contains(u"Nothing with this key or id was found."_s), output.told());
}

void TrailCommandTest::strangersBytesAreShown()
{
    Company company;
    const QByteArray evil = "evil\x1b[31m\xe2\x80\xae";
    company.live(evil);
    company.collect();
    const CtlOutput text = company.scene.ctl({u"trail"_s, u"e-1"_s});
    EXPECT_EXIT(text, 0);
    EXPECT(text.out.contains("evil\\u{001B}[31m\\u{202E}"), text.told());
    QVERIFY(!text.out.contains('\x1b'));
    QVERIFY(!text.out.contains("\xe2\x80\xae"));
}

void TrailCommandTest::productionMasks()
{
    Company company;
    company.live("ada@example.org");
    company.collect();
    company.scene.write(u"spillway.yaml"_s, company.workspace({}, u"production"_s));
    const CtlOutput output = company.scene.ctl({u"trail"_s, u"e-1"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(output.lines().size(), std::size_t{3});
    EXPECT(!output.out.contains("ada@example.org"), output.told());
    QCOMPARE(output.lines()[0][u"key"_s].toString(), u"•••"_s);
}

void TrailCommandTest::aFaultyCallIsRefused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("says");
    QTest::newRow("no key") << QStringList{} << u"KEY"_s;
    QTest::newRow("an empty key") << QStringList{QString()} << u"KEY is empty"_s;
    QTest::newRow("no duration") << QStringList{u"k"_s, u"--since"_s, u"yesterday"_s} << u"--since"_s;
    QTest::newRow("no size") << QStringList{u"k"_s, u"--max-bytes"_s, u"much"_s} << u"--max-bytes"_s;
    QTest::newRow("no field") << QStringList{u"k"_s, u"--field"_s, u"header."_s} << u"write payload.order.id"_s;
    QTest::newRow("two that exclude each other")
        << QStringList{u"k"_s, u"--stored"_s, u"--own-partition"_s} << u"do not go together"_s;
}

void TrailCommandTest::aFaultyCallIsRefused()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, says);
    const Scene scene;
    scene.write(u"spillway.yaml"_s, workspaceText({{u"main"_s, deadAddress(), {}}}));
    const CtlOutput output = scene.ctl(QStringList{u"trail"_s} + arguments);
    EXPECT_EXIT(output, 2);
    EXPECT(output.errorText().contains(says), output.told());
}

CTL_TEST_MAIN(TrailCommandTest)
#include "tst_ctl_trail.moc"
