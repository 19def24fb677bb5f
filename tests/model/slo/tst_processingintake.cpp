// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakerecordsource.h"
#include "model/slo/processingintake.h"
#include "model/slo/sloqueries.h"
#include "tests/support/childprocess.h"
#include "tests/support/manualclock.h"

#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <cstring>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

constexpr std::int64_t t0 = 1'790'000'000'000;

Catalog shop(std::optional<double> target = 100.0)
{
    OwnedEvent created;
    created.eventType = u"order.created"_s;
    ConsumerEntry payment;
    payment.team = u"payment-team"_s;
    payment.service = payment.consumerGroup = u"payment"_s;
    payment.sloProcessingTimeMs = target;
    created.consumers.push_back(payment);
    return Catalog({created}, {}, {});
}

QByteArray line(const QByteArray& latency, std::int64_t atMs = t0, const QByteArray& status = "success",
                const QByteArray& consumer = "payment")
{
    return R"({"consumer_service":")" + consumer + R"(","event_type":"order.created","status":")" + status +
           R"(","processing_latency_ms":)" + latency + R"(,"processed_at":)" + QByteArray::number(qint64{atMs}) + '}';
}

ConnectionSettings logOn(const QStringList& topics)
{
    ConnectionSettings settings;
    settings.name = u"local"_s;
    for (const QString& topic : topics) {
        ProcessingLogSettings log;
        log.topic = topic;
        settings.processingLogs.push_back(log);
    }
    return settings;
}

std::unique_ptr<StoreWriter> openStore(const QString& file)
{
    return StoreWriter::open(file, Database::Access::Writer, u":/migrations/samples"_s).value();
}

SloRow rowOf(const QString& file, const Catalog& catalog, const QString& consumer = u"payment"_s)
{
    Database reader = std::move(Database::open(file, Database::Access::Reader).value());
    const auto rows = sloRows(reader, catalog, Millis{7 * 86'400'000LL}, utcFromMs(t0 + 3'600'000));
    for (const SloRow& row : rows.value()) {
        if (row.consumer == consumer)
            return row;
    }
    return {};
}

struct Bench
{
    QTemporaryDir folder;
    ManualClock clock;
    FakeRecordSource source;
    ConnectionSettings settings = logOn({u"log"_s});
    std::unique_ptr<StoreWriter> writer = openStore(file());
    std::unique_ptr<ProcessingIntake> intake;

    Bench() { restart(); }
    void restart(const Catalog& catalog = shop())
    {
        intake = std::make_unique<ProcessingIntake>(source, *writer, catalog, settings, clock);
    }
    QString file() const { return folder.filePath(u"samples.sqlite"_s); }
    ProcessingReport catchUp() { return intake->catchUp({}).value(); }
    SloRow row(const Catalog& catalog = shop()) const { return rowOf(file(), catalog); }
    std::int64_t number(const char* sql) const
    {
        Database reader = std::move(Database::open(file(), Database::Access::Reader).value());
        return reader.raw().execAndGet(sql).getInt64();
    }
};

/// What everybody can compute of record `i` of the long log.
struct Expected
{
    static constexpr std::int64_t records = 100'000;
    static constexpr int partitions = 4;
    static QByteArray value(std::int64_t i)
    {
        if (i % 1000 == 999)
            return "{broken";
        return line(QByteArray::number(static_cast<double>(i % 200) + 0.25, 'g', 17), t0 - (i % 5000) * 60'000,
                    i % 50 == 0 ? "failed" : "success", "payment-" + QByteArray::number(static_cast<qint64>(i % 7)));
    }
};

/// The long log, made on the fly: nothing of it is stored anywhere but in the counts.
class LongLog final : public RecordSource
{
public:
    static constexpr std::int64_t length = Expected::records / Expected::partitions;

    [[nodiscard]] Result<BoundsReport> bounds(const std::vector<TopicSelector>&, std::stop_token) override
    {
        BoundsReport report;
        report.clusterId = u"cluster-1"_s;
        for (int partition = 0; partition < Expected::partitions; ++partition)
            report.partitions.push_back({{u"log"_s, partition}, Offset{0}, Offset{length}, Offset{length}});
        return report;
    }
    [[nodiscard]] Status assign(const std::vector<Position>& start) override
    {
        m_positions = start;
        return {};
    }
    [[nodiscard]] Result<RecordBatch> poll(qsizetype, Millis, std::stop_token) override
    {
        RecordBatch batch;
        for (Position& position : m_positions) {
            const std::int64_t last = std::min(position.next.value + 75, length);
            for (std::int64_t offset = position.next.value; offset < last; ++offset) {
                RawRecord& record = batch.records.emplace_back();
                record.at = position.at;
                record.offset = Offset{offset};
                record.value = Expected::value(offset * Expected::partitions + position.at.partition);
            }
            if (last != position.next.value)
                batch.positions.push_back({position.at, Offset{last}});
            position.next = Offset{last};
        }
        return batch;
    }

private:
    std::vector<Position> m_positions;
};

