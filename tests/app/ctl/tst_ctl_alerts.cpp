// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts from outside: a broker that is down needs somebody; what people say of it goes through whoever holds the state
// and survives a kill.
#include "tests/app/ctl/ctl.h"

#include <QFile>
#include <QJsonDocument>
#include <QSet>
#include <QTest>

#include <algorithm>
#include <csignal>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

const QStringList promised{u"evidence"_s, u"id"_s,    u"notified"_s, u"rule"_s, u"severity"_s,
                           u"since"_s,    u"state"_s, u"summary"_s,  u"team"_s};

/// A workspace whose broker nobody answers for, looked at once.
void lookAtDeadBroker(Scene& scene)
{
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"ailing"_s, .bootstrap = deadAddress(), .more = {}}}));
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s}), 3);
}

/// The alert of the connection; empty: there is none.
QJsonObject connectionDown(const Scene& scene)
{
    for (const QJsonObject& alert : scene.ctl({u"alerts"_s, u"--json"_s}).rows()) {
        if (alert[u"rule"_s] == u"connectionDown"_s)
            return alert;
    }
    return {};
}

} // namespace

class CtlAlertsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingWasSampledYet();
    void aDeadBrokerNeedsSomebody();
    void theDemoCompany();
    void decisionsAreOnRecord();
    void decisionsGoToTheHolderAndOutliveIt();
    void whatIsWrongIsSaid_data();
    void whatIsWrongIsSaid();
};

