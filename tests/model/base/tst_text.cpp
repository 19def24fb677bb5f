// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class TextTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void utf8_data();
    void utf8();
    void visible_data();
    void visible();
    void layoutIsKeptOnRequest();
    void timesAreReadAndWritten_data();
    void timesAreReadAndWritten();
    void durations_data();
    void durations();
    void sizes_data();
    void sizes();
    void durationsForPeople_data();
    void durationsForPeople();
    void counts_data();
    void counts();
};

void TextTest::utf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("ok");
    QTest::newRow("nothing") << QByteArray() << true;
    QTest::newRow("ASCII with a zero byte") << QByteArray("a\0b", 3) << true;
    QTest::newRow("two, three and four bytes") << QByteArray("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") << true;
    QTest::newRow("an overlong slash") << QByteArray("\xC0\xAF") << false;
    QTest::newRow("an overlong three-byte form") << QByteArray("\xE0\x80\xAF") << false;
    QTest::newRow("a surrogate") << QByteArray("\xED\xA0\x80") << false;
    QTest::newRow("beyond U+10FFFF") << QByteArray("\xF4\x90\x80\x80") << false;
    QTest::newRow("cut off in the middle") << QByteArray("\xE2\x82") << false;
    QTest::newRow("a lone continuation") << QByteArray("a\x80") << false;
    QTest::newRow("latin-1") << QByteArray("caf\xE9") << false;
}

void TextTest::utf8()
{
    QFETCH(QByteArray, bytes);
    QTEST(isUtf8(bytes), "ok");
}

void TextTest::visible_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    QTest::newRow("plain text stays") << u"order-4711 äöü 😀"_s << u"order-4711 äöü 😀"_s;
    QTest::newRow("an escape sequence is disarmed") << u"\x1b[31mred"_s << u"\\u{001B}[31mred"_s;
    QTest::newRow("a line feed too, unless layout is kept") << u"a\nb"_s << u"a\\u{000A}b"_s;
    QTest::newRow("right-to-left override") << u"a\u202Eb"_s << u"a\\u{202E}b"_s;
    QTest::newRow("zero-width space") << QString(QChar(0x200B)) << u"\\u{200B}"_s;
    QTest::newRow("C1") << QString(QChar(0x9B)) << u"\\u{009B}"_s;
    QTest::newRow("tag characters beyond the BMP") << QString::fromUcs4(U"\U000E0041", 1) << u"\\u{E0041}"_s;
}

void TextTest::visible()
{
    QFETCH(QString, text);
    QTEST(visibleText(text), "shown");
}

void TextTest::layoutIsKeptOnRequest()
{
    QCOMPARE(visibleText(u"a\n\tb\r", true), u"a\n\tb\\u{000D}"_s);
    QCOMPARE(visibleBytes(QByteArray("a\xFF")), u"a\uFFFD"_s);
}

void TextTest::timesAreReadAndWritten_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("written"); // empty: not a time
    QTest::newRow("UTC with milliseconds") << QByteArray("2026-11-21T07:06:13.042Z") << u"2026-11-21T07:06:13.042Z"_s;
    QTest::newRow("without a fraction") << QByteArray("2026-11-21T07:06:13Z") << u"2026-11-21T07:06:13.000Z"_s;
    QTest::newRow("nanoseconds are cut") << QByteArray("2026-11-21T07:06:13.042999999Z")
                                         << u"2026-11-21T07:06:13.042Z"_s;
    QTest::newRow("an offset is applied") << QByteArray("2026-11-21T01:06:13+02:00") << u"2026-11-20T23:06:13.000Z"_s;
    QTest::newRow("before 1970") << QByteArray("1969-12-31T23:59:59.500Z") << u"1969-12-31T23:59:59.500Z"_s;
    QTest::newRow("a leap second is the next one")
        << QByteArray("2016-12-31T23:59:60Z") << u"2017-01-01T00:00:00.000Z"_s;
    QTest::newRow("no zone") << QByteArray("2026-11-21T07:06:13") << QString();
    QTest::newRow("no such day") << QByteArray("2026-02-30T07:06:13Z") << QString();
    QTest::newRow("a point without digits") << QByteArray("2026-11-21T07:06:13.Z") << QString();
    QTest::newRow("something after it") << QByteArray("2026-11-21T07:06:13Z ") << QString();
    QTest::newRow("nothing") << QByteArray() << QString();
}

