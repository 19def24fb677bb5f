// SPDX-License-Identifier: GPL-3.0-or-later
// Plan, refuse, send, wait for outcomes, stop, cancel: what `replay` promises, read back by somebody else's client.
#include "tests/app/ctl/replayscene.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <map>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

class ReplayTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aPlanSaysWhatItWouldDo();
    void aPlanHoldsOpenLettersOnly();
    void aDecisionOnAGroupLeavesWhatIsClosed();
    void whatIsNotSafeToReplayIsToldBeforehand();
    void withoutItsWordsItExplainsAndRefuses_data();
    void withoutItsWordsItExplainsAndRefuses();
    void productionGoesOnWithItsWords();
    void messagesComeBackAsTheyWere_data() { Peers::addVersionRows(); }
    void messagesComeBackAsTheyWere();
    void otherTargetsTakeThePartitionJavaWouldTake();
    void aChangedPlanIsRefused_data();
    void aChangedPlanIsRefused();
    void aPlanRunsOnce();
    void statusTellsOfEveryJob();
    void aRateIsKept();
    void aRunningJobCanBeCancelled();
    void outcomesAreTold();
    void tooManyFailuresStopIt();
    void aSecondReplayIsTheSecondGeneration();
    void whatOnlyLooksLikeAnErrorHeaderGoesBack();
    void anEnvelopeGoesBackAsItsPayloadOrNotAtAll();
    void aTargetThatIsNotThereIsNamed();
};

void ReplayTest::aPlanSaysWhatItWouldDo()
{
    const ReplayScene replay(Peers::kafka411());
    replay.fail(10);
    const QString file = replay.scene().path(u"p.plan"_s);
    const CtlOutput output =
        replay.scene().ctl({u"replay"_s, u"plan"_s, u"--query"_s, u"state:new"_s, u"--out"_s, file, u"--json"_s});
    EXPECT_EXIT(output, 0);
    const QJsonObject plan = output.object();
    QCOMPARE(fieldNames(plan), (QStringList{u"blocked"_s, u"bytes"_s, u"digest"_s, u"guarantee"_s, u"headers"_s,
                                            u"messages"_s, u"planId"_s, u"targets"_s}));
    QCOMPARE(integer(plan[u"messages"_s]).value_or(-1), 10);
    QVERIFY(integer(plan[u"bytes"_s]).value_or(-1) > 100);
    QCOMPARE(plan[u"targets"_s].toArray(),
             (QJsonArray{QJsonObject{{u"topic"_s, replay.origin()}, {u"messages"_s, 10}}}));
    QCOMPARE(plan[u"blocked"_s].toArray(), QJsonArray{});
    EXPECT(plan[u"guarantee"_s].toString().contains(u"exactly once"_s, Qt::CaseInsensitive), output.told());
    EXPECT(QRegularExpression(u"[0-9a-f]{64}$"_s).match(plan[u"digest"_s].toString()).hasMatch(), output.told());
    QVERIFY(QFile::exists(file));
    QVERIFY(replay.landed().empty());
    // The same in other words.
    EXPECT_EXIT(replay.scene().ctl({u"replay"_s, u"plan"_s, u"--query"_s, u"state:new OR state:planned"_s, u"--out"_s,
                                    replay.scene().path(u"q.plan"_s)}),
                0);
}

void ReplayTest::aPlanHoldsOpenLettersOnly()
{
    const ReplayScene replay(Peers::kafka411());
    replay.fail(6);
    EXPECT_EXIT(replay.scene().ctl({u"dlq"_s, u"triage"_s, u"--query"_s, u"key:order-0 OR key:order-1"_s, u"--to"_s,
                                    u"archived"_s, u"--reason"_s, u"tests"_s}),
                0);
    const CtlOutput output = replay.scene().ctl({u"replay"_s, u"plan"_s, u"--query"_s, u"key~order"_s, u"--out"_s,
                                                 replay.scene().path(u"p.plan"_s), u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"messages"_s]).value_or(-1), 4);
    const CtlOutput done = replay.run(replay.scene().path(u"p.plan"_s));
    EXPECT_EXIT(done, 0);
    QCOMPARE(replay.landed().size(), std::size_t{4});
}

