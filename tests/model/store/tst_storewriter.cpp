// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/storewriter.h"

#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <csignal>
#include <limits>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

constexpr qsizetype wholeQueueBytes = qsizetype{64} << 20;

Status run(Database& database, const std::string& sql)
{
    return database.guarded([&](SQLite::Database& db) { db.exec(sql); });
}

StoreWriter::Task inserts(int value)
{
    return
        [value](Database& db) { return run(db, "INSERT INTO number (value) VALUES (" + std::to_string(value) + ")"); };
}

/// Files made meanwhile stop growing at so many bytes, as on a full disk; the test lives on.
class FileSizeLimit
{
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        m_handler = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit m_before = {};
    void (*m_handler)(int) = SIG_DFL;
};

} // namespace

class StoreWriterTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void tasksRunInTheirOrder();
    void whatFailsIsRolledBackAndTheRestGoesOn_data();
    void whatFailsIsRolledBackAndTheRestGoesOn();
    void theGenerationCountsCommits();
    void destructionWritesWhatWasAccepted();
    void aFullQueueWaitsForRoom();
    void aFullQueueHonoursTheStop();
    void aTaskLargerThanTheQueueGoesAlone();
    void aFullDiskLosesOneTaskOnly_data();
    void aFullDiskLosesOneTaskOnly();

private:
    [[nodiscard]] QList<int> numbers() const;

    std::unique_ptr<QTemporaryDir> m_root;
    QString m_file;
    std::unique_ptr<StoreWriter> m_writer;
};

void StoreWriterTest::init()
{
    m_root = std::make_unique<QTemporaryDir>();
    m_file = m_root->filePath(u"a.sqlite"_s);
    QFile migration(m_root->filePath(u"0001_number.sql"_s));
    QVERIFY(migration.open(QIODevice::WriteOnly));
    migration.write("CREATE TABLE number (value INTEGER NOT NULL, filler BLOB) STRICT;");
    migration.close();
    auto writer = StoreWriter::open(m_file, Database::Access::Writer, m_root->path());
    QVERIFY(writer);
    m_writer = std::move(*writer);
    QCOMPARE(m_writer->file(), m_file);
}

void StoreWriterTest::cleanup()
{
    m_writer.reset();
}

QList<int> StoreWriterTest::numbers() const
{
    auto reader = Database::open(m_file, Database::Access::Reader);
    if (!reader)
        return {-1};
    return reader
        ->query<QList<int>>([](SQLite::Database& db) {
            QList<int> values;
            SQLite::Statement select(db, "SELECT value FROM number ORDER BY rowid");
            while (select.executeStep())
                values += select.getColumn(0).getInt();
            return values;
        })
        .value_or(QList<int>{-2});
}

void StoreWriterTest::tasksRunInTheirOrder()
{
    QList<int> expected;
    std::vector<std::future<Status>> outcomes;
    for (int i = 0; i < 100; ++i) {
        outcomes.push_back(m_writer->enqueue(inserts(i), 100));
        expected += i;
    }
    for (auto& outcome : outcomes)
        QVERIFY(outcome.get());
    QCOMPARE(numbers(), expected);
}

void StoreWriterTest::whatFailsIsRolledBackAndTheRestGoesOn_data()
{
    QTest::addColumn<int>("way");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("the task says so") << 0 << ErrorCode::Conflict;
    QTest::newRow("its SQL is wrong") << 1 << ErrorCode::Internal;
    QTest::newRow("it throws") << 2 << ErrorCode::Internal;
    QTest::newRow("it throws what is no exception") << 3 << ErrorCode::Internal;
    QTest::newRow("a constraint stops it") << 4 << ErrorCode::Internal;
}

void StoreWriterTest::whatFailsIsRolledBackAndTheRestGoesOn()
{
    QFETCH(int, way);
    QFETCH(ErrorCode, code);
    const Status failed = m_writer->write([way](Database& db) -> Status {
        if (const Status inserted = inserts(13)(db); !inserted)
            return inserted;
        switch (way) {
        case 0:
            return fail(ErrorCode::Conflict, u"changed meanwhile"_s);
        case 1:
            return run(db, "INSERT INTO nowhere VALUES (1)");
        case 2:
            throw std::runtime_error("out of order");
        case 3:
            throw 3;
        default:
            return run(db, "INSERT INTO number VALUES (NULL, NULL)");
        }
    });
    QVERIFY(!failed);
    QCOMPARE(failed.error().code, code);
    QVERIFY(m_writer->write(inserts(14)));
    QCOMPARE(numbers(), QList<int>{14});
}

