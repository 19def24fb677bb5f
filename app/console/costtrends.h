// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/costs.h"
#include "model/cost/savingspatch.h"
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
[[nodiscard]] Checked<AnomalyReport> workspaceAnomalies(const Context& context, const CostQuestion& question,
                                                        QDate today);

/// What the rest of the month costs, by the range (without one: the 56 days before `today`). @param budget  nullopt:
/// the profiles', where each of them has one. Teams' budgets are the profiles'.
[[nodiscard]] Checked<MonthForecast> workspaceForecast(const Context& context, const CostQuestion& question,
                                                       std::optional<Money> budget, QDate today);

/// Advice, and what it is about.
struct SavingsAnswer
{
    QString currency;
    std::vector<Saving> savings;
    CostBill before;   ///< at the profiles' rates
    Money totalBefore; ///< as invoiced, where an invoice tells of a component
    std::vector<Saving> chosen;
    std::optional<CostBill> simulated;   ///< with the chosen ones made, where some were chosen
    std::optional<Money> totalAfter;     ///< the same as invoiced
    bool isInvoiced = false;             ///< an invoice tells of some component
    std::map<QString, QString> profiles; ///< whose rates an advice is reckoned by: profile, by id
};

/// What could be saved; `simulated` ids name those whose change is made. InvalidConfig (as an issue) for another id.
[[nodiscard]] Checked<SavingsAnswer> workspaceSavings(const Context& context, const CostQuestion& question,
                                                      const QStringList& simulated);

/// The edits of the files that make these savings. Blocking; any thread.
struct SavingsPatch
{
    QByteArray patch; ///< for `git apply` in the workspace's folder
    std::vector<TextEdit> edits;
    std::vector<YamlText> before; ///< the files as they were read, for saveEdits
    QStringList byHand;
};
[[nodiscard]] Checked<SavingsPatch> workspaceSavingsPatch(const Context& context, const SavingsAnswer& answer,
                                                          const std::vector<Saving>& savings);

} // namespace spillway
