// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/incident.h"
#include "model/alert/overview.h"

#include <map>
#include <set>
#include <vector>

namespace spillway {

/// What one look at the world says, and of what it says nothing.
struct IncidentObservation
{
    std::vector<Concern> concerns;      ///< ranked
    std::set<QString> unknown;          ///< keys nobody could look at: what was known of them holds
    std::set<QString> blindConnections; ///< do not answer: all that is known of them is old
    /// Connections with open dead letters, by the last sample. Counts of letters are by team and event type; only where
    /// all of these are down is it certain that a count's letters lie behind them.
    std::set<QString> letterConnections;
    std::set<QString> connections;     ///< all there are
    std::map<QString, QString> places; ///< by key: the connection where it was seen; not of those seen on several
};
/// Pure; any thread.
[[nodiscard]] IncidentObservation observeIncidents(const OverviewFacts& facts, const Catalog& catalog,
                                                   const AlertThresholds& thresholds, UtcTime now);

/// The next state of all incidents. In this order:
///  1. A concern opens an incident, or goes on with the open one of its key. A more severe one is believed at once; a
///     less severe one after the rule's `keep`, so that what trembles around a threshold is told once.
///  2. What nobody could look at holds as it was: subjects of connections that do not answer, groups in an unknown
///     state, promises without any record that were broken when there were some.
///  3. What has lasted for the rule's `hold` fires. What is gone before that is forgotten.
///  4. What is gone for `keep` is resolved.
///  5. A connection that is down mutes what it explains: lag, dead letters, set-up and missing samples behind it. It is
///     never muted itself.
/// @param open  as the last call left them, without the resolved ones
/// @return what is open now in the order of the ranking, then what was resolved just now
/// A clock that steps back makes nothing older. Pure; any thread.
[[nodiscard]] std::vector<Incident> advanceIncidents(std::vector<Incident> open, const IncidentObservation& seen,
                                                     UtcTime now);

} // namespace spillway
