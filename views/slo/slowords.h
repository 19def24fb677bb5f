// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/slo/sloqueries.h"
#include "views/widgets/columns.h"

/// Promises in words for people. Pure.
namespace spillway::views {

[[nodiscard]] CellMark sloMark(SloState state);
/// "3 of 14 promises broken; payment-service burns fastest, 3.8 times too fast".
[[nodiscard]] QString sloHeadline(const std::vector<SloRow>& rows);
/// Milliseconds as people write them: "480 ms", "1.2 s", "1 min"; unknown is a dash.
[[nodiscard]] QString millisText(const std::optional<double>& ms);
/// "3.8 ×": how many times faster than the budget lasts; unknown is a dash.
[[nodiscard]] QString burnText(const std::optional<double>& burnRate);
/// "12 % left", "overspent by 40 %"; unknown is a dash.
[[nodiscard]] QString budgetText(const std::optional<double>& remaining);
/// What was promised, what was kept, what that means, in two sentences at most.
[[nodiscard]] QString sloMeaning(const SloRow& row);

} // namespace spillway::views
