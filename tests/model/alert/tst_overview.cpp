// SPDX-License-Identifier: GPL-3.0-or-later
// Overview's list: every rule with its severity and sentence, and their order.
#include "model/alert/concernwords.h"
#include "model/alert/overview.h"
#include "model/base/shelltext.h"
#include "model/deadletter/query.h"
#include "model/deadletter/querymatch.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const UtcTime now = utcFromMs(1'790'000'000'000);

Catalog catalog()
{
    OwnedEvent event;
    event.eventType = u"order.created"_s;
    event.producer = ProducerEntry{u"payment-team"_s, u"payment-service"_s, u"#payment-alerts"_s, u"payment-oncall"_s};
    return Catalog({event}, {}, {});
}

OverviewFacts quiet()
{
    OverviewFacts facts;
    facts.collection.lastSampleAt = now - 10s;
    return facts;
}

GroupFinding group(LagState state)
{
    GroupFinding made{
        .connection = u"orders"_s, .group = u"payment-service"_s, .team = u"payment-team"_s, .state = state};
    made.lag = 12'345;
    made.oldestUnread = 2h;
    return made;
}

PromiseFinding promise(SloState state)
{
    PromiseFinding made{
        .consumer = u"payment-service"_s, .eventType = u"order.created"_s, .team = u"payment-team"_s, .state = state};
    made.total = 1000;
    made.good = 962;
    made.attainment = 0.962;
    made.objective = 0.99;
    made.targetMs = 500;
    return made;
}

LetterFinding letters(std::int64_t open, Millis age)
{
    return LetterFinding{
        .team = u"payment-team"_s, .eventType = u"order.created"_s, .open = open, .oldestAt = now - age};
}

ConnectionHealth connection(Connectivity connectivity)
{
    return ConnectionHealth{u"orders"_s, connectivity, Error{ErrorCode::Unreachable, u"broker1:9092 does not answer"_s},
                            now - 5min};
}

/// "severity rule: summary"
QString shown(const Concern& concern)
{
    QString summary = concern.summary;
    summary.replace(QChar(0x2009), u'_'); // thin space
    return u"%1 %2: %3"_s.arg(severityWord(concern.severity), concernRuleWord(concern.rule), summary);
}

QStringList ranked(const OverviewFacts& facts, const AlertThresholds& thresholds = {})
{
    QStringList lines;
    for (const Concern& concern : rankConcerns(facts, catalog(), thresholds, now))
        lines += shown(concern);
    return lines;
}

} // namespace

class OverviewTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void groups_data();
    void groups();
    void promises_data();
    void promises();
    void deadLetters_data();
    void deadLetters();
    void connections_data();
    void connections();
    void collection_data();
    void collection();
    void replays_data();
    void replays();
    void whatLeavesTheBrokers();
    void whatIsSetUpWrongly();
    void aStoreThatIsFull();
    void order();
    void ownerOnCallEvidenceAndAction();
    void lettersOfNobody();
    void whenItGetsWorse();
    void idsStayTheSame();
    void findingsFromTheScreensRows();
    void words_data();
    void words();
};

