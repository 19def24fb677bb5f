// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "tests/views/fakedatasource.h"
#include "tests/views/screenstage.h"
#include "views/deadletters/deadletterspage.h"
#include "views/deadletters/grouplist.h"
#include "views/replays/replayspage.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QCheckBox>
#include <QDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

/// Filter, select, replay, confirm: with keys, through the real widgets.
class ReplayFlowTest final : public QObject, protected test::ScreenStage<DialogPrompter>
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void aFilterIsAskedForAndAFaultSaysWhere();
    void theInspectorShowsTheChosenLetter();
    void chosenMessagesAreReplayedOnceConfirmed();
    void aWrongNameConfirmsNothing();
    void theWholeGroupIsReplayedByItsQuery();
    void aPaceThatCannotBeReadIsRefusedBeforeAnythingIsAsked();
    void aPlanThatFailsSaysSo();
    void aLongPlanSaysHowFarAndIsCancelled();
    void theHeadersThatStayBehindAreChosenHere();
    void whoseDialectIsGoneIsAskedForHere();
    void triageAsksForAReason();
    void jobsAreCancelledAndResumedHere();

private:
    QDialog* sheet();
    void settle();
    void fill(QWidget* parent, const QString& name, const QString& text);
    DeadLettersPage* m_page = nullptr;
};

void ReplayFlowTest::initTestCase()
{
    claimSettings(u"tst_replayflow"_s);
}

void ReplayFlowTest::init()
{
    set();
    m_page = add(new DeadLettersPage(context()));
    add(new ReplaysPage(context()));
    QVERIFY(raise());
    settle();
    QTRY_VERIFY(m_page->findChild<GroupList*>(u"letterGroups"_s)->hasFocus()); // the keyboard is where the answer is
}

void ReplayFlowTest::cleanup()
{
    strike();
}

void ReplayFlowTest::settle()
{
    QTRY_VERIFY(m_window->currentPage()->isSettled());
}

QDialog* ReplayFlowTest::sheet()
{
    return m_window->findChild<QDialog*>(u"replaySheet"_s);
}

void ReplayFlowTest::fill(QWidget* parent, const QString& name, const QString& text)
{
    auto* field = parent->findChild<QLineEdit*>(name);
    QVERIFY(field);
    field->clear();
    QTest::keyClicks(field, text);
}

