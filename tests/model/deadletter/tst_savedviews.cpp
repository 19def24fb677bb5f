// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/savedviews.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class TstSavedViews final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aViewComesBackAsItWasSaved_data();
    void aViewComesBackAsItWasSaved();
    void namesNeverLeaveTheFolder_data();
    void namesNeverLeaveTheFolder();
    void namesThatCannotBe_data();
    void namesThatCannotBe();
    void nothingIsOverwrittenSilently();
    void faultyFiles_data();
    void faultyFiles();
    void aFaultyFileLeavesTheOthers();
    void theSameNameTwice();
    void twoQueriesAtOnce();

private:
    static void write(const QString& file, const QByteArray& text)
    {
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(text);
    }
};

void TstSavedViews::aViewComesBackAsItWasSaved_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("description");
    QTest::newRow("a plain one") << u"Slow payments"_s << u"team:payment-team age>24h"_s << QString();
    QTest::newRow("quotes and backslashes")
        << u"O'Neil's \"view\""_s << u"\"gift \\\"wrap\\\"\" error~\"time(d )?out\\d\""_s << u"a: b # c"_s;
    QTest::newRow("what YAML takes for something else") << u"yes"_s << u"null"_s << u"- 1.0"_s;
    QTest::newRow("other writing") << u"Überfällige 支払い"_s << u"key:é"_s << u"line\nbreak\ttab"_s;
    QTest::newRow("all letters") << u"all"_s << QString() << QString();
}

void TstSavedViews::aViewComesBackAsItWasSaved()
{
    QFETCH(QString, name);
    QFETCH(QString, query);
    QFETCH(QString, description);
    const QTemporaryDir folder;
    const QString views = folder.filePath(u"queries"_s); // made by the first view
    SavedView view{.name = name,
                   .query = query,
                   .description = description,
                   .columns = {u"state"_s, u"entered"_s},
                   .sort = u"-entered"_s,
                   .pivot = {u"team"_s, u"errorClass"_s}};
    const auto file = saveView(views, view);
    QVERIFY2(file, file ? "" : qPrintable(file.error().detail));
    view.file = *file;
    const SavedViews saved = readSavedViews(views);
    QVERIFY2(saved.issues.empty(), saved.issues.empty() ? "" : qPrintable(saved.issues.front().toString()));
    QCOMPARE(saved.views.size(), std::size_t{1});
    QVERIFY(saved.views.front() == view);
    const auto found = savedView(views, name);
    QVERIFY(found && *found == view);
}

void TstSavedViews::namesNeverLeaveTheFolder_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("file");
    QTest::newRow("parents") << u"../../etc/passwd"_s << u"etc-passwd.yaml"_s;
    QTest::newRow("an absolute path") << u"/etc/shadow"_s << u"etc-shadow.yaml"_s;
    QTest::newRow("dots only") << u".."_s << u"view.yaml"_s;
    QTest::newRow("a hidden file") << u".bashrc"_s << u"bashrc.yaml"_s;
    QTest::newRow("a backslash") << u"..\\..\\x"_s << u"x.yaml"_s;
    QTest::newRow("nothing a file's name likes") << u"支払い"_s << u"view.yaml"_s;
    QTest::newRow("signs of a shell") << u"$(rm -rf ~); `x` | y"_s << u"rm-rf-x-y.yaml"_s;
}

void TstSavedViews::namesNeverLeaveTheFolder()
{
    QFETCH(QString, name);
    QFETCH(QString, file);
    const QTemporaryDir folder;
    const QString views = folder.filePath(u"queries"_s);
    const auto written = saveView(views, {.name = name, .query = u"kind:schema"_s});
    QVERIFY2(written, written ? "" : qPrintable(written.error().detail));
    QCOMPARE(*written, QDir(views).absoluteFilePath(file));
    QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList{u"queries"_s});
    QVERIFY(savedView(views, name));
}

