// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/fakedatasource.h"
#include "tests/views/screenstage.h"
#include "views/deadletters/deadletterspage.h"
#include "views/deadletters/grouplist.h"
#include "views/deadletters/revealbar.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/filterfield.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/prompter.h"
#include "views/widgets/tableview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

/// Answers as it is told.
class ScriptedPrompter final : public Prompter
{
public:
    void confirm(QWidget*, const ConfirmRequest& request, std::function<void(ConfirmAnswer)> answer) override
    {
        asked = request;
        answer(given);
    }
    void chooseSaveFile(QWidget*, const QString&, const QString&, const QString&,
                        std::function<void(QString)> answer) override
    {
        answer(file);
    }
    void chooseFolder(QWidget*, const QString&, std::function<void(QString)> answer) override { answer({}); }

    ConfirmRequest asked;
    ConfirmAnswer given;
    QString file;
};

} // namespace

/// Where masks are on: looking behind them, what the clipboard gets, and letters as a file.
class RevealTest final : public QObject, protected test::ScreenStage<ScriptedPrompter>
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { claimSettings(u"tst_reveal"_s); }
    void init();
    void cleanup();
    void withoutAReasonNothingIsShown();
    void aReasonIsOnRecordBeforeTheBytes();
    void anotherMessageEndsTheLook();
    void noFilterIsMadeOfMarksOrOfWhatIsRevealed();
    void whereNothingIsMaskedNothingAsks();
    void theGroupLeavesAsAFile();
    void theClipboardGetsMarks();
    void headersLeaveAsTheirNamesSay();

private:
    void build(bool isMasking);
    void settle() { QTRY_VERIFY(m_window->currentPage()->isSettled()); }
    [[nodiscard]] RevealBar* bar() { return m_page->findChild<RevealBar*>(u"revealBar"_s); }
    [[nodiscard]] QPushButton* button() { return m_page->findChild<QPushButton*>(u"revealButton"_s); }

    DeadLettersPage* m_page = nullptr;
};

void RevealTest::init()
{
    build(true);
}

void RevealTest::build(bool isMasking)
{
    set();
    m_source->facts.isMasking = isMasking;
    m_page = add(new DeadLettersPage(context()));
    m_window->show();
    settle();
}

void RevealTest::cleanup()
{
    setClipboardMasker({});
    strike();
}

void RevealTest::withoutAReasonNothingIsShown()
{
    QVERIFY(button()->isEnabled());
    QTest::mouseClick(button(), Qt::LeftButton);
    settle();
    QVERIFY(m_prompter->asked.asksReason);
    QVERIFY(m_prompter->asked.commandLine.startsWith(u"spillwayctl dlq show "_s));
    QVERIFY(!bar()->isRevealing());
    QVERIFY(m_source->intents().filter(u"reveal "_s).isEmpty());
}

void RevealTest::aReasonIsOnRecordBeforeTheBytes()
{
    m_prompter->given = {.isAccepted = true, .reason = u"ticket 12"_s};
    QTest::mouseClick(button(), Qt::LeftButton);
    QTRY_VERIFY(bar()->isRevealing());
    const QString id = m_page->findChild<Inspector*>()->letterId();
    QVERIFY(m_source->intents().contains(u"reveal %1|ticket 12"_s.arg(id)));
    auto* text = m_page->findChild<PlainTextLabel*>(u"revealText"_s);
    QVERIFY(text->fullText().contains(u"Unmasked"_s));
    // The second press ends it, and the masked letter is asked for again.
    QSignalSpy ended(bar(), &RevealBar::ended);
    QTest::mouseClick(button(), Qt::LeftButton);
    QCOMPARE(ended.count(), 1);
    settle();
    QVERIFY(!bar()->isRevealing());
    QVERIFY(text->fullText().contains(u"masked"_s));
}

