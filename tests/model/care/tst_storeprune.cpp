// SPDX-License-Identifier: GPL-3.0-or-later
// All of `retention`: what goes, in which order, what stays whatever its size, and what a dry run says of it.
#include "carebench.h"
#include "model/care/storeprune.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 day = 86'400'000;
/// Two months after the letters were set aside and closed.
const UtcTime later = SystemClock().now() + Millis{60 * day};

RetentionSettings settings(std::int64_t maxBytes = 1LL << 40)
{
    return {.samples = Millis{90 * day}, .deadLetters = Millis{30 * day}, .maxSizeBytes = maxBytes};
}

/// Rows of lag as a sampler leaves them, one a day.
Status addLag(StoreWriter& store, UtcTime newest, int days)
{
    return store.write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) {
            db.exec("INSERT INTO lag_source VALUES (1, 'c', 'orders', 15000, 1, 1);"
                    "INSERT INTO lag_topic VALUES (1, 1, 'orders');"
                    "INSERT INTO lag_group VALUES (1, 1, 'billing');"
                    "INSERT INTO lag_partition (partition_id, topic_id, number) VALUES (1, 1, 0)");
            SQLite::Statement sample(db, "INSERT INTO lag_sample VALUES (1, ?)");
            SQLite::Statement point(db, "INSERT INTO lag_history VALUES (1, 1, ?, 5, 0, NULL, NULL)");
            SQLite::Statement end(db, "INSERT INTO lag_end VALUES (1, ?, ?, NULL)");
            for (int i = 0; i < days; ++i) {
                const std::int64_t atMs = toMs(newest) - (days - 1 - i) * day;
                for (SQLite::Statement* statement : {&sample, &point}) {
                    statement->reset();
                    statement->bind(1, atMs);
                    statement->exec();
                }
                end.reset();
                end.bind(1, i + 1);
                end.bind(2, atMs);
                end.exec();
            }
        });
    });
}

} // namespace

class StorePruneTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsTooOldGoesAndTheRestStays();
    void aDryRunChangesNothingAndSaysTheSame();
    void aboveItsSizeClosedLettersGoBeforeHistory();
    void openLettersAndDecisionsStayWhateverTheirSize();
    void aCompactedFileIsSmaller();
};

void StorePruneTest::whatIsTooOldGoesAndTheRestStays()
{
    const QTemporaryDir root;
    CareBench bench(root.filePath(u"state"_s));
    QVERIFY(bench.add(0, 100));
    for (int i = 0; i < 40; ++i)
        QVERIFY(bench.decide(i, TriageState::Archived));
    for (int i = 40; i < 50; ++i)
        QVERIFY(bench.decide(i, TriageState::Parked));
    QVERIFY(addLag(bench.store(), later, 120));
    const auto report =
        pruneStore(bench.ledger(), bench.store(), {.retention = settings(), .now = later, .actor = u"anna"_s}, {});
    QVERIFY2(report, qPrintable(whyNot(report)));
    QCOMPARE(report->letters.byAge, 40);
    QCOMPARE(report->letters.bySize, 0);
    QVERIFY(!report->letters.isOverSize);
    QVERIFY(report->sampleRows >= 3 * 29);
    auto reader = Database::open(bench.samplesFile(), Database::Access::Reader);
    QCOMPARE(number(*reader, "SELECT count(*) FROM letter"), 60);
    QCOMPARE(number(*reader, "SELECT count(*) FROM letter_body"), 60);
    QCOMPARE(number(*reader, "SELECT count(*) FROM lag_sample"), 91);
    QVERIFY(bench.ledger().lastSeq().value() > 50); // nothing of it went, and what was dropped is in it
    // A second time there is nothing left to do.
    const auto again =
        pruneStore(bench.ledger(), bench.store(), {.retention = settings(), .now = later, .actor = u"anna"_s}, {});
    QVERIFY(again);
    QCOMPARE(again->letters.byAge + again->letters.bySize + again->sampleRows, 0);
}

