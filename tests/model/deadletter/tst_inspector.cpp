// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/headerrows.h"
#include "model/deadletter/payloadtext.h"

#include <QTest>

class TstInspector final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pretty_data();
    void pretty();
    void prettyChangesNoToken();
    void prettyIsBounded();
    void hex_data();
    void hex();
    void headers();
};

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

void TstInspector::pretty_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("text"); // null: no JSON
    QTest::newRow("an object") << QByteArray(R"({ "amount": 10.50,"id":"4711" })")
                               << QByteArray("{\n  \"amount\": 10.50,\n  \"id\": \"4711\"\n}");
    QTest::newRow("nested") << QByteArray(R"({"a":[1,[],{}],"b":{"c":null}})")
                            << QByteArray(
                                   "{\n  \"a\": [\n    1,\n    [],\n    {}\n  ],\n  \"b\": {\n    \"c\": null\n  }\n}");
    QTest::newRow("numbers as they are") << QByteArray("[1e400,-0.0,1E+2,123456789012345678901234567890]")
                                         << QByteArray(
                                                "[\n  1e400,\n  -0.0,\n  1E+2,\n  123456789012345678901234567890\n]");
    QTest::newRow("duplicate keys stay") << QByteArray(R"({"a":1,"a":2})")
                                         << QByteArray("{\n  \"a\": 1,\n  \"a\": 2\n}");
    QTest::newRow("escapes stay") << QByteArray(R"(["\u0041\"","é"])")
                                  << QByteArray("[\n  \"\\u0041\\\"\",\n  \"é\"\n]");
    QTest::newRow("a bare value") << QByteArray(" true ") << QByteArray("true");
    QTest::newRow("cut off") << QByteArray(R"({"a":1)") << QByteArray();
    QTest::newRow("two documents") << QByteArray("{} {}") << QByteArray();
    QTest::newRow("a comma too many") << QByteArray("[1,]") << QByteArray();
    QTest::newRow("a key without value") << QByteArray(R"({"a"})") << QByteArray();
    QTest::newRow("brackets crossed") << QByteArray("[1}") << QByteArray();
    QTest::newRow("an unquoted key") << QByteArray("{a:1}") << QByteArray();
    QTest::newRow("a word") << QByteArray("hello") << QByteArray();
    QTest::newRow("a line feed inside a text") << QByteArray("[\"a\nb\"]") << QByteArray();
    QTest::newRow("an open text") << QByteArray("[\"a\\") << QByteArray();
    QTest::newRow("no UTF-8") << QByteArray("[\"\xFF\"]") << QByteArray();
    QTest::newRow("nothing") << QByteArray("") << QByteArray();
}

void TstInspector::pretty()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, text);
    const auto pretty = prettyJson(json);
    QCOMPARE(pretty.has_value(), !text.isNull());
    if (pretty) {
        QCOMPARE(pretty->text, text);
        QVERIFY(pretty->isWhole);
    }
}

void TstInspector::prettyChangesNoToken()
{
    const QByteArray json =
        R"({"order":{"amount":10.50,"items":[{"sku":"a b","n":1.0e3},true,false,null]},"x":"{\"y\":[1, 2]}"})";
    QByteArray squeezed;
    bool isInText = false;
    const QByteArray printed = prettyJson(json)->text;
    for (qsizetype i = 0; i < printed.size(); ++i) {
        const char c = printed[i];
        if (c == '"' && (i == 0 || printed[i - 1] != '\\'))
            isInText = !isInText;
        if (isInText || (c != ' ' && c != '\n'))
            squeezed += c;
    }
    QCOMPARE(squeezed, json);
}

