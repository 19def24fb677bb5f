// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/collector.h"

#include <QTest>

#include <latch>
#include <semaphore>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A duty that does as it is told and tells what it did.
class FakeDuty final : public Duty
{
public:
    FakeDuty(DutyKind kind, std::function<CollectReport(std::stop_token)> turn, Millis interval = Millis{0})
        : m_kind(kind)
        , m_turn(std::move(turn))
        , m_interval(interval)
    {
    }
    [[nodiscard]] DutyKind kind() const override { return m_kind; }
    [[nodiscard]] QString name() const override { return u"duty %1"_s.arg(static_cast<int>(m_kind)); }
    [[nodiscard]] Millis interval() const override { return m_interval; }
    [[nodiscard]] CollectReport once(std::stop_token stop) override { return m_turn(std::move(stop)); }
    [[nodiscard]] CollectReport step(std::stop_token stop) override { return m_turn(std::move(stop)); }

private:
    DutyKind m_kind;
    std::function<CollectReport(std::stop_token)> m_turn;
    Millis m_interval;
};

Collector::Crew crew(const QString& name, std::unique_ptr<Duty> first, std::unique_ptr<Duty> second = {})
{
    Collector::Crew made{.connection = name, .health = [name] {
                             return ConnectionHealth{.connection = name, .connectivity = Connectivity::Connected};
                         }};
    made.duties.push_back(std::move(first));
    if (second)
        made.duties.push_back(std::move(second));
    return made;
}

std::unique_ptr<Duty> countingDuty(DutyKind kind, std::int64_t letters)
{
    return std::make_unique<FakeDuty>(kind,
                                      [letters](std::stop_token) { return CollectReport{.deadLetters = letters}; });
}

} // namespace

class CollectorTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void allDutiesRunAtTheSameTime();
    void oneBrokerDownLeavesTheOthersResult();
    void aScopeTakesOnlyWhatItNames();
    void followingGoesOnUntilStopped();
    void aFailingFollowerStopsAtOnceWhenAsked();
    void hurryEndsTheRest();
};

void CollectorTest::allDutiesRunAtTheSameTime()
{
    // Each waits for the other: run one after the other, this would never end.
    std::latch both(2);
    const auto meet = [&both](std::stop_token) {
        both.arrive_and_wait();
        return CollectReport{.lagSamples = 1};
    };
    const SystemClock clock;
    std::vector<Collector::Crew> crews;
    crews.push_back(crew(u"a"_s, std::make_unique<FakeDuty>(DutyKind::Lag, meet)));
    crews.push_back(crew(u"b"_s, std::make_unique<FakeDuty>(DutyKind::Lag, meet)));
    Collector collector(std::move(crews), clock);
    const CollectReport report = collector.once({}, {});
    QCOMPARE(report.lagSamples, std::int64_t{2});
    QCOMPARE(report.phases.size(), 2U);
    QCOMPARE(report.phases[0].name, u"a: duty 0"_s);
}

void CollectorTest::oneBrokerDownLeavesTheOthersResult()
{
    const SystemClock clock;
    std::vector<Collector::Crew> crews;
    crews.push_back(crew(u"up"_s, countingDuty(DutyKind::DeadLetters, 7)));
    crews.push_back(crew(u"down"_s, std::make_unique<FakeDuty>(DutyKind::DeadLetters, [](std::stop_token) {
                             return CollectReport{.failures = {Error{ErrorCode::Unreachable, u"nobody there"_s}}};
                         })));
    Collector collector(std::move(crews), clock);
    const CollectReport report = collector.once({}, {});
    QCOMPARE(report.deadLetters, std::int64_t{7});
    QCOMPARE(report.failures.size(), 1U);
}

void CollectorTest::aScopeTakesOnlyWhatItNames()
{
    const SystemClock clock;
    std::vector<Collector::Crew> crews;
    crews.push_back(crew(u"a"_s, countingDuty(DutyKind::Lag, 1), countingDuty(DutyKind::DeadLetters, 10)));
    crews.push_back(crew(u"b"_s, countingDuty(DutyKind::DeadLetters, 100)));
    Collector collector(std::move(crews), clock);
    QCOMPARE(collector.once({}, {.connection = u"a"_s, .kind = DutyKind::DeadLetters}).deadLetters, std::int64_t{10});
    QCOMPARE(collector.once({}, {.connection = u"a"_s}).deadLetters, std::int64_t{11});
    QCOMPARE(collector.once({}, {}).deadLetters, std::int64_t{111});
    QCOMPARE(collector.total().deadLetters, std::int64_t{132});
}

void CollectorTest::followingGoesOnUntilStopped()
{
    std::counting_semaphore<1'000'000> turns(0);
    std::atomic<std::int64_t> done = 0;
    const SystemClock clock;
    std::vector<Collector::Crew> crews;
    crews.push_back(crew(u"a"_s, std::make_unique<FakeDuty>(DutyKind::DeadLetters, [&](std::stop_token) {
                             if (++done <= 100)
                                 turns.release();
                             return CollectReport{.deadLetters = 1};
                         })));
    Collector collector(std::move(crews), clock);
    collector.start({}, {});
    for (int i = 0; i < 100; ++i)
        turns.acquire();
    collector.stop();
    QCOMPARE(collector.total().deadLetters, done.load());
}

void CollectorTest::aFailingFollowerStopsAtOnceWhenAsked()
{
    std::binary_semaphore failed(0);
    std::once_flag first;
    const SystemClock clock;
    std::vector<Collector::Crew> crews;
    crews.push_back(crew(u"a"_s, std::make_unique<FakeDuty>(DutyKind::DeadLetters, [&](std::stop_token) {
                             std::call_once(first, [&] { failed.release(); });
                             return CollectReport{.failures = {Error{ErrorCode::Unreachable, u"down"_s}}};
                         })));
    Collector collector(std::move(crews), clock);
    collector.start({}, {});
    failed.acquire();
    collector.stop(); // would hang for the back-off if the thread slept through the stop
    QCOMPARE(collector.total().deadLetters, std::int64_t{0});
}

void CollectorTest::hurryEndsTheRest()
{
    std::counting_semaphore<16> samples(0);
    const SystemClock clock;
    std::vector<Collector::Crew> crews;
    crews.push_back(crew(u"a"_s, std::make_unique<FakeDuty>(
                                     DutyKind::Lag,
                                     [&](std::stop_token) {
                                         samples.release();
                                         return CollectReport{.lagSamples = 1};
                                     },
                                     Millis{24 * 3'600'000})));
    Collector collector(std::move(crews), clock);
    collector.start({}, {});
    samples.acquire(); // the first sample is due at once; the next one tomorrow
    collector.hurry();
    samples.acquire();
    collector.stop();
    QCOMPARE(collector.total().lagSamples, std::int64_t{2});
}

QTEST_GUILESS_MAIN(CollectorTest)
#include "tst_collector.moc"
