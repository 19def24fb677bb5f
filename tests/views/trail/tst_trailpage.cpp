// SPDX-License-Identifier: GPL-3.0-or-later
// The screen Trail through its widgets: four states, a key followed, reading stopped with what there is, ways on.
#include "tests/views/screenstage.h"
#include "tests/views/scriptedprompter.h"
#include "views/trail/trailpage.h"
#include "views/trail/trailwords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statebadge.h"
#include "views/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <condition_variable>
#include <mutex>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

using Kind = TrailEntry::Kind;

TrailEntry entry(Kind kind, qint64 atMs, const QString& channel, const QString& summary)
{
    TrailEntry made;
    made.kind = kind;
    made.at = utcFromMs(atMs);
    made.time = TrailTime::CreateTime;
    made.connection = u"main"_s;
    made.channel = channel;
    made.partition = 3;
    made.offset = Offset{88'120};
    made.eventType = u"order.created"_s;
    made.key = QByteArray("order-4711");
    made.summary = summary;
    return made;
}

Trail story(UtcTime now)
{
    const qint64 ms = toMs(now) - 7'200'000;
    Trail trail;
    trail.entries = {
        entry(Kind::Event, ms, u"orders"_s, u"order.created published, 812 B"_s),
        entry(Kind::Processing, ms + 1'000, u"log"_s, u"payment-service failed after 3 s, Timeout"_s),
        entry(Kind::DeadLetter, ms + 2'000, u"orders.DLT"_s, u"dead letter of payment-service: Timeout; resolved"_s),
        entry(Kind::Replay, ms + 3'000, u"orders"_s, u"replayed by job r-1, confirmed"_s)};
    trail.entries[2].letterId = u"letter-1"_s;
    trail.entries[3].letterId = u"letter-1"_s;
    trail.entries[3].jobId = u"r-1"_s;
    trail.report.records = 40;
    trail.report.positions = 40;
    trail.report.topics = QStringList{u"orders"_s};
    return trail;
}

/// Answers as it was told; the whole trail only when it is let go, or stopped.
class FakeTrails final : public TrailSource
{
public:
    Trail stored;
    Trail whole;
    std::optional<Error> down;
    bool isHeld = false;

    Result<Trail> trail(const TrailRequest& request, TrailProgress* progress, std::stop_token stop) override
    {
        std::unique_lock lock(m_mutex);
        asked.push_back(request);
        if (down)
            return tl::unexpected<Error>(*down);
        if (request.storedOnly)
            return stored;
        if (progress)
            progress->records = 40;
        m_changed.wait(lock, stop, [this] { return !isHeld; });
        Trail answer = whole;
        if (stop.stop_requested())
            answer.report.end = TopicsRead::End::Stopped;
        return answer;
    }
    void letGo()
    {
        const std::lock_guard lock(m_mutex);
        isHeld = false;
        m_changed.notify_all();
    }
    std::size_t times()
    {
        const std::lock_guard lock(m_mutex);
        return asked.size();
    }
    std::vector<TrailRequest> asked; // read when nothing runs

private:
    std::mutex m_mutex; // guards: all of it
    std::condition_variable_any m_changed;
};

} // namespace

class TrailPageTest final : public QObject, protected test::ScreenStage<test::ScriptedPrompter>
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { claimSettings(u"tst_trailpage"_s); }
    void init();
    void cleanup();
    void withoutAKeyItSaysWhatToDo();
    void aKeyIsFollowed();
    void whatIsStoredComesFirst();
    void readingStopsWithWhatThereIs();
    void nothingFoundOffersToLookFurther();
    void aBrokerThatIsAwayLeavesTheRest();
    void aFailureSaysWhy();
    void newSamplesReadNoBrokerAgain();
    void rowsLeadOn();
    void strangersTextIsShown();
    void badInputIsSaid();

private:
    void follow(const QString& key)
    {
        auto* line = m_page->findChild<QLineEdit*>(u"trailKey"_s);
        line->setFocus();
        line->clear();
        QTest::keyClicks(line, key);
        QTest::keyClick(line, Qt::Key_Return);
    }
    [[nodiscard]] QString textOf(const QString& name) const { return m_page->findChild<PlainTextLabel*>(name)->text(); }
    [[nodiscard]] TableView* table() const { return m_page->findChild<TableView*>(u"trailEntries"_s); }

    FakeTrails m_trails;
    TrailPage* m_page = nullptr;
};

void TrailPageTest::init()
{
    set();
    m_trails.stored = {};
    m_trails.whole = story(m_clock.now());
    m_trails.down.reset();
    m_trails.isHeld = false;
    m_trails.asked.clear();
    m_page = add(new TrailPage(context(), m_trails));
    QVERIFY(raise());
}

void TrailPageTest::cleanup()
{
    m_trails.letGo();
    strike();
}

void TrailPageTest::withoutAKeyItSaysWhatToDo()
{
    QVERIFY(m_page->isSettled());
    QCOMPARE(m_page->statePane().state(), StatePane::State::Empty);
    QVERIFY(m_page->statePane().stateText().contains(u"Type a record's key"_s));
    QCOMPARE(m_trails.times(), std::size_t{0});
}

void TrailPageTest::aKeyIsFollowed()
{
    follow(u"order-4711"_s);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_trails.asked.size(), std::size_t{2}); // what is stored, then everything
    QCOMPARE(m_trails.asked.back().key.bytes, QByteArray("order-4711"));
    QCOMPARE(m_trails.asked.back().since, std::optional(Millis{24 * 3'600'000}));
    QCOMPARE(m_page->statePane().state(), StatePane::State::Content);
    QCOMPARE(m_page->headlineText(), u"1 event, processed once, 1 dead letter, 1 replay, within 3 s"_s);
    QCOMPARE(table()->model()->rowCount(), 4);
    const QAbstractItemModelTester tester(table()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(textOf(u"trailSummary"_s), u"order.created published, 812 B"_s);
    const QString facts = textOf(u"trailFacts"_s);
    QVERIFY(facts.contains(u"orders [3] @ 88120"_s));
    QVERIFY2(facts.contains(u"2\u00A0h ago"_s), qPrintable(facts));
    QVERIFY(facts.contains(u"Found by: its key"_s));
    QCOMPARE(m_page->findChild<CommandLine*>()->line(), u"spillwayctl trail order-4711"_s);
    QVERIFY(!m_page->findChild<QPushButton*>(u"trailStop"_s)->isVisible());
    // Each kind has its word, whatever its colour.
    QCOMPARE(trailMark(m_trails.whole.entries[2]).word, u"dead letter"_s);
    QCOMPARE(trailMark(m_trails.whole.entries[3]).tone, Tone::Ok);
    auto* since = m_page->findChild<QComboBox*>(u"trailSince"_s);
    since->setCurrentIndex(since->count() - 1);
    m_page->findChild<QLineEdit*>(u"trailField"_s)->setText(u"payload.order.id"_s);
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"trailFind"_s), Qt::LeftButton);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(!m_trails.asked.back().since);
    QCOMPARE(m_page->findChild<CommandLine*>()->line(),
             u"spillwayctl trail order-4711 --since all --field payload.order.id"_s);
}

void TrailPageTest::whatIsStoredComesFirst()
{
    m_trails.isHeld = true;
    m_trails.stored.entries = {m_trails.whole.entries[2]};
    follow(u"order-4711"_s);
    QTRY_COMPARE(table()->model()->rowCount(), 1);
    QVERIFY(!m_page->isSettled());
    QCOMPARE(m_page->statePane().state(), StatePane::State::Content);
    m_trails.letGo();
    QTRY_COMPARE(table()->model()->rowCount(), 4);
    QTRY_VERIFY(m_page->isSettled());
}

void TrailPageTest::readingStopsWithWhatThereIs()
{
    m_trails.isHeld = true;
    m_trails.whole.entries.resize(1);
    follow(u"order-4711"_s);
    auto* stop = m_page->findChild<QPushButton*>(u"trailStop"_s);
    QTRY_VERIFY(stop->isVisible());
    QTRY_COMPARE(m_trails.times(), std::size_t{2});
    QVERIFY(m_page->leave());
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(table()->model()->rowCount(), 1);
    QVERIFY(!stop->isVisible());
    QVERIFY(!m_page->leave());
}

void TrailPageTest::nothingFoundOffersToLookFurther()
{
    m_trails.whole.entries.clear();
    follow(u"order-1"_s);
    QTRY_VERIFY(m_page->isSettled());
    QTRY_COMPARE(m_page->statePane().state(), StatePane::State::Empty);
    QVERIFY(m_page->statePane().stateText().contains(u"Nothing found"_s));
    QCOMPARE(m_page->headlineText(), u"Nothing with this key or id was found"_s);
}

void TrailPageTest::aBrokerThatIsAwayLeavesTheRest()
{
    m_trails.whole.report.failures.push_back({u"other"_s, {}, {ErrorCode::Unreachable, u"broker2:9092 is silent"_s}});
    follow(u"order-4711"_s);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(table()->model()->rowCount(), 4);
    QVERIFY(table()->isVisible());
    QVERIFY2(m_page->statePane().stateText().contains(u"other: broker2:9092 is silent"_s),
             qPrintable(m_page->statePane().stateText()));
}

void TrailPageTest::aFailureSaysWhy()
{
    m_trails.down = Error{ErrorCode::Unreachable, u"samples.sqlite is not there"_s};
    follow(u"order-4711"_s);
    QTRY_COMPARE(m_page->statePane().state(), StatePane::State::Failed);
    QVERIFY(m_page->statePane().stateText().contains(u"samples.sqlite is not there"_s));
}

void TrailPageTest::newSamplesReadNoBrokerAgain()
{
    follow(u"order-4711"_s);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_trails.times(), std::size_t{2});
    m_page->refresh();
    QVERIFY(m_page->isSettled());
    QCOMPARE(m_trails.times(), std::size_t{2});
}

