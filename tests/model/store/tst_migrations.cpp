// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/database.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

const QByteArray first = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;";
const QByteArray second = R"(
    -- a body with semicolons; and a comment with one
    ALTER TABLE note ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
    CREATE TRIGGER note_keeps AFTER UPDATE ON note WHEN old.changed = new.changed BEGIN
        UPDATE note SET changed = old.changed + 1 WHERE id = new.id;
        INSERT INTO note (text) VALUES ('seen; ' || new.text);
    END;)";
const QByteArray third = "CREATE TABLE tag (note_id INTEGER NOT NULL REFERENCES note (id), word TEXT NOT NULL) STRICT;";

void writeFile(const QString& path, const QByteArray& content)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(content);
}

/// A folder with the first `count` of the three migrations.
QString migrationsUpTo(const QTemporaryDir& root, int count)
{
    const QString folder = root.filePath(u"migrations%1"_s.arg(count));
    QDir().mkpath(folder);
    const QList<std::pair<QString, QByteArray>> all{
        {u"0001_note.sql"_s, first}, {u"0002_changed.sql"_s, second}, {u"0003_tag.sql"_s, third}};
    for (int i = 0; i < count; ++i)
        writeFile(folder + u'/' + all[i].first, all[i].second);
    return folder;
}

int number(Database& database, const char* question)
{
    return database.query<int>([&](SQLite::Database& db) { return db.execAndGet(question).getInt(); }).value_or(-1);
}

} // namespace

class MigrationsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsCompiledInMakesAFreshStore_data();
    void whatIsCompiledInMakesAFreshStore();
    void aSecondRunChangesNothing();
    void anOlderStoreIsBackedUpAndUpgraded_data();
    void anOlderStoreIsBackedUpAndUpgraded();
    void aNewerStoreIsRefusedInPlainWords();
    void aTriggerBodyWithSemicolonsIsWhole();
    void aMigrationThatFailsLeavesTheOneBeforeIt();
    void withoutABackupNothingIsUpgraded();
    void aFaultyFolderIsRefused_data();
    void aFaultyFolderIsRefused();
};

void MigrationsTest::whatIsCompiledInMakesAFreshStore_data()
{
    QTest::addColumn<QString>("folder");
    QTest::newRow("samples") << u":/migrations/samples"_s;
    QTest::newRow("ledger") << u":/migrations/ledger"_s;
}

void MigrationsTest::whatIsCompiledInMakesAFreshStore()
{
    QFETCH(QString, folder);
    const QTemporaryDir root;
    auto database = Database::open(root.filePath(u"a.sqlite"_s), Database::Access::Writer);
    QVERIFY(database);
    const Status migrated = database->migrate(folder);
    QVERIFY2(migrated, qPrintable(migrated ? QString() : migrated.error().detail));
    const QStringList files = QDir(folder).entryList({u"*.sql"_s}, QDir::Files, QDir::Name);
    QCOMPARE(number(*database, "PRAGMA user_version"), files.back().left(4).toInt());
    QCOMPARE(
        number(
            *database,
            "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite%'"),
        0);
    QVERIFY(number(*database, "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND strict = 1") > 0);
    QVERIFY(QDir(root.path()).entryList({u"*.backup*"_s}).isEmpty());
}

void MigrationsTest::aSecondRunChangesNothing()
{
    const QTemporaryDir root;
    const QString file = root.filePath(u"a.sqlite"_s);
    const QString folder = migrationsUpTo(root, 3);
    {
        auto database = Database::open(file, Database::Access::Writer);
        QVERIFY(database && database->migrate(folder));
    }
    QFile before(file);
    QVERIFY(before.open(QIODevice::ReadOnly));
    const QByteArray bytes = before.readAll();
    {
        auto database = Database::open(file, Database::Access::Writer);
        QVERIFY(database && database->migrate(folder));
    }
    QFile after(file);
    QVERIFY(after.open(QIODevice::ReadOnly));
    QVERIFY(after.readAll() == bytes);
    QVERIFY(QDir(root.path()).entryList({u"*.backup*"_s}).isEmpty());
}

void MigrationsTest::anOlderStoreIsBackedUpAndUpgraded_data()
{
    QTest::addColumn<int>("version");
    QTest::newRow("from schema 1") << 1;
    QTest::newRow("from schema 2") << 2;
}

