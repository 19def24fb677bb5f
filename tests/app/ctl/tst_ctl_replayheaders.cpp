// SPDX-License-Identifier: GPL-3.0-or-later
// Which headers a replay leaves behind: what frameworks wrote, and what people chose, read back by somebody else's
// client.
#include "tests/app/ctl/replayscene.h"

#include <QFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

const QByteArray acmeDialect =
    R"({"id":"acme","name":"Acme","detect":[{"all":["acme-failed-topic","acme-failure"],"confidence":0.95}],)"
    R"("newest":"last","fields":{"originTopic":[{"header":"acme-failed-topic"}],)"
    R"("errorClass":[{"header":"acme-failure"}]},"errorStart":["acme-failure"],"letterTime":"record",)"
    R"("strip":["acme-*"]})";

/// Headers as a shop's producers, their tracing and their replicator leave them.
const std::vector<ForeignHeader> busy{{"traceparent", "00-4bf92f35-00f067aa-01"},
                                      {"own", QByteArray("\x00\xff", 2)},
                                      {"tracestate", "a=b"},
                                      {"__mskmr", "cluster-a"},
                                      {"x-debug-a", "1"},
                                      {"own", std::nullopt},
                                      {"x-debug-b", ""}};

std::vector<ForeignHeader> busyWithout(const QByteArrayList& names)
{
    std::vector<ForeignHeader> left;
    for (const ForeignHeader& header : busy) {
        if (!names.contains(header.name))
            left.push_back(header);
    }
    return left;
}

QStringList namesIn(const QJsonValue& uses)
{
    QStringList names;
    for (const QJsonValue& use : uses.toArray())
        names << use[u"name"_s].toString();
    return names;
}

void put(const ReplayScene& replay, const std::vector<ForeignHeader>& own, int index = 0)
{
    ForeignRecord letter = replay.letter(index);
    const std::vector<ForeignHeader> scenes = replay.ownHeaders(index);
    letter.headers.erase(letter.headers.begin(), letter.headers.begin() + static_cast<std::ptrdiff_t>(scenes.size()));
    letter.headers = joined(own, letter.headers);
    ForeignProducer producer(replay.kafka().bootstrap());
    producer.send(replay.letterTopic(), letter);
    producer.flush();
    replay.collect();
}

/// The scene's workspace with a policy for all and one for its connection.
void choose(const ReplayScene& replay, const QString& forAll, const QString& forThis)
{
    QStringList more{u"groups: { include: [ \"%1\" ] }"_s.arg(replay.group()),
                     u"dead_letters: [ { topic: %1 } ]"_s.arg(replay.letterTopic())};
    if (!forThis.isEmpty())
        more << u"replay_headers: "_s + forThis;
    replay.scene().write(u"spillway.yaml"_s,
                         workspaceText({{.name = u"main"_s, .bootstrap = replay.kafka().bootstrap(), .more = more}},
                                       u"development"_s,
                                       forAll.isEmpty() ? QStringList() : QStringList{u"replay_headers: "_s + forAll}));
}

} // namespace

class ReplayHeadersTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void peopleSayWhatStaysBehind_data();
    void peopleSayWhatStaysBehind();
    void aPlanMadeBeforeIsRunAsItWasSealed();
    void thePlanShowsThemToPeople();
    void whatIsNotUnderstoodIsRefused();
    void lettersOfTwoFrameworksLoseBoth_data() { Peers::addVersionRows(); }
    void lettersOfTwoFrameworksLoseBoth();
    void aDialectThatIsGoneBlocks();
};

void ReplayHeadersTest::peopleSayWhatStaysBehind_data()
{
    QTest::addColumn<QString>("forAll");
    QTest::addColumn<QString>("forThis");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArrayList>("left");
    const QByteArrayList traces{"traceparent", "tracestate"};
    const QString sets = u"{ sets: [trace, replicator] }"_s;
    QTest::newRow("nobody says a word") << QString() << QString() << QStringList() << QByteArrayList();
    QTest::newRow("the workspace") << sets << QString() << QStringList() << traces + QByteArrayList{"__mskmr"};
    QTest::newRow("the connection keeps one of them")
        << sets << u"{ keep: tracestate }"_s << QStringList() << QByteArrayList{"traceparent", "__mskmr"};
    QTest::newRow("the command keeps another one")
        << sets << u"{ keep: tracestate }"_s << QStringList{u"--keep-header"_s, u"traceparent"_s}
        << QByteArrayList{"__mskmr"};
    QTest::newRow("the command drops what the connection keeps")
        << sets << u"{ keep: tracestate }"_s << QStringList{u"--drop-header"_s, u"trace*"_s}
        << traces + QByteArrayList{"__mskmr"};
    QTest::newRow("the command alone") << QString() << QString()
                                       << QStringList{u"--drop-set"_s,    u"replicator"_s,    u"--drop-header"_s,
                                                      u"x-debug-*"_s,     u"--drop-header"_s, u"own"_s,
                                                      u"--keep-header"_s, u"x-debug-b"_s}
                                       << QByteArrayList{"__mskmr", "x-debug-a", "own"};
    QTest::newRow("only one of them goes along")
        << QString() << QString() << QStringList{u"--drop-header"_s, u"*"_s, u"--keep-header"_s, u"own"_s}
        << traces + QByteArrayList{"__mskmr", "x-debug-a", "x-debug-b"};
}

