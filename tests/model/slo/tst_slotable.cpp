// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/slotable.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

SloRow row(const QString& consumer, std::int64_t total = 10)
{
    SloRow slo;
    slo.consumer = consumer;
    slo.eventType = u"order.created"_s;
    slo.total = total;
    return slo;
}

} // namespace

class SloTableTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rowsAreFollowedByConsumerAndEvent();
    void unknownIsInvalidNotZero();
    void nothingLiesBeyondTheEnd();
};

void SloTableTest::rowsAreFollowedByConsumerAndEvent()
{
    SloTable table;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    table.replace({row(u"a"_s), row(u"b"_s), row(u"c"_s)});
    QSignalSpy reset(&table, &QAbstractItemModel::modelReset);
    QSignalSpy layout(&table, &QAbstractItemModel::layoutChanged);
    QSignalSpy changed(&table, &QAbstractItemModel::dataChanged);
    QSignalSpy inserted(&table, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(&table, &QAbstractItemModel::rowsRemoved);
    table.apply({row(u"a"_s), row(u"b"_s, 11), row(u"c"_s)});
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed[0][0].toModelIndex().row(), 1);
    QCOMPARE(changed[0][1].toModelIndex().row(), 1);
    SloRow other = row(u"a"_s);
    other.eventType = u"order.paid"_s; // the same consumer of another event is another row
    table.apply({row(u"c"_s), row(u"a"_s), other});
    QCOMPARE(removed.count(), 1);
    QCOMPARE(layout.count(), 1);
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(table.rowCount(), 3);
}

void SloTableTest::unknownIsInvalidNotZero()
{
    SloTable table;
    SloRow slo = row(u"a"_s, 0);
    slo.state = SloState::NoData;
    slo.targetMs = 250.5;
    table.replace({slo});
    const auto cell = [&table](int column) { return table.index(0, column).data(SloTable::ValueRole); };
    for (const int column :
         {SloTable::TeamColumn, SloTable::AttainmentColumn, SloTable::P50Column, SloTable::P99Column,
          SloTable::SuccessColumn, SloTable::BudgetColumn, SloTable::BurnColumn, SloTable::ObjectiveColumn})
        QVERIFY2(!cell(column).isValid(), qPrintable(table.headerData(column, Qt::Horizontal).toString()));
    QCOMPARE(cell(SloTable::TargetColumn).toDouble(), 250.5);
    QCOMPARE(cell(SloTable::TotalColumn).toLongLong(), 0);
    QCOMPARE(cell(SloTable::StateColumn).toString(), u"noData"_s);
    QCOMPARE(table.index(0, 0).data(SloTable::StateRole).toInt(), static_cast<int>(SloState::NoData));
    QVERIFY(!table.index(0, 0).data(SloTable::GoodRole).isValid());
}

void SloTableTest::nothingLiesBeyondTheEnd()
{
    SloTable table;
    table.replace({row(u"a"_s)});
    QVERIFY(!table.index(1, 0).isValid());
    QVERIFY(!table.data({}).isValid());
    QVERIFY(!table.headerData(SloTable::ColumnCount, Qt::Horizontal).isValid());
    QCOMPARE(table.columnCount(table.index(0, 0)), 0);
    QCOMPARE(table.roleNames().value(SloTable::BudgetRole), QByteArray("budgetRemaining"));
    QCOMPARE(table.roleNames().value(SloTable::GoodRole), QByteArray("good"));
}

QTEST_GUILESS_MAIN(SloTableTest)
#include "tst_slotable.moc"
