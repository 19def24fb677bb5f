// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts and what was decided on them, for stdout.
#include "model/alert/alertlist.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString ago(UtcTime at, UtcTime now)
{
    return formatDuration(std::max(Millis{0}, now - at));
}

/// What there is to say of the state besides its word; empty: nothing.
QString stateDetail(const Alert& alert, UtcTime now)
{
    switch (alert.state) {
    case AlertState::Pending: {
        const Millis hold = timingOf(alert.incident.concern.rule).hold;
        const Millis lasted = std::max(Millis{0}, now - alert.incident.openedAt);
        return lasted < hold ? u"(fires in %1 unless it goes)"_s.arg(formatDuration(hold - lasted))
                             : u"(fires at the next look unless it goes)"_s;
    }
    case AlertState::Acknowledged:
    case AlertState::Silenced: {
        const AlertDecision& decision = *alert.decision;
        const QString until = decision.until ? u" until "_s + formatUtc(*decision.until) : QString();
        return u"by %1%2: %3 (event %4)"_s.arg(visibleText(decision.actor), until, visibleText(decision.reason),
                                               QString::number(decision.seq));
    }
    case AlertState::Muted:
        return u"by "_s + alert.incident.mutedBy.value_or(QString());
    case AlertState::Resolved:
        return alert.incident.resolvedAt ? ago(*alert.incident.resolvedAt, now) + u" ago"_s : QString();
    case AlertState::Firing:
        return {};
    }
    return {};
}

/// How its team was told; empty: nobody is to be.
QString toldDetail(const Alert& alert, UtcTime now)
{
    if (!alert.told)
        return {};
    const QString why = alert.told->detail.isEmpty() ? QString() : u": "_s + visibleText(alert.told->detail);
    const QString before = alert.notifiedAt ? u"; told before, %1 ago"_s.arg(ago(*alert.notifiedAt, now)) : QString();
    if (!alert.told->state)
        return u"nobody can be told"_s + why;
    switch (*alert.told->state) {
    case NotifyState::Delivered:
        return alert.notifiedAt ? u"told %1 ago"_s.arg(ago(*alert.notifiedAt, now)) : u"told"_s;
    case NotifyState::Queued:
    case NotifyState::Sending:
        return u"telling its team"_s + why + before;
    case NotifyState::Failed:
        return u"its team could not be told"_s + why + before + u"; see spillwayctl notify status"_s;
    case NotifyState::InDoubt:
        return u"nobody knows whether its team was told"_s + why + before + u"; see spillwayctl notify status"_s;
    }
    return {};
}

QString decisionScope(const AlertDecision& decision)
{
    QStringList parts;
    if (decision.alert)
        parts += *decision.alert;
    if (decision.rule)
        parts += u"rule "_s + *decision.rule;
    if (decision.team)
        parts += u"team "_s + visibleText(*decision.team);
    if (decision.connection)
        parts += u"connection "_s + visibleText(*decision.connection);
    return parts.join(u", "_s);
}

QString standing(const AlertDecision& decision, UtcTime now)
{
    if (decision.undoneSeq)
        return u"undone"_s;
    return decision.isInForce(now) ? u"inForce"_s : u"expired"_s;
}

} // namespace

