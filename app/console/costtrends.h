// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/costs.h"
#include "model/cost/savings.h"
#include "model/cost/trendwriters.h"

/// Questions about how cost moves and what could be saved. Blocking; any thread.
namespace spillway {

struct CostComparison
{
    CostBill before;
    CostBill after;
    std::vector<CostChange> changes;
};

/// Against as many days before the question's range; with `catalogFile` against the same days with that catalog
/// instead. InvalidConfig (as an issue) without a range and a file.
[[nodiscard]] Checked<CostComparison> workspaceChanges(const Context& context, const CostQuestion& question,
                                                       const QString& catalogFile);

/// Odd days of the range (without one: the 30 days before `today`), each event compared with the eight weeks before.
[[nodiscard]] Checked<std::vector<EventAnomaly>> workspaceAnomalies(const Context& context,
                                                                    const CostQuestion& question, QDate today);

/// What the rest of the month costs, by the range (without one: the 56 days before `today`).
[[nodiscard]] Checked<MonthForecast> workspaceForecast(const Context& context, const CostQuestion& question,
                                                       std::optional<Money> budget, QDate today);

struct SavingsAnswer
{
    QString currency;
    std::vector<Saving> savings;
    CostBill before;
    std::optional<CostBill> simulated; ///< with the chosen ones made, where some were chosen
};

/// What could be saved; `simulated` ids name those whose change is made. InvalidConfig (as an issue) for another id.
[[nodiscard]] Checked<SavingsAnswer> workspaceSavings(const Context& context, const CostQuestion& question,
                                                      const QStringList& simulated);

} // namespace spillway
