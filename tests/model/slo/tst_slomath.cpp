// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/histogram.h"
#include "model/slo/rollup.h"
#include "model/slo/slomath.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

class SloMathTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void burn_data();
    void burn();
    void verdicts_data();
    void verdicts();
    void percentilesAreWithinTheBound_data();
    void percentilesAreWithinTheBound();
    void histogramsMergeExactly();
    void packedHistogramsComeBack();
    void strangeBytesAddNothing_data();
    void strangeBytesAddNothing();
    void windowPartsCoverExactly_data();
    void windowPartsCoverExactly();
    void words();
};

void SloMathTest::burn_data()
{
    QTest::addColumn<qint64>("bad");
    QTest::addColumn<qint64>("total");
    QTest::addColumn<double>("objective");
    QTest::addColumn<double>("rate");
    QTest::newRow("99.9 %, 1.44 % bad: the SRE fast burn") << qint64{144} << qint64{10000} << 0.999 << 14.4;
    QTest::newRow("exactly the budget") << qint64{1} << qint64{100} << 0.99 << 1.0;
    QTest::newRow("nothing bad") << qint64{0} << qint64{100} << 0.99 << 0.0;
    QTest::newRow("all bad") << qint64{5} << qint64{5} << 0.9 << 10.0;
}

void SloMathTest::burn()
{
    QFETCH(qint64, bad);
    QFETCH(qint64, total);
    QFETCH(double, objective);
    QFETCH(double, rate);
    QVERIFY(std::abs(*burnRate(bad, total, objective) - rate) < 1e-9);
    QVERIFY(std::abs(*budgetRemaining(bad, total, objective) - (1 - rate)) < 1e-9);
    QVERIFY(!burnRate(0, 0, objective));
    QVERIFY(!budgetRemaining(0, 0, objective));
    QVERIFY(!burnRate(bad, total, 1.0)); // all of them promised: there is no budget
    QVERIFY(!budgetRemaining(bad, total, 1.0));
    QVERIFY(!shareOf(0, 0));
}

void SloMathTest::verdicts_data()
{
    QTest::addColumn<double>("target");        // < 0: none
    QTest::addColumn<double>("successRate");   // < 0: none
    QTest::addColumn<QList<qint64>>("window"); // total, succeeded, good
    QTest::addColumn<QList<qint64>>("hour");   // total, good
    QTest::addColumn<QString>("word");
    using L = QList<qint64>;
    QTest::newRow("nothing promised") << -1.0 << -1.0 << L{100, 0, 0} << L{100, 0} << u"noPromise"_s;
    QTest::newRow("promised and nothing logged") << 5.0 << -1.0 << L{0, 0, 0} << L{0, 0} << u"noData"_s;
    QTest::newRow("kept") << 5.0 << -1.0 << L{1000, 1000, 999} << L{50, 50} << u"met"_s;
    QTest::newRow("exactly at the objective is kept") << 5.0 << -1.0 << L{100, 100, 99} << L{10, 10} << u"met"_s;
    QTest::newRow("one below is broken") << 5.0 << -1.0 << L{100, 100, 98} << L{10, 10} << u"violated"_s;
    QTest::newRow("broken outranks burning") << 5.0 << -1.0 << L{100, 100, 50} << L{10, 0} << u"violated"_s;
    QTest::newRow("kept, but the last hour burns")
        << 5.0 << -1.0 << L{100000, 100000, 99900} << L{500, 450} << u"atRisk"_s;
    QTest::newRow("burning exactly as planned is no risk")
        << 5.0 << -1.0 << L{100000, 100000, 99900} << L{500, 495} << u"met"_s;
    QTest::newRow("one failure of ten is no trend") << 5.0 << -1.0 << L{100000, 100000, 99900} << L{10, 9} << u"met"_s;
    QTest::newRow("a success rate alone is a promise") << -1.0 << 0.95 << L{100, 95, 0} << L{100, 0} << u"met"_s;
    QTest::newRow("and can be broken") << -1.0 << 0.95 << L{100, 94, 0} << L{100, 0} << u"violated"_s;
    QTest::newRow("quick failures break it beside a kept target")
        << 5.0 << 0.999 << L{1000, 998, 995} << L{0, 0} << u"violated"_s;
}

void SloMathTest::verdicts()
{
    QFETCH(double, target);
    QFETCH(double, successRate);
    QFETCH(QList<qint64>, window);
    QFETCH(QList<qint64>, hour);
    QFETCH(QString, word);
    SloPromise promise;
    if (target >= 0)
        promise.targetMs = target;
    if (successRate >= 0)
        promise.successRate = successRate;
    const SloState state =
        judgeSlo(promise, {window[0], window[1], window[2], window[2]}, {hour[0], hour[0], hour[1], hour[1]});
    QCOMPARE(sloStateWord(state), word);
}

void SloMathTest::percentilesAreWithinTheBound_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<double>("sigma");
    QTest::newRow("one value") << 1 << 1.0;
    QTest::newRow("two values") << 2 << 1.0;
    QTest::newRow("a narrow spread") << 5000 << 0.1;
    QTest::newRow("a wide spread") << 5000 << 3.0;
}