QByteArray alertsJson(const std::vector<Alert>& alerts)
{
    JsonWriter json;
    json.beginArray();
    for (const Alert& alert : alerts) {
        const Incident& incident = alert.incident;
        const Concern& concern = incident.concern;
        json.beginObject()
            .field(u"id", incident.id)
            .field(u"rule", concernRuleWord(concern.rule))
            .field(u"severity", severityWord(concern.severity))
            .field(u"state", alertStateWord(alert.state))
            .field(u"team", concern.team)
            .field(u"summary", concern.summary)
            .field(u"evidence", concern.evidence)
            .field(u"since", incident.since())
            .field(u"notified", alert.notifiedAt)
            .field(u"connection", incident.connection.isEmpty() ? std::nullopt : std::optional(incident.connection))
            .field(u"until", concern.until)
            .field(u"openedAt", incident.openedAt)
            .field(u"firedAt", incident.firedAt)
            .field(u"resolvedAt", incident.resolvedAt)
            .field(u"mutedBy", incident.mutedBy)
            .field(u"nextStep", concern.action.label)
            .field(u"command", concern.action.command)
            .key(u"told");
        if (alert.told)
            json.beginObject()
                .field(u"stage", alert.told->stage ? std::optional(tellingStageWord(*alert.told->stage)) : std::nullopt)
                .field(u"at", alert.told->at)
                .field(u"state", tellingStateWord(*alert.told))
                .field(u"detail", alert.told->detail.isEmpty() ? std::nullopt : std::optional(alert.told->detail))
                .endObject();
        else
            json.null();
        json.key(u"decision");
        if (alert.decision)
            json.beginObject()
                .field(u"seq", alert.decision->seq)
                .field(u"actor", alert.decision->actor)
                .field(u"at", alert.decision->at)
                .field(u"until", alert.decision->until)
                .field(u"reason", alert.decision->reason)
                .endObject();
        else
            json.null();
        json.endObject();
    }
    json.endArray();
    return json.json();
}

QString noAlertsText(const AlertList& list, bool ofResolved)
{
    if (!list.evaluatedAt)
        return u"Not known: nobody has looked yet."_s;
    return ofResolved ? u"No alert has ended."_s : u"Nothing needs anybody now."_s;
}

QString alertsText(const std::vector<Alert>& alerts, const QString& whenEmpty, UtcTime now)
{
    if (alerts.empty())
        return whenEmpty + u'\n';
    QString text;
    for (const Alert& alert : alerts) {
        const Concern& concern = alert.incident.concern;
        const QString detail = stateDetail(alert, now);
        text += u"%1  %2  %3\n"_s.arg(severityWord(concern.severity).leftJustified(8), alert.incident.id,
                                      visibleText(concern.summary));
        text += u"          %1%2 · %3 · since %4%5\n"_s.arg(
            alertStateWord(alert.state), detail.isEmpty() ? QString() : u' ' + detail,
            concern.team ? visibleText(*concern.team) : u"nobody owns it"_s, ago(alert.incident.since(), now),
            concern.evidence.isEmpty() ? QString() : u" · "_s + visibleText(concern.evidence));
        if (const QString told = toldDetail(alert, now); !told.isEmpty())
            text += u"          %1\n"_s.arg(told);
        text += u"          %1: %2\n"_s.arg(concern.action.label, visibleText(concern.action.command));
    }
    return text;
}

QByteArray alertDecisionJson(const AlertDecision& decision, UtcTime now)
{
    JsonWriter json;
    json.beginObject()
        .field(u"seq", decision.seq)
        .field(u"kind", alertDecisionWord(decision.kind))
        .field(u"alert", decision.alert)
        .field(u"rule", decision.rule)
        .field(u"team", decision.team)
        .field(u"connection", decision.connection)
        .field(u"at", decision.at)
        .field(u"actor", decision.actor)
        .field(u"until", decision.until)
        .field(u"reason", decision.reason)
        .field(u"state", standing(decision, now))
        .endObject();
    return json.json();
}

QByteArray alertDecisionsJson(const std::vector<AlertDecision>& decisions, UtcTime now)
{
    JsonWriter json;
    json.beginArray();
    for (const AlertDecision& decision : decisions)
        json.raw(alertDecisionJson(decision, now));
    json.endArray();
    return json.json();
}

QString alertDecisionsText(const std::vector<AlertDecision>& decisions, UtcTime now)
{
    if (decisions.empty())
        return u"Nobody has acknowledged or silenced an alert.\n"_s;
    QString text;
    for (const AlertDecision& decision : decisions)
        text += u"%1  %2  %3  by %4 at %5: %6\n"_s.arg(QString::number(decision.seq).rightJustified(6),
                                                       standing(decision, now).leftJustified(7),
                                                       alertDecisionSummary(decision), visibleText(decision.actor),
                                                       formatUtc(decision.at), visibleText(decision.reason));
    return text;
}

QString alertDecisionSummary(const AlertDecision& decision)
{
    const QString until = decision.until ? u" until "_s + formatUtc(*decision.until) : QString();
    return alertDecisionWord(decision.kind) + u' ' + decisionScope(decision) + until;
}

} // namespace spillway
