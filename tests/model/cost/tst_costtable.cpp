// SPDX-License-Identifier: GPL-3.0-or-later
// The cost report as an item model.
#include "model/cost/costtable.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

CostRow row(const QString& team, std::int64_t each)
{
    CostRow made;
    made.team = team;
    for (const CostComponent component : coreComponents)
        made.components[componentIndex(component)] = Money{each};
    made.total = Money{each * 4};
    return made;
}

CostReport report()
{
    CostReport made;
    made.currency = u"USD"_s;
    made.teams = {row(u"payment\u202E"_s, 250'000), row(u"orders"_s, 125'000)};
    made.unattributed = row(QString(), 62'500);
    made.idle = row(QString(), 62'500);
    made.total = row(QString(), 500'000);
    return made;
}

} // namespace

class CostTableTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rowsAndRoles();
    void anotherReportIsOneReset();
    void nothingBeyondTheEnds();
};

void CostTableTest::rowsAndRoles()
{
    CostTable table;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    table.show(report());
    QCOMPARE(table.rowCount(), 4);
    QCOMPARE(table.columnCount(), int{CostTable::ColumnCount});
    QCOMPARE(table.index(0, CostTable::Team).data().toString(), u"payment\\u{202E}"_s);
    QCOMPARE(table.index(0, CostTable::Compute).data().toString(), u"0.2500"_s);
    QCOMPARE(table.index(0, CostTable::Total).data(CostTable::MicrosRole).toLongLong(), 1'000'000);
    QVERIFY(!table.index(0, CostTable::Team).data(CostTable::MicrosRole).isValid());
    QCOMPARE(table.index(1, CostTable::Total).data(CostTable::ValueRole).toDouble(), 0.5);
    QCOMPARE(table.index(1, CostTable::Team).data(CostTable::ValueRole).toString(), u"orders"_s);
    QCOMPARE(table.headerData(CostTable::Compute, Qt::Horizontal).toString(), u"compute"_s);
    QCOMPARE(table.headerData(CostTable::Total, Qt::Horizontal).toString(), u"total"_s);
    QVERIFY(!table.headerData(CostTable::ColumnCount, Qt::Horizontal).isValid());
    QCOMPARE(table.index(0, 0).data(CostTable::ShareRole).toDouble(), 0.5);
    QCOMPARE(table.index(1, 0).data(CostTable::KindRole).toInt(), int{CostTable::TeamRow});
    QCOMPARE(table.index(2, 0).data().toString(), u"unattributed"_s);
    QCOMPARE(table.index(2, 0).data(CostTable::KindRole).toInt(), int{CostTable::UnattributedRow});
    QCOMPARE(table.index(3, 0).data().toString(), u"idle"_s);
    QCOMPARE(table.index(3, 0).data(CostTable::KindRole).toInt(), int{CostTable::IdleRow});
}

void CostTableTest::anotherReportIsOneReset()
{
    CostTable table;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    table.show(report());
    QSignalSpy resets(&table, &QAbstractItemModel::modelReset);
    CostReport smaller = report();
    smaller.idle = {};
    smaller.unattributed = {};
    table.show(smaller);
    QCOMPARE(resets.count(), 1);
    QCOMPARE(table.rowCount(), 2);
    table.show({});
    QCOMPARE(table.rowCount(), 0);
    QCOMPARE(table.report(), CostReport{});
}

void CostTableTest::nothingBeyondTheEnds()
{
    CostTable table;
    table.show(report());
    QVERIFY(!table.index(4, 0).isValid());
    QVERIFY(!table.index(0, CostTable::ColumnCount).isValid());
    QVERIFY(!table.data(QModelIndex()).isValid());
    QVERIFY(!table.data(table.index(0, 0), Qt::DecorationRole).isValid());
    QCOMPARE(table.rowCount(table.index(0, 0)), 0);
    QCOMPARE(table.columnCount(table.index(0, 0)), 0);
}

QTEST_GUILESS_MAIN(CostTableTest)
#include "tst_costtable.moc"
