// SPDX-License-Identifier: GPL-3.0-or-later
// What a meeting looks at, and in which order; and what the store says came into each group.
#include "model/review/agenda.h"
#include "model/review/reviewoutput.h"
#include "tests/model/deadletter/storefixture.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using spillway::test::StoreFixture;

namespace {

constexpr Millis hour{3'600'000};
constexpr Millis day = hour * 24;
const UtcTime now = utcFromMs(1'790'000'000'000);
const ReviewPeriod lastWeek{now - day * 7, now};

/// A group with 20 open letters that is owned, old and steady: nothing but open.
GroupActivity steady(const QString& id)
{
    GroupActivity activity;
    activity.group.id = id;
    activity.group.team = u"payment-team"_s;
    activity.group.count = activity.group.openCount = 20;
    activity.group.firstSeen = now - day * 30;
    activity.group.state = TriageState::New;
    activity.group.oldestOpenAt = now - hour;
    activity.arrived = activity.arrivedBefore = 20;
    return activity;
}

QStringList wordsOf(const AgendaItem& item)
{
    QStringList words;
    for (const AgendaReason reason : item.reasons)
        words += agendaReasonWord(reason);
    return words;
}

} // namespace

class AgendaTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aGroupIsOnItForAReason_data();
    void aGroupIsOnItForAReason();
    void theOrderIsTheMeetings();
    void aGroupWithoutOpenLettersIsNotOnIt();
    void teamsAreSums();
    void activityComesFromTheStore();
    void jsonHasTheDecision();
};

void AgendaTest::aGroupIsOnItForAReason_data()
{
    QTest::addColumn<int>("change"); // which of the changes below
    QTest::addColumn<QStringList>("reasons");
    QTest::newRow("steady: open and no more") << 0 << QStringList{u"open"_s};
    QTest::newRow("left undecided") << 1 << QStringList{u"carriedOver"_s};
    QTest::newRow("came back after a replay") << 2 << QStringList{u"failedAgain"_s};
    QTest::newRow("older than a day") << 3 << QStringList{u"pastAge"_s};
    QTest::newRow("exactly a day old is not past it") << 4 << QStringList{u"open"_s};
    QTest::newRow("its first letter came at the period's first instant") << 5 << QStringList{u"new"_s};
    QTest::newRow("half as many again") << 6 << QStringList{u"growing"_s};
    QTest::newRow("twice as many, but few") << 7 << QStringList{u"open"_s};
    QTest::newRow("many more, but less than half as many again") << 8 << QStringList{u"open"_s};
    QTest::newRow("nobody's") << 9 << QStringList{u"unowned"_s};
    QTest::newRow("new and nobody's; new is not also growing") << 10 << QStringList{u"new"_s, u"unowned"_s};
}

void AgendaTest::aGroupIsOnItForAReason()
{
    QFETCH(int, change);
    QFETCH(QStringList, reasons);
    GroupActivity activity = steady(u"g1"_s);
    QStringList carriedOver;
    switch (change) {
    case 1:
        carriedOver += u"g1"_s;
        break;
    case 2:
        activity.group.state = TriageState::FailedAgain;
        break;
    case 3:
        activity.group.oldestOpenAt = now - day - Millis{1};
        break;
    case 4:
        activity.group.oldestOpenAt = now - day;
        break;
    case 5:
        activity.group.firstSeen = lastWeek.from;
        break;
    case 6:
        activity.arrived = 30;
        break;
    case 7:
        activity.arrivedBefore = 9;
        activity.arrived = 18;
        break;
    case 8:
        activity.arrivedBefore = 100;
        activity.arrived = 149;
        break;
    case 9:
        activity.group.team.reset();
        break;
    case 10:
        activity.group.firstSeen = now - hour;
        activity.arrivedBefore = 0;
        activity.group.team.reset();
        break;
    default:
        break;
    }
    const auto agenda = makeAgenda({activity}, lastWeek, carriedOver, day);
    QCOMPARE(agenda.size(), std::size_t{1});
    QCOMPARE(wordsOf(agenda.front()), reasons);
}

void AgendaTest::theOrderIsTheMeetings()
{
    GroupActivity big = steady(u"big"_s);
    big.group.openCount = 900;
    GroupActivity fresh = steady(u"fresh"_s);
    fresh.group.firstSeen = now - hour;
    GroupActivity again = steady(u"again"_s);
    again.group.state = TriageState::FailedAgain;
    QStringList order;
    for (const AgendaItem& item : makeAgenda({big, steady(u"b"_s), steady(u"a"_s), fresh, again, steady(u"carried"_s)},
                                             lastWeek, {u"carried"_s}, day))
        order += item.activity.group.id;
    QCOMPARE(order, (QStringList{u"carried"_s, u"again"_s, u"fresh"_s, u"big"_s, u"a"_s, u"b"_s}));
}

