// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/notify/outbox.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>

namespace spillway {

/// How a try is to be repeated.
struct RetryPlan
{
    Millis first{5'000};            ///< after the first failed try; doubled each time
    Millis longest{900'000};        ///< a quarter of an hour
    Millis longestAsked{3'600'000}; ///< a target that asks for more rest than this is asked again after it
    Millis giveUpAfter{86'400'000}; ///< since it was queued
    Millis slackPace{1'000};        ///< Slack takes one message a second
};

/// When to try again after the `attempt`th try, by exponential backoff; up to a fifth is taken off, by the message's
/// id, so that many do not come back at once. Pure.
[[nodiscard]] Millis restAfter(int attempt, const QString& id, const RetryPlan& plan);

/// Delivers what the outbox holds. Each try is an event before it and one after it, so that a kill at any instant
/// leaves one of: not sent; sent and told; sending, and then nobody knows whether it arrived. What nobody knows is sent
/// again with the same id where the receiver can tell (webhook), and left in doubt for a person where it cannot
/// (Slack): on the wire that is at least once for the one and at most once for the other. Thread-safe: one delivers at
/// a time.
class Dispatcher
{
public:
    using ReaderMaker = std::function<Result<Database>()>;
    Dispatcher(const Outbox& outbox, ReaderMaker reader, Notifier& notifier, const Clock& clock, QString actor,
               RetryPlan plan = {});

    struct Report
    {
        int delivered = 0;
        int failed = 0;
        int inDoubt = 0;
        int waiting = 0;               ///< to be tried again
        std::optional<UtcTime> nextAt; ///< when the first of them is due
    };
    /// Tries everything that is due once, oldest first. Waits for Slack's pace, and for its turn while another thread
    /// delivers. A target that cannot be reached costs one try: what else is for it waits for the next call. After a
    /// stop nothing more is sent. An error: files could not be read or written; what was sent until then is on record.
    [[nodiscard]] Result<Report> deliverDue(std::stop_token stop);

private:
    class Turn;
    [[nodiscard]] Status deliverAll(Report& report, std::map<QString, UtcTime>& closedUntil, Database& reader,
                                    std::stop_token stop);
    [[nodiscard]] Result<DeliveryOutcome::Kind> tryOne(const Notification& notification, Report& report,
                                                       std::stop_token stop);
    [[nodiscard]] NotifySettlement settlementOf(const Notification& notification, int attempt,
                                                const DeliveryOutcome& outcome) const;
    [[nodiscard]] bool waitForPace(const NotifyMessage& message, std::stop_token stop);

    const Outbox& m_outbox;
    ReaderMaker m_reader;
    Notifier& m_notifier;
    const Clock& m_clock;
    QString m_actor;
    RetryPlan m_plan;
    std::mutex m_mutex; // guards: m_isTaken
    std::condition_variable_any m_turnEnded;
    bool m_isTaken = false;                // whose turn it is has m_notifier and m_lastSent
    std::map<QString, UtcTime> m_lastSent; ///< by target
};

} // namespace spillway
