// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadlettergrouptable.h"
#include "model/deadletter/deadlettertable.h"
#include "model/deadletter/queryrun.h"
#include "storefixture.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <numeric>

class TstLetterTables final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void groupsComeMoveAndGo();
    void groupsSayWhatIsUnknown();
    void rowsAskForTheirLettersOnce();
    void aNewerAnswerKeepsSelections_data();
    void aNewerAnswerKeepsSelections();
    void aMillionRows();
    void refreshKeepsWhatIsShown();
    void fromTheStore();
};

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;
using Mode = QAbstractItemModelTester::FailureReportingMode;

namespace {

DeadLetterGroup group(const QString& id, std::int64_t count)
{
    DeadLetterGroup group;
    group.id = id;
    group.title = u"title of "_s + id;
    group.count = count;
    group.firstSeen = utcFromMs(500);
    group.oldestOpenAt = utcFromMs(1000);
    return group;
}

DeadLetter letterAt(std::int64_t place)
{
    DeadLetter letter;
    letter.place = place;
    letter.id = u"id-%1"_s.arg(place);
    letter.record.key = "k" + QByteArray::number(qlonglong{place});
    letter.firstSeenAt = utcFromMs(place);
    return letter;
}

/// 9, 8, 7 … 0
std::vector<std::int64_t> placesDown(std::int64_t from)
{
    std::vector<std::int64_t> places(static_cast<std::size_t>(from + 1));
    std::iota(places.rbegin(), places.rend(), 0);
    return places;
}

} // namespace