/// In the child: reads on until the end, telling of each stored step, so that the parent's kills fall between and into
/// transactions.
int collect(const QString& file)
{
    const auto writer = openStore(file);
    LongLog source;
    const ManualClock clock;
    ProcessingIntake intake(source, *writer, shop(), logOn({u"log"_s}), clock);
    ChildProcess::report("begun");
    std::int64_t emptySteps = 0;
    while (emptySteps < 3) {
        const auto report = intake.step(Millis{0}, {});
        if (!report)
            return 70;
        emptySteps = report->records + report->unreadable == 0 ? emptySteps + 1 : 0;
        ChildProcess::report("stored");
    }
    ChildProcess::report("done");
    return 0;
}

} // namespace

class ProcessingIntakeTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordsAreCountedOnce();
    void latenciesAreComparedUntruncated();
    void unreadableRecordsAreKeptWithTheirPlace();
    void lateRecordsGoToTheirOwnTime();
    void exactDuplicatesCountAsTold();
    void aMissingTopicDoesNotStopTheOthers();
    void openTransactionsAreWaitedForNowhere();
    void controlRecordsAtTheEndAreNoReasonToWait();
    void aBrokerThatGoesAwayLeavesWhatWasRead();
    void aRequestToStopKeepsWhatWasRead();
    void aTopicMadeAnewIsReadFromItsStart_data();
    void aTopicMadeAnewIsReadFromItsStart();
    void retentionPassingOurPlaceIsNoFault();
    void aFailedStoreIsReadAgain();
    void aNewTargetCountsThePastExactly();
    void stepsReadWhatComes();
    void nothingToReadIsNoFault();
    void killedTenTimesCountsEqualWhatWasProduced();
};

void ProcessingIntakeTest::recordsAreCountedOnce()
{
    Bench bench;
    for (int i = 0; i < 1200; ++i)
        bench.source.append(u"log"_s, i % 3,
                            line(QByteArray::number(i), t0 - i * 1000, i % 10 == 0 ? "failed" : "success"));
    auto report = bench.catchUp();
    QCOMPARE(report.records, 1200);
    QCOMPARE(report.unreadable, 0);
    QVERIFY(report.isAtEnd);
    const SloRow row = bench.row();
    QCOMPARE(row.total, 1200);
    QCOMPARE(row.withinTarget, std::optional(std::int64_t{101})); // 0 to 100
    QCOMPARE(row.good, std::optional(std::int64_t{90}));          // of which 0, 10, …, 100 failed
    QCOMPARE(*row.successRate, 0.9);

    QCOMPARE(bench.catchUp().records, 0);
    bench.restart();
    QCOMPARE(bench.catchUp().records, 0);
    bench.source.append(u"log"_s, 1, line("5"));
    QCOMPARE(bench.catchUp().records, 1);
    QCOMPARE(bench.row().total, 1201);
    QCOMPARE(bench.number("SELECT SUM(records) FROM processing_count"), 1201);
}

void ProcessingIntakeTest::latenciesAreComparedUntruncated()
{
    Bench bench;
    for (const char* latency : {"100", "100.0", "99.999999", "100.0000001", "100.4", "1e2", "0.1"})
        bench.source.append(u"log"_s, 0, line(latency));
    bench.catchUp();
    QCOMPARE(bench.row().withinTarget, std::optional(std::int64_t{5}));
    QCOMPARE(bench.row(shop(0.1)).withinTarget, std::optional(std::int64_t{1}));
}

