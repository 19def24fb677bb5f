// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/jsonlookup.h"
#include "model/deadletter/jsontree.h"
#include "model/deadletter/soundjson.h"

#include <QTest>

#include <array>
#include <functional>
#include <random>

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
    void largeDocuments_data();
    void largeDocuments();
    void bothWaysFindTheSame();
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
    QTest::newRow("a byte-order mark in front") << QByteArray("\xEF\xBB\xBF{\"a\":1}") << u"/a"_s << u"1"_s;
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

void TstJsonLookup::largeDocuments_data()
{
    QTest::addColumn<QByteArray>("json"); // what stands before a text that makes it large
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("text");
    QTest::newRow("a number, in front of it") << QByteArray(R"({"a":{"b":[1,10.50]})") << u"/a/b/1"_s << u"10.50"_s;
    QTest::newRow("a text with escapes") << QByteArray(R"({"a":"no \u00e4 \"x\"\ud83d\ude00")") << u"/a"_s
                                         << u"no ä \"x\"\U0001F600"_s;
    QTest::newRow("half a character") << QByteArray(R"({"a":"\ud83d")") << u"/a"_s << QString();
    QTest::newRow("behind it") << QByteArray(R"({"a":1)") << u"/end/0"_s << u"true"_s;
    QTest::newRow("of duplicate keys the last counts") << QByteArray(R"({"end":[3])") << u"/end/0"_s << u"true"_s;
    QTest::newRow("an object is no value") << QByteArray(R"({"a":{})") << u"/a"_s << QString();
    QTest::newRow("no JSON") << QByteArray(R"({"a":1 2)") << u"/a"_s << QString();
    QTest::newRow("behind a mark") << QByteArray("\xEF\xBB\xBF{\"a\":null") << u"/a"_s << u"null"_s;
}

void TstJsonLookup::largeDocuments()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, pointer);
    QFETCH(QString, text);
    json += R"(,"type":"order.created","pad":")" + QByteArray(largestIndexedJson, 'p') + R"(","end":[true]})";
    const auto value = jsonPointerValue(json, pointer);
    QCOMPARE(value.has_value(), !text.isNull());
    if (value)
        QCOMPARE(value->text, text);
    const std::array<QByteArrayView, 2> names{"pad", "type"}; // the first is too long for a name
    QCOMPARE(firstTextField(json, names).has_value(), SoundJson::of(json).has_value() || json.startsWith('\xEF'));
}

/// Documents and paths at random: what is walked to is what the index finds.
void TstJsonLookup::bothWaysFindTheSame()
{
    std::mt19937 engine(20261127);
    const auto below = [&engine](int end) { return std::uniform_int_distribution<int>(0, end - 1)(engine); };
    const QByteArrayList keys{"a", "b", "1", R"(\u0061)", "c d"};
    const std::function<QByteArray(int)> document = [&](int depth) -> QByteArray {
        const int shape = depth == 0 ? 5 + below(3) : below(depth > 4 ? 5 : 8);
        const QByteArray space(below(3), ' ');
        if (shape >= 5) {
            QByteArrayList parts;
            for (int i = 1 + below(4); i > 0; --i)
                parts += shape == 5 ? document(depth + 1)
                                    : space + '"' + keys[below(5)] + "\" :" + space + document(depth + 1);
            return shape == 5 ? '[' + parts.join(',') + ' ' + ']' : '{' + parts.join(" ,") + space + '}';
        }
        return QByteArrayList{"10.50", "null", R"("t\n\u00e4")", R"("]},{[")", "false"}[shape] + space;
    };
    int there = 0;
    for (int i = 0; i < 3000; ++i) {
        const QByteArray json = document(0);
        JsonPath path;
        for (int steps = 1 + below(2); steps > 0; --steps) {
            const int key = below(4);
            path.push_back(key < 2 ? JsonStep{QString::number(key), static_cast<std::size_t>(key)}
                                   : JsonStep{key == 2 ? u"a"_s : u"c d"_s, std::nullopt});
        }
        const auto indexed = jsonValue(json, path);
        const auto sound = SoundJson::of(json);
        QVERIFY2(sound, json.constData());
        const auto token = sound->at(path);
        const bool isScalar = token && !token->startsWith('{') && !token->startsWith('[');
        QVERIFY2(indexed.has_value() == isScalar, json.constData());
        if (!indexed)
            continue;
        ++there;
        QCOMPARE(token->startsWith('"') ? unescapedJson(*token) : QString::fromUtf8(*token), indexed->text);
    }
    QVERIFY(there > 100);
}

QTEST_GUILESS_MAIN(TstJsonLookup)
#include "tst_jsonlookup.moc"
