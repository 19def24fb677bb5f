// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/payloadtext.h"
#include "views/deadletters/payloadview.h"

#include <QElapsedTimer>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::views;

namespace {

QStringList linesOf(const QByteArray& bytes, PayloadLines::Form form)
{
    const PayloadLines lines(bytes, form);
    QStringList all;
    for (int i = 0; i < lines.count(); ++i)
        all << lines.line(i);
    return all;
}

} // namespace

class PayloadTextTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void prettyAddsOnlySpace_data();
    void prettyAddsOnlySpace();
    void whatIsNoJsonStaysAsItIs_data();
    void whatIsNoJsonStaysAsItIs();
    void bytesOfStrangersShowTheirControls();
    void hexShowsEveryByte();
    void aLongLineIsCutAndSaysSo();
    void fiveMegabytesInOneLineDoNotFreeze();
};

void PayloadTextTest::prettyAddsOnlySpace_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QStringList>("lines");
    QTest::newRow("an object") << QByteArray(R"({"a":1,"b":[true,null]})")
                               << QStringList{u"{"_s,        u"  \"a\":1,"_s, u"  \"b\":["_s, u"    true,"_s,
                                              u"    null"_s, u"  ]"_s,        u"}"_s};
    QTest::newRow("numbers stand as written, however large")
        << QByteArray("[12345678901234567890123, 1e400, -0.0]")
        << QStringList{u"["_s, u"  12345678901234567890123,"_s, u"  1e400,"_s, u"  -0.0"_s, u"]"_s};
    QTest::newRow("empty pairs stay on their line")
        << QByteArray(R"({"a":{},"b":[ ]})") << QStringList{u"{"_s, u"  \"a\":{},"_s, u"  \"b\":[ ]"_s, u"}"_s};
    QTest::newRow("duplicate names both stay")
        << QByteArray(R"({"a":1,"a":2})") << QStringList{u"{"_s, u"  \"a\":1,"_s, u"  \"a\":2"_s, u"}"_s};
    QTest::newRow("brackets inside strings are text")
        << QByteArray(R"({"a":"}]\"{"})") << QStringList{u"{"_s, u"  \"a\":\"}]\\\"{\""_s, u"}"_s};
    QTest::newRow("line breaks of the author go")
        << QByteArray("{\n  \"a\" : 1\n}") << QStringList{u"{"_s, u"  \"a\" : 1"_s, u"}"_s};
}

void PayloadTextTest::prettyAddsOnlySpace()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QStringList, lines);
    QCOMPARE(linesOf(bytes, PayloadLines::Form::Pretty), lines);
    // Nothing but space was added or taken.
    const auto bare = [](QByteArray text) {
        QByteArray rest;
        for (const char c : text) {
            if (c != ' ' && c != '\n')
                rest += c;
        }
        return rest;
    };
    QCOMPARE(bare(lines.join(u'\n').toUtf8()), bare(bytes));
}

void PayloadTextTest::whatIsNoJsonStaysAsItIs_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << QByteArray("hello\nworld");
    QTest::newRow("an object that does not close") << QByteArray("{\"a\":1");
    QTest::newRow("brackets that cross") << QByteArray("{[}]");
    QTest::newRow("two values") << QByteArray("{} {}");
    QTest::newRow("deeper than anybody writes") << QByteArray(100'000, '[') + QByteArray(100'000, ']');
}

void PayloadTextTest::whatIsNoJsonStaysAsItIs()
{
    QFETCH(QByteArray, bytes);
    QVERIFY(!looksLikeJson(bytes));
    QCOMPARE(linesOf(bytes, PayloadLines::Form::Pretty), linesOf(bytes, PayloadLines::Form::Raw));
}

void PayloadTextTest::bytesOfStrangersShowTheirControls()
{
    const QStringList lines = linesOf(QByteArray("a\x1b[31mb\r\n<b>\xff"), PayloadLines::Form::Raw);
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines[0].contains(u"\\u{001B}"_s));
    QVERIFY(lines[1].startsWith(u"<b>"_s));
    QVERIFY(lines[1].contains(QChar(0xfffd)));
}

void PayloadTextTest::hexShowsEveryByte()
{
    const QStringList lines = linesOf(QByteArray("0123456789abcdef\x00\xff", 18), PayloadLines::Form::Hex);
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines[0].startsWith(u"00000000  30 31 32"_s));
    QVERIFY(lines[0].endsWith(u"0123456789abcdef"_s));
    QVERIFY(lines[1].startsWith(u"00000010  00 ff"_s));
}

void PayloadTextTest::aLongLineIsCutAndSaysSo()
{
    const QStringList lines = linesOf(QByteArray(10'000, 'x'), PayloadLines::Form::Raw);
    QVERIFY(lines[0].size() < 4'100);
    QVERIFY(lines[0].contains(u"more on this line"_s));
}

void PayloadTextTest::fiveMegabytesInOneLineDoNotFreeze()
{
    QByteArray bytes = "{\"a\":[";
    while (bytes.size() < 5'000'000)
        bytes += "{\"sku\":\"A-100\",\"qty\":2},";
    bytes += "0]}";
    PayloadView view;
    view.resize(400, 600);
    view.QWidget::show();
    QElapsedTimer timer;
    timer.start();
    view.show(bytes, PayloadLines::Form::Pretty);
    view.grab();
    QVERIFY(view.lines()->count() > 600'000);
    QVERIFY2(timer.elapsed() < 3'000,
             qPrintable(QString::number(timer.elapsed()))); // the usual text widget takes three seconds for this
}

QTEST_MAIN(PayloadTextTest)
#include "tst_payloadtext.moc"
