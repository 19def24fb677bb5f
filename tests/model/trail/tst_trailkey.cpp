// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/trail/javapartition.h"
#include "model/trail/processingtrail.h"
#include "model/trail/trailkey.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

Catalog catalog()
{
    CatalogEvent created;
    created.eventType = u"order.created"_s;
    created.topic = u"orders"_s;
    created.partitionKey = u"order_id"_s;
    CatalogEvent paid;
    paid.eventType = u"payment.taken"_s;
    paid.topic = u"payments"_s;
    paid.partitionKey = u"order.id"_s;
    return Catalog({}, {created, paid}, {});
}

RawRecord record(const QString& topic, std::optional<QByteArray> key, std::optional<QByteArray> value, Headers headers)
{
    return {.at = {topic, 0},
            .offset = Offset{1},
            .timestamp = {},
            .key = std::move(key),
            .value = std::move(value),
            .headers = std::move(headers)};
}

QString matched(const QString& key, const RawRecord& record, const QStringList& fields = {})
{
    const auto read = trailKeyOf(key, false, fields);
    if (!read)
        return read.error().detail;
    const TrailMatcher matcher(*read, catalog());
    const auto match = matcher.match(record, record.at.topic);
    return match ? trailMatchWord(*match) : u"no"_s;
}

} // namespace

class TrailKeyTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aRecordIsAboutAKey_data();
    void aRecordIsAboutAKey();
    void keysThatAreNone_data();
    void keysThatAreNone();
    void fieldsThatPeopleName_data();
    void fieldsThatPeopleName();
    void javaPutsAKeyThere_data();
    void javaPutsAKeyThere();
    void idsToGoOnWith();
    void aProcessingRecordNamesAnId_data();
    void aProcessingRecordNamesAnId();
};

void TrailKeyTest::aRecordIsAboutAKey_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("topic");
    QTest::addColumn<QByteArray>("recordKey");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("headerValue");
    QTest::addColumn<QStringList>("fields");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const QString& key, const QByteArray& recordKey, const QByteArray& value,
                        const QByteArray& header, const QByteArray& headerValue, const QString& expected,
                        const QStringList& fields = {}, const QString& topic = u"orders"_s) {
        QTest::newRow(name) << key << topic << recordKey << value << header << headerValue << fields << expected;
    };
    row("the key's bytes", u"order-4711"_s, "order-4711", "x", "a", "b", u"key"_s);
    row("a longer key is another", u"order-471"_s, "order-4711", "x", "a", "b", u"no"_s);
    row("a key in other letters is another", u"ORDER-4711"_s, "order-4711", "x", "a", "b", u"no"_s);
    row("a key as a JSON string", u"order-4711"_s, "\"order-4711\"", "x", "a", "b", u"key"_s);
    row("the record's own within a proxy's metadata", u"order-4711"_s,
        QByteArray::fromHex("12066f7264657273180320b8b0052880d0dfb4ab33320a") + "order-4711", "x", "a", "b", u"key"_s);
    row("a whole number in four bytes", u"4711"_s, QByteArray("\0\0\x12\x67", 4), "x", "a", "b", u"key"_s);
    row("a whole number in eight bytes", u"4711"_s, QByteArray("\0\0\0\0\0\0\x12\x67", 8), "x", "a", "b", u"key"_s);
    row("a number with a zero in front is text", u"04711"_s, QByteArray("\0\0\x12\x67", 4), "x", "a", "b", u"no"_s);
    row("a key outranks a header", u"id-1"_s, "id-1", "x", "event_id", "id-1", u"key"_s);
    row("the header event_id", u"id-1"_s, "k", "x", "event_id", "id-1", u"header:event_id"_s);
    row("eventId is the same header", u"id-1"_s, "k", "x", "eventId", "id-1", u"header:eventId"_s);
    row("CloudEvents' id", u"id-1"_s, "k", "x", "ce_id", "id-1", u"header:ce_id"_s);
    row("a correlation id", u"c-9"_s, "k", "x", "X-Correlation-ID", "c-9", u"header:X-Correlation-ID"_s);
    row("a header as a JSON string", u"c-9"_s, "k", "x", "correlation_id", "\"c-9\"", u"header:correlation_id"_s);
    row("W3C's whole value", u"00-4bf92f-00f067-01"_s, "k", "x", "traceparent", "00-4bf92f-00f067-01",
        u"header:traceparent"_s);
    row("the trace id within it", u"4bf92f"_s, "k", "x", "traceparent", "00-4bf92f-00f067-01", u"header:traceparent"_s);
    row("the span is not the trace", u"00f067"_s, "k", "x", "traceparent", "00-4bf92f-00f067-01", u"no"_s);
    row("the trace id of B3", u"463ac3"_s, "k", "x", "b3", "463ac3-05e3-1", u"header:b3"_s);
    row("any other header is none", u"id-1"_s, "k", "x", "region", "id-1", u"no"_s);
    row("unless it is named", u"id-1"_s, "k", "x", "region", "id-1", u"header:region"_s, {u"header.region"_s});
    row("the payload's event_id", u"id-1"_s, "k", R"({"event_id":"id-1"})", "a", "b", u"payload:event_id"_s);
    row("the field that the catalog calls the key", u"4711"_s, "k", R"({"order_id":"4711"})", "a", "b",
        u"payload:order_id"_s);
    row("also where it is a number", u"4711"_s, "k", R"({"order_id":4711})", "a", "b", u"payload:order_id"_s);
    row("also deeper", u"4711"_s, "k", R"({"order":{"id":4711}})", "a", "b", u"payload:order.id"_s, {}, u"payments"_s);
    row("but not of another topic", u"4711"_s, "k", R"({"order_id":"4711"})", "a", "b", u"no"_s, {}, u"payments"_s);
    row("a field that was named", u"4711"_s, "k", R"({"lines":[{"sku":"4711"}]})", "a", "b", u"payload:lines[0].sku"_s,
        {u"payload.lines[0].sku"_s});
    row("named without payload.", u"4711"_s, "k", R"({"sku":"4711"})", "a", "b", u"payload:sku"_s, {u"sku"_s});
    row("an escape that spells it", u"a/b"_s, "k", R"({"event_id":"a\/b"})", "a", "b", u"payload:event_id"_s);
    row("behind a registry's five bytes", u"4711"_s, "k", QByteArray("\0\0\0\0\7", 5) + R"({"order_id":"4711"})", "a",
        "b", u"payload:order_id"_s);
    row("in the middle of a text it is none", u"4711"_s, "k", R"({"order_id":"order 4711"})", "a", "b", u"no"_s);
    row("a payload that is no JSON", u"4711"_s, "k", "order_id=4711", "a", "b", u"no"_s);
    row("JSON that breaks off", u"4711"_s, "k", R"({"order_id":"4711)", "a", "b", u"no"_s);
}

