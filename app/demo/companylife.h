// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/companyhistory.h"

#include <deque>
#include <map>

namespace spillway::demo {

/// The company at work: events go out, services handle them each at its pace, failures become dead letters, and what
/// somebody replays is handled again. Pure: time and what lies in the topics come in, what is to be sent and committed
/// goes out. The same seed, times and observations give the same company. One thread.
class CompanyLife
{
public:
    CompanyLife(std::uint64_t seed, UtcTime start);

    /// What is there before the first step; to be produced in the order events, letters, log, each in its own order.
    [[nodiscard]] const CompanyPast& past() const { return m_past; }

    struct Step
    {
        std::vector<RawRecord> produce;
        std::vector<GroupCommit> commits; ///< of partitions that moved, the newest position only
    };
    /// One step of the company's life; call it some times a second.
    /// @param observed  records that came to lie in the company's three topics since the last step, whoever wrote them,
    /// in
    ///                  order per partition.
    [[nodiscard]] Step step(UtcTime now, const std::vector<RawRecord>& observed);

private:
    /// Events of a topic that a running service has still to handle.
    struct Backlog
    {
        std::deque<RawRecord> records;
        std::int64_t firstIndex = 0; ///< of `records.front()`, counted since the start
        [[nodiscard]] std::int64_t endIndex() const { return firstIndex + static_cast<std::int64_t>(records.size()); }
    };
    struct Worker
    {
        const Service* service = nullptr;
        std::int64_t nextIndex = 0; ///< in its topic's backlog
        double credit = 0;          ///< events it may handle now
        bool isCatchingUp = false;  ///< Pace::Slow only
    };

    void publish(UtcTime now, double seconds, Step& step);
    void work(Worker& worker, UtcTime now, double seconds, Step& step);
    [[nodiscard]] double perSecond(Worker& worker, UtcTime now, std::int64_t behind) const;
    void trim();

    Random m_random;
    EventFactory m_factory{m_random};
    UtcTime m_start;
    UtcTime m_last;
    CompanyPast m_past;
    std::map<QString, Backlog> m_backlogs;
    std::vector<Worker> m_workers;
    std::array<double, 4> m_due{}; ///< fractions of events not yet published, by type
};

} // namespace spillway::demo
