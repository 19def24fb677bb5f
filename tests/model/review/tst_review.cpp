// SPDX-License-Identifier: GPL-3.0-or-later
// A review as events: what follows from them, and what may follow next.
#include "model/review/review.h"
#include "tests/support/manualclock.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

/// A ledger in a folder, and the reviews that its file tells.
class Meeting
{
public:
    Meeting()
        : m_ledger(std::move(*Ledger::open(file(), clock)))
    {
    }
    [[nodiscard]] QString file() const { return m_folder.filePath(u"ledger.sqlite"_s); }
    [[nodiscard]] ReviewBook book() const { return *readReviewsFrom(file()); }

    QString open(const QStringList& agenda, const QStringList& participants = {})
    {
        const ReviewBook known = book();
        auto draft = openingDraft(
            known, {.participants = participants, .agenda = agenda, .since = known.since(clock.now(), reviewInterval)},
            u"ana"_s, clock.now());
        if (!draft)
            return {};
        (void)m_ledger->append({draft->draft});
        return draft->id;
    }
    bool decide(const QString& group, ReviewVerdict verdict)
    {
        ReviewDecision decision{.group = group, .title = u"title of "_s + group, .open = 7, .verdict = verdict};
        decision.action = {u"look"_s, u"kim"_s, QDate(2026, 12, 3)};
        const auto draft = decisionDraft(book(), decision, u"ana"_s);
        return draft && m_ledger->append({*draft});
    }
    bool close(const QStringList& undecided = {})
    {
        const auto draft = closingDraft(book(), undecided, u"ana"_s);
        return draft && m_ledger->append({*draft});
    }
    /// @param rest  further members of the event's body
    bool undo(std::int64_t seq, const QByteArray& rest = {})
    {
        return m_ledger
            ->append(u"kim"_s, u"review.undone"_s,
                     R"({"decision":"d1","reverts":[)" + QByteArray::number(qlonglong{seq}) + R"(],"reason":null)" +
                         rest + '}')
            .has_value();
    }

    test::ManualClock clock;

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Ledger> m_ledger;
};

} // namespace

class ReviewTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void noLedgerNoReviews();
    void whatIsUndecidedOrWatchedIsCarriedOver();
    void theLastDecisionOnAGroupCounts();
    void aWordTakenBackIsSaidNoLonger();
    void theFormerWordCountsAgainWhereTheUndoSaysSo();
    void aWordTakenBackAfterTheEndIsCarriedOver();
    void whatBecameOfADecisionIsSaid();
    void twoReviewsAreNotOpenAtOnce();
    void whoIsThereHasAPlainName_data();
    void whoIsThereHasAPlainName();
    void aSecondReviewOfADayHasANumber();
    void nothingIsDecidedWithoutAReview();
    void sinceIsTheLastReviewsOpening();
    void wordsAreReadOrRefused_data();
    void wordsAreReadOrRefused();
    void mergedGroupsAreOne();
    void aBrokenEventIsNamed();
};

void ReviewTest::noLedgerNoReviews()
{
    const auto book = readReviewsFrom(u"/nowhere/ledger.sqlite"_s);
    QVERIFY(book);
    QVERIFY(book->reviews.empty());
    QVERIFY(!book->open());
    QVERIFY(book->carriedOver().isEmpty());
}

void ReviewTest::whatIsUndecidedOrWatchedIsCarriedOver()
{
    Meeting meeting;
    QCOMPARE(meeting.open({u"g1"_s, u"g2"_s, u"g3"_s}, {u"Ana"_s, u"Kim"_s}), u"r-2026-09-21"_s);
    QVERIFY(meeting.decide(u"g1"_s, ReviewVerdict::Archive));
    QVERIFY(meeting.decide(u"g2"_s, ReviewVerdict::Watch));
    QVERIFY(meeting.book().carriedOver().isEmpty()); // it is not over yet
    QVERIFY(meeting.close({u"g3"_s}));
    const ReviewBook book = meeting.book();
    QCOMPARE(book.reviews.size(), std::size_t{1});
    QVERIFY(!book.open());
    const Review& review = book.reviews.front();
    QCOMPARE(review.participants, (QStringList{u"Ana"_s, u"Kim"_s}));
    QCOMPARE(review.undecided, QStringList{u"g3"_s});
    QCOMPARE(book.carriedOver(), (QStringList{u"g3"_s, u"g2"_s}));
    const ReviewDecision& archived = review.decisions.at(u"g1"_s);
    QCOMPARE(archived.title, u"title of g1"_s);
    QCOMPARE(archived.open, 7);
    QCOMPARE(archived.decidedBy, u"ana"_s);
    QCOMPARE(archived.action, (ReviewAction{u"look"_s, u"kim"_s, QDate(2026, 12, 3)}));
}

