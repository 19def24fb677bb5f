// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/fakedatasource.h"
#include "tests/views/screenstage.h"
#include "tests/views/scriptedprompter.h"
#include "views/deadletters/deadletterspage.h"
#include "views/deadletters/decisionpanel.h"
#include "views/deadletters/grouplist.h"
#include "views/deadletters/grouppane.h"
#include "views/deadletters/inspector.h"
#include "views/deadletters/lettererasing.h"
#include "views/shell/workbar.h"
#include "views/widgets/filterfield.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

/// What is done with many letters at once: frozen lists, long work that tells how far it is and stops, views that keep
/// how the screen looked, rows while they are found, marks.
class LettersAtOnceTest final : public QObject, protected test::ScreenStage<test::ScriptedPrompter>
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void aDecisionIsAboutWhatWasThere();
    void aReplayIsAboutWhatWasThere();
    void chosenMessagesNeedNoFreezing();
    void lettersAreSplitOff();
    void regroupingShowsWhatItWouldDoFirst();
    void longWorkSaysHowFarAndStops();
    void anExportIsCancelled();
    void knownErrorsComeFromAFileOnceAsked();
    void aViewKeepsHowTheScreenLooked();
    void rowsStandBeforeTheSearchEnds();
    void aLinkIsReadBeforeItIsOpened();
    void aTagIsTakenOffByItsCross();
    void theSourceSaysUntilWhenItIsKept();
    void theSourceKeepsUpWithTheClock();
    void theFirstGroupIsChosen();
    void typingChoosesNoOtherGroup();
    void whileLettersAreCountedNoneIsChosen();
    void aFilterThatFailsLeavesNothingToActOn_data();
    void aFilterThatFailsLeavesNothingToActOn();
    void aFailureOfTheSameQuestionLeavesItsRows();
    void whatALetterSaysIsErasedOnceConfirmed();
    void nothingIsErasedUnlessConfirmed();
    void theQuestionSaysWhatGoesAndWhatStays_data();
    void theQuestionSaysWhatGoesAndWhatStays();
    void anErasureSaysWhatIsLeftToDo_data();
    void anErasureSaysWhatIsLeftToDo();

private:
    template<typename T>
    T* find(const QString& name = {})
    {
        return m_page->findChild<T*>(name);
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(m_window->focusWidget(), key, modifiers);
    }
    QStringList lettersOf(const QString& group)
    {
        QStringList ids;
        for (const DeadLetter& letter : m_source->deadLetters) {
            if (letter.group == group)
                ids << letter.id;
        }
        return ids;
    }
    void chooseMore(const QString& beginning);
    QStringList heard();
    DeadLettersPage* m_page = nullptr;
    std::unique_ptr<QSignalSpy> m_said;
};

void LettersAtOnceTest::initTestCase()
{
    claimSettings(u"tst_lettersatonce"_s);
}

void LettersAtOnceTest::init()
{
    set();
    m_page = add(new DeadLettersPage(context()));
    m_said = std::make_unique<QSignalSpy>(m_page, &Page::said);
    QVERIFY(raise());
    QTRY_VERIFY(m_page->isSettled());
    QTRY_VERIFY(find<GroupList>(u"letterGroups"_s)->hasFocus());
}

void LettersAtOnceTest::cleanup()
{
    strike();
}

QStringList LettersAtOnceTest::heard()
{
    QStringList sentences;
    for (const QList<QVariant>& each : *m_said)
        sentences << each.first().toString();
    return sentences;
}