void ReplayHeadersTest::peopleSayWhatStaysBehind()
{
    QFETCH(QString, forAll);
    QFETCH(QString, forThis);
    QFETCH(QStringList, options);
    QFETCH(QByteArrayList, left);
    const ReplayScene replay(Peers::kafka411(), 1);
    choose(replay, forAll, forThis);
    put(replay, busy);
    const QString file = replay.scene().path(u"p.plan"_s);
    const CtlOutput plan = replay.scene().ctl(
        QStringList{u"replay"_s, u"plan"_s, u"--query"_s, u""_s, u"--out"_s, file, u"--json"_s} + options);
    EXPECT_EXIT(plan, 0);
    const QJsonObject headers = plan.object()[u"headers"_s].toObject();
    const QStringList staying = namesIn(headers[u"leftBehind"_s]);
    const QStringList going = namesIn(headers[u"sent"_s]);
    for (const ForeignHeader& header : busy) {
        const QString name = QString::fromUtf8(header.name);
        EXPECT(staying.contains(name) == left.contains(header.name), plan.told());
        EXPECT(going.contains(name) != left.contains(header.name), plan.told());
    }
    EXPECT(staying.contains(u"kafka_dlt-exception-fqcn"_s), plan.told());
    QCOMPARE(integer(headers[u"uncounted"_s]).value_or(-1), 0);

    EXPECT_EXIT(replay.run(file), 0);
    const std::vector<ForeignRecord> landed = replay.landed();
    QCOMPARE(landed.size(), std::size_t{1});
    QVERIFY(withoutReplayHeaders(landed[0]) == busyWithout(left));
    QCOMPARE(landed[0].value, replay.letter(0).value);
    QCOMPARE(onlyHeader(landed[0], "spillway-replay-generation"), QByteArray("1"));
    QVERIFY(!onlyHeader(landed[0], "spillway-replay-of").isEmpty());
}

void ReplayHeadersTest::aPlanMadeBeforeIsRunAsItWasSealed()
{
    const ReplayScene replay(Peers::kafka391(), 1);
    put(replay, busy);
    const QString plan = replay.plan({u"--drop-header"_s, u"x-debug-*"_s});
    choose(replay, u"{ sets: [trace], keep: [x-debug-a] }"_s, {}); // too late for this plan
    EXPECT_EXIT(replay.run(plan), 0);
    QVERIFY(withoutReplayHeaders(replay.landed().at(0)) == busyWithout({"x-debug-a", "x-debug-b"}));
}

void ReplayHeadersTest::thePlanShowsThemToPeople()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    put(replay, busy);
    put(replay, {{"other", "1"}}, 1);
    const CtlOutput plan = replay.scene().ctl({u"replay"_s, u"plan"_s, u"--query"_s, u""_s, u"--drop-set"_s, u"trace"_s,
                                               u"--out"_s, replay.scene().path(u"p.plan"_s)});
    EXPECT_EXIT(plan, 0);
    QByteArray behind;
    QByteArray sent;
    for (const QByteArray& line : plan.out.split('\n')) {
        if (line.startsWith("  headers left behind: "))
            behind = line;
        if (line.startsWith("  headers sent: "))
            sent = line;
    }
    EXPECT(behind.contains("traceparent (1)") && behind.contains("kafka_dlt-original-topic,"), plan.told());
    EXPECT(sent == "  headers sent: __mskmr (1), other (1), own (1), x-debug-a (1), x-debug-b (1)", plan.told());
}

void ReplayHeadersTest::whatIsNotUnderstoodIsRefused()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    put(replay, busy);
    const QString file = replay.scene().path(u"p.plan"_s);
    const QStringList words{u"replay"_s, u"plan"_s, u"--query"_s, u""_s, u"--out"_s, file};
    const CtlOutput faulty =
        replay.scene().ctl(words + QStringList{u"--drop-header"_s, u"x-*-id"_s, u"--keep-header"_s,
                                               u"spillway-replay-id"_s, u"--drop-set"_s, u"traces"_s});
    EXPECT_EXIT(faulty, 2);
    EXPECT(faulty.err.contains("--drop-header 'x-*-id'") && faulty.err.contains("--keep-header 'spillway-replay-id'") &&
               faulty.err.contains("--drop-set 'traces'"),
           faulty.told());
    QVERIFY(!QFile::exists(file));

    choose(replay, u"{ dropp: b3 }"_s, u"{ sets: [tracing] }"_s);
    const CtlOutput refused = replay.scene().ctl(words);
    EXPECT_EXIT(refused, 2);
    EXPECT(refused.err.contains("unknown key 'dropp'") && refused.err.contains("no set of headers"), refused.told());
    QVERIFY(!QFile::exists(file));
}

