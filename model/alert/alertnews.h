// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/tellingrules.h"
#include "model/notify/news.h"

/// What a team is told of its alerts, in words and for programs.
namespace spillway {

/// One message, however many alerts it is about: a title, the first of them in words, and in `facts`
/// `{ alerts: [{ id, stage, rule, severity, team, summary, evidence, since, resolvedAt, connection, until, nextStep,
/// command }], more }`, at most `mostInFacts`. What is to be masked is masked already. Pure.
/// @param now  what makes it this piece of news and no other
[[nodiscard]] News alertNews(const DueTeam& due, const Catalog& catalog, UtcTime now);

inline constexpr std::size_t mostInWords = 20; ///< nobody reads further in a channel
inline constexpr std::size_t mostInFacts = 200;

/// What one team is to be told now, and what the ledger is to know of it.
struct PreparedTelling
{
    std::optional<QString> team; ///< nullopt: alerts that nobody owns
    std::vector<Telling> tellings;
    News news; ///< masked as reports are
};
/// All that is due, see `dueTellings`. Reads only.
[[nodiscard]] Result<std::vector<PreparedTelling>> prepareTellings(Database& reader, const AlertTelling& settings,
                                                                   const Catalog& catalog, const Masker& masker,
                                                                   UtcTime now);

/// Says of each alert that would be told, and that no target is for, that nobody can be told. Pure.
void noteUnreached(std::vector<Alert>& alerts, const Workspace& workspace, const Catalog& catalog);

} // namespace spillway
