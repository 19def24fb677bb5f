// SPDX-License-Identifier: GPL-3.0-or-later
// The weekly report and the minutes of a review say what store and ledger say.
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "model/report/weekly.h"
#include "tests/model/deadletter/storefixture.h"
#include "tests/support/manualclock.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::report;
using spillway::test::StoreFixture;

namespace {

constexpr Millis day{86'400'000};
const UtcTime now = utcFromMs(test::letterMs + 1);

/// Ten letters of one failure in the last week and two of another three weeks ago; four were archived by a person.
class Week
{
public:
    Week()
        : m_ledger(std::move(*Ledger::open(ledgerFile(), m_clock)))
    {
        m_clock.set(now - Millis{1000});
        std::vector<PreparedLetter> letters;
        for (int number = 1; number <= 10; ++number)
            letters.push_back(StoreFixture::prepared(number, u"com.acme.Timeout"_s, u"payment-service"_s, number * 10));
        for (int number = 11; number <= 12; ++number)
            letters.push_back(StoreFixture::prepared(number, u"com.acme.Refused"_s, u"mail-service"_s, 21 * 24));
        m_fixture.add(letters);
        std::vector<DeadLetter> some;
        for (std::size_t at = 0; at < 4; ++at)
            some.push_back({.id = StoreFixture::idOf(letters[at])});
        (void)decideTriage(*m_ledger, m_fixture.store(),
                           planTriage({.to = TriageState::Archived, .reason = u"test data"_s}, some), u"ana"_s);
    }
    [[nodiscard]] QString ledgerFile() const { return m_fixture.folder() + u"/ledger.sqlite"_s; }
    void undo()
    {
        Database reader = m_fixture.reader();
        (void)decideAction({*m_ledger, m_fixture.store(), reader, u"ana"_s, m_clock.now()}, UndoAction{});
    }
    void undoTheUndo()
    {
        const std::int64_t last = *m_ledger->lastSeq();
        (void)m_ledger->append(u"ana"_s, u"deadletter.undone"_s,
                               R"({"decision":"d1","reverts":[)" + QByteArray::number(qlonglong{last}) +
                                   R"(],"subjects":[],"reason":null})");
    }
    [[nodiscard]] WeeklyFacts facts(std::optional<Review> review = {}, Millis length = day * 7)
    {
        Database reader = m_fixture.reader();
        return *readWeeklyFacts(reader, ledgerFile(),
                                {.workspace = u"acme"_s,
                                 .environment = Environment::Production,
                                 .period = {now - length, now},
                                 .pastAge = day,
                                 .review = std::move(review)});
    }

private:
    StoreFixture m_fixture;
    test::ManualClock m_clock;
    std::unique_ptr<Ledger> m_ledger;
};

} // namespace

class WeeklyTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void factsAreCounted();
    void theReportSaysThem();
    void minutesHoldDecisionsActionsAndWhatIsCarriedOver();
    void whatWasTakenBackDoesNotCount();
    void rowsOfOtherThanDaysSayFromWhenToWhen();
    void anEmptyStoreIsSaid();
};

void WeeklyTest::factsAreCounted()
{
    Week week;
    const WeeklyFacts facts = week.facts();
    QCOMPARE(facts.totals.letters, 12);
    QCOMPARE(facts.totals.open, 8);
    QCOMPARE(facts.agenda.size(), std::size_t{2});
    QCOMPARE(facts.teams.size(), std::size_t{2});
    QCOMPARE(facts.decisions, (std::vector<DecisionCount>{{u"archived"_s, u"ana"_s, 4}}));
    QCOMPARE(facts.charts.size(), std::size_t{1});
    std::int64_t charted = 0;
    for (const std::int64_t amount : facts.charts.front().amounts)
        charted += amount;
    QCOMPARE(charted, 10);
    QCOMPARE(facts.charts.front().amounts.size(), std::size_t{7});
}

