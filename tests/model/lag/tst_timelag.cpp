// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/timelag.h"

#include <QTest>

#include <random>
#include <vector>

using namespace spillway;

namespace {

EndPoint point(std::int64_t end, std::int64_t atMs, std::int64_t previousMs = -1)
{
    return {Offset{end}, utcFromMs(atMs), previousMs < 0 ? std::nullopt : std::optional(utcFromMs(previousMs))};
}

} // namespace

class TimeLagTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void windows_data();
    void windows();
    void aClockThatStepsBackGivesNoNegativeAge();
    void boundsHoldOnSimulatedTopics_data();
    void boundsHoldOnSimulatedTopics();
};

void TimeLagTest::windows_data()
{
    QTest::addColumn<std::vector<EndPoint>>("history");
    QTest::addColumn<qint64>("next");
    QTest::addColumn<qint64>("after");  // -1: unknown
    QTest::addColumn<qint64>("before"); // -1: no window at all
    const std::vector<EndPoint> three{point(100, 1000), point(150, 2000, 990), point(200, 5000, 3990)};
    QTest::newRow("no history, no answer") << std::vector<EndPoint>{} << qint64{5} << qint64{-1} << qint64{-1};
    QTest::newRow("older than history: only the near bound") << three << qint64{99} << qint64{-1} << qint64{1000};
    QTest::newRow("the first offset after a sampled end came after that sample was asked for")
        << three << qint64{100} << qint64{990} << qint64{2000};
    QTest::newRow("the last offset before a sampled end came before that sample")
        << three << qint64{149} << qint64{990} << qint64{2000};
    QTest::newRow("a quiet stretch narrows the window: the end stood until shortly before")
        << three << qint64{150} << qint64{3990} << qint64{5000};
    QTest::newRow("at the newest end nothing is unread") << three << qint64{200} << qint64{-1} << qint64{-1};
    QTest::newRow("beyond the newest end neither") << three << qint64{900} << qint64{-1} << qint64{-1};
    QTest::newRow("one sample alone bounds from below")
        << std::vector<EndPoint>{point(10, 1000)} << qint64{0} << qint64{-1} << qint64{1000};
}

void TimeLagTest::windows()
{
    QFETCH(std::vector<EndPoint>, history);
    QFETCH(qint64, next);
    QFETCH(qint64, after);
    QFETCH(qint64, before);
    const auto window = appendWindow(history, Offset{next});
    QCOMPARE(window.has_value(), before >= 0);
    if (!window)
        return;
    QCOMPARE(toMs(window->before), before);
    QCOMPARE(window->after ? toMs(*window->after) : -1, after);
    const TimeLag lag = timeLagAt(*window, utcFromMs(10'000));
    QCOMPARE(lag.low.count(), 10'000 - before);
    QCOMPARE(lag.high.has_value(), after >= 0);
    if (lag.high)
        QCOMPARE(lag.high->count(), 10'000 - after);
}

void TimeLagTest::aClockThatStepsBackGivesNoNegativeAge()
{
    const TimeLag lag = timeLagAt({utcFromMs(4000), utcFromMs(5000)}, utcFromMs(3000));
    QCOMPARE(lag.low.count(), 0);
    QCOMPARE(lag.high.value_or(Millis{-1}).count(), 0);
}

void TimeLagTest::boundsHoldOnSimulatedTopics_data()
{
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<double>("perSecond");
    QTest::newRow("a busy topic") << 1U << 40.0;
    QTest::newRow("a slow topic") << 2U << 0.05;
    QTest::newRow("bursts and silences") << 3U << -1.0;
    QTest::newRow("bursts and silences, other luck") << 4U << -1.0;
}

void TimeLagTest::boundsHoldOnSimulatedTopics()
{
    QFETCH(unsigned, seed);
    QFETCH(double, perSecond);
    std::mt19937_64 luck(seed);
    std::vector<std::int64_t> appendedMs; // by offset
    std::vector<EndPoint> history;
    std::int64_t now = 1'790'000'000'000;
    std::int64_t previousAsked = -1;
    double rate = perSecond;
    int checked = 0;
    for (int sample = 0; sample < 400; ++sample) {
        const std::int64_t step = 2'000 + static_cast<std::int64_t>(luck() % 20'000);
        if (perSecond < 0)
            rate = luck() % 3 == 0 ? 0.0 : static_cast<double>(luck() % 50);
        std::exponential_distribution<double> gap(std::max(rate, 1e-9) / 1000.0);
        for (double at = static_cast<double>(now) + gap(luck); at < static_cast<double>(now + step); at += gap(luck))
            appendedMs.push_back(static_cast<std::int64_t>(at));
        now += step;
        // The broker answers somewhere between question and receipt; records go on arriving meanwhile.
        const std::int64_t asked = now;
        const std::int64_t trip = static_cast<std::int64_t>(luck() % 400);
        const std::int64_t answered =
            asked + (trip > 0 ? static_cast<std::int64_t>(luck() % static_cast<unsigned>(trip)) : 0);
        std::size_t end = appendedMs.size();
        for (std::int64_t at = asked; at < answered; at += 50) {
            if (rate > 5)
                appendedMs.push_back(at);
            end = appendedMs.size();
        }
        now = asked + trip;
        const Offset seen{static_cast<std::int64_t>(end)};
        if (history.empty() || history.back().end < seen)
            history.push_back(
                {seen, utcFromMs(now), previousAsked < 0 ? std::nullopt : std::optional(utcFromMs(previousAsked))});
        previousAsked = asked;
        for (int probe = 0; probe < 5 && end > 0; ++probe) {
            const std::size_t committed = luck() % end;
            const auto window = appendWindow(history, Offset{static_cast<std::int64_t>(committed)});
            QVERIFY(window);
            const TimeLag lag = timeLagAt(*window, utcFromMs(now));
            const std::int64_t age = now - appendedMs[committed];
            QVERIFY2(lag.low.count() <= age, qPrintable(QString::number(lag.low.count() - age)));
            if (lag.high) {
                QVERIFY2(age <= lag.high->count(), qPrintable(QString::number(age - lag.high->count())));
                ++checked;
            }
        }
    }
    QVERIFY(checked > 100);
}

QTEST_GUILESS_MAIN(TimeLagTest)
#include "tst_timelag.moc"
