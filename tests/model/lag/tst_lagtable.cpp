// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagtable.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

LagGroupRow group(std::int64_t id, std::int64_t lag = 0, LagState state = LagState::Ok)
{
    LagGroupRow row;
    row.id = id;
    row.group = u"group-%1"_s.arg(id);
    row.connection = u"local"_s;
    row.totalLag = MessageCount{lag};
    row.worstState = state;
    return row;
}

std::vector<LagGroupRow> groups(std::initializer_list<std::int64_t> ids)
{
    std::vector<LagGroupRow> rows;
    for (const std::int64_t id : ids)
        rows.push_back(group(id));
    return rows;
}

/// All that a view hears.
struct Spies
{
    explicit Spies(LagTable& table)
        : reset(&table, &QAbstractItemModel::modelReset)
        , layout(&table, &QAbstractItemModel::layoutChanged)
        , inserted(&table, &QAbstractItemModel::rowsInserted)
        , removed(&table, &QAbstractItemModel::rowsRemoved)
        , changed(&table, &QAbstractItemModel::dataChanged)
    {
    }
    QString counts() const
    {
        return u"reset %1, layout %2, inserted %3, removed %4, changed %5"_s.arg(reset.count())
            .arg(layout.count())
            .arg(inserted.count())
            .arg(removed.count())
            .arg(changed.count());
    }
    QSignalSpy reset, layout, inserted, removed, changed;
};

QString ids(const LagTable& table)
{
    QStringList parts;
    for (int i = 0; i < table.rowCount(); ++i)
        parts += QString::number(table.index(i, 0).data(LagTable::KeyRole).toLongLong());
    return parts.join(u' ');
}

} // namespace

class LagTableTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void signalsAreAsFewAsCanBe_data();
    void signalsAreAsFewAsCanBe();
    void aSelectionFollowsItsGroup();
    void anotherQuestionIsOneReset();
    void unknownIsInvalidNotZero();
    void nothingLiesBeyondTheEnd();
    void randomAnswersKeepTheModelWhole();
};

void LagTableTest::signalsAreAsFewAsCanBe_data()
{
    QTest::addColumn<std::vector<LagGroupRow>>("next");
    QTest::addColumn<QString>("signalled");
    const auto before = groups({1, 2, 3, 4});
    QTest::newRow("the same answer says nothing") << before << u"reset 0, layout 0, inserted 0, removed 0, changed 0"_s;
    auto next = before;
    next[1].totalLag = MessageCount{7};
    next[2].totalLag = std::nullopt;
    QTest::newRow("two neighbours that changed are one range")
        << next << u"reset 0, layout 0, inserted 0, removed 0, changed 1"_s;
    next[2] = before[2];
    next[3].worstState = LagState::Stopped;
    QTest::newRow("two apart are two") << next << u"reset 0, layout 0, inserted 0, removed 0, changed 2"_s;
    QTest::newRow("new ones come as a range")
        << groups({1, 2, 8, 9, 3, 4}) << u"reset 0, layout 0, inserted 1, removed 0, changed 0"_s;
    QTest::newRow("at both ends as two") << groups({7, 1, 2, 3, 4, 8})
                                         << u"reset 0, layout 0, inserted 2, removed 0, changed 0"_s;
    QTest::newRow("gone ones go as a range")
        << groups({1, 4}) << u"reset 0, layout 0, inserted 0, removed 1, changed 0"_s;
    QTest::newRow("another order is one layout change")
        << groups({4, 3, 1, 2}) << u"reset 0, layout 1, inserted 0, removed 0, changed 0"_s;
    QTest::newRow("everything at once") << groups({9, 4, 2, 8})
                                        << u"reset 0, layout 1, inserted 2, removed 2, changed 0"_s;
    QTest::newRow("to nothing") << groups({}) << u"reset 0, layout 0, inserted 0, removed 1, changed 0"_s;
}