void StorePruneTest::aDryRunChangesNothingAndSaysTheSame()
{
    const QTemporaryDir root;
    CareBench bench(root.filePath(u"state"_s));
    QVERIFY(bench.add(0, 100, 2'000));
    for (int i = 0; i < 40; ++i)
        QVERIFY(bench.decide(i, TriageState::Archived));
    QVERIFY(addLag(bench.store(), later, 120));
    const PruneRequest request{.retention = settings(), .now = later, .actor = u"anna"_s};
    const std::int64_t entries = bench.ledger().lastSeq().value();
    auto reader = Database::open(bench.samplesFile(), Database::Access::Reader);
    const auto preview = previewPrune(*reader, bench.ledgerFile(), request);
    QVERIFY2(preview, qPrintable(whyNot(preview)));
    QVERIFY(preview->isDryRun);
    QCOMPARE(preview->letters.byAge, 40);
    QCOMPARE(preview->sampleRows, 3 * 29);
    QCOMPARE(bench.ledger().lastSeq().value(), entries);
    QCOMPARE(number(*reader, "SELECT count(*) FROM letter"), 100);
    QCOMPARE(number(*reader, "SELECT count(*) FROM lag_sample"), 120);
    const auto done = pruneStore(bench.ledger(), bench.store(), request, {});
    QVERIFY(done);
    QCOMPARE(done->letters.byAge, preview->letters.byAge);
    QCOMPARE(done->letters.bytes, preview->letters.bytes);
    // Too large: it says how many more it takes.
    QVERIFY(bench.add(1'000, 50, 20'000));
    for (int i = 1'000; i < 1'050; ++i)
        QVERIFY(bench.decide(i, TriageState::Archived));
    const auto used = storeSize(*reader);
    const auto large = previewPrune(*reader, bench.ledgerFile(),
                                    {.retention = settings(used->usedBytes - 200'000), .now = SystemClock().now()});
    QVERIFY(large);
    QVERIFY(large->letters.isOverSize);
    QCOMPARE(large->letters.byAge, 0);
    QCOMPARE(large->letters.bySize, 10);
}

void StorePruneTest::aboveItsSizeClosedLettersGoBeforeHistory()
{
    const QTemporaryDir root;
    CareBench bench(root.filePath(u"state"_s));
    QVERIFY(bench.add(0, 400, 20'000));
    for (int i = 0; i < 400; ++i)
        QVERIFY(bench.decide(i, TriageState::Archived));
    const UtcTime now = SystemClock().now();
    QVERIFY(addLag(bench.store(), now, 80));
    auto reader = Database::open(bench.samplesFile(), Database::Access::Reader);
    const std::int64_t used = storeSize(*reader)->usedBytes;
    const auto report = pruneStore(bench.ledger(), bench.store(),
                                   {.retention = settings(used - 1'000'000), .now = now, .actor = u"anna"_s}, {});
    QVERIFY2(report, qPrintable(whyNot(report)));
    QVERIFY(report->letters.bySize > 0);
    QVERIFY(!report->letters.isOverSize);
    QVERIFY(!report->samplesKept);
    QCOMPARE(number(*reader, "SELECT count(*) FROM lag_sample"), 80);
}

void StorePruneTest::openLettersAndDecisionsStayWhateverTheirSize()
{
    const QTemporaryDir root;
    CareBench bench(root.filePath(u"state"_s));
    QVERIFY(bench.add(0, 200, 20'000));
    QVERIFY(bench.decide(1, TriageState::Parked));
    QVERIFY(bench.decide(2, TriageState::Archived));
    const UtcTime now = SystemClock().now();
    QVERIFY(addLag(bench.store(), now, 80));
    const auto report =
        pruneStore(bench.ledger(), bench.store(), {.retention = settings(1'000), .now = now, .actor = u"anna"_s}, {});
    QVERIFY2(report, qPrintable(whyNot(report)));
    QCOMPARE(report->letters.bySize, 1);
    QVERIFY(report->letters.isOverSize);
    QVERIFY(report->samplesKept && *report->samplesKept >= Millis{7 * day});
    auto reader = Database::open(bench.samplesFile(), Database::Access::Reader);
    QCOMPARE(number(*reader, "SELECT count(*) FROM letter"), 199);
    const auto samples = number(*reader, "SELECT count(*) FROM lag_sample");
    QVERIFY(samples >= 7 && samples < 20);
    QCOMPARE(number(*reader, "SELECT count(*) FROM triage_event"), 2);
    QCOMPARE(QJsonDocument::fromJson(pruneReportJson(*report)).object()[u"overSize"].toBool(), true);
}

void StorePruneTest::aCompactedFileIsSmaller()
{
    const QTemporaryDir root;
    CareBench bench(root.filePath(u"state"_s));
    QVERIFY(bench.add(0, 300, 20'000));
    for (int i = 0; i < 300; ++i)
        QVERIFY(bench.decide(i, TriageState::Archived));
    const auto pruned =
        pruneStore(bench.ledger(), bench.store(), {.retention = settings(), .now = later, .actor = u"anna"_s}, {});
    QVERIFY(pruned);
    QCOMPARE(pruned->letters.byAge, 300);
    const auto compacted =
        pruneStore(bench.ledger(), bench.store(),
                   {.retention = settings(), .now = later, .actor = u"anna"_s, .compacts = true}, {});
    QVERIFY2(compacted, qPrintable(whyNot(compacted)));
    QVERIFY(compacted->fileBytes < 3'000'000); // 300 letters of 20 kB were 6 MB
    QCOMPARE(compacted->fileBytes, QFileInfo(bench.samplesFile()).size());
    QVERIFY(bench.add(1'000, 10)); // and it goes on
    auto reader = Database::open(bench.samplesFile(), Database::Access::Reader);
    QCOMPARE(number(*reader, "SELECT count(*) FROM letter"), 10);
}

QTEST_GUILESS_MAIN(StorePruneTest)
#include "tst_storeprune.moc"
