// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagstate.h"

#include <QTest>

#include <vector>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

constexpr std::int64_t nowMs = 1'790'000'000'000;

std::vector<CommitPoint> commits(std::initializer_list<std::array<std::int64_t, 3>> points) // offset, seconds ago, lag
{
    std::vector<CommitPoint> series;
    for (const auto& p : points)
        series.push_back({Offset{p[0]}, utcFromMs(nowMs - p[1] * 1000), MessageCount{p[2]}});
    return series;
}

/// Committed 50 of 100, one look, nothing else known.
LagFacts behind()
{
    LagFacts facts;
    facts.now = utcFromMs(nowMs);
    facts.committed = Offset{50};
    facts.logStart = Offset{0};
    facts.end = Offset{100};
    facts.lastStable = Offset{100};
    return facts;
}

struct Case
{
    LagFacts facts;
    std::vector<CommitPoint> series;
};

} // namespace
Q_DECLARE_METATYPE(Case)

class LagStateTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void lagIsNeverNegativeAndUnknownIsNotZero();
    void rules_data();
    void rules();
    void everyWordComesBack();
};

void LagStateTest::lagIsNeverNegativeAndUnknownIsNotZero()
{
    QCOMPARE(lagOf(Offset{3}, Offset{10}), std::optional(MessageCount{7}));
    QCOMPARE(lagOf(Offset{10}, Offset{3}), std::optional(MessageCount{0}));
    QCOMPARE(lagOf(Offset{0}, Offset{0}), std::optional(MessageCount{0}));
    QVERIFY(!lagOf(std::nullopt, Offset{3}));
    QVERIFY(!lagOf(Offset{3}, std::nullopt));
    QCOMPARE(lostToRetention(Offset{3}, Offset{10}), std::optional(MessageCount{7}));
    QCOMPARE(lostToRetention(Offset{10}, Offset{3}), std::optional(MessageCount{0}));
    QVERIFY(!lostToRetention(std::nullopt, Offset{3}));
}