void StoreWriterTest::theGenerationCountsCommits()
{
    std::vector<std::uint64_t> heard;
    m_writer->onCommitted([&](std::uint64_t generation) { heard.push_back(generation); });
    QCOMPARE(m_writer->generation(), 0U);
    QVERIFY(m_writer->write(inserts(1)));
    QVERIFY(!m_writer->write([](Database&) -> Status { return fail(ErrorCode::Conflict, u"no"_s); }));
    QVERIFY(m_writer->write(inserts(2)));
    QCOMPARE(m_writer->generation(), 2U);
    QCOMPARE(heard, (std::vector<std::uint64_t>{1, 2}));
}

void StoreWriterTest::destructionWritesWhatWasAccepted()
{
    std::promise<void> gate;
    std::vector<std::future<Status>> outcomes;
    outcomes.push_back(m_writer->enqueue(
        [open = gate.get_future().share()](Database&) -> Status { return open.wait(), Status(); }, 1));
    for (int i = 0; i < 50; ++i)
        outcomes.push_back(m_writer->enqueue(inserts(i), 1));
    std::jthread opener([&] { gate.set_value(); });
    m_writer.reset();
    for (auto& outcome : outcomes) {
        QCOMPARE(outcome.wait_for(std::chrono::seconds(0)), std::future_status::ready);
        QVERIFY(outcome.get());
    }
    QCOMPARE(numbers().size(), 50);
}

void StoreWriterTest::aFullQueueWaitsForRoom()
{
    std::promise<void> gate;
    auto holding = m_writer->enqueue(
        [open = gate.get_future().share()](Database&) -> Status { return open.wait(), Status(); }, wholeQueueBytes);
    std::promise<std::future<Status>> accepted;
    std::jthread producer([&] { accepted.set_value(m_writer->enqueue(inserts(7), 1)); });
    auto acceptance = accepted.get_future();
    QCOMPARE(acceptance.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    gate.set_value();
    QVERIFY(holding.get());
    QVERIFY(acceptance.get().get());
    QCOMPARE(numbers(), QList<int>{7});
}

void StoreWriterTest::aFullQueueHonoursTheStop()
{
    std::promise<void> gate;
    auto holding = m_writer->enqueue(
        [open = gate.get_future().share()](Database&) -> Status { return open.wait(), Status(); }, wholeQueueBytes);
    std::stop_source stop;
    std::promise<Status> outcome;
    std::jthread producer([&] { outcome.set_value(m_writer->write(inserts(7), 1, stop.get_token())); });
    stop.request_stop();
    const Status cancelled = outcome.get_future().get();
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
    gate.set_value();
    QVERIFY(holding.get());
    QVERIFY(m_writer->write(inserts(8)));
    QCOMPARE(numbers(), QList<int>{8});
}

void StoreWriterTest::aTaskLargerThanTheQueueGoesAlone()
{
    QVERIFY(m_writer->write(inserts(1), 3 * wholeQueueBytes));
    QVERIFY(m_writer->write(inserts(2), 1));
    QCOMPARE(numbers(), (QList<int>{1, 2}));
}

void StoreWriterTest::aFullDiskLosesOneTaskOnly_data()
{
    QTest::addColumn<bool>("byFileSystem");
    QTest::newRow("the database may not grow") << false;
    QTest::newRow("the file system gives no more room") << true;
}

void StoreWriterTest::aFullDiskLosesOneTaskOnly()
{
    QFETCH(bool, byFileSystem);
    QVERIFY(m_writer->write(inserts(1)));
    {
        std::optional<FileSizeLimit> limit;
        if (byFileSystem)
            limit.emplace(256 * 1024);
        else
            QVERIFY(m_writer->write([](Database& db) { return run(db, "PRAGMA max_page_count = 20"); }));
        const Status full = m_writer->write([](Database& db) -> Status {
            if (const Status inserted = inserts(2)(db); !inserted)
                return inserted;
            return run(db, "INSERT INTO number VALUES (3, zeroblob(4000000))");
        });
        QVERIFY(!full);
        QVERIFY2(full.error().code == ErrorCode::Unreachable, qPrintable(full.error().detail));
        QVERIFY(full.error().detail.startsWith(m_file));
        QCOMPARE(numbers(), QList<int>{1});
    }
    QVERIFY(m_writer->write([](Database& db) { return run(db, "PRAGMA max_page_count = 1000000"); }));
    QVERIFY(m_writer->write(inserts(4)));
    QCOMPARE(numbers(), (QList<int>{1, 4}));
    QVERIFY(m_writer->write([](Database& db) {
        const auto answer = db.query<std::string>(
            [](SQLite::Database& raw) { return raw.execAndGet("PRAGMA integrity_check").getString(); });
        return answer == "ok" ? Status() : fail(ErrorCode::Corrupt, u"integrity"_s);
    }));
}

QTEST_GUILESS_MAIN(StoreWriterTest)
#include "tst_storewriter.moc"
