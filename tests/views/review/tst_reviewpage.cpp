// SPDX-License-Identifier: GPL-3.0-or-later
// The meeting through its widgets: begin, go through the groups with keys, decide, close, export.
#include "tests/views/fakedatasource.h"
#include "tests/views/screenstage.h"
#include "views/review/decisionform.h"
#include "views/review/reviewpage.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

/// Answers at once, as it was told to.
class ScriptedPrompter final : public Prompter
{
public:
    void confirm(QWidget*, const ConfirmRequest& request, std::function<void(ConfirmAnswer)> answer) override
    {
        requests << request.title + u" | "_s + request.consequence;
        answer(confirmation);
    }
    void chooseSaveFile(QWidget*, const QString&, const QString& suggestion, const QString&,
                        std::function<void(QString)> answer) override
    {
        requests << suggestion;
        answer(file);
    }
    void chooseFolder(QWidget*, const QString&, std::function<void(QString)> answer) override { answer({}); }

    ConfirmAnswer confirmation{.isAccepted = true};
    QString file;
    QStringList requests;
};

} // namespace

class ReviewPageTest final : public QObject, protected test::ScreenStage<ScriptedPrompter>
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void withoutAReviewNothingCanBeRecorded();
    void aMeetingByKeys();
    void whatIsMissingIsSaidBeforeItIsSent();
    void aChangedMindChangesNothing();
    void whatIsBeingWrittenSurvivesARefresh();
    void nobodyIsOverwrittenUnseen();
    void aWordIsTakenBack();
    void minutesAreWrittenWhereAsked();

private:
    void settle();
    void begin();
    template<typename Widget>
    Widget* find(const QString& name)
    {
        return m_page->findChild<Widget*>(name);
    }
    QStringList written() { return m_source->intents().filter(u"review "_s); }
    ReviewPage* m_page = nullptr;
};

void ReviewPageTest::initTestCase()
{
    claimSettings(u"tst_reviewpage"_s);
}

void ReviewPageTest::init()
{
    set();
    m_page = add(new ReviewPage(context()));
    QVERIFY(raise());
    settle();
    QTRY_VERIFY(find<TableView>(u"reviewAgenda"_s)->hasFocus());
}

void ReviewPageTest::cleanup()
{
    strike();
}

void ReviewPageTest::settle()
{
    QTRY_VERIFY(m_page->isSettled());
}

void ReviewPageTest::begin()
{
    m_prompter->confirmation.text = u"Ana, Kim"_s;
    QTest::mouseClick(find<QPushButton>(u"openReview"_s), Qt::LeftButton);
    settle();
    QTRY_VERIFY(find<QPushButton>(u"closeReview"_s)->isVisible());
    find<TableView>(u"reviewAgenda"_s)->setFocus();
}

void ReviewPageTest::withoutAReviewNothingCanBeRecorded()
{
    QVERIFY(m_page->headlineText().contains(u"3 groups"_s));
    QVERIFY(!find<QPushButton>(u"recordDecision"_s)->isEnabled());
    QVERIFY(!find<QPushButton>(u"closeReview"_s)->isVisible());
    QVERIFY(!find<QPushButton>(u"exportMinutes"_s)->isEnabled());
    QCOMPARE(find<TableView>(u"reviewAgenda"_s)->model()->rowCount(), 3);
    // The first is what the last review carried over.
    QVERIFY(find<PlainTextLabel>(u"reviewGroup"_s)->fullText().contains(u"InsufficientStock"_s));
}

