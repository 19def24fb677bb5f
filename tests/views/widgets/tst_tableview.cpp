// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/prompter.h"
#include "views/widgets/tabletext.h"
#include "views/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

/// Answers with a file instead of a dialog.
class FilePrompter final : public Prompter
{
public:
    void confirm(QWidget*, const ConfirmRequest&, std::function<void(ConfirmAnswer)> answer) override { answer({}); }
    void chooseSaveFile(QWidget*, const QString&, const QString&, const QString&,
                        std::function<void(QString)> answer) override
    {
        answer(file);
    }
    void chooseFolder(QWidget*, const QString&, std::function<void(QString)> answer) override { answer({}); }
    QString file;
};

QList<QStandardItem*> row(const QString& name, int lag, const QString& state)
{
    auto* number = new QStandardItem;
    number->setData(lag, Qt::DisplayRole);
    return {new QStandardItem(name), number, new QStandardItem(state)};
}

std::vector<ColumnSpec> columns()
{
    ColumnSpec group{.column = 0, .title = u"Group"_s, .width = 200, .stretches = true};
    ColumnSpec lag{.column = 1, .title = u"Lag"_s, .align = CellAlign::Number, .width = 90};
    lag.text = [](const QModelIndex& index) { return index.data().toString() + u" messages"_s; };
    lag.sortKey = [](const QModelIndex& index) { return index.data(); };
    ColumnSpec state{.column = 2, .title = u"State"_s, .width = 120};
    state.mark = [](const QModelIndex& index) -> std::optional<CellMark> {
        const QString word = index.data().toString();
        return CellMark{word == u"ok" ? Tone::Ok : Tone::Critical, word};
    };
    return {group, lag, state};
}

} // namespace

class TableViewTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aFittedColumnHoldsItsNames();
    void initTestCase();
    void init();
    void sortsNumbersAsNumbers();
    void aStateHasAWordWhereverItGoes();
    void selectionSurvivesAReset();
    void keysMoveAndCopy();
    void columnsAreRemembered();
    void exportsWhole();
    void aSpreadsheetRunsNothing();

private:
    std::unique_ptr<QStandardItemModel> m_model;
    FilePrompter m_prompter;
};

void TableViewTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(u"spillway-test"_s);
    QCoreApplication::setApplicationName(u"tst_tableview"_s);
}

void TableViewTest::init()
{
    QSettings().clear();
    m_model = std::make_unique<QStandardItemModel>();
    m_model->appendRow(row(u"payment"_s, 9, u"ok"_s));
    m_model->appendRow(row(u"audit"_s, 100, u"stalled"_s));
    m_model->appendRow(row(u"billing"_s, 20, u"ok"_s));
}