void AgendaTest::aGroupWithoutOpenLettersIsNotOnIt()
{
    GroupActivity closed = steady(u"g1"_s);
    closed.group.openCount = 0;
    QVERIFY(makeAgenda({closed}, lastWeek, {u"g1"_s}, day).empty());
}

void AgendaTest::teamsAreSums()
{
    GroupActivity other = steady(u"g2"_s);
    other.group.oldestOpenAt = now - day * 3;
    GroupActivity nobodys = steady(u"g3"_s);
    nobodys.group.team.reset();
    nobodys.group.openCount = 500;
    const auto teams = teamActivity({steady(u"g1"_s), nobodys, other});
    QCOMPARE(teams.size(), std::size_t{2});
    QCOMPARE(teams[0].team, std::optional(u"payment-team"_s));
    QCOMPARE(teams[0].open, 40);
    QCOMPARE(teams[0].arrived, 40);
    QCOMPARE(teams[0].oldestOpenAt, std::optional(now - day * 3));
    QVERIFY(!teams[1].team); // last, however many
    QCOMPARE(teams[1].open, 500);
}

void AgendaTest::activityComesFromTheStore()
{
    StoreFixture fixture;
    const UtcTime end = utcFromMs(test::letterMs + 1);
    // 3 in the last two days, one of them in the second; 2 in the two days before; 1 long ago.
    std::vector<PreparedLetter> letters;
    int number = 0;
    for (const int hoursAgo : {0, 30, 40, 50, 90, 400})
        letters.push_back(StoreFixture::prepared(++number, u"com.acme.Timeout"_s, u"payment-service"_s, hoursAgo));
    QCOMPARE(fixture.add(letters), 6);
    Database reader = fixture.reader();
    const auto activity = groupActivity(reader, {end - day * 2, end}, 2);
    QVERIFY(activity);
    QCOMPARE(activity->size(), std::size_t{1});
    const GroupActivity& one = activity->front();
    QCOMPARE(one.arrived, 3);
    QCOMPARE(one.arrivedBefore, 2);
    QCOMPARE(one.arrivals, (std::vector<std::int64_t>{2, 1}));
    QCOMPARE(one.group.oldestOpenAt, std::optional(utcFromMs(test::letterMs) - hour * 400));
    const auto stopped = [&] {
        std::stop_source source;
        source.request_stop();
        return groupActivity(reader, {end - day, end}, 1, source.get_token());
    }();
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
}

void AgendaTest::jsonHasTheDecision()
{
    Review review{.id = u"r-1"_s};
    review.decisions[u"g1"_s] = {
        .group = u"g1"_s, .verdict = ReviewVerdict::Watch, .note = u"wait"_s, .decidedBy = u"ana"_s};
    review.former = {{.group = u"g1"_s,
                      .verdict = ReviewVerdict::Archive,
                      .note = u"only test data, by a service that is gone"_s,
                      .decidedBy = u"bob"_s,
                      .endedBy = u"ana"_s}};
    const auto agenda = makeAgenda({steady(u"g1"_s), steady(u"g2"_s)}, lastWeek, {}, day);
    const QJsonArray rows = QJsonDocument::fromJson(agendaJson(agenda, &review)).array();
    QCOMPARE(rows.size(), 2);
    QCOMPARE(rows[0].toObject()[u"decision"_s].toObject()[u"verdict"_s].toString(), u"watch"_s);
    QVERIFY(rows[1].toObject()[u"decision"_s].isNull());
    const QJsonArray former = rows[0].toObject()[u"former"_s].toArray();
    QCOMPARE(former.size(), 1);
    QCOMPARE(former[0].toObject()[u"note"_s].toString(), review.former.front().note);
    QCOMPARE(former[0].toObject()[u"endedBy"_s].toString(), u"ana"_s);
    QVERIFY(rows[1].toObject()[u"former"_s].toArray().isEmpty());
    QVERIFY(agendaText(agenda, &review, lastWeek)
                .contains(u"before, by bob: archive, only test data, by a service that is gone (replaced by ana)"_s));
    QVERIFY(agendaText(agenda, &review, lastWeek).contains(u"decided by ana (event 0): watch"_s));
    QVERIFY(agendaText({}, nullptr, lastWeek).contains(u"nothing to decide"_s));
}

QTEST_GUILESS_MAIN(AgendaTest)
#include "tst_agenda.moc"