void OverviewTest::groups_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("isGrowing");
    QTest::addColumn<int>("drainsInMin");  // -1: not known
    QTest::addColumn<int>("expiresInMin"); // -1: not known
    QTest::addColumn<QString>("line");
    const auto row = [](const char* name, LagState state, bool isGrowing, int drains, int expires,
                        const QString& line) {
        QTest::newRow(name) << static_cast<int>(state) << isGrowing << drains << expires << line;
    };
    row("all is well", LagState::Ok, false, -1, -1, {});
    row("what is not known is nobody's fault here", LagState::Unknown, false, -1, -1, {});
    row("behind and catching up", LagState::Behind, false, 5, -1,
        u"info groupBehind: payment-service is behind: 12_345 messages unread, the oldest 2 h old"_s);
    row("behind and growing", LagState::Behind, true, -1, -1,
        u"warning groupBehind: payment-service falls further behind: 12_345 messages unread, the oldest 2 h old"_s);
    row("stopped", LagState::Stopped, false, -1, -1,
        u"warning groupStopped: payment-service has stopped: 12_345 messages unread, the oldest 2 h old"_s);
    row("stalled", LagState::Stalled, false, -1, -1,
        u"warning groupStopped: payment-service does not get on: 12_345 messages unread, the oldest 2 h old"_s);
    row("blocked", LagState::BlockedByTransaction, false, -1, -1,
        u"warning groupStopped: payment-service waits for an open transaction: 12_345 messages unread, the oldest 2 h old"_s);
    row("rewound", LagState::Rewound, false, -1, -1,
        u"info groupBehind: payment-service went back and reads again: 12_345 messages unread"_s);
    row("never committed", LagState::NeverCommitted, false, -1, -1,
        u"info groupBehind: payment-service has never committed, so nothing tells what it has read"_s);
    row("topic gone", LagState::TopicGone, false, -1, -1,
        u"warning topicChanged: payment-service has commits on a topic that is gone"_s);
    row("topic made anew", LagState::TopicRecreated, false, -1, -1,
        u"warning topicChanged: payment-service has commits from before its topic was made anew"_s);
    row("lost", LagState::LostToRetention, false, -1, 1,
        u"critical lostToRetention: payment-service lost 1_204 messages to retention before it read them"_s);
    row("behind, and what is unread expires before it is read", LagState::Behind, false, 90, 80,
        u"critical willExpire: payment-service will lose messages: 12_345 messages unread, the oldest expires in 1 h 20 min"_s);
    row("behind, and it is read in time", LagState::Behind, false, 70, 80,
        u"info groupBehind: payment-service is behind: 12_345 messages unread, the oldest 2 h old"_s);
    row("stopped with a day to go", LagState::Stopped, false, 5, 24 * 60,
        u"critical willExpire: payment-service will lose messages: 12_345 messages unread, the oldest expires in 1 d"_s);
    row("stopped with more than a day to go", LagState::Stopped, false, -1, 25 * 60,
        u"warning groupStopped: payment-service has stopped: 12_345 messages unread, the oldest 2 h old"_s);
    row("growing with a day to go", LagState::Behind, true, -1, 24 * 60,
        u"critical willExpire: payment-service will lose messages: 12_345 messages unread, the oldest expires in 1 d"_s);
    row("flat with less than an hour to go", LagState::Behind, false, -1, 59,
        u"critical willExpire: payment-service will lose messages: 12_345 messages unread, the oldest expires in 59 min"_s);
    row("flat with more than an hour to go", LagState::Behind, false, -1, 61,
        u"info groupBehind: payment-service is behind: 12_345 messages unread, the oldest 2 h old"_s);
}

void OverviewTest::groups()
{
    QFETCH(int, state);
    QFETCH(bool, isGrowing);
    QFETCH(int, drainsInMin);
    QFETCH(int, expiresInMin);
    QFETCH(QString, line);
    OverviewFacts facts = quiet();
    GroupFinding finding = group(static_cast<LagState>(state));
    finding.lost = 1204;
    finding.isGrowing = isGrowing;
    if (drainsInMin >= 0)
        finding.drainsIn = std::chrono::minutes(drainsInMin);
    if (expiresInMin >= 0)
        finding.expiresIn = std::chrono::minutes(expiresInMin);
    facts.groups = {finding};
    QCOMPARE(ranked(facts), line.isEmpty() ? QStringList() : QStringList{line});
}

