// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costhistory.h"
#include "views/shell/costview.h"

namespace spillway::views {

/// What the cost screen calls things, in the reader's language.
[[nodiscard]] QString componentText(CostComponent component);
[[nodiscard]] QString roleText(CostRole role);
[[nodiscard]] QString basisText(QuantityBasis basis);
[[nodiscard]] QString periodText(CostPeriod period);
[[nodiscard]] QString policyText(AllocationPolicy policy);
[[nodiscard]] QString idleText(IdlePolicy policy);
[[nodiscard]] QString dimensionText(CostDimension dimension);
[[nodiscard]] QString partText(const CostPart& part, CostDimension dimension);

/// "1 234.5678": thin spaces between thousands, a minus sign below zero.
[[nodiscard]] QString moneyText(Money amount, int decimals);
/// The page's answer in one sentence.
[[nodiscard]] QString costHeadline(const CostBill& bill, const CostBill* previous);
/// What the numbers rest on, line by line.
[[nodiscard]] QString costBasis(const CostBill& bill);
/// `spillwayctl cost …` with the same numbers.
[[nodiscard]] QString costCommand(const CostRequest& request, const CostBill& bill);

} // namespace spillway::views
