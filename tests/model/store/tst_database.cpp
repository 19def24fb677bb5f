// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/checkpoint.h"
#include "model/store/database.h"
#include "model/store/projection.h"
#include "model/store/storewriter.h"
#include "tests/support/ordinaryuser.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

const QString samples = u":/migrations/samples"_s;

std::string pragma(Database& database, const char* question)
{
    return database.raw().execAndGet(question).getString();
}

} // namespace

class DatabaseTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyConnectionHasItsSettings_data();
    void everyConnectionHasItsSettings();
    void theFileIsPrivate();
    void aReaderWorksBeforeAndAfterAWriter();
    void aReaderWithoutAFileIsToldSo();
    void aFolderWithoutTheRightToWriteIsSaid();
    void aReaderReadsInAReadOnlyFolder();
    void aFileThatIsNoDatabaseIsCorrupt_data();
    void aFileThatIsNoDatabaseIsCorrupt();
    void aLockThatStaysIsTold();
    void aFailedTransactionLeavesNothingOpen();
    void checkpointsComeBackAsTheyWere();
    void aProjectionRemembersItsSeq();
};

void DatabaseTest::everyConnectionHasItsSettings_data()
{
    QTest::addColumn<Database::Access>("access");
    QTest::addColumn<QString>("synchronous");
    QTest::newRow("a writer syncs at checkpoints") << Database::Access::Writer << u"1"_s;
    QTest::newRow("a durable writer syncs at each commit") << Database::Access::DurableWriter << u"2"_s;
}

void DatabaseTest::everyConnectionHasItsSettings()
{
    QFETCH(Database::Access, access);
    QFETCH(QString, synchronous);
    const QTemporaryDir folder;
    auto database = Database::open(folder.filePath(u"a.sqlite"_s), access);
    QVERIFY2(database, qPrintable(database ? QString() : database.error().detail));
    QCOMPARE(QString::fromStdString(pragma(*database, "PRAGMA synchronous")), synchronous);
    QCOMPARE(pragma(*database, "PRAGMA journal_mode"), std::string("wal"));
    QCOMPARE(pragma(*database, "PRAGMA foreign_keys"), std::string("1"));
    QCOMPARE(pragma(*database, "PRAGMA trusted_schema"), std::string("0"));
    QVERIFY(std::stoi(pragma(*database, "PRAGMA busy_timeout")) >= 1000);
}

void DatabaseTest::theFileIsPrivate()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"state/a.sqlite"_s);
    auto writer = StoreWriter::open(file, Database::Access::Writer, samples);
    QVERIFY(writer);
    constexpr auto others =
        QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
    for (const QString& path : {file, file + u"-wal"_s, file + u"-shm"_s, folder.filePath(u"state"_s)}) {
        QVERIFY2(QFile::exists(path), qPrintable(path));
        QVERIFY2(!(QFile::permissions(path) & others), qPrintable(path));
    }
}

void DatabaseTest::aReaderWorksBeforeAndAfterAWriter()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"a.sqlite"_s);
    {
        auto writer = StoreWriter::open(file, Database::Access::Writer, samples);
        QVERIFY(writer);
        auto reader = Database::open(file, Database::Access::Reader);
        QVERIFY(reader);
        QVERIFY((*writer)->write([](Database& db) { return saveAppliedSeq(db, u"triage"_s, 7); }));
        QCOMPARE(appliedSeq(*reader, u"triage"_s).value(), 7);
        QVERIFY(!saveAppliedSeq(*reader, u"triage"_s, 8));
    }
    QVERIFY(!QFile::exists(file + u"-wal"_s));
    auto reader = Database::open(file, Database::Access::Reader);
    QVERIFY2(reader, qPrintable(reader ? QString() : reader.error().detail));
    QCOMPARE(appliedSeq(*reader, u"triage"_s).value(), 7);
}

void DatabaseTest::aReaderWithoutAFileIsToldSo()
{
    const QTemporaryDir folder;
    const auto reader = Database::open(folder.filePath(u"a.sqlite"_s), Database::Access::Reader);
    QVERIFY(!reader);
    QCOMPARE(reader.error().code, ErrorCode::NotFound);
    QVERIFY(!QFile::exists(folder.filePath(u"a.sqlite"_s)));
}