void OverviewTest::promises_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<double>("burnRate"); // negative: not known
    QTest::addColumn<double>("attainment");
    QTest::addColumn<QString>("line");
    const auto row = [](const char* name, SloState state, double burn, double attainment, const QString& line) {
        QTest::newRow(name) << static_cast<int>(state) << burn << attainment << line;
    };
    row("kept", SloState::Met, 0.1, 0.999, {});
    row("none was made", SloState::NoPromise, -1, 0.5, {});
    row("broken", SloState::Violated, 3.8, 0.962,
        u"warning promiseBroken: payment-service breaks its promise for order.created: 96.2 % within 500 ms, promised 99 %"_s);
    row("broken and burning at 14.4", SloState::Violated, 14.4, 0.8,
        u"critical promiseBroken: payment-service breaks its promise for order.created: 80 % within 500 ms, promised 99 %"_s);
    row("broken, just below 14.4", SloState::Violated, 14.3, 0.8,
        u"warning promiseBroken: payment-service breaks its promise for order.created: 80 % within 500 ms, promised 99 %"_s);
    row("broken by a hair is not shown as kept", SloState::Violated, -1, 0.98996,
        u"warning promiseBroken: payment-service breaks its promise for order.created: 98.9 % within 500 ms, promised 99 %"_s);
    row("burning", SloState::AtRisk, 6.25, 0.995,
        u"warning promiseAtRisk: payment-service burns its error budget for order.created too fast: 6.3 times what its promise allows"_s);
    row("nothing was processed", SloState::NoData, -1, -1,
        u"info promiseUnknown: Whether payment-service keeps its promise for order.created is unknown: no processing record in 1 d"_s);
}

void OverviewTest::promises()
{
    QFETCH(int, state);
    QFETCH(double, burnRate);
    QFETCH(double, attainment);
    QFETCH(QString, line);
    OverviewFacts facts = quiet();
    PromiseFinding finding = promise(static_cast<SloState>(state));
    finding.burnRate1h = burnRate < 0 ? std::nullopt : std::optional(burnRate);
    finding.attainment = attainment < 0 ? std::nullopt : std::optional(attainment);
    facts.promises = {finding};
    QCOMPARE(ranked(facts), line.isEmpty() ? QStringList() : QStringList{line});
}

