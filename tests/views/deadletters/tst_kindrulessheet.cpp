// SPDX-License-Identifier: GPL-3.0-or-later
// The sheet of rules for kinds, driven as a person does: typed, shown, saved, stopped, left.
#include "tests/views/fakedatasource.h"
#include "tests/views/screenstage.h"
#include "tests/views/scriptedprompter.h"
#include "views/deadletters/deadletterspage.h"
#include "views/deadletters/kindrulessheet.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

const QString ownRules = u"rules:\n  - name: ours\n    kind: business\n    class: Odd$\n    reason: we say so\n"_s;

KindShare share(const QString& title, std::int64_t letters, FailureKind kind, const QString& above = {})
{
    KindShare made;
    made.group = u"g-"_s + title;
    made.title = title;
    made.letters = letters;
    made.kind = kind;
    made.above = above;
    made.verdict = {.kind = FailureKind::Transient, .reason = u"r"_s, .suggestion = u"s"_s, .rule = u"time limit"_s};
    made.trial = made.verdict;
    made.trialPlace = 0;
    return made;
}

} // namespace

class KindRulesSheetTest final : public QObject, protected test::ScreenStage<test::ScriptedPrompter>
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { claimSettings(u"tst_kindrulessheet"_s); }
    void init();
    void cleanup() { strike(); }
    void rulesInUseStandInTheirOrder();
    void whatIsTypedIsTriedAtOnce();
    void faultsAreNamedWhereTheyStand();
    void aFileIsTriedAndSavedAsOurs();
    void savingAppliesAndSaysSo();
    void whatSomebodyElseWroteIsNotOverwritten();
    void aTrialIsStopped();
    void waitingForTheSortingIsStopped();
    void leavingAsksAboutWhatIsNotSaved();
    void lineEndsAndOddBlanksStay();

private:
    KindRulesSheet* sheet() { return m_page->findChild<KindRulesSheet*>(u"kindRulesSheet"_s); }
    template<typename T>
    T* part(const QString& name)
    {
        return sheet()->findChild<T*>(name);
    }
    QString text(const QString& label) { return part<PlainTextLabel>(label)->fullText(); }
    void open()
    {
        QVERIFY(raise());
        QTRY_VERIFY(m_window->focusWidget());
        QTest::keyClick(m_window->focusWidget(), Qt::Key_W, Qt::ShiftModifier);
        QTRY_VERIFY(sheet() && part<QPlainTextEdit>(u"kindRulesText"_s)->isEnabled());
        for (const QString& name : {u"kindShares"_s, u"kindRules"_s})
            new QAbstractItemModelTester(part<TableView>(name)->presented().sourceModel(),
                                         QAbstractItemModelTester::FailureReportingMode::QtTest, sheet());
        QTRY_VERIFY(rows(u"kindRules"_s) > 0);
    }
    void type(const QString& rules) { part<QPlainTextEdit>(u"kindRulesText"_s)->setPlainText(rules); }
    int rows(const QString& table) { return part<TableView>(table)->model()->rowCount(); }
    /// A row's cells as they are read out.
    QStringList cells(const QString& table, int row)
    {
        QStringList read;
        const QAbstractItemModel* model = part<TableView>(table)->model();
        for (int column = 0; column < model->columnCount(); ++column) {
            const QVariant mark = model->index(row, column).data(MarkRole);
            read << (mark.isValid() ? mark.value<CellMark>().word : model->index(row, column).data().toString());
        }
        return read;
    }
    bool isSavable() { return part<QPushButton>(u"saveKindRules"_s)->isEnabled(); }

    DeadLettersPage* m_page = nullptr;
};

void KindRulesSheetTest::init()
{
    set();
    m_source->kindShares = {share(u"Odd"_s, 12, FailureKind::Transient),
                            share(u"Kept"_s, 5, FailureKind::Schema, u"person:schema"_s),
                            share(u"Plain"_s, 30, FailureKind::Transient)};
    m_source->kindTrial = [](const KindRules& tried, std::vector<KindShare> shares) {
        for (KindShare& each : shares) {
            if (each.title == u"Plain")
                continue;
            each.trial = KindRules::verdictOf(&tried.rules().front());
            each.trialPlace = 0;
        }
        return kindTrialOf(std::move(shares), tried, true);
    };
    m_page = add(new DeadLettersPage(context()));
    QVERIFY(raise());
    QTRY_VERIFY(m_page->isSettled() && m_window->focusWidget());
}

void KindRulesSheetTest::rulesInUseStandInTheirOrder()
{
    open();
    const auto bundled = KindRules::bundled();
    QVERIFY(bundled);
    QCOMPARE(rows(u"kindRules"_s), static_cast<int>(bundled->rules().size()) + 1); // and what no rule fits
    const QStringList first = cells(u"kindRules"_s, 0);
    QCOMPARE(first[0], u"1"_s);
    QCOMPARE(first[1], bundled->rules().front().name);
    QCOMPARE(first[3], u"bundled"_s);
    QCOMPARE(first[4], u"47"_s);
    QCOMPARE(first[5], u"3"_s);
    QVERIFY2(text(u"kindTrialAnswer"_s).contains(u"47 letters in 3 groups"), qPrintable(text(u"kindTrialAnswer"_s)));
    QCOMPARE(rows(u"kindShares"_s), 3);
    QVERIFY(!isSavable());
    QCOMPARE(m_source->intents().filter(u"try kinds"_s).size(), 0);
}