void MigrationsTest::anOlderStoreIsBackedUpAndUpgraded()
{
    QFETCH(int, version);
    const QTemporaryDir root;
    const QString file = root.filePath(u"a.sqlite"_s);
    {
        auto old = Database::open(file, Database::Access::Writer);
        QVERIFY(old && old->migrate(migrationsUpTo(root, version)));
        QVERIFY(old->guarded([](SQLite::Database& db) { db.exec("INSERT INTO note (text) VALUES ('kept')"); }));
    }
    auto upgraded = Database::open(file, Database::Access::Writer);
    QVERIFY(upgraded);
    const Status migrated = upgraded->migrate(migrationsUpTo(root, 3));
    QVERIFY2(migrated, qPrintable(migrated ? QString() : migrated.error().detail));
    QCOMPARE(number(*upgraded, "PRAGMA user_version"), 3);
    QCOMPARE(number(*upgraded, "SELECT count(*) FROM note WHERE text = 'kept' AND changed = 0"), 1);
    const QString backupFile = u"%1.v%2.backup"_s.arg(file).arg(version);
    QCOMPARE(QFile::permissions(backupFile) &
                 (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
             QFile::Permissions());
    QVERIFY(!QFile::exists(backupFile + u".tmp"_s));
    auto backup = Database::open(backupFile, Database::Access::Reader);
    QVERIFY2(backup, qPrintable(backup ? QString() : backup.error().detail));
    QCOMPARE(number(*backup, "PRAGMA user_version"), version);
    QCOMPARE(number(*backup, "SELECT count(*) FROM note WHERE text = 'kept'"), 1);
    QCOMPARE(number(*backup, "SELECT count(*) FROM pragma_table_list WHERE name = 'tag'"), 0);
}

void MigrationsTest::aNewerStoreIsRefusedInPlainWords()
{
    const QTemporaryDir root;
    const QString file = root.filePath(u"a.sqlite"_s);
    auto database = Database::open(file, Database::Access::Writer);
    QVERIFY(database && database->migrate(migrationsUpTo(root, 3)));
    const Status refused = database->migrate(migrationsUpTo(root, 2));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unsupported);
    QVERIFY(refused.error().detail.contains(u"newer Spillway (schema 3; this one knows schemas up to 2)"_s));
    QVERIFY(refused.error().detail.startsWith(file));
    QCOMPARE(number(*database, "PRAGMA user_version"), 3);
}

void MigrationsTest::aTriggerBodyWithSemicolonsIsWhole()
{
    const QTemporaryDir root;
    auto database = Database::open(root.filePath(u"a.sqlite"_s), Database::Access::Writer);
    QVERIFY(database && database->migrate(migrationsUpTo(root, 2)));
    QVERIFY(database->guarded([](SQLite::Database& db) {
        db.exec("INSERT INTO note (id, text) VALUES (1, 'a')");
        db.exec("UPDATE note SET text = 'b' WHERE id = 1");
    }));
    QCOMPARE(number(*database, "SELECT changed FROM note WHERE id = 1"), 1);
    QCOMPARE(number(*database, "SELECT count(*) FROM note WHERE text = 'seen; b'"), 1);
}

void MigrationsTest::aMigrationThatFailsLeavesTheOneBeforeIt()
{
    const QTemporaryDir root;
    const QString folder = migrationsUpTo(root, 2);
    writeFile(folder + u"/0003_broken.sql"_s, "CREATE TABLE tag (word TEXT) STRICT; INSERT INTO nowhere VALUES (1);");
    auto database = Database::open(root.filePath(u"a.sqlite"_s), Database::Access::Writer);
    QVERIFY(database);
    const Status failed = database->migrate(folder);
    QVERIFY(!failed);
    QVERIFY(failed.error().detail.contains(u"0003_broken.sql"_s));
    QCOMPARE(number(*database, "PRAGMA user_version"), 2);
    QCOMPARE(number(*database, "SELECT count(*) FROM pragma_table_list WHERE name = 'tag'"), 0);
    QVERIFY(database->migrate(migrationsUpTo(root, 3)));
}

void MigrationsTest::withoutABackupNothingIsUpgraded()
{
    const QTemporaryDir root;
    const QString file = root.filePath(u"a.sqlite"_s);
    auto database = Database::open(file, Database::Access::Writer);
    QVERIFY(database && database->migrate(migrationsUpTo(root, 1)));
    QVERIFY(QDir().mkpath(file + u".v1.backup/in-the-way"_s));
    const Status failed = database->migrate(migrationsUpTo(root, 3));
    QVERIFY(!failed);
    QCOMPARE(failed.error().code, ErrorCode::Unreachable);
    QVERIFY(failed.error().detail.contains(u"nothing was changed"_s));
    QCOMPARE(number(*database, "PRAGMA user_version"), 1);
}

void MigrationsTest::aFaultyFolderIsRefused_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QByteArray>("sql");
    QTest::newRow("no migration at all") << QStringList{} << first;
    QTest::newRow("a name without a number") << QStringList{u"note.sql"_s} << first;
    QTest::newRow("number zero") << QStringList{u"0000_note.sql"_s} << first;
    QTest::newRow("one number twice") << QStringList{u"0001_a.sql"_s, u"0001_b.sql"_s} << QByteArray("SELECT 1;");
    QTest::newRow("a migration that commits by itself") << QStringList{u"0001_a.sql"_s} << first + "COMMIT;";
}

void MigrationsTest::aFaultyFolderIsRefused()
{
    QFETCH(QStringList, names);
    QFETCH(QByteArray, sql);
    const QTemporaryDir root;
    for (const QString& name : names)
        writeFile(root.filePath(name), sql);
    auto database = Database::open(root.filePath(u"a.sqlite"_s), Database::Access::Writer);
    QVERIFY(database);
    const Status refused = database->migrate(root.path());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Internal);
    QCOMPARE(number(*database, "PRAGMA user_version"), 0);
}

QTEST_GUILESS_MAIN(MigrationsTest)
#include "tst_migrations.moc"
