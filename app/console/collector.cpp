// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/collector.h"

#include "model/job/cadence.h"
#include "model/job/waiter.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis followerBackOff{1'000}; // a follower that fails tries again after this, doubling
constexpr Millis longestBackOff{60'000};
constexpr Millis turn{250}; // the longest a thread sleeps before it looks at its stop token and at `hurry`

} // namespace

Collector::Collector(std::vector<Crew> crews, const Clock& clock)
    : m_crews(std::move(crews))
    , m_clock(clock)
{
}

Collector::~Collector()
{
    stop();
}

CollectReport Collector::once(std::stop_token stop, const Scope& scope)
{
    const UtcTime started = m_clock.now();
    std::mutex mutex; // guards: sum
    CollectReport sum;
    // Which topics matter is known when the letters are read.
    for (const bool areTopics : {false, true}) {
        std::vector<std::jthread> threads;
        for (const Crew& crew : m_crews) {
            if (!scope.connection.isEmpty() && crew.connection != scope.connection)
                continue;
            for (const auto& duty : crew.duties) {
                if ((scope.kind && duty->kind() != *scope.kind) || (duty->kind() == DutyKind::Topics) != areTopics)
                    continue;
                threads.emplace_back([&, duty = duty.get()] {
                    const UtcTime begun = m_clock.now();
                    CollectReport report = duty->once(stop);
                    report.phases.push_back({crew.connection + u": "_s + duty->name(), m_clock.now() - begun});
                    note(crew, report);
                    const std::lock_guard lock(mutex);
                    std::erase_if(report.failures, [&sum, duty](const Error& failure) {
                        return duty->kind() == DutyKind::Topics &&
                               std::find(sum.failures.begin(), sum.failures.end(), failure) != sum.failures.end();
                    }); // a broker that is down has said so
                    sum.add(report);
                });
            }
        }
    }
    sum.elapsed = std::max(Millis{0}, m_clock.now() - started);
    std::sort(sum.phases.begin(), sum.phases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return sum;
}

void Collector::start(HealthListener healthListener, SampleListener sampleListener)
{
    m_healthListener = std::move(healthListener);
    m_sampleListener = std::move(sampleListener);
    for (const Crew& crew : m_crews) {
        for (const auto& duty : crew.duties) {
            m_threads.emplace_back(
                [this, &crew, duty = duty.get()](std::stop_token stop) { follow(crew, *duty, stop); });
        }
    }
}

void Collector::stop()
{
    for (std::jthread& thread : m_threads)
        thread.request_stop();
    m_threads.clear(); // joins
}

void Collector::hurry()
{
    ++m_hurried;
}

void Collector::follow(const Crew& crew, Duty& duty, std::stop_token stop)
{
    SystemWaiter waiter;
    Cadence cadence(duty.interval() > Millis{0} ? duty.interval() : followerBackOff, longestBackOff);
    std::uint64_t hurriedSeen = m_hurried;
    while (!stop.stop_requested()) {
        const CollectReport report = duty.step(stop);
        if (stop.stop_requested() && !report.failures.empty())
            return; // a call cut short by the stop is no failure of the connection
        note(crew, report);
        if (report.failures.empty()) {
            cadence.succeeded(m_clock.now());
            if (duty.kind() == DutyKind::Lag && m_sampleListener)
                m_sampleListener(crew.connection);
            if (duty.interval() == Millis{0})
                continue;
        } else {
            cadence.failed(m_clock.now());
        }
        while (!cadence.isDue(m_clock.now()) && !stop.stop_requested()) {
            if (m_hurried != hurriedSeen) {
                hurriedSeen = m_hurried;
                break;
            }
            if (!waiter.waitFor(std::min(turn, cadence.untilDue(m_clock.now())), stop))
                return;
        }
    }
}

void Collector::note(const Crew& crew, const CollectReport& report)
{
    const ConnectionHealth health = crew.health();
    {
        const std::lock_guard lock(m_mutex);
        m_total.lagSamples += report.lagSamples;
        m_total.processingRecords += report.processingRecords;
        m_total.deadLetters += report.deadLetters;
        m_total.unreadable += report.unreadable;
        m_total.lostBeforeRead += report.lostBeforeRead;
        ConnectionHealth& told = m_told[crew.connection];
        const bool isNews = told.connectivity != health.connectivity || told.lastError != health.lastError;
        told = health;
        if (!isNews)
            return;
    }
    if (m_healthListener)
        m_healthListener(health);
}

CollectReport Collector::total() const
{
    const std::lock_guard lock(m_mutex);
    return m_total;
}

std::vector<ConnectionHealth> Collector::health() const
{
    std::vector<ConnectionHealth> all;
    for (const Crew& crew : m_crews)
        all.push_back(crew.health());
    return all;
}

} // namespace spillway
