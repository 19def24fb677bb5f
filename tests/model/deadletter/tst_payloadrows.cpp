// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/payloadrows.h"
#include "model/deadletter/payloadtext.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

PayloadRows indexed(const QByteArray& bytes, PayloadForm form, qsizetype step = 1 << 20)
{
    PayloadIndexer indexer(bytes, form);
    PayloadRows rows(bytes, form);
    while (!rows.index().isDone)
        rows.apply(indexer.advance(step));
    return rows;
}

QStringList textsOf(const PayloadRows& rows)
{
    QStringList texts;
    for (const PayloadRow& row : rows.rows(0, static_cast<int>(rows.count())))
        texts << rows.text(row);
    return texts;
}

/// All bytes but the space outside texts.
QByteArray bare(const QByteArray& json)
{
    QByteArray rest;
    bool isInText = false;
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (isInText && c == '\\') {
            rest += c;
            rest += json[++i];
            continue;
        }
        if (c == '"')
            isInText = !isInText;
        if (isInText || (c != ' ' && c != '\n' && c != '\t' && c != '\r'))
            rest += c;
    }
    return rest;
}

QByteArray value(QRandomGenerator& random, int depth)
{
    const auto space = [&] {
        return QByteArray(random.bounded(9) ? 0 : random.bounded(3'000), " \n\t"[random.bounded(3)]);
    };
    switch (random.bounded(depth > 6 ? 4 : 7)) {
    case 0:
        return QByteArray::number(random.generateDouble() * 1e6) + "E+2";
    case 1:
        return random.bounded(2) ? "null" : "true";
    case 2: {
        QByteArray text = "\"";
        const QByteArray pieces[]{"a", "é", "漢", "\\\"", "\\\\", "\\u00e9", "{", "]", ",", ":", " ", "😀"};
        for (int i = random.bounded(random.bounded(12) ? 12 : 2'000); i > 0; --i)
            text += pieces[random.bounded(12)];
        return text + '"';
    }
    case 3:
        return QByteArray(1 + random.bounded(random.bounded(20) ? 5 : 3'000), '7');
    case 4:
    case 5: {
        QByteArray object = "{" + space();
        for (int i = random.bounded(5); i > 0; --i)
            object +=
                "\"k\"" + space() + ":" + space() + value(random, depth + 1) + space() + (i > 1 ? "," : "") + space();
        return object + "}";
    }
    default: {
        QByteArray array = "[" + space();
        for (int i = random.bounded(6); i > 0; --i)
            array += value(random, depth + 1) + space() + (i > 1 ? "," : "") + space();
        return array + "]";
    }
    }
}

} // namespace

class TstPayloadRows final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void pretty_data();
    void pretty();
    void whatIsNoJsonSaysWhere_data();
    void whatIsNoJsonSaysWhere();
    void aFaultFoundLateTurnsTheRowsRaw();
    void bytesOfStrangersShowTheirControls();
    void everyByteOfAnyDocumentIsShownOnce();
    void noRowAndNoAnswerIsLargerThanItsBound_data();
    void noRowAndNoAnswerIsLargerThanItsBound();
    void placesAreFoundInEveryForm();
    void finds_data();
    void finds();
};

void TstPayloadRows::pretty_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QStringList>("lines");
    QTest::newRow("an object") << QByteArray(R"({"a":1,"b":[true,null]})")
                               << QStringList{u"{"_s,        u"  \"a\": 1,"_s, u"  \"b\": ["_s, u"    true,"_s,
                                              u"    null"_s, u"  ]"_s,         u"}"_s};
    QTest::newRow("numbers stand as written, however large")
        << QByteArray("[12345678901234567890123, 1e400, -0.0]")
        << QStringList{u"["_s, u"  12345678901234567890123,"_s, u"  1e400,"_s, u"  -0.0"_s, u"]"_s};
    QTest::newRow("empty pairs stay on their line")
        << QByteArray(R"({"a":{},"b":[ ]})") << QStringList{u"{"_s, u"  \"a\": {},"_s, u"  \"b\": []"_s, u"}"_s};
    QTest::newRow("duplicate names both stay")
        << QByteArray(R"({"a":1,"a":2})") << QStringList{u"{"_s, u"  \"a\": 1,"_s, u"  \"a\": 2"_s, u"}"_s};
    QTest::newRow("brackets inside texts are text")
        << QByteArray(R"({"a":"}]\"{ : "})") << QStringList{u"{"_s, u"  \"a\": \"}]\\\"{ : \""_s, u"}"_s};
    QTest::newRow("line breaks of the author go")
        << QByteArray("{\r\n  \"a\" : 1\n}") << QStringList{u"{"_s, u"  \"a\": 1"_s, u"}"_s};
    QTest::newRow("a bare value") << QByteArray(" -1.5e3 ") << QStringList{u"-1.5e3"_s};
    QTest::newRow("escapes stay, markup is text")
        << QByteArray(R"(["\u0041<b>\u202e"])") << QStringList{u"["_s, u"  \"\\u0041<b>\\u202e\""_s, u"]"_s};
    QTest::newRow("what turns the direction of reading is shown")
        << QByteArray("[\"a\u202Eb\u200B\"]") << QStringList{u"["_s, u"  \"a\\u{202E}b\\u{200B}\""_s, u"]"_s};
}