void ProcessingIntakeTest::unreadableRecordsAreKeptWithTheirPlace()
{
    Bench bench;
    bench.source.append(u"log"_s, 0, line("1"));
    bench.source.append(u"log"_s, 2, QByteArray("nonsense ") + QByteArray(2000, 'x'));
    RawRecord tombstone;
    tombstone.at = {u"log"_s, 2};
    tombstone.offset = Offset{1};
    bench.source.logs[{u"log"_s, 2}].records.emplace(1, tombstone);
    bench.source.logs[{u"log"_s, 2}].end = 2;
    bench.source.append(u"log"_s, 2, line("1"));
    const auto report = bench.catchUp();
    QCOMPARE(report.records, 2);
    QCOMPARE(report.unreadable, 2);
    Database reader = std::move(Database::open(bench.file(), Database::Access::Reader).value());
    QCOMPARE(processingHealth(reader).value(), (ProcessingHealth{2, 2}));
    SQLite::Statement select(
        reader.raw(),
        "SELECT partition, record_offset, size_bytes, length(sample), reason FROM processing_unreadable ORDER BY 2");
    QVERIFY(select.executeStep());
    QCOMPARE(select.getColumn(0).getInt(), 2);
    QCOMPARE(select.getColumn(1).getInt(), 0);
    QCOMPARE(select.getColumn(2).getInt(), 2009);
    QCOMPARE(select.getColumn(3).getInt(), static_cast<int>(keptUnreadableBytes));
    QVERIFY(QByteArray(select.getColumn(4).getText()).startsWith("no JSON"));
    QVERIFY(select.executeStep());
    QCOMPARE(QByteArray(select.getColumn(4).getText()), QByteArray("no value"));

    for (int i = 0; i < 3 * keptUnreadable; ++i)
        bench.source.append(u"log"_s, 0, QByteArray("x"));
    QCOMPARE(bench.catchUp().unreadable, 3 * keptUnreadable);
    QCOMPARE(bench.number("SELECT COUNT(*) FROM processing_unreadable"), keptUnreadable);
    QCOMPARE(bench.number("SELECT SUM(unreadable) FROM processing_count"), 3 * keptUnreadable + 2);
}

void ProcessingIntakeTest::lateRecordsGoToTheirOwnTime()
{
    Bench bench;
    bench.source.append(u"log"_s, 0, line("1", t0));
    bench.catchUp();
    bench.source.append(u"log"_s, 0, line("1", t0 - 3 * 86'400'000LL));
    bench.catchUp();
    Database reader = std::move(Database::open(bench.file(), Database::Access::Reader).value());
    QCOMPARE(sloRows(reader, shop(), Millis{86'400'000}, utcFromMs(t0)).value().at(0).total, 1);
    QCOMPARE(sloRows(reader, shop(), Millis{4 * 86'400'000LL}, utcFromMs(t0)).value().at(0).total, 2);
}

void ProcessingIntakeTest::exactDuplicatesCountAsTold()
{
    Bench bench;
    for (int i = 0; i < 5; ++i)
        bench.source.append(u"log"_s, 0, line("1"));
    bench.catchUp();
    bench.source.append(u"log"_s, 0, line("1"));
    bench.catchUp();
    QCOMPARE(bench.row().total, 6);
    QCOMPARE(bench.number("SELECT COUNT(*) FROM processing_record"), 1);
}

void ProcessingIntakeTest::aMissingTopicDoesNotStopTheOthers()
{
    Bench bench;
    bench.settings = logOn({u"absent"_s, u"log"_s});
    bench.restart();
    bench.source.append(u"log"_s, 0, line("1"));
    const auto report = bench.catchUp();
    QCOMPARE(report.records, 1);
    QCOMPARE(report.failures.size(), std::size_t{1});
    QCOMPARE(report.failures[0].topic, u"absent"_s);
}

void ProcessingIntakeTest::openTransactionsAreWaitedForNowhere()
{
    Bench bench;
    for (int i = 0; i < 10; ++i)
        bench.source.append(u"log"_s, 0, line("1"));
    bench.source.logs.begin()->second.lastStable = 6;
    const auto report = bench.catchUp();
    QCOMPARE(report.records, 6);
    QVERIFY(report.isAtEnd);
    bench.source.logs.begin()->second.lastStable.reset();
    QCOMPARE(bench.catchUp().records, 4);
}

void ProcessingIntakeTest::controlRecordsAtTheEndAreNoReasonToWait()
{
    Bench bench;
    bench.source.append(u"log"_s, 0, line("1"));
    bench.source.append(u"log"_s, 0, std::nullopt);
    bench.source.append(u"log"_s, 0, line("1"));
    bench.source.append(u"log"_s, 0, std::nullopt);
    QCOMPARE(bench.catchUp().records, 2);
    QVERIFY(bench.catchUp().isAtEnd);
    bench.source.append(u"log"_s, 0, line("1"));
    QCOMPARE(bench.catchUp().records, 1);
    QCOMPARE(bench.number("SELECT next_offset FROM checkpoint WHERE purpose = 'processing-log'"), 5);
}