void ReviewTest::theLastDecisionOnAGroupCounts()
{
    Meeting meeting;
    meeting.open({u"g1"_s});
    QVERIFY(meeting.decide(u"g1"_s, ReviewVerdict::Watch));
    QVERIFY(meeting.decide(u"g1"_s, ReviewVerdict::Replay));
    QVERIFY(meeting.close());
    QCOMPARE(meeting.book().reviews.front().decisions.at(u"g1"_s).verdict, ReviewVerdict::Replay);
    QVERIFY(meeting.book().carriedOver().isEmpty());
    const Review review = meeting.book().reviews.front();
    QCOMPARE(review.former.size(), std::size_t{1});
    QCOMPARE(review.former.front().verdict, ReviewVerdict::Watch);
    QCOMPARE(review.former.front().endedBy, u"ana"_s);
    QVERIFY(!review.former.front().isTakenBack);
    QCOMPARE(review.former.front().action.what, u"look"_s); // nobody's action is lost
}

void ReviewTest::aWordTakenBackIsSaidNoLonger()
{
    Meeting meeting;
    meeting.open({u"g1"_s});
    QVERIFY(meeting.decide(u"g1"_s, ReviewVerdict::Archive));
    const std::int64_t seq = meeting.book().open()->decisions.at(u"g1"_s).seq;
    QVERIFY(seq > 0);
    QVERIFY(meeting.undo(seq));
    const Review review = *meeting.book().open();
    QVERIFY(review.decisions.empty());
    QVERIFY(review.former.front().isTakenBack);
    QCOMPARE(review.former.front().endedBy, u"kim"_s);
    QVERIFY(meeting.undo(seq)); // of what does not stand: nothing happens
    QCOMPARE(meeting.book().open()->former.size(), std::size_t{1});
}

void ReviewTest::theFormerWordCountsAgainWhereTheUndoSaysSo()
{
    Meeting meeting;
    meeting.open({u"g1"_s});
    QVERIFY(meeting.decide(u"g1"_s, ReviewVerdict::Watch));    // event 2
    QVERIFY(meeting.decide(u"g1"_s, ReviewVerdict::FixFirst)); // event 3
    const ReviewDecision second = meeting.book().open()->decisions.at(u"g1"_s);
    QVERIFY(meeting.decide(u"g1"_s, ReviewVerdict::Replay)); // event 4
    QVERIFY(meeting.undo(4, R"(,"formerCounts":true)"));
    ReviewBook book = meeting.book();
    QCOMPARE(book.open()->decisions.at(u"g1"_s), second);
    QCOMPARE(book.open()->former.size(), std::size_t{2});
    QCOMPARE(book.open()->former.back().seq, 4);
    QVERIFY(book.open()->former.back().isTakenBack);
    QVERIFY(!book.open()->former.front().isTakenBack); // the first is still replaced
    QVERIFY(meeting.undo(2));                          // while another counts
    QVERIFY(meeting.undo(3, R"(,"formerCounts":true)"));
    book = meeting.book();
    QVERIFY(book.open()->decisions.empty()); // the first was taken back itself
    QCOMPARE(book.open()->former.size(), std::size_t{3});
}

void ReviewTest::aWordTakenBackAfterTheEndIsCarriedOver()
{
    Meeting meeting;
    meeting.open({u"g1"_s, u"g2"_s});
    QVERIFY(meeting.decide(u"g1"_s, ReviewVerdict::Archive));
    QVERIFY(meeting.decide(u"g2"_s, ReviewVerdict::Replay));
    const std::int64_t seq = meeting.book().open()->decisions.at(u"g1"_s).seq;
    QVERIFY(meeting.close());
    QVERIFY(meeting.book().carriedOver().isEmpty());
    QVERIFY(meeting.undo(seq));
    QCOMPARE(meeting.book().carriedOver(), QStringList{u"g1"_s});
    QCOMPARE(meeting.book().reviews.front().decisions.size(), std::size_t{1});
}

