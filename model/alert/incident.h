// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/concern.h"

#include <QString>

#include <optional>

/// A concern that lasts: from when it was first seen until it is gone.
namespace spillway {

/// What an incident is about. Rules that say more or less bad things of one subject share a cause: letters that wait,
/// are too many and are too old are one incident that gets worse, not three.
enum class IncidentCause { Connection, Collection, Group, Promise, Letters, Pointers, Leaving, Setup, Replay, Store };
[[nodiscard]] QString incidentCauseWord(IncidentCause cause);
[[nodiscard]] IncidentCause causeOf(const Concern& concern);
/// Cause and subject with a colon between them: what makes two concerns one incident.
[[nodiscard]] QString incidentKey(const Concern& concern);
/// 'a' and 12 hex digits: the same for the same key for ever.
[[nodiscard]] QString incidentId(const QString& key);

struct Incident
{
    QString id;
    QString key;
    Concern concern;    ///< as it was last seen; on-call and channel are not kept
    QString connection; ///< where it was seen; empty: of no single connection
    int place = 0;      ///< in the ranking when it was last seen
    UtcTime openedAt;
    UtcTime gradedAt;                  ///< when it became as severe as it is
    UtcTime seenAt;                    ///< when it was last seen to be so severe, or worse
    std::optional<UtcTime> firedAt;    ///< nullopt: it has not lasted long enough yet
    std::optional<UtcTime> resolvedAt; ///< nullopt: it is open
    std::optional<QString> mutedBy;    ///< id of the incident that explains it
    friend bool operator==(const Incident&, const Incident&) = default;

    /// When it began: what the rule says, else when it was first seen.
    [[nodiscard]] UtcTime since() const { return concern.since.value_or(openedAt); }
};

/// How patient a rule is.
struct IncidentTiming
{
    Millis hold{0}; ///< it has to last so long before it is told
    Millis keep{0}; ///< it has to be gone, or less severe, for so long before that is believed
};
/// What is counted is believed at once; what comes and goes by nature (a connection, a trend, a rate) is not.
[[nodiscard]] IncidentTiming timingOf(ConcernRule rule);

} // namespace spillway
