// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costhistory.h"
#include "views/cost/costsource.h"
#include "views/shell/costview.h"
#include "views/widgets/columns.h"

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
/// The parts of a change that matter, largest first: "volume +12.40, size −0.10".
[[nodiscard]] QString reasonText(const CostChange& change);
/// What made the difference, in one sentence.
[[nodiscard]] QString changesHeadline(const CostChangesSheet& sheet);
[[nodiscard]] CellMark riskMark(SavingRisk risk);
[[nodiscard]] QString savingsHeadline(const SavingsSheet& sheet);
/// `spillwayctl cost savings …` for the same advice.
[[nodiscard]] QString savingsCommand(const CostRequest& request, const SavingsSheet& sheet, const QStringList& chosen);
/// "2026-10-01 to 2026-10-31", of all its charges.
[[nodiscard]] QString invoiceDays(const Invoice& invoice);
[[nodiscard]] QString previewText(const InvoicePreview& preview);
/// What the month will cost, beside its budget; a team over its own is named.
[[nodiscard]] QString forecastSentence(const MonthForecast& forecast);
/// `spillwayctl cost …` with the same numbers.
[[nodiscard]] QString changesCommand(const CostRequest& request, const std::optional<DayRange>& range);
[[nodiscard]] QString unitCommand(const CostRequest& request, const CostBill& bill);
[[nodiscard]] QString costCommand(const CostRequest& request, const CostBill& bill);

} // namespace spillway::views
