// SPDX-License-Identifier: GPL-3.0-or-later
// The cost screen through its widgets: cut, choose, drill down, ask what if, export.
#include "model/cost/costparttable.h"
#include "tests/support/folders.h"
#include "tests/support/manualclock.h"
#include "tests/views/fakecostsource.h"
#include "tests/views/fakedatasource.h"
#include "views/charts/stackedcolumns.h"
#include "views/cost/costpage.h"
#include "views/cost/costwords.h"
#include "views/cost/whatifpanel.h"
#include "views/shell/mainwindow.h"
#include "views/theme/theme.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statepane.h"
#include "views/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QSlider>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

class ScriptedPrompter final : public Prompter
{
public:
    void confirm(QWidget*, const ConfirmRequest& request, std::function<void(ConfirmAnswer)> answer) override
    {
        asked = request;
        answer({.isAccepted = isAccepting, .reason = {}, .text = {}});
    }
    void chooseOpenFile(QWidget*, const QString&, const QString&, std::function<void(QString)> answer) override
    {
        answer(file);
    }
    void chooseSaveFile(QWidget*, const QString&, const QString& suggestion, const QString&,
                        std::function<void(QString)> answer) override
    {
        suggestions << suggestion;
        answer(file);
    }
    void chooseFolder(QWidget*, const QString&, std::function<void(QString)> answer) override { answer({}); }
    QString file;
    QStringList suggestions;
    ConfirmRequest asked;
    bool isAccepting = false;
};

} // namespace

class CostPageTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void itBeginsWithTeamsOverThirtyDaysBesideThoseBefore();
    void aPolicyMovesSharesNotTheTotal();
    void aDayByTheCatalogHasBarsAndNothingBefore();
    void aLineLeadsToItsEventAndEveryoneInIt();
    void idleAndUnattributedHaveRowsOfTheirOwn();
    void slidersAskTheModel();
    void theBillLeavesAsAFile_data();
    void theBillLeavesAsAFile();
    void theMonthStandsBesideItsBudget();
    void whatChangedHasAnOwnerAndADay();
    void daysAreNeededToCompare();
    void savingsAreSimulatedAsTheyAreChosen();
    void theEditsLeaveAsAPatch();
    void filesAreChangedOnlyWhenConfirmed();
    void whatAMillionRecordsCost();
    void whereThereIsNothingItSaysWhy();
    void moneyIsAlwaysInSight();
    void anInvoiceIsLookedAtBeforeItIsKept();
    void aFileThatIsNoInvoiceSaysWhy();
    void escapeLeadsBackToTheBill();
    void everyTabInLightAndDark();
    void theModelsBehaveUnderTheTester();
    void theChartIsReadByKeys();

private:
    template<typename Widget>
    Widget* find(const QString& name)
    {
        return m_page->findChild<Widget*>(name);
    }
    void choose(const QString& box, int data)
    {
        auto* choice = find<QComboBox>(box);
        choice->setCurrentIndex(choice->findData(data));
        settle();
    }
    void showTab(int tab)
    {
        find<QTabWidget>(u"costTabs"_s)->setCurrentIndex(tab);
        settle();
    }
    void settle() { QTRY_VERIFY(m_page->isSettled()); }
    QStringList names()
    {
        QStringList all;
        const auto* model = find<TableView>(u"costParts"_s)->model();
        for (int row = 0; row < model->rowCount(); ++row)
            all << model->index(row, CostPartTable::Name).data().toString();
        return all;
    }
    test::ManualClock m_clock;
    std::unique_ptr<test::FakeDataSource> m_source;
    std::unique_ptr<test::FakeCostSource> m_cost;
    std::unique_ptr<ViewSettings> m_settings;
    ScriptedPrompter m_prompter;
    std::unique_ptr<MainWindow> m_window;
    CostPage* m_page = nullptr;
};

void CostPageTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(u"spillway-test"_s);
    QCoreApplication::setApplicationName(u"tst_costpage"_s);
}

void CostPageTest::init()
{
    QSettings().clear();
    m_prompter = {};
    m_source = std::make_unique<test::FakeDataSource>(m_clock.now());
    m_cost = std::make_unique<test::FakeCostSource>();
    m_cost->budget = Money{940'000'000};
    m_settings = std::make_unique<ViewSettings>(m_clock);
    const ViewContext context{*m_source, *m_settings, m_prompter};
    m_window = std::make_unique<MainWindow>(context);
    m_page = new CostPage(context, *m_cost);
    m_window->addPage(m_page);
    m_window->resize(1440, 900);
    m_window->show();
    settle();
}