void TrailKeyTest::aRecordIsAboutAKey()
{
    QFETCH(QString, key);
    QFETCH(QString, topic);
    QFETCH(QByteArray, recordKey);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, headerValue);
    QFETCH(QStringList, fields);
    QFETCH(QString, expected);
    QCOMPARE(matched(key, record(topic, recordKey, value, {{header, headerValue}}), fields), expected);
    QCOMPARE(matched(key, record(topic, std::nullopt, std::nullopt, {{header, std::nullopt}}), fields), u"no"_s);
}

void TrailKeyTest::keysThatAreNone_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<bool>("isBase64");
    QTest::addColumn<QString>("says");
    QTest::newRow("empty") << QString() << false << u"KEY is empty"_s;
    QTest::newRow("no base64") << u"a!"_s << true << u"no base64"_s;
    QTest::newRow("too long") << QString(5'000, u'x') << false << u"longer than 4 KiB"_s;
}

void TrailKeyTest::keysThatAreNone()
{
    QFETCH(QString, key);
    QFETCH(bool, isBase64);
    QFETCH(QString, says);
    const auto read = trailKeyOf(key, isBase64, {});
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::InvalidConfig);
    QVERIFY2(read.error().detail.contains(says), qPrintable(read.error().detail));
    const auto binary = trailKeyOf(u"//4A"_s, true, {});
    QVERIFY(binary);
    QCOMPARE(binary->bytes, QByteArray("\xff\xfe\0", 3));
    QCOMPARE(binary->asRecordKeys().size(), std::size_t{1});
}

void TrailKeyTest::fieldsThatPeopleName_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<bool>("isOne");
    QTest::newRow("a payload's field") << u"payload.order.id"_s << true;
    QTest::newRow("without the word") << u"order.id"_s << true;
    QTest::newRow("a header") << u"header.X-Order"_s << true;
    QTest::newRow("nothing") << QString() << false;
    QTest::newRow("a query") << u"payload.a:b OR payload.c"_s << false;
    QTest::newRow("a header without a name") << u"header."_s << false;
}

void TrailKeyTest::fieldsThatPeopleName()
{
    QFETCH(QString, field);
    QFETCH(bool, isOne);
    const auto read = parseTrailField(field);
    QCOMPARE(read.has_value(), isOne);
    if (!isOne)
        QVERIFY(read.error().detail.contains(u"write payload."_s));
}