void SloMathTest::percentilesAreWithinTheBound()
{
    QFETCH(int, count);
    QFETCH(double, sigma);
    std::mt19937_64 luck(8);
    std::lognormal_distribution<double> latency(3.0, sigma);
    std::vector<double> values;
    ProcessingSum sum;
    for (int i = 0; i < count; ++i) {
        values.push_back(latency(luck));
        sum.add(values.back(), ProcessingStatus::Success, 1, std::nullopt);
    }
    std::sort(values.begin(), values.end());
    for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto rank = std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(share * count)), 1, values.size());
        const double exact = values[rank - 1];
        const double estimate = *sum.percentile(share);
        QVERIFY2(std::abs(estimate - exact) <= 0.01084 * exact,
                 qPrintable(u"%1: %2 for %3"_s.arg(share).arg(estimate).arg(exact)));
    }
    QVERIFY(!ProcessingSum{}.percentile(0.5));
    ProcessingSum atOrBelowZero;
    atOrBelowZero.add(0, ProcessingStatus::Success, 3, std::nullopt);
    atOrBelowZero.add(-4, ProcessingStatus::Success, 1, std::nullopt);
    QCOMPARE(*atOrBelowZero.percentile(0.5), 0.0);
}

void SloMathTest::histogramsMergeExactly()
{
    std::mt19937_64 luck(4);
    Histogram whole;
    Histogram merged;
    Histogram mergedPacked;
    for (int part = 0; part < 20; ++part) {
        Histogram one;
        for (int i = 0; i < 50; ++i) {
            const double value = std::exp2(static_cast<double>(luck() % 40) - 20) * static_cast<double>(luck() % 3);
            one.add(value, 2);
            whole.add(value, 2);
        }
        merged.merge(one);
        QVERIFY(mergedPacked.mergePacked(one.packed()));
    }
    QVERIFY(merged == whole);
    QVERIFY(mergedPacked == whole);
    QCOMPARE(merged.total(), 2000);
    QCOMPARE(mergedPacked.total(), 2000);
    QCOMPARE(merged.packed(), whole.packed());
}

void SloMathTest::packedHistogramsComeBack()
{
    Histogram histogram;
    for (const double value : {5e-324, 1e-9, 1.0, 1.0, 2.0, 1e300, 1.7976931348623157e308, 0.0, -7.0})
        histogram.add(value, 1'000'000'007);
    Histogram back;
    QVERIFY(back.mergePacked(histogram.packed()));
    QVERIFY(back == histogram);
    QCOMPARE(back.total(), 9 * 1'000'000'007LL);
    Histogram few;
    for (int i = 0; i < 1000; ++i)
        few.add(20 + i % 50);
    QVERIFY2(few.packed().size() < 160, qPrintable(QString::number(few.packed().size())));
}

void SloMathTest::strangeBytesAddNothing_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("another form") << QByteArray("\x07\x00", 2);
    QTest::newRow("cut short") << QByteArray("\x01\x00\x02", 3);
    QTest::newRow("a bucket beyond all doubles")
        << QByteArray("\x01\x00", 2) + QByteArray(8, '\xff') + QByteArray("\x01\x01", 2);
    QTest::newRow("a count of nothing") << QByteArray("\x01\x00\x02\x00", 4);
}

void SloMathTest::strangeBytesAddNothing()
{
    QFETCH(QByteArray, bytes);
    Histogram histogram;
    histogram.add(3);
    QVERIFY(!histogram.mergePacked(bytes));
    QCOMPARE(histogram.total(), 1);
}

void SloMathTest::windowPartsCoverExactly_data()
{
    QTest::addColumn<qint64>("from");
    QTest::addColumn<qint64>("to");
    constexpr qint64 day = 86'400'000;
    QTest::newRow("nothing") << qint64{5} << qint64{5};
    QTest::newRow("backwards") << qint64{6} << qint64{5};
    QTest::newRow("within ten minutes") << qint64{5} << qint64{500'000};
    QTest::newRow("exactly one stretch") << qint64{600'000} << qint64{1'200'000};
    QTest::newRow("exactly one day") << 7 * day << 8 * day;
    QTest::newRow("a ragged week") << 7 * day + 12'345'678 << 14 * day + 2'345'679;
    QTest::newRow("a millisecond around midnight") << 7 * day - 1 << 7 * day;
    QTest::newRow("across midnight") << 7 * day - 1 << 7 * day + 1;
}

void SloMathTest::windowPartsCoverExactly()
{
    QFETCH(qint64, from);
    QFETCH(qint64, to);
    const WindowParts parts = windowParts(from, to);
    std::vector<TimeStretch> all = parts.records;
    for (std::size_t level = 0; level < parts.levels.size(); ++level) {
        for (const TimeStretch& stretch : parts.levels[level]) {
            QCOMPARE(stretch.first % rollupWidthsMs[level], 0);
            QCOMPARE(stretch.second % rollupWidthsMs[level], 0);
            all.push_back(stretch);
        }
    }
    std::sort(all.begin(), all.end());
    std::int64_t covered = from;
    for (const TimeStretch& stretch : all) {
        QCOMPARE(stretch.first, covered);
        QVERIFY(stretch.second > stretch.first);
        covered = stretch.second;
    }
    QCOMPARE(covered, std::max(from, to) == from ? from : to);
    for (const TimeStretch& stretch : parts.records)
        QVERIFY(stretch.second - stretch.first < 2 * rollupWidthsMs[0]);
}

void SloMathTest::words()
{
    const QStringList words{u"met"_s, u"atRisk"_s, u"violated"_s, u"noPromise"_s, u"noData"_s};
    for (const QString& word : words)
        QCOMPARE(sloStateWord(sloStateFromWord(word).value()), word);
    QVERIFY(!sloStateFromWord(u"broken"));
}

QTEST_GUILESS_MAIN(SloMathTest)
#include "tst_slomath.moc"
