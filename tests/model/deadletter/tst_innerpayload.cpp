// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/deadletter/innerpayload.h"

#include <QTest>

#include <random>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;
using As = PayloadPlace::As;

class InnerPayloadTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bytesAreCutOut_data();
    void bytesAreCutOut();
    void whatIsNoPayloadIsRefused_data();
    void whatIsNoPayloadIsRefused();
    void anyBytesAreAnAnswer();
    void aReplaySendsWhatIsKnown();
};

void InnerPayloadTest::bytesAreCutOut_data()
{
    QTest::addColumn<QByteArray>("envelope");
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<As>("as");
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("an object, blanks and numbers as they are")
        << QByteArray(R"({"error":"e","payload":{ "order_id": 1.50 , "a":[ 1e2,"}" ] } , "x":1})") << u"/payload"_s
        << As::Json << QByteArray(R"({ "order_id": 1.50 , "a":[ 1e2,"}" ] })");
    QTest::newRow("an array") << QByteArray(R"({"p":[1, 2 ]})") << u"/p"_s << As::Json << QByteArray("[1, 2 ]");
    QTest::newRow("a number at the end") << QByteArray(R"({"p": 12345678901234567890.10 })") << u"/p"_s << As::Json
                                         << QByteArray("12345678901234567890.10");
    QTest::newRow("deeper, behind an array")
        << QByteArray(R"({"a":[{"b":1},{"b":{"c":2}}]})") << u"/a/1/b"_s << As::Json << QByteArray(R"({"c":2})");
    QTest::newRow("a name with a slash and escapes")
        << QByteArray(R"({"a\u002fb":{"x":"\\\""}})") << u"/a~1b"_s << As::Json << QByteArray(R"({"x":"\\\""})");
    QTest::newRow("of a repeated name the last")
        << QByteArray(R"({"p":{"n":1},"q":0,"p":{"n":2}})") << u"/p"_s << As::Json << QByteArray(R"({"n":2})");
    QTest::newRow("names that look like brackets")
        << QByteArray(R"({"}":"{","]":"\"","p":{}})") << u"/p"_s << As::Json << QByteArray("{}");
    QTest::newRow("a text that holds JSON")
        << QByteArray(R"({"p":"{\"n\": 1.50, \"e\":\"\u00e9\ud83d\ude00\"}"})") << u"/p"_s << As::Text
        << QByteArray("{\"n\": 1.50, \"e\":\"\xC3\xA9\xF0\x9F\x98\x80\"}");
    QTest::newRow("an empty text") << QByteArray(R"({"p":""})") << u"/p"_s << As::Text << QByteArray("");
    QTest::newRow("bytes in base64") << QByteArray(R"({"p":"AP8B"})") << u"/p"_s << As::Base64
                                     << QByteArray("\x00\xFF\x01", 3);
}

void InnerPayloadTest::bytesAreCutOut()
{
    QFETCH(QByteArray, envelope);
    QFETCH(QString, pointer);
    QFETCH(As, as);
    QFETCH(QByteArray, payload);
    const auto inner = innerPayload(envelope, {pointer, as});
    QVERIFY2(inner, inner ? "" : qPrintable(inner.error().detail));
    QCOMPARE(inner->bytes, payload);
    const QByteArray token = envelope.sliced(inner->from, inner->to - inner->from);
    if (as == As::Json)
        QCOMPARE(token, payload);
    else
        QVERIFY(token.startsWith('"') && token.endsWith('"'));
}