void ReplayTest::aDecisionOnAGroupLeavesWhatIsClosed()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(4);
    const auto ctl = [&replay](const QStringList& words) { return replay.scene().ctl(words); };
    const auto first = ctl({u"dlq"_s, u"list"_s, u"--query"_s, u"key:order-0"_s, u"--json"_s}).lines().front();
    const QString group = first[u"group"_s].toString();
    const QString sent = first[u"id"_s].toString();
    EXPECT_EXIT(
        ctl({u"replay"_s, u"plan"_s, u"--query"_s, u"key:order-0"_s, u"--out"_s, replay.scene().path(u"one.plan"_s)}),
        0);
    EXPECT_EXIT(replay.run(replay.scene().path(u"one.plan"_s)), 0);
    commitOffset(replay.kafka().bootstrap(), replay.group(), replay.origin(), 0, replay.landed()[0].offset + 1);
    replay.collect();
    EXPECT_EXIT(ctl({u"dlq"_s, u"triage"_s, u"--query"_s, u"key:order-1"_s, u"--to"_s, u"archived"_s, u"--reason"_s,
                     u"a test"_s}),
                0);

    const CtlOutput assigned = ctl({u"dlq"_s, u"triage"_s, group, u"--to"_s, u"assigned"_s, u"--assign"_s, u"kim"_s,
                                    u"--reason"_s, u"look into it"_s, u"--json"_s});
    EXPECT_EXIT(assigned, 0);
    QCOMPARE(integer(assigned.object()[u"changed"_s]).value_or(-1), 2);
    QMap<QString, QString> states;
    for (const QJsonObject& letter : ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines())
        states[letter[u"key"_s].toString()] = letter[u"state"_s].toString();
    QCOMPARE(states, (QMap<QString, QString>{{u"order-0"_s, u"resolved"_s},
                                             {u"order-1"_s, u"archived"_s},
                                             {u"order-2"_s, u"assigned"_s},
                                             {u"order-3"_s, u"assigned"_s}}));

    // By its own name it may be opened again; then a plan says what that would do.
    EXPECT_EXIT(ctl({u"dlq"_s, u"triage"_s, sent, u"--to"_s, u"parked"_s, u"--reason"_s, u"it was lost there"_s}), 0);
    const CtlOutput plan = ctl({u"replay"_s, u"plan"_s, u"--query"_s, u"group:"_s + group, u"--out"_s,
                                replay.scene().path(u"all.plan"_s), u"--json"_s});
    EXPECT_EXIT(plan, 0);
    QCOMPARE(integer(plan.object()[u"messages"_s]).value_or(-1), 3);
    EXPECT(plan.err.contains("1 letter went out in an earlier replay"), plan.told());
}

void ReplayTest::whatIsNotSafeToReplayIsToldBeforehand()
{
    const ReplayScene replay(Peers::kafka391());
    replay.fail(3);
    const QString group = replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines().front()[u"group"_s].toString();
    const QStringList plan{u"replay"_s,    u"plan"_s,  u"--query"_s,
                           u"state:new"_s, u"--out"_s, replay.scene().path(u"p.plan"_s),
                           u"--json"_s};
    const CtlOutput before = replay.scene().ctl(plan);
    EXPECT_EXIT(before, 0);
    EXPECT(!before.err.contains("not safe"), before.told());
    const CtlOutput known =
        replay.scene().ctl({u"dlq"_s, u"known"_s, u"set"_s, group, u"--kind"_s, u"business"_s, u"--fix"_s,
                            u"ask the shop"_s, u"--safe-to-replay"_s, u"no"_s, u"--reason"_s, u"as in March"_s});
    EXPECT_EXIT(known, 0);
    const CtlOutput after = replay.scene().ctl(plan);
    EXPECT_EXIT(after, 0);
    QCOMPARE(integer(after.object()[u"messages"_s]).value_or(-1), 3);
    EXPECT(after.err.contains("3 letters of group " + group.toUtf8()) &&
               after.err.contains("not safe; first: ask the shop"),
           after.told());
}

void ReplayTest::withoutItsWordsItExplainsAndRefuses_data()
{
    QTest::addColumn<QString>("environment");
    QTest::addColumn<QStringList>("words"); // TARGET stands for the topic
    QTest::newRow("no --write") << u"development"_s << QStringList{};
    QTest::newRow("production: --write alone") << u"production"_s << QStringList{u"--write"_s};
    QTest::newRow("production: no reason") << u"production"_s << QStringList{u"--write"_s, u"--confirm"_s, u"TARGET"_s};
    QTest::newRow("production: an empty reason")
        << u"production"_s << QStringList{u"--write"_s, u"--confirm"_s, u"TARGET"_s, u"--reason"_s, QString()};
    QTest::newRow("production: no confirmation")
        << u"production"_s << QStringList{u"--write"_s, u"--reason"_s, u"because"_s};
    QTest::newRow("production: another topic confirmed")
        << u"production"_s << QStringList{u"--write"_s, u"--confirm"_s, u"other"_s, u"--reason"_s, u"because"_s};
    QTest::newRow("production: no --write")
        << u"production"_s << QStringList{u"--confirm"_s, u"TARGET"_s, u"--reason"_s, u"because"_s};
}