void ReplayFlowTest::aFilterIsAskedForAndAFaultSaysWhere()
{
    QTest::keyClick(m_window->focusWidget(), Qt::Key_Slash);
    auto* edit = m_window->findChild<QLineEdit*>(u"filterEdit"_s);
    QVERIFY(edit->hasFocus());
    QTest::keyClicks(edit, u"team:payment-team colour:red"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QVERIFY(m_page->findChild<PlainTextLabel*>(u"filterFault"_s)->fullText().contains(u"19"_s));
    QVERIFY(!m_source->intents().contains(u"groups team:payment-team colour:red"_s));
    edit->clear();
    QTest::keyClicks(edit, u"team:payment-team kind:schema"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QTRY_VERIFY(m_source->intents().contains(u"groups team:payment-team kind:schema"_s));
}

void ReplayFlowTest::theInspectorShowsTheChosenLetter()
{
    auto* letters = m_page->findChild<TableView*>(u"letters"_s);
    QTRY_COMPARE(letters->presented().rowCount(), 24);
    auto* inspector = m_page->findChild<Inspector*>(u"inspector"_s);
    QTRY_VERIFY(!inspector->letterId().isEmpty());
    const QString first = inspector->letterId();
    QTest::keyClick(m_window->focusWidget(), Qt::Key_M);
    QVERIFY(letters->hasFocus());
    QTest::keyClick(letters, Qt::Key_J);
    QTRY_VERIFY(!inspector->letterId().isEmpty() && inspector->letterId() != first);
    QTest::keyClick(letters, Qt::Key_Escape);
    QVERIFY(m_page->findChild<GroupList*>(u"letterGroups"_s)->hasFocus());
}

void ReplayFlowTest::chosenMessagesAreReplayedOnceConfirmed()
{
    auto* letters = m_page->findChild<TableView*>(u"letters"_s);
    QTRY_COMPARE(letters->presented().rowCount(), 24);
    QTest::keyClick(m_window->focusWidget(), Qt::Key_M);
    letters->clearSelection();
    QTest::keyClick(letters, Qt::Key_X);
    QTest::keyClick(letters, Qt::Key_J);
    QTest::keyClick(letters, Qt::Key_X);
    QCOMPARE(letters->selectedSources().size(), std::size_t{2});
    QTest::keyClick(letters, Qt::Key_R);
    QTRY_VERIFY(sheet());
    auto* run = sheet()->findChild<QPushButton*>(u"replayRun"_s);
    QTRY_VERIFY(run->isEnabled());
    QCOMPARE(sheet()->findChild<PlainTextLabel*>(u"planGuarantee"_s)->fullText(), u"exactly once, verified"_s);
    QVERIFY(sheet()->findChild<PlainTextLabel*>(u"planDigest"_s)->fullText().startsWith(u"sha256:"_s));
    QVERIFY(sheet()->findChild<PlainTextLabel*>(u"planBlocked"_s)->fullText().contains(u"2 messages"_s));
    fill(sheet(), u"replayRate"_s, u"100"_s);
    fill(sheet(), u"replayCanary"_s, u"1,all"_s);
    QTest::keyClick(run, Qt::Key_Space);
    auto* confirm = sheet()->findChild<QDialog*>(u"confirmDialog"_s);
    QVERIFY(confirm);
    const QStringList before = m_source->intents();
    QVERIFY(before.filter(u"run "_s).isEmpty());
    QCOMPARE(before.filter(u"plan "_s).size(), 1);
    QCOMPARE(before.filter(u"plan "_s).first().count(u','), 1); // two letters by name, no query
    fill(confirm, u"confirmName"_s, u"order-events"_s);
    fill(confirm, u"confirmReason"_s, u"schema v3 rolled out"_s);
    QTest::keyClick(confirm->findChild<QPushButton*>(u"confirmAccept"_s), Qt::Key_Space);
    QTRY_COMPARE(m_source->intents().filter(u"run "_s),
                 QStringList{u"run /state/acme/plans/p-1.plan.json|100|1,all|order-events|schema v3 rolled out"_s});
    QTRY_COMPARE(m_window->currentPage()->id(), u"replays"_s);
    QTRY_VERIFY(m_window->findChild<PlainTextLabel*>(u"jobFigures"_s)->fullText().startsWith(u"0 of 3 sent"_s));
}

void ReplayFlowTest::aWrongNameConfirmsNothing()
{
    QTest::keyClick(m_window->focusWidget(), Qt::Key_R);
    QTRY_VERIFY(sheet() && sheet()->findChild<QPushButton*>(u"replayRun"_s)->isEnabled());
    sheet()->findChild<QPushButton*>(u"replayRun"_s)->click();
    auto* confirm = sheet()->findChild<QDialog*>(u"confirmDialog"_s);
    fill(confirm, u"confirmName"_s, u"order-event"_s);
    fill(confirm, u"confirmReason"_s, u"because"_s);
    QVERIFY(!confirm->findChild<QPushButton*>(u"confirmAccept"_s)->isEnabled());
    QTest::keyClick(confirm, Qt::Key_Escape);
    QTest::keyClick(sheet(), Qt::Key_Escape);
    waitForLoads();
    QVERIFY(m_source->intents().filter(u"run "_s).isEmpty());
}

void ReplayFlowTest::theWholeGroupIsReplayedByItsQuery()
{
    m_page->open(u"kind:schema"_s);
    settle();
    m_page->findChild<GroupList*>(u"letterGroups"_s)->setFocus();
    auto* replay = m_page->findChild<QPushButton*>(u"replayLetters"_s);
    QTRY_VERIFY(replay->text().contains(u"group"_s));
    replay->setFocus(); // a click does this, and must not change what is replayed
    QVERIFY(replay->text().contains(u"group"_s));
    QTest::keyClick(m_window->focusWidget(), Qt::Key_R);
    QTRY_COMPARE(m_source->intents().filter(u"plan "_s).size(), 1);
    const QString plan = m_source->intents().filter(u"plan "_s).first();
    QVERIFY2(plan.endsWith(u"|(kind:schema) group:g1|"_s) && plan.count(u',') == 23, qPrintable(plan)); // just these
}

void ReplayFlowTest::aPaceThatCannotBeReadIsRefusedBeforeAnythingIsAsked()
{
    QTest::keyClick(m_window->focusWidget(), Qt::Key_R);
    QTRY_VERIFY(sheet() && sheet()->findChild<QPushButton*>(u"replayRun"_s)->isEnabled());
    fill(sheet(), u"replayStopIf"_s, u"sometimes"_s);
    QVERIFY(!sheet()->findChild<QPushButton*>(u"replayRun"_s)->isEnabled());
    QVERIFY(!sheet()->findChild<PlainTextLabel*>(u"replayFault"_s)->fullText().isEmpty());
}

void ReplayFlowTest::aLongPlanSaysHowFarAndIsCancelled()
{
    m_source->isHeld = true;
    QTest::keyClick(m_window->focusWidget(), Qt::Key_R);
    QTRY_VERIFY(sheet());
    auto* leave = sheet()->findChild<QPushButton*>(u"replayClose"_s);
    auto* note = sheet()->findChild<PlainTextLabel*>(u"replayNote"_s);
    QCOMPARE(leave->text(), u"Cancel"_s);
    QTRY_COMPARE(note->fullText(), u"%1 of %2 letters read"_s.arg(formatCount(1'200), formatCount(3'000)));
    QVERIFY(!sheet()->findChild<QPushButton*>(u"replayRun"_s)->isEnabled());
    QTest::mouseClick(leave, Qt::LeftButton);
    QTRY_VERIFY(!sheet());
    waitForLoads(); // it ends although it is still held: it was stopped
    QCOMPARE(m_source->intents().filter(u"run "_s), QStringList());

    m_source->isHeld = false;
    // By the mouse: the window has the keyboard again only once its dialog is gone.
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"replayLetters"_s), Qt::LeftButton);
    QTRY_VERIFY(sheet() && sheet()->findChild<QPushButton*>(u"replayRun"_s)->isEnabled());
    QCOMPARE(sheet()->findChild<QPushButton*>(u"replayClose"_s)->text(), u"Close"_s);
    QCOMPARE(sheet()->findChild<PlainTextLabel*>(u"replayNote"_s)->fullText(),
             u"Nothing is sent before you confirm."_s);
}

