// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/headerpack.h"
#include "model/deadletter/lettershelf.h"

#include <SQLiteCpp/Statement.h>

#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <map>
#include <random>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::array<const char*, 4> errors{"com.acme.StockException", "java.lang.IllegalStateException",
                                            "com.acme.CardException", "java.net.ConnectException"};

/// Any bytes, none, or null; now and then more than a page of the store.
Bytes someBytes(std::mt19937& random)
{
    const auto choice = random() % 12;
    if (choice == 0)
        return std::nullopt;
    QByteArray bytes(choice == 1 ? 0 : static_cast<qsizetype>(random() % (choice == 2 ? 60'000 : 900)), '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

RawRecord recordAt(int partition, std::int64_t offset)
{
    std::mt19937 random(static_cast<unsigned>(partition * 100'003 + offset)); // a place always holds the same
    RawRecord record = letter(joined({own(), springOriginals({"orders", partition, offset}),
                                      springException({errors.at(random() % errors.size()), "no stock", ""})}));
    record.at.partition = partition;
    record.offset = Offset{offset};
    record.key = someBytes(random);
    record.value = someBytes(random);
    record.headers.push_back({"x-note", someBytes(random)});
    return record;
}

} // namespace

/// Batches as they may come: of any size, with letters that are stored already, that come twice, that replays sent.
class TstLetterBatches final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachLetterIsThereOnceWithItsBytes_data();
    void eachLetterIsThereOnceWithItsBytes();
    void aBatchThatFailsLeavesNothing();

private:
    /// @param batch  outlives what is returned
    const std::vector<PreparedLetter>& packed(std::vector<PreparedLetter> letters, LetterBatch& batch)
    {
        for (PreparedLetter& each : letters)
            batch.add(std::move(each));
        return batch.letters();
    }

    Catalog m_catalog;
    std::vector<DeadLetterTopic> m_topics;
    DialectRegistry m_dialects = *DialectRegistry::bundled();
    KindRules m_kinds = *KindRules::bundled();
};

void TstLetterBatches::eachLetterIsThereOnceWithItsBytes_data()
{
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<bool>("isPacked");
    for (const unsigned seed : {1U, 2U, 3U, 4711U}) {
        QTest::addRow("as the intake hands them over, seed %u", seed) << seed << true;
        QTest::addRow("with their headers as they were, seed %u", seed) << seed << false;
    }
}

void TstLetterBatches::eachLetterIsThereOnceWithItsBytes()
{
    QFETCH(unsigned, seed);
    QFETCH(bool, isPacked);
    std::mt19937 random(seed);
    const QTemporaryDir folder;
    auto store =
        StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
    QVERIFY(store);
    LetterPreparer preparer(m_dialects, m_kinds, m_catalog, m_topics);
    LetterShelf shelf;
    std::map<std::pair<int, std::int64_t>, RawRecord> expected;
    for (int round = 0; round < 12; ++round) {
        std::vector<PreparedLetter> letters;
        std::size_t fresh = 0;
        const std::size_t size = random() % 90;
        const bool hasReplays = random() % 3 == 0;
        while (letters.size() < size) {
            const int partition = static_cast<int>(random() % 3);
            const std::int64_t offset = static_cast<std::int64_t>(random() % 250);
            const RawRecord record = recordAt(partition, offset);
            fresh += expected.emplace(std::pair(partition, offset), record).second ? 1 : 0;
            letters.push_back(preparer.prepare(record));
            if (hasReplays && random() % 20 == 0) {
                letters.back().facts.replayId = QByteArray("r-1");
                letters.back().facts.replayGeneration = 1;
            }
        }
        LetterBatch batch;
        const std::vector<PreparedLetter> bare = isPacked ? std::vector<PreparedLetter>() : letters;
        const std::vector<PreparedLetter>& given = isPacked ? packed(std::move(letters), batch) : bare;
        std::int64_t added = -1;
        QVERIFY((*store)->write([&](Database& database) -> Status {
            if (const Status status = database.guarded([&](SQLite::Database& db) { shelf.open(db); }); !status)
                return status;
            const auto stored = storeLetters(database, u"cluster-1"_s, u"orders"_s, given, utcFromMs(letterMs), &shelf);
            if (!stored)
                return tl::unexpected<Error>(stored.error());
            added = stored->added;
            return database.guarded([&](SQLite::Database& db) { shelf.close(db); });
        }));
        QCOMPARE(added, static_cast<std::int64_t>(fresh));
    }

    std::size_t rows = 0;
    std::int64_t counted = 0;
    QVERIFY((*store)->write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) {
            SQLite::Statement select(db, "SELECT l.partition, l.offset, b.key, b.value, b.headers, l.size_bytes"
                                         " FROM letter l LEFT JOIN letter_body b ON b.letter_ref = l.id");
            const auto bytesOf = [](const SQLite::Column& column) {
                return column.isNull() ? Bytes()
                                       : Bytes(QByteArray(static_cast<const char*>(column.getBlob()),
                                                          static_cast<qsizetype>(column.getBytes())));
            };
            for (; select.executeStep(); ++rows) {
                const RawRecord& record = expected.at({select.getColumn(0).getInt(), select.getColumn(1).getInt64()});
                QCOMPARE(bytesOf(select.getColumn(2)), record.key);
                QCOMPARE(bytesOf(select.getColumn(3)), record.value);
                QCOMPARE(bytesOf(select.getColumn(4)), Bytes(packHeaders(record.headers)));
                QCOMPARE(select.getColumn(5).getInt64(), static_cast<std::int64_t>(record.sizeBytes()));
            }
            counted = db.execAndGet("SELECT sum(letters) FROM letter_count").getInt64();
            QCOMPARE(db.execAndGet("SELECT count(*) FROM letter_body").getInt64(), static_cast<std::int64_t>(rows));
        });
    }));
    QCOMPARE(rows, expected.size());
    QCOMPARE(counted, static_cast<std::int64_t>(expected.size()));
}

