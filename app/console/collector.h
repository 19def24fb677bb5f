// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/collectreport.h"
#include "app/console/duty.h"
#include "model/base/clock.h"
#include "model/broker/capabilities.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace spillway {

/// All duties of all connections: once, or continuously with a thread for each duty. Thread-safe.
class Collector
{
public:
    /// A connection and its duties.
    struct Crew
    {
        QString connection;
        std::function<ConnectionHealth()> health; ///< what the connection's ports met last; never blocks
        std::vector<std::unique_ptr<Duty>> duties;
    };
    /// Called in a duty's thread after a turn that changed a connection's health.
    using HealthListener = std::function<void(const ConnectionHealth&)>;

    Collector(std::vector<Crew> crews, const Clock& clock);
    ~Collector();
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    /// Which duties; what is not said takes all.
    struct Scope
    {
        QString connection;
        std::optional<DutyKind> kind;
    };
    /// These duties once, all at the same time (topics after the others); returns when the last has ended.
    [[nodiscard]] CollectReport once(std::stop_token stop, const Scope& scope);

    /// Called in a sampler's thread after a lag sample was stored, with the connection's name.
    using SampleListener = std::function<void(const QString& connection)>;

    /// Starts the threads. What came in since is in `total`. Either listener may be empty.
    void start(HealthListener healthListener, SampleListener sampleListener);
    /// Asks all threads to stop and waits; each ends within about 250 ms, with what it read stored.
    void stop();
    /// Makes samplers sample now.
    void hurry();

    [[nodiscard]] CollectReport total() const;
    [[nodiscard]] std::vector<ConnectionHealth> health() const;

private:
    void follow(const Crew& crew, Duty& duty, std::stop_token stop);
    void note(const Crew& crew, const CollectReport& report);

    std::vector<Crew> m_crews;
    const Clock& m_clock;
    HealthListener m_healthListener;
    SampleListener m_sampleListener;
    mutable std::mutex m_mutex; // guards: m_total, m_told
    CollectReport m_total;
    std::map<QString, ConnectionHealth> m_told; // by connection: what the listener heard last
    std::vector<std::jthread> m_threads;
    std::atomic<std::uint64_t> m_hurried = 0;
};

} // namespace spillway
