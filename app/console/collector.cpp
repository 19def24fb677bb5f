// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/collector.h"

#include "model/job/cadence.h"
#include "model/job/waiter.h"

#include <QLoggingCategory>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "spillway.collect", QtWarningMsg)

constexpr Millis followerBackOff{1'000}; // a follower that fails tries again after this, doubling
constexpr Millis longestBackOff{60'000};
constexpr Millis turn{250}; // the longest a thread sleeps before it looks at its stop token and at `hurry`

Connectivity connectivityOf(const Error& error)
{
    switch (error.code) {
    case ErrorCode::Unreachable:
    case ErrorCode::TimedOut:
        return Connectivity::Unreachable;
    case ErrorCode::Unauthorised:
        return Connectivity::Unauthorised;
    case ErrorCode::InvalidConfig:
    case ErrorCode::Cancelled:
    case ErrorCode::Corrupt:
    case ErrorCode::Conflict:
    case ErrorCode::NotFound:
    case ErrorCode::Unsupported:
    case ErrorCode::Internal:
        return Connectivity::Degraded;
    }
    return Connectivity::Degraded;
}

} // namespace

Collector::Collector(std::vector<Crew> crews, const Clock& clock)
    : m_crews(std::move(crews))
    , m_clock(clock)
{
    for (const Crew& crew : m_crews)
        m_health[crew.connection] = ConnectionHealth{.connection = crew.connection, .lastError = {}, .lastContact = {}};
}

Collector::~Collector()
{
    stop();
}

CollectReport Collector::once(std::stop_token stop, const QString& connection)
{
    const UtcTime started = m_clock.now();
    std::mutex mutex; // guards: sum
    CollectReport sum;
    {
        std::vector<std::jthread> threads;
        for (const Crew& crew : m_crews) {
            if (!connection.isEmpty() && crew.connection != connection)
                continue;
            for (const auto& duty : crew.duties) {
                threads.emplace_back([&, duty = duty.get(), name = crew.connection] {
                    const UtcTime begun = m_clock.now();
                    CollectReport report = duty->once(stop);
                    report.phases.push_back({name + u": "_s + duty->name(), m_clock.now() - begun});
                    note(name, duty->name(), report);
                    const std::lock_guard lock(mutex);
                    sum.add(report);
                });
            }
        }
    }
    sum.elapsed = std::max(Millis{0}, m_clock.now() - started);
    std::sort(sum.phases.begin(), sum.phases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return sum;
}

void Collector::start(HealthListener listener)
{
    m_listener = std::move(listener);
    for (const Crew& crew : m_crews) {
        for (const auto& duty : crew.duties) {
            m_threads.emplace_back([this, connection = crew.connection, duty = duty.get()](std::stop_token stop) {
                follow(connection, *duty, stop);
            });
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

void Collector::follow(const QString& connection, Duty& duty, std::stop_token stop)
{
    SystemWaiter waiter;
    Cadence cadence(duty.interval() > Millis{0} ? duty.interval() : followerBackOff, longestBackOff);
    std::uint64_t hurriedSeen = m_hurried;
    while (!stop.stop_requested()) {
        const CollectReport report = duty.step(stop);
        if (stop.stop_requested() && !report.failures.empty())
            return; // a call cut short by the stop is no failure of the connection
        note(connection, duty.name(), report);
        if (report.failures.empty()) {
            cadence.succeeded(m_clock.now());
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

void Collector::note(const QString& connection, const QString& duty, const CollectReport& report)
{
    ConnectionHealth health;
    {
        const std::lock_guard lock(m_mutex);
        m_total.lagSamples += report.lagSamples;
        m_total.processingRecords += report.processingRecords;
        m_total.deadLetters += report.deadLetters;
        m_total.unreadable += report.unreadable;
        if (report.failures.empty())
            m_failures.erase({connection, duty});
        else
            m_failures[{connection, duty}] = report.failures.front();

        ConnectionHealth& known = m_health[connection];
        const ConnectionHealth before = known;
        known.connectivity = Connectivity::Connected;
        known.lastError.reset();
        for (const auto& [place, error] : m_failures) {
            if (place.first != connection)
                continue;
            // The worst is shown: a refused login before a broker that is down, before one topic that is missing.
            const Connectivity seen = connectivityOf(error);
            if (!known.lastError || static_cast<int>(seen) > static_cast<int>(known.connectivity)) {
                known.connectivity = seen;
                known.lastError = error;
            }
        }
        if (report.failures.empty())
            known.lastContact = m_clock.now();
        if (known.connectivity == before.connectivity && known.lastError == before.lastError)
            return;
        health = known;
    }
    if (health.lastError)
        qCWarning(log).noquote() << health.connection << duty << health.lastError->detail;
    if (m_listener)
        m_listener(health);
}

CollectReport Collector::total() const
{
    const std::lock_guard lock(m_mutex);
    return m_total;
}

std::vector<ConnectionHealth> Collector::health() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<ConnectionHealth> all;
    for (const Crew& crew : m_crews)
        all.push_back(m_health.at(crew.connection));
    return all;
}

} // namespace spillway