void ReplayFlowTest::theHeadersThatStayBehindAreChosenHere()
{
    m_source->preview.headers = {.names = {{"kafka_dlt-exception-fqcn", m_source->preview.messages, false},
                                           {"traceparent", 1, true},
                                           {"own", m_source->preview.messages, true}},
                                 .uncounted = 0};
    QTest::keyClick(m_window->focusWidget(), Qt::Key_R);
    QTRY_VERIFY(sheet());
    auto* run = sheet()->findChild<QPushButton*>(u"replayRun"_s);
    QTRY_VERIFY(run->isEnabled());
    const auto shown = [this](const QString& name) { return sheet()->findChild<PlainTextLabel*>(name)->fullText(); };
    QCOMPARE(shown(u"planHeadersLeft"_s), u"kafka_dlt-exception-fqcn"_s);
    QCOMPARE(shown(u"planHeadersSent"_s), u"traceparent (1), own"_s);
    const auto plans = [this] { return m_source->intents().filter(u"plan "_s); };
    QCOMPARE(plans().size(), 1);
    QVERIFY(!plans().last().contains(u"|drop"_s));

    // What cannot be read makes no plan, and says why.
    fill(sheet(), u"replayDropHeaders"_s, u"x-*-id"_s);
    auto* drop = sheet()->findChild<QLineEdit*>(u"replayDropHeaders"_s);
    QTest::keyClick(drop, Qt::Key_Return); // ends the field, not the sheet
    QVERIFY(sheet());
    auto* fault = sheet()->findChild<PlainTextLabel*>(u"replayFault"_s);
    QVERIFY(fault->isVisible() && fault->fullText().contains(u"x-*-id"_s));
    QVERIFY(!run->isEnabled());
    QCOMPARE(plans().size(), 1);

    // Other headers are another plan; what was there before is not run.
    fill(sheet(), u"replayDropHeaders"_s, u"x-debug-*, own"_s);
    QTest::keyClick(drop, Qt::Key_Return);
    QTRY_COMPARE(plans().size(), 2);
    QVERIFY2(plans().last().endsWith(u"|drop x-debug-*,own|keep |sets |known"_s), qPrintable(plans().last()));
    QTRY_VERIFY(run->isEnabled());
    QVERIFY(!fault->isVisible());
    fill(sheet(), u"replayKeepHeaders"_s, u"b3"_s);
    QTest::keyClick(sheet()->findChild<QLineEdit*>(u"replayKeepHeaders"_s), Qt::Key_Return);
    QTRY_COMPARE(plans().size(), 3);
    QTRY_VERIFY(run->isEnabled());
    sheet()->findChild<QCheckBox*>(u"replayDropSet-trace"_s)->click();
    QTRY_COMPARE(plans().size(), 4);
    QVERIFY2(plans().last().endsWith(u"|drop x-debug-*,own|keep b3|sets trace|known"_s), qPrintable(plans().last()));
    QTRY_VERIFY(run->isEnabled());
    QVERIFY(!sheet()->findChild<QCheckBox*>(u"replayUnknownDialects"_s)->isVisible());
}

