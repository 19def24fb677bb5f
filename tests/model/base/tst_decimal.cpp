// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/decimal.h"

#include <QTest>

#include <cmath>

using namespace spillway;

class TstDecimal final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void order_data();
    void order();
    void noNumbers_data();
    void noNumbers();
    void doubles();
    void multiples_data();
    void multiples();
};

void TstDecimal::order_data()
{
    QTest::addColumn<QByteArray>("left");
    QTest::addColumn<QByteArray>("right");
    QTest::addColumn<int>("expected"); // sign of left - right
    const auto row = [](const char* name, const char* left, const char* right, int sign) {
        QTest::newRow(name) << QByteArray(left) << QByteArray(right) << sign;
    };
    row("1.0 is 1", "1.0", "1", 0);
    row("1e2 is 100", "1e2", "100", 0);
    row("-0 is 0", "-0", "0.00", 0);
    row("0.10 is 1e-1", "0.10", "1E-1", 0);
    row("beyond what a double tells apart", "9007199254740993", "9007199254740992", 1);
    row("thirty digits", "123456789012345678901234567890", "123456789012345678901234567891", -1);
    row("1e400 is larger than 1e399", "1e400", "1e399", 1);
    row("1e-400 is larger than zero", "1e-400", "0", 1);
    row("negative below positive", "-1", "0.5", -1);
    row("of negative ones the larger size is smaller", "-100", "-99.5", -1);
    row("900 is 9.00e2", "900", "9.00e2", 0);
    row("99 is below 100", "99", "100", -1);
    row("0.09 is below 0.1", "0.09", "0.1", -1);
    row("an exponent beyond every number", "1e99999999999999999999", "1e400", 1);
}

void TstDecimal::order()
{
    QFETCH(QByteArray, left);
    QFETCH(QByteArray, right);
    QFETCH(int, expected);
    const auto a = Decimal::parse(left);
    const auto b = Decimal::parse(right);
    QVERIFY(a && b);
    const auto sign = [](std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; };
    QCOMPARE(sign(*a <=> *b), expected);
    QCOMPARE(sign(*b <=> *a), -expected);
    QCOMPARE(*a == *b, expected == 0);
}

void TstDecimal::noNumbers_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char* text :
         {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x10", "1 ", " 1", "1,5", "NaN", "Infinity", "--1", "1.2.3"})
        QTest::newRow(text) << QByteArray(text);
    QTest::newRow("ten thousand and one digits") << QByteArray(10'001, '1');
}

void TstDecimal::noNumbers()
{
    QFETCH(QByteArray, text);
    QVERIFY(!Decimal::parse(text));
}

void TstDecimal::doubles()
{
    QCOMPARE(Decimal::parse("1.5")->toDouble(), 1.5);
    QCOMPARE(Decimal::parse("-1e3")->toDouble(), -1000.0);
    QCOMPARE(Decimal::parse("0")->toDouble(), 0.0);
    QVERIFY(std::isinf(Decimal::parse("1e400")->toDouble()));
}

void TstDecimal::multiples_data()
{
    QTest::addColumn<QByteArray>("number");
    QTest::addColumn<QByteArray>("divisor");
    QTest::addColumn<int>("expected"); // 1 yes, 0 no, -1 not worked out
    const auto row = [](const char* name, const char* number, const char* divisor, int expected) {
        QTest::newRow(name) << QByteArray(number) << QByteArray(divisor) << expected;
    };
    row("19.99 is a multiple of 0.01", "19.99", "0.01", 1);
    row("19.995 is none of 0.01", "19.995", "0.01", 0);
    row("0.0075 is a multiple of 0.0001", "0.0075", "0.0001", 1);
    row("1e308 is a multiple of 0.123456789? No", "1e308", "0.123456789", 0);
    row("1e400 is a multiple of 5", "1e400", "5", 1);
    row("1e400 is none of 3", "1e400", "3", 0);
    row("zero is a multiple of anything", "0", "7", 1);
    row("a negative number", "-9", "3", 1);
    row("12 is no multiple of 120", "12", "120", 0);
    row("1.0 is a multiple of 1", "1.0", "1", 1);
    row("more digits than 64 bits", "123456789012345678901234567890", "10", 1);
    row("a divisor of zero", "1", "0", -1);
    row("a divisor of nineteen digits", "1", "1234567890123456789", -1);
}

void TstDecimal::multiples()
{
    QFETCH(QByteArray, number);
    QFETCH(QByteArray, divisor);
    const auto isMultiple = Decimal::parse(number)->isMultipleOf(*Decimal::parse(divisor));
    QTEST(isMultiple ? (*isMultiple ? 1 : 0) : -1, "expected");
}

QTEST_GUILESS_MAIN(TstDecimal)
#include "tst_decimal.moc"
