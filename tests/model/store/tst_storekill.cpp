// SPDX-License-Identifier: GPL-3.0-or-later
// A writer is killed in the middle of its work, again and again: what it had acknowledged is there whole, nothing is
// there in part.
#include "model/store/checkpoint.h"
#include "model/store/storewriter.h"
#include "tests/support/childprocess.h"

#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <deque>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

constexpr int rowsPerBatch = 40;
constexpr int rounds = 12;
constexpr std::size_t inFlight = 8;
const QString purpose = u"kill-test"_s;

Status writeBatch(Database& database, std::int64_t batch)
{
    const Status inserted = database.guarded([&](SQLite::Database& db) {
        SQLite::Statement insert(db, "INSERT INTO item (batch, filler) VALUES (?, zeroblob(?))");
        for (int row = 0; row < rowsPerBatch; ++row) {
            insert.reset();
            insert.bind(1, batch);
            insert.bind(2, 10 + 37 * row);
            insert.exec();
        }
    });
    if (!inserted)
        return inserted;
    return saveCheckpoints(database, purpose, {{u"c"_s, u"t"_s, 0, batch, std::nullopt}});
}

std::int64_t lastBatch(Database& database)
{
    const auto checkpoints = loadCheckpoints(database, purpose);
    return checkpoints && !checkpoints->empty() ? checkpoints->front().nextOffset : 0;
}

/// The child: batch after batch, each reported once its outcome is known; it never ends by itself.
int writeUntilKilled(const QString& file, const QString& migrations)
{
    auto writer = StoreWriter::open(file, Database::Access::Writer, migrations);
    auto reader = Database::open(file, Database::Access::Reader);
    if (!writer || !reader)
        return 1;
    std::deque<std::pair<std::int64_t, std::future<Status>>> outcomes;
    for (std::int64_t batch = lastBatch(*reader) + 1;; ++batch) {
        outcomes.emplace_back(batch, (*writer)->enqueue([batch](Database& db) { return writeBatch(db, batch); }, 1000));
        while (outcomes.size() >= inFlight) {
            if (!outcomes.front().second.get())
                return 2;
            test::ChildProcess::report(QByteArray::number(static_cast<qlonglong>(outcomes.front().first)));
            outcomes.pop_front();
        }
    }
}

} // namespace

class StoreKillTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatWasAcknowledgedSurvivesAKill();
};

void StoreKillTest::whatWasAcknowledgedSurvivesAKill()
{
    const QTemporaryDir root;
    const QString file = root.filePath(u"a.sqlite"_s);
    QFile migration(root.filePath(u"0002_item.sql"_s));
    QVERIFY(migration.open(QIODevice::WriteOnly));
    migration.write("CREATE TABLE item (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, filler BLOB) STRICT;");
    migration.close();
    {
        auto store = Database::open(file, Database::Access::Writer);
        QVERIFY(store && store->migrate(u":/migrations/samples"_s));
        QVERIFY(store->guarded([](SQLite::Database& db) { db.exec("PRAGMA user_version = 1"); }));
        QVERIFY(store->migrate(root.path()));
    }
    QRandomGenerator random(20'261'121);
    std::int64_t acknowledged = 0;
    for (int round = 0; round < rounds; ++round) {
        test::ChildProcess child({u"--write-until-killed"_s, file, root.path()});
        const QByteArray firstLine = child.readLine();
        QVERIFY2(!firstLine.isEmpty(), "the writer did not come up after a kill");
        QVERIFY(firstLine.toLongLong() > acknowledged);
        acknowledged = firstLine.toLongLong();
        QVERIFY(child.killWithin(random, 30));
        for (const QByteArray& line : child.allLines())
            acknowledged = line.toLongLong();

        auto reader = Database::open(file, Database::Access::Reader);
        QVERIFY(reader);
        const std::int64_t last = lastBatch(*reader);
        QVERIFY2(last >= acknowledged, qPrintable(u"acknowledged %1, stored %2"_s.arg(acknowledged).arg(last)));
        const auto whole = reader->query<std::int64_t>([](SQLite::Database& db) -> std::int64_t {
            return db.execAndGet("SELECT count(*) FROM (SELECT batch FROM item GROUP BY batch HAVING count(*) = 40)")
                .getInt64();
        });
        const auto rows = reader->query<std::int64_t>(
            [](SQLite::Database& db) { return db.execAndGet("SELECT count(*) FROM item").getInt64(); });
        QCOMPARE(whole.value(), last);
        QCOMPARE(rows.value(), last * rowsPerBatch);
        const auto integrity = reader->query<std::string>(
            [](SQLite::Database& db) { return db.execAndGet("PRAGMA integrity_check").getString(); });
        QCOMPARE(integrity.value(), std::string("ok"));
    }
    QVERIFY(acknowledged > rounds);
}

int main(int argc, char** argv)
{
    if (argc == 4 && qstrcmp(argv[1], "--write-until-killed") == 0)
        return writeUntilKilled(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]));
    const QCoreApplication application(argc, argv);
    StoreKillTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_storekill.moc"