void KindRulesSheetTest::whatIsTypedIsTriedAtOnce()
{
    open();
    type(ownRules);
    QTRY_VERIFY2(text(u"kindTrialAnswer"_s).contains(u"12 letters in 1 group would change"),
                 qPrintable(text(u"kindTrialAnswer"_s)));
    QVERIFY2(text(u"kindTrialAnswer"_s).contains(u"person's decision keeps 5 letters in 1 group"),
             qPrintable(text(u"kindTrialAnswer"_s)));
    QCOMPARE(cells(u"kindShares"_s, 0),
             (QStringList{u"Odd"_s, u"12"_s, u"transient"_s, u"business"_s, u"ours"_s, u"changes"_s}));
    QCOMPARE(cells(u"kindShares"_s, 1),
             (QStringList{u"Kept"_s, u"5"_s, u"schema"_s, u"schema"_s, u"ours"_s, u"held by a person"_s}));
    QCOMPARE(cells(u"kindShares"_s, 2).last(), u"stays"_s);
    const QStringList own = cells(u"kindRules"_s, 0);
    QCOMPARE(own[1], u"ours"_s);
    QCOMPARE(own[3], u"kinds.yaml, line 2"_s);
    QCOMPARE(own[4], u"47"_s); // the source's third share names the first place too
    QVERIFY(isSavable());
    type({}); // as the file: nothing to save
    QVERIFY(!isSavable());
    QTRY_VERIFY(text(u"kindTrialAnswer"_s).contains(u"in use"));
}

void KindRulesSheetTest::faultsAreNamedWhereTheyStand()
{
    open();
    type(ownRules);
    QTRY_VERIFY(isSavable());
    type(u"rules:\n  - kind: nonsense\n    class: '('\n    reason: x\n"_s);
    QVERIFY(!isSavable()); // at once, not when it was checked
    auto* faults = part<QListWidget>(u"kindRulesFaults"_s);
    QTRY_COMPARE(faults->count(), 2);
    QVERIFY(faults->isVisible());
    QVERIFY2(faults->item(0)->text().startsWith(u"2:11: ") && faults->item(0)->text().contains(u"nonsense") &&
                 faults->item(0)->text().contains(u"; write "),
             qPrintable(faults->item(0)->text()));
    QVERIFY2(faults->item(1)->text().startsWith(u"3:12: "), qPrintable(faults->item(1)->text()));
    QCOMPARE(m_source->intents().filter(u"nonsense"_s).size(), 0); // never tried
    QVERIFY2(text(u"kindTrialAnswer"_s).startsWith(u"Not tried"), qPrintable(text(u"kindTrialAnswer"_s)));
    auto* edit = part<QPlainTextEdit>(u"kindRulesText"_s);
    QCOMPARE(edit->extraSelections().size(), 2);
    Q_EMIT faults->itemActivated(faults->item(1));
    QCOMPARE(edit->textCursor().blockNumber(), 2);
    QCOMPARE(edit->textCursor().positionInBlock(), 11);
    type(ownRules);
    QTRY_VERIFY(isSavable());
    QVERIFY(!faults->isVisible());
    QVERIFY(edit->extraSelections().isEmpty());
}

void KindRulesSheetTest::aFileIsTriedAndSavedAsOurs()
{
    QTemporaryDir folder;
    QFile other(folder.filePath(u"theirs.yaml"_s));
    QVERIFY(other.open(QIODevice::WriteOnly));
    other.write(ownRules.toUtf8());
    other.close();
    open();
    m_prompter->file = other.fileName();
    part<QPushButton>(u"openKindRules"_s)->click();
    QTRY_VERIFY(isSavable());
    part<QPushButton>(u"saveKindRules"_s)->click();
    QTRY_VERIFY(m_source->intents().contains(u"save kinds "_s + ownRules));
    QCOMPARE(m_source->kindsFile.file, u"/acme/kinds.yaml"_s);
}