void CostPageTest::cleanup()
{
    m_window.reset();
    waitForLoads();
}

void CostPageTest::itBeginsWithTeamsOverThirtyDaysBesideThoseBefore()
{
    QVERIFY2(m_page->headlineText().contains(u" % of it is idle; analytics-team pays most"_s),
             qPrintable(m_page->headlineText()));
    QVERIFY2(m_page->headlineText().contains(u"% more than before"_s), qPrintable(m_page->headlineText()));
    const ColumnsData& chart = find<StackedColumns>(u"costColumns"_s)->data();
    QCOMPARE(chart.labels.size(), 30);
    QCOMPARE(chart.previous.size(), std::size_t{30});
    QVERIFY(chart.previous[0] > 0);
    QVERIFY(chart.parts.contains(u"order-team"_s));
    QVERIFY(find<CommandLine>(u"costCommand"_s)->line().contains(u" --from "_s));
    QVERIFY(find<PlainTextLabel>(u"costBasis"_s)->text().contains(u"declared"_s));
}

void CostPageTest::aPolicyMovesSharesNotTheTotal()
{
    const QString before = m_page->headlineText().section(u';', 0, 0);
    const auto amounts = [this] {
        QStringList all;
        const auto* model = find<TableView>(u"costParts"_s)->model();
        for (int row = 0; row < model->rowCount(); ++row)
            all << model->index(row, CostPartTable::Amount).data().toString();
        return all;
    };
    const QStringList shares = amounts();
    choose(u"costPolicy"_s, static_cast<int>(AllocationPolicy::Consumer));
    QCOMPARE(m_page->headlineText().section(u';', 0, 0), before);
    QVERIFY(amounts() != shares);
    QVERIFY(find<CommandLine>(u"costCommand"_s)->line().contains(u"--policy consumer"_s));
}

void CostPageTest::aDayByTheCatalogHasBarsAndNothingBefore()
{
    choose(u"costPeriod"_s, static_cast<int>(CostPeriod::CatalogDay));
    QVERIFY(m_page->headlineText().contains(u"a day"_s));
    QVERIFY(!find<StackedColumns>(u"costColumns"_s)->isVisible());
    const auto* model = find<TableView>(u"costParts"_s)->model();
    QCOMPARE(model->index(0, CostPartTable::Previous).data().toString(), u"–"_s);
    QCOMPARE(find<CommandLine>(u"costCommand"_s)->line(), u"spillwayctl cost"_s);
}

void CostPageTest::aLineLeadsToItsEventAndEveryoneInIt()
{
    auto* lines = find<TableView>(u"costLines"_s);
    QVERIFY(lines->model()->rowCount() > 0);
    lines->setFocus();
    lines->setCurrentIndex(lines->model()->index(0, 0));
    const QString event = lines->model()->index(0, CostLineTable::Event).data().toString();
    QTest::keyClick(lines, Qt::Key_Return);
    settle();
    QCOMPARE(find<QComboBox>(u"costDimension"_s)->currentData().toInt(), static_cast<int>(CostDimension::Event));
    QVERIFY(find<PlainTextLabel>(u"costLineTitle"_s)->text().startsWith(event + u':'));
    QSet<QString> roles;
    for (int row = 0; row < lines->model()->rowCount(); ++row) {
        QCOMPARE(lines->model()->index(row, CostLineTable::Event).data().toString(), event);
        roles += lines->model()->index(row, CostLineTable::RoleColumn).data().toString();
    }
    QVERIFY(roles.contains(u"producer"_s) && roles.contains(u"consumer"_s));
    // Escape leads back to teams.
    QVERIFY(m_page->leave());
    QCOMPARE(find<QComboBox>(u"costDimension"_s)->currentIndex(), 0);
    QVERIFY(!m_page->leave());
}

void CostPageTest::idleAndUnattributedHaveRowsOfTheirOwn()
{
    QVERIFY2(names().contains(u"idle"_s) && names().contains(u"unattributed"_s), qPrintable(names().join(u' ')));
    choose(u"costIdle"_s, static_cast<int>(IdlePolicy::Proportional));
    QVERIFY(!names().contains(u"idle"_s));
}