void ReplayTest::withoutItsWordsItExplainsAndRefuses()
{
    QFETCH(QString, environment);
    QFETCH(QStringList, words);
    const ReplayScene replay(Peers::kafka391(), 1, environment);
    replay.fail(2);
    const QString plan = replay.plan();
    words.replaceInStrings(u"TARGET"_s, replay.origin());
    const CtlOutput output = replay.scene().ctl(QStringList{u"replay"_s, u"run"_s, plan, u"--json"_s} + words);
    EXPECT_EXIT(output, 2);
    // What it would do, and what is missing.
    EXPECT((output.out + output.err).contains(replay.origin().toUtf8()) ||
               (output.out + output.err).contains("--write") || output.err.contains("--reason is empty"),
           output.told());
    QVERIFY(replay.landed().empty());
    QVERIFY(replay.jobs().empty());
}

void ReplayTest::productionGoesOnWithItsWords()
{
    const ReplayScene replay(Peers::kafka391(), 1, u"production"_s);
    replay.fail(2);
    const CtlOutput output = replay.run(replay.plan(), {u"--confirm"_s, replay.origin(), u"--reason"_s, u"ticket 7"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(replay.landed().size(), std::size_t{2});
}

void ReplayTest::messagesComeBackAsTheyWere()
{
    QFETCH(QString, version);
    const ReplayScene replay(Peers::byVersion(version));
    replay.fail(30);
    const qint64 before = QDateTime::currentMSecsSinceEpoch();
    const CtlOutput output = replay.run(replay.plan());
    EXPECT_EXIT(output, 0);
    const QJsonObject last = output.lastLine();
    QCOMPARE(fieldNames(last),
             (QStringList{u"confirmed"_s, u"failedAgain"_s, u"jobId"_s, u"sent"_s, u"skipped"_s, u"state"_s}));
    QCOMPARE(last[u"state"_s].toString(), u"done"_s);
    QCOMPARE(integer(last[u"sent"_s]).value_or(-1), 30);
    QCOMPARE(integer(last[u"skipped"_s]).value_or(-1), 0);

    const std::vector<ForeignRecord> landed = replay.landed();
    QCOMPARE(landed.size(), std::size_t{30});
    std::map<QByteArray, ForeignRecord> byKey;
    for (const ForeignRecord& record : landed)
        byKey[record.key.value_or(QByteArray())] = record;
    QCOMPARE(byKey.size(), std::size_t{30});
    for (int i = 0; i < 30; ++i) {
        const ForeignRecord sent = replay.letter(i);
        const ForeignRecord& found = byKey[*sent.key];
        QCOMPARE(found.value, sent.value);
        QCOMPARE(found.partition, replay.originPartition(i));
        EXPECT(withoutReplayHeaders(found) == replay.ownHeaders(i), sent.key->constData());
        QCOMPARE(onlyHeader(found, "spillway-replay-id"), last[u"jobId"_s].toString().toUtf8());
        QCOMPARE(onlyHeader(found, "spillway-replay-generation"), QByteArray("1"));
        const QByteArray of = onlyHeader(found, "spillway-replay-of");
        const QByteArray place = replay.origin().toUtf8() + '/' + QByteArray::number(replay.originPartition(i)) + '/' +
                                 QByteArray::number(1'000 + i) + '@';
        EXPECT(of.startsWith(place) && of.size() > place.size(), of);
        EXPECT(found.timestampMs >= before, "the record's time is now");
    }
    for (const auto& [key, state] : replay.letterStates())
        QCOMPARE(state, u"sent"_s);
    const QByteArray groups = replay.kafka().consumerGroups({u"--list"_s}).out;
    EXPECT(!groups.contains("spillway.replay." + last[u"jobId"_s].toString().toUtf8()), groups);
    const CtlOutput audit = replay.scene().ctl({u"audit"_s, u"verify"_s, u"--json"_s});
    EXPECT_EXIT(audit, 0);
    QVERIFY(integer(audit.object()[u"entries"_s]).value_or(0) >= 2);
}

void ReplayTest::otherTargetsTakeThePartitionJavaWouldTake()
{
    const ReplayScene replay(Peers::kafka411());
    const QString target = replay.kafka().newTopic(u"elsewhere"_s, 2);
    const QString oracle = replay.kafka().newTopic(u"oracle"_s, 2);
    replay.fail(20);
    const CtlOutput output = replay.run(replay.plan({u"--to"_s, target}));
    EXPECT_EXIT(output, 0);
    // A Java client decides where each key belongs.
    QByteArray lines;
    for (int i = 0; i < 20; ++i)
        lines += *replay.letter(i).key + "\tx\n";
    replay.kafka().tool(u"org.apache.kafka.tools.ConsoleProducer"_s,
                        {u"--topic"_s, oracle, u"--property"_s, u"parse.key=true"_s}, lines);
    std::map<QByteArray, int> expected;
    for (const ForeignRecord& record : readTopic(replay.kafka().bootstrap(), oracle))
        expected[record.key.value_or(QByteArray())] = record.partition;
    QCOMPARE(expected.size(), std::size_t{20});
    const std::vector<ForeignRecord> landed = readTopic(replay.kafka().bootstrap(), target);
    QCOMPARE(landed.size(), std::size_t{20});
    for (const ForeignRecord& record : landed) {
        // Partitions 0 and 1 exist here as they did at the origin; 2 does not.
        const int index = record.key->mid(6).toInt();
        const int origin = replay.originPartition(index);
        QCOMPARE(record.partition, origin < 2 ? origin : expected[*record.key]);
    }
    QVERIFY(replay.landed().empty());
}

void ReplayTest::aChangedPlanIsRefused_data()
{
    QTest::addColumn<QByteArray>("what");
    QTest::addColumn<QByteArray>("by");
    QTest::newRow("a digit") << QByteArray("1") << QByteArray("2");
    QTest::newRow("the target") << QByteArray("origin-") << QByteArray("elsewh-");
    QTest::newRow("cut short") << QByteArray() << QByteArray();
}

void ReplayTest::aChangedPlanIsRefused()
{
    QFETCH(QByteArray, what);
    QFETCH(QByteArray, by);
    const ReplayScene replay(Peers::kafka391(), 1);
    replay.fail(3);
    (void)replay.plan();
    QByteArray text = replay.scene().read(u"all.plan"_s);
    if (what.isEmpty()) {
        text.chop(text.size() / 3);
    } else {
        const qsizetype at = text.lastIndexOf(what);
        EXPECT(at >= 0, text);
        text.replace(at, what.size(), by);
    }
    replay.scene().write(u"all.plan"_s, text);
    const CtlOutput output = replay.run(replay.scene().path(u"all.plan"_s));
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains("all.plan") || output.err.contains("plan"), output.told());
    QVERIFY(replay.landed().empty());
    QVERIFY(replay.jobs().empty());
}

void ReplayTest::aPlanRunsOnce()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(3);
    const QString plan = replay.plan();
    const CtlOutput first = replay.run(plan);
    EXPECT_EXIT(first, 0);
    const CtlOutput second = replay.run(plan);
    EXPECT_EXIT(second, 2);
    EXPECT(second.err.contains(first.lastLine()[u"jobId"_s].toString().toUtf8()), second.told());
    QCOMPARE(replay.landed().size(), std::size_t{3});
    QCOMPARE(replay.jobs().size(), std::size_t{1});
}

void ReplayTest::statusTellsOfEveryJob()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(3);
    QCOMPARE(replay.jobs().size(), std::size_t{0});
    const auto planOf = [&](const QString& query, const QString& name) {
        const QString file = replay.scene().path(name);
        const CtlOutput output =
            replay.scene().ctl({u"replay"_s, u"plan"_s, u"--query"_s, query, u"--out"_s, file, u"--json"_s});
        return std::pair(file, output.object()[u"planId"_s].toString());
    };
    const auto [firstPlan, firstId] = planOf(u"key:order-0"_s, u"1.plan"_s);
    const auto [secondPlan, secondId] = planOf(u"key:order-1 OR key:order-2"_s, u"2.plan"_s);
    QVERIFY(firstId != secondId);
    EXPECT_EXIT(replay.run(firstPlan), 0);
    EXPECT_EXIT(replay.run(secondPlan), 0);
    const std::vector<QJsonObject> jobs = replay.jobs();
    QCOMPARE(jobs.size(), std::size_t{2});
    QCOMPARE(jobs[0][u"planId"_s].toString(), secondId); // newest first
    QCOMPARE(jobs[1][u"planId"_s].toString(), firstId);
    for (const QJsonObject& job : jobs) {
        QCOMPARE(fieldNames(job),
                 (QStringList{u"confirmed"_s, u"failedAgain"_s, u"finishedAt"_s, u"guarantee"_s, u"jobId"_s,
                              u"messages"_s, u"planId"_s, u"sent"_s, u"skipped"_s, u"startedAt"_s, u"state"_s}));
        QCOMPARE(job[u"state"_s].toString(), u"done"_s);
        QCOMPARE(job[u"sent"_s], job[u"messages"_s]);
        QVERIFY(isUtcTime(job[u"startedAt"_s]) && isUtcTime(job[u"finishedAt"_s]));
        QCOMPARE(replay.status(job[u"jobId"_s].toString()), job);
    }
    QCOMPARE(integer(jobs[0][u"messages"_s]).value_or(-1), 2);
    const CtlOutput unknown = replay.scene().ctl({u"replay"_s, u"status"_s, u"no-such-job"_s, u"--json"_s});
    EXPECT_EXIT(unknown, 2);
}