void TstSavedViews::namesThatCannotBe_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("empty") << QString();
    QTest::newRow("spaces only") << u"   "_s;
    QTest::newRow("a space at the end") << u"x "_s;
    QTest::newRow("a line feed") << u"a\nb"_s;
    QTest::newRow("a terminal's escape") << u"a\u001b[31mb"_s;
    QTest::newRow("text that runs backwards") << u"a\u202Eb"_s;
    QTest::newRow("too long") << u"x"_s.repeated(81);
}

void TstSavedViews::namesThatCannotBe()
{
    QFETCH(QString, name);
    const QTemporaryDir folder;
    const auto written = saveView(folder.path(), {.name = name, .query = QString()});
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::InvalidConfig);
    QVERIFY(QDir(folder.path()).isEmpty());
}

void TstSavedViews::nothingIsOverwrittenSilently()
{
    const QTemporaryDir folder;
    write(folder.filePath(u"slow.yaml"_s), "# somebody's own file\n");
    const auto first = saveView(folder.path(), {.name = u"Slow"_s, .query = u"age>1d"_s});
    QVERIFY(first);
    QCOMPARE(*first, folder.filePath(u"slow-2.yaml"_s));
    const auto again = saveView(folder.path(), {.name = u"Slow"_s, .query = u"age>2d"_s});
    QVERIFY(!again);
    QCOMPARE(again.error().code, ErrorCode::Conflict);
    QCOMPARE(savedView(folder.path(), u"Slow"_s)->query, u"age>1d"_s);
    const auto replaced = saveView(folder.path(), {.name = u"Slow"_s, .query = u"age>2d"_s}, true);
    QVERIFY(replaced);
    QCOMPARE(*replaced, *first);
    QCOMPARE(savedView(folder.path(), u"Slow"_s)->query, u"age>2d"_s);
    const auto faulty = saveView(folder.path(), {.name = u"Faulty"_s, .query = u"team:"_s});
    QVERIFY(!faulty && faulty.error().detail.contains(u"column 6"));
    for (const SavedView& odd : {SavedView{.name = u"Odd"_s, .query = {}, .columns = {u"nope"_s}},
                                 SavedView{.name = u"Odd"_s, .query = {}, .sort = u"nope"_s},
                                 SavedView{.name = u"Odd"_s, .query = {}, .pivot = {u"nope"_s}}}) {
        const auto refused = saveView(folder.path(), odd);
        QVERIFY(!refused && refused.error().detail.contains(u"'nope'"_s));
    }
    QFile own(folder.filePath(u"slow.yaml"_s));
    QVERIFY(own.open(QIODevice::ReadOnly));
    QCOMPARE(own.readAll(), QByteArray("# somebody's own file\n"));
}

