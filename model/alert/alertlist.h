// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/alertdecisions.h"
#include "model/alert/incidentstore.h"
#include "model/alert/telling.h"
#include "model/mask/masker.h"

#include <optional>
#include <vector>

/// What `spillwayctl alerts` and the desktop list: incidents, and what people said of them.
namespace spillway {

enum class AlertState {
    Pending,      ///< seen, not for long enough yet
    Firing,       ///< somebody is to look at it
    Acknowledged, ///< somebody does
    Silenced,     ///< not to be told for a while
    Muted,        ///< another alert explains it
    Resolved,     ///< gone
};
[[nodiscard]] QString alertStateWord(AlertState state); ///< pending, firing, …

struct Alert
{
    Incident incident;
    AlertState state = AlertState::Firing;
    std::optional<AlertDecision> decision; ///< of Acknowledged and Silenced: the newest that makes it so
    std::optional<UtcTime> notifiedAt;     ///< when a target last took a message of it; nullopt: none has
    std::optional<TellingStanding> told;   ///< nullopt: nobody was told, nor is to be
    friend bool operator==(const Alert&, const Alert&) = default;
};

/// Whether the decision covers the incident at `now`. An acknowledgement covers what had begun when it was made: not
/// what became more severe or came back since. A silence covers what fits it.
/// @param lastResolvedAt  when this alert was resolved the time before
/// Pure; any thread.
[[nodiscard]] bool covers(const AlertDecision& decision, const Incident& incident,
                          std::optional<UtcTime> lastResolvedAt, UtcTime now);

/// What people see of an incident. What somebody said comes before what explains it; what has not lasted long enough
/// is pending whatever is said. Pure.
/// @param decisions  in force, newest first
[[nodiscard]] Alert alertOf(Incident incident, const std::vector<AlertDecision>& decisions,
                            std::optional<UtcTime> lastResolvedAt, UtcTime now);

struct AlertList
{
    std::vector<Alert> open;            ///< the most severe first, then as Overview ranks them
    std::vector<Alert> resolved;        ///< those that ended last first; only as many as were asked for
    std::optional<UtcTime> evaluatedAt; ///< when they were looked for last; nullopt: never
};
/// Reads only. @param resolvedLimit  0: none
[[nodiscard]] Result<AlertList> readAlerts(Database& reader, UtcTime now, int resolvedLimit);

/// The whole id that begins so, of an alert that is open. NotFound; InvalidConfig: it is shorter than four characters,
/// or several begin so.
[[nodiscard]] Result<QString> wholeAlert(Database& reader, const QString& beginning);

/// Whether one of them is firing (not pending, nor acknowledged, silenced or muted) and so severe or worse. Pure.
[[nodiscard]] bool hasFiring(const std::vector<Alert>& alerts, Severity severity);

/// Adds to each concern's evidence who acknowledged or silenced its alert, and why. Pure.
void noteDecisions(std::vector<Concern>& concerns, const std::vector<Alert>& alerts);

/// Sentences hold names that letters gave us: what is masked elsewhere is masked here.
void maskAlert(Alert& alert, const Masker& masker, MaskPurpose purpose);
void maskAlerts(std::vector<Alert>& alerts, const Masker& masker, MaskPurpose purpose);

/// An array of `{ id, rule, severity, state, team, summary, evidence, since, notified, … }`; see the manual, alerts.md.
[[nodiscard]] QByteArray alertsJson(const std::vector<Alert>& alerts);
/// Three lines an alert. @param whenEmpty  the sentence where there is none
[[nodiscard]] QString alertsText(const std::vector<Alert>& alerts, const QString& whenEmpty, UtcTime now);
/// That sentence: nobody needs to act only where somebody looked.
[[nodiscard]] QString noAlertsText(const AlertList& list, bool ofResolved);
/// `{ seq, kind, alert, rule, team, connection, at, actor, until, reason, state }`; `state`: inForce, expired, undone.
[[nodiscard]] QByteArray alertDecisionJson(const AlertDecision& decision, UtcTime now);
/// An array of these.
[[nodiscard]] QByteArray alertDecisionsJson(const std::vector<AlertDecision>& decisions, UtcTime now);
[[nodiscard]] QString alertDecisionsText(const std::vector<AlertDecision>& decisions, UtcTime now);
/// "acknowledged a1b2c3d4e5f6", "silenced rule groupBehind, team payment-team until 2026-11-27T09:00:00.000Z".
[[nodiscard]] QString alertDecisionSummary(const AlertDecision& decision);

} // namespace spillway
