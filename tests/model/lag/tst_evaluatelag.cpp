// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/evaluatelag.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

/// Commits ten seconds apart starting at 1 000 000 ms, written as `offset/lag` (`-`: lag unknown).
QByteArray samples(const QByteArray& commits)
{
    QByteArray json = "[";
    qint64 at = 1'000'000;
    for (const QByteArray& commit : commits.split(' ')) {
        const auto parts = commit.split('/');
        json += R"({"offset":)" + parts.at(0) + R"(,"atMs":)" + QByteArray::number(at) + R"(,"observedAtMs":)" +
                QByteArray::number(at + 7) + R"(,"lag":)" +
                (parts.value(1) == "-" ? QByteArray("null") : parts.value(1)) + "},";
        at += 10'000;
    }
    if (json.endsWith(','))
        json.chop(1);
    return json + ']';
}

QByteArray question(const QByteArray& policy, qint64 nowMs, qint64 lag, const QByteArray& ends,
                    const QByteArray& commits, qint64 allowed = 0)
{
    return R"({"policy":")" + policy + R"(","nowMs":)" + QByteArray::number(nowMs) + R"(,"currentLag":)" +
           QByteArray::number(lag) + R"(,"allowedLag":)" + QByteArray::number(allowed) + R"(,"endOffsets":[)" + ends +
           R"(],"samples":)" + (commits.isEmpty() ? QByteArray("[]") : samples(commits)) + '}';
}

QString stateOf(const QByteArray& input)
{
    const auto answer = evaluateLagJson(input);
    if (!answer)
        return u"error: "_s + answer.error().detail;
    const QJsonObject object = QJsonDocument::fromJson(*answer).object();
    if (object.keys() != QStringList{u"evidence"_s, u"rule"_s, u"state"_s} ||
        object[u"evidence"_s].toString().isEmpty())
        return u"unexpected: "_s + QString::fromUtf8(*answer);
    return object[u"state"_s].toString();
}

} // namespace

class EvaluateLagTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bothPolicies_data();
    void bothPolicies();
    void faultsAreNamed_data();
    void faultsAreNamed();
    void nullItemsOfARingArePassedOver();
    void lagIsTakenFromTheEndsWhereItIsNotGiven();
};

void EvaluateLagTest::bothPolicies_data()
{
    QTest::addColumn<qint64>("nowMs");
    QTest::addColumn<qint64>("lag");
    QTest::addColumn<qint64>("allowed");
    QTest::addColumn<QByteArray>("ends");
    QTest::addColumn<QByteArray>("commits");
    QTest::addColumn<QString>("burrow");
    QTest::addColumn<QString>("ours");
    const auto row = [](const char* name, qint64 now, qint64 lag, qint64 allowed, const char* ends, const char* commits,
                        QStringView burrow, QStringView ours) {
        QTest::newRow(name) << now << lag << allowed << QByteArray(ends) << QByteArray(commits) << burrow.toString()
                            << ours.toString();
    };
    // Ten commits span 90 s: the last is at 1 090 000.
    row("nothing unread is fine, whatever the commits did", 9'000'000, 0, 0, "900", "900/0 100/800 900/0", u"ok",
        u"ok");
    row("lag up to the allowed is fine", 9'000'000, 50, 50, "950", "900/0 900/0", u"ok", u"ok");
    row("one more than allowed is not", 1'010'000, 51, 50, "951", "900/51 900/51 900/51", u"stall", u"stalled");
    row("lag that never shrinks and grows", 1'095'000, 100, 0, "1100",
        "100/10 200/20 300/30 400/40 500/50 600/60 700/70 800/80 900/90 1000/100", u"warn", u"behind");
    row("the same with one dip: Burrow sees nothing wrong", 1'095'000, 900, 0, "10900",
        "1000/100 2000/200 3000/300 4000/250 5000/400 6000/500 7000/600 8000/700 9000/800 10000/900", u"ok", u"behind");
    row("a huge lag that dips now and then is behind", 1'095'000, 200'000, 0, "201000",
        "100/200000 200/200050 300/199990 400/200020 500/200010 600/200030 700/199980 800/200000 900/200040 "
        "1000/200000",
        u"ok", u"behind");
    row("lag unknown at back-filled commits is skipped", 1'035'000, 90, 0, "490", "100/- 200/- 300/80 400/90", u"warn",
        u"behind");
    row("lag that shrinks to within two commits keeps up", 1'095'000, 50, 0, "1050",
        "100/900 300/700 500/500 700/300 900/100 1000/50", u"ok", u"ok");
    row("a long way to go is behind even while it shrinks", 1'055'000, 90'000, 0, "91000",
        "100/95000 300/94000 500/93000 700/92000 900/91000 1000/90000", u"ok", u"behind");
    row("a moment without lag excuses growth before it", 1'035'000, 5, 0, "1005", "700/20 800/30 900/0 1000/5", u"ok",
        u"ok");
    row("offsets that stand while lag grows", 1'095'000, 60, 0, "160", "100/10 100/20 100/30 100/40 100/50 100/60",
        u"stall", u"stalled");
    row("the newest half standing is a stall for us, not yet for Burrow", 1'095'000, 600, 0, "1100",
        "100/100 300/200 500/300 500/400 500/500 500/550 500/600", u"warn", u"stalled");
    row("silent for exactly the span is not stopped", 1'060'000, 90, 0, "490", "100/60 200/70 300/80 400/90", u"warn",
        u"behind");
    row("silent for half a second more: Burrow counts whole seconds", 1'060'500, 90, 0, "490",
        "100/60 200/70 300/80 400/90", u"warn", u"stopped");
    row("silent for a second more", 1'061'000, 90, 0, "490", "100/60 200/70 300/80 400/90", u"stop", u"stopped");
    row("long silent, but a stored end shows that nothing was unread lately", 9'000'000, 90, 0, "400,490",
        "100/60 200/70 300/80 400/90", u"warn", u"behind");
    row("idle for minutes, and one message has come since the last sampled end", 1'300'000, 1, 0, "400,400,401",
        "370/0 380/0 390/0 400/0", u"ok", u"ok");
    row("one single commit is no cadence", 1'010'001, 500, 0, "1000", "500/500", u"stop", u"behind");
    row("one single commit and ten minutes of silence", 1'600'001, 500, 0, "1000", "500/500", u"stop", u"stopped");
    row("went back and did not recover", 1'040'000, 800, 0, "1000", "500/500 600/400 100/900 200/800", u"rewind",
        u"rewound");
    row("went back and reached its place again", 1'040'000, 300, 0, "1000", "500/400 600/350 400/600 700/300", u"ok",
        u"behind");
    row("only the first step back counts for Burrow", 1'060'000, 900, 0, "1000",
        "100/900 50/950 600/400 700/300 300/700 100/900", u"ok", u"rewound");
    row("stopped outranks rewound", 9'000'000, 900, 0, "1000", "500/500 100/900 100/900", u"stop", u"stopped");
    row("no commit at all", 1'000'000, 10, 0, "10", "", u"ok", u"neverCommitted");
    row("ends that went back: the topic was made anew", 1'000'000, 0, 0, "900,1000,20", "950/0 980/0", u"ok",
        u"topicRecreated");
    row("a clock that stepped back is no silence", 500, 90, 0, "490", "100/60 200/70 300/80 400/90", u"warn",
        u"behind");
}