void KindRulesSheetTest::savingAppliesAndSaysSo()
{
    open();
    type(ownRules);
    QTRY_VERIFY(isSavable());
    QSignalSpy applied(sheet(), &KindRulesSheet::applied);
    m_prompter->given.isAccepted = false;
    part<QPushButton>(u"saveKindRules"_s)->click();
    QCOMPARE(m_prompter->asked.size(), std::size_t{1});
    const ConfirmRequest& request = m_prompter->asked.front();
    QVERIFY2(request.title.contains(u"kinds.yaml"), qPrintable(request.title));
    const auto hasFact = [&request](const QString& label, const QString& value) {
        return std::find(request.facts.begin(), request.facts.end(), std::pair(label, value)) != request.facts.end();
    };
    QVERIFY(hasFact(u"Would change"_s, u"12 letters in 1 group"_s));
    QVERIFY(hasFact(u"12 letters"_s, u"Odd: transient → business"_s));
    QVERIFY(!m_source->kindsFile.text);
    m_prompter->given.isAccepted = true;
    part<QPushButton>(u"saveKindRules"_s)->click();
    QTRY_COMPARE(applied.size(), 1);
    QCOMPARE(m_source->kindsFile.text, ownRules.toUtf8());
    QVERIFY(m_source->intents().contains(u"wait for kinds"_s));
    QVERIFY2(text(u"kindRulesNote"_s).contains(u"sorted by it"), qPrintable(text(u"kindRulesNote"_s)));
    QVERIFY(!isSavable()); // it is what the file says
}

void KindRulesSheetTest::whatSomebodyElseWroteIsNotOverwritten()
{
    open();
    type(ownRules);
    QTRY_VERIFY(isSavable());
    m_source->kindsFile.text = QByteArray("rules: []\n"); // meanwhile
    part<QPushButton>(u"saveKindRules"_s)->click();
    QTRY_VERIFY2(text(u"kindRulesNote"_s).contains(u"another file"), qPrintable(text(u"kindRulesNote"_s)));
    QCOMPARE(m_source->kindsFile.text, QByteArray("rules: []\n"));
    QTRY_VERIFY(isSavable());
}

void KindRulesSheetTest::aTrialIsStopped()
{
    open();
    m_source->isHeld = true;
    type(ownRules);
    auto* cancel = part<QPushButton>(u"cancelWork"_s);
    QTRY_VERIFY(cancel->isVisible());
    QTRY_VERIFY(!text(u"workFigures"_s).isEmpty());
    QVERIFY(!isSavable());
    cancel->click();
    QVERIFY(!cancel->isVisible());
    QVERIFY2(text(u"kindTrialAnswer"_s).startsWith(u"Stopped"), qPrintable(text(u"kindTrialAnswer"_s)));
    QVERIFY(!isSavable()); // nobody has seen what it does
    QCOMPARE(rows(u"kindShares"_s), 0);
    m_source->isHeld = false;
    auto* again = part<QPushButton>(u"tryKindRules"_s);
    QVERIFY(again->isEnabled());
    again->click();
    QTRY_VERIFY(isSavable());
}

void KindRulesSheetTest::waitingForTheSortingIsStopped()
{
    open();
    type(ownRules);
    QTRY_VERIFY(isSavable());
    QSignalSpy applied(sheet(), &KindRulesSheet::applied);
    m_source->isHeld = true;
    part<QPushButton>(u"saveKindRules"_s)->click();
    QTRY_VERIFY(part<QPushButton>(u"cancelWork"_s)->isVisible());
    QTest::keyClick(sheet(), Qt::Key_Escape); // leads out of the waiting first
    QVERIFY(sheet()->isVisible());
    QCOMPARE(applied.size(), 1);
    QVERIFY2(text(u"kindRulesNote"_s).contains(u"in the background"), qPrintable(text(u"kindRulesNote"_s)));
    m_source->isHeld = false;
}

void KindRulesSheetTest::leavingAsksAboutWhatIsNotSaved()
{
    open();
    type(ownRules);
    QTRY_VERIFY(isSavable());
    m_prompter->given.isAccepted = false;
    QTest::keyClick(sheet(), Qt::Key_Escape);
    QCOMPARE(m_prompter->asked.size(), std::size_t{1});
    QVERIFY(sheet()->isVisible());
    part<QPushButton>(u"closeKindRules"_s)->click();
    QCOMPARE(m_prompter->asked.size(), std::size_t{2});
    QVERIFY(sheet()->isVisible());
    m_prompter->given.isAccepted = true;
    part<QPushButton>(u"closeKindRules"_s)->click();
    QTRY_VERIFY(!sheet());
    // Nothing written: nothing asked.
    open();
    QTest::keyClick(sheet(), Qt::Key_Escape);
    QTRY_VERIFY(!sheet());
    QCOMPARE(m_prompter->asked.size(), std::size_t{3});
}

void KindRulesSheetTest::lineEndsAndOddBlanksStay()
{
    m_source->kindsFile.text = QByteArray("rules:\r\n  - name: a\r\n    kind: business\r\n    class: x\r\n    reason: ")
                                   .append("a\u00A0b\r\n");
    open();
    QVERIFY(!isSavable());
    auto* edit = part<QPlainTextEdit>(u"kindRulesText"_s);
    edit->moveCursor(QTextCursor::End);
    edit->insertPlainText(u"# seen\n"_s);
    QTRY_VERIFY(isSavable());
    const QByteArray before = *m_source->kindsFile.text;
    part<QPushButton>(u"saveKindRules"_s)->click();
    QTRY_COMPARE(m_source->kindsFile.text, before + "# seen\r\n");
}

QTEST_MAIN(KindRulesSheetTest)
#include "tst_kindrulessheet.moc"
