// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/companylife.h"

#include <algorithm>
#include <limits>

using namespace std::chrono_literals;

namespace spillway::demo {

namespace {

constexpr double createdPerSecond = 2.5;
constexpr double cancelledPerSecond = 0.2;
constexpr double paidPerSecond = 2.0;
constexpr double profilesPerSecond = 0.15;

constexpr double renamedShare = 0.12; ///< of new orders
constexpr double overLimitShare = 0.004;
constexpr double timeoutShare = 0.03; ///< of orders at the payment service's first sight
constexpr double connectShare = 0.0125;

constexpr Millis longestStep = 2s; ///< after a longer sleep nobody publishes what was slept through

} // namespace

CompanyLife::CompanyLife(std::uint64_t seed, UtcTime start)
    : m_random(seed)
    , m_start(start)
    , m_last(start)
{
    m_past = makePast(m_random, m_factory, start);
    for (const Service& service : services()) {
        if (service.pace == Pace::Stalled || service.pace == Pace::NeverStarted)
            continue;
        Backlog& backlog = m_backlogs[service.topic];
        m_workers.push_back({.service = &service, .nextIndex = 0, .credit = 0, .isCatchingUp = false});
        if (!backlog.records.empty())
            continue;
        for (const RawRecord& event : m_past.events) {
            if (event.at.topic == service.topic)
                backlog.records.push_back(event);
        }
    }
    for (Worker& worker : m_workers) {
        const std::size_t handled = m_past.firstUnhandled.at(worker.service->name);
        worker.nextIndex =
            std::count_if(m_past.events.begin(), m_past.events.begin() + static_cast<std::ptrdiff_t>(handled),
                          [&](const RawRecord& event) { return event.at.topic == worker.service->topic; });
    }
    trim();
}

CompanyLife::Step CompanyLife::step(UtcTime now, const std::vector<RawRecord>& observed)
{
    const Millis passed = std::clamp(Millis{now - m_last}, Millis{0}, longestStep);
    const double seconds = static_cast<double>(passed.count()) / 1'000.0;
    m_last = now;
    Step step;
    for (const RawRecord& record : observed) {
        const auto backlog = m_backlogs.find(record.at.topic);
        if (backlog == m_backlogs.end())
            continue;
        backlog->second.records.push_back(record);
        if (viewOf(record).eventType == orderCreated && m_random.chance(connectShare))
            step.produce.push_back(connectLetter(record));
    }
    publish(now, seconds, step);
    for (Worker& worker : m_workers)
        work(worker, now, seconds, step);
    trim();
    return step;
}

void CompanyLife::publish(UtcTime now, double seconds, Step& step)
{
    constexpr std::array rates{createdPerSecond, cancelledPerSecond, paidPerSecond, profilesPerSecond};
    for (std::size_t type = 0; type < rates.size(); ++type) {
        for (m_due[type] += rates[type] * seconds; m_due[type] >= 1; m_due[type] -= 1) {
            switch (type) {
            case 0: {
                const OrderFlaw flaw = m_random.chance(renamedShare)     ? OrderFlaw::RenamedCustomer
                                       : m_random.chance(overLimitShare) ? OrderFlaw::OverLimit
                                                                         : OrderFlaw::None;
                step.produce.push_back(m_factory.makeOrderCreated(now, flaw));
                break;
            }
            case 1:
                step.produce.push_back(m_factory.makeOrderCancelled(now));
                break;
            case 2:
                step.produce.push_back(m_factory.makePaymentCompleted(now));
                break;
            default:
                step.produce.push_back(m_factory.makeProfileUpdated(now));
            }
        }
    }
}

double CompanyLife::perSecond(Worker& worker, UtcTime now, std::int64_t behind) const
{
    switch (worker.service->pace) {
    case Pace::Steady:
        return std::numeric_limits<double>::infinity();
    case Pace::FallsBehindAndRecovers: {
        const bool isFallingBehind = (now - m_start) % Millis{60s} < Millis{35s};
        return isFallingBehind ? 0.5 : 15;
    }
    case Pace::Slow:
        if (behind > 1'500)
            worker.isCatchingUp = true;
        else if (behind < 500)
            worker.isCatchingUp = false;
        return worker.isCatchingUp ? 6 : 2.2;
    case Pace::Stalled:
    case Pace::NeverStarted:
        return 0;
    }
    return 0;
}

void CompanyLife::work(Worker& worker, UtcTime now, double seconds, Step& step)
{
    const Service& service = *worker.service;
    const Backlog& backlog = m_backlogs.at(service.topic);
    const std::int64_t behind = backlog.endIndex() - worker.nextIndex;
    const double rate = perSecond(worker, now, behind);
    // A steady service handles all there is; one that has a pace saves up no more than it could use.
    worker.credit = rate == std::numeric_limits<double>::infinity()
                        ? static_cast<double>(behind)
                        : std::min(worker.credit + rate * seconds, static_cast<double>(behind) + 1);
    std::map<TopicPartition, std::int64_t> moved;
    for (; worker.credit >= 1 && worker.nextIndex < backlog.endIndex(); worker.credit -= 1, ++worker.nextIndex) {
        const RawRecord& record = backlog.records[static_cast<std::size_t>(worker.nextIndex - backlog.firstIndex)];
        moved[record.at] = record.offset.value + 1;
        const EventView event = viewOf(record);
        const HandlingTime* time = service.handling(event.eventType);
        if (time == nullptr)
            continue; // not one of its events: it reads on
        std::optional<Failure> failure = flawOf(service, event);
        if (!failure && !event.isReplay && service.name == "payment-service" && event.eventType == orderCreated &&
            m_random.chance(timeoutShare))
            failure = gatewayTimeout(5'000);
        const double latencyMs = m_random.logNormal(time->medianMs, time->sigma) + (failure ? 3'200 : 0);
        Handling handling = handle(m_random, service, record, event, failure, latencyMs, now);
        std::ranges::move(handling.log, std::back_inserter(step.produce));
        if (handling.letter)
            step.produce.push_back(std::move(*handling.letter));
    }
    for (const auto& [at, next] : moved)
        step.commits.push_back({QString::fromUtf8(service.name), at, {next}});
}

void CompanyLife::trim()
{
    for (auto& [topic, backlog] : m_backlogs) {
        std::int64_t needed = backlog.endIndex();
        for (const Worker& worker : m_workers) {
            if (worker.service->topic == topic)
                needed = std::min(needed, worker.nextIndex);
        }
        for (; backlog.firstIndex < needed; ++backlog.firstIndex)
            backlog.records.pop_front();
    }
}

} // namespace spillway::demo