void InnerPayloadTest::whatIsNoPayloadIsRefused_data()
{
    QTest::addColumn<QByteArray>("envelope"); // null: the letter has none
    QTest::addColumn<As>("as");
    QTest::addColumn<QString>("why");
    QTest::newRow("no payload") << QByteArray() << As::Json << u"the letter has no payload"_s;
    QTest::newRow("no JSON") << QByteArray("p") << As::Json << u"no JSON document"_s;
    QTest::newRow("JSON that is cut off behind it")
        << QByteArray(R"({"p":{"n":1},"q)") << As::Json << u"no JSON document"_s;
    QTest::newRow("two documents") << QByteArray(R"({"p":{}} {})") << As::Json << u"no JSON document"_s;
    QTest::newRow("nothing there") << QByteArray(R"({"q":{}})") << As::Json << u"nothing at /p"_s;
    QTest::newRow("no object") << QByteArray(R"("p")") << As::Json << u"nothing at /p"_s;
    QTest::newRow("null: a tombstone, or no payload") << QByteArray(R"({"p":null})") << As::Json << u"null stands at"_s;
    QTest::newRow("a text, and nobody says what it holds")
        << QByteArray(R"({"p":"{}"})") << As::Json << u"as: text or as: base64"_s;
    QTest::newRow("an object where a text is due") << QByteArray(R"({"p":{}})") << As::Text << u"no text stands"_s;
    QTest::newRow("half a pair: no bytes stand for it")
        << QByteArray(R"({"p":"\ud83d!"})") << As::Text << u"no text stands"_s;
    QTest::newRow("the other half") << QByteArray(R"({"p":"\ude00"})") << As::Text << u"no text stands"_s;
    QTest::newRow("a half at the end") << QByteArray(R"({"p":"x\ud83d"})") << As::Text << u"no text stands"_s;
    QTest::newRow("no base64") << QByteArray(R"({"p":"a text"})") << As::Base64 << u"no base64"_s;
}

void InnerPayloadTest::whatIsNoPayloadIsRefused()
{
    QFETCH(QByteArray, envelope);
    QFETCH(As, as);
    QFETCH(QString, why);
    const auto inner = innerPayload(envelope.isNull() ? std::nullopt : std::optional(envelope), {u"/p"_s, as});
    QVERIFY(!inner);
    QCOMPARE(inner.error().code, ErrorCode::InvalidConfig);
    QVERIFY2(inner.error().detail.contains(why), qPrintable(inner.error().detail));
}

void InnerPayloadTest::anyBytesAreAnAnswer()
{
    std::mt19937 random(17);
    const QByteArray sound = R"({"a":[1,{"p":"x\\\"}"},null],"p":{"q":[true,"\u00e9"]},"z":-1.5e3})";
    for (int round = 0; round < 20'000; ++round) {
        QByteArray bytes = sound;
        for (int i = 0; i < 3; ++i)
            bytes[static_cast<qsizetype>(random() % static_cast<unsigned>(bytes.size()))] =
                "{}[]\",:\\ \n01pu\xFF"[random() % 15];
        bytes.truncate(static_cast<qsizetype>(random() % static_cast<unsigned>(bytes.size() + 1)));
        for (const As as : {As::Json, As::Text, As::Base64}) {
            const auto inner = innerPayload(bytes, {u"/p/q"_s, as});
            if (inner)
                QVERIFY(inner->from >= 0 && inner->from < inner->to && inner->to <= bytes.size());
        }
    }
    const QByteArray deep = QByteArray(1'000'000, '[') + QByteArray(1'000'000, ']');
    QCOMPARE(innerPayload(R"({"p":)" + deep + "}", {u"/p"_s, As::Json})->bytes, deep);
}

void InnerPayloadTest::aReplaySendsWhatIsKnown()
{
    RawRecord envelope = letter({});
    envelope.value = R"({"originalTopic":"orders","error":"e","payload":{"n":1.50}})";
    const PayloadToSend unknown = payloadToSend(envelope, u"generic"_s, {});
    QVERIFY(unknown.refusal.contains(u"mapping"_s) && unknown.isSentWhole && !unknown.inner);
    const PayloadToSend told = payloadToSend(envelope, u"mapping"_s, PayloadPlace{u"/payload"_s, As::Json});
    QVERIFY(told.refusal.isEmpty());
    QCOMPARE(told.inner->bytes, QByteArray(R"({"n":1.50})"));
    const PayloadToSend wrong = payloadToSend(envelope, u"mapping"_s, PayloadPlace{u"/data"_s, As::Json});
    QVERIFY(wrong.refusal.contains(u"nothing at /data"_s) && !wrong.isSentWhole);
    RawRecord byHeaders = envelope;
    byHeaders.headers = {{"x-original-topic", QByteArray("orders")}, {"x-error-message", QByteArray("e")}};
    QVERIFY2(payloadToSend(byHeaders, u"generic"_s, {}).refusal.isEmpty(), "its headers tell: the payload is its own");
    QVERIFY(payloadToSend(envelope, u"spring-dlpr"_s, {}).refusal.isEmpty());
}

QTEST_GUILESS_MAIN(InnerPayloadTest)
#include "tst_innerpayload.moc"
