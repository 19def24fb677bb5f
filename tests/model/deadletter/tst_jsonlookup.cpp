// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/jsonlookup.h"

#include <QTest>

#include <array>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class TstJsonLookup final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pointers_data();
    void pointers();
    void firstText_data();
    void firstText();
};

void TstJsonLookup::pointers_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("text"); // null: not there
    QTest::newRow("a nested text") << QByteArray(R"({"error":{"message":"no \u00e4 \"x\""}})") << u"/error/message"_s
                                   << u"no ä \"x\""_s;
    QTest::newRow("a number as it is written") << QByteArray(R"({"a": 10.50 , "b":1})") << u"/a"_s << u"10.50"_s;
    QTest::newRow("a number beyond every type") << QByteArray(R"({"a":1e400})") << u"/a"_s << u"1e400"_s;
    QTest::newRow("thirty digits") << QByteArray(R"({"a":123456789012345678901234567890})") << u"/a"_s
                                   << u"123456789012345678901234567890"_s;
    QTest::newRow("an array's element") << QByteArray(R"({"a":[1,[2,3]]})") << u"/a/1/0"_s << u"2"_s;
    QTest::newRow("a key of digits") << QByteArray(R"({"a":{"1":"x"}})") << u"/a/1"_s << u"x"_s;
    QTest::newRow("an outermost array") << QByteArray(R"([{"a":true}])") << u"/0/a"_s << u"true"_s;
    QTest::newRow("null is a value") << QByteArray(R"({"a":null})") << u"/a"_s << u"null"_s;
    QTest::newRow("of duplicate keys the last counts") << QByteArray(R"({"a":1,"a":2})") << u"/a"_s << u"2"_s;
    QTest::newRow("a slash in a key") << QByteArray(R"({"a/b":{"c~d":1}})") << u"/a~1b/c~0d"_s << u"1"_s;
    QTest::newRow("an object is no value") << QByteArray(R"({"a":{}})") << u"/a"_s << QString();
    QTest::newRow("not there") << QByteArray(R"({"a":1})") << u"/b"_s << QString();
    QTest::newRow("beyond the array") << QByteArray(R"({"a":[1]})") << u"/a/1"_s << QString();
    QTest::newRow("no pointer") << QByteArray(R"({"a":1})") << u"a"_s << QString();
    QTest::newRow("no JSON") << QByteArray("order 4711 failed") << u"/a"_s << QString();
    QTest::newRow("cut off before the value") << QByteArray(R"({"a":)") << u"/a"_s << QString();
    QTest::newRow("nothing") << QByteArray("") << u"/a"_s << QString();
    QTest::newRow("broken UTF-8") << QByteArray("{\"a\":\"\xFF\"}") << u"/a"_s << QString();
    QTest::newRow("100 000 brackets") << QByteArray(100'000, '[') << u"/0/0"_s << QString();
    QTest::newRow("100 000 deep beside the value")
        << QByteArray("{\"x\":" + QByteArray(100'000, '[') + QByteArray(100'000, ']') + ",\"a\":7}") << u"/a"_s
        << u"7"_s;
    QTest::newRow("a path deeper than any") << QByteArray(R"({"a":1})") << u"/a"_s.repeated(1000) << QString();
}

void TstJsonLookup::pointers()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, pointer);
    QFETCH(QString, text);
    const auto value = jsonPointerValue(json, pointer);
    QCOMPARE(value.has_value(), !text.isNull());
    if (value)
        QCOMPARE(value->text, text);
}

void TstJsonLookup::firstText_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("text");
    QTest::newRow("the first name wins, wherever it stands")
        << QByteArray(R"({"type":"b","event_type":"a"})") << u"a"_s;
    QTest::newRow("the second when the first is empty") << QByteArray(R"({"type":"b","event_type":""})") << u"b"_s;
    QTest::newRow("a number is no type") << QByteArray(R"({"event_type":1,"type":"b"})") << u"b"_s;
    QTest::newRow("only the outermost object counts") << QByteArray(R"({"x":{"event_type":"a"}})") << QString();
    QTest::newRow("a list has no fields") << QByteArray(R"([{"event_type":"a"}])") << QString();
    QTest::newRow("a document that breaks off tells nothing") << QByteArray(R"({"event_type":"a","x":)") << QString();
}

void TstJsonLookup::firstText()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, text);
    const std::array<QByteArrayView, 2> names{"event_type", "type"};
    QCOMPARE(firstTextField(json, names).value_or(QString()), text);
}

QTEST_GUILESS_MAIN(TstJsonLookup)
#include "tst_jsonlookup.moc"