void LettersAtOnceTest::chooseMore(const QString& beginning)
{
    find<QPushButton>(u"moreLetterActions"_s)->click();
    auto* menu = find<QMenu>(u"moreActions"_s);
    QVERIFY(menu);
    for (QAction* action : menu->actions()) {
        if (action->text().remove(u'&').startsWith(beginning))
            action->trigger();
    }
    menu->close();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

void LettersAtOnceTest::aDecisionIsAboutWhatWasThere()
{
    m_source->arrivals = 3;
    const QStringList ids = lettersOf(u"g1"_s);
    press(Qt::Key_P);
    QTRY_COMPARE(m_source->intents().filter(u"triage "_s),
                 QStringList{u"triage %1||parked|because|"_s.arg(ids.join(u','))});
    QVERIFY2(m_prompter->asked.front().title.contains(u"as of"_s), qPrintable(m_prompter->asked.front().title));
    QVERIFY(m_prompter->asked.front().title.contains(QString::number(ids.size())));
    QTRY_VERIFY2(heard().filter(u"arrived since, not changed: 3 letters"_s).size() == 1,
                 qPrintable(heard().join(u'\n')));
}

void LettersAtOnceTest::aReplayIsAboutWhatWasThere()
{
    press(Qt::Key_R);
    QTRY_COMPARE(m_source->intents().filter(u"plan "_s).size(), 1);
    const QString plan = m_source->intents().filter(u"plan "_s).first();
    QVERIFY2(plan.contains(lettersOf(u"g1"_s).join(u',')), qPrintable(plan));
}

void LettersAtOnceTest::chosenMessagesNeedNoFreezing()
{
    m_source->arrivals = 3;
    press(Qt::Key_M);
    press(Qt::Key_P);
    QTRY_COMPARE(m_source->intents().filter(u"triage "_s).size(), 1);
    QTRY_VERIFY(!heard().isEmpty());
    QVERIFY(heard().filter(u"arrived since"_s).isEmpty());
}

void LettersAtOnceTest::aFilterThatFailsLeavesNothingToActOn_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("detail");
    QTest::addColumn<QString>("says");
    QTest::addColumn<QString>("next");
    const auto row = [](const char* name, ErrorCode code, const QString& detail, const QString& says,
                        const QString& next) { QTest::newRow(name) << int(code) << detail << says << next; };
    row("the filter itself", ErrorCode::InvalidConfig, u"query: the expression is too costly; write another"_s,
        u"The filter has a fault: the expression is too costly; write another."_s, u"Remove the filter"_s);
    row("the filter itself, at a place", ErrorCode::InvalidConfig,
        u"query, column 7: the expression is too costly; write another"_s,
        u"The filter has a fault: column 7: the expression is too costly; write another."_s, u"Remove the filter"_s);
    row("the store beneath it", ErrorCode::Corrupt, u"samples.sqlite is damaged"_s,
        u"A stored file is damaged. samples.sqlite is damaged"_s, u"Try again"_s);
}

void LettersAtOnceTest::aFilterThatFailsLeavesNothingToActOn()
{
    QFETCH(int, code);
    QFETCH(QString, detail);
    QFETCH(QString, says);
    QFETCH(QString, next);
    auto* groups = find<GroupList>(u"letterGroups"_s);
    QVERIFY(groups->current());
    const QString before = m_page->headlineText();
    m_source->failWith(Error{static_cast<ErrorCode>(code), detail});
    m_page->open(u"key~x"_s);
    QTRY_VERIFY(m_page->isSettled());
    for (int again = 0; again < 2; ++again) { // also when the data moves
        QVERIFY(!groups->current());
        QCOMPARE(find<TableView>(u"letters"_s)->presented().rowCount(), 0);
        QVERIFY(m_page->headlineText() != before);
        QVERIFY(!find<QPushButton>(u"replayLetters"_s)->isEnabled());
        const QString told = m_page->statePane().stateText();
        QVERIFY2(told.contains(says) && told.contains(next) && !told.contains(u"stays below"_s), qPrintable(told));
        m_page->refresh();
        QTRY_VERIFY(m_page->isSettled());
    }
    press(Qt::Key_P);
    QVERIFY(m_source->intents().filter(u"triage "_s).isEmpty());
    m_source->failWith(std::nullopt);
    m_page->open({});
    QTRY_VERIFY(groups->current());
    QCOMPARE(m_page->headlineText(), before);
    QCOMPARE(m_page->statePane().state(), StatePane::State::Content);
}

void LettersAtOnceTest::aFailureOfTheSameQuestionLeavesItsRows()
{
    auto* groups = find<GroupList>(u"letterGroups"_s);
    m_source->failWith(Error{ErrorCode::Corrupt, u"samples.sqlite is damaged"_s});
    m_page->refresh();
    QTRY_COMPARE(m_page->statePane().state(), StatePane::State::Failed);
    QVERIFY(groups->current());
    QVERIFY(m_page->statePane().stateText().contains(u"stays below"_s));
}

