// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replaytable.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

ReplayJobRow job(const QString& id, JobState state = JobState::Running)
{
    ReplayJobRow row;
    row.jobId = id;
    row.planId = u"plan of "_s + id;
    row.state = state;
    row.targets = {u"orders"_s, u"payments"_s};
    row.messages = 10;
    row.sent = 4;
    row.confirmed = 1;
    row.failedAgain = 1;
    row.skipped = 1;
    row.createdAt = utcFromMs(5);
    return row;
}

QString jobs(const ReplayTable& table)
{
    QStringList ids;
    for (int i = 0; i < table.rowCount(); ++i)
        ids += table.index(i, 0).data(ReplayTable::KeyRole).toString();
    return ids.join(u' ');
}

} // namespace

class ReplayTableTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void jobsComeChangeAndGo();
    void aSelectionFollowsItsJob();
    void cellsTellTheJob();
    void unknownIsInvalidNotZero();
    void nothingLiesBeyondTheEnd();
};

void ReplayTableTest::jobsComeChangeAndGo()
{
    ReplayTable table;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QSignalSpy reset(&table, &QAbstractItemModel::modelReset);
    const QSignalSpy inserted(&table, &QAbstractItemModel::rowsInserted);
    const QSignalSpy removed(&table, &QAbstractItemModel::rowsRemoved);
    const QSignalSpy changed(&table, &QAbstractItemModel::dataChanged);
    table.replace({job(u"B"_s), job(u"A"_s)});
    QCOMPARE(reset.count(), 1);
    table.apply({job(u"C"_s), job(u"B"_s), job(u"A"_s)}); // a new one stands on top
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(changed.count(), 0);
    QCOMPARE(jobs(table), u"C B A"_s);
    table.apply({job(u"C"_s, JobState::Done), job(u"B"_s), job(u"A"_s)});
    QCOMPARE(changed.count(), 1);
    QCOMPARE(table.index(0, ReplayTable::StateColumn).data().toString(), u"done"_s);
    table.apply({job(u"C"_s, JobState::Done)});
    QCOMPARE(removed.count(), 1);
    table.apply({});
    QCOMPARE(table.rowCount(), 0);
    QCOMPARE(reset.count(), 1);
}

void ReplayTableTest::aSelectionFollowsItsJob()
{
    ReplayTable table;
    table.replace({job(u"B"_s), job(u"A"_s)});
    const QPersistentModelIndex selected = table.index(1, ReplayTable::SentColumn);
    table.apply({job(u"C"_s), job(u"B"_s), job(u"A"_s, JobState::Stopped)});
    QCOMPARE(selected.row(), 2);
    QCOMPARE(selected.data(ReplayTable::StateRole).toInt(), static_cast<int>(JobState::Stopped));
}

void ReplayTableTest::cellsTellTheJob()
{
    ReplayTable table;
    ReplayJobRow row = job(u"A"_s);
    row.verified = VerifiedCounts{4, 0, 0};
    row.startedAt = utcFromMs(7);
    table.replace({row});
    const QModelIndex cell = table.index(0, ReplayTable::TargetsColumn);
    QCOMPARE(cell.data().toString(), u"orders, payments"_s);
    QCOMPARE(cell.data(ReplayTable::TargetsRole).toStringList(), (QStringList{u"orders"_s, u"payments"_s}));
    QCOMPARE(cell.data(ReplayTable::FractionRole).toDouble(), 0.5);
    QCOMPARE(cell.data(ReplayTable::UnknownRole).toLongLong(), 2);
    QCOMPARE(cell.data(ReplayTable::VerifiedOnceRole).toLongLong(), 4);
    QCOMPARE(cell.data(ReplayTable::StartedAtRole).toLongLong(), 7);
    QCOMPARE(table.index(0, ReplayTable::JobColumn).data(ReplayTable::ValueRole).toString(), u"A"_s);
    QCOMPARE(table.index(0, ReplayTable::SentColumn).data(ReplayTable::ValueRole).toLongLong(), 4);
    row.messages = 0;
    table.apply({row});
    QCOMPARE(table.index(0, 0).data(ReplayTable::FractionRole).toDouble(), 1.0);
}

void ReplayTableTest::unknownIsInvalidNotZero()
{
    ReplayTable table;
    table.replace({job(u"A"_s)});
    const QModelIndex first = table.index(0, 0);
    for (const int role : {ReplayTable::VerifiedOnceRole, ReplayTable::MissingRole, ReplayTable::DoubledRole,
                           ReplayTable::StartedAtRole, ReplayTable::FinishedAtRole, ReplayTable::ReasonRole})
        QVERIFY(!first.data(role).isValid());
    QVERIFY(!table.index(0, ReplayTable::FinishedColumn).data().isValid());
}

void ReplayTableTest::nothingLiesBeyondTheEnd()
{
    ReplayTable table;
    table.replace({job(u"A"_s)});
    QVERIFY(!table.index(1, 0).isValid());
    QVERIFY(!table.index(0, ReplayTable::ColumnCount).isValid());
    QVERIFY(!table.data({}).isValid());
    QVERIFY(!table.headerData(ReplayTable::ColumnCount, Qt::Horizontal).isValid());
    QVERIFY(!table.headerData(-1, Qt::Horizontal).isValid());
    QCOMPARE(table.headerData(ReplayTable::GuaranteeColumn, Qt::Horizontal).toString(), u"guarantee"_s);
    QCOMPARE(table.rowCount(table.index(0, 0)), 0);
    QCOMPARE(table.columnCount(table.index(0, 0)), 0);
    QCOMPARE(table.roleNames().value(ReplayTable::SentRole), QByteArray("sent"));
}

QTEST_GUILESS_MAIN(ReplayTableTest)
#include "tst_replaytable.moc"