void TrailPageTest::rowsLeadOn()
{
    QSignalSpy links(m_page, &Page::linkActivated);
    follow(u"order-4711"_s);
    QTRY_VERIFY(m_page->isSettled());
    const auto lastLink = [&links] { return links.back().front().value<PageLink>(); };
    table()->selectRow(2);
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"trailLetter"_s), Qt::LeftButton);
    QCOMPARE(lastLink(), (PageLink{u"dead-letters"_s, u"channel:orders.DLT key:order-4711"_s}));
    table()->selectRow(3);
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"trailJob"_s), Qt::LeftButton);
    QCOMPARE(lastLink(), (PageLink{u"replays"_s, u"r-1"_s}));
    table()->selectRow(0);
    QVERIFY(!m_page->findChild<QPushButton*>(u"trailJob"_s)->isVisible());
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"trailFilter"_s), Qt::LeftButton);
    QCOMPARE(lastLink(), (PageLink{u"dead-letters"_s, u"key:order-4711"_s}));
    // A key that masks hide finds nothing: no way on is offered.
    m_trails.whole.entries[0].key = maskMark.toByteArray();
    m_trails.whole.entries[0].match = {TrailMatch::By::Header, u"event_id"_s};
    m_page->open(u"e-1"_s);
    QTRY_VERIFY(m_page->isSettled());
    table()->selectRow(0);
    QVERIFY(!m_page->findChild<QPushButton*>(u"trailFilter"_s)->isVisible());
}