void WeeklyTest::theReportSaysThem()
{
    Week week;
    const QString text = QString::fromUtf8(writeMarkdown(weeklyDocument(week.facts())));
    QVERIFY2(text.contains(u"8 letters open in 2 groups; 10 arrived, 0 in the span before. 1 group is new."_s),
             qPrintable(text));
    QVERIFY(text.contains(u"production"_s));
    QVERIFY(text.contains(u"| archived | ana | 4 |"_s));
    QVERIFY(text.contains(u"| Timeout: message"_s));
    QVERIFY(!text.contains(u"Decisions"_s)); // only minutes have them
}

void WeeklyTest::minutesHoldDecisionsActionsAndWhatIsCarriedOver()
{
    Week week;
    const WeeklyFacts before = week.facts();
    Review review{.id = u"r-2026-11-26"_s, .openedAt = now, .openedBy = u"ana"_s, .participants = {u"Ana"_s, u"Kim"_s}};
    for (const AgendaItem& item : before.agenda)
        review.agenda += item.activity.group.id;
    const DeadLetterGroup& first = before.agenda.front().activity.group;
    review.decisions[first.id] = {.group = first.id,
                                  .title = first.title,
                                  .open = first.openCount,
                                  .verdict = ReviewVerdict::FixFirst,
                                  .note = u"the gateway"_s,
                                  .action = {u"raise the time limit"_s, u"kim"_s, QDate(2026, 12, 3)},
                                  .decidedBy = u"ana"_s,
                                  .decidedAt = now};
    const QString text = QString::fromUtf8(writeMarkdown(weeklyDocument(week.facts(review))));
    QVERIFY2(text.startsWith(u"# Dead-letter review r-2026-11-26"_s), qPrintable(text));
    QVERIFY(text.contains(u"Present: Ana, Kim."_s));
    QVERIFY(text.contains(u"| fix first | the gateway | ana |"_s));
    QVERIFY(text.contains(u"| raise the time limit | kim | 2026-12-03 |"_s));
    const DeadLetterGroup& second = before.agenda.back().activity.group;
    const QString title = QString(second.title).replace(u"<"_s, u"\\<"_s).replace(u">"_s, u"\\>"_s);
    QVERIFY2(text.contains(u"- %1 \\(%2 open\\)"_s.arg(title).arg(second.openCount)), qPrintable(text));
}

void WeeklyTest::whatWasTakenBackDoesNotCount()
{
    Week week;
    week.undo();
    const WeeklyFacts facts = week.facts();
    QVERIFY(facts.decisions.empty());
    QCOMPARE(facts.totals.open, 12);
    week.undoTheUndo(); // a review's former word counts again
    QCOMPARE(week.facts().decisions, (std::vector<DecisionCount>{{u"archived"_s, u"ana"_s, 4}}));
}

void WeeklyTest::rowsOfOtherThanDaysSayFromWhenToWhen()
{
    Week week;
    const BarChart days = week.facts().charts.front();
    QVERIFY2(days.title.contains(u"per day"_s), qPrintable(days.title));
    for (const QString& label : days.labels)
        QCOMPARE(label.size(), 5); // 11-21
    const BarChart parts = week.facts({}, Millis{day.count() * 13 / 2}).charts.front();
    QCOMPARE(parts.labels.size(), 7);
    for (const QString& label : parts.labels)
        QVERIFY2(label.contains(u'–') && label.contains(u':'), qPrintable(label));
    QCOMPARE(week.facts({}, day * 7 + Millis{9'000}).charts.front().labels.size(), 7);
    QStringList distinct = parts.labels;
    QCOMPARE(distinct.removeDuplicates(), 0);
}

void WeeklyTest::anEmptyStoreIsSaid()
{
    StoreFixture fixture;
    Database reader = fixture.reader();
    const auto facts = readWeeklyFacts(reader, fixture.folder() + u"/none"_s, {.period = {now - day, now}});
    QVERIFY(facts);
    const QString text = QString::fromUtf8(writeMarkdown(weeklyDocument(*facts)));
    QVERIFY(text.contains(u"No dead letter is stored."_s));
}

QTEST_GUILESS_MAIN(WeeklyTest)
#include "tst_weekly.moc"