void TextTest::timesAreReadAndWritten()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, written);
    const auto time = parseRfc3339(text);
    QCOMPARE(time.has_value(), !written.isEmpty());
    if (time)
        QCOMPARE(formatUtc(*time), written);
}

void TextTest::durations_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("ms"); // -1: refused
    QTest::newRow("milliseconds") << u"250ms"_s << qint64{250};
    QTest::newRow("seconds") << u"90s"_s << qint64{90'000};
    QTest::newRow("minutes") << u"15m"_s << qint64{900'000};
    QTest::newRow("a fraction of hours") << u"1.5h"_s << qint64{5'400'000};
    QTest::newRow("days") << u"7d"_s << qint64{604'800'000};
    QTest::newRow("weeks") << u"2w"_s << qint64{1'209'600'000};
    QTest::newRow("no unit") << u"90"_s << qint64{-1};
    QTest::newRow("no number") << u"h"_s << qint64{-1};
    QTest::newRow("negative") << u"-1h"_s << qint64{-1};
    QTest::newRow("two points") << u"1.2.3h"_s << qint64{-1};
    QTest::newRow("too long") << u"9999999999999999d"_s << qint64{-1};
}

void TextTest::durations()
{
    QFETCH(QString, text);
    QFETCH(qint64, ms);
    const auto duration = parseDuration(text);
    QCOMPARE(duration ? duration->count() : -1, ms);
    if (!duration)
        QVERIFY(duration.error().detail.contains(text));
}

void TextTest::sizes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("bytes");
    QTest::newRow("bytes") << u"512"_s << qint64{512};
    QTest::newRow("KiB") << u"10KiB"_s << qint64{10240};
    QTest::newRow("decimal kilobytes") << u"5kB"_s << qint64{5000};
    QTest::newRow("GiB with a space") << u"20 GiB"_s << qint64{21'474'836'480};
    QTest::newRow("unknown unit") << u"5X"_s << qint64{-1};
    QTest::newRow("too large") << u"99999999TiB"_s << qint64{-1};
}

void TextTest::sizes()
{
    QFETCH(QString, text);
    QFETCH(qint64, bytes);
    QCOMPARE(parseSizeBytes(text).value_or(-1), bytes);
}

void TextTest::durationsForPeople_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64{0} << u"0 s"_s;
    QTest::newRow("a clock that stepped back") << qint64{-5} << u"0 s"_s;
    QTest::newRow("below a second") << qint64{850} << u"850 ms"_s;
    QTest::newRow("seconds") << qint64{59'999} << u"59 s"_s;
    QTest::newRow("minutes and seconds") << qint64{200'000} << u"3 min 20 s"_s;
    QTest::newRow("whole hours") << qint64{7'200'000} << u"2 h"_s;
    QTest::newRow("days and hours") << qint64{13 * 86'400'000LL + 4 * 3'600'000LL} << u"13 d 4 h"_s;
}

void TextTest::durationsForPeople()
{
    QFETCH(qint64, ms);
    QTEST(formatDuration(Millis{ms}), "text");
}

void TextTest::counts_data()
{
    QTest::addColumn<qint64>("count");
    QTest::addColumn<QString>("text");
    QTest::newRow("below a thousand") << qint64{999} << u"999"_s;
    QTest::newRow("a thousand") << qint64{1000} << u"1\u2009000"_s;
    QTest::newRow("a million") << qint64{1'234'567} << u"1\u2009234\u2009567"_s;
    QTest::newRow("negative") << qint64{-123} << u"-123"_s;
    QTest::newRow("negative thousands") << qint64{-1234} << u"-1\u2009234"_s;
}

void TextTest::counts()
{
    QFETCH(qint64, count);
    QTEST(formatCount(count), "text");
}

QTEST_GUILESS_MAIN(TextTest)
#include "tst_text.moc"