void CostPageTest::slidersAskTheModel()
{
    auto* result = find<PlainTextLabel>(u"whatIfResult"_s);
    QVERIFY(result->text().startsWith(u"Move a slider"_s));
    find<QSlider>(u"whatIfVolume"_s)->setValue(20); // 200 %
    settle();
    const CostRequest asked{.period = CostPeriod::Last30Days, .timeZone = u"UTC"_s, .whatIf = {.volumePercent = 200}};
    const auto expected = m_source->cost(asked, {});
    QVERIFY(expected && expected->simulation);
    QVERIFY(expected->simulation->thenTotal > expected->simulation->nowTotal);
    QVERIFY2(result->text().startsWith(moneyText(expected->simulation->thenTotal, 2)), qPrintable(result->text()));
    QVERIFY(m_page->leave()); // Escape takes it back first
    settle();
    QVERIFY(result->text().startsWith(u"Move a slider"_s));
}

void CostPageTest::theBillLeavesAsAFile_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("intent");
    QTest::newRow("a workbook") << u"/tmp/x.xlsx"_s << u"export cost /tmp/x.xlsx"_s;
    QTest::newRow("FOCUS by its ending") << u"/tmp/x.focus-1.3.csv"_s
                                         << u"export cost /tmp/x.focus-1.3.csv focus-1.3"_s;
    QTest::newRow("a changed mind") << QString() << QString();
}

void CostPageTest::theBillLeavesAsAFile()
{
    QFETCH(QString, file);
    QFETCH(QString, intent);
    m_prompter.file = file;
    find<QPushButton>(u"costExport"_s)->click();
    settle();
    QCOMPARE(m_source->intents().filter(u"export cost"_s), intent.isEmpty() ? QStringList() : QStringList{intent});
}

void CostPageTest::theMonthStandsBesideItsBudget()
{
    auto* sentence = find<PlainTextLabel>(u"costForecast"_s);
    QVERIFY(sentence->isVisible());
    QVERIFY2(sentence->fullText().startsWith(u"2026-10 will cost 950.00 USD, between 940.00 and 970.00"_s),
             qPrintable(sentence->fullText()));
    QVERIFY(sentence->fullText().contains(u"over the budget of 940.00 by 10.00"_s));
    QVERIFY(sentence->fullText().endsWith(u"over theirs: analytics-team 180.00 of 100.00"_s));
}

void CostPageTest::whatChangedHasAnOwnerAndADay()
{
    showTab(1);
    QVERIFY2(find<PlainTextLabel>(u"changesTitle"_s)
                 ->fullText()
                 .endsWith(u"most of it page.viewed of analytics-team since 2026-10-13"_s),
             qPrintable(find<PlainTextLabel>(u"changesTitle"_s)->fullText()));
    const auto* model = find<TableView>(u"costChanges"_s)->model();
    QCOMPARE(model->rowCount(), 2);
    QCOMPARE(model->index(0, 1).data().toString(), u"analytics-team"_s);
    QCOMPARE(model->index(0, 5).data().toString(), u"new +9\u2009100.00"_s);
    QCOMPARE(model->index(0, 6).data().toString(), u"2026-10-13"_s);
    QCOMPARE(model->index(1, 5).data().toString(), u"size \u2212120.00, volume +20.00"_s);
    QCOMPARE(find<TableView>(u"costAnomalies"_s)->model()->rowCount(), 1);
    // Enter leads to the event's bill.
    auto* view = find<TableView>(u"costChanges"_s);
    view->setFocus();
    view->setCurrentIndex(view->model()->index(1, 0));
    QTest::keyClick(view, Qt::Key_Return);
    settle();
    QCOMPARE(find<QTabWidget>(u"costTabs"_s)->currentIndex(), 0);
    QVERIFY(find<PlainTextLabel>(u"costLineTitle"_s)->text().startsWith(u"order.created:"_s));
}

