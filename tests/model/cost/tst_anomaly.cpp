// SPDX-License-Identifier: GPL-3.0-or-later
// How often odd days are told where there are none, and whether they are told where there are; how far forecasts hold.
#include "model/cost/anomaly.h"
#include "model/cost/forecast.h"

#include <QTest>

#include <cmath>
#include <numeric>
#include <random>

using namespace spillway;

namespace {

/// A year of days: weekdays dearer than weekends, growth, and independent noise of this share.
std::vector<double> syntheticYear(std::mt19937_64& random, double noise, double growthAYear)
{
    // The library's normal distribution differs between libraries: a sum of twelve uniform numbers does not.
    const auto normal = [&random] {
        double sum = -6;
        for (int i = 0; i < 12; ++i)
            sum += static_cast<double>(random() >> 11) / 9007199254740992.0;
        return sum;
    };
    std::vector<double> days;
    for (int day = 0; day < 365; ++day) {
        const double season = day % 7 < 5 ? 1.0 : 0.6;
        days.push_back(100 * season * std::pow(1 + growthAYear, day / 365.0) * std::exp(noise * normal()));
    }
    return days;
}

} // namespace

class AnomalyTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void falseAlarmsOnSyntheticYears_data();
    void falseAlarmsOnSyntheticYears();
    void jumpsAreFound_data();
    void jumpsAreFound();
    void aSingleOddDayIsNoAlarm();
    void littleMoneyIsNoAlarm();
    void aYoungSeriesIsNotJudged();
    void bandsHoldWhatTheySay_data();
    void bandsHoldWhatTheySay();
    void aForecastByHand();
};

void AnomalyTest::falseAlarmsOnSyntheticYears_data()
{
    QTest::addColumn<double>("noise");
    QTest::addColumn<double>("growth");
    QTest::newRow("5 percent noise") << 0.05 << 0.0;
    QTest::newRow("10 percent noise, half as much again in a year") << 0.10 << 0.5;
    QTest::newRow("20 percent noise, twice as much in a year") << 0.20 << 1.0;
    QTest::newRow("no noise at all, growth") << 0.0 << 0.3;
}

/// At most one in 20 series and years, as the header and the manual say.
void AnomalyTest::falseAlarmsOnSyntheticYears()
{
    QFETCH(double, noise);
    QFETCH(double, growth);
    std::mt19937_64 random(20261126);
    constexpr int years = 200;
    std::size_t alarms = 0;
    for (int year = 0; year < years; ++year)
        alarms += findAnomalies(syntheticYear(random, noise, growth)).size();
    QVERIFY2(alarms <= years / 20, qPrintable(QString::number(alarms)));
}

void AnomalyTest::jumpsAreFound_data()
{
    QTest::addColumn<double>("times");
    QTest::addColumn<double>("noise");
    QTest::newRow("four times as much, 20 percent noise") << 4.0 << 0.20;
    QTest::newRow("twice as much, 10 percent noise") << 2.0 << 0.10;
    QTest::newRow("half as much, 5 percent noise") << 0.5 << 0.05;
}

void AnomalyTest::jumpsAreFound()
{
    QFETCH(double, times);
    QFETCH(double, noise);
    std::mt19937_64 random(42);
    int found = 0;
    constexpr int years = 100;
    for (int year = 0; year < years; ++year) {
        std::vector<double> days = syntheticYear(random, noise, 0.2);
        const std::size_t jump = 100 + static_cast<std::size_t>(random() % 200);
        for (std::size_t day = jump; day < days.size(); ++day)
            days[day] *= times;
        for (const Anomaly& anomaly : findAnomalies(days)) {
            const bool isIt = anomaly.first >= jump && anomaly.first <= jump + 1 &&
                              (anomaly.deviation > 0) == (times > 1) &&
                              (anomaly.actual > anomaly.expected) == (times > 1);
            found += isIt ? 1 : 0;
        }
    }
    QVERIFY2(found >= years * 95 / 100, qPrintable(QString::number(found)));
}

void AnomalyTest::aSingleOddDayIsNoAlarm()
{
    std::vector<double> days(200, 10);
    days[150] = 100;
    QVERIFY(findAnomalies(days).empty());
    days[151] = 100;
    QCOMPARE(findAnomalies(days).size(), std::size_t{1});
    QCOMPARE(findAnomalies(days).front().first, std::size_t{150});
    QCOMPARE(findAnomalies(days).front().last, std::size_t{151});
    QCOMPARE(findAnomalies(days).front().actual, 100.0);
    days[151] = 1; // the other direction
    QVERIFY(findAnomalies(days).empty());
}

void AnomalyTest::littleMoneyIsNoAlarm()
{
    std::vector<double> days(200, 0.01);
    days[150] = days[151] = 1;
    QCOMPARE(findAnomalies(days).size(), std::size_t{1});
    QVERIFY(findAnomalies(days, {.smallest = 5}).empty());
}

void AnomalyTest::aYoungSeriesIsNotJudged()
{
    std::vector<double> days(40, 10);
    days[38] = days[39] = 1000;
    QVERIFY(findAnomalies(days).empty());
    QVERIFY(findAnomalies({}).empty());
    QCOMPARE(medianOf({}), 0.0);
    QCOMPARE(medianOf({3, 1, 2, 10}), 2.5);
}

void AnomalyTest::bandsHoldWhatTheySay_data()
{
    QTest::addColumn<int>("known");
    QTest::addColumn<int>("ahead");
    QTest::newRow("ten weeks known, 14 days ahead") << 70 << 14;
    QTest::newRow("half a year known, 30 days ahead") << 182 << 30;
    QTest::newRow("four weeks known, a week ahead") << 28 << 7;
}

/// Backtest: of 80 percent bands between 70 and 92 percent hold the truth.
void AnomalyTest::bandsHoldWhatTheySay()
{
    QFETCH(int, known);
    QFETCH(int, ahead);
    std::mt19937_64 random(8);
    int held = 0;
    constexpr int trials = 400;
    for (int trial = 0; trial < trials; ++trial) {
        const std::vector<double> days = syntheticYear(random, 0.08, 0.2);
        const std::vector<double> past(days.begin(), days.begin() + known);
        const double truth = std::accumulate(days.begin() + known, days.begin() + known + ahead, 0.0);
        const auto forecast = forecastCost(past, ahead);
        QVERIFY(forecast);
        QVERIFY(forecast->low <= forecast->expected && forecast->expected <= forecast->high);
        held += truth >= forecast->low && truth <= forecast->high ? 1 : 0;
    }
    QVERIFY2(held >= trials * 70 / 100 && held <= trials * 92 / 100, qPrintable(QString::number(held)));
}

void AnomalyTest::aForecastByHand()
{
    std::vector<double> days;
    for (int day = 0; day < 56; ++day)
        days.push_back(10 + day);
    const auto forecast = forecastCost(days, 2);
    QVERIFY(forecast);
    QVERIFY(std::abs(forecast->expected - (66 + 67)) < 1e-6);
    QVERIFY(std::abs(forecast->slopePerDay - 1) < 1e-9);
    QVERIFY(std::abs(forecast->high - forecast->low) < 1e-6);
    QVERIFY(!forecastCost(std::vector<double>(6, 1), 2));
    QVERIFY(!forecastCost(days, 0));
}

QTEST_GUILESS_MAIN(AnomalyTest)
#include "tst_anomaly.moc"
