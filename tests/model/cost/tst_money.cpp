// SPDX-License-Identifier: GPL-3.0-or-later
// Rates as written, amounts to the micro-unit, shares that add up.
#include "model/cost/exactshare.h"
#include "model/cost/money.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class MoneyTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rates_data();
    void rates();
    void amounts_data();
    void amounts();
    void thousandsAreApartForPeople_data();
    void thousandsAreApartForPeople();
    void shares_data();
    void shares();
    void sharesThatDoNotFit();
    void productsThatDoNotFit();
};

void MoneyTest::rates_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isRate");
    QTest::addColumn<qint64>("mantissa");
    QTest::addColumn<int>("scale");
    QTest::newRow("decimals are kept as written") << u"0.40"_s << true << qint64{40} << 2;
    QTest::newRow("a whole number") << u"12"_s << true << qint64{12} << 0;
    QTest::newRow("nothing") << u"0"_s << true << qint64{0} << 0;
    QTest::newRow("far below a micro-unit") << u"0.000000000001"_s << true << qint64{1} << 12;
    QTest::newRow("too fine") << u"0.0000000000001"_s << false << qint64{0} << 0;
    QTest::newRow("too large") << u"1234567890123456"_s << false << qint64{0} << 0;
    QTest::newRow("negative") << u"-1"_s << false << qint64{0} << 0;
    QTest::newRow("an exponent") << u"1e3"_s << false << qint64{0} << 0;
    QTest::newRow("no digit before the point") << u".5"_s << false << qint64{0} << 0;
    QTest::newRow("none after it") << u"5."_s << false << qint64{0} << 0;
    QTest::newRow("two points") << u"1.2.3"_s << false << qint64{0} << 0;
    QTest::newRow("empty") << QString() << false << qint64{0} << 0;
}

void MoneyTest::rates()
{
    QFETCH(QString, text);
    QFETCH(bool, isRate);
    const auto rate = parseRate(text);
    QCOMPARE(rate.has_value(), isRate);
    if (!rate)
        return;
    QTEST(qint64{rate->mantissa}, "mantissa");
    QTEST(rate->scale, "scale");
    QCOMPARE(formatRate(*rate), text);
}

void MoneyTest::amounts_data()
{
    QTest::addColumn<qint64>("micros");
    QTest::addColumn<int>("decimals");
    QTest::addColumn<QString>("text");
    QTest::newRow("six decimals are exact") << qint64{1'234'567} << 6 << u"1.234567"_s;
    QTest::newRow("four, rounded up") << qint64{1'234'567} << 4 << u"1.2346"_s;
    QTest::newRow("four, rounded down") << qint64{1'234'549} << 4 << u"1.2345"_s;
    QTest::newRow("a half goes up") << qint64{50} << 4 << u"0.0001"_s;
    QTest::newRow("no decimals") << qint64{1'500'000} << 0 << u"2"_s;
    QTest::newRow("nothing") << qint64{0} << 6 << u"0.000000"_s;
    QTest::newRow("less than nothing") << qint64{-1'234'567} << 4 << u"-1.2346"_s;
    QTest::newRow("no negative zero") << qint64{-1} << 4 << u"0.0000"_s;
}

void MoneyTest::amounts()
{
    QFETCH(qint64, micros);
    QFETCH(int, decimals);
    QTEST(formatMoney(Money{micros}, decimals), "text");
    if (std::abs(micros) < 1'000'000'000)
        QTEST(groupedMoney(Money{micros}, decimals), "text"); // nothing to group
}

void MoneyTest::thousandsAreApartForPeople_data()
{
    QTest::addColumn<qint64>("micros");
    QTest::addColumn<int>("decimals");
    QTest::addColumn<QString>("text");
    QTest::newRow("a thousand") << qint64{1'000'000'000} << 2 << u"1\u2009000.00"_s;
    QTest::newRow("eight digits less than nothing")
        << qint64{-12'345'678'900'000} << 4 << u"-12\u2009345\u2009678.9000"_s;
    QTest::newRow("three digits less than nothing") << qint64{-204'969'300} << 4 << u"-204.9693"_s;
    QTest::newRow("without decimals") << qint64{1'234'567'000'000} << 0 << u"1\u2009234\u2009567"_s;
}

void MoneyTest::thousandsAreApartForPeople()
{
    QFETCH(qint64, micros);
    QFETCH(int, decimals);
    QTEST(groupedMoney(Money{micros}, decimals), "text");
}

void MoneyTest::shares_data()
{
    QTest::addColumn<QList<int>>("numerators");
    QTest::addColumn<int>("denominator");
    QTest::addColumn<QList<int>>("rounded");
    QTest::newRow("thirds of two: the earlier ones take what is left")
        << QList<int>{2, 2, 2} << 3 << QList<int>{1, 1, 0};
    QTest::newRow("the largest remainder goes first") << QList<int>{11, 19, 10} << 10 << QList<int>{1, 2, 1};
    QTest::newRow("a total of one half goes up") << QList<int>{5, 0} << 10 << QList<int>{1, 0};
    QTest::newRow("below one half nobody gets anything") << QList<int>{2, 2} << 10 << QList<int>{0, 0};
    QTest::newRow("whole shares stay") << QList<int>{30, 20} << 10 << QList<int>{3, 2};
    QTest::newRow("nobody") << QList<int>{} << 10 << QList<int>{};
}

void MoneyTest::shares()
{
    QFETCH(QList<int>, numerators);
    QFETCH(int, denominator);
    QFETCH(QList<int>, rounded);
    const auto shares = roundShares(std::vector<Wide>(numerators.begin(), numerators.end()), denominator);
    QVERIFY(shares);
    QList<int> micros;
    for (const Money share : *shares)
        micros += static_cast<int>(share.micros);
    QCOMPARE(micros, rounded);
}

void MoneyTest::sharesThatDoNotFit()
{
    const Wide huge = Wide{1} << 126;
    QCOMPARE(roundShares({huge, huge}, 1).error().code, ErrorCode::InvalidConfig);
    QCOMPARE(roundShares({Wide{1} << 64}, 1).error().code, ErrorCode::InvalidConfig);
    QCOMPARE(roundShares({huge}, huge).value().front().micros, 1);
}

void MoneyTest::productsThatDoNotFit()
{
    QVERIFY(!product(std::array{Wide{1} << 100, Wide{1} << 100}));
    QVERIFY(product(std::array{Wide{6}, Wide{7}}) == Wide{42});
}

QTEST_GUILESS_MAIN(MoneyTest)
#include "tst_money.moc"