void CostPageTest::daysAreNeededToCompare()
{
    choose(u"costPeriod"_s, static_cast<int>(CostPeriod::CatalogDay));
    showTab(1);
    QVERIFY(find<PlainTextLabel>(u"changesTitle"_s)->fullText().contains(u"two bills"_s));
    QCOMPARE(find<StatePane>(u"changesPane"_s)->state(), StatePane::State::Empty);
    QVERIFY(find<StatePane>(u"changesPane"_s)->stateText().contains(u"Choose a period"_s));
    QCOMPARE(find<TableView>(u"costChanges"_s)->model()->rowCount(), 0);
    choose(u"costPeriod"_s, static_cast<int>(CostPeriod::Last7Days)); // the tab in sight follows
    QCOMPARE(find<TableView>(u"costChanges"_s)->model()->rowCount(), 2);
}

void CostPageTest::savingsAreSimulatedAsTheyAreChosen()
{
    showTab(2);
    auto* view = find<TableView>(u"costSavings"_s);
    QCOMPARE(view->model()->rowCount(), 2);
    view->setCurrentIndex(view->model()->index(0, 0));
    settle();
    QVERIFY(find<PlainTextLabel>(u"savingEvidence"_s)->fullText().contains(u"oldest unread record"_s));
    QVERIFY2(
        find<PlainTextLabel>(u"savingBill"_s)->fullText().contains(u"11\u2009799.50 USD instead of 12\u2009000.00"_s),
        qPrintable(find<PlainTextLabel>(u"savingBill"_s)->fullText()));
    view->selectAll();
    settle();
    QVERIFY(find<PlainTextLabel>(u"savingBill"_s)->fullText().contains(u"11\u2009599.00 USD"_s));
    view->clearSelection();
    settle();
    QVERIFY(find<PlainTextLabel>(u"savingBill"_s)->fullText().isEmpty());
    QVERIFY(!find<QPushButton>(u"savingApply"_s)->isEnabled()); // nothing is chosen
}

void CostPageTest::theEditsLeaveAsAPatch()
{
    showTab(2);
    QVERIFY(find<QPlainTextEdit>(u"savingPatch"_s)->toPlainText().contains(u"+  retention_days: 3"_s));
    m_prompter.file = u"/tmp/savings.patch"_s;
    auto* view = find<TableView>(u"costSavings"_s);
    view->setCurrentIndex(view->model()->index(0, 0));
    settle();
    find<QPushButton>(u"savingExport"_s)->click();
    settle();
    QCOMPARE(m_cost->intents(), QStringList{u"patch /tmp/savings.patch retention:page.viewed"_s});
    QCOMPARE(m_prompter.suggestions.last(), u"savings.patch"_s);
    m_prompter.file.clear(); // a changed mind
    find<QPushButton>(u"savingExport"_s)->click();
    settle();
    QCOMPARE(m_cost->intents().size(), 1);
}

void CostPageTest::filesAreChangedOnlyWhenConfirmed()
{
    showTab(2);
    auto* view = find<TableView>(u"costSavings"_s);
    view->setCurrentIndex(view->model()->index(0, 0));
    settle();
    find<QPushButton>(u"savingApply"_s)->click();
    settle();
    QVERIFY(m_cost->intents().isEmpty());
    QVERIFY2(m_prompter.asked.commandLine.endsWith(u"--simulate retention:page.viewed --apply"_s),
             qPrintable(m_prompter.asked.commandLine));
    QVERIFY(m_prompter.asked.facts.size() == 2); // the advice, and what is left to do by hand
    m_prompter.isAccepting = true;
    find<QPushButton>(u"savingApply"_s)->click();
    settle();
    QCOMPARE(m_cost->intents(), QStringList{u"apply retention:page.viewed"_s});
}

void CostPageTest::whatAMillionRecordsCost()
{
    showTab(3);
    const auto* model = find<TableView>(u"costUnits"_s)->model();
    QVERIFY(model->rowCount() > 0);
    QVERIFY2(find<PlainTextLabel>(u"unitTitle"_s)->fullText().contains(u"is dearest: "_s),
             qPrintable(find<PlainTextLabel>(u"unitTitle"_s)->fullText()));
    QVERIFY(model->index(0, 4).data().toString() != u"–"_s);
    QCOMPARE(find<StatePane>(u"unitPane"_s)->state(), StatePane::State::Content);
    QVERIFY(find<CommandLine>(u"unitCommand"_s)->line().startsWith(u"spillwayctl cost unit --from "_s));
}