void TstPayloadRows::pretty()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QStringList, lines);
    const PayloadRows rows = indexed(bytes, PayloadForm::Pretty);
    QVERIFY(rows.index().isJson);
    QCOMPARE(textsOf(rows), lines);
    QCOMPARE(textsOf(indexed(bytes, PayloadForm::Pretty, 1)), lines); // a byte at a time: the same
}

void TstPayloadRows::whatIsNoJsonSaysWhere_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("at");
    QTest::addColumn<QString>("what");
    QTest::newRow("text") << QByteArray("hello\nworld") << 0 << u"number"_s;
    QTest::newRow("nothing") << QByteArray("") << 0 << u"no value"_s;
    QTest::newRow("only space") << QByteArray("  ") << 2 << u"no value"_s;
    QTest::newRow("an object that does not close") << QByteArray("{\"a\":1") << 6 << u"comma or }"_s;
    QTest::newRow("brackets that cross") << QByteArray("{[}]") << 1 << u"quoted name"_s;
    QTest::newRow("an array closed as an object") << QByteArray("[1}") << 2 << u"comma or ]"_s;
    QTest::newRow("two documents") << QByteArray("{} {}") << 3 << u"ended before"_s;
    QTest::newRow("a comma too many") << QByteArray("[1,]") << 3 << u"value is due"_s;
    QTest::newRow("a comma too many in an object") << QByteArray("{\"a\":1,}") << 7 << u"quoted name"_s;
    QTest::newRow("a name without value") << QByteArray(R"({"a"})") << 4 << u"colon"_s;
    QTest::newRow("an unquoted name") << QByteArray("{a:1}") << 1 << u"quoted name"_s;
    QTest::newRow("a text that does not end") << QByteArray("[\"abc") << 5 << u"inside a text"_s;
    QTest::newRow("a text that ends in an escape") << QByteArray("[\"a\\") << 4 << u"inside a text"_s;
    QTest::newRow("a line feed inside a text") << QByteArray("[\"a\nb\"]") << 3 << u"control character"_s;
    QTest::newRow("an escape of another language") << QByteArray(R"(["\x41"])") << 2 << u"escape"_s;
    QTest::newRow("a short unicode escape") << QByteArray(R"(["\u00g1"])") << 2 << u"hexadecimal"_s;
    QTest::newRow("a number with a leading zero") << QByteArray("[012]") << 1 << u"number"_s;
    QTest::newRow("a number that ends with its point") << QByteArray("[1.]") << 1 << u"number"_s;
    QTest::newRow("NaN") << QByteArray("[NaN]") << 1 << u"number"_s;
    QTest::newRow("a byte that is no UTF-8") << QByteArray("[\"ab\xFFz\"]") << 4 << u"UTF-8"_s;
    QTest::newRow("a character cut by the quote") << QByteArray("[\"\xC3\"]") << 2 << u"UTF-8"_s;
}

void TstPayloadRows::whatIsNoJsonSaysWhere()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, at);
    QFETCH(QString, what);
    for (const qsizetype step : {1, 3, 1 << 20}) {
        const PayloadRows rows = indexed(bytes, PayloadForm::Pretty, step);
        QVERIFY(!rows.index().isJson);
        QVERIFY(rows.index().fault);
        QCOMPARE(static_cast<int>(rows.index().fault->at), at);
        QVERIFY2(rows.index().fault->what.contains(what), qPrintable(rows.index().fault->what));
        QCOMPARE(textsOf(rows), textsOf(indexed(bytes, PayloadForm::Raw)));
    }
}

