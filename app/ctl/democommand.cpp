// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/holder.h"
#include "app/console/overviewfacts.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/text.h"
#include "model/job/waiter.h"

#include <QDir>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis watched{12'000}; // long enough for a trend: lag that grows, letters that arrive

/// The demo's state begins empty; whatever reads it needs a look at the company first.
int collectOnce(Session& session)
{
    auto holder = Holder::acquire(*session.context(), u"spillwayctl demo"_s);
    if (!holder)
        return refuse(holder.error());
    const CollectReport report = (*holder)->collectOnce(session.stop());
    for (const Error& failure : report.failures)
        say(failure.detail);
    return report.failures.empty() ? Done : OutOfReach;
}

void heading(const QString& sentence, const QString& command)
{
    printText(u"\n%1\n$ spillwayctl --demo %2\n"_s.arg(sentence, command));
}

QString concernsText(const std::vector<Concern>& concerns)
{
    if (concerns.empty())
        return u"Nothing needs anybody now."_s;
    QStringList lines;
    for (const Concern& concern : concerns) {
        lines += u"%1  %2"_s.arg(severityWord(concern.severity).leftJustified(8), concern.summary);
        lines += u"          %1 · %2"_s.arg(concern.team.value_or(u"nobody owns it"_s), concern.evidence);
    }
    return lines.join(u'\n');
}

int showConcerns(Session& session, const std::vector<ConnectionHealth>& health)
{
    const Context& context = *session.context();
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const UtcTime now = SystemClock().now();
    const auto facts = readOverviewFacts(*reader, context, health, StateHolder::None, now);
    if (!facts)
        return refuse(facts.error());
    printText(concernsText(rankConcerns(*facts, context.catalog, context.workspace.alerts, now)));
    return Done;
}

} // namespace

int prepareDemo(Session& session, const Command& command)
{
    const bool looksForItself = std::holds_alternative<Demo>(command) || std::holds_alternative<Collect>(command) ||
                                std::holds_alternative<Check>(command) || std::holds_alternative<Cost>(command) ||
                                std::holds_alternative<CatalogLint>(command) ||
                                std::holds_alternative<CatalogSearch>(command) ||
                                std::holds_alternative<CatalogRules>(command) ||
                                std::holds_alternative<SchemaCheckCommand>(command);
    return looksForItself ? Done : collectOnce(session);
}

int run(Session& session, const Demo&)
{
    const Context* context = session.context();
    printText(u"A little company on an embedded broker at %1.\nWatching it for %2 …"_s.arg(
        context->workspace.connections.front().bootstrapServers.join(u", "_s), formatDuration(watched)));
    std::vector<ConnectionHealth> health;
    {
        auto holder = Holder::acquire(*context, u"spillwayctl demo"_s);
        if (!holder)
            return refuse(holder.error());
        (*holder)->startCollecting({});
        SystemWaiter waiter;
        const bool isWatched = waiter.waitFor(watched, session.stop());
        (*holder)->collector().stop();
        health = (*holder)->collector().health();
        if (!isWatched)
            return Done;
    }

    printText(u"\nWhat needs somebody now:\n"_s);
    if (const int exitCode = showConcerns(session, health); exitCode != Done)
        return exitCode;
    heading(u"Who is behind, and by how much time:"_s, u"lag"_s);
    run(session, Lag{});
    heading(u"Promises to consumers:"_s, u"slo"_s);
    run(session, Slo{});
    heading(u"What failed, grouped by why:"_s, u"dlq groups"_s);
    run(session, DlqGroups{});

    const QString plan = QDir(context->stateFolder).filePath(u"demo.plan"_s);
    heading(u"The transient ones go back into the stream; first a plan, which sends nothing:"_s,
            u"replay plan --query 'kind:transient' --out demo.plan"_s);
    run(session, ReplayPlan{.query = u"kind:transient"_s, .out = plan});
    heading(u"Then the replay: one message first, then the rest; outcomes are waited for:"_s,
            u"replay run demo.plan --canary 1,all --settle 10s --write"_s);
    GlobalOptions writing = session.options();
    writing.write = true;
    Session writer(writing, session.stop());
    writer.adopt(*context);
    run(writer, ReplayRun{.plan = plan, .canary = u"1,all"_s, .settle = u"10s"_s});
    heading(u"What each team's events cost:"_s, u"cost"_s);
    return run(session, Cost{});
}

} // namespace spillway::ctl