void CostPageTest::whereThereIsNothingItSaysWhy()
{
    m_cost->isQuiet = true;
    showTab(1);
    const auto* changes = find<StatePane>(u"changesPane"_s);
    QCOMPARE(changes->state(), StatePane::State::Empty);
    QVERIFY(changes->stateText().contains(u"spillwayctl collect"_s));
    QVERIFY(find<PlainTextLabel>(u"anomaliesNote"_s)->isVisible());
    QVERIFY(!find<PlainTextLabel>(u"anomaliesTitle"_s)->isVisible());
    QCOMPARE(find<CommandLine>(u"changesCommand"_s)->line(),
             u"spillwayctl cost changes --from 2026-10-01 --to 2026-10-30"_s);
    showTab(2);
    QCOMPARE(find<StatePane>(u"savingsPane"_s)->state(), StatePane::State::Empty);
}

void CostPageTest::moneyIsAlwaysInSight()
{
    auto* lines = find<TableView>(u"costLines"_s);
    const std::vector<int> hidden{CostLineTable::Team, CostLineTable::Event, CostLineTable::Component};
    for (int dimension = 0; dimension < 3; ++dimension) {
        find<QComboBox>(u"costDimension"_s)->setCurrentIndex(dimension);
        settle();
        const std::vector<int> shown = lines->visibleColumns();
        QCOMPARE(std::count(shown.begin(), shown.end(), hidden.at(static_cast<std::size_t>(dimension))), 0);
        QCOMPARE(lines->horizontalScrollBar()->maximum(), 0);
    }
}

void CostPageTest::anInvoiceIsLookedAtBeforeItIsKept()
{
    showTab(4);
    auto* title = find<PlainTextLabel>(u"invoicesTitle"_s);
    QVERIFY(title->fullText().startsWith(u"No invoice was kept yet"_s));
    const auto* pane = find<StatePane>(u"invoicePane"_s);
    const auto* command = find<CommandLine>(u"invoiceCommand"_s);
    QCOMPARE(pane->state(), StatePane::State::Empty);
    QVERIFY(pane->stateText().contains(u"FOCUS CSV"_s));
    QCOMPARE(command->line(), u"spillwayctl cost invoice list"_s);
    m_prompter.file = u"/tmp/october.csv"_s;
    find<QPushButton>(u"invoiceOpen"_s)->click();
    settle();
    QVERIFY2(find<PlainTextLabel>(u"invoiceLineTitle"_s)
                 ->fullText()
                 .startsWith(u"october.csv, not kept yet: 2 charges, 920.50 USD, 2026-10-01 to 2026-10-31"_s),
             qPrintable(find<PlainTextLabel>(u"invoiceLineTitle"_s)->fullText()));
    QCOMPARE(pane->state(), StatePane::State::Content);
    QCOMPARE(command->line(), u"spillwayctl cost invoice import october.csv --profile seed"_s);
    const auto* charges = find<TableView>(u"costCharges"_s)->model();
    QCOMPARE(charges->rowCount(), 2);
    QCOMPARE(charges->index(0, 1).data().toString(), u"Storage"_s);
    QCOMPARE(charges->index(1, 1).data().toString(), u"none of ours: adjustment"_s);
    QVERIFY(m_cost->intents().isEmpty()); // looking keeps nothing
    find<QPushButton>(u"invoiceDiscard"_s)->click();
    QCOMPARE(pane->state(), StatePane::State::Empty);
    QVERIFY(!find<QPushButton>(u"invoiceKeep"_s)->isVisible());
    find<QPushButton>(u"invoiceOpen"_s)->click();
    settle();
    find<QPushButton>(u"invoiceKeep"_s)->click();
    settle();
    QCOMPARE(m_cost->intents(), QStringList{u"import october.csv for seed"_s});
    QCOMPARE(title->fullText(), u"1 invoice calibrates the bills of its months by profile seed"_s);
    QCOMPARE(find<TableView>(u"costInvoices"_s)->model()->rowCount(), 1);
    // The same file again is told, and cannot be kept twice.
    find<QPushButton>(u"invoiceOpen"_s)->click();
    settle();
    QVERIFY(find<PlainTextLabel>(u"invoiceLineTitle"_s)->fullText().contains(u"was kept before"_s));
    QVERIFY(!find<QPushButton>(u"invoiceKeep"_s)->isVisible());
}

