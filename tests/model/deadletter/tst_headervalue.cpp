// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/deadletter/headervalue.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class TstHeaderValue final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numbers_data();
    void numbers();
    void names_data();
    void names();
    void aLongMessageIsCutBetweenCharacters();
    void ranges();
};

void TstHeaderValue::numbers_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("type");
    QTest::addColumn<bool>("isTold");
    QTest::addColumn<qint64>("number");
    const auto row = [](const char* name, const QByteArray& bytes, HeaderType type, std::optional<qint64> number) {
        QTest::newRow(name) << bytes << static_cast<int>(type) << number.has_value() << number.value_or(0);
    };
    row("int32 of Spring's partition", test::int32Be(3), HeaderType::Int32, 3);
    row("int32 with the sign set", test::int32Be(-1), HeaderType::Int32, -1);
    row("int32 of 256 holds zero bytes", test::int32Be(256), HeaderType::Int32, 256);
    row("int32 cut to 3 bytes tells nothing", QByteArray(3, '\1'), HeaderType::Int32, std::nullopt);
    row("int32 of 5 bytes tells nothing", QByteArray(5, '\1'), HeaderType::Int32, std::nullopt);
    row("int32 of a megabyte tells nothing", QByteArray(1 << 20, '\1'), HeaderType::Int32, std::nullopt);
    row("empty int32 tells nothing", QByteArray(""), HeaderType::Int32, std::nullopt);
    row("int32 that a tool rewrote as digits", "7", HeaderType::Int32, 7);
    row("four digits are digits, not a partition of 800 million", "1234", HeaderType::Int32, 1234);
    row("eight digits are digits, not an offset of 10^18", "12345678", HeaderType::Int64, 12345678);
    row("int64 of Spring's offset", test::int64Be(88120), HeaderType::Int64, 88120);
    row("int64 cut to 7 bytes tells nothing", test::int64Be(88120).first(7), HeaderType::Int64, std::nullopt);
    row("int64 as 13 digits", "1763703925118", HeaderType::Int64, 1763703925118);
    row("minimal integer of 6 bytes", test::bigInteger(test::originMs), HeaderType::Integer, test::originMs);
    row("minimal integer of 1 byte", QByteArray(1, '\4'), HeaderType::Integer, 4);
    row("minimal integer of 4 bytes, as newer versions write attempts", test::int32Be(4), HeaderType::Integer, 4);
    row("minimal integer keeps its sign", QByteArray(1, '\xFF'), HeaderType::Integer, -1);
    row("minimal integer of 128 needs a zero in front", test::bigInteger(128), HeaderType::Integer, 128);
    row("minimal integer of no bytes tells nothing", QByteArray(""), HeaderType::Integer, std::nullopt);
    row("minimal integer of 9 bytes tells nothing", QByteArray(9, '\1'), HeaderType::Integer, std::nullopt);
    row("decimal", "88120", HeaderType::Decimal, 88120);
    row("decimal minus one", "-1", HeaderType::Decimal, -1);
    row("decimal plus sign is none", "+1", HeaderType::Decimal, std::nullopt);
    row("decimal with a space is none", "1 ", HeaderType::Decimal, std::nullopt);
    row("decimal with a point is none", "1.0", HeaderType::Decimal, std::nullopt);
    row("the largest decimal", "9223372036854775807", HeaderType::Decimal, 9223372036854775807);
    row("one above the largest decimal", "9223372036854775808", HeaderType::Decimal, std::nullopt);
    row("twenty digits", "92233720368547758070", HeaderType::Decimal, std::nullopt);
    row("a lone minus", "-", HeaderType::Decimal, std::nullopt);
    row("time in words", "2026-11-21T05:28:45.162023845Z", HeaderType::Time, 1795238925162);
    row("time as milliseconds", "1763703925118", HeaderType::Time, 1763703925118);
    row("no time", "yesterday", HeaderType::Time, std::nullopt);
    row("text is no number", "1", HeaderType::Text, std::nullopt);
}

void TstHeaderValue::numbers()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, type);
    QFETCH(bool, isTold);
    QFETCH(qint64, number);
    const auto decoded = decodeInteger(bytes, static_cast<HeaderType>(type));
    QCOMPARE(decoded.has_value(), isTold);
    QCOMPARE(decoded.value_or(0), number);
}

void TstHeaderValue::names_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("isTold");
    QTest::newRow("a topic") << QByteArray("orders") << true;
    QTest::newRow("letters beyond ASCII") << QByteArray("com.acme.ÜberException") << true;
    QTest::newRow("empty tells nothing") << QByteArray("") << false;
    QTest::newRow("broken UTF-8 tells nothing") << QByteArray("\xC3\x28") << false;
    QTest::newRow("4096 bytes are a name") << QByteArray(4096, 'a') << true;
    QTest::newRow("4097 bytes are none") << QByteArray(4097, 'a') << false;
}

void TstHeaderValue::names()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, isTold);
    QCOMPARE(decodeName(bytes).has_value(), isTold);
    if (isTold)
        QCOMPARE(decodeName(bytes)->toUtf8(), bytes);
}

void TstHeaderValue::aLongMessageIsCutBetweenCharacters()
{
    QByteArray bytes(64 * 1024 - 1, 'x');
    bytes += "\xE2\x82\xAC and more"; // a euro sign across the cut
    const auto message = decodeMessage(bytes);
    QVERIFY(message);
    QCOMPARE(message->size(), qsizetype{64 * 1024 - 1});
    QVERIFY(!message->contains(QChar(QChar::ReplacementCharacter)));
    QVERIFY(!decodeMessage(""));
    QCOMPARE(decodeMessage("\xEF\xBB\xBFok"), u"\uFEFFok"_s); // no mark of ours: somebody wrote it
    QCOMPARE(decodeMessage("\xFFok"), u"\uFFFDok"_s);
}

void TstHeaderValue::ranges()
{
    QVERIFY(!asPartition(-1));
    QVERIFY(!asPartition(qint64{1} << 31));
    QCOMPARE(asPartition(0), 0);
    QVERIFY(!asOffset(-1));
    QVERIFY(!asTime(-1));
    QVERIFY(!asTime(253'402'300'800'000));
    QVERIFY(!asAttempts(0));
    QCOMPARE(asAttempts(1), 1);
    QVERIFY(!asAttempts(std::nullopt));
}

QTEST_GUILESS_MAIN(TstHeaderValue)
#include "tst_headervalue.moc"