void TstLetterTables::groupsComeMoveAndGo()
{
    DeadLetterGroupTable table;
    QAbstractItemModelTester tester(&table, Mode::QtTest);
    table.replace({group(u"a"_s, 3), group(u"b"_s, 2), group(u"c"_s, 1)});
    const QPersistentModelIndex b = table.index(1, 0);
    QSignalSpy inserted(&table, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(&table, &QAbstractItemModel::rowsRemoved);
    QSignalSpy changed(&table, &QAbstractItemModel::dataChanged);
    QSignalSpy reset(&table, &QAbstractItemModel::modelReset);
    table.apply({group(u"b"_s, 7), group(u"a"_s, 3), group(u"d"_s, 1)});
    QCOMPARE(b.row(), 0);
    QCOMPARE(b.data(DeadLetterGroupTable::CountRole).toLongLong(), 7);
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(removed.count(), 1);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(reset.count(), 0);
    table.apply({});
    QCOMPARE(table.rowCount(), 0);
    QVERIFY(!b.isValid());
}

void TstLetterTables::groupsSayWhatIsUnknown()
{
    DeadLetterGroupTable table;
    DeadLetterGroup known = group(u"a"_s, 3);
    known.errorClass = u"com.acme.E1"_s;
    known.team = u"payment-team"_s;
    known.kind = FailureKind::Schema;
    known.state = TriageState::FailedAgain;
    DeadLetterGroup closed = group(u"b"_s, 2);
    closed.oldestOpenAt.reset();
    table.replace({known, closed});
    QVERIFY(!table.index(1, DeadLetterGroupTable::OldestColumn).data().isValid());
    QCOMPARE(table.index(0, DeadLetterGroupTable::TeamColumn).data(), QVariant(u"payment-team"_s));
    QVERIFY(!table.index(1, DeadLetterGroupTable::TeamColumn).data().isValid());
    QCOMPARE(table.index(0, DeadLetterGroupTable::StateColumn).data(), QVariant(u"failedAgain"_s));
    QCOMPARE(table.index(0, DeadLetterGroupTable::KindColumn).data(), QVariant(u"schema"_s));
    QCOMPARE(table.index(0, DeadLetterGroupTable::CountColumn).data(DeadLetterGroupTable::ValueRole).toLongLong(), 3);
    QCOMPARE(table.index(0, DeadLetterGroupTable::OldestColumn).data().toLongLong(), 1000);
    for (int column = 0; column < table.columnCount(); ++column)
        QVERIFY(!table.headerData(column, Qt::Horizontal).toString().isEmpty());
    QVERIFY(!table.headerData(table.columnCount(), Qt::Horizontal).isValid());
    QVERIFY(!table.data(table.index(2, 0), Qt::DisplayRole).isValid());
    for (const int role : table.roleNames().keys())
        (void)table.index(1, 0).data(role);
}

void TstLetterTables::rowsAskForTheirLettersOnce()
{
    DeadLetterTable table;
    QAbstractItemModelTester tester(&table, Mode::QtTest);
    QSignalSpy needed(&table, &DeadLetterTable::lettersNeeded);
    table.replace(placesDown(249));
    QVERIFY(!table.index(0, DeadLetterTable::KeyColumn).data().isValid());
    QVERIFY(!table.index(5, 0).data(DeadLetterTable::LoadedRole).toBool());
    QCOMPARE(needed.count(), 0); // not from inside data
    QTRY_COMPARE(needed.count(), 1);
    const auto places = needed.takeFirst().front().value<QList<qint64>>();
    QVERIFY(places.contains(249) && places.contains(150));
    (void)table.index(0, DeadLetterTable::KeyColumn).data();
    QCoreApplication::processEvents();
    QCOMPARE(needed.count(), 0);

    QSignalSpy changed(&table, &QAbstractItemModel::dataChanged);
    table.applyLetters({letterAt(249), letterAt(247)});
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.front()[0].toModelIndex().row(), 0);
    QCOMPARE(changed.front()[1].toModelIndex().row(), 2);
    QCOMPARE(table.index(2, DeadLetterTable::KeyColumn).data().toByteArray(), QByteArray("k247"));
    QVERIFY(table.index(2, 0).data(DeadLetterTable::LoadedRole).toBool());
    QVERIFY(table.index(2, 0).data(DeadLetterTable::IsAtLeastRole).toBool());
    QVERIFY(!table.index(2, 0).data(DeadLetterTable::ErrorClassRole).isValid());
    QCOMPARE(table.index(1, 0).data(DeadLetterTable::PlaceRole).toLongLong(), 248);
    QCOMPARE(table.letter(0)->id, u"id-249"_s);
    QVERIFY(!table.letter(1));
    table.applyLetters({letterAt(9999)}); // nobody's row
    QCOMPARE(changed.count(), 1);
    QVERIFY(!table.data(table.index(250, 0), Qt::DisplayRole).isValid());
    for (const int role : table.roleNames().keys())
        (void)table.index(0, 0).data(role);
}

void TstLetterTables::aNewerAnswerKeepsSelections_data()
{
    QTest::addColumn<QList<qint64>>("before");
    QTest::addColumn<QList<qint64>>("after");
    QTest::addColumn<int>("insertions");
    QTest::addColumn<int>("removals");
    const QList<qint64> five{5, 4, 3, 2, 1};
    QTest::newRow("new letters in front") << five << QList<qint64>{8, 7, 6, 5, 4, 3, 2, 1} << 1 << 0;
    QTest::newRow("nothing new") << five << five << 0 << 0;
    QTest::newRow("one went from the middle") << five << QList<qint64>{5, 4, 2, 1} << 0 << 1;
    QTest::newRow("old ones expired") << five << QList<qint64>{5, 4, 3} << 0 << 1;
    QTest::newRow("some came, some went") << five << QList<qint64>{7, 5, 9, 3, 1} << 2 << 2;
    QTest::newRow("all went") << five << QList<qint64>{} << 0 << 1;
    QTest::newRow("the first came") << QList<qint64>{} << five << 1 << 0;
    QTest::newRow("others altogether") << five << QList<qint64>{10, 9} << 1 << 1;
}

