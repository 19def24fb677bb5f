// SPDX-License-Identifier: GPL-3.0-or-later
// What the files declare, held against a real broker.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/support/peers.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

constexpr qint64 day = 86'400'000;

const QJsonObject* find(const std::vector<QJsonObject>& rows, const QString& rule, const QString& text)
{
    for (const QJsonObject& row : rows) {
        if (row[u"rule"].toString() == rule && row[u"message"].toString().contains(text))
            return &row;
    }
    return nullptr;
}

} // namespace

class DriftCommandTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theBrokerTellsAnotherStory_data() { Peers::addVersionRows(); }
    void theBrokerTellsAnotherStory();
};

void DriftCommandTest::theBrokerTellsAnotherStory()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString topic = kafka.newTopic(u"shop-orders"_s, 2, {{u"retention.ms"_s, QString::number(3 * day)}});
    const QString stray = kafka.newTopic(u"stray"_s);
    const QString stranger = uniqueName(u"stranger"_s);
    const QString absent = uniqueName(u"never-made"_s);
    ForeignProducer producer(kafka.bootstrap());
    for (int i = 0; i < 20; ++i)
        producer.send(topic, {.partition = i % 2,
                              .key = "k",
                              .value = QByteArray(3000, 'x'),
                              .headers = {{"event_type", "order.created"}}});
    producer.flush();
    commitOffset(kafka.bootstrap(), stranger, topic, 0, 5);
    Scene scene;
    scene.write(u"own.yaml"_s, "events:\n  order.created:\n    producer: { team: order-team, service: order-service }\n"
                               "    consumers:\n      - team: payment-team\n        service: payment-service # pays\n"
                               "  order.lost:\n    producer: { team: order-team, service: order-service }\n"
                               "governance_rules: { consumer_registration: requires_producer_approval }\n");
    scene.write(
        u"cat.yaml"_s,
        "catalog:\n  - event_type: order.created\n    topic: " + topic.toUtf8() +
            "\n    avg_payload_bytes: 100 # guessed\n    retention_days: 7\n  - event_type: order.lost\n    topic: " +
            absent.toUtf8() + "\n");
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"main"_s, .bootstrap = kafka.bootstrap()}}, u"development"_s,
                              {u"ownership: own.yaml"_s, u"catalog: cat.yaml"_s}));
    const CtlOutput before = scene.ctl({u"catalog"_s, u"drift"_s, u"--json"_s});
    EXPECT_EXIT(before, 0); // nothing was observed: nothing is claimed
    EXPECT(find(before.rows(), u"not-observed"_s, u"nothing was observed"_s) != nullptr, before.told());

    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
    const CtlOutput drift = scene.ctl({u"catalog"_s, u"drift"_s, u"--json"_s});
    EXPECT_EXIT(drift, 1);
    const auto rows = drift.rows();
    EXPECT(find(rows, u"topic-absent"_s, absent) != nullptr, drift.told());
    EXPECT(find(rows, u"topic-undeclared"_s, stray) != nullptr, drift.told());
    EXPECT(find(rows, u"retention-drift"_s, u"keeps records 3 days"_s) != nullptr, drift.told());
    EXPECT(find(rows, u"payload-drift"_s, u"3000 bytes were observed"_s) != nullptr, drift.told());
    EXPECT(find(rows, u"group-absent"_s, u"payment-service"_s) != nullptr, drift.told());
    const QJsonObject* violation = find(rows, u"boundary-violation"_s, stranger);
    EXPECT(violation != nullptr, drift.told());
    QCOMPARE((*violation)[u"severity"_s].toString(), u"error"_s);
    QCOMPARE((*violation)[u"event"_s].toString(), u"order.created"_s);
    EXPECT((*violation)[u"message"_s].toString().contains(u"approval of order-team"_s), drift.told());

    const CtlOutput applied = scene.ctl({u"catalog"_s, u"drift"_s, u"--apply"_s, u"--json"_s});
    EXPECT_EXIT(applied, 1); // the stranger still reads
    EXPECT(find(applied.rows(), u"retention-drift"_s, topic) == nullptr, applied.told());
    const QByteArray text = scene.read(u"cat.yaml"_s);
    EXPECT(text.contains("avg_payload_bytes: 3000 # guessed\n    retention_days: 3\n"), text);
    const CtlOutput card = scene.ctl({u"scorecard"_s, u"--json"_s});
    EXPECT_EXIT(card, 0);
    bool isCounted = false;
    for (const QJsonObject& row : card.rows())
        isCounted =
            isCounted || (row[u"item"_s].toString() == u"boundary-violations" && row[u"value"_s].toDouble() >= 1);
    EXPECT(isCounted, card.told());
}

CTL_TEST_MAIN(DriftCommandTest)
#include "tst_ctl_drift.moc"
