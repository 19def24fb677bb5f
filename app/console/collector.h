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
        std::vector<std::unique_ptr<Duty>> duties;
    };
    /// Called in a duty's thread when a connection's health has changed.
    using HealthListener = std::function<void(const ConnectionHealth&)>;

    Collector(std::vector<Crew> crews, const Clock& clock);
    ~Collector();
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    /// Every duty of every connection (or of one) once, all at the same time; returns when the last has ended.
    [[nodiscard]] CollectReport once(std::stop_token stop, const QString& connection = {});

    /// Starts the threads. What came in since is in `total`.
    void start(HealthListener listener);
    /// Asks all threads to stop and waits; each ends within about 250 ms, with what it read stored.
    void stop();
    /// Makes samplers sample now.
    void hurry();

    [[nodiscard]] CollectReport total() const;
    [[nodiscard]] std::vector<ConnectionHealth> health() const;

private:
    void follow(const QString& connection, Duty& duty, std::stop_token stop);
    void note(const QString& connection, const QString& duty, const CollectReport& report);

    std::vector<Crew> m_crews;
    const Clock& m_clock;
    HealthListener m_listener;
    mutable std::mutex m_mutex; // guards: m_total, m_failures, m_health
    CollectReport m_total;
    std::map<std::pair<QString, QString>, Error>
        m_failures; // newest failure of each (connection, duty) that is failing now
    std::map<QString, ConnectionHealth> m_health;
    std::vector<std::jthread> m_threads;
    std::atomic<std::uint64_t> m_hurried = 0;
};

} // namespace spillway
