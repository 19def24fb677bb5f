// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lag/lagqueries.h"
#include "views/widgets/columns.h"

#include <QString>

/// Lag in words for people. Pure.
namespace spillway::views {

[[nodiscard]] CellMark lagMark(LagState state);
/// "3 min – 4 min", "at least 5 min", "0 s"; unknown is a dash.
[[nodiscard]] QString timeLagText(const std::optional<TimeLag>& timeLag);
/// "+12/s", "−3.5/s" messages, "flat"; too little to tell is a dash.
[[nodiscard]] QString trendText(const std::optional<LagTrendReport>& trend);
/// The page's answer in one sentence.
[[nodiscard]] QString lagHeadline(const std::vector<LagGroupRow>& groups);
/// Needs somebody: everything worse than `behind`, and `behind` itself.
[[nodiscard]] bool isTrouble(LagState state);
/// What the state means for this group and what to do, in one or two sentences.
[[nodiscard]] QString lagMeaning(const LagGroupRow& group);

} // namespace spillway::views