void CtlAlertsTest::nothingWasSampledYet()
{
    Scene scene;
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"ailing"_s, .bootstrap = deadAddress(), .more = {}}}));
    const CtlOutput output = scene.ctl({u"alerts"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    EXPECT(output.array().isEmpty(), output.told());
    EXPECT(output.err.contains("collect --once"), output.told());
}

void CtlAlertsTest::aDeadBrokerNeedsSomebody()
{
    Scene scene;
    lookAtDeadBroker(scene);
    const CtlOutput output = scene.ctl({u"alerts"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    const QJsonObject alert = connectionDown(scene);
    EXPECT(!alert.isEmpty(), output.told());
    for (const QString& field : promised)
        EXPECT(alert.contains(field), field.toUtf8());
    QCOMPARE(alert[u"severity"_s].toString(), u"critical"_s);
    QCOMPARE(alert[u"state"_s].toString(), u"pending"_s); // a reconnect would be no outage
    QCOMPARE(alert[u"connection"_s].toString(), u"ailing"_s);
    EXPECT(isUtcTime(alert[u"since"_s]), output.told());
    QVERIFY(alert[u"notified"_s].isNull());
    QVERIFY(alert[u"team"_s].isNull());

    // The next look goes on from this one, whoever takes it.
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 3);
    QCOMPARE(connectionDown(scene)[u"openedAt"_s], alert[u"openedAt"_s]);
    QCOMPARE(connectionDown(scene)[u"id"_s], alert[u"id"_s]);
    const CtlOutput text = scene.ctl({u"alerts"_s});
    EXPECT_EXIT(text, 0);
    EXPECT(text.out.contains(alert[u"id"_s].toString().toUtf8()), text.told());
    EXPECT_EXIT(scene.ctl({u"alerts"_s, u"--team"_s, u"nobody-here"_s, u"--fail-on"_s, u"info"_s}), 0);
    EXPECT(scene.ctl({u"alerts"_s, u"--resolved"_s, u"--json"_s}).array().isEmpty(), "nothing has ended");
}

void CtlAlertsTest::theDemoCompany()
{
    Scene scene;
    const CtlOutput output = scene.bare({u"--demo"_s, u"alerts"_s, u"--json"_s}, scene.home());
    EXPECT_EXIT(output, 0);
    const std::vector<QJsonObject> alerts = output.rows();
    EXPECT(!alerts.empty(), output.told());
    const QStringList severities{u"critical"_s, u"warning"_s, u"info"_s};
    qsizetype before = 0;
    QSet<QString> ids;
    for (const QJsonObject& alert : alerts) {
        for (const QString& field : promised)
            EXPECT(alert.contains(field), field.toUtf8());
        const qsizetype severity = severities.indexOf(alert[u"severity"_s].toString());
        EXPECT(severity >= before, output.told());
        before = severity;
        EXPECT(isUtcTime(alert[u"since"_s]), output.told());
        ids += alert[u"id"_s].toString();
    }
    QCOMPARE(ids.size(), static_cast<qsizetype>(alerts.size()));
    EXPECT_EXIT(scene.bare({u"--demo"_s, u"alerts"_s, u"--fail-on"_s, u"info"_s}, scene.home()), 1);
}

void CtlAlertsTest::decisionsAreOnRecord()
{
    Scene scene;
    lookAtDeadBroker(scene);
    const QString id = connectionDown(scene)[u"id"_s].toString();
    const CtlOutput acked = scene.ctl({u"alerts"_s, u"ack"_s, id.left(6), u"--until"_s, u"2h"_s, u"--reason"_s,
                                       u"the network team is on it"_s, u"--json"_s});
    EXPECT_EXIT(acked, 0);
    QCOMPARE(acked.object()[u"alert"_s].toString(), id);
    QCOMPARE(acked.object()[u"state"_s].toString(), u"inForce"_s);
    const CtlOutput silenced = scene.ctl({u"alerts"_s, u"silence"_s, u"--connection"_s, u"ailing"_s, u"--until"_s,
                                          u"90m"_s, u"--reason"_s, u"move of the data centre"_s, u"--json"_s});
    EXPECT_EXIT(silenced, 0);
    const CtlOutput all = scene.ctl({u"alerts"_s, u"decisions"_s, u"--json"_s});
    QCOMPARE(all.rows().size(), 2U);
    QCOMPARE(all.rows().at(0)[u"kind"_s].toString(), u"silenced"_s);

    const QString seq = QString::number(*integer(acked.object()[u"seq"_s]));
    EXPECT_EXIT(scene.ctl({u"alerts"_s, u"undo"_s, seq, u"--reason"_s, u"they are not"_s}), 0);
    EXPECT_EXIT(scene.ctl({u"alerts"_s, u"undo"_s, seq, u"--reason"_s, u"twice"_s}), 2);
    QCOMPARE(scene.ctl({u"alerts"_s, u"decisions"_s, u"--json"_s}).rows().at(1)[u"state"_s].toString(), u"undone"_s);

    const CtlOutput audit = scene.ctl({u"audit"_s, u"export"_s, u"--type"_s, u"alert."_s});
    EXPECT_EXIT(audit, 0);
    QStringList actions;
    for (const QJsonObject& line : audit.lines())
        actions += line[u"event"_s][u"action"_s].toString();
    QCOMPARE(actions, (QStringList{u"alert.acknowledged"_s, u"alert.silenced"_s, u"alert.undone"_s}));
    const CtlOutput checked = scene.ctl({u"store"_s, u"check"_s, u"--json"_s});
    EXPECT_EXIT(checked, 0);
}

void CtlAlertsTest::decisionsGoToTheHolderAndOutliveIt()
{
    Scene scene;
    lookAtDeadBroker(scene);
    const QString id = connectionDown(scene)[u"id"_s].toString();
    const auto holder = scene.start({u"collect"_s});
    // Whoever holds the state serves there; the one before took its socket away.
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(scene.state() + u"/socket"_s) || !holder->isRunning(), 30'000);
    const CtlOutput acked = scene.ctl({u"alerts"_s, u"ack"_s, id, u"--reason"_s, u"through the socket"_s, u"--json"_s});
    EXPECT_EXIT(acked, 0);
    EXPECT(holder->kill(), "the holder had ended by itself");
    const std::vector<QJsonObject> decisions = scene.ctl({u"alerts"_s, u"decisions"_s, u"--json"_s}).rows();
    QCOMPARE(decisions.size(), 1U);
    QCOMPARE(decisions.at(0)[u"reason"_s].toString(), u"through the socket"_s);
    QCOMPARE(connectionDown(scene)[u"id"_s].toString(), id);
}

void CtlAlertsTest::whatIsWrongIsSaid_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("no such alert") << QStringList{u"ack"_s, u"a00000000000"_s, u"--reason"_s, u"x"_s}
                                   << QByteArray("no open alert");
    QTest::newRow("no reason") << QStringList{u"ack"_s, u"a00000000000"_s} << QByteArray("--reason");
    QTest::newRow("an empty reason") << QStringList{u"ack"_s, u"a00000000000"_s, u"--reason"_s, u" "_s}
                                     << QByteArray("reason");
    QTest::newRow("a silence of everything")
        << QStringList{u"silence"_s, u"--until"_s, u"2h"_s, u"--reason"_s, u"x"_s} << QByteArray("--rule");
    QTest::newRow("a silence without an end")
        << QStringList{u"silence"_s, u"--rule"_s, u"groupBehind"_s, u"--reason"_s, u"x"_s} << QByteArray("--until");
    QTest::newRow("an end that is no time")
        << QStringList{u"silence"_s, u"--rule"_s, u"groupBehind"_s, u"--until"_s, u"tomorrow"_s, u"--reason"_s, u"x"_s}
        << QByteArray("2h");
    QTest::newRow("a word that is no rule")
        << QStringList{u"silence"_s, u"--rule"_s, u"lag"_s, u"--until"_s, u"2h"_s, u"--reason"_s, u"x"_s}
        << QByteArray("groupBehind");
    QTest::newRow("an event that is none")
        << QStringList{u"undo"_s, u"99"_s, u"--reason"_s, u"x"_s} << QByteArray("event 99");
}

void CtlAlertsTest::whatIsWrongIsSaid()
{
    QFETCH(QStringList, words);
    QFETCH(QByteArray, says);
    Scene scene;
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"ailing"_s, .bootstrap = deadAddress(), .more = {}}}));
    const CtlOutput output = scene.ctl(QStringList{u"alerts"_s} + words);
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains(says), output.told());
}

CTL_TEST_MAIN(CtlAlertsTest)
#include "tst_ctl_alerts.moc"