void TstPayloadRows::aFaultFoundLateTurnsTheRowsRaw()
{
    QByteArray bytes = "[";
    while (bytes.size() < 200'000)
        bytes += "{\"sku\":\"A-100\",\"qty\":2},\n";
    PayloadIndexer indexer(bytes, PayloadForm::Pretty);
    PayloadRows rows(bytes, PayloadForm::Pretty);
    rows.apply(indexer.advance(50'000));
    QVERIFY(!rows.index().fault);
    QVERIFY(rows.count() > 1'000);
    QCOMPARE(rows.text(rows.rows(1, 1).front()), u"  {"_s);
    while (!rows.index().isDone)
        rows.apply(indexer.advance(50'000));
    QCOMPARE(rows.index().fault->at, bytes.size());
    QCOMPARE(textsOf(rows), textsOf(indexed(bytes, PayloadForm::Raw)));
}

void TstPayloadRows::bytesOfStrangersShowTheirControls()
{
    const PayloadRows rows = indexed(QByteArray("a\x1b[31mb\tc\r\n<b>\xff\u202e"), PayloadForm::Raw);
    const QStringList lines = textsOf(rows);
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines[0], u"a\\u{001B}[31mb    c\\u{000D}"_s);
    QCOMPARE(lines[1], u"<b>\uFFFD\\u{202E}"_s);
    QVERIFY(!rows.index().isUtf8);
    QVERIFY(indexed(QByteArray(3'000, 'x') + "é", PayloadForm::Raw).index().isUtf8);
}

void TstPayloadRows::everyByteOfAnyDocumentIsShownOnce()
{
    QRandomGenerator random(4711);
    for (int turn = 0; turn < 200; ++turn) {
        const QByteArray json = value(random, 0);
        const PayloadRows rows = indexed(json, PayloadForm::Pretty, 1 + random.bounded(5'000));
        QVERIFY2(rows.index().isJson, json.left(2'000).constData());
        QByteArray tokens;
        const auto all = rows.rows(0, static_cast<int>(rows.count()));
        QCOMPARE(static_cast<qint64>(all.size()), rows.count());
        for (const PayloadRow& row : all) {
            QVERIFY(row.to - row.from <= PayloadRow::longest + 1);
            tokens += rows.tokens(row);
        }
        QCOMPARE(bare(tokens), bare(json));
        // Wherever one looks in, the same rows are there.
        for (int look = 0; look < 20; ++look) {
            const int first = random.bounded(static_cast<int>(all.size()));
            const auto some = rows.rows(first, 5);
            QVERIFY(std::equal(some.begin(), some.end(), all.begin() + first));
        }
        // Raw: every byte, in its order.
        const PayloadRows raw = indexed(json, PayloadForm::Raw, 1 + random.bounded(5'000));
        qsizetype at = 0;
        for (const PayloadRow& row : raw.rows(0, static_cast<int>(raw.count()))) {
            QVERIFY(row.from == at || (row.from == at + 1 && json[at] == '\n'));
            at = row.to;
        }
        QVERIFY(at == json.size() || at + 1 == json.size());
    }
}

void TstPayloadRows::noRowAndNoAnswerIsLargerThanItsBound_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("one text of 3 MB") << QByteArray("[\"" + QByteArray(3'000'000, 'x') + "\"]");
    QTest::newRow("one text of escapes") << QByteArray("[\"" + QByteArray("\\\"").repeated(1'000'000) + "\"]");
    QTest::newRow("one number of 3 MB") << QByteArray(3'000'000, '7');
    QTest::newRow("objects in one line") << QByteArray("[" + QByteArray("{\"a\":1},").repeated(300'000) + "0]");
    QTest::newRow("100 000 levels") << QByteArray(QByteArray(100'000, '[') + QByteArray(100'000, ']'));
    QTest::newRow("more space than anything") << QByteArray("[1," + QByteArray(3'000'000, ' ') + "2]");
    QTest::newRow("bytes of nothing known") << QByteArray(3'000'000, '\x80');
    QTest::newRow("line feeds") << QByteArray(3'000'000, '\n');
}

void TstPayloadRows::noRowAndNoAnswerIsLargerThanItsBound()
{
    QFETCH(QByteArray, bytes);
    for (const PayloadForm form : {PayloadForm::Pretty, PayloadForm::Raw, PayloadForm::Hex}) {
        PayloadIndexer indexer(bytes, form);
        PayloadRows rows(bytes, form);
        int parts = 0;
        while (!rows.index().isDone) {
            rows.apply(indexer.advance(256 * 1024));
            ++parts;
            if (form != PayloadForm::Pretty || bytes.front() != '\n')
                QVERIFY2(rows.count() > 0, "the first part already has rows to show");
        }
        if (form == PayloadForm::Raw)
            QVERIFY(parts > 1 || bytes.size() < 256 * 1024);
        QVERIFY(static_cast<qint64>(rows.index().marks.size()) <= rows.count() / 128 + bytes.size() / (64 * 1024) + 2);
        for (const qint64 first : {qint64{0}, rows.count() / 2, rows.count() - 50}) {
            const auto shown = rows.rows(std::max<qint64>(0, first), 50);
            QVERIFY(shown.size() <= 50 && !shown.empty());
            for (const PayloadRow& row : shown) {
                QVERIFY(row.to - row.from <= PayloadRow::longest + 1);
                QVERIFY(rows.text(row).size() <= 8 * PayloadRow::longest + 202);
            }
        }
    }
}

void TstPayloadRows::placesAreFoundInEveryForm()
{
    QByteArray bytes = "{\"items\":[";
    for (int i = 0; i < 5'000; ++i)
        bytes += "{\"sku\":\"A-" + QByteArray::number(i) + "\", \"text\":\"" +
                 QByteArray(i % 700 == 0 ? 3'000 : 3, 'y') + "\"},\n";
    bytes += "0]}";
    const qsizetype at = bytes.indexOf("A-4321");
    for (const PayloadForm form : {PayloadForm::Pretty, PayloadForm::Raw, PayloadForm::Hex}) {
        const PayloadRows rows = indexed(bytes, form);
        const auto row = rows.rowOf(at);
        QVERIFY(row);
        const PayloadRow shown = rows.rows(*row, 1).front();
        QVERIFY(shown.from <= at && at < shown.to);
        if (form != PayloadForm::Hex)
            QCOMPARE(rows.text(shown).mid(rows.columnOf(shown, at), 6), u"A-4321"_s);
        else
            QCOMPARE(rows.text(shown).mid(rows.columnOf(shown, at), 2), u"41"_s);
        QVERIFY(!rows.rowOf(bytes.size()));
        for (qsizetype each = 0; each < bytes.size(); each += 997) {
            const auto found = rows.rowOf(each);
            QVERIFY(found);
            const PayloadRow here = rows.rows(*found, 1).front();
            QVERIFY(here.from <= each || *found == 0);
            if (*found + 1 < rows.count())
                QVERIFY(rows.rows(*found + 1, 1).front().from > each);
        }
    }
}

void TstPayloadRows::finds_data()
{
    QTest::addColumn<QByteArray>("needle");
    QTest::addColumn<int>("from");
    QTest::addColumn<bool>("isBackwards");
    QTest::addColumn<int>("at"); // -1: not there
    QTest::newRow("in either case") << QByteArray("order") << 0 << false << 2;
    QTest::newRow("a capital asks for exactly that") << QByteArray("Order") << 0 << false << 10;
    QTest::newRow("the next") << QByteArray("order") << 3 << false << 10;
    QTest::newRow("none behind the last") << QByteArray("order") << 11 << false << -1;
    QTest::newRow("the one before") << QByteArray("order") << 10 << true << 2;
    QTest::newRow("none before the first") << QByteArray("order") << 2 << true << -1;
    QTest::newRow("other letters by their bytes") << QByteArray("é") << 0 << false << 16;
    QTest::newRow("longer than all") << QByteArray(100, 'x') << 0 << false << -1;
    QTest::newRow("nothing") << QByteArray() << 0 << false << -1;
}

void TstPayloadRows::finds()
{
    QFETCH(QByteArray, needle);
    QFETCH(int, from);
    QFETCH(bool, isBackwards);
    QFETCH(int, at);
    const auto found = findInPayload(QByteArray("{\"ORDER\":\"Order\"é"),
                                     {.needle = needle, .from = from, .isBackwards = isBackwards});
    QCOMPARE(found ? static_cast<int>(*found) : -1, at);
}

QTEST_GUILESS_MAIN(TstPayloadRows)
#include "tst_payloadrows.moc"
