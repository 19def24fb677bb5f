// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/incidentrules.h"
#include "model/store/storewriter.h"

#include <map>
#include <vector>

/// Incidents in samples.sqlite. They are observed, not decided: a store that is made anew begins anew, under the same
/// ids.
namespace spillway {

struct IncidentsRead
{
    std::vector<Incident> open;                ///< the most severe first, then as ranked
    std::vector<Incident> resolved;            ///< those that ended last first
    std::optional<UtcTime> evaluatedAt;        ///< nullopt: nobody has looked yet
    std::map<QString, UtcTime> lastResolvedAt; ///< of the open ones: when they were resolved the time before
};

/// What is open.
[[nodiscard]] Result<std::vector<Incident>> openIncidents(Database& database);
/// @param resolvedLimit  at most so many resolved ones
[[nodiscard]] Result<IncidentsRead> readIncidents(Database& reader, int resolvedLimit);

/// The one that ended last under this id; nullopt: none did, or it is kept no more.
[[nodiscard]] Result<std::optional<Incident>> lastResolvedIncident(Database& reader, const QString& id);

/// Puts `after` in place of `before`, which `openIncidents` gave in the same transaction: what is in neither place any
/// more was forgotten. What was resolved before `keepFrom` goes.
[[nodiscard]] Status saveIncidents(Database& database, const std::vector<Incident>& before,
                                   const std::vector<Incident>& after, UtcTime now, UtcTime keepFrom);

/// One look: what is open goes on by what was seen, in one transaction. After a kill at any instant the next look goes
/// on from the one before.
[[nodiscard]] Status advanceStoredIncidents(StoreWriter& store, const IncidentObservation& seen, UtcTime now,
                                            UtcTime keepFrom);

} // namespace spillway