void ProcessingIntakeTest::aBrokerThatGoesAwayLeavesWhatWasRead()
{
    Bench bench;
    for (int i = 0; i < 2000; ++i)
        bench.source.append(u"log"_s, 0, line("1"));
    bench.source.failAfterPolls = 2;
    const auto report = bench.catchUp();
    QCOMPARE(report.records, 1000);
    QVERIFY(!report.isAtEnd);
    QCOMPARE(report.failures.size(), std::size_t{1});
    QCOMPARE(report.failures[0].error.code, ErrorCode::Unreachable);
    QCOMPARE(bench.row().total, 1000);
    bench.source.failAfterPolls = 0;
    QCOMPARE(bench.catchUp().records, 1000);

    bench.source.failure = Error{ErrorCode::Unreachable, u"no broker"_s};
    const auto failed = bench.intake->catchUp({});
    QVERIFY(!failed);
    QCOMPARE(failed.error().code, ErrorCode::Unreachable);
}

void ProcessingIntakeTest::aRequestToStopKeepsWhatWasRead()
{
    /// Asks to stop while it answers.
    class StoppingSource final : public FakeRecordSource
    {
    public:
        Result<RecordBatch> poll(qsizetype maxBytes, Millis timeout, std::stop_token stop) override
        {
            asked.request_stop();
            return FakeRecordSource::poll(maxBytes, timeout, stop);
        }
        std::stop_source asked;
    } source;
    Bench bench;
    for (int i = 0; i < 2000; ++i)
        source.append(u"log"_s, 0, line("1"));
    ProcessingIntake intake(source, *bench.writer, shop(), bench.settings, bench.clock);
    const auto report = intake.catchUp(source.asked.get_token());
    QVERIFY(report);
    QCOMPARE(report->records, 500);
    QVERIFY(!report->isAtEnd);
    QVERIFY(report->failures.empty());
    QCOMPARE(bench.row().total, 500);
}

void ProcessingIntakeTest::aTopicMadeAnewIsReadFromItsStart_data()
{
    QTest::addColumn<int>("newRecords");
    QTest::newRow("shorter than the old one") << 3;
    QTest::newRow("as long") << 10;
    QTest::newRow("longer: told by the record before our place") << 25;
}

void ProcessingIntakeTest::aTopicMadeAnewIsReadFromItsStart()
{
    QFETCH(int, newRecords);
    Bench bench;
    for (int i = 0; i < 10; ++i)
        bench.source.append(u"log"_s, 0, line(QByteArray::number(i)));
    QCOMPARE(bench.catchUp().records, 10);
    bench.source.logs.clear();
    for (int i = 0; i < newRecords; ++i)
        bench.source.append(u"log"_s, 0, line("7.5"));
    QCOMPARE(bench.catchUp().records, newRecords);
    QCOMPARE(bench.catchUp().records, 0);
    QCOMPARE(bench.row().total, 10 + newRecords);
}

void ProcessingIntakeTest::retentionPassingOurPlaceIsNoFault()
{
    Bench bench;
    for (int i = 0; i < 10; ++i)
        bench.source.append(u"log"_s, 0, line("1"));
    bench.catchUp();
    for (int i = 0; i < 10; ++i)
        bench.source.append(u"log"_s, 0, line("1"));
    auto& log = bench.source.logs.begin()->second;
    log.logStart = 15;
    log.records.erase(log.records.begin(), log.records.lower_bound(15));
    QCOMPARE(bench.catchUp().records, 5);
}

void ProcessingIntakeTest::aFailedStoreIsReadAgain()
{
    Bench bench;
    for (int i = 0; i < 10; ++i)
        bench.source.append(u"log"_s, 0, line("1"));
    bench.catchUp();
    // Counts and place fail together: the trigger spoils the last statement of the transaction.
    QVERIFY(bench.writer->write([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            db.exec("CREATE TRIGGER spoil BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'spoiled'); END");
        });
    }));
    bench.source.append(u"log"_s, 0, line("1"));
    QVERIFY(!bench.intake->catchUp({}));
    QCOMPARE(bench.row().total, 10);
    QVERIFY(bench.writer->write([](Database& database) {
        return database.guarded([](SQLite::Database& db) { db.exec("DROP TRIGGER spoil"); });
    }));
    QCOMPARE(bench.catchUp().records, 1);
    QCOMPARE(bench.row().total, 11);
}