void LettersAtOnceTest::lettersAreSplitOff()
{
    press(Qt::Key_S, Qt::ShiftModifier);
    QTRY_COMPARE(m_source->intents().filter(u"split "_s),
                 QStringList{u"split %1|as named|because"_s.arg(lettersOf(u"g1"_s).join(u','))});
    QTRY_VERIFY(!heard().filter(u"g0123456789ab"_s).isEmpty());
}

void LettersAtOnceTest::regroupingShowsWhatItWouldDoFirst()
{
    m_source->regrouping = {
        .letters = 24,
        .moved = 5,
        .groupsBefore = 3,
        .groupsAfter = 4,
        .moves = {{.from = u"g1"_s, .fromTitle = u"one"_s, .into = u"g9"_s, .intoTitle = u"nine"_s, .letters = 5}}};
    chooseMore(u"Group everything"_s);
    QTRY_COMPARE(m_source->intents().filter(u"regroup "_s), (QStringList{u"regroup preview"_s, u"regroup because"_s}));
    const ConfirmRequest& asked = m_prompter->asked.front();
    QCOMPARE(asked.facts.at(1).second, u"3 now, 4 then"_s);
    QVERIFY(asked.facts.back().second.contains(u"one → nine"_s));
    QTRY_VERIFY(!heard().filter(u"in another group now"_s).isEmpty());
    QVERIFY(!find<WorkBar>()->isWorking());
}

void LettersAtOnceTest::longWorkSaysHowFarAndStops()
{
    m_source->regrouping = {.letters = 24, .moved = 5, .groupsBefore = 3, .groupsAfter = 4, .moves = {}};
    m_source->isHeld = true;
    chooseMore(u"Group everything"_s);
    auto* bar = find<WorkBar>();
    QTRY_VERIFY(bar->isVisible());
    const QString figures = bar->findChild<PlainTextLabel*>(u"workFigures"_s)->fullText();
    QVERIFY2(figures.contains(u"200"_s) && figures.contains(u"3"_s), qPrintable(figures)); // 1 200 of 3 000
    bar->findChild<QPushButton*>(u"cancelWork"_s)->click();
    QVERIFY(!bar->isVisible());
    waitForLoads(); // it ended, though nobody lets it go
    QVERIFY(m_prompter->asked.empty());
    QTRY_VERIFY(m_page->isSettled());
}

void LettersAtOnceTest::anExportIsCancelled()
{
    m_source->isHeld = true;
    m_prompter->file = u"/nowhere/letters.csv"_s;
    press(Qt::Key_E, Qt::ShiftModifier);
    QTRY_VERIFY(find<WorkBar>()->isVisible());
    press(Qt::Key_Escape);
    QVERIFY(!find<WorkBar>()->isWorking());
    waitForLoads();
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(!heard().filter(u"Stopped"_s).isEmpty());
}

void LettersAtOnceTest::knownErrorsComeFromAFileOnceAsked()
{
    m_prompter->file = u"/team/known-errors.yaml"_s;
    m_source->knownFile.actions = {
        {u"g0123456789ab"_s, KnownError{.kind = FailureKind::Business, .cause = u"sold out"_s}, u"as in March"_s}};
    m_source->knownFile.skipped = {u"Odd: no letter like it is stored"_s};
    chooseMore(u"Import known"_s);
    QTRY_COMPARE(m_source->intents().filter(u"act "_s).size(), 1);
    QVERIFY(m_prompter->asked.front().facts.back().second.contains(u"no letter like it"_s));
    chooseMore(u"Export known"_s);
    QTRY_VERIFY(m_source->intents().contains(u"known export /team/known-errors.yaml"_s));
}