void RevealTest::anotherMessageEndsTheLook()
{
    m_prompter->given = {.isAccepted = true, .reason = u"ticket 12"_s};
    QTest::mouseClick(button(), Qt::LeftButton);
    QTRY_VERIFY(bar()->isRevealing());
    const QString id = m_page->findChild<Inspector*>()->letterId();
    auto* messages = m_page->findChild<TableView*>(u"letters"_s);
    QVERIFY(messages->presented().rowCount() > 1);
    messages->setFocus();
    QTest::keyClick(messages, Qt::Key_Down);
    settle();
    QVERIFY(m_page->findChild<Inspector*>()->letterId() != id);
    QVERIFY(!bar()->isRevealing());
}

void RevealTest::noFilterIsMadeOfMarksOrOfWhatIsRevealed()
{
    auto* inspector = m_page->findChild<Inspector*>();
    auto* filter = m_page->findChild<FilterField*>(u"letterFilter"_s);
    QSignalSpy said(m_page, &Page::said);
    Q_EMIT inspector->filterAsked(u"payload.phone:\"•••\""_s);
    QCOMPARE(filter->query(), QString());
    QVERIFY(said.last().first().toString().contains(u"masked"_s));
    Q_EMIT inspector->filterAsked(u"payload.amount:12"_s);
    QCOMPARE(filter->query(), u"payload.amount:12"_s);
    settle();
    m_prompter->given = {.isAccepted = true, .reason = u"ticket 12"_s};
    QTest::mouseClick(button(), Qt::LeftButton);
    QTRY_VERIFY(bar()->isRevealing());
    Q_EMIT inspector->filterAsked(u"payload.phone:12345"_s);
    QCOMPARE(filter->query(), u"payload.amount:12"_s);
    QVERIFY(said.last().first().toString().contains(u"revealed"_s));
}

void RevealTest::whereNothingIsMaskedNothingAsks()
{
    build(false);
    QVERIFY(!bar());
}

void RevealTest::theGroupLeavesAsAFile()
{
    m_prompter->file = u"/tmp/out.csv"_s;
    QSignalSpy said(m_page, &Page::said);
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"exportLetters"_s), Qt::LeftButton);
    QTRY_VERIFY(said.count() > 0);
    QVERIFY(said.last().first().toString().contains(u"/tmp/out.csv"_s));
    const QStringList exports = m_source->intents().filter(u"export "_s);
    QCOMPARE(exports.size(), 1);
    QVERIFY(exports.first().contains(u"group:"_s) && exports.first().endsWith(u"|/tmp/out.csv"_s));
}

void RevealTest::theClipboardGetsMarks()
{
    const QString json = u"{\"email\":\"joe\",\"id\":1}"_s;
    copyText(json);
    QCOMPARE(QGuiApplication::clipboard()->text(), json);
    setClipboardMasker(Masker(defaultMaskRules(Environment::Production)));
    copyText(json);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"{\"email\":\"•••\",\"id\":1}"_s);
    copyText(u"Key\tMessage\n[1\tno account for joe@example.com"_s);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"Key\tMessage\n[1\tno account for •••"_s);
}

void RevealTest::headersLeaveAsTheirNamesSay()
{
    auto* inspector = m_page->findChild<Inspector*>();
    DeadLetter letter;
    letter.id = u"x"_s;
    letter.record.headers = {{"x-api-key", "hunter2"}, {"event_type", "order"}, {"note", "mail joe@example.com"}};
    inspector->show(letter, TimeText(), utcFromMs(0));
    auto* table = inspector->findChild<TableView*>(u"letter-headers"_s);
    QVERIFY(table);
    const auto leaving = [table](int row) { return table->presented().index(row, 1).data(ExportRole).toString(); };
    QCOMPARE(leaving(0), u"hunter2"_s);
    setClipboardMasker(Masker(defaultMaskRules(Environment::Production))); // the letter is shown without masks
    QCOMPARE(leaving(0), u"•••"_s);
    QCOMPARE(leaving(1), u"order"_s);
    QCOMPARE(leaving(2), u"mail •••"_s);
    QCOMPARE(table->presented().index(0, 1).data().toString(), u"hunter2"_s);
}

QTEST_MAIN(RevealTest)
#include "tst_reveal.moc"