void ReviewPageTest::aMeetingByKeys()
{
    begin();
    QCOMPARE(written(), QStringList{u"review open Ana,Kim"_s});
    QVERIFY(m_page->headlineText().startsWith(u"3 of 3 groups"_s));
    auto* agenda = find<TableView>(u"reviewAgenda"_s);
    QTest::keyClick(agenda, Qt::Key_5);
    QVERIFY(find<QRadioButton>(u"verdict-watch"_s)->isChecked());
    QTest::keyClick(agenda, Qt::Key_Return, Qt::ControlModifier);
    settle();
    QCOMPARE(written().last(), u"review decide g3 watch \"\"   "_s);
    QTRY_COMPARE(agenda->currentIndex().row(), 1); // on to the next
    QCOMPARE(agenda->selectionModel()->selectedRows().size(), 1);
    QTRY_VERIFY(m_page->headlineText().startsWith(u"2 of 3"_s));
    QTest::keyClick(agenda, Qt::Key_1);
    find<QLineEdit>(u"reviewAction"_s)->setText(u"replay slowly"_s);
    find<QLineEdit>(u"reviewWho"_s)->setText(u"kim"_s);
    find<QLineEdit>(u"reviewDue"_s)->setText(u"2026-12-03"_s);
    QTest::mouseClick(find<QPushButton>(u"recordDecision"_s), Qt::LeftButton);
    settle();
    QCOMPARE(written().last(), u"review decide g2 replay \"\" replay slowly kim 2026-12-03"_s);
    QTRY_COMPARE(agenda->currentIndex().row(), 2);
    agenda->selectRow(1);
    QTest::keyClick(agenda, Qt::Key_5); // decided anew: back to the one that waits
    QTest::keyClick(agenda, Qt::Key_Return, Qt::ControlModifier);
    settle();
    QTRY_COMPARE(agenda->currentIndex().row(), 2);
    agenda->selectRow(2);
    QTest::mouseClick(find<QPushButton>(u"closeReview"_s), Qt::LeftButton);
    settle();
    QCOMPARE(written().last(), u"review close"_s);
    QVERIFY2(m_prompter->requests.last().contains(u"1 group without a decision"_s),
             qPrintable(m_prompter->requests.last()));
    QTRY_VERIFY(find<QPushButton>(u"openReview"_s)->isVisible());
}

void ReviewPageTest::whatIsMissingIsSaidBeforeItIsSent()
{
    begin();
    QTest::mouseClick(find<QPushButton>(u"recordDecision"_s), Qt::LeftButton);
    QVERIFY(find<PlainTextLabel>(u"reviewFault"_s)->fullText().contains(u"Choose"_s));
    m_page->refresh(); // news come all the time
    settle();
    QVERIFY(find<PlainTextLabel>(u"reviewFault"_s)->fullText().contains(u"Choose"_s));
    QTest::mouseClick(find<QRadioButton>(u"verdict-archive"_s), Qt::LeftButton);
    QTest::mouseClick(find<QPushButton>(u"recordDecision"_s), Qt::LeftButton);
    QVERIFY(find<PlainTextLabel>(u"reviewFault"_s)->fullText().contains(u"note"_s));
    QCOMPARE(written().size(), 1); // only the opening
    find<QPlainTextEdit>(u"reviewNote"_s)->setPlainText(u"test data"_s);
    QVERIFY(find<PlainTextLabel>(u"reviewFault"_s)->fullText().isEmpty());
    QTest::mouseClick(find<QPushButton>(u"recordDecision"_s), Qt::LeftButton);
    settle();
    QCOMPARE(written().last(), u"review decide g3 archive \"test data\"   "_s);
}

void ReviewPageTest::aChangedMindChangesNothing()
{
    m_prompter->confirmation.isAccepted = false;
    QTest::mouseClick(find<QPushButton>(u"openReview"_s), Qt::LeftButton);
    settle();
    QVERIFY(written().isEmpty());
}

void ReviewPageTest::whatIsBeingWrittenSurvivesARefresh()
{
    begin();
    find<QPlainTextEdit>(u"reviewNote"_s)->setPlainText(u"half a sentence"_s);
    m_page->refresh();
    settle();
    QCOMPARE(find<QPlainTextEdit>(u"reviewNote"_s)->toPlainText(), u"half a sentence"_s);
}