void LettersAtOnceTest::aViewKeepsHowTheScreenLooked()
{
    auto* letters = find<TableView>(u"letters"_s);
    auto* pane = m_page->findChild<GroupPane*>();
    letters->arrangeColumns({3, 1});
    letters->sortByColumn(1, Qt::DescendingOrder);
    pane->setPivot({u"consumer"_s, u"kind"_s});
    const auto openViews = [&] {
        find<QAction>(u"filterMenu"_s)->trigger();
        QTRY_VERIFY(find<QMenu>(u"savedViews"_s));
    };
    const auto choose = [&](const QString& name) {
        for (QAction* action : find<QMenu>(u"savedViews"_s)->actions()) {
            if (action->text() == name)
                action->trigger();
        }
        find<QMenu>(u"savedViews"_s)->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    };
    openViews();
    choose(u"Save filter, columns and order as a view…"_s);
    QTRY_COMPARE(m_source->saved.size(), std::size_t{2});
    const SavedView view = m_source->saved.back();
    QCOMPARE(view.columns, (QStringList{u"message"_s, u"key"_s}));
    QCOMPARE(view.sort, u"-key"_s);
    QCOMPARE(view.pivot, (QStringList{u"consumer"_s, u"kind"_s}));
    letters->arrangeColumns({0, 1, 2, 4});
    letters->sortByColumn(0, Qt::AscendingOrder);
    pane->setPivot({});
    openViews();
    choose(u"as named"_s);
    QCOMPARE(letters->visibleColumns(), (std::vector<int>{3, 1}));
    QCOMPARE(letters->order(), std::optional(std::pair(1, Qt::DescendingOrder)));
    QCOMPARE(pane->pivot(), view.pivot);
    QTRY_VERIFY(m_page->isSettled());
}

void LettersAtOnceTest::rowsStandBeforeTheSearchEnds()
{
    auto* letters = find<TableView>(u"letters"_s);
    m_source->isSearchHeld = true;
    m_page->open(u"kind:schema"_s);
    // The search goes on, and the first rows are there to look at.
    QTRY_COMPARE(letters->presented().rowCount(), 2);
    QVERIFY(m_page->findChild<PlainTextLabel*>(u"lettersMore"_s)->fullText().contains(u"of 1"_s));
    press(Qt::Key_Escape);
    QTRY_VERIFY(m_page->findChild<PlainTextLabel*>(u"lettersMore"_s)->fullText().startsWith(u"Stopped: "_s));
    QCOMPARE(letters->presented().rowCount(), 2); // what was found stays
    m_source->isSearchHeld = false;
}

void LettersAtOnceTest::aLinkIsReadBeforeItIsOpened()
{
    m_source->sheet.links = {{u"https://wiki.example.com/a?b=1&c=2"_s, u"runbook"_s}};
    m_source->sheet.known = KnownErrorEntry{};
    m_source->sheet.known->error.link = u"https://wiki.example.com/known"_s;
    Q_EMIT m_source->changed();
    press(Qt::Key_N);
    auto* panel = find<DecisionPanel>(u"decisionPanel"_s);
    QTRY_COMPARE(panel->findChildren<QPushButton*>(u"link"_s).size(), 2);
    m_prompter->given.isAccepted = false;
    panel->findChildren<QPushButton*>(u"link"_s).last()->click();
    QCOMPARE(m_prompter->asked.back().facts.front().second, u"https://wiki.example.com/a?b=1&c=2"_s);
    QVERIFY(m_prompter->opened.isEmpty());
    m_prompter->given.isAccepted = true;
    panel->findChildren<QPushButton*>(u"link"_s).last()->click();
    QCOMPARE(m_prompter->opened, QStringList{u"https://wiki.example.com/a?b=1&c=2"_s});
    press(Qt::Key_L, Qt::ShiftModifier);
    auto* field = find<QLineEdit>(u"noteLink"_s);
    QTRY_VERIFY(field->hasFocus());
    QTest::keyClicks(field, u"https://x.example/1 the post mortem"_s);
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_COMPARE(m_source->intents().filter(u"act "_s).size(), 1);
    const auto action = actionFromJson(m_source->intents().filter(u"act "_s).first().sliced(4).toUtf8());
    QCOMPARE(std::get<LinkAction>(*action).title, u"the post mortem"_s);
}

void LettersAtOnceTest::aTagIsTakenOffByItsCross()
{
    m_source->sheet.tags = {u"psp"_s, u"vip"_s};
    Q_EMIT m_source->changed();
    press(Qt::Key_N);
    auto* panel = find<DecisionPanel>(u"decisionPanel"_s);
    QTRY_COMPARE(panel->findChildren<QPushButton*>(u"tag"_s).size(), 2);
    panel->findChildren<QToolButton*>(u"markRemove"_s).first()->click();
    QTRY_COMPARE(m_source->intents().filter(u"act "_s).size(), 1);
    const auto action = actionFromJson(m_source->intents().filter(u"act "_s).first().sliced(4).toUtf8());
    QCOMPARE(std::get<TagAction>(*action).remove, QStringList{u"psp"_s});
    panel->findChildren<QPushButton*>(u"tag"_s).last()->click();
    QTRY_VERIFY(m_source->intents().contains(u"groups tag:vip"_s));
}

