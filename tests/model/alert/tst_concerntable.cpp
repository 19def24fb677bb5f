// SPDX-License-Identifier: GPL-3.0-or-later
// Overview's list as an item model.
#include "model/alert/concerntable.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

Concern concern(const QString& id)
{
    Concern made;
    made.id = id;
    made.rule = ConcernRule::DeadLetterAge;
    made.severity = Severity::Critical;
    made.summary = u"summary of "_s + id;
    made.evidence = u"evidence"_s;
    made.team = u"payment-team"_s;
    made.oncall = u"payment-oncall"_s;
    made.since = utcFromMs(1000);
    made.action = {ConcernScreen::DeadLetters, u"team:payment-team"_s, u"Review 3 letters"_s,
                   u"spillwayctl dlq list"_s};
    return made;
}

} // namespace

class ConcernTableTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void columnsAndRoles();
    void rowsKeepTheirIdentity();
    void nothingBeyondTheEnds();
};

void ConcernTableTest::columnsAndRoles()
{
    ConcernTable table;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    table.replace({concern(u"a"_s), Concern{}});
    QCOMPARE(table.columnCount(), int{ConcernTable::ColumnCount});
    const auto at = [&table](int column) { return table.index(0, column); };
    QCOMPARE(at(ConcernTable::SummaryColumn).data().toString(), u"summary of a"_s);
    QCOMPARE(at(ConcernTable::TeamColumn).data().toString(), u"payment-team"_s);
    QCOMPARE(at(ConcernTable::OncallColumn).data().toString(), u"payment-oncall"_s);
    QCOMPARE(at(ConcernTable::SinceColumn).data(ConcernTable::ValueRole).toLongLong(), 1000);
    QCOMPARE(at(ConcernTable::SeverityColumn).data().toString(), u"critical"_s);
    QCOMPARE(at(0).data(ConcernTable::SeverityRole).toInt(), static_cast<int>(Severity::Critical));
    QCOMPARE(at(0).data(ConcernTable::RuleRole).toInt(), static_cast<int>(ConcernRule::DeadLetterAge));
    QCOMPARE(at(0).data(ConcernTable::EvidenceRole).toString(), u"evidence"_s);
    QCOMPARE(at(0).data(ConcernTable::ActionLabelRole).toString(), u"Review 3 letters"_s);
    QCOMPARE(at(0).data(ConcernTable::ActionScreenRole).toInt(), static_cast<int>(ConcernScreen::DeadLetters));
    QCOMPARE(at(0).data(ConcernTable::ActionFilterRole).toString(), u"team:payment-team"_s);
    QCOMPARE(at(0).data(ConcernTable::ActionCommandRole).toString(), u"spillwayctl dlq list"_s);
    for (const int column :
         {ConcernTable::TeamColumn, ConcernTable::OncallColumn, ConcernTable::SinceColumn, ConcernTable::UntilColumn})
        QVERIFY(
            !table.index(1, column).data(ConcernTable::ValueRole).isValid()); // unknown is no empty text and no zero
    QCOMPARE(table.headerData(0, Qt::Horizontal).toString(), u"summary"_s);
    QVERIFY(!table.headerData(ConcernTable::ColumnCount, Qt::Horizontal).isValid());
}

void ConcernTableTest::rowsKeepTheirIdentity()
{
    ConcernTable table;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    table.replace({concern(u"a"_s), concern(u"b"_s), concern(u"c"_s)});
    const QPersistentModelIndex c = table.index(2, 0);
    QSignalSpy resets(&table, &QAbstractItemModel::modelReset);
    QSignalSpy changes(&table, &QAbstractItemModel::dataChanged);
    Concern older = concern(u"b"_s);
    older.evidence = u"older"_s;
    table.apply({concern(u"c"_s), concern(u"d"_s), older});
    QCOMPARE(c.row(), 0);
    QCOMPARE(table.rowCount(), 3);
    QCOMPARE(table.index(2, 0).data(ConcernTable::EvidenceRole).toString(), u"older"_s);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(resets.count(), 0);
}

void ConcernTableTest::nothingBeyondTheEnds()
{
    ConcernTable table;
    table.replace({concern(u"a"_s)});
    QVERIFY(!table.index(1, 0).isValid());
    QVERIFY(!table.data(QModelIndex()).isValid());
    QVERIFY(!table.index(0, 0).data(Qt::DecorationRole).isValid());
    QCOMPARE(table.rowCount(table.index(0, 0)), 0);
}

QTEST_GUILESS_MAIN(ConcernTableTest)
#include "tst_concerntable.moc"