void TstSavedViews::faultyFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("says");
    QTest::newRow("empty") << QByteArray() << u"empty"_s;
    QTest::newRow("no YAML") << QByteArray("name: [") << u":"_s;
    QTest::newRow("no map") << QByteArray("- a\n") << u"the saved view"_s;
    QTest::newRow("no name") << QByteArray("query: kind:schema\n") << u"name"_s;
    QTest::newRow("an empty query") << QByteArray("name: A\nquery: ''\n") << u"query"_s;
    QTest::newRow("a query with a fault") << QByteArray("name: A\nquery: 'kind:schema foo:bar'\n")
                                          << u":2:8: column 13 of the query: there is no field"_s;
    QTest::newRow("a name with a line feed") << QByteArray("name: \"a\\nb\"\nquery: ''\n") << u"invisible"_s;
    QTest::newRow("columns that are no list") << QByteArray("name: A\nquery: ''\ncolumns: { a: 1 }\n") << u"columns"_s;
    const auto row = [](const char* name, const QByteArray& rest, const QString& says) {
        QTest::newRow(name) << QByteArray("name: A\n" + rest + "\n") << says;
    };
    row("a column that is none", "columns: [entered, nope]", u":2:20: there is no column 'nope'"_s);
    row("a column with a slip of the pen", "columns:\n  - entered\n  - mesage",
        u":4:5: there is no column 'mesage' (did you"_s);
    row("the second of two faults", "columns: [nope]\nsort: -nopey", u":3:7: there is no column 'nopey'"_s);
    row("a column that is listed twice", "columns: [key, key]", u":2:16: the column 'key' is listed twice"_s);
    row("one column that is none, not in a list", "columns: nope", u":2:10: there is no column 'nope'"_s);
    row("an order by what is no column", "sort: -nope", u":2:7: there is no column 'nope'"_s);
    row("an order by nothing", "sort: '-'", u":2:7: there is no column ''"_s);
    row("counted by what is no field", "pivot: [team, error]", u":2:15: there is no field to count by 'error'"_s);
    row("counted by one field twice", "pivot: [team, team]", u":2:15: the field 'team' is listed twice"_s);
    row("counted by three fields", "pivot: [team, kind, state]", u":2:21: letters are counted by two fields at most"_s);
    QTest::newRow("too large") << QByteArray("name: A\nquery: ''\n#" + QByteArray(70'000, 'x')) << u"64 KiB"_s;
    QTest::newRow("a tree that explodes")
        << QByteArray(
               "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
               "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
               "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n")
        << u"aliases"_s;
}

void TstSavedViews::faultyFiles()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, says);
    const QTemporaryDir folder;
    write(folder.filePath(u"a.yaml"_s), text);
    const SavedViews saved = readSavedViews(folder.path());
    QVERIFY(saved.views.empty());
    QVERIFY(!saved.issues.empty());
    QStringList all;
    for (const FileIssue& issue : saved.issues)
        all += issue.toString();
    QVERIFY2(all.join(u'\n').contains(says), qPrintable(all.join(u'\n')));
    QVERIFY(all.first().startsWith(folder.filePath(u"a.yaml:"_s)));
    const auto asked = savedView(folder.path(), u"A"_s);
    QVERIFY(!asked && asked.error().code == ErrorCode::InvalidConfig);
}

void TstSavedViews::aFaultyFileLeavesTheOthers()
{
    const QTemporaryDir folder;
    write(folder.filePath(u"a.yaml"_s), "name: [");
    write(folder.filePath(u"b.yml"_s), "name: Beta\nquery: kind:schema\n");
    write(folder.filePath(u"notes.txt"_s), "not a view");
    write(folder.filePath(u".hidden.yaml"_s), "name: Hidden\nquery: ''\n");
    QVERIFY(QDir(folder.path()).mkdir(u"c.yaml"_s));
    const SavedViews saved = readSavedViews(folder.path());
    QCOMPARE(saved.views.size(), std::size_t{1});
    QCOMPARE(saved.views.front().name, u"Beta"_s);
    QCOMPARE(saved.issues.size(), std::size_t{1});
    const auto missing = savedView(folder.filePath(u"none"_s), u"Beta"_s);
    QVERIFY(!missing && missing.error().code == ErrorCode::NotFound);
}

void TstSavedViews::theSameNameTwice()
{
    const QTemporaryDir folder;
    write(folder.filePath(u"a.yaml"_s), "name: Same\nquery: kind:schema\n");
    write(folder.filePath(u"b.yaml"_s), "name: Same\nquery: kind:business\n");
    const SavedViews saved = readSavedViews(folder.path());
    QCOMPARE(saved.views.size(), std::size_t{1});
    QCOMPARE(saved.views.front().query, u"kind:schema"_s);
    QVERIFY(saved.issues.front().toString().contains(u"a.yaml"));
}

void TstSavedViews::twoQueriesAtOnce()
{
    QCOMPARE(bothQueries(u"a OR b"_s, u"c"_s), u"(a OR b) (c)"_s);
    QCOMPARE(bothQueries(u" a "_s, u""_s), u"a"_s);
    QCOMPARE(bothQueries(u""_s, u"b"_s), u"b"_s);
}

QTEST_GUILESS_MAIN(TstSavedViews)
#include "tst_savedviews.moc"