void ReplayTest::aRateIsKept()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(30);
    QElapsedTimer elapsed;
    elapsed.start();
    const CtlOutput output = replay.run(replay.plan(), {u"--rate"_s, u"10"_s});
    EXPECT_EXIT(output, 0);
    EXPECT(elapsed.elapsed() >= 1'900, "30 messages at 10 a second");
    const std::vector<ForeignRecord> landed = replay.landed();
    QCOMPARE(landed.size(), std::size_t{30});
    // A transaction holds at most a second of it: a marker takes an offset, so gaps tell where one ended.
    int inARow = 0;
    for (std::size_t i = 0; i < landed.size(); ++i) {
        inARow = i > 0 && landed[i].offset == landed[i - 1].offset + 1 ? inARow + 1 : 1;
        QVERIFY(inARow <= 10);
    }
    EXPECT(output.lines().size() >= 2, "progress before the end");
}

void ReplayTest::aRunningJobCanBeCancelled()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(100);
    const QString plan = replay.plan();
    const std::unique_ptr<RunningCtl> run =
        replay.scene().start({u"replay"_s, u"run"_s, plan, u"--write"_s, u"--rate"_s, u"5"_s, u"--json"_s});
    QString job;
    const auto isSending = [&] {
        const std::vector<QJsonObject> jobs = replay.jobs();
        if (jobs.empty() || jobs[0][u"state"_s].toString() != u"running"_s)
            return false;
        job = jobs[0][u"jobId"_s].toString();
        return integer(jobs[0][u"sent"_s]).value_or(0) > 0;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isSending(), 30'000);
    const CtlOutput cancelled = replay.scene().ctl({u"replay"_s, u"cancel"_s, job, u"--json"_s});
    EXPECT_EXIT(cancelled, 0);
    QCOMPARE(cancelled.object()[u"jobId"_s].toString(), job);
    const CtlOutput output = run->wait(30'000);
    EXPECT_EXIT(output, 1);
    const QJsonObject last = output.lastLine();
    QCOMPARE(last[u"state"_s].toString(), u"cancelled"_s);
    QCOMPARE(last[u"jobId"_s].toString(), job);
    const qint64 sent = integer(last[u"sent"_s]).value_or(-1);
    QVERIFY(sent > 0 && sent < 100);
    QCOMPARE(static_cast<qint64>(replay.landed().size()), sent);
    QCOMPARE(replay.status(job)[u"state"_s].toString(), u"cancelled"_s);
    QCOMPARE(integer(replay.status(job)[u"sent"_s]).value_or(-1), sent);
    const CtlOutput resumed = replay.scene().ctl({u"replay"_s, u"resume"_s, job, u"--write"_s, u"--json"_s});
    EXPECT_EXIT(resumed, 2);
}

void ReplayTest::outcomesAreTold()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(4);
    const QString plan = replay.plan();
    const std::unique_ptr<RunningCtl> run =
        replay.scene().start({u"replay"_s, u"run"_s, plan, u"--write"_s, u"--settle"_s, u"12s"_s, u"--json"_s});
    QTRY_COMPARE_WITH_TIMEOUT(replay.landed().size(), std::size_t{4}, 30'000);
    // The consumer reads the first three; the second of them fails again; it never comes to the fourth.
    const std::vector<ForeignRecord> landed = replay.landed();
    ForeignRecord again = landed[1];
    again.headers = joined(again.headers, springHeaders({.topic = replay.origin().toUtf8(),
                                                         .partition = again.partition,
                                                         .offset = again.offset,
                                                         .timestampMs = again.timestampMs,
                                                         .group = replay.group().toUtf8()}));
    again.timestampMs = 0;
    ForeignProducer producer(replay.kafka().bootstrap());
    producer.send(replay.letterTopic(), again);
    producer.flush();
    commitOffset(replay.kafka().bootstrap(), replay.group(), replay.origin(), 0, landed[2].offset + 1);
    const CtlOutput output = run->wait(60'000);
    EXPECT_EXIT(output, 0);
    const QJsonObject last = output.lastLine();
    QCOMPARE(integer(last[u"sent"_s]).value_or(-1), 4);
    QCOMPARE(integer(last[u"confirmed"_s]).value_or(-1), 2);
    QCOMPARE(integer(last[u"failedAgain"_s]).value_or(-1), 1);
    std::map<QByteArray, QString> states;
    for (const QJsonObject& letter : replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines()) {
        if (letter[u"deliveredOffset"_s].isNull()) // not the new one
            states[letter[u"key"_s].toString().toUtf8()] = letter[u"state"_s].toString();
    }
    QCOMPARE(states[*landed[0].key], u"resolved"_s);
    QCOMPARE(states[*landed[1].key], u"failedAgain"_s);
    QCOMPARE(states[*landed[2].key], u"resolved"_s);
    QVERIFY(states[*landed[3].key] == u"sent"_s || states[*landed[3].key] == u"unknown"_s);

    // The letter tells what became of it, and the one that came back where it came from.
    QString failed;
    QString returned;
    for (const QJsonObject& letter : replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines()) {
        if (letter[u"key"_s].toString().toUtf8() == *landed[1].key)
            (letter[u"deliveredOffset"_s].isNull() ? failed : returned) = letter[u"id"_s].toString();
    }
    const auto timeline = [&](const QString& id) {
        const CtlOutput shown = replay.scene().ctl({u"dlq"_s, u"show"_s, id, u"--json"_s});
        return shown.object()[u"timeline"_s].toArray();
    };
    QStringList kinds;
    for (const QJsonValue& entry : timeline(failed))
        kinds << entry[u"kind"_s].toString();
    QCOMPARE(kinds,
             (QStringList{u"published"_s, u"failed"_s, u"deadLettered"_s, u"firstSeen"_s, u"replay"_s, u"cameBack"_s}));
    QCOMPARE(timeline(failed).at(5).toObject()[u"letter"_s].toString(), returned);
    QCOMPARE(timeline(returned).at(1).toObject()[u"kind"_s].toString(), u"cameBack"_s);
    QCOMPARE(timeline(returned).at(1).toObject()[u"letter"_s].toString(), failed);

    // Both were made of the record as first published, which these letters only claim; the copy stands beside it.
    for (const QString& id : {failed, returned}) {
        const CtlOutput none = replay.scene().ctl({u"dlq"_s, u"origin"_s, id, u"--json"_s});
        EXPECT_EXIT(none, 1);
        const QJsonObject told = none.object();
        QCOMPARE(told[u"answer"_s].toString(), u"beyondEnd"_s);
        QCOMPARE(integer(told[u"offset"_s]).value_or(-1), 1'001);
        QCOMPARE(integer(told[u"deliveredOffset"_s]).value_or(-1), id == returned ? landed[1].offset : -1);
    }
    const CtlOutput two = replay.scene().ctl({u"dlq"_s, u"diff"_s, failed, returned, u"--json"_s});
    EXPECT_EXIT(two, 0);
    QCOMPARE(two.object()[u"with"_s].toString(), u"letter"_s);
    EXPECT_EXIT(replay.scene().ctl({u"dlq"_s, u"diff"_s, failed, u"--origin"_s, u"--last-good"_s}), 2);
}

void ReplayTest::tooManyFailuresStopIt()
{
    const ReplayScene replay(Peers::kafka391(), 1);
    replay.fail(10);
    const QString plan = replay.plan();
    const std::unique_ptr<RunningCtl> run =
        replay.scene().start({u"replay"_s, u"run"_s, plan, u"--write"_s, u"--canary"_s, u"2,all"_s, u"--settle"_s,
                              u"8s"_s, u"--stop-if"_s, u"failed>10%"_s, u"--json"_s});
    QTRY_COMPARE_WITH_TIMEOUT(replay.landed().size(), std::size_t{2}, 30'000);
    ForeignRecord again = replay.landed()[0];
    again.headers = joined(again.headers, springHeaders({.topic = replay.origin().toUtf8(),
                                                         .partition = again.partition,
                                                         .offset = again.offset,
                                                         .timestampMs = again.timestampMs,
                                                         .group = replay.group().toUtf8()}));
    again.timestampMs = 0;
    ForeignProducer producer(replay.kafka().bootstrap());
    producer.send(replay.letterTopic(), again);
    producer.flush();
    const CtlOutput output = run->wait(60'000);
    EXPECT_EXIT(output, 1);
    const QJsonObject last = output.lastLine();
    QCOMPARE(last[u"state"_s].toString(), u"stopped"_s);
    QCOMPARE(integer(last[u"sent"_s]).value_or(-1), 2);
    QCOMPARE(integer(last[u"failedAgain"_s]).value_or(-1), 1);
    QCOMPARE(replay.landed().size(), std::size_t{2});
    QCOMPARE(replay.status(last[u"jobId"_s].toString())[u"state"_s].toString(), u"stopped"_s);
}

void ReplayTest::aSecondReplayIsTheSecondGeneration()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(1);
    EXPECT_EXIT(replay.run(replay.plan()), 0);
    ForeignRecord again = replay.landed().at(0);
    again.headers = joined(again.headers, springHeaders({.topic = replay.origin().toUtf8(),
                                                         .partition = again.partition,
                                                         .offset = again.offset,
                                                         .timestampMs = again.timestampMs,
                                                         .group = replay.group().toUtf8()}));
    again.timestampMs = 0;
    ForeignProducer producer(replay.kafka().bootstrap());
    producer.send(replay.letterTopic(), again);
    producer.flush();
    replay.collect();
    const QString file = replay.scene().path(u"second.plan"_s);
    EXPECT_EXIT(replay.scene().ctl({u"replay"_s, u"plan"_s, u"--query"_s, u"state:new"_s, u"--out"_s, file}), 0);
    const CtlOutput output = replay.run(file);
    EXPECT_EXIT(output, 0);
    const std::vector<ForeignRecord> landed = replay.landed();
    QCOMPARE(landed.size(), std::size_t{2});
    QCOMPARE(onlyHeader(landed[1], "spillway-replay-generation"), QByteArray("2"));
    QCOMPARE(onlyHeader(landed[1], "spillway-replay-id"), output.lastLine()[u"jobId"_s].toString().toUtf8());
    QVERIFY(withoutReplayHeaders(landed[1]) == replay.ownHeaders(0));
    // The origin is the record as first published, in the header and in the letter; where its copy lay stands beside.
    const QByteArray first = onlyHeader(landed[0], "spillway-replay-of");
    QVERIFY(first.startsWith(replay.origin().toUtf8() + "/0/1000@"));
    QCOMPARE(onlyHeader(landed[1], "spillway-replay-of"), first);
    const auto letters =
        replay.scene().ctl({u"dlq"_s, u"list"_s, u"--query"_s, u"header.spillway-replay-generation=1"_s, u"--json"_s});
    QCOMPARE(letters.lines().size(), std::size_t{1});
    const QJsonObject letter = letters.lines().front();
    QCOMPARE(letter[u"originTopic"_s].toString(), replay.origin());
    QCOMPARE(integer(letter[u"originOffset"_s]).value_or(-1), 1'000);
    QCOMPARE(letter[u"deliveredTopic"_s].toString(), replay.origin());
    QCOMPARE(integer(letter[u"deliveredPartition"_s]).value_or(-1), again.partition);
    QCOMPARE(integer(letter[u"deliveredOffset"_s]).value_or(-1), again.offset);
    const CtlOutput shown = replay.scene().ctl({u"dlq"_s, u"show"_s, letter[u"id"_s].toString()});
    EXPECT(shown.out.contains("Delivered as"), shown.told());
    // The first job knows that it came back.
    QCOMPARE(integer(replay.status(replay.jobs().back()[u"jobId"_s].toString())[u"failedAgain"_s]).value_or(-1), 1);
    QCOMPARE(replay.letterStates().size(), std::size_t{1}); // both bear one key
}

void ReplayTest::whatOnlyLooksLikeAnErrorHeaderGoesBack()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    ForeignRecord letter = replay.letter(0);
    std::vector<ForeignHeader> own{{"kafka_dlt-custom", "mine"}, {"__connect.errors.custom", "mine"}};
    letter.headers = joined(own, letter.headers);
    ForeignProducer producer(replay.kafka().bootstrap());
    producer.send(replay.letterTopic(), letter);
    producer.flush();
    replay.collect();
    EXPECT_EXIT(replay.run(replay.plan()), 0);
    const std::vector<ForeignRecord> landed = replay.landed();
    QCOMPARE(landed.size(), std::size_t{1});
    QVERIFY(withoutReplayHeaders(landed[0]) == joined(own, replay.ownHeaders(0)));
}

void ReplayTest::anEnvelopeGoesBackAsItsPayloadOrNotAtAll()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    const QByteArray payload = R"({ "order_id": 1.50 ,"t":"}" })";
    const ForeignRecord envelope{.partition = 0,
                                 .key = QByteArray("k"),
                                 .value = R"({"originalTopic":")" + replay.origin().toUtf8() +
                                          R"(","error":"e","payload":)" + payload + "}",
                                 .headers = {{"own", "1"}}};
    ForeignProducer producer(replay.kafka().bootstrap());
    producer.send(replay.letterTopic(), envelope);
    producer.flush();
    replay.collect();
    const QString file = replay.scene().path(u"e.plan"_s);
    const QStringList plan{u"replay"_s, u"plan"_s, u"--query"_s, u""_s, u"--out"_s, file, u"--json"_s};
    CtlOutput output = replay.scene().ctl(plan);
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"messages"_s]).value_or(-1), 0);
    EXPECT(output.object()[u"blocked"_s].toArray()[0][u"reason"_s].toString().contains(u"envelope"_s), output.told());
    output = replay.run(file); // of nothing
    EXPECT_EXIT(output, 2);
    QVERIFY(replay.jobs().empty());

    const QString whole = replay.scene().path(u"whole.plan"_s);
    output = replay.scene().ctl(
        {u"replay"_s, u"plan"_s, u"--query"_s, u""_s, u"--to"_s, replay.origin(), u"--out"_s, whole, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"messages"_s]).value_or(-1), 1);

    // Where a mapping says where the payload stands, its bytes are sent and nothing else.
    replay.scene().write(
        u"spillway.yaml"_s,
        workspaceText({{.name = u"main"_s,
                        .bootstrap = replay.kafka().bootstrap(),
                        .more = {u"groups: { include: [ \"%1\" ] }"_s.arg(replay.group()),
                                 u"dead_letters: [ { topic: %1, mapping: { origin_topic: { payload: /originalTopic },"
                                 " error_message: { payload: /error }, payload: { payload: /payload } } } ]"_s.arg(
                                     replay.letterTopic())}}}));
    EXPECT_EXIT(replay.scene().ctl({u"dlq"_s, u"reread"_s, replay.letterTopic()}), 0);
    output = replay.scene().ctl(plan);
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"messages"_s]).value_or(-1), 1);
    const QString id = replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines().front()[u"id"_s].toString();
    const QJsonObject sent =
        replay.scene().ctl({u"dlq"_s, u"show"_s, id, u"--json"_s}).object()[u"replayPayload"_s].toObject();
    QCOMPARE(sent[u"form"_s].toString(), u"inside"_s);
    QCOMPARE(integer(sent[u"sizeBytes"_s]).value_or(-1), payload.size());
    EXPECT_EXIT(replay.run(file), 0);
    std::vector<ForeignRecord> landed = replay.landed();
    QCOMPARE(landed.size(), std::size_t{1});
    QCOMPARE(landed[0].value, std::optional(payload));
    QCOMPARE(landed[0].key, envelope.key);
    QVERIFY(withoutReplayHeaders(landed[0]) == envelope.headers);
    // Its place is all that is known of it, and the header says so.
    QCOMPARE(onlyHeader(landed[0], "spillway-replay-of").split('@')[0],
             QByteArray("letter:" + replay.letterTopic().toUtf8() + "/0/0"));
    // It fails again: that is seen, and the origin stays what the letter tells.
    ForeignRecord again = envelope;
    again.headers = landed[0].headers;
    producer.send(replay.letterTopic(), again);
    producer.flush();
    replay.collect();
    QCOMPARE(integer(replay.status(replay.jobs().front()[u"jobId"_s].toString())[u"failedAgain"_s]).value_or(-1), 1);
    const QJsonObject letter =
        replay.scene().ctl({u"dlq"_s, u"list"_s, u"--query"_s, u"state:new"_s, u"--json"_s}).lines().at(0);
    QCOMPARE(letter[u"originTopic"_s].toString(), replay.origin());
    QVERIFY(letter[u"originOffset"_s].isNull() && letter[u"deliveredTopic"_s].isNull());

    // A plan whose job is done says so.
    output = replay.run(file);
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains("was run already") && !output.err.contains("replay resume"), output.told());
}

void ReplayTest::aTargetThatIsNotThereIsNamed()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(2);
    const QString file = replay.scene().path(u"p.plan"_s);
    const QString nowhere = uniqueName(u"nowhere"_s);
    const CtlOutput output = replay.scene().ctl(
        {u"replay"_s, u"plan"_s, u"--query"_s, u"state:new"_s, u"--to"_s, nowhere, u"--out"_s, file, u"--json"_s});
    EXPECT_EXIT(output, 0);
    const QJsonObject plan = output.object();
    QCOMPARE(integer(plan[u"messages"_s]).value_or(-1), 0);
    QCOMPARE(plan[u"targets"_s].toArray(), QJsonArray{});
    const QJsonObject blocked = plan[u"blocked"_s].toArray()[0].toObject();
    QCOMPARE(fieldNames(blocked), (QStringList{u"messages"_s, u"reason"_s}));
    QCOMPARE(integer(blocked[u"messages"_s]).value_or(-1), 2);
    EXPECT(blocked[u"reason"_s].toString().contains(nowhere), output.told());
}

CTL_TEST_MAIN(ReplayTest)
#include "tst_ctl_replay.moc"