void ReviewPageTest::nobodyIsOverwrittenUnseen()
{
    begin();
    const auto bobDecides = [this] {
        ReviewDecision bobs;
        bobs.seq = 41;
        bobs.group = u"g3"_s;
        bobs.verdict = ReviewVerdict::Assign;
        bobs.action = {u"bobs action"_s, u"bob"_s, {}};
        bobs.decidedBy = u"Bob"_s;
        bobs.decidedAt = m_source->agenda.open->openedAt;
        m_source->agenda.open->decisions[u"g3"_s] = bobs;
    };
    auto* note = find<QPlainTextEdit>(u"reviewNote"_s);
    note->setPlainText(u"half a sentence"_s);
    bobDecides();
    m_page->refresh();
    settle();
    QCOMPARE(note->toPlainText(), u"half a sentence"_s); // the draft stays, and Bob's word is said beside it
    QVERIFY(find<PlainTextLabel>(u"reviewOther"_s)->isVisible());
    QVERIFY(find<PlainTextLabel>(u"reviewOther"_s)->fullText().contains(u"Bob decided Assign: bobs action"_s));
    m_prompter->confirmation.isAccepted = false;
    QTest::mouseClick(find<QRadioButton>(u"verdict-archive"_s), Qt::LeftButton);
    QTest::mouseClick(find<QPushButton>(u"recordDecision"_s), Qt::LeftButton);
    settle();
    QVERIFY2(m_prompter->requests.last().contains(u"Replace Bob's decision? | Bob decided Assign: bobs action"_s),
             qPrintable(m_prompter->requests.last()));
    QCOMPARE(written().size(), 1); // only the opening
    m_prompter->confirmation.isAccepted = true;
    QTest::mouseClick(find<QPushButton>(u"recordDecision"_s), Qt::LeftButton);
    settle();
    QCOMPARE(written().last(), u"review decide g3 archive \"half a sentence\"   "_s);
    QTRY_COMPARE(m_source->agenda.open->decisions.at(u"g3"_s).verdict, ReviewVerdict::Archive);

    // He decides between the look and the word: the question comes all the same.
    find<TableView>(u"reviewAgenda"_s)->selectRow(0);
    QTest::mouseClick(find<QRadioButton>(u"verdict-watch"_s), Qt::LeftButton);
    bobDecides();
    const auto asked = m_prompter->requests.size();
    QTest::mouseClick(find<QPushButton>(u"recordDecision"_s), Qt::LeftButton);
    QTRY_COMPARE(m_prompter->requests.size(), asked + 1);
    settle();
    QTRY_COMPARE(m_source->agenda.open->decisions.at(u"g3"_s).verdict, ReviewVerdict::Watch);
}

void ReviewPageTest::aWordIsTakenBack()
{
    begin();
    auto* takeBack = find<QPushButton>(u"takeBackDecision"_s);
    QVERIFY(!takeBack->isVisible()); // nothing is said
    QTest::keyClick(find<TableView>(u"reviewAgenda"_s), Qt::Key_U);
    ReviewDecision word;
    word.seq = 41;
    word.group = u"g3"_s;
    word.verdict = ReviewVerdict::Watch;
    word.note = u"a slip"_s;
    word.decidedBy = u"Bob"_s;
    word.decidedAt = m_source->agenda.open->openedAt;
    m_source->agenda.open->decisions[u"g3"_s] = word;
    m_page->refresh();
    settle();
    QTRY_VERIFY(takeBack->isVisible());
    m_prompter->confirmation.isAccepted = false;
    QTest::mouseClick(takeBack, Qt::LeftButton);
    settle();
    QVERIFY2(m_prompter->requests.last().contains(u"Take Bob's decision back?"_s),
             qPrintable(m_prompter->requests.last()));
    QVERIFY(m_source->intents().filter(u"act "_s).isEmpty());
    m_prompter->confirmation.isAccepted = true;
    QTest::keyClick(find<TableView>(u"reviewAgenda"_s), Qt::Key_U);
    settle();
    const QStringList acts = m_source->intents().filter(u"act "_s);
    QCOMPARE(acts.size(), 1);
    QCOMPARE(std::get<UndoAction>(*actionFromJson(acts.front().sliced(4).toUtf8())), (UndoAction{41, {}}));
}

void ReviewPageTest::minutesAreWrittenWhereAsked()
{
    begin();
    m_prompter->file = u"/tmp/minutes.pdf"_s;
    QTest::mouseClick(find<QPushButton>(u"exportMinutes"_s), Qt::LeftButton);
    settle();
    QCOMPARE(m_prompter->requests.last(), u"minutes-r-1.pdf"_s);
    QCOMPARE(written().last(), u"review minutes r-1 /tmp/minutes.pdf"_s);
}

QTEST_MAIN(ReviewPageTest)
#include "tst_reviewpage.moc"