void TstInspector::prettyIsBounded()
{
    const QByteArray deep = QByteArray(100'000, '[') + QByteArray(100'000, ']');
    const auto pretty = prettyJson(deep, 64 * 1024);
    QVERIFY(pretty && !pretty->isWhole);
    QVERIFY(pretty->text.size() <= 64 * 1024);
    QVERIFY2(!prettyJson(deep.chopped(1), 64 * 1024), "checked to its end also beyond the limit");
    const auto cut = prettyJson("[\"éééééééééé\"]", 8);
    QVERIFY(cut && !cut->isWhole);
    QVERIFY(QString::fromUtf8(cut->text).toUtf8() == cut->text);
}

void TstInspector::hex_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("text");
    QByteArray bytes("{\"id\":\"4711\"}\0\xFF\n<more>", 22);
    QTest::newRow("a full line")
        << bytes << 0 << u"00000000  7b 22 69 64 22 3a 22 34  37 31 31 22 7d 00 ff 0a  |{\"id\":\"4711\"}...|"_s;
    QTest::newRow("the rest") << bytes << 1
                              << u"00000010  3c 6d 6f 72 65 3e                                 |<more>|"_s;
    QTest::newRow("beyond the end") << bytes << 2 << QString();
    QTest::newRow("before the start") << bytes << -1 << QString();
}

void TstInspector::hex()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, line);
    QFETCH(QString, text);
    QCOMPARE(hexLine(bytes, line), text);
    QCOMPARE(hexLineCount(bytes.size()), 2);
    QCOMPARE(hexLineCount(0), 0);
    QCOMPARE(hexLineCount(16), 1);
}

void TstInspector::headers()
{
    const auto registry = DialectRegistry::bundled();
    QVERIFY2(registry, registry ? "" : qPrintable(registry.error().detail));
    using Form = HeaderRow::Form;
    const Headers headers =
        joined({{{"trace\u200B", QByteArray("a\x1b[0m")}, {"none", std::nullopt}, {"bin", QByteArray("\xFF\x01", 2)}},
                springOriginals({}, "kafka_original-"),
                retryTriple(4)});
    const auto rows = headerRows(headers, registry->dialect(u"spring-retrytopic"));
    QCOMPARE(rows.size(), headers.size());
    QCOMPARE(rows[0].value, u"a\\u{001B}[0m"_s);
    QVERIFY(rows[0].name.contains(u"\\u{200B}"));
    QVERIFY(!rows[0].isError);
    QCOMPARE(rows[1].form, Form::Null);
    QCOMPARE(rows[2].form, Form::Bytes);
    QCOMPARE(rows[2].value, u"ff 01"_s);
    QCOMPARE(rows[3].value, u"orders"_s);
    QVERIFY(rows[3].isError);
    QCOMPARE(rows[4].value, u"3"_s);
    QCOMPARE(rows[4].form, Form::Number);
    QCOMPARE(rows[4].sizeBytes, 4);
    QCOMPARE(decodedText(rows[4]), std::optional(u"3 (0x00000003)"_s));
    QCOMPARE(decodedText(headers[4], registry->dialect(u"spring-retrytopic")), decodedText(rows[4]));
    QCOMPARE(decodedText(rows[3]), std::optional<QString>());
    QCOMPARE(rows[5].value, u"88120"_s);
    QCOMPARE(rows[6].form, Form::Time);
    QCOMPARE(rows[6].value, u"2025-11-21T05:45:25.118Z"_s);
    QCOMPARE(rows[9].value, u"2025-11-21T05:45:25.118Z"_s);
    QCOMPARE(rows[10].value, u"4"_s); // as it stands in the header, not as deliveries
    QCOMPARE(rows[11].form, Form::Time);
    const auto plain = headerRows(headers, nullptr);
    QCOMPARE(plain[5].form, Form::Bytes);
    const auto cut = headerRows({{"long", QByteArray(5000, 'x')}}, nullptr);
    QCOMPARE(cut[0].value.size(), 4097);
    QCOMPARE(cut[0].sizeBytes, 5000);
}

QTEST_GUILESS_MAIN(TstInspector)
#include "tst_inspector.moc"