void ReviewTest::whatBecameOfADecisionIsSaid()
{
    QCOMPARE(reviewOutcomeText({}), QString());
    ReviewDecision other{.verdict = ReviewVerdict::Archive};
    other.note = u"test data"_s;
    other.action = {u"stop the test"_s, u"kim"_s, QDate(2026, 12, 3)};
    other.decidedBy = u"bob"_s;
    ReviewOutcome outcome;
    outcome.changed = 1;
    outcome.restored = 20;
    outcome.replaced = other;
    QCOMPARE(reviewOutcomeText(outcome),
             u"replaces bob's: archive, test data; stop the test (kim, until 2026-12-03); 20 letters are open again; "
             "1 letter changed"_s);
}

void ReviewTest::twoReviewsAreNotOpenAtOnce()
{
    Meeting meeting;
    const QString first = meeting.open({});
    const auto second = openingDraft(meeting.book(), {}, u"kim"_s, meeting.clock.now());
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::Conflict);
    QVERIFY(second.error().detail.contains(first));
}

void ReviewTest::whoIsThereHasAPlainName_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<bool>("fits");
    QTest::newRow("nobody is named") << QStringList() << true;
    QTest::newRow("two people") << QStringList{u"Ana"_s, u"Kim Lê"_s} << true;
    QTest::newRow("200 characters") << QStringList{QString(200, u'x')} << true;
    QTest::newRow("201 characters") << QStringList{QString(201, u'x')} << false;
    QTest::newRow("only blanks") << QStringList{u"Ana"_s, u"  "_s} << false;
    QTest::newRow("written backwards") << QStringList{u"An\u202Ea"_s} << false;
    QTest::newRow("a terminal's escape") << QStringList{u"An\u001B[31ma"_s} << false;
    QTest::newRow("a hundred and one") << QStringList(101, u"Ana"_s) << false;
}

void ReviewTest::whoIsThereHasAPlainName()
{
    QFETCH(const QStringList, names);
    QFETCH(const bool, fits);
    Meeting meeting;
    QCOMPARE(meeting.open({u"g1"_s}, names).isEmpty(), !fits);
    QCOMPARE(meeting.book().open() != nullptr, fits);
}

void ReviewTest::aSecondReviewOfADayHasANumber()
{
    Meeting meeting;
    QCOMPARE(meeting.open({}), u"r-2026-09-21"_s);
    QVERIFY(meeting.close());
    QCOMPARE(meeting.open({}), u"r-2026-09-21-2"_s);
    QVERIFY(meeting.book().find(u"r-2026-09-21"_s));
    QVERIFY(!meeting.book().find(u"r-2026-09-22"_s));
}

void ReviewTest::nothingIsDecidedWithoutAReview()
{
    Meeting meeting;
    QVERIFY(!meeting.decide(u"g1"_s, ReviewVerdict::Replay));
    QVERIFY(!meeting.close());
    const auto draft = closingDraft(meeting.book(), {}, u"ana"_s);
    QCOMPARE(draft.error().code, ErrorCode::InvalidConfig);
    QVERIFY(draft.error().detail.contains(u"spillwayctl review open"_s));
}

void ReviewTest::sinceIsTheLastReviewsOpening()
{
    Meeting meeting;
    const UtcTime first = meeting.clock.now();
    QCOMPARE(meeting.book().since(first, reviewInterval), first - reviewInterval);
    meeting.open({});
    QVERIFY(meeting.close());
    meeting.clock.advance(reviewInterval);
    QCOMPARE(meeting.book().since(meeting.clock.now(), reviewInterval), first);
}

