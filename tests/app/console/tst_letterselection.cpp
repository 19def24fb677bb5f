// SPDX-License-Identifier: GPL-3.0-or-later
// Letters by name, by group and by query: the same ones, whether they are wanted together or one after the other.
#include "app/console/letterselection.h"
#include "model/deadletter/letterrows.h"
#include "tests/model/deadletter/storefixture.h"

#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

class LetterSelectionTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bothWaysGiveTheSame_data();
    void bothWaysGiveTheSame();
    void bothWaysFailAlike_data();
    void bothWaysFailAlike();
    void aStopIsCancelled();

private:
    static constexpr int stored = 5;
    /// Stores letters; their ids, oldest first.
    static QStringList fill(StoreFixture& fixture)
    {
        std::vector<PreparedLetter> letters;
        QStringList ids;
        for (int i = 0; i < stored; ++i) {
            letters.push_back(StoreFixture::prepared(i + 1, i % 2 == 0 ? u"a.B"_s : u"a.C"_s, u"payments"_s));
            ids << StoreFixture::idOf(letters.back());
        }
        return fixture.add(letters) == stored ? ids : QStringList();
    }
};

void LetterSelectionTest::bothWaysGiveTheSame_data()
{
    QTest::addColumn<QList<int>>("named"); // places in the list of what was stored
    QTest::addColumn<bool>("withGroup");   // the group of the first letter too
    QTest::addColumn<QString>("query");
    QTest::addColumn<int>("letters");
    QTest::newRow("a query") << QList<int>() << false << u"error:a.B"_s << 3;
    QTest::newRow("a query that finds nothing") << QList<int>() << false << u"error:a.D"_s << 0;
    QTest::newRow("names, in their order") << QList<int>{4, 0, 2} << false << QString() << 3;
    QTest::newRow("a name twice is one letter") << QList<int>{1, 3, 1} << false << QString() << 2;
    QTest::newRow("a group and one of its letters") << QList<int>{0} << true << QString() << 3;
}

void LetterSelectionTest::bothWaysGiveTheSame()
{
    QFETCH(QList<int>, named);
    QFETCH(bool, withGroup);
    QFETCH(QString, query);
    QFETCH(int, letters);
    StoreFixture fixture;
    const QStringList ids = fill(fixture);
    QCOMPARE(ids.size(), stored);
    Database reader = fixture.reader();
    LetterSelection selection{.ids = {}, .query = query};
    for (const int place : std::as_const(named))
        selection.ids << ids[place];
    if (withGroup)
        selection.ids << deadLetter(reader, ids[0])->group;
    const UtcTime now = utcFromMs(letterMs + 1'000'000);
    const auto together = selectedLetters(reader, selection, now, {});
    QVERIFY2(together, qPrintable(together ? QString() : together.error().detail));
    QCOMPARE(static_cast<int>(together->size()), letters);
    std::vector<DeadLetter> visited;
    QVERIFY(visitSelected(reader, selection, now, [&](const DeadLetter& letter) { visited.push_back(letter); }, {}));
    QCOMPARE(visited.size(), together->size());
    for (std::size_t i = 0; i < visited.size(); ++i)
        QCOMPARE(visited[i].id, (*together)[i].id);
}

void LetterSelectionTest::bothWaysFailAlike_data()
{
    QTest::addColumn<LetterSelection>("selection");
    QTest::newRow("a query that is none") << LetterSelection{.ids = {}, .query = u"colour:red"_s};
    QTest::newRow("a letter that is not stored") << LetterSelection{.ids = {u"00000000-0-1-00000000"_s}, .query = {}};
    QTest::newRow("a name that is none") << LetterSelection{.ids = {u"no id"_s}, .query = {}};
}

void LetterSelectionTest::bothWaysFailAlike()
{
    QFETCH(LetterSelection, selection);
    StoreFixture fixture;
    QCOMPARE(fill(fixture).size(), stored);
    Database reader = fixture.reader();
    const UtcTime now = utcFromMs(letterMs + 1'000'000);
    const auto together = selectedLetters(reader, selection, now, {});
    const Status visited = visitSelected(reader, selection, now, [](const DeadLetter&) {}, {});
    QVERIFY(!together && !visited);
    QCOMPARE(visited.error().code, together.error().code);
    QCOMPARE(visited.error().detail, together.error().detail);
}

void LetterSelectionTest::aStopIsCancelled()
{
    StoreFixture fixture;
    QCOMPARE(fill(fixture).size(), stored);
    Database reader = fixture.reader();
    std::stop_source source;
    source.request_stop();
    const Status visited = visitSelected(
        reader, {.ids = {}, .query = u"error:a.B"_s}, utcFromMs(letterMs + 1'000'000), [](const DeadLetter&) {},
        source.get_token());
    QVERIFY(!visited);
    QCOMPARE(visited.error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(LetterSelectionTest)
#include "tst_letterselection.moc"
