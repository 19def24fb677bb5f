// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replaypermission.h"

#include <QTest>

#include <algorithm>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class ReplayPermissionTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void permission_data();
    void permission();
};

void ReplayPermissionTest::permission_data()
{
    QTest::addColumn<Environment>("environment");
    QTest::addColumn<QStringList>("targets");
    QTest::addColumn<bool>("write");
    QTest::addColumn<QString>("confirm");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QStringList>("asksFor"); // empty: permitted

    const QStringList one{u"orders"_s};
    const QStringList two{u"orders"_s, u"payments"_s};
    const QStringList nothing;
    QTest::newRow("elsewhere --write is enough") << Environment::Development << one << true << u""_s << u""_s << nothing;
    QTest::newRow("without --write it explains")
        << Environment::Staging << one << false << u""_s << u""_s << QStringList{u"--write"_s};
    QTest::newRow("production wants the topic and a reason") << Environment::Production << one << true << u""_s << u""_s
                                                             << QStringList{u"--confirm 'orders'"_s, u"--reason"_s};
    QTest::newRow("production with both")
        << Environment::Production << one << true << u"orders"_s << u"gateway is back"_s << nothing;
    QTest::newRow("production without --write")
        << Environment::Production << one << false << u"orders"_s << u"x"_s << QStringList{u"--write"_s};
    QTest::newRow("another topic is no confirmation")
        << Environment::Production << one << true << u"order"_s << u"x"_s << QStringList{u"--confirm 'orders'"_s};
    QTest::newRow("a blank reason is none")
        << Environment::Production << one << true << u"orders"_s << u"  "_s << QStringList{u"--reason"_s};
    QTest::newRow("all of several topics are confirmed")
        << Environment::Production << two << true << u"payments, orders"_s << u"x"_s << nothing;
    QTest::newRow("one of several is not enough") << Environment::Production << two << true << u"orders"_s << u"x"_s
                                                  << QStringList{u"--confirm 'orders,payments'"_s};
}

void ReplayPermissionTest::permission()
{
    QFETCH(Environment, environment);
    QFETCH(QStringList, targets);
    QFETCH(bool, write);
    QFETCH(QString, confirm);
    QFETCH(QString, reason);
    QFETCH(QStringList, asksFor);
    const Status status
        = permitReplay({.messages = 2410, .targets = targets, .guarantee = u"exactly once, verified"_s}, environment,
                       {.write = write, .confirm = confirm, .reason = reason});
    QCOMPARE(status.has_value(), asksFor.isEmpty());
    if (status)
        return;
    QCOMPARE(status.error().code, ErrorCode::InvalidConfig);
    const QString said = status.error().detail;
    QVERIFY2(said.contains(u"2\u2009410 messages to %1 (exactly once, verified)"_s.arg(targets.join(u", "_s))),
             qPrintable(said));
    for (const QString& option : {u"--write"_s, u"--confirm"_s, u"--reason"_s}) {
        const bool isWanted = std::any_of(asksFor.begin(), asksFor.end(),
                                          [&](const QString& ask) { return ask.startsWith(option); });
        QVERIFY2(said.contains(option) == isWanted, qPrintable(said));
    }
    for (const QString& ask : asksFor)
        QVERIFY2(said.contains(ask), qPrintable(said));
}

QTEST_GUILESS_MAIN(ReplayPermissionTest)
#include "tst_replaypermission.moc"