void TrailPageTest::strangersTextIsShown()
{
    m_trails.whole.entries[0].summary = u"Evil\x1b[31m\u202e published"_s;
    m_trails.whole.entries[0].key = QByteArray("k\x1b");
    follow(u"order-4711"_s);
    QTRY_VERIFY(m_page->isSettled());
    const QString shown = textOf(u"trailSummary"_s) + textOf(u"trailFacts"_s);
    QVERIFY(!shown.contains(QChar(0x1b)));
    QVERIFY(!shown.contains(QChar(0x202e)));
    for (int column = 0; column < table()->model()->columnCount(); ++column) {
        const QString cell = table()->model()->index(0, column).data().toString();
        QVERIFY(!cell.contains(QChar(0x1b)) && !cell.contains(QChar(0x202e)));
    }
}

void TrailPageTest::badInputIsSaid()
{
    QSignalSpy said(m_page, &Page::said);
    follow(QString());
    QCOMPARE(said.size(), 1);
    QVERIFY(said.front().front().toString().contains(u"KEY is empty"_s));
    m_page->findChild<QLineEdit*>(u"trailField"_s)->setText(u"header."_s);
    follow(u"order-4711"_s);
    QCOMPARE(said.size(), 2);
    QCOMPARE(m_trails.times(), std::size_t{0});
}

QTEST_MAIN(TrailPageTest)
#include "tst_trailpage.moc"
