// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/tellingrules.h"

#include <algorithm>

namespace spillway {

namespace {

constexpr int decisionsLookedAt = 1'000; // newer ones than these cover whatever ended lately

Severity leastTold(AlertTelling::From from)
{
    switch (from) {
    case AlertTelling::From::Critical:
        return Severity::Critical;
    case AlertTelling::From::Warning:
        return Severity::Warning;
    case AlertTelling::From::Info:
        return Severity::Info;
    }
    return Severity::Warning;
}

/// A time to come is one of a clock that was stepped back since.
bool isOver(UtcTime at, Millis span, UtcTime now)
{
    return at > now || now - at >= span;
}

std::optional<TellingStage> stageOf(const Alert& alert, const Told* told, std::optional<UtcTime> lastResolvedAt,
                                    const AlertTelling& settings, UtcTime now)
{
    const Incident& incident = alert.incident;
    const Severity severity = incident.concern.severity;
    if (!isTold(alert, settings))
        return std::nullopt;
    const bool isKnown = told != nullptr && told->telling.stage != TellingStage::Resolved &&
                         !(lastResolvedAt && *lastResolvedAt > told->at) &&
                         incident.openedAt - told->at <= settings.repeat;
    if (!isKnown)
        return TellingStage::Opened;
    const bool cameBack = incident.gradedAt > told->at && incident.gradedAt > incident.openedAt;
    if (severity < told->telling.severity || (cameBack && severity == told->telling.severity))
        return TellingStage::Worse;
    if (severity == Severity::Critical && !told->isOnItsWay && isOver(told->at, settings.repeat, now))
        return TellingStage::StillOpen;
    return std::nullopt;
}

bool isBefore(const DueTelling& a, const DueTelling& b)
{
    const bool endedA = a.stage == TellingStage::Resolved;
    const bool endedB = b.stage == TellingStage::Resolved;
    if (endedA != endedB)
        return endedB;
    return a.alert.incident.concern.severity < b.alert.incident.concern.severity;
}

} // namespace

bool isTold(const Alert& alert, const AlertTelling& settings)
{
    return alert.state == AlertState::Firing && alert.incident.concern.severity <= leastTold(settings.from);
}

Result<TellingFacts> readTellingFacts(Database& reader, const AlertTelling& settings, UtcTime now)
{
    auto incidents = readIncidents(reader, 0);
    if (!incidents)
        return tl::unexpected<Error>(incidents.error());
    const auto inForce = alertDecisionsInForce(reader, now);
    if (!inForce)
        return tl::unexpected<Error>(inForce.error());
    const auto decisions = alertDecisions(reader, decisionsLookedAt);
    if (!decisions)
        return tl::unexpected<Error>(decisions.error());
    auto told = toldBefore(reader, now - settings.pace);
    if (!told)
        return tl::unexpected<Error>(told.error());
    TellingFacts facts{.open = {}, .lastResolvedAt = std::move(incidents->lastResolvedAt), .ended = {}, .told = {}};
    std::map<QString, Told> gone = told->last; // what is left of it at the end is open no more
    for (Incident& incident : incidents->open) {
        gone.erase(incident.id);
        const auto before = facts.lastResolvedAt.find(incident.id);
        facts.open.push_back(
            alertOf(std::move(incident), *inForce,
                    before == facts.lastResolvedAt.end() ? std::nullopt : std::optional(before->second), now));
    }
    for (const auto& [id, last] : gone) {
        if (last.telling.stage == TellingStage::Resolved)
            continue;
        auto ended = lastResolvedIncident(reader, id);
        if (!ended)
            return tl::unexpected<Error>(ended.error());
        if (!*ended || *(*ended)->resolvedAt < last.at)
            continue; // a store made anew: nobody saw it end
        const UtcTime end = *(*ended)->resolvedAt;
        const bool isSilenced = std::any_of(decisions->begin(), decisions->end(), [&](const AlertDecision& decision) {
            return decision.kind == AlertDecision::Kind::Silenced && decision.at <= end &&
                   covers(decision, **ended, std::nullopt, end);
        });
        if (!isSilenced)
            facts.ended.push_back(alertOf(std::move(**ended), {}, std::nullopt, now));
    }
    facts.told = std::move(*told);
    return facts;
}

std::vector<DueTeam> dueTellings(const TellingFacts& facts, const AlertTelling& settings, UtcTime now)
{
    struct Pile
    {
        std::vector<DueTelling> tellings;
        bool isUrgent = false; ///< something critical that is new
    };
    std::map<std::optional<QString>, Pile> piles;
    const auto lastOf = [&facts](const QString& id) {
        const auto at = facts.told.last.find(id);
        return at == facts.told.last.end() ? nullptr : &at->second;
    };
    for (const Alert& alert : facts.open) {
        const Told* told = lastOf(alert.incident.id);
        const auto before = facts.lastResolvedAt.find(alert.incident.id);
        const auto stage =
            stageOf(alert, told, before == facts.lastResolvedAt.end() ? std::nullopt : std::optional(before->second),
                    settings, now);
        if (!stage)
            continue;
        Pile& pile = piles[alert.incident.concern.team];
        pile.tellings.push_back({*stage, alert});
        pile.isUrgent = pile.isUrgent ||
                        (alert.incident.concern.severity == Severity::Critical && *stage != TellingStage::StillOpen &&
                         (told == nullptr || isOver(told->at, settings.pace, now)));
    }
    for (const Alert& alert : facts.ended)
        piles[alert.incident.concern.team].tellings.push_back({TellingStage::Resolved, alert});

    std::vector<DueTeam> due;
    for (auto& [team, pile] : piles) {
        const auto last = facts.told.lastOfTeam.find(team);
        if (!pile.isUrgent && last != facts.told.lastOfTeam.end() && !isOver(last->second, settings.pace, now))
            continue;
        std::stable_sort(pile.tellings.begin(), pile.tellings.end(), isBefore);
        due.push_back({team, std::move(pile.tellings)});
    }
    return due;
}

} // namespace spillway