void ReplayFlowTest::whoseDialectIsGoneIsAskedForHere()
{
    m_source->preview.hasUnknownDialects = true;
    QTest::keyClick(m_window->focusWidget(), Qt::Key_R);
    QTRY_VERIFY(sheet());
    QTRY_VERIFY(sheet()->findChild<QPushButton*>(u"replayRun"_s)->isEnabled());
    auto* box = sheet()->findChild<QCheckBox*>(u"replayUnknownDialects"_s);
    QVERIFY(box->isVisible() && !box->isChecked());
    box->click();
    QTRY_COMPARE(m_source->intents().filter(u"plan "_s).size(), 2);
    QVERIFY(m_source->intents().filter(u"plan "_s).last().endsWith(u"|unknown too"_s));
}

void ReplayFlowTest::aPlanThatFailsSaysSo()
{
    QTest::keyClick(m_window->focusWidget(), Qt::Key_M); // messages by name: nothing is asked before the plan
    m_source->failWith(Error{ErrorCode::Unreachable, u"broker-1:9092 does not answer"_s});
    QTest::keyClick(m_window->focusWidget(), Qt::Key_R);
    QTRY_VERIFY(sheet() && sheet()->findChild<StatePane*>()->stateText().contains(u"broker-1:9092 does not answer"_s));
    QVERIFY(!sheet()->findChild<QPushButton*>(u"replayRun"_s)->isEnabled());
}

void ReplayFlowTest::triageAsksForAReason()
{
    QTest::keyClick(m_window->focusWidget(), Qt::Key_S);
    QTRY_VERIFY(m_page->findChild<QDialog*>(u"confirmDialog"_s)); // once the letters are frozen
    auto* confirm = m_page->findChild<QDialog*>(u"confirmDialog"_s);
    auto* accept = confirm->findChild<QPushButton*>(u"confirmAccept"_s);
    fill(confirm, u"confirmReason"_s, u"mine"_s);
    QVERIFY(!accept->isEnabled());
    fill(confirm, u"confirmText"_s, u"mara"_s);
    QVERIFY(accept->isEnabled());
    accept->click();
    QTRY_COMPARE(m_source->intents().filter(u"triage "_s).size(), 1);
    const QString decision = m_source->intents().filter(u"triage "_s).first();
    QVERIFY2(decision.endsWith(u"||assigned|mine|mara"_s) && decision.count(u',') == 23, qPrintable(decision));
}

void ReplayFlowTest::jobsAreCancelledAndResumedHere()
{
    m_window->showPage(u"replays"_s);
    settle();
    m_window->follow({u"replays"_s, u"j-20260921-2"_s});
    settle();
    QTRY_VERIFY(m_window->findChild<QPushButton*>(u"jobResume"_s)->isVisible());
    QTest::keyClick(m_window->focusWidget(), Qt::Key_U);
    auto* confirm = m_window->currentPage()->findChild<QDialog*>(u"confirmDialog"_s);
    QVERIFY(confirm);
    fill(confirm, u"confirmName"_s, u"order-events"_s);
    fill(confirm, u"confirmReason"_s, u"go on"_s);
    confirm->findChild<QPushButton*>(u"confirmAccept"_s)->click();
    QTRY_COMPARE(m_source->intents().filter(u"resume "_s), QStringList{u"resume j-20260921-2|order-events|go on"_s});
    QTRY_VERIFY(!m_window->currentPage()->findChild<QDialog*>(u"confirmDialog"_s));
    m_window->follow({u"replays"_s, u"cancel:j-20260921-3"_s});
    QTRY_VERIFY(m_window->currentPage()->findChild<QDialog*>(u"confirmDialog"_s));
    m_window->currentPage()
        ->findChild<QDialog*>(u"confirmDialog"_s)
        ->findChild<QPushButton*>(u"confirmAccept"_s)
        ->click();
    QTRY_COMPARE(m_source->intents().filter(u"cancel "_s), QStringList{u"cancel j-20260921-3"_s});
}

QTEST_MAIN(ReplayFlowTest)
#include "tst_replayflow.moc"