void DatabaseTest::aFolderWithoutTheRightToWriteIsSaid()
{
    const test::OrdinaryUser user;
    QVERIFY(user.isOrdinary());
    const QTemporaryDir folder;
    QVERIFY(QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::ExeOwner));
    for (const QString& name : {u"a.sqlite"_s, u"deeper/a.sqlite"_s}) {
        const auto writer = StoreWriter::open(folder.filePath(name), Database::Access::Writer, samples);
        QVERIFY(!writer);
        QCOMPARE(writer.error().code, ErrorCode::Unreachable);
        QVERIFY2(writer.error().detail.startsWith(folder.path()), qPrintable(writer.error().detail));
        QVERIFY2(writer.error().detail.contains(u"ermission denied"_s), qPrintable(writer.error().detail));
    }
    QVERIFY(QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

void DatabaseTest::aReaderReadsInAReadOnlyFolder()
{
    const test::OrdinaryUser user;
    QVERIFY(user.isOrdinary());
    const QTemporaryDir root;
    const QString folder = root.filePath(u"100% read-only?#"_s);
    const QString file = folder + u"/a.sqlite"_s;
    {
        auto writer = StoreWriter::open(file, Database::Access::Writer, samples);
        QVERIFY(writer);
        QVERIFY((*writer)->write([](Database& db) { return saveAppliedSeq(db, u"triage"_s, 7); }));
    }
    QVERIFY(QFile::setPermissions(folder, QFile::ReadOwner | QFile::ExeOwner));
    {
        auto reader = Database::open(file, Database::Access::Reader);
        QVERIFY2(reader, qPrintable(reader ? QString() : reader.error().detail));
        QCOMPARE(appliedSeq(*reader, u"triage"_s).value(), 7);
    }
    QVERIFY(QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

void DatabaseTest::aFileThatIsNoDatabaseIsCorrupt_data()
{
    QTest::addColumn<Database::Access>("access");
    QTest::newRow("for a writer") << Database::Access::Writer;
    QTest::newRow("for a reader") << Database::Access::Reader;
}

void DatabaseTest::aFileThatIsNoDatabaseIsCorrupt()
{
    QFETCH(Database::Access, access);
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"a.sqlite"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(5000, 'x'));
    file.close();
    const auto database = Database::open(path, access);
    QVERIFY(!database);
    QCOMPARE(database.error().code, ErrorCode::Corrupt);
    QVERIFY(database.error().detail.startsWith(path));
}

void DatabaseTest::aLockThatStaysIsTold()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"a.sqlite"_s);
    auto holder = Database::open(file, Database::Access::Writer);
    auto other = Database::open(file, Database::Access::Writer);
    QVERIFY(holder && other);
    QVERIFY(other->guarded([](SQLite::Database& db) { db.exec("PRAGMA busy_timeout = 0"); }));
    QVERIFY(holder->guarded([](SQLite::Database& db) { db.exec("BEGIN IMMEDIATE"); }));
    const Status locked = other->transaction([](Database&) -> Status { return {}; });
    QVERIFY(!locked);
    QCOMPARE(locked.error().code, ErrorCode::TimedOut);
    QVERIFY(holder->guarded([](SQLite::Database& db) { db.exec("ROLLBACK"); }));
    QVERIFY(other->transaction([](Database&) -> Status { return {}; }));
}

void DatabaseTest::aFailedTransactionLeavesNothingOpen()
{
    const QTemporaryDir folder;
    auto database = Database::open(folder.filePath(u"a.sqlite"_s), Database::Access::Writer);
    QVERIFY(database && database->migrate(samples));
    const Status failed = database->transaction([](Database& db) -> Status {
        if (const Status saved = saveAppliedSeq(db, u"triage"_s, 5); !saved)
            return saved;
        return fail(ErrorCode::Conflict, u"changed meanwhile"_s);
    });
    QCOMPARE(failed.error().code, ErrorCode::Conflict);
    QCOMPARE(appliedSeq(*database, u"triage"_s).value(), 0);
    QVERIFY(database->transaction([](Database& db) { return saveAppliedSeq(db, u"triage"_s, 6); }));
    QCOMPARE(appliedSeq(*database, u"triage"_s).value(), 6);
}

void DatabaseTest::checkpointsComeBackAsTheyWere()
{
    const QTemporaryDir folder;
    auto database = Database::open(folder.filePath(u"a.sqlite"_s), Database::Access::Writer);
    QVERIFY(database && database->migrate(samples));
    const QString purpose = u"dead-letters"_s;
    QVERIFY(loadCheckpoints(*database, purpose).value().empty());
    const std::vector<Checkpoint> first{{u"c1"_s, u"a.DLT"_s, 0, 5, std::nullopt},
                                        {u"c1"_s, u"a.DLT"_s, 1, 9, 0xfedcba9876543210U}};
    QVERIFY(saveCheckpoints(*database, purpose, first));
    QVERIFY(saveCheckpoints(*database, u"processing-log"_s, {{u"c1"_s, u"a.DLT"_s, 0, 77, 1U}}));
    QCOMPARE(loadCheckpoints(*database, purpose).value(), first);
    QVERIFY(saveCheckpoints(*database, purpose, {{u"c1"_s, u"a.DLT"_s, 1, 3, std::nullopt}}));
    QCOMPARE(loadCheckpoints(*database, purpose).value().at(1), (Checkpoint{u"c1"_s, u"a.DLT"_s, 1, 3, std::nullopt}));
}

void DatabaseTest::aProjectionRemembersItsSeq()
{
    const QTemporaryDir folder;
    auto database = Database::open(folder.filePath(u"a.sqlite"_s), Database::Access::Writer);
    QVERIFY(database && database->migrate(samples));
    QCOMPARE(appliedSeq(*database, u"triage"_s).value(), 0);
    QVERIFY(saveAppliedSeq(*database, u"triage"_s, 3));
    QVERIFY(saveAppliedSeq(*database, u"triage"_s, 12));
    QCOMPARE(appliedSeq(*database, u"triage"_s).value(), 12);
    QCOMPARE(appliedSeq(*database, u"replay"_s).value(), 0);
}

QTEST_GUILESS_MAIN(DatabaseTest)
#include "tst_database.moc"
