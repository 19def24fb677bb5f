// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/holder.h"
#include "app/console/holding.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/text.h"
#include "model/job/waiter.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The report of a `collect --once` as people read it.
QString collectedText(const QByteArray& json)
{
    const QJsonObject report = QJsonDocument::fromJson(json).object();
    CollectReport counts;
    counts.lagSamples = report[u"lagSamples"].toInteger();
    counts.processingRecords = report[u"processingRecords"].toInteger();
    counts.deadLetters = report[u"deadLetters"].toInteger();
    counts.unreadable = report[u"unreadable"].toInteger();
    counts.elapsed = Millis{report[u"elapsedMs"].toInteger()};
    return counts.text();
}

constexpr Millis untilStopped = std::chrono::hours(24 * 36500); // longer than any process, short enough for every clock

int collectUntilStopped(Session& session, const Context& context, std::optional<Millis> duration)
{
    auto holder = acquireSoon(context, u"spillwayctl collect"_s, session.stop());
    if (!holder) {
        // Somebody else collects. Waiting silently would be worse than saying so.
        say(u"spillwayctl: "_s + holder.error().detail);
        return holder.error().code == ErrorCode::Conflict ? OutOfReach : exitCodeFor(holder.error().code);
    }
    Collector& collector = (*holder)->collector();
    const UtcTime started = (*holder)->clock().now();
    (*holder)->startCollecting([](const ConnectionHealth& health) {
        if (health.lastError)
            say(health.connection + u": "_s + health.lastError->detail);
        else if (health.connectivity == Connectivity::Connected)
            say(health.connection + u": connected"_s);
    });
    SystemWaiter waiter;
    (void)waiter.waitFor(duration.value_or(untilStopped), session.stop());
    collector.stop();

    CollectReport total = collector.total();
    total.elapsed = std::max(Millis{0}, (*holder)->clock().now() - started);
    session.options().json ? printLine(total.json()) : printText(total.text());
    bool isReachable = true;
    for (const ConnectionHealth& health : collector.health())
        // A broker that there was no time to ask has not failed; one that did has said why.
        isReachable = isReachable && (health.connectivity == Connectivity::Connected || !health.lastError);
    // Stopped by a person or a supervisor, everything read is committed: that is what was asked for.
    return isReachable || session.stop().stop_requested() ? Done : OutOfReach;
}

} // namespace

int run(Session& session, const Collect& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    session.sayIssues();
    if (context->workspace.connections.empty())
        say(u"spillwayctl: the workspace has no connection, so that nothing can be collected from a broker; add one under 'connections' in %1"_s
                .arg(context->workspace.file));
    if (!command.once)
        return collectUntilStopped(session, *context, command.duration);
    return session.decide(u"spillwayctl collect"_s, CollectOnceDecision{}, [&session](const QByteArray& json) {
        return session.options().json ? printLine(json) : printText(collectedText(json));
    });
}

} // namespace spillway::ctl