void EvaluateLagTest::bothPolicies()
{
    QFETCH(qint64, nowMs);
    QFETCH(qint64, lag);
    QFETCH(qint64, allowed);
    QFETCH(QByteArray, ends);
    QFETCH(QByteArray, commits);
    QFETCH(QString, burrow);
    QFETCH(QString, ours);
    QCOMPARE(stateOf(question("burrow", nowMs, lag, ends, commits, allowed)), burrow);
    QCOMPARE(stateOf(question("spillway", nowMs, lag, ends, commits, allowed)), ours);
}

void EvaluateLagTest::faultsAreNamed_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QString>("names");
    QTest::newRow("no JSON") << QByteArray("{") << u"byte"_s;
    QTest::newRow("an array") << QByteArray("[]") << u"object"_s;
    QTest::newRow("no policy") << QByteArray(R"({"nowMs":1,"samples":[]})") << u"policy"_s;
    QTest::newRow("a policy nobody knows") << QByteArray(R"({"policy":"x","nowMs":1,"samples":[]})") << u"policy"_s;
    QTest::newRow("no time") << QByteArray(R"({"policy":"burrow","samples":[]})") << u"nowMs"_s;
    QTest::newRow("a time with a fraction")
        << QByteArray(R"({"policy":"burrow","nowMs":1.5,"samples":[]})") << u"nowMs"_s;
    QTest::newRow("a negative lag") << QByteArray(R"({"policy":"burrow","nowMs":1,"currentLag":-3,"samples":[]})")
                                    << u"currentLag"_s;
    QTest::newRow("no samples") << QByteArray(R"({"policy":"burrow","nowMs":1})") << u"samples"_s;
    QTest::newRow("all at once")
        << QByteArray(R"({"policy":"x","endOffsets":["1"],"samples":[{},7]})")
        << u"policy: write \"burrow\" or \"spillway\", not \"x\"\nnowMs: is missing\n"_s
           u"endOffsets[0]: write a whole number\nsamples[0].offset: is missing\n"_s
           u"samples[0].atMs: is missing, and observedAtMs too\nsamples[1]: write { offset, atMs, observedAtMs, lag }"_s;
    QTest::newRow("a sample without offset")
        << QByteArray(R"({"policy":"burrow","nowMs":1,"samples":[{"atMs":1}]})") << u"samples[0].offset"_s;
    QTest::newRow("a sample without time")
        << QByteArray(R"({"policy":"burrow","nowMs":1,"samples":[{"offset":1}]})") << u"samples[0].atMs"_s;
    QTest::newRow("an end that is text") << QByteArray(
                                                R"({"policy":"burrow","nowMs":1,"endOffsets":["1"],"samples":[]})")
                                         << u"endOffsets[0]"_s;
}

void EvaluateLagTest::faultsAreNamed()
{
    QFETCH(QByteArray, input);
    QFETCH(QString, names);
    const auto answer = evaluateLagJson(input);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, ErrorCode::InvalidConfig);
    QVERIFY2(answer.error().detail.contains(names), qPrintable(answer.error().detail));
}

void EvaluateLagTest::nullItemsOfARingArePassedOver()
{
    QCOMPARE(stateOf(R"({"policy":"burrow","nowMs":1000,"currentLag":9,"endOffsets":[null,14],
        "samples":[null,null,{"offset":5,"atMs":0,"lag":9},{"offset":5,"atMs":null,"observedAtMs":1000,"lag":9}]})"),
             u"stall"_s);
}

void EvaluateLagTest::lagIsTakenFromTheEndsWhereItIsNotGiven()
{
    QCOMPARE(
        stateOf(
            R"({"policy":"spillway","nowMs":1000,"currentLag":null,"endOffsets":[5],"samples":[{"offset":5,"atMs":0,"lag":0}]})"),
        u"ok"_s);
    QCOMPARE(stateOf(R"({"policy":"spillway","nowMs":1000,"samples":[{"offset":5,"atMs":0,"lag":0}]})"), u"unknown"_s);
}

QTEST_GUILESS_MAIN(EvaluateLagTest)
#include "tst_evaluatelag.moc"