void CostPageTest::aFileThatIsNoInvoiceSaysWhy()
{
    showTab(4);
    m_prompter.file = u"/tmp/broken.csv"_s;
    find<QPushButton>(u"invoiceOpen"_s)->click();
    settle();
    QVERIFY(find<PlainTextLabel>(u"invoiceFault"_s)->isVisible());
    QVERIFY(find<PlainTextLabel>(u"invoiceFault"_s)->fullText().contains(u"broken.csv:3:7: "_s));
    QVERIFY(!find<QPushButton>(u"invoiceKeep"_s)->isVisible());
    m_prompter.file = u"/tmp/october.csv"_s;
    find<QPushButton>(u"invoiceOpen"_s)->click();
    settle();
    QVERIFY(!find<PlainTextLabel>(u"invoiceFault"_s)->isVisible());
    QVERIFY(find<QPushButton>(u"invoiceKeep"_s)->isVisible());
}

void CostPageTest::escapeLeadsBackToTheBill()
{
    showTab(2);
    QVERIFY(m_page->leave());
    QCOMPARE(find<QTabWidget>(u"costTabs"_s)->currentIndex(), 0);
    QVERIFY(!m_page->leave());
}

void CostPageTest::everyTabInLightAndDark()
{
    Theme theme(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    const QDir folder(test::buildFile(u"screens"_s));
    QVERIFY(folder.mkpath(u"."_s));
    for (const Theme::Mode mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        theme.setMode(mode);
        for (int tab = 0; tab < 5; ++tab) {
            showTab(tab);
            if (tab == 4) {
                m_prompter.file = u"/tmp/october.csv"_s;
                find<QPushButton>(u"invoiceOpen"_s)->click();
                settle();
            }
            const QPixmap picture = m_window->grab();
            QCOMPARE(picture.size(), QSize(1440, 900));
            QVERIFY(picture.save(folder.filePath(
                u"cost-tab%1-%2.png"_s.arg(tab).arg(mode == Theme::Mode::Light ? u"light"_s : u"dark"_s))));
        }
    }
    theme.setMode(Theme::Mode::Light);
}

void CostPageTest::theModelsBehaveUnderTheTester()
{
    CostPartTable parts;
    CostLineTable lines;
    const QAbstractItemModelTester one(&parts, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QAbstractItemModelTester two(&lines, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto answer = m_source->cost({}, {});
    QVERIFY(answer);
    for (const CostDimension dimension : {CostDimension::Team, CostDimension::Event, CostDimension::Component}) {
        parts.show(answer->bill, &*answer->previous, dimension);
        QVERIFY(parts.rowCount() > 2);
        std::int64_t sum = 0;
        for (int row = 0; row < parts.rowCount(); ++row) {
            sum += parts.index(row, CostPartTable::Amount).data(CostPartTable::MicrosRole).toLongLong();
            std::int64_t lineSum = 0;
            lines.show(answer->bill, dimension, parts.part(row));
            for (int line = 0; line < lines.rowCount(); ++line)
                lineSum += lines.index(line, CostLineTable::Amount).data(CostLineTable::MicrosRole).toLongLong();
            QCOMPARE(lineSum, parts.part(row).total.micros);
        }
        QCOMPARE(sum, answer->bill.totals.total.micros);
        QVERIFY(!parts.data(parts.index(parts.rowCount(), 0)).isValid());
        QVERIFY(!lines.data(lines.index(lines.rowCount(), 0)).isValid());
    }
    lines.clear();
    QCOMPARE(lines.rowCount(), 0);
}

void CostPageTest::theChartIsReadByKeys()
{
    auto* chart = find<StackedColumns>(u"costColumns"_s);
    QVERIFY(chart->readout().isEmpty());
    QTest::keyClick(chart, Qt::Key_Left);
    QVERIFY(chart->readout().startsWith(chart->data().labels.last() + u':'));
    QTest::keyClick(chart, Qt::Key_Left);
    QVERIFY(chart->readout().startsWith(chart->data().labels[28] + u':'));
    QVERIFY(chart->readout().contains(u"before: "_s));
    QCOMPARE(chart->accessibleDescription(), chart->readout());
}

QTEST_MAIN(CostPageTest)
#include "tst_costpage.moc"
