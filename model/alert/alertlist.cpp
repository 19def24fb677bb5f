// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/alertlist.h"

#include "model/base/text.h"
#include "model/base/wordtable.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<AlertState, 6> stateWords{{{AlertState::Pending, u"pending"},
                                               {AlertState::Firing, u"firing"},
                                               {AlertState::Acknowledged, u"acknowledged"},
                                               {AlertState::Silenced, u"silenced"},
                                               {AlertState::Muted, u"muted"},
                                               {AlertState::Resolved, u"resolved"}}};

bool fits(const std::optional<QString>& wanted, const std::optional<QString>& is)
{
    return !wanted || wanted == is;
}

const AlertDecision* firstOf(AlertDecision::Kind kind, const std::vector<AlertDecision>& decisions,
                             const Incident& incident, std::optional<UtcTime> lastResolvedAt, UtcTime now)
{
    const auto at = std::find_if(decisions.begin(), decisions.end(), [&](const AlertDecision& decision) {
        return decision.kind == kind && covers(decision, incident, lastResolvedAt, now);
    });
    return at == decisions.end() ? nullptr : &*at;
}

Status addTold(Database& reader, std::vector<Alert>& alerts, const std::map<QString, UtcTime>& lastResolvedAt)
{
    for (Alert& alert : alerts) {
        const Incident& incident = alert.incident;
        const auto before = lastResolvedAt.find(incident.id);
        auto told = toldOf(reader, incident.id, incident.resolvedAt ? std::optional(incident.openedAt) : std::nullopt,
                           before == lastResolvedAt.end() ? std::nullopt : std::optional(before->second));
        if (!told)
            return tl::unexpected<Error>(told.error());
        alert.told = std::move(told->last);
        alert.notifiedAt = told->notifiedAt;
    }
    return {};
}

} // namespace

QString alertStateWord(AlertState state)
{
    return wordOf(stateWords, state);
}

bool covers(const AlertDecision& decision, const Incident& incident, std::optional<UtcTime> lastResolvedAt, UtcTime now)
{
    if (!decision.isInForce(now))
        return false;
    const Concern& concern = incident.concern;
    if (decision.kind == AlertDecision::Kind::Silenced)
        return fits(decision.alert, incident.id) && fits(decision.rule, concernRuleWord(concern.rule)) &&
               fits(decision.team, concern.team) && fits(decision.connection, incident.connection);
    if (decision.alert != incident.id)
        return false;
    if (lastResolvedAt && decision.at <= *lastResolvedAt)
        return false;
    // A store that was made anew has seen it later than the person did; what the rule says of its beginning holds.
    const bool gotWorse = incident.gradedAt > incident.openedAt;
    return decision.at >= (gotWorse ? incident.gradedAt : std::min(incident.openedAt, incident.since()));
}

Alert alertOf(Incident incident, const std::vector<AlertDecision>& decisions, std::optional<UtcTime> lastResolvedAt,
              UtcTime now)
{
    Alert alert{.incident = std::move(incident)};
    const Incident& seen = alert.incident;
    if (seen.resolvedAt) {
        alert.state = AlertState::Resolved;
        return alert;
    }
    if (!seen.firedAt) {
        alert.state = AlertState::Pending;
        return alert;
    }
    if (const auto* ack = firstOf(AlertDecision::Kind::Acknowledged, decisions, seen, lastResolvedAt, now)) {
        alert.state = AlertState::Acknowledged;
        alert.decision = *ack;
    } else if (const auto* silence = firstOf(AlertDecision::Kind::Silenced, decisions, seen, lastResolvedAt, now)) {
        alert.state = AlertState::Silenced;
        alert.decision = *silence;
    } else if (seen.mutedBy) {
        alert.state = AlertState::Muted;
    }
    return alert;
}

Result<AlertList> readAlerts(Database& reader, UtcTime now, int resolvedLimit)
{
    auto read = readIncidents(reader, resolvedLimit);
    if (!read)
        return tl::unexpected<Error>(read.error());
    const auto decisions = alertDecisionsInForce(reader, now);
    if (!decisions)
        return tl::unexpected<Error>(decisions.error());
    AlertList list{.open = {}, .resolved = {}, .evaluatedAt = read->evaluatedAt};
    const auto lastResolved = [&read](const QString& id) {
        const auto at = read->lastResolvedAt.find(id);
        return at == read->lastResolvedAt.end() ? std::nullopt : std::optional(at->second);
    };
    for (Incident& incident : read->open) {
        const auto before = lastResolved(incident.id);
        list.open.push_back(alertOf(std::move(incident), *decisions, before, now));
    }
    for (Incident& incident : read->resolved)
        list.resolved.push_back(alertOf(std::move(incident), {}, std::nullopt, now));
    for (std::vector<Alert>* alerts : {&list.open, &list.resolved}) {
        if (const Status told = addTold(reader, *alerts, read->lastResolvedAt); !told)
            return tl::unexpected<Error>(told.error());
    }
    return list;
}

Result<QString> wholeAlert(Database& reader, const QString& beginning)
{
    constexpr qsizetype shortest = 4;
    if (beginning.size() < shortest)
        return fail(ErrorCode::InvalidConfig,
                    u"an alert's id begins with at least %1 characters; see spillwayctl alerts"_s.arg(shortest));
    const auto incidents = openIncidents(reader);
    if (!incidents)
        return tl::unexpected<Error>(incidents.error());
    QStringList found;
    for (const Incident& incident : *incidents) {
        if (incident.id.startsWith(beginning))
            found += incident.id;
    }
    if (found.isEmpty())
        return fail(ErrorCode::NotFound,
                    u"no open alert begins with %1; see spillwayctl alerts"_s.arg(visibleText(beginning)));
    if (found.size() > 1)
        return fail(ErrorCode::InvalidConfig, u"several alerts begin with %1: %2; write more of it"_s.arg(
                                                  visibleText(beginning), found.join(u", "_s)));
    return found.front();
}

bool hasFiring(const std::vector<Alert>& alerts, Severity severity)
{
    return std::any_of(alerts.begin(), alerts.end(), [severity](const Alert& alert) {
        return alert.state == AlertState::Firing && alert.incident.concern.severity <= severity;
    });
}

void noteDecisions(std::vector<Concern>& concerns, const std::vector<Alert>& alerts)
{
    std::map<QString, const Alert*> byKey;
    for (const Alert& alert : alerts) {
        if (alert.decision)
            byKey.emplace(alert.incident.key, &alert);
    }
    for (Concern& concern : concerns) {
        const auto at = byKey.find(incidentKey(concern));
        if (at != byKey.end())
            concern.evidence += (concern.evidence.isEmpty() ? QString() : u" · "_s) +
                                u"%1 by %2: %3"_s.arg(alertStateWord(at->second->state), at->second->decision->actor,
                                                      at->second->decision->reason);
    }
}

void maskAlert(Alert& alert, const Masker& masker, MaskPurpose purpose)
{
    Concern& concern = alert.incident.concern;
    for (QString* text : {&concern.summary, &concern.evidence, &concern.action.label, &concern.action.command})
        *text = masker.text(*text, purpose);
    if (alert.decision)
        alert.decision->reason = masker.text(alert.decision->reason, purpose);
}

void maskAlerts(std::vector<Alert>& alerts, const Masker& masker, MaskPurpose purpose)
{
    for (Alert& alert : alerts)
        maskAlert(alert, masker, purpose);
}

} // namespace spillway