void TrailKeyTest::javaPutsAKeyThere_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<qint32>("hash");
    QTest::addColumn<int>("ofSeven");
    // Hashes as Kafka's own test of its clients has them.
    QTest::newRow("two bytes") << QByteArray("21") << -973'932'308 << ((-973'932'308 & 0x7fffffff) % 7);
    QTest::newRow("six bytes") << QByteArray("foobar") << -790'332'482 << ((-790'332'482 & 0x7fffffff) % 7);
    QTest::newRow("a longer one") << QByteArray("a-little-bit-long-string") << -985'981'536
                                  << ((-985'981'536 & 0x7fffffff) % 7);
    QTest::newRow("one byte more") << QByteArray("a-little-bit-longer-string") << -1'486'304'829
                                   << ((-1'486'304'829 & 0x7fffffff) % 7);
    QTest::newRow("the longest") << QByteArray("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8") << -58'897'971
                                 << ((-58'897'971 & 0x7fffffff) % 7);
    QTest::newRow("three bytes") << QByteArray("abc") << 479'470'107 << (479'470'107 % 7);
}

void TrailKeyTest::javaPutsAKeyThere()
{
    QFETCH(QByteArray, key);
    QFETCH(qint32, hash);
    QFETCH(int, ofSeven);
    QCOMPARE(static_cast<qint32>(javaMurmur2(key)), hash);
    QCOMPARE(javaPartition(key, 7), ofSeven);
}

void TrailKeyTest::idsToGoOnWith()
{
    const auto ids = idsOf(record(u"orders"_s, QByteArray("k"), QByteArray(R"({"event_id":"e-2","id":"no"})"),
                                  {{"ce_id", QByteArray("e-1")},
                                   {"traceparent", QByteArray("00-4bf92f-00f067-01")},
                                   {"correlation_id", QByteArray("shared by many")},
                                   {"event_id", std::nullopt},
                                   {"event_id", QByteArray(300, 'x')}}));
    QCOMPARE(ids, (std::set<QByteArray>{"e-1", "e-2", "4bf92f"}));
}

void TrailKeyTest::aProcessingRecordNamesAnId_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("summary"); // empty: it is not about it
    QTest::addColumn<QString>("matched");
    const QByteArray begin = R"({"consumer_service":"payment-service","event_type":"order.created",)";
    const QByteArray time = R"("processed_at":"2026-11-21T07:00:00Z")";
    QTest::newRow("its event id") << begin + R"("status":"success","processing_latency_ms":120,"event_id":"e-1",)" +
                                         time + "}"
                                  << u"payment-service handled it in 120 ms"_s << u"payload:event_id"_s;
    QTest::newRow("a trace of a record found before")
        << begin +
               R"("status":"failed","processing_latency_ms":3000,"trace_id":"t-1","error_class":"Timeout","attempt":2,)" +
               time + "}"
        << u"payment-service failed after 3 s, Timeout, attempt 2"_s << u"link"_s;
    QTest::newRow("set aside") << begin + R"("status":"dlq","processing_latency_ms":5,"event_id":"e-1",)" + time + "}"
                               << u"payment-service set it aside as a dead letter after 5 ms"_s
                               << u"payload:event_id"_s;
    QTest::newRow("another id") << begin + R"("status":"success","processing_latency_ms":1,"event_id":"e-11",)" + time +
                                       "}"
                                << QString() << QString();
    QTest::newRow("the id elsewhere in it")
        << begin + R"("status":"success","processing_latency_ms":1,"note":"e-1",)" + time + "}" << QString()
        << QString();
    QTest::newRow("too old")
        << begin + R"("status":"success","processing_latency_ms":1,"event_id":"e-1","processed_at":1000})" << QString()
        << QString();
    QTest::newRow("a record that cannot be read") << QByteArray(R"({"event_id":"e-1"})") << QString() << QString();
}

void TrailKeyTest::aProcessingRecordNamesAnId()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, summary);
    QFETCH(QString, matched);
    const TrailMatcher matcher(*trailKeyOf(u"e-1"_s, false, {}), catalog());
    ProcessingTrail log(matcher, {"t-1"}, *parseRfc3339("2026-11-21T00:00:00Z"));
    const auto entry = log.entryOf(record(u"log"_s, std::nullopt, json, {}), u"orders"_s, u"processing.jsonl"_s, true);
    QCOMPARE(entry.has_value(), !summary.isEmpty());
    if (!entry)
        return;
    QCOMPARE(entry->summary, summary);
    QCOMPARE(trailMatchWord(entry->match), matched);
    QCOMPARE(entry->channel, u"processing.jsonl"_s);
    QVERIFY(!entry->partition);
    QCOMPARE(*entry->at, *parseRfc3339("2026-11-21T07:00:00Z"));
}

QTEST_GUILESS_MAIN(TrailKeyTest)
#include "tst_trailkey.moc"