void LettersAtOnceTest::theSourceKeepsUpWithTheClock()
{
    press(Qt::Key_M);
    press(Qt::Key_O);
    QTRY_VERIFY(m_page->isSettled());
    const auto deadLettered = [&]() -> QString {
        for (const PlainTextLabel* label : m_page->findChildren<PlainTextLabel*>()) {
            if (label->fullText().contains(u" ago · "_s) && label->isVisible())
                return label->fullText();
        }
        return {};
    };
    const QString before = deadLettered();
    QVERIFY(!before.isEmpty());
    m_clock.advance(Millis{5 * 24 * 3'600'000LL});
    Q_EMIT m_source->changed();
    QTRY_VERIFY2(deadLettered() != before, qPrintable(before));
}

void LettersAtOnceTest::theFirstGroupIsChosen()
{
    const auto* groups = find<GroupList>(u"letterGroups"_s);
    QVERIFY(groups->current());
    QCOMPARE(groups->chosen().size(), std::size_t{1});
    QCOMPARE(groups->chosen().front().id, groups->current()->id);
}

void LettersAtOnceTest::typingChoosesNoOtherGroup()
{
    auto* groups = find<GroupList>(u"letterGroups"_s);
    const int chosen = groups->currentIndex().row();
    const QString next = groups->model()->index(chosen + 1, 0).data().toString();
    QVERIFY(!next.isEmpty());
    groups->keyboardSearch(next.left(1));
    QCOMPARE(groups->currentIndex().row(), chosen);
}

void LettersAtOnceTest::whileLettersAreCountedNoneIsChosen()
{
    auto* letters = find<TableView>(u"letters"_s);
    auto* replay = find<QPushButton>(u"replayLetters"_s);
    QVERIFY(letters->presented().rowCount() > 0);
    QVERIFY(replay->isEnabled());
    auto* first = find<QComboBox>(u"pivotFirst"_s);
    first->setCurrentIndex(1);
    QVERIFY(!replay->isEnabled());
    QCOMPARE(letters->presented().rowCount(), 0);
    Q_EMIT m_source->changed(); // news change nothing about it
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(!replay->isEnabled());
    first->setCurrentIndex(0);
    QTRY_VERIFY(letters->presented().rowCount() > 0);
    QVERIFY(replay->isEnabled());
}

void LettersAtOnceTest::theSourceSaysUntilWhenItIsKept()
{
    m_source->loss = {.broker = {.cause = LossCause::RetentionTime, .at = m_clock.now() + Millis{6 * 3'600'000}},
                      .origin = {.cause = LossCause::Gone, .at = std::nullopt}};
    press(Qt::Key_M);
    press(Qt::Key_J);
    press(Qt::Key_O);
    const auto texts = [&] {
        QStringList all;
        for (const PlainTextLabel* label : m_page->findChildren<PlainTextLabel*>())
            all << label->fullText();
        return all;
    };
    QTRY_VERIFY2(texts().filter(u"until "_s).size() >= 1, qPrintable(texts().join(u'\n')));
    QVERIFY(texts().contains(u"no longer there"_s));
}

void LettersAtOnceTest::whatALetterSaysIsErasedOnceConfirmed()
{
    auto* inspector = find<Inspector>();
    QTRY_VERIFY(!inspector->letterId().isEmpty());
    const QString id = inspector->letterId();
    find<QToolButton>(u"eraseLetter"_s)->click();
    QTRY_COMPARE(m_source->intents().filter(u"purge "_s), QStringList{u"purge %1|because"_s.arg(id)});
    const ConfirmRequest& asked = m_prompter->asked.back();
    QVERIFY(asked.asksReason);
    QVERIFY2(asked.title.contains(id), qPrintable(asked.title));
    QVERIFY(!asked.typeToConfirm.isEmpty()); // this workspace is production
    QCOMPARE(asked.commandLine, u"spillwayctl store purge %1 --reason TEXT"_s.arg(id));
    QTRY_COMPARE(heard().filter(u"%1: erased for good"_s.arg(id)).size(), 1);

    // The letter is read anew, and says who erased it.
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(inspector->letterId(), id);
    QStringList shown;
    for (const auto* label : inspector->findChildren<PlainTextLabel*>())
        shown << label->fullText();
    QVERIFY2(!shown.filter(u"erased by anna"_s).isEmpty(), qPrintable(shown.join(u'\n')));
}

