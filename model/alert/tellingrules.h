// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/alertlist.h"
#include "model/workspace/workspace.h"

#include <map>
#include <vector>

/// Who is to be told of which alerts now.
namespace spillway {

struct TellingFacts
{
    std::vector<Alert> open;                   ///< as people see them
    std::map<QString, UtcTime> lastResolvedAt; ///< of the open ones: when they were resolved the time before
    std::vector<Alert> ended;                  ///< told to be open, and resolved since, not while they were silenced
    ToldBefore told;
};
/// Reads the store, of one instant or of two: what is decided between them counts the next time.
[[nodiscard]] Result<TellingFacts> readTellingFacts(Database& reader, const AlertTelling& settings, UtcTime now);

struct DueTelling
{
    TellingStage stage = TellingStage::Opened;
    Alert alert;
};
struct DueTeam
{
    std::optional<QString> team;      ///< nullopt: alerts that nobody owns
    std::vector<DueTelling> tellings; ///< the most severe first; what ended last
};

/// Whether it fires as severely as is to be told. Pure.
[[nodiscard]] bool isTold(const Alert& alert, const AlertTelling& settings);

/// What every team is to be told now, in one message each. Of an alert is told:
///  - that it fires (not pending, acknowledged, silenced or muted) as severely as is asked for, once for each time it
///    comes; an alert that a store made anew sees again counts as told until `repeat` is over;
///  - that it became more severe than was told, or as severe again as was told and then was not;
///  - that it is still there, when it is critical and nobody says that he looks after it: after each `repeat`, unless
///    the message before has not arrived yet;
///  - that it is resolved, if it was told to be there.
/// All that is due for a team waits until `pace` has passed since it was told something, or until something critical is
/// new. What comes and goes meanwhile is not told. A clock that steps back keeps nobody waiting. Pure; any thread.
[[nodiscard]] std::vector<DueTeam> dueTellings(const TellingFacts& facts, const AlertTelling& settings, UtcTime now);

} // namespace spillway