void TableViewTest::sortsNumbersAsNumbers()
{
    TableView view(u"t"_s, m_prompter);
    const QAbstractItemModelTester tester(&view.presented(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    view.show(m_model.get(), columns());
    view.sortFirstBy(1, Qt::DescendingOrder);
    QCOMPARE(view.presented().index(0, 0).data().toString(), u"audit"_s);
    QCOMPARE(view.presented().index(2, 0).data().toString(), u"payment"_s);
    QVERIFY(view.horizontalHeader()->isSortIndicatorShown());
}

void TableViewTest::aStateHasAWordWhereverItGoes()
{
    TableView view(u"t"_s, m_prompter);
    view.show(m_model.get(), columns());
    const QModelIndex state = view.presented().index(1, 2);
    QCOMPARE(state.data().toString(), u"stalled"_s);
    QVERIFY(state.data(Qt::AccessibleTextRole).toString().contains(u"stalled"_s));
    QCOMPARE(state.data(MarkRole).value<CellMark>().tone, Tone::Critical);
}

void TableViewTest::selectionSurvivesAReset()
{
    TableView view(u"t"_s, m_prompter);
    view.show(m_model.get(), columns());
    view.setRowKey([](const QModelIndex& source) { return source.siblingAtColumn(0).data().toString(); });
    view.selectRow(2);
    QSignalSpy moved(&view, &TableView::currentRowChanged);
    // A subject's model that is reset with the same rows in another order.
    class Resetting final : public QStandardItemModel
    {
    public:
        void reload(int first)
        {
            beginResetModel();
            QSignalBlocker blocker(this);
            removeRows(0, rowCount());
            for (int i = 0; i < 3; ++i)
                appendRow(row(u"g%1"_s.arg((first + i) % 3), i, u"ok"_s));
            blocker.unblock();
            endResetModel();
        }
    } resetting;
    resetting.setColumnCount(3);
    resetting.reload(0);
    view.show(&resetting, columns());
    view.selectRow(1);
    const QString chosen = view.currentSource().siblingAtColumn(0).data().toString();
    moved.clear();
    resetting.reload(2);
    QCOMPARE(view.currentSource().siblingAtColumn(0).data().toString(), chosen);
    QCOMPARE(view.selectedSources().size(), std::size_t{1});
    QCOMPARE(moved.size(), 0);
}

void TableViewTest::keysMoveAndCopy()
{
    TableView view(u"t"_s, m_prompter);
    view.show(m_model.get(), columns());
    view.QWidget::show();
    view.setFocus();
    view.selectRow(0);
    QTest::keyClick(&view, Qt::Key_J);
    QCOMPARE(view.currentIndex().row(), 1);
    QTest::keyClick(&view, Qt::Key_K);
    QCOMPARE(view.currentIndex().row(), 0);
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    const QString copied = QGuiApplication::clipboard()->text();
    QCOMPARE(copied, u"Group\tLag\tState\npayment\t9\tok"_s);
}

void TableViewTest::columnsAreRemembered()
{
    {
        TableView view(u"remembered"_s, m_prompter);
        view.show(m_model.get(), columns());
        view.setColumnWidth(1, 177);
        view.horizontalHeader()->moveSection(2, 0);
        view.sortByColumn(1, Qt::DescendingOrder);
    }
    TableView again(u"remembered"_s, m_prompter);
    again.show(m_model.get(), columns());
    again.sortFirstBy(0, Qt::AscendingOrder);
    QCOMPARE(again.columnWidth(1), 177);
    QCOMPARE(again.horizontalHeader()->logicalIndex(0), 2);
    QCOMPARE(again.presented().index(0, 0).data().toString(), u"audit"_s);
}

void TableViewTest::exportsWhole()
{
    QTemporaryDir folder;
    TableView view(u"t"_s, m_prompter);
    view.show(m_model.get(), columns());
    m_prompter.file = folder.filePath(u"out.csv"_s);
    view.exportCsv();
    QFile file(m_prompter.file);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll().count("\r\n"), 4);
    QSignalSpy failed(&view, &TableView::exportFailed);
    m_prompter.file = folder.filePath(u"missing/out.csv"_s);
    view.exportCsv();
    QCOMPARE(failed.size(), 1);
}

void TableViewTest::aSpreadsheetRunsNothing()
{
    QStandardItemModel model;
    model.appendRow(row(u"=HYPERLINK(\"x\")"_s, -5, u"ok"_s));
    PresentedModel presented;
    presented.setColumns(columns());
    presented.setSourceModel(&model);
    const QByteArray csv = tableAsCsv(presented, {0, 1, 2});
    QVERIFY(csv.contains("\"'=HYPERLINK(\"\"x\"\")\",-5,\"ok\""));
}

void TableViewTest::aFittedColumnHoldsItsNames()
{
    FilePrompter prompter;
    TableView view(u"fitted"_s, prompter);
    QStandardItemModel model(0, 3);
    ColumnSpec name{.column = 0, .title = u"Name"_s, .width = 60};
    ColumnSpec value{.column = 1, .title = u"Value"_s, .width = 100, .stretches = true};
    ColumnSpec state{.column = 2, .title = u"State"_s, .width = 80};
    view.show(&model, {name, value, state});
    view.setFittedColumn(0);
    view.resize(600, 200);
    static_cast<QWidget&>(view).show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QCOMPARE(view.columnWidth(0), 60);
    const QString long1 = u"kafka_dlt-exception-stacktrace"_s;
    model.appendRow(row(long1, 1, u"ok"_s));
    const int needed = view.fontMetrics().horizontalAdvance(long1);
    QVERIFY(view.columnWidth(0) >= needed);
    QVERIFY(view.columnWidth(0) < needed + 60);
    // The others keep theirs, however long a name is.
    model.appendRow(row(u"x"_s.repeated(400), 1, u"ok"_s));
    QVERIFY(view.columnWidth(0) + 100 + 80 <= view.viewport()->width());
    QVERIFY(view.columnWidth(1) >= 100);
    // A column that is hidden needs no room.
    const int before = view.columnWidth(0);
    view.setColumnShown(2, false);
    QCOMPARE(view.columnWidth(0), before + 80);
}

QTEST_MAIN(TableViewTest)
#include "tst_tableview.moc"