void ProcessingIntakeTest::aNewTargetCountsThePastExactly()
{
    Bench bench;
    bench.restart(shop(std::nullopt));
    for (int i = 0; i < 3000; ++i)
        bench.source.append(u"log"_s, 0,
                            line(QByteArray::number(i % 300), t0 - i * 100'000LL, i % 2 == 0 ? "success" : "dlq"));
    bench.catchUp();
    const SloRow none = bench.row(shop(std::nullopt));
    QCOMPARE(none.state, SloState::NoPromise);
    QVERIFY(!none.good && !none.withinTarget && !none.attainment && !none.objective && !none.targetMs &&
            !none.budgetRemaining && !none.burnRate1h);
    QVERIFY(none.p50Ms && none.successRate);
    for (const double target : {49.0, 149.5, 49.0}) {
        const SloRow before = bench.row(shop(target)); // the reader counts it from the records
        bench.restart(shop(target));
        bench.catchUp(); // the writer brings its sums up to date
        const SloRow after = bench.row(shop(target));
        QCOMPARE(after.withinTarget, before.withinTarget);
        QCOMPARE(after.good, before.good);
        QCOMPARE(bench.number("SELECT SUM(within_target) FROM processing_sum WHERE level = 0"),
                 bench.number("SELECT SUM(within_target) FROM processing_sum WHERE level = 2"));
        QCOMPARE(bench.number("SELECT SUM(within_target) FROM processing_sum WHERE level = 0"),
                 target < 100 ? 500 : 1500);
        QCOMPARE(bench.number("SELECT SUM(good) FROM processing_sum WHERE level = 1"), target < 100 ? 250 : 750);
    }
}

void ProcessingIntakeTest::stepsReadWhatComes()
{
    Bench bench;
    bench.source.append(u"log"_s, 0, line("1"));
    QCOMPARE(bench.intake->step(Millis{0}, {})->records, 1);
    QCOMPARE(bench.intake->step(Millis{0}, {})->records, 0);
    bench.source.append(u"log"_s, 0, line("1"));
    QCOMPARE(bench.intake->step(Millis{0}, {})->records, 1);
    bench.source.append(u"log"_s, 1, line("1")); // a partition that was added is found within a minute
    QCOMPARE(bench.intake->step(Millis{0}, {})->records, 0);
    bench.clock.advance(Millis{60'000});
    QCOMPARE(bench.intake->step(Millis{0}, {})->records, 1);
    QCOMPARE(bench.row().total, 3);
}

void ProcessingIntakeTest::nothingToReadIsNoFault()
{
    Bench bench;
    bench.settings = logOn({});
    bench.restart();
    QVERIFY(bench.intake->isIdle());
    QVERIFY(bench.catchUp().isAtEnd);
    QCOMPARE(bench.source.polls, 0);
}

void ProcessingIntakeTest::killedTenTimesCountsEqualWhatWasProduced()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"samples.sqlite"_s);
    QRandomGenerator random(42);
    for (int kill = 0; kill < 10; ++kill) {
        ChildProcess child({u"collect"_s, file});
        QCOMPARE(child.readLine(), QByteArray("begun"));
        // About a third of all steps in all: every kill falls in the middle of the work.
        for (int steps = random.bounded(1, 20); steps > 0; --steps)
            QCOMPARE(child.readLine(), QByteArray("stored"));
        QVERIFY(child.killWithin(random, 5));
    }
    ChildProcess last({u"collect"_s, file});
    QByteArray said = last.readLine();
    while (!said.isEmpty() && said != "done")
        said = last.readLine();
    QCOMPARE(said, QByteArray("done"));

    std::map<QString, SloRow> expected;
    std::int64_t unreadable = 0;
    for (std::int64_t i = 0; i < Expected::records; ++i) {
        if (i % 1000 == 999) {
            ++unreadable;
            continue;
        }
        ++expected[u"payment-%1"_s.arg(i % 7)].total;
    }
    Database reader = std::move(Database::open(file, Database::Access::Reader).value());
    QCOMPARE(processingHealth(reader).value(), (ProcessingHealth{Expected::records - unreadable, unreadable}));
    const auto rows = sloRows(reader, {}, Millis{7 * 86'400'000LL}, utcFromMs(t0));
    QCOMPARE(rows->size(), expected.size());
    for (const SloRow& row : rows.value())
        QCOMPARE(row.total, expected[row.consumer].total);
    QCOMPARE(reader.raw().execAndGet("SELECT SUM(records) FROM processing_record").getInt64(),
             Expected::records - unreadable);
    QCOMPARE(reader.raw().execAndGet("SELECT SUM(total) FROM processing_sum WHERE level = 2").getInt64(),
             Expected::records - unreadable);
    QCOMPARE(reader.raw().execAndGet("SELECT SUM(next_offset) FROM checkpoint").getInt64(), Expected::records);
}

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    if (argc == 3 && std::strcmp(argv[1], "collect") == 0)
        return collect(QString::fromLocal8Bit(argv[2]));
    ProcessingIntakeTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_processingintake.moc"
