// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/overviewfacts.h"

#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterretention.h"

#include <algorithm>

namespace spillway {

namespace {

constexpr Millis promiseWindow{24LL * 3'600'000}; // the article's window

ReplayFinding findingOf(const ReplayJobRow& row)
{
    return {.job = row.jobId,
            .state = row.state,
            .target = row.targets.size() == 1 ? row.targets.front() : QString(),
            .messages = row.messages,
            .sent = row.sent,
            .since = row.finishedAt ? row.finishedAt : row.startedAt};
}

} // namespace

Result<OverviewFacts> readOverviewFacts(Database& reader, const Context& context, std::vector<ConnectionHealth> health,
                                        StateHolder holder, UtcTime now)
{
    const auto groups = lagGroups(reader, context.catalog);
    if (!groups)
        return tl::unexpected(groups.error());
    const auto promises = sloRows(reader, context.catalog, promiseWindow, now);
    if (!promises)
        return tl::unexpected(promises.error());
    const auto replays = replayJobs(reader, holder);
    if (!replays)
        return tl::unexpected(replays.error());

    const auto lastSampleAt = lastLagSampleAt(reader);
    if (!lastSampleAt)
        return tl::unexpected(lastSampleAt.error());

    auto kept = keptDoctorFacts(reader);
    if (!kept)
        return tl::unexpected(kept.error());

    OverviewFacts facts{.connections = std::move(health)};
    facts.setup = examine(*kept, context.workspace, context.catalog);
    facts.channels = std::move(kept->channels);
    const auto size = storeSize(reader);
    if (!size)
        return tl::unexpected(size.error());
    // Counted per group as letters come and are decided on: nothing here walks through letters, however many there are.
    facts.store = StoreFinding{.usedBytes = size->usedBytes, .maxBytes = context.workspace.retention.maxSizeBytes};
    for (const OpenLetterCount& count : kept->letters) {
        facts.store->openLetters += count.open;
        facts.letters.push_back(
            {.team = count.team, .eventType = count.eventType, .open = count.open, .oldestAt = count.oldestAt});
    }
    facts.collection.lastSampleAt = *lastSampleAt;
    facts.collection.hasConnections = !context.workspace.connections.empty();
    for (const ConnectionSettings& connection : context.workspace.connections)
        facts.collection.sampleInterval = std::max(facts.collection.sampleInterval, connection.sampleInterval);
    for (const LagGroupRow& row : *groups)
        facts.groups.push_back(findingOf(row));
    for (const SloRow& row : *promises)
        facts.promises.push_back(findingOf(row, promiseWindow));
    for (const ReplayJobRow& row : *replays)
        facts.replays.push_back(findingOf(row));
    return facts;
}

} // namespace spillway