void TstLetterTables::aNewerAnswerKeepsSelections()
{
    QFETCH(QList<qint64>, before);
    QFETCH(QList<qint64>, after);
    QFETCH(int, insertions);
    QFETCH(int, removals);
    DeadLetterTable table;
    QAbstractItemModelTester tester(&table, Mode::QtTest);
    table.replace({before.begin(), before.end()});
    QList<QPersistentModelIndex> selected;
    for (int row = 0; row < table.rowCount(); ++row)
        selected += table.index(row, 0);
    QSignalSpy inserted(&table, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(&table, &QAbstractItemModel::rowsRemoved);
    table.apply({after.begin(), after.end()});
    QCOMPARE(inserted.count(), insertions);
    QCOMPARE(removed.count(), removals);
    QList<qint64> shown;
    for (int row = 0; row < table.rowCount(); ++row)
        shown += table.place(row);
    QCOMPARE(shown, after);
    for (qsizetype i = 0; i < before.size(); ++i) {
        QCOMPARE(selected[i].isValid(), after.contains(before[i]));
        if (selected[i].isValid())
            QCOMPARE(selected[i].data(DeadLetterTable::PlaceRole).toLongLong(), before[i]);
    }
}

void TstLetterTables::aMillionRows()
{
    DeadLetterTable table;
    table.replace(placesDown(999'999));
    QCOMPARE(table.rowCount(), 1'000'000);
    QSignalSpy needed(&table, &DeadLetterTable::lettersNeeded);
    for (int row = 0; row < 1'000'000; row += 1000) // a hand on the scroll bar
        (void)table.index(row, 0).data();
    QTRY_COMPARE(needed.count(), 1);
    const auto places = needed.front().front().value<QList<qint64>>();
    QCOMPARE(places.size(), 500);
    QVERIFY(places.contains(table.place(999'000))); // what was looked at last
    (void)table.index(0, 0).data();                 // what was left behind is asked for again
    QTRY_COMPARE(needed.count(), 2);
    QSignalSpy inserted(&table, &QAbstractItemModel::rowsInserted);
    table.apply(placesDown(1'000'004));
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(inserted.front()[2].toInt(), 4);
}

void TstLetterTables::refreshKeepsWhatIsShown()
{
    DeadLetterTable table;
    table.replace(placesDown(9));
    table.applyLetters({letterAt(9), letterAt(8)});
    QSignalSpy needed(&table, &DeadLetterTable::lettersNeeded);
    table.refresh();
    QCOMPARE(needed.count(), 1);
    QCOMPARE(needed.front().front().value<QList<qint64>>().size(), 2);
    QVERIFY(table.letter(0));
    DeadLetter archived = letterAt(9);
    archived.state = TriageState::Archived;
    table.applyLetters({archived});
    QCOMPARE(table.index(0, DeadLetterTable::StateColumn).data(), QVariant(u"archived"_s));
}

void TstLetterTables::fromTheStore()
{
    StoreFixture fixture;
    fixture.add(
        {StoreFixture::prepared(1, u"E1"_s, u"payments"_s, 2), StoreFixture::prepared(2, u"E2"_s, u"stock"_s, 1)});
    Database reader = fixture.reader();
    DeadLetterTable table;
    QObject::connect(&table, &DeadLetterTable::lettersNeeded, &table, [&](const QList<qint64>& places) {
        table.applyLetters(*lettersAt(reader, {places.begin(), places.end()}));
    });
    table.replace(*letterPlaces(reader, *parseQuery(u""), utcFromMs(letterMs)));
    QCOMPARE(table.rowCount(), 2);
    (void)table.index(0, 0).data();
    QTRY_VERIFY(table.letter(1));
    QCOMPARE(table.index(0, DeadLetterTable::ErrorColumn).data(), QVariant(u"E2"_s));
    QCOMPARE(table.index(1, DeadLetterTable::ErrorColumn).data(), QVariant(u"E1"_s));
}

QTEST_GUILESS_MAIN(TstLetterTables)
#include "tst_lettertables.moc"