void LettersAtOnceTest::nothingIsErasedUnlessConfirmed()
{
    QTRY_VERIFY(!find<Inspector>()->letterId().isEmpty());
    m_prompter->given.isAccepted = false;
    chooseMore(u"Erase what this letter says"_s);
    QCOMPARE(m_prompter->asked.size(), std::size_t{1});
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_source->intents().filter(u"purge "_s), QStringList());

    m_prompter->given.isAccepted = true;
    m_source->failWith(Error{ErrorCode::Unreachable, u"the disk is full"_s});
    chooseMore(u"Erase what this letter says"_s);
    QTRY_VERIFY(heard().filter(u"the disk is full"_s).size() >= 1);
    QCOMPARE(heard().filter(u"erased for good"_s), QStringList());
}

void LettersAtOnceTest::theQuestionSaysWhatGoesAndWhatStays_data()
{
    QTest::addColumn<int>("environment");
    QTest::addColumn<bool>("wasErased");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("consequence");
    QTest::newRow("in production its topic is typed out")
        << static_cast<int>(Environment::Production) << false << u"orders.DLT"_s << u"can never be replayed"_s;
    QTest::newRow("in development a reason is enough")
        << static_cast<int>(Environment::Development) << false << QString() << u"Nothing brings them back"_s;
    QTest::newRow("what was erased before is finished")
        << static_cast<int>(Environment::Development) << true << QString() << u"erased before"_s;
}

void LettersAtOnceTest::theQuestionSaysWhatGoesAndWhatStays()
{
    QFETCH(int, environment);
    QFETCH(bool, wasErased);
    QFETCH(QString, typed);
    QFETCH(QString, consequence);
    DeadLetter letter = m_source->deadLetters.front();
    letter.record.at.topic = u"orders.DLT"_s;
    if (wasErased)
        letter.erased = LetterErasure{.at = m_clock.now(), .by = u"anna"_s, .reason = u"asked to"_s};
    const ConfirmRequest request = confirmErasing(letter, static_cast<Environment>(environment));
    QCOMPARE(request.typeToConfirm, typed);
    QVERIFY(request.asksReason);
    QVERIFY2(request.consequence.contains(consequence), qPrintable(request.consequence));
    QString facts;
    for (const auto& [label, value] : request.facts)
        facts += label + u": "_s + value + u'\n';
    for (const QString& word : {u"Erased: payload, key, headers, error message, stack"_s, u"Stays: place"_s,
                                u"Not reached: the broker's own copy"_s})
        QVERIFY2(facts.contains(word), qPrintable(facts));
}

void LettersAtOnceTest::anErasureSaysWhatIsLeftToDo_data()
{
    QTest::addColumn<PurgeReport>("report");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("all is done") << PurgeReport{.letterId = u"a-0-1-b"_s, .erasure = {}}
                                 << u"a-0-1-b: erased for good"_s;
    QTest::newRow("erased before") << PurgeReport{.letterId = u"a-0-1-b"_s, .erasure = {}, .isNew = false}
                                   << u"a-0-1-b: was erased before"_s;
    QTest::newRow("the payload stands elsewhere, and the log is read")
        << PurgeReport{.letterId = u"a-0-1-b"_s,
                       .erasure = {},
                       .sameElsewhere = {u"a-0-2-b"_s},
                       .left = {u"samples.sqlite-wal, which another process reads"_s}}
        << u"a-0-1-b: erased for good · the same payload stands in 1 letter, not erased: a-0-2-b · the bytes may still "
           "be in samples.sqlite-wal, which another process reads"_s;
}

void LettersAtOnceTest::anErasureSaysWhatIsLeftToDo()
{
    QFETCH(PurgeReport, report);
    QFETCH(QString, sentence);
    QCOMPARE(erasedSentence(report), sentence);
}

QTEST_MAIN(LettersAtOnceTest)
#include "tst_lettersatonce.moc"