void ReplayHeadersTest::lettersOfTwoFrameworksLoseBoth()
{
    QFETCH(QString, version);
    const ReplayScene replay(Peers::byVersion(version), 1);
    ForeignRecord letter = replay.letter(0);
    const std::vector<ForeignHeader> mine{{"kafka_dlt-custom", "mine"}, {"__connect.errors.custom", "mine"}};
    // A listener's dead letter, read by a sink connector, which failed at it too.
    letter.headers = joined(mine, letter.headers,
                            connectHeaders({.topic = replay.letterTopic().toUtf8(), .partition = 0, .offset = 5}));
    ForeignProducer producer(replay.kafka().bootstrap());
    producer.send(replay.letterTopic(), letter);
    ForeignRecord other = replay.letter(1); // of one framework; one name of Connect's is the shop's own here
    const std::vector<ForeignHeader> shops{{"__connect.errors.stage", "mine"}};
    other.headers = joined(shops, other.headers);
    producer.send(replay.letterTopic(), other);
    producer.flush();
    replay.collect();
    EXPECT_EXIT(replay.run(replay.plan()), 0);
    const std::vector<ForeignRecord> landed = replay.landed();
    QCOMPARE(landed.size(), std::size_t{2});
    for (const ForeignRecord& record : landed) {
        const bool isFirst = record.key == replay.letter(0).key;
        QVERIFY(withoutReplayHeaders(record) ==
                (isFirst ? joined(mine, replay.ownHeaders(0)) : joined(shops, replay.ownHeaders(1))));
    }
}

void ReplayHeadersTest::aDialectThatIsGoneBlocks()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    const Scene& scene = replay.scene();
    scene.write(u"dialects/acme.json"_s, acmeDialect);
    const std::vector<ForeignHeader> acme{
        {"acme-failed-topic", replay.origin().toUtf8()}, {"acme-failure", "a.B"}, {"acme-note", "n"}};
    ForeignProducer producer(replay.kafka().bootstrap());
    for (const char* key : {"one", "two"})
        producer.send(
            replay.letterTopic(),
            {.partition = 0, .key = QByteArray(key), .value = QByteArray("{}"), .headers = joined(busy, acme)});
    producer.flush();
    replay.collect();
    const auto plan = [&](const QString& query, const QStringList& more) {
        return scene.ctl(
            QStringList{u"replay"_s, u"plan"_s, u"--query"_s, query, u"--out"_s, scene.path(u"p.plan"_s), u"--json"_s} +
            more);
    };
    EXPECT_EXIT(plan(u"key:one"_s, {}), 0);
    QVERIFY(QFile::rename(scene.path(u"p.plan"_s), scene.path(u"before.plan"_s)));

    QVERIFY(QFile::remove(scene.path(u"dialects/acme.json"_s)));
    CtlOutput planned = plan(u"key:two"_s, {});
    EXPECT_EXIT(planned, 0);
    QCOMPARE(integer(planned.object()[u"messages"_s]).value_or(-1), 0);
    const QString reason = planned.object()[u"blocked"_s][0][u"reason"_s].toString();
    EXPECT(reason.startsWith(u"dialect acme is not known any more"_s) && reason.contains(u"put its file back"_s) &&
               reason.contains(u"--allow-unknown-dialect"_s) && reason.contains(u"--drop-header"_s),
           planned.told());

    // Allowed, and named: nothing of Acme's goes along.
    planned = plan(u"key:two"_s, {u"--allow-unknown-dialect"_s, u"--drop-header"_s, u"acme-*"_s});
    EXPECT_EXIT(planned, 0);
    QCOMPARE(integer(planned.object()[u"messages"_s]).value_or(-1), 1);
    EXPECT(planned.err.contains("1 letter of dialect acme, which is not known any more"), planned.told());
    EXPECT_EXIT(replay.run(scene.path(u"p.plan"_s)), 0);
    // What was sealed while the file was there needs it no more.
    EXPECT_EXIT(replay.run(scene.path(u"before.plan"_s)), 0);
    const std::vector<ForeignRecord> landed = replay.landed();
    QCOMPARE(landed.size(), std::size_t{2});
    for (const ForeignRecord& record : landed)
        QVERIFY(withoutReplayHeaders(record) == busy);
}

CTL_TEST_MAIN(ReplayHeadersTest)
#include "tst_ctl_replayheaders.moc"