void LagTableTest::signalsAreAsFewAsCanBe()
{
    QFETCH(std::vector<LagGroupRow>, next);
    QFETCH(QString, signalled);
    LagTable table;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    table.replace(groups({1, 2, 3, 4}));
    const Spies spies(table);
    table.apply(next);
    QCOMPARE(spies.counts(), signalled);
    QCOMPARE(table.rowCount(), static_cast<int>(next.size()));
    for (int i = 0; i < table.rowCount(); ++i)
        QCOMPARE(table.row(i), next[static_cast<std::size_t>(i)]);
}

void LagTableTest::aSelectionFollowsItsGroup()
{
    LagTable table;
    table.replace(groups({1, 2, 3, 4}));
    const QPersistentModelIndex third = table.index(2, 1);
    table.apply(groups({3, 4, 9, 1}));
    QVERIFY(third.isValid());
    QCOMPARE(third.row(), 0);
    QCOMPARE(third.column(), 1);
    QCOMPARE(third.data(LagTable::GroupRole).toString(), u"group-3"_s);
    table.apply(groups({4}));
    QVERIFY(!third.isValid());
}

void LagTableTest::anotherQuestionIsOneReset()
{
    LagTable table;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const Spies spies(table);
    table.replace(groups({1, 2}));
    QCOMPARE(spies.counts(), u"reset 1, layout 0, inserted 0, removed 0, changed 0"_s);
}

void LagTableTest::unknownIsInvalidNotZero()
{
    LagTable table;
    LagGroupRow row = group(1);
    row.totalLag = std::nullopt;
    row.timeLag = TimeLag{Millis{5000}, std::nullopt};
    table.replace({row});
    const auto cell = [&table](int column) { return table.index(0, column).data(LagTable::ValueRole); };
    QVERIFY(!cell(LagTable::LagColumn).isValid());
    QVERIFY(!cell(LagTable::OwnerColumn).isValid());
    QVERIFY(!cell(LagTable::DrainColumn).isValid());
    QCOMPARE(cell(LagTable::TimeLagColumn).toLongLong(), 5000);
    QVERIFY(!table.index(0, 0).data(LagTable::TimeLagHighRole).isValid());
    QCOMPARE(cell(LagTable::StateColumn).toString(), u"ok"_s);
    QCOMPARE(table.index(0, 0).data().toString(), u"group-1"_s);
    row.totalLag = MessageCount{0};
    table.apply({row});
    QCOMPARE(cell(LagTable::LagColumn).toLongLong(), 0);
    QVERIFY(cell(LagTable::LagColumn).isValid());
}

void LagTableTest::nothingLiesBeyondTheEnd()
{
    LagTable table;
    table.replace(groups({1}));
    QVERIFY(!table.index(1, 0).isValid());
    QVERIFY(!table.index(0, LagTable::ColumnCount).isValid());
    QVERIFY(!table.data({}).isValid());
    QVERIFY(!table.headerData(LagTable::ColumnCount, Qt::Horizontal).isValid());
    QVERIFY(!table.headerData(-1, Qt::Horizontal).isValid());
    QCOMPARE(table.rowCount(table.index(0, 0)), 0);
    QCOMPARE(table.columnCount(table.index(0, 0)), 0);
    QCOMPARE(table.roleNames().value(LagTable::LagRole), QByteArray("lag"));
}

void LagTableTest::randomAnswersKeepTheModelWhole()
{
    LagTable table;
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::mt19937 luck(5);
    for (int turn = 0; turn < 200; ++turn) {
        std::vector<LagGroupRow> next;
        for (std::int64_t id = 1; id <= 12; ++id) {
            if (luck() % 3 != 0)
                next.push_back(group(id, luck() % 3));
        }
        std::shuffle(next.begin(), next.end(), luck);
        QString expected;
        for (const auto& row : next)
            expected += (expected.isEmpty() ? u""_s : u" "_s) + QString::number(row.id);
        table.apply(next);
        QCOMPARE(ids(table), expected);
    }
}

QTEST_GUILESS_MAIN(LagTableTest)
#include "tst_lagtable.moc"