void ReviewTest::wordsAreReadOrRefused_data()
{
    QTest::addColumn<QStringList>("words"); // verdict, note, action, who, due
    QTest::addColumn<QString>("refusal");   // part of it; empty: it is read
    QTest::newRow("replay needs nothing more") << QStringList{u"replay"_s, u""_s, u""_s, u""_s, u""_s} << QString();
    QTest::newRow("an action with a day")
        << QStringList{u"fixFirst"_s, u"no"_s, u"mend"_s, u"kim"_s, u"2026-12-03"_s} << QString();
    QTest::newRow("no such verdict") << QStringList{u"drop"_s, u""_s, u""_s, u""_s, u""_s}
                                     << u"write replay, fixFirst"_s;
    QTest::newRow("an empty verdict") << QStringList{u""_s, u""_s, u""_s, u""_s, u""_s} << u"write replay, fixFirst"_s;
    QTest::newRow("assigned to nobody") << QStringList{u"assign"_s, u""_s, u""_s, u" "_s, u""_s} << u"say who"_s;
    QTest::newRow("archived without a reason")
        << QStringList{u"archive"_s, u" "_s, u""_s, u""_s, u""_s} << u"say why"_s;
    QTest::newRow("no day") << QStringList{u"watch"_s, u""_s, u"look"_s, u""_s, u"Friday"_s} << u"2026-12-03"_s;
    QTest::newRow("the 31st of a short month")
        << QStringList{u"watch"_s, u""_s, u"look"_s, u""_s, u"2026-11-31"_s} << u"is no day"_s;
    QTest::newRow("a day that is over") << QStringList{u"watch"_s, u""_s, u"look"_s, u""_s, u"2026-11-26"_s}
                                        << u"write a day from 2026-11-27 on"_s;
    QTest::newRow("the day of the meeting")
        << QStringList{u"watch"_s, u""_s, u"look"_s, u""_s, u"2026-11-27"_s} << QString();
    QTest::newRow("a name with marks that nobody sees")
        << QStringList{u"assign"_s, u""_s, u""_s, u"x\u202Ey"_s, u""_s} << u"x\\u{202E}y"_s;
    QTest::newRow("a day without an action")
        << QStringList{u"watch"_s, u""_s, u""_s, u""_s, u"2026-12-03"_s} << u"say what is to be done"_s;
    QTest::newRow("a note too long") << QStringList{u"watch"_s, QString(2001, u'x'), u""_s, u""_s, u""_s}
                                     << u"longer than 2000"_s;
}

void ReviewTest::wordsAreReadOrRefused()
{
    QFETCH(QStringList, words);
    QFETCH(QString, refusal);
    const auto decision = readReviewWords(
        {.verdict = words[0], .note = words[1], .action = words[2], .who = words[3], .due = words[4], .seen = {}},
        QDate(2026, 11, 27));
    QCOMPARE(decision.has_value(), refusal.isEmpty());
    if (!decision) {
        QCOMPARE(decision.error().code, ErrorCode::InvalidConfig);
        QVERIFY2(decision.error().detail.contains(refusal), qPrintable(decision.error().detail));
        return;
    }
    QCOMPARE(reviewVerdictWord(decision->verdict), words[0]);
    QCOMPARE(decision->action.due.has_value(), !words[4].isEmpty());
}

void ReviewTest::mergedGroupsAreOne()
{
    Meeting meeting;
    meeting.open({u"g1"_s, u"g2"_s, u"g3"_s, u"g4"_s});
    QVERIFY(meeting.decide(u"g1"_s, ReviewVerdict::Archive));
    meeting.clock.advance(Millis{1'000});
    QVERIFY(meeting.decide(u"g2"_s, ReviewVerdict::Watch));
    QVERIFY(meeting.close({u"g3"_s, u"g4"_s}));
    const ReviewBook book = withPresentGroups(meeting.book(), [](const QString& id) {
        return id == u"g1"_s || id == u"g3"_s ? u"g2"_s : id; // both went into g2
    });
    const Review& review = book.reviews.front();
    QCOMPARE(review.agenda, (QStringList{u"g2"_s, u"g4"_s}));
    QCOMPARE(review.decisions.size(), std::size_t{1});
    QCOMPARE(review.decisions.at(u"g2"_s).verdict, ReviewVerdict::Watch); // the newer word
    QCOMPARE(review.former.size(), std::size_t{1});
    QCOMPARE(review.undecided, QStringList{u"g4"_s});
    QCOMPARE(book.carriedOver(), (QStringList{u"g4"_s, u"g2"_s}));
}

void ReviewTest::aBrokenEventIsNamed()
{
    const LedgerEvent decided{.seq = 41, .at = {}, .actor = u"x"_s, .type = u"review.decided"_s, .body = "{}"};
    const auto book = readReviews({decided});
    QVERIFY(!book);
    QCOMPARE(book.error().code, ErrorCode::Corrupt);
    QVERIFY(book.error().detail.contains(u"41"_s));
    const LedgerEvent other{.seq = 42, .at = {}, .actor = u"x"_s, .type = u"review.from-the-future"_s, .body = "{}"};
    QVERIFY(readReviews({other}));
}

QTEST_GUILESS_MAIN(ReviewTest)
#include "tst_review.moc"
