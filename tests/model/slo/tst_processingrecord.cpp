// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/processingrecord.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

QByteArray record(const QByteArray& latency = "12.5", const QByteArray& at = "1790000000000",
                  const QByteArray& status = "\"success\"")
{
    return R"({"consumer_service":"payment","event_type":"order.created","status":)" + status +
           R"(,"processing_latency_ms":)" + latency + R"(,"processed_at":)" + at + '}';
}

} // namespace

class ProcessingRecordTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsToldIsRead();
    void fractionsAreKept_data();
    void fractionsAreKept();
    void times_data();
    void times();
    void faults_data();
    void faults();
    void aReaderGoesOnAfterAFault();
};

void ProcessingRecordTest::whatIsToldIsRead()
{
    ProcessingRecordReader reader;
    const auto read = reader.read(
        R"( {"event_id":"e-1","attempt":2,"error_class":null,"trace_id":"t","payload_bytes":10,"unknown":{"a":[1,2]},
        "consumer_service":"zahlung-ü","event_type":"order.created","status":"dlq","processing_latency_ms":7,"processed_at":"2026-11-21T07:06:13.042+01:00"} )");
    QVERIFY(read);
    QCOMPARE(read->consumerService, u"zahlung-ü"_s);
    QCOMPARE(read->eventType, u"order.created"_s);
    QCOMPARE(read->status, ProcessingStatus::DeadLettered);
    QCOMPARE(read->latencyMs, 7.0);
    QCOMPARE(toMs(read->processedAt), 1795241173042);
    QCOMPARE(reader.read(record("1", "0", "\"failed\""))->status, ProcessingStatus::Failed);
}

void ProcessingRecordTest::fractionsAreKept_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<double>("target");
    QTest::addColumn<bool>("isWithin");
    QTest::newRow("a tenth of a microsecond over") << QByteArray("200.0001") << 200.0 << false;
    QTest::newRow("exactly at the target") << QByteArray("200.0") << 200.0 << true;
    QTest::newRow("0.1 meets 0.1") << QByteArray("0.1") << 0.1 << true;
    QTest::newRow("0.30000000000000004 does not meet 0.3") << QByteArray("0.30000000000000004") << 0.3 << false;
    QTest::newRow("an exponent is a number too") << QByteArray("1e3") << 1000.0 << true;
    QTest::newRow("a clock that stepped back") << QByteArray("-3.5") << 0.0 << true;
    QTest::newRow("an integer beyond 2^53") << QByteArray("9007199254740993") << 9007199254740992.0 << true;
}

void ProcessingRecordTest::fractionsAreKept()
{
    QFETCH(QByteArray, text);
    QFETCH(double, target);
    QFETCH(bool, isWithin);
    ProcessingRecordReader reader;
    const auto read = reader.read(record(text));
    QVERIFY(read);
    QCOMPARE(read->latencyMs <= target, isWithin);
    QCOMPARE(read->latencyMs, text.toDouble());
}

void ProcessingRecordTest::times_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("ms"); // -1: refused
    QTest::newRow("epoch milliseconds") << QByteArray("1790000000123") << qint64{1790000000123};
    QTest::newRow("with a fraction, cut") << QByteArray("1790000000123.9") << qint64{1790000000123};
    QTest::newRow("RFC 3339 in UTC") << QByteArray("\"2026-09-21T14:13:20.123Z\"") << qint64{1790000000123};
    QTest::newRow("with nanoseconds, cut") << QByteArray("\"2026-09-21T14:13:20.123999999Z\"") << qint64{1790000000123};
    QTest::newRow("1970") << QByteArray("0") << qint64{0};
    QTest::newRow("epoch seconds are no milliseconds") << QByteArray("1790000000") << qint64{-1};
    QTest::newRow("epoch seconds with a fraction") << QByteArray("1790000000.123") << qint64{-1};
    QTest::newRow("before 1970") << QByteArray("-1") << qint64{-1};
    QTest::newRow("before 1970 as text") << QByteArray("\"1969-12-31T23:59:59Z\"") << qint64{-1};
    QTest::newRow("after the year 9999") << QByteArray("253402300800000") << qint64{-1};
    QTest::newRow("a date alone") << QByteArray("\"2026-09-21\"") << qint64{-1};
    QTest::newRow("digits as text") << QByteArray("\"1790000000123\"") << qint64{-1};
    QTest::newRow("null") << QByteArray("null") << qint64{-1};
}

void ProcessingRecordTest::times()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, ms);
    ProcessingRecordReader reader;
    const auto read = reader.read(record("1", text));
    QCOMPARE(read ? toMs(read->processedAt) : -1, ms);
}

void ProcessingRecordTest::faults_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("names");
    QTest::newRow("nothing") << QByteArray() << u"JSON"_s;
    QTest::newRow("no JSON") << QByteArray("SECRET") << u"JSON"_s;
    QTest::newRow("half a record") << record().chopped(1) << u"JSON"_s;
    QTest::newRow("a record and something after it") << record() + "SECRET" << u"JSON"_s;
    QTest::newRow("no UTF-8") << QByteArray(R"({"consumer_service":")") + "\xff\xfe" + R"("})" << u"JSON"_s;
    QTest::newRow("an array") << QByteArray("[1]") << u"object"_s;
    QTest::newRow("no consumer") << record().replace("consumer_service", "consumer") << u"consumer_service"_s;
    QTest::newRow("an empty consumer") << record().replace("payment", "") << u"consumer_service"_s;
    QTest::newRow("a consumer that is a number") << record().replace("\"payment\"", "5") << u"consumer_service"_s;
    QTest::newRow("a consumer of 2 KiB") << record().replace("payment", QByteArray(2048, 'x')) << u"consumer_service"_s;
    QTest::newRow("no event") << record().replace("event_type", "event") << u"event_type"_s;
    QTest::newRow("another status") << record("1", "1", "\"SUCCESS\"") << u"status"_s;
    QTest::newRow("a status that is a number") << record("1", "1", "1") << u"status"_s;
    QTest::newRow("no latency") << record().replace("processing_latency_ms", "latency") << u"processing_latency_ms"_s;
    QTest::newRow("a latency that is text") << record("\"12\"") << u"processing_latency_ms"_s;
    QTest::newRow("a latency beyond all numbers") << record("1e999") << QString();
    QTest::newRow("more than a mebibyte") << record() + QByteArray(maxProcessingRecordBytes, ' ') << u"longer"_s;
    QTest::newRow("nested without end") << QByteArray(100'000, '[') << u"JSON"_s;
}

void ProcessingRecordTest::faults()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, names);
    ProcessingRecordReader reader;
    const auto read = reader.read(bytes);
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::Corrupt);
    QVERIFY2(read.error().detail.contains(names), qPrintable(read.error().detail));
    QVERIFY(!read.error().detail.contains(u"SECRET"));
}

void ProcessingRecordTest::aReaderGoesOnAfterAFault()
{
    ProcessingRecordReader reader;
    QVERIFY(!reader.read("{"));
    QVERIFY(reader.read(record()));
}

QTEST_GUILESS_MAIN(ProcessingRecordTest)
#include "tst_processingrecord.moc"
