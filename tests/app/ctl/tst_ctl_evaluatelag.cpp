// SPDX-License-Identifier: GPL-3.0-or-later
// `evaluate lag`: a window of commits from stdin, a verdict in Burrow's words or in ours.
#include "tests/app/ctl/ctl.h"

#include <QJsonDocument>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

constexpr qint64 start = 1'790'000'000'000;

struct Window
{
    QList<qint64> offsets; ///< a commit each second
    QList<qint64> lags;    ///< -1: unknown
    QList<qint64> ends;
    qint64 currentLag = 0;
    qint64 sinceLastMs = 1'000;
};

QByteArray question(const QString& policy, const Window& window)
{
    QJsonArray samples;
    for (qsizetype i = 0; i < window.offsets.size(); ++i) {
        const qint64 at = start + i * 1'000;
        const qint64 lag = window.lags.value(i, -1);
        samples.append(QJsonObject{{u"offset"_s, window.offsets[i]},
                                   {u"atMs"_s, at},
                                   {u"observedAtMs"_s, at + 5},
                                   {u"lag"_s, lag < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(lag)}});
    }
    QJsonArray ends;
    for (const qint64 end : window.ends)
        ends.append(end);
    const qint64 now = start + (window.offsets.size() - 1) * 1'000 + window.sinceLastMs;
    return QJsonDocument(QJsonObject{{u"policy"_s, policy},
                                     {u"nowMs"_s, now},
                                     {u"currentLag"_s, window.currentLag},
                                     {u"allowedLag"_s, 0},
                                     {u"endOffsets"_s, ends},
                                     {u"samples"_s, samples}})
        .toJson(QJsonDocument::Compact);
}

} // namespace

class EvaluateLagTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aWindowHasAVerdict_data();
    void aWindowHasAVerdict();
    void whatCannotBeReadIsRefused_data();
    void whatCannotBeReadIsRefused();
};

Q_DECLARE_METATYPE(Window)

void EvaluateLagTest::aWindowHasAVerdict_data()
{
    QTest::addColumn<Window>("window");
    QTest::addColumn<QString>("burrow");
    QTest::addColumn<QString>("spillway");
    const QList<qint64> steady{100, 110, 120, 130, 140, 150, 160, 170, 180, 190};
    const QList<qint64> ten{10, 10, 10, 10, 10, 10, 10, 10, 10, 10};
    const QList<qint64> growing{10, 12, 14, 16, 18, 20, 22, 24, 26, 28};
    QTest::newRow("nothing unread") << Window{.offsets = steady, .lags = ten, .ends = {170, 180, 190}, .currentLag = 0}
                                    << u"ok"_s << u"ok"_s;
    QTest::newRow("unread, committing, never caught up, and growing")
        << Window{.offsets = steady, .lags = growing, .ends = {202, 210, 218}, .currentLag = 28} << u"warn"_s
        << u"behind"_s;
    QTest::newRow("unread, and silent for longer than the window lasted")
        << Window{.offsets = steady, .lags = growing, .ends = {240, 250, 260}, .currentLag = 70, .sinceLastMs = 600'000}
        << u"stop"_s << u"stopped"_s;
    QTest::newRow("unread, committing, and it does not move")
        << Window{.offsets = QList<qint64>(10, 100), .lags = growing, .ends = {126, 127, 128}, .currentLag = 28}
        << u"stall"_s << u"stalled"_s;
    QTest::newRow("went back and has not come again to where it was")
        << Window{.offsets = {100, 110, 120, 130, 140, 50, 60, 70, 80, 90},
                  .lags = growing,
                  .ends = {148, 158, 168},
                  .currentLag = 78}
        << u"rewind"_s << u"rewound"_s;
}

void EvaluateLagTest::aWindowHasAVerdict()
{
    QFETCH(Window, window);
    const Scene scene;
    for (const QString& policy : {u"burrow"_s, u"spillway"_s}) {
        const CtlOutput output =
            scene.bare({u"evaluate"_s, u"lag"_s, u"--json"_s}, scene.home(), question(policy, window));
        EXPECT_EXIT(output, 0);
        const QJsonObject verdict = output.object();
        QCOMPARE(fieldNames(verdict), (QStringList{u"evidence"_s, u"rule"_s, u"state"_s}));
        QTEST(verdict[u"state"_s].toString(), policy.toLatin1().constData());
        EXPECT(!verdict[u"rule"_s].isNull() && !verdict[u"evidence"_s].isNull(), output.told());
    }
}

void EvaluateLagTest::whatCannotBeReadIsRefused_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no JSON") << QByteArray("lag is 5");
    QTest::newRow("an array") << QByteArray("[]");
    QTest::newRow("a policy nobody knows") << question(u"astrology"_s, {.offsets = {1}});
    QTest::newRow("no samples") << QByteArray(R"({"policy":"burrow","nowMs":1,"currentLag":1,"allowedLag":0})");
    QTest::newRow("a sample without an offset")
        << QByteArray(R"({"policy":"burrow","nowMs":1,"currentLag":1,"allowedLag":0,"endOffsets":[],)"
                      R"("samples":[{"atMs":1,"observedAtMs":1,"lag":1}]})");
}

void EvaluateLagTest::whatCannotBeReadIsRefused()
{
    QFETCH(QByteArray, input);
    const Scene scene;
    const CtlOutput output = scene.bare({u"evaluate"_s, u"lag"_s, u"--json"_s}, scene.home(), input);
    EXPECT_EXIT(output, 2);
    QCOMPARE(output.out, QByteArray());
    QVERIFY(!output.err.isEmpty());
}

CTL_TEST_MAIN(EvaluateLagTest)
#include "tst_ctl_evaluatelag.moc"