/// The bodies come after the rows: one that cannot be written takes its batch back, the rows too.
void TstLetterBatches::aBatchThatFailsLeavesNothing()
{
    const QTemporaryDir folder;
    auto store =
        StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
    QVERIFY(store);
    LetterPreparer preparer(m_dialects, m_kinds, m_catalog, m_topics);
    std::vector<PreparedLetter> letters;
    for (std::int64_t offset = 0; offset < 40; ++offset)
        letters.push_back(preparer.prepare(recordAt(0, offset)));
    const auto execute = [&](const char* sql) {
        return (*store)->write(
            [sql](Database& database) { return database.guarded([sql](SQLite::Database& db) { db.exec(sql); }); });
    };
    const auto storeAll = [&] {
        return (*store)->write([&](Database& database) -> Status {
            const auto stored = storeLetters(database, u"cluster-1"_s, u"orders"_s, letters, utcFromMs(letterMs));
            return stored ? Status() : Status(tl::unexpected<Error>(stored.error()));
        });
    };
    std::int64_t rows = -1;
    const auto countRows = [&] {
        return (*store)->write([&](Database& database) {
            return database.guarded([&](SQLite::Database& db) {
                rows = db.execAndGet("SELECT (SELECT count(*) FROM letter) + (SELECT count(*) FROM letter_body)"
                                     " + (SELECT count(*) FROM letter_count)")
                           .getInt64();
            });
        });
    };
    QVERIFY(execute("CREATE TRIGGER full BEFORE INSERT ON letter_body WHEN NEW.letter_ref = 21"
                    " BEGIN SELECT RAISE(FAIL, 'no room'); END"));
    QVERIFY(!storeAll());
    QVERIFY(countRows());
    QCOMPARE(rows, 0);
    QVERIFY(execute("DROP TRIGGER full"));
    QVERIFY(storeAll());
    QVERIFY(countRows());
    QVERIFY(rows > 80); // 40 letters, their bodies, and counts
}

QTEST_GUILESS_MAIN(TstLetterBatches)
#include "tst_letterbatches.moc"
