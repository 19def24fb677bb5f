// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps us from seeing: brokers that do not answer, samples that stopped coming, replays that did not end.
#include "model/alert/concernlist.h"
#include "model/alert/concernwords.h"
#include "model/base/shelltext.h"
#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

ConcernAction checkConnection(const QString& name)
{
    return {.screen = ConcernScreen::Connections,
            .filter = name,
            .label = u"Check connection"_s,
            .command = u"spillwayctl check"_s};
}

void addConnection(const ConnectionHealth& health, UtcTime now, ConcernList& list)
{
    Concern concern{.rule = ConcernRule::ConnectionDown, .severity = Severity::Critical};
    const QString name = visibleText(health.connection);
    switch (health.connectivity) {
    case Connectivity::Unknown:
    case Connectivity::Connecting:
    case Connectivity::Connected:
        return;
    case Connectivity::Degraded:
        concern.severity = Severity::Warning;
        concern.summary = u"%1 answers only in part"_s.arg(name);
        break;
    case Connectivity::Unreachable:
        concern.summary = u"%1 cannot be reached; what is shown of it is old"_s.arg(name);
        break;
    case Connectivity::Unauthorised:
        concern.summary = u"%1 refuses us; what is shown of it is old"_s.arg(name);
        break;
    }
    if (health.lastError)
        concern.evidence = visibleText(health.lastError->detail);
    concern.since = health.lastContact;
    concern.action = checkConnection(health.connection);
    const double silent = health.lastContact ? static_cast<double>((now - *health.lastContact).count()) : 0;
    list.add(std::move(concern), health.connection, silent);
}

void addStale(const CollectionFinding& collection, UtcTime now, ConcernList& list)
{
    constexpr int intervals = 3; // fewer would warn about every slow sample
    if (!collection.hasConnections)
        return;
    if (collection.lastSampleAt && now - *collection.lastSampleAt <= collection.sampleInterval * intervals)
        return;
    Concern concern{.rule = ConcernRule::SamplesStale, .severity = Severity::Warning};
    concern.summary = collection.lastSampleAt
                          ? u"Nothing has been collected for %1; everything below is that old"_s.arg(
                                formatDuration(now - *collection.lastSampleAt))
                          : u"Nothing has been collected yet"_s;
    concern.evidence = u"a sample is due every %1"_s.arg(formatDuration(collection.sampleInterval));
    concern.since = collection.lastSampleAt;
    concern.action = {.screen = ConcernScreen::Connections,
                      .filter = {},
                      .label = u"Collect now"_s,
                      .command = u"spillwayctl collect --once"_s};
    list.add(std::move(concern), u"collection"_s, 0);
}

} // namespace

void addConnectionConcerns(const OverviewFacts& facts, UtcTime now, ConcernList& list)
{
    for (const ConnectionHealth& health : facts.connections)
        addConnection(health, now, list);
    addStale(facts.collection, now, list);
}

void addReplayConcerns(const std::vector<ReplayFinding>& replays, ConcernList& list)
{
    for (const ReplayFinding& replay : replays) {
        QString happened;
        switch (replay.state) {
        case JobState::Interrupted:
            happened = u"was interrupted"_s;
            break;
        case JobState::Stopped:
            happened = u"stopped by its rule"_s;
            break;
        case JobState::Failed:
            happened = u"failed"_s;
            break;
        case JobState::Planned:
        case JobState::Running:
        case JobState::Paused:
        case JobState::Verifying:
        case JobState::Done:
        case JobState::Cancelled:
            continue;
        }
        Concern concern{.rule = ConcernRule::ReplayUnfinished, .severity = Severity::Warning};
        const QString target = replay.target.isEmpty() ? QString() : u" to %1"_s.arg(visibleText(replay.target));
        concern.summary = u"Replay %1%2 %3 with %4 of %5 sent"_s.arg(
            visibleText(replay.job), target, happened, formatCount(replay.sent),
            countText(replay.messages, u"message"_s, u"messages"_s));
        concern.evidence = u"%1 not sent"_s.arg(formatCount(std::max<std::int64_t>(0, replay.messages - replay.sent)));
        concern.since = replay.since;
        concern.action = {.screen = ConcernScreen::Replays,
                          .filter = replay.job,
                          .label = u"Resume replay"_s,
                          .command = u"spillwayctl replay resume %1 --write"_s.arg(shellQuoted(replay.job))};
        list.add(std::move(concern), replay.job, static_cast<double>(replay.messages - replay.sent));
    }
}

} // namespace spillway
