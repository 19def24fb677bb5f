// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/checkpointer.h"

#include "model/store/database.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

/// The log is copied beside the writer, begins anew now and then, and nothing of it is lost.
class CheckpointerTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void aShortLogIsLeftAlone();
    void aLongLogBeginsAnew();
    void aReaderThatHoldsTheLogLosesNothing();

private:
    void commit(int times);
    [[nodiscard]] qint64 logBytes() const { return QFileInfo(file() + u"-wal"_s).size(); }
    [[nodiscard]] QString file() const { return m_folder->filePath(u"store.sqlite"_s); }
    [[nodiscard]] qint64 rows() const;

    static constexpr int pageBytes = 16'384;
    static constexpr Checkpointer::Marks marks{.worth = 30, .full = 80, .few = 12, .most = 160};
    std::unique_ptr<QTemporaryDir> m_folder;
    std::optional<Database> m_database;
    qint64 m_longestBytes = 0; // the log, after any commit
};

void CheckpointerTest::init()
{
    m_database.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    auto opened = Database::open(file(), Database::Access::Writer);
    QVERIFY(opened);
    m_database.emplace(std::move(*opened));
    QVERIFY(m_database->guarded([](SQLite::Database& db) { db.exec("CREATE TABLE row (value BLOB NOT NULL) STRICT"); }));
    m_longestBytes = 0;
}

/// Each commit adds two pages or three to the log.
void CheckpointerTest::commit(int times)
{
    for (int n = 0; n < times; ++n) {
        const Status stored = m_database->transaction([](Database& database) {
            return database.guarded(
                [](SQLite::Database& db) { db.exec("INSERT INTO row (value) VALUES (randomblob(12000))"); });
        });
        QVERIFY(stored);
        m_longestBytes = std::max(m_longestBytes, logBytes());
    }
}

qint64 CheckpointerTest::rows() const
{
    auto reader = Database::open(file(), Database::Access::Reader);
    const auto count = reader->query<qint64>([](SQLite::Database& db) {
        return db.execAndGet("PRAGMA integrity_check").getString() == "ok"
                   ? qint64{db.execAndGet("SELECT count(*) FROM row").getInt64()}
                   : qint64{-1};
    });
    return count.value_or(-2);
}

void CheckpointerTest::aShortLogIsLeftAlone()
{
    Checkpointer checkpointer(file(), m_database->raw().getHandle(), marks);
    commit(5);
    QCOMPARE(checkpointer.copies(), 0);
    QCOMPARE(rows(), 5);
}

void CheckpointerTest::aLongLogBeginsAnew()
{
    {
        Checkpointer checkpointer(file(), m_database->raw().getHandle(), marks);
        commit(3'000);
        QTRY_VERIFY(checkpointer.copies() > 0);
        // At least 6 000 pages went through a log that is to begin anew at 80, and by the writer's hand at 160. Its
        // commits never wait, so how far it gets while the other one copies is open; not this far.
        QVERIFY2(m_longestBytes < qint64{3'000} * pageBytes, qPrintable(QString::number(m_longestBytes)));
        QCOMPARE(rows(), 3'000);
    }
    m_database.reset();
    QVERIFY(!QFileInfo::exists(file() + u"-wal"_s)); // the last connection is closed, and all is in the file
    QCOMPARE(rows(), 3'000);
}

void CheckpointerTest::aReaderThatHoldsTheLogLosesNothing()
{
    auto reader = Database::open(file(), Database::Access::Reader);
    QVERIFY(reader);
    Checkpointer checkpointer(file(), m_database->raw().getHandle(), marks);
    commit(20);
    const auto count = [&reader] {
        return reader->query<int>([](SQLite::Database& db) { return db.execAndGet("SELECT count(*) FROM row").getInt(); })
            .value_or(-1);
    };
    QVERIFY(reader->guarded([](SQLite::Database& db) { db.exec("BEGIN"); }));
    QCOMPARE(count(), 20);
    commit(500); // the log cannot begin anew
    QCOMPARE(count(), 20);
    QVERIFY(reader->guarded([](SQLite::Database& db) { db.exec("COMMIT"); }));
    QCOMPARE(count(), 520);
    const qint64 held = m_longestBytes;
    m_longestBytes = 0;
    commit(2'000);
    QVERIFY2(m_longestBytes < held + qint64{2'000} * pageBytes, "it grew on as if it were still held");
    QCOMPARE(rows(), 2'520);
}

QTEST_GUILESS_MAIN(CheckpointerTest)
#include "tst_checkpointer.moc"
