// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/jsonlsource.h"
#include "model/slo/processingintake.h"
#include "model/slo/sloqueries.h"
#include "tests/support/manualclock.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

constexpr std::int64_t t0 = 1'790'000'000'000;

QByteArray line(int latency)
{
    return R"({"consumer_service":"payment","event_type":"order.created","status":"success","processing_latency_ms":)" +
           QByteArray::number(latency) + R"(,"processed_at":)" + QByteArray::number(qint64{t0}) + '}';
}

struct Bench
{
    QTemporaryDir folder;
    ManualClock clock;
    std::unique_ptr<StoreWriter> writer =
        StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s)
            .value();
    std::unique_ptr<JsonlSource> source;
    std::unique_ptr<ProcessingIntake> intake;

    Bench() { restart(); }
    void restart()
    {
        source = std::make_unique<JsonlSource>();
        intake = std::make_unique<ProcessingIntake>(*source, *writer, Catalog(),
                                                    std::vector<TopicSelector>{{log(), {}}}, clock);
    }
    QString log(const QString& suffix = {}) const { return folder.filePath(u"log.jsonl"_s + suffix); }
    void append(const QByteArray& bytes, const QString& suffix = {}) const
    {
        QFile file(log(suffix));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Append));
        file.write(bytes);
    }
    ProcessingReport catchUp() { return intake->catchUp({}).value(); }
    std::int64_t total() const
    {
        Database reader =
            std::move(Database::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Reader).value());
        const auto rows = sloRows(reader, {}, Millis{86'400'000}, utcFromMs(t0)).value();
        return rows.empty() ? 0 : rows[0].total;
    }
};

} // namespace

class JsonlSourceTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void linesAreRecords();
    void aLineCountsWhenItIsWhole();
    void rotationLosesAndDoublesNothing();
    void aFileCutInPlaceStartsOver();
    void aLineTooLongIsOneUnreadableRecord();
    void aMissingFileIsSaid();
    void compressedNeighboursAreNotRead();
    void stepsFollow();
    void aStopEndsTheWait();
};

void JsonlSourceTest::linesAreRecords()
{
    Bench bench;
    bench.append(line(1) + "\n" + line(2) + "\r\n\n" + "garbage\n" + line(3) + "\n");
    const auto report = bench.catchUp();
    QCOMPARE(report.records, 3);
    QCOMPARE(report.unreadable, 1);
    QVERIFY(report.isAtEnd);
    QCOMPARE(bench.catchUp().records, 0);
    bench.restart();
    QCOMPARE(bench.catchUp().records, 0);
    bench.append(line(4) + "\n");
    QCOMPARE(bench.catchUp().records, 1);
    QCOMPARE(bench.total(), 4);
}

void JsonlSourceTest::aLineCountsWhenItIsWhole()
{
    Bench bench;
    bench.append(line(1) + "\n" + line(2).first(30));
    QCOMPARE(bench.catchUp().records, 1);
    bench.append(line(2).sliced(30));
    const auto report = bench.catchUp();
    QCOMPARE(report.records, 0);
    QVERIFY(report.isAtEnd);
    bench.append("\n");
    QCOMPARE(bench.catchUp().records, 1);
}

void JsonlSourceTest::rotationLosesAndDoublesNothing()
{
    Bench bench;
    bench.append(line(1) + "\n" + line(2) + "\n");
    QCOMPARE(bench.catchUp().records, 2);
    bench.append(line(3) + "\n"); // written, not yet read, and then rotated away
    QVERIFY(QFile::rename(bench.log(), bench.log(u".1"_s)));
    bench.append(line(4) + "\n");
    QCOMPARE(bench.catchUp().records, 2);
    bench.restart();
    QVERIFY(QFile::rename(bench.log(u".1"_s), bench.log(u".2"_s)));
    QVERIFY(QFile::rename(bench.log(), bench.log(u".1"_s)));
    bench.append(line(5) + "\n");
    QCOMPARE(bench.catchUp().records, 1);
    QCOMPARE(bench.total(), 5);
}

void JsonlSourceTest::aFileCutInPlaceStartsOver()
{
    Bench bench;
    bench.append(line(1) + "\n" + line(2) + "\n");
    bench.catchUp();
    QVERIFY(QFile::resize(bench.log(), 0));
    bench.append(line(3) + "\n");
    QCOMPARE(bench.catchUp().records, 1);
    QCOMPARE(bench.total(), 3);
}

void JsonlSourceTest::aLineTooLongIsOneUnreadableRecord()
{
    Bench bench;
    bench.append(QByteArray(9 << 20, 'x') + "\n" + line(1) + "\n" + QByteArray(2 << 20, 'y'));
    const auto report = bench.catchUp();
    QCOMPARE(report.records, 1);
    QCOMPARE(report.unreadable, 1);
    bench.append("\n");
    QCOMPARE(bench.catchUp().unreadable, 1);
}

void JsonlSourceTest::aMissingFileIsSaid()
{
    Bench bench;
    const auto report = bench.catchUp();
    QCOMPARE(report.failures.size(), std::size_t{1});
    QCOMPARE(report.failures[0].error.code, ErrorCode::NotFound);
    QVERIFY(report.failures[0].error.detail.contains(bench.log()));
    bench.append(line(1) + "\n");
    QCOMPARE(bench.catchUp().records, 1);
}

void JsonlSourceTest::compressedNeighboursAreNotRead()
{
    Bench bench;
    bench.append(line(1) + "\n");
    bench.append(line(2) + "\n", u"-20261120"_s);
    bench.append("\x1f\x8b rubbish\n", u".3.gz"_s);
    bench.append(line(3) + "\n", u".bak"_s);
    const auto report = bench.catchUp();
    QCOMPARE(report.records, 2);
    QCOMPARE(report.unreadable, 0);
}

void JsonlSourceTest::stepsFollow()
{
    Bench bench;
    bench.append(line(1) + "\n");
    QCOMPARE(bench.intake->step(Millis{0}, {})->records, 1);
    bench.append(line(2) + "\n" + line(3) + "\n");
    QCOMPARE(bench.intake->step(Millis{0}, {})->records, 2);
    QCOMPARE(bench.intake->step(Millis{0}, {})->records, 0);
}

void JsonlSourceTest::aStopEndsTheWait()
{
    Bench bench;
    bench.append(line(1) + "\n");
    bench.catchUp();
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(bench.source->poll(1000, Millis{3'600'000}, stop.get_token())); // an hour, and yet at once
}

QTEST_GUILESS_MAIN(JsonlSourceTest)
#include "tst_jsonlsource.moc"