void LagStateTest::rules_data()
{
    QTest::addColumn<Case>("given");
    QTest::addColumn<QString>("state");
    QTest::addColumn<int>("rule");
    const auto row = [](const char* name, LagFacts facts, std::vector<CommitPoint> series, QStringView state,
                        int rule) {
        QTest::newRow(name) << Case{facts, std::move(series)} << state.toString() << rule;
    };
    LagFacts f = behind();
    row("unread, one look: behind, and no more is claimed", f, commits({{50, 0, 50}}), u"behind", 13);

    f.isTopicGone = true;
    f.end = std::nullopt;
    row("a topic that is gone outranks unknown ends", f, {}, u"topicGone", 1);

    f = behind();
    f.isTopicRecreated = true;
    row("ends that went back", f, {}, u"topicRecreated", 2);
    f = behind();
    f.committed = Offset{101};
    row("a commit beyond the end is not called caught up", f, {}, u"topicRecreated", 2);

    f = behind();
    f.isCommitKnown = false;
    f.committed = std::nullopt;
    row("a commit that was not told is not 'never committed'", f, {}, u"unknown", 3);
    f = behind();
    f.end = std::nullopt;
    row("an end that was not told is not lag 0", f, commits({{50, 0, 50}}), u"unknown", 3);
    f = behind();
    f.committed = std::nullopt;
    row("never committed", f, {}, u"neverCommitted", 4);
    f.end = std::nullopt;
    row("never committed is said without ends too", f, {}, u"neverCommitted", 4);

    f = behind();
    f.logStart = Offset{60};
    row("ten messages expired unread", f, commits({{50, 0, 50}}), u"lostToRetention", 5);
    f.logStart = Offset{100};
    row("an emptied partition does not hide the loss", f, commits({{50, 0, 50}}), u"lostToRetention", 5);
    f.logStart = Offset{50};
    row("the log starting at the commit loses nothing", f, commits({{50, 0, 50}}), u"behind", 13);

    f = behind();
    f.committed = Offset{100};
    row("even", f, commits({{100, 0, 0}}), u"ok", 6);
    f = behind();
    f.committed = f.end = f.lastStable = Offset{0};
    row("an empty partition", f, commits({{0, 0, 0}}), u"ok", 6);

    f = behind();
    f.lastStable = Offset{50};
    row("read up to an open transaction", f, commits({{50, 600, 0}}), u"blockedByTransaction", 7);
    f.isLastStableMoving = true;
    row("a stream of short transactions blocks nobody", f, commits({{50, 0, 50}}), u"behind", 13);
    f = behind();
    f.lastStable = Offset{80};
    row("an open transaction further on is not what holds this group", f, commits({{50, 0, 50}}), u"behind", 13);

    f = behind();
    f.membership = Membership::Absent;
    row("no members and silent for a minute", f, commits({{50, 61, 50}}), u"stopped", 8);
    row("no members, just seen", f, commits({{50, 60, 50}}), u"behind", 13);
    f.membership = Membership::Present;
    row("members, and the offset stands for a minute", f, commits({{50, 61, 50}}), u"stalled", 9);
    f.end = Offset{51};
    row("one offset left over may be a transaction's end mark", f, commits({{50, 6100, 1}}), u"behind", 13);
    f = behind();
    f.membership = Membership::Absent;
    row("members are not needed while commits come", f, commits({{10, 45, 20}, {20, 30, 30}, {50, 15, 20}}), u"behind",
        13);
    f.end = Offset{60};
    row("nor to keep up", f, commits({{10, 45, 0}, {30, 30, 10}, {50, 15, 10}}), u"ok", 12);

    f = behind();
    f.caughtUpAt = utcFromMs(nowMs - 15'000);
    f.membership = Membership::Present;
    row("idle for an hour, and messages came a moment ago", f, commits({{50, 3600, 0}}), u"ok", 12);
    f.membership = Membership::Absent;
    row("the same with nobody there to read them", f, commits({{50, 3600, 0}}), u"behind", 13);
    f.caughtUpAt = utcFromMs(nowMs - 61'000);
    row("and for more than a minute", f, commits({{50, 3600, 0}}), u"stopped", 8);

    f = behind();
    row("went back", f, commits({{80, 45, 10}, {90, 30, 10}, {50, 15, 50}}), u"rewound", 10);
    row("grows", f, commits({{20, 45, 10}, {30, 30, 30}, {50, 15, 50}}), u"behind", 11);
}

void LagStateTest::rules()
{
    QFETCH(Case, given);
    QFETCH(QString, state);
    QFETCH(int, rule);
    given.facts.commits = given.series;
    given.facts.currentLag = lagOf(given.facts.committed, given.facts.end);
    const LagVerdict verdict = judgeLag(given.facts);
    QVERIFY2(lagStateWord(verdict.state) == state,
             qPrintable(lagStateWord(verdict.state) + u": "_s + verdict.evidence));
    QCOMPARE(verdict.rule, rule);
    QVERIFY(!verdict.evidence.isEmpty());
}

void LagStateTest::everyWordComesBack()
{
    const QStringList words{u"ok"_s,
                            u"behind"_s,
                            u"stalled"_s,
                            u"stopped"_s,
                            u"rewound"_s,
                            u"neverCommitted"_s,
                            u"lostToRetention"_s,
                            u"topicGone"_s,
                            u"topicRecreated"_s,
                            u"blockedByTransaction"_s,
                            u"unknown"_s};
    for (const QString& word : words) {
        const auto state = lagStateFromWord(word);
        QVERIFY2(state, qPrintable(word));
        QCOMPARE(lagStateWord(*state), word);
    }
    QVERIFY(!lagStateFromWord(u"warn"));
}

QTEST_GUILESS_MAIN(LagStateTest)
#include "tst_lagstate.moc"