void OverviewTest::deadLetters_data()
{
    QTest::addColumn<int>("open");
    QTest::addColumn<qint64>("ageMs");
    QTest::addColumn<QString>("line");
    const qint64 day = 86'400'000;
    QTest::newRow("none") << 0 << qint64{0} << QString();
    QTest::newRow("one, young")
        << 1 << qint64{60'000}
        << u"info deadLettersWaiting: 1 open dead letter of order.created waits for payment-team, 1 min old"_s;
    QTest::newRow("exactly one hundred is no warning")
        << 100 << qint64{60'000}
        << u"info deadLettersWaiting: 100 open dead letters of order.created wait for payment-team, the oldest for 1 min"_s;
    QTest::newRow("one hundred and one is")
        << 101 << qint64{60'000}
        << u"warning deadLetterCount: 101 open dead letters of order.created wait for payment-team, the oldest for 1 min"_s;
    QTest::newRow("exactly a day is not P1")
        << 1 << day
        << u"info deadLettersWaiting: 1 open dead letter of order.created waits for payment-team, 1 d old"_s;
    QTest::newRow("a millisecond more is")
        << 1 << day + 1
        << u"critical deadLetterAge: 1 open dead letter of order.created waits for payment-team, 1 d old"_s;
    QTest::newRow("P1 outranks the count")
        << 3000 << 14 * day
        << u"critical deadLetterAge: 3_000 open dead letters of order.created wait for payment-team, the oldest for 14 d"_s;
    QTest::newRow("a clock that stepped back gives no negative age")
        << 1 << qint64{-5000}
        << u"info deadLettersWaiting: 1 open dead letter of order.created waits for payment-team, 0 s old"_s;
}

void OverviewTest::deadLetters()
{
    QFETCH(int, open);
    QFETCH(qint64, ageMs);
    QFETCH(QString, line);
    OverviewFacts facts = quiet();
    facts.letters = {letters(open, Millis(ageMs))};
    QCOMPARE(ranked(facts), line.isEmpty() ? QStringList() : QStringList{line});
    // the workspace's thresholds decide, not the article's
    if (open > 0) {
        QVERIFY(ranked(facts, AlertThresholds{0, std::chrono::hours(24 * 365)}).front().startsWith(u"warning"_s));
        QCOMPARE(ranked(facts, AlertThresholds{1'000'000, Millis(30'000)}).front().startsWith(u"critical"_s),
                 ageMs > 30'000);
    }
}

void OverviewTest::connections_data()
{
    QTest::addColumn<int>("connectivity");
    QTest::addColumn<QString>("line");
    const auto row = [](const char* name, Connectivity connectivity, const QString& line) {
        QTest::newRow(name) << static_cast<int>(connectivity) << line;
    };
    row("connected", Connectivity::Connected, {});
    row("not asked yet", Connectivity::Unknown, {});
    row("on its way", Connectivity::Connecting, {});
    row("in part", Connectivity::Degraded, u"warning connectionDown: orders answers only in part"_s);
    row("gone", Connectivity::Unreachable,
        u"critical connectionDown: orders cannot be reached; what is shown of it is old"_s);
    row("refused", Connectivity::Unauthorised,
        u"critical connectionDown: orders refuses us; what is shown of it is old"_s);
}

void OverviewTest::connections()
{
    QFETCH(int, connectivity);
    QFETCH(QString, line);
    OverviewFacts facts = quiet();
    facts.connections = {connection(static_cast<Connectivity>(connectivity))};
    QCOMPARE(ranked(facts), line.isEmpty() ? QStringList() : QStringList{line});
}

void OverviewTest::collection_data()
{
    QTest::addColumn<qint64>("ageMs"); // negative: never
    QTest::addColumn<bool>("hasConnections");
    QTest::addColumn<QString>("line");
    QTest::newRow("three intervals are on time") << qint64{45'000} << true << QString();
    QTest::newRow("more is late")
        << qint64{45'001} << true
        << u"warning samplesStale: Nothing has been collected for 45 s; everything below is that old"_s;
    QTest::newRow("never") << qint64{-1} << true << u"warning samplesStale: Nothing has been collected yet"_s;
    QTest::newRow("nothing to collect from") << qint64{-1} << false << QString();
}

void OverviewTest::collection()
{
    QFETCH(qint64, ageMs);
    QFETCH(bool, hasConnections);
    QFETCH(QString, line);
    OverviewFacts facts;
    facts.collection.hasConnections = hasConnections;
    facts.collection.lastSampleAt = ageMs < 0 ? std::nullopt : std::optional(now - Millis(ageMs));
    QCOMPARE(ranked(facts), line.isEmpty() ? QStringList() : QStringList{line});
}

void OverviewTest::replays_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<QString>("line");
    const auto row = [](const char* name, JobState state, const QString& line) {
        QTest::newRow(name) << static_cast<int>(state) << line;
    };
    row("planned", JobState::Planned, {});
    row("running", JobState::Running, {});
    row("done", JobState::Done, {});
    row("cancelled by a person", JobState::Cancelled, {});
    row("interrupted", JobState::Interrupted,
        u"warning replayUnfinished: Replay r-1 to orders was interrupted with 3_410 of 10_000 messages sent"_s);
    row("stopped", JobState::Stopped,
        u"warning replayUnfinished: Replay r-1 to orders stopped by its rule with 3_410 of 10_000 messages sent"_s);
    row("failed", JobState::Failed,
        u"warning replayUnfinished: Replay r-1 to orders failed with 3_410 of 10_000 messages sent"_s);
}

void OverviewTest::replays()
{
    QFETCH(int, state);
    QFETCH(QString, line);
    OverviewFacts facts = quiet();
    facts.replays = {ReplayFinding{.job = u"r-1"_s,
                                   .state = static_cast<JobState>(state),
                                   .target = u"orders"_s,
                                   .messages = 10'000,
                                   .sent = 3'410,
                                   .since = now}};
    QCOMPARE(ranked(facts), line.isEmpty() ? QStringList() : QStringList{line});
}

/// One of everything, given the wrong way round: first severity, then the rule, then how bad it is, then the name.
void OverviewTest::order()
{
    OverviewFacts facts;
    facts.collection.lastSampleAt = now - 1h;
    const auto add = [&facts](GroupFinding finding, const QString& name) {
        finding.group = name;
        facts.groups.push_back(finding);
    };
    add(group(LagState::Behind), u"b-behind"_s);
    add(group(LagState::Behind), u"a-behind"_s);
    GroupFinding older = group(LagState::Behind);
    older.oldestUnread = 3h;
    add(older, u"c-behind-longer"_s);
    add(group(LagState::TopicGone), u"gone"_s);
    add(group(LagState::Stopped), u"stopped"_s);
    GroupFinding expiring = group(LagState::Stopped);
    expiring.expiresIn = 5h;
    add(expiring, u"expires-later"_s);
    expiring.expiresIn = 2h;
    add(expiring, u"expires-sooner"_s);
    add(group(LagState::LostToRetention), u"lost"_s);
    facts.letters = {letters(5, 1min), letters(200, 1min), letters(300, 2min), letters(1, 30h), letters(1, 40h)};
    for (std::size_t i = 0; i < facts.letters.size(); ++i)
        facts.letters[i].eventType = u"e%1"_s.arg(i);
    facts.promises = {promise(SloState::NoData), promise(SloState::AtRisk), promise(SloState::Violated),
                      promise(SloState::Violated)};
    facts.promises[1].consumer = u"burning"_s;
    facts.promises[2].consumer = u"broken"_s;
    facts.promises[3].consumer = u"broken-worse"_s;
    facts.promises[3].attainment = 0.5;
    facts.connections = {connection(Connectivity::Unreachable)};
    facts.replays = {ReplayFinding{.job = u"r-1"_s, .state = JobState::Interrupted, .messages = 2, .sent = 1}};

    QStringList ids;
    for (const Concern& concern : rankConcerns(facts, catalog(), {}, now))
        ids += severityWord(concern.severity).first(1) + u' ' + concern.id;
    QCOMPARE(ids, (QStringList{u"c lostToRetention:orders/lost"_s,
                               u"c willExpire:orders/expires-sooner"_s,
                               u"c willExpire:orders/expires-later"_s,
                               u"c connectionDown:orders"_s,
                               u"c deadLetterAge:payment-team/e4"_s,
                               u"c deadLetterAge:payment-team/e3"_s,
                               u"w promiseBroken:broken-worse/order.created"_s,
                               u"w promiseBroken:broken/order.created"_s,
                               u"w groupStopped:orders/stopped"_s,
                               u"w deadLetterCount:payment-team/e2"_s,
                               u"w deadLetterCount:payment-team/e1"_s,
                               u"w promiseAtRisk:burning/order.created"_s,
                               u"w topicChanged:orders/gone"_s,
                               u"w replayUnfinished:r-1"_s,
                               u"w samplesStale:collection"_s,
                               u"i groupBehind:orders/c-behind-longer"_s,
                               u"i groupBehind:orders/a-behind"_s,
                               u"i groupBehind:orders/b-behind"_s,
                               u"i promiseUnknown:payment-service/order.created"_s,
                               u"i deadLettersWaiting:payment-team/e0"_s}));
}

void OverviewTest::ownerOnCallEvidenceAndAction()
{
    OverviewFacts facts = quiet();
    PromiseFinding broken = promise(SloState::Violated);
    broken.burnRate1h = 3.8;
    broken.budgetRemaining = -2.8;
    facts.promises = {broken};
    GroupFinding stopped = group(LagState::Stopped);
    stopped.group = u"it's mine"_s;
    stopped.expiresIn = 48h;
    facts.groups = {stopped};
    facts.letters = {letters(2'410, 1h)};
    const auto concerns = rankConcerns(facts, catalog(), {}, now);
    QCOMPARE(concerns.size(), std::size_t{3});
    const auto plain = [](QString text) { return text.replace(QChar(0x2009), u'_'); };
    for (const Concern& concern : concerns) {
        QCOMPARE(concern.team, u"payment-team"_s);
        QCOMPARE(concern.oncall, u"payment-oncall"_s);
        QCOMPARE(concern.channel, u"#payment-alerts"_s);
    }
    QCOMPARE(concerns[0].evidence,
             u"962 of 1_000 good in 1 d · burns 3.8× in the last hour · budget spent"_s.replace(u'_', QChar(0x2009)));
    QVERIFY((concerns[0].action == ConcernAction{ConcernScreen::Slo, u"payment-service order.created"_s,
                                                 u"Show promise"_s, u"spillwayctl slo"_s}));
    QCOMPARE(plain(concerns[1].evidence),
             u"state stopped · lag 12_345 · oldest unread at least 2 h · oldest unread expires in 2 d"_s);
    QCOMPARE(concerns[1].action.filter, u"it's mine"_s);
    QCOMPARE(concerns[1].action.command, u"spillwayctl lag --group 'it'\\''s mine'"_s);
    QCOMPARE(plain(concerns[2].evidence), u"2_410 open, warning above 100 · oldest 1 h, P1 after 1 d"_s);
    QCOMPARE(plain(concerns[2].action.label), u"Review 2_410 letters"_s);
    QCOMPARE(concerns[2].action.filter, u"team:payment-team eventType:order.created state:open"_s);
    QCOMPARE(concerns[2].action.command,
             u"spillwayctl dlq list --query 'team:payment-team eventType:order.created state:open'"_s);
}

void OverviewTest::lettersOfNobody()
{
    OverviewFacts facts = quiet();
    LetterFinding unowned = letters(3, 1min);
    unowned.team.reset();
    unowned.eventType.reset();
    unowned.isOldestAtLeast = true;
    facts.letters = {unowned};
    QCOMPARE(
        ranked(facts),
        QStringList{
            u"info deadLettersWaiting: 3 open dead letters of unknown type belong to nobody, the oldest for at least 1 min"_s});
    const Concern concern = rankConcerns(facts, catalog(), {}, now).front();
    QVERIFY(!concern.team);
    QVERIFY(concern.oncall.isEmpty());
    QCOMPARE(concern.action.filter, u"-team~\".\" -eventType~\".\" state:open"_s);
    const auto query = parseQuery(concern.action.filter);
    QVERIFY2(query, qPrintable(query ? QString() : query.error().detail));
    DeadLetter letter;
    QCOMPARE(matches(*query, letter, now).value(), true);
    letter.team = u"payment-team"_s;
    QCOMPARE(matches(*query, letter, now).value(), false);
    facts.letters[0].oldestAt.reset(); // then nothing is said about age, and nothing is P1
    QCOMPARE(ranked(facts),
             QStringList{u"info deadLettersWaiting: 3 open dead letters of unknown type belong to nobody"_s});
}

void OverviewTest::whenItGetsWorse()
{
    OverviewFacts facts = quiet();
    facts.letters = {letters(1, 10h)};
    PromiseFinding burning = promise(SloState::AtRisk);
    burning.burnRate1h = 6;
    burning.budgetRemaining = 0.5;
    facts.promises = {burning};
    GroupFinding behind = group(LagState::Stopped);
    behind.expiresIn = 5h;
    facts.groups = {behind};
    const auto concerns = rankConcerns(facts, catalog(), {}, now);
    QCOMPARE(concerns.size(), std::size_t{3});
    QCOMPARE(concerns[0].until, std::optional(now + 5h));  // data expires
    QCOMPARE(concerns[1].until, std::optional(now + 2h));  // half of a day's budget at six times the rate
    QCOMPARE(concerns[2].until, std::optional(now + 14h)); // P1 begins
    QCOMPARE(concerns[2].since, std::optional(now - 10h));
}

void OverviewTest::idsStayTheSame()
{
    OverviewFacts facts = quiet();
    facts.letters = {letters(1, 10h)};
    const QString before = rankConcerns(facts, catalog(), {}, now).front().id;
    facts.letters[0].open = 50;
    QCOMPARE(rankConcerns(facts, catalog(), {}, now + 1s).front().id, before);
}

void OverviewTest::findingsFromTheScreensRows()
{
    LagGroupRow lag;
    lag.connection = u"orders"_s;
    lag.group = u"payment-service"_s;
    lag.owner = u"payment-team"_s;
    lag.worstState = LagState::Behind;
    lag.totalLag = MessageCount{12'345};
    lag.timeLag = TimeLag{2h, std::nullopt};
    lag.trend = LagTrendReport{LagTrend::Growing, 3.0, std::nullopt};
    SloRow slo;
    slo.consumer = u"payment-service"_s;
    slo.eventType = u"order.created"_s;
    slo.team = u"payment-team"_s;
    slo.total = 1000;
    slo.good = 962;
    slo.attainment = 0.962;
    slo.objective = 0.99;
    slo.targetMs = 500;
    slo.burnRate1h = 3.8;
    slo.state = SloState::Violated;
    OverviewFacts facts = quiet();
    facts.groups = {findingOf(lag)};
    facts.promises = {findingOf(slo, 24h)};
    QCOMPARE(
        ranked(facts),
        (QStringList{
            u"warning promiseBroken: payment-service breaks its promise for order.created: 96.2 % within 500 ms, promised 99 %"_s,
            u"warning groupBehind: payment-service falls further behind: 12_345 messages unread, the oldest 2 h old"_s}));
    // an empty row knows nothing, and nothing is not zero
    const GroupFinding unknown = findingOf(LagGroupRow{});
    QVERIFY(!unknown.lag && !unknown.lost && !unknown.oldestUnread && !unknown.drainsIn && !unknown.expiresIn &&
            !unknown.team);
}

void OverviewTest::whatLeavesTheBrokers()
{
    OverviewFacts facts = quiet();
    ChannelOutlook channel;
    channel.connection = u"orders"_s;
    channel.channel = u"order-events.DLT"_s;
    channel.open = 500;
    channel.gone = 2;
    channel.nextLossAt = now + 6h;
    facts.channels = {channel};
    QVERIFY(ranked(facts).empty());
    facts.channels[0].leavingSoon = 418;
    QCOMPARE(
        ranked(facts),
        (QStringList{u"info lettersLeave: 418 letters of order-events.DLT leave the broker in 6 h; they are stored "
                     "here"_s}));
    facts.channels[0].pointers = 30;
    facts.channels[0].pointersLeavingSoon = 12;
    facts.channels[0].nextOriginLossAt = now + 2h;
    const auto concerns = rankConcerns(facts, catalog(), AlertThresholds{}, now);
    QCOMPARE(concerns.size(), std::size_t{2});
    QCOMPARE(concerns[0].rule, ConcernRule::PayloadExpires);
    QCOMPARE(concerns[0].severity, Severity::Critical);
    QCOMPARE(concerns[0].summary,
             u"12 letters of order-events.DLT are pointers whose payload leaves the broker in 2 h"_s);
    QCOMPARE(concerns[0].until, std::optional(now + 2h));
    QVERIFY(parseQuery(concerns[0].action.filter));
    QVERIFY(concerns[0].action.rescues);
    QCOMPARE(concerns[0].action.label, u"Rescue 12 payloads"_s);
    facts.channels[0].nextOriginLossAt = now - 1h;
    facts.channels[0].pointersLeavingSoon = 1;
    QCOMPARE(ranked(facts).first(), u"critical payloadExpires: 1 letter of order-events.DLT is a pointer whose payload "
                                    "leaves the broker any moment"_s);
}

void OverviewTest::whatIsSetUpWrongly()
{
    OverviewFacts facts = quiet();
    DoctorFinding error{.id = u"compacted:orders:a.DLT"_s, .rule = DoctorRule::Compacted};
    error.severity = DoctorSeverity::Error;
    error.connection = u"orders"_s;
    error.sentence = u"a.DLT is compacted"_s;
    error.command = u"kafka-configs x"_s;
    DoctorFinding info = error;
    info.severity = DoctorSeverity::Info;
    DoctorFinding warning = error;
    warning.severity = DoctorSeverity::Warning;
    warning.id = u"singlePartition:orders:a.DLT"_s;
    warning.sentence = u"one partition"_s;
    DoctorFinding unowned = warning;
    unowned.rule = DoctorRule::Unowned; // its letters have concerns of their own
    facts.setup = {info, warning, unowned, error};
    QCOMPARE(ranked(facts),
             (QStringList{u"warning misconfigured: a.DLT is compacted"_s, u"warning misconfigured: one partition"_s}));
    const auto concerns = rankConcerns(facts, catalog(), AlertThresholds{}, now);
    QCOMPARE(concerns[0].action.command, u"kafka-configs x"_s);
    QCOMPARE(concerns[0].action.screen, ConcernScreen::Setup);
    QCOMPARE(concerns[0].action.filter, error.id);
    QCOMPARE(concerns[0].id, u"misconfigured:compacted:orders:a.DLT"_s);
    // What is lost already is no matter of setup.
    DoctorFinding lost = warning;
    lost.id = u"lostBeforeRead:orders:a.DLT"_s;
    lost.rule = DoctorRule::LostBeforeRead;
    lost.sentence = u"3 were never read"_s;
    facts.setup = {warning, error, lost};
    QCOMPARE(ranked(facts).first(), u"warning lostToRetention: 3 were never read"_s);
}

void OverviewTest::aStoreThatIsFull()
{
    OverviewFacts facts = quiet();
    facts.store = StoreFinding{.usedBytes = 20LL << 30, .maxBytes = 20LL << 30, .openLetters = 3};
    QVERIFY(ranked(facts).empty());
    facts.store->usedBytes = 21LL << 30;
    QCOMPARE(ranked(facts), (QStringList{u"warning storeFull: The store holds 21 GiB, more than the 20 GiB it may"_s}));
}

void OverviewTest::words_data()
{
    QTest::addColumn<QString>("got");
    QTest::addColumn<QString>("wanted");
    QTest::newRow("a whole percent") << promisedText(0.99) << u"99 %"_s;
    QTest::newRow("three nines") << promisedText(0.999) << u"99.9 %"_s;
    QTest::newRow("half a nine more") << promisedText(0.9995) << u"99.95 %"_s;
    QTest::newRow("attainment is cut, never rounded up") << attainmentText(0.9899) << u"98.9 %"_s;
    QTest::newRow("below an objective of one decimal") << attainmentText(0.99896) << u"99.8 %"_s;
    QTest::newRow("far below") << attainmentText(0.5) << u"50 %"_s;
    QTest::newRow("none") << attainmentText(0) << u"0 %"_s;
    QTest::newRow("all") << attainmentText(1) << u"100 %"_s;
    QTest::newRow("a plain word of a shell") << shellQuoted(u"payment-service"_s) << u"payment-service"_s;
    QTest::newRow("an empty one") << shellQuoted(QString()) << u"''"_s;
    QTest::newRow("a dangerous one") << shellQuoted(u"a; rm -rf '$HOME'"_s) << u"'a; rm -rf '\\''$HOME'\\'''"_s;
    QTest::newRow("a query's plain value") << queryTerm(u"team"_s, u"payment-team"_s) << u"team:payment-team"_s;
    QTest::newRow("a value that is missing") << queryTerm(u"team"_s, std::nullopt) << u"-team~\".\""_s;
    QTest::newRow("a value with blanks and quotes")
        << queryTerm(u"team"_s, u"a \"b\" \\c"_s) << u"team:\"a \\\"b\\\" \\\\c\""_s;
}

void OverviewTest::words()
{
    QFETCH(QString, got);
    QTEST(got, "wanted");
}

QTEST_GUILESS_MAIN(OverviewTest)
#include "tst_overview.moc"
