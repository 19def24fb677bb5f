// SPDX-License-Identifier: GPL-3.0-or-later
// The cost screen through its widgets: cut, choose, drill down, ask what if, export.
#include "tests/support/manualclock.h"
#include "tests/views/fakedatasource.h"
#include "views/charts/stackedcolumns.h"
#include "views/cost/costpage.h"
#include "views/cost/costwords.h"
#include "views/cost/whatifpanel.h"
#include "views/shell/mainwindow.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QPushButton>
#include <QSettings>
#include <QSlider>
#include <QStandardPaths>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

class ScriptedPrompter final : public Prompter
{
public:
    void confirm(QWidget*, const ConfirmRequest&, std::function<void(ConfirmAnswer)> answer) override { answer({}); }
    void chooseSaveFile(QWidget*, const QString&, const QString& suggestion, const QString&,
                        std::function<void(QString)> answer) override
    {
        suggestions << suggestion;
        answer(file);
    }
    void chooseFolder(QWidget*, const QString&, std::function<void(QString)> answer) override { answer({}); }
    QString file;
    QStringList suggestions;
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
    m_settings = std::make_unique<ViewSettings>(m_clock);
    const ViewContext context{*m_source, *m_settings, m_prompter};
    m_window = std::make_unique<MainWindow>(context);
    m_page = new CostPage(context);
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
    QVERIFY2(m_page->headlineText().contains(u"in the period; analytics-team pays most"_s),
             qPrintable(m_page->headlineText()));
    QVERIFY2(m_page->headlineText().contains(u"% more than before"_s), qPrintable(m_page->headlineText()));
    const ColumnsData& chart = find<StackedColumns>(u"costColumns"_s)->data();
    QCOMPARE(chart.labels.size(), 30);
    QCOMPARE(chart.previous.size(), std::size_t{30});
    QVERIFY(chart.previous[0] > 0);
    QVERIFY(chart.parts.contains(u"order-team"_s));
    QVERIFY(m_page->findChild<CommandLine*>()->line().contains(u" --from "_s));
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
    QVERIFY(m_page->findChild<CommandLine*>()->line().contains(u"--policy consumer"_s));
}

void CostPageTest::aDayByTheCatalogHasBarsAndNothingBefore()
{
    choose(u"costPeriod"_s, static_cast<int>(CostPeriod::CatalogDay));
    QVERIFY(m_page->headlineText().contains(u"a day"_s));
    QVERIFY(!find<StackedColumns>(u"costColumns"_s)->isVisible());
    const auto* model = find<TableView>(u"costParts"_s)->model();
    QCOMPARE(model->index(0, CostPartTable::Previous).data().toString(), u"–"_s);
    QCOMPARE(m_page->findChild<CommandLine*>()->line(), u"spillwayctl cost"_s);
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
