// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/notify/dispatcher.h"

#include "model/job/waiter.h"
#include "model/notify/notifystore.h"

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Millis restAfter(int attempt, const QString& id, const RetryPlan& plan)
{
    Millis rest = plan.first;
    for (int i = 1; i < attempt && rest < plan.longest; ++i)
        rest *= 2;
    rest = std::min(rest, plan.longest);
    const int spread = static_cast<int>(qHash(id, 0) % 21); // percent, 0 to 20; the same seed in every process
    return rest - rest * spread / 100;
}

Dispatcher::Dispatcher(const Outbox& outbox, ReaderMaker reader, Notifier& notifier, const Clock& clock, QString actor,
                       RetryPlan plan)
    : m_outbox(outbox)
    , m_reader(std::move(reader))
    , m_notifier(notifier)
    , m_clock(clock)
    , m_actor(std::move(actor))
    , m_plan(plan)
{
}

/// The right to send. A try may last seconds, so that a stop ends the wait for it.
class Dispatcher::Turn
{
public:
    Turn(Dispatcher& of, std::stop_token stop)
        : m_of(of)
    {
        std::unique_lock lock(of.m_mutex);
        m_isOurs = of.m_turnEnded.wait(lock, std::move(stop), [&of] { return !of.m_isTaken; });
        if (m_isOurs)
            of.m_isTaken = true;
    }
    ~Turn()
    {
        if (!m_isOurs)
            return;
        {
            const std::lock_guard lock(m_of.m_mutex);
            m_of.m_isTaken = false;
        }
        m_of.m_turnEnded.notify_one();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    [[nodiscard]] bool isOurs() const { return m_isOurs; }

private:
    Dispatcher& m_of;
    bool m_isOurs = false;
};

/// False: a stop was asked for. Slack's limit is per target.
bool Dispatcher::waitForPace(const NotifyMessage& message, std::stop_token stop)
{
    const auto last = m_lastSent.find(message.target);
    if (message.kind != NotifyTarget::Kind::Slack || last == m_lastSent.end())
        return !stop.stop_requested();
    const Millis rest = std::min(m_plan.slackPace, last->second + m_plan.slackPace - m_clock.now());
    SystemWaiter waiter;
    return rest.count() <= 0 ? !stop.stop_requested() : waiter.waitFor(rest, stop);
}

NotifySettlement Dispatcher::settlementOf(const Notification& notification, int attempt,
                                          const DeliveryOutcome& outcome) const
{
    NotifySettlement settlement{
        .id = notification.message.id, .httpStatus = outcome.httpStatus, .detail = outcome.detail};
    const UtcTime now = m_clock.now();
    switch (outcome.kind) {
    case DeliveryOutcome::Kind::Delivered:
        settlement.state = NotifyState::Delivered;
        return settlement;
    case DeliveryOutcome::Kind::Refused:
        settlement.state = NotifyState::Failed;
        return settlement;
    case DeliveryOutcome::Kind::Unknown:
        if (!tellsRepeats(notification.message.kind)) {
            settlement.state = NotifyState::InDoubt;
            return settlement;
        }
        break;
    case DeliveryOutcome::Kind::NotSent:
        break;
    }
    if (now - notification.queuedAt >= m_plan.giveUpAfter) {
        settlement.state = NotifyState::Failed;
        settlement.detail = u"given up after a day; last: %1"_s.arg(outcome.detail);
        return settlement;
    }
    settlement.state = NotifyState::Queued;
    settlement.isLimited = outcome.retryAfter.has_value();
    settlement.nextAt = now + (outcome.retryAfter ? std::min(*outcome.retryAfter, m_plan.longestAsked)
                                                  : restAfter(attempt, notification.message.id, m_plan));
    return settlement;
}

Result<DeliveryOutcome::Kind> Dispatcher::tryOne(const Notification& notification, Report& report, std::stop_token stop)
{
    const int attempt = notification.attempts + 1;
    if (const Status noted = m_outbox.noteSending(m_actor, notification.message.id, attempt); !noted)
        return tl::unexpected(noted.error());
    const DeliveryOutcome outcome = m_notifier.deliver(notification.message, attempt, std::move(stop));
    m_lastSent[notification.message.target] = m_clock.now();
    const NotifySettlement settlement = settlementOf(notification, attempt, outcome);
    switch (settlement.state) {
    case NotifyState::Delivered:
        ++report.delivered;
        break;
    case NotifyState::Failed:
        ++report.failed;
        break;
    case NotifyState::InDoubt:
        ++report.inDoubt;
        break;
    case NotifyState::Queued:
    case NotifyState::Sending:
        break;
    }
    if (const Status settled = m_outbox.settle(m_actor, settlement); !settled)
        return tl::unexpected(settled.error());
    return outcome.kind;
}

/// @param closedUntil  by target: as they asked for rest
Status Dispatcher::deliverAll(Report& report, std::map<QString, UtcTime>& closedUntil, Database& reader,
                              std::stop_token stop)
{
    const auto open = openNotifications(reader);
    if (!open)
        return tl::unexpected(open.error());
    std::set<QString> unreached; // targets that failed just now
    for (const Notification& each : *open) {
        if (each.isLimited && each.nextAt)
            closedUntil[each.message.target] = std::max(closedUntil[each.message.target], *each.nextAt);
    }
    for (Notification each : *open) {
        if (stop.stop_requested())
            break;
        if (each.state == NotifyState::Sending) {
            // Nobody but us sends, and we are not sending: whoever did died before it knew what came of it.
            NotifySettlement settlement{.id = each.message.id,
                                        .state = tellsRepeats(each.message.kind) ? NotifyState::Queued
                                                                                 : NotifyState::InDoubt,
                                        .detail = u"the process that sent it ended before it knew what came of it"_s};
            if (const Status settled = m_outbox.settle(m_actor, settlement); !settled)
                return tl::unexpected(settled.error());
            if (settlement.state == NotifyState::InDoubt) {
                ++report.inDoubt;
                continue;
            }
            each.state = NotifyState::Queued;
            each.nextAt.reset();
        }
        if (unreached.contains(each.message.target))
            continue;
        const auto closed = closedUntil.find(each.message.target);
        if (closed != closedUntil.end() && closed->second > m_clock.now())
            continue;
        if (each.nextAt && *each.nextAt > m_clock.now())
            continue;
        if (!waitForPace(each.message, stop))
            break;
        const auto tried = tryOne(each, report, stop);
        if (!tried)
            return tl::unexpected(tried.error());
        if (*tried == DeliveryOutcome::Kind::Unknown || *tried == DeliveryOutcome::Kind::NotSent)
            unreached.insert(each.message.target);
        const auto after = findNotification(reader, each.message.id);
        if (after && *after && (*after)->isLimited && (*after)->nextAt)
            closedUntil[each.message.target] = *(*after)->nextAt;
    }
    return {};
}

Result<Dispatcher::Report> Dispatcher::deliverDue(std::stop_token stop)
{
    Report report;
    auto reader = m_reader();
    if (!reader)
        return tl::unexpected(reader.error());
    std::map<QString, UtcTime> closedUntil;
    if (const Turn turn(*this, stop); turn.isOurs()) {
        if (const Status delivered = deliverAll(report, closedUntil, *reader, stop); !delivered)
            return tl::unexpected(delivered.error());
    }
    const auto left = openNotifications(*reader);
    if (!left)
        return tl::unexpected(left.error());
    for (const Notification& each : *left) {
        ++report.waiting;
        const UtcTime at = each.nextAt.value_or(
            closedUntil.contains(each.message.target) ? closedUntil.at(each.message.target) : m_clock.now());
        report.nextAt = report.nextAt ? std::min(*report.nextAt, at) : at;
    }
    return report;
}

} // namespace spillway
