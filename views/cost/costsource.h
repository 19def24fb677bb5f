// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/invoice.h"
#include "model/cost/savings.h"
#include "model/cost/trendwriters.h"
#include "views/shell/costview.h"

#include <stop_token>

namespace spillway::views {

/// Why the bill is another than in as many days before.
struct CostChangesSheet
{
    QString currency;
    DayRange before;
    DayRange after;
    Money totalBefore;
    Money totalAfter;
    std::vector<CostChange> changes;     ///< largest first
    std::vector<EventAnomaly> anomalies; ///< newest first
};

/// What could be paid less for, and what the bill would be with some of it done.
struct SavingsSheet
{
    QString currency;
    std::optional<DayRange> range; ///< nullopt: a day at the catalog's volumes
    std::vector<Saving> savings;   ///< most first
    Money before;
    std::optional<Money> after; ///< with the chosen ones made; nullopt: none is chosen
    QString patch;              ///< the edits of the chosen ones, else of all, for `git apply`
    QStringList byHand;         ///< what no file holds
    bool hasEdits = false;      ///< there is something to write into files
};

/// An invoice as a file says it, before it is kept.
struct InvoicePreview
{
    Invoice invoice; ///< with its profile
    Money total;
    std::optional<Invoice> known; ///< it was imported before
};

/// What the cost screen asks and does besides the bill. Called through AsyncLoad only: any thread, blocking, returning
/// soon after `stop`. InvalidConfig names the faults of files.
class CostSource
{
public:
    virtual ~CostSource() = default;
    /// InvalidConfig for a request without days.
    [[nodiscard]] virtual Result<CostChangesSheet> changes(const CostRequest& request, std::stop_token stop) = 0;
    /// The rest of this month by the 56 days before today, with the profiles' budgets.
    [[nodiscard]] virtual Result<MonthForecast> forecast(const CostRequest& request, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<SavingsSheet> savings(const CostRequest& request, const QStringList& chosen,
                                                       std::stop_token stop) = 0;
    /// The patch that `savings` tells, as a file: replaced whole or left as it was.
    [[nodiscard]] virtual Status writePatch(const CostRequest& request, const QStringList& chosen, const QString& file,
                                            std::stop_token stop) = 0;
    /// Makes the chosen edits. @return the files that changed. Conflict: one was changed meanwhile, nothing is written.
    [[nodiscard]] virtual Result<QStringList> applySavings(const CostRequest& request, const QStringList& chosen,
                                                           std::stop_token stop) = 0;
    /// In the order of import.
    [[nodiscard]] virtual Result<std::vector<Invoice>> invoices(std::stop_token stop) = 0;
    /// Reads a file without keeping it.
    [[nodiscard]] virtual Result<InvoicePreview> previewInvoice(const QString& file, const QString& profile,
                                                                std::stop_token stop) = 0;
    /// Keeps it in the ledger. @return false: it was there already, and nothing changed.
    [[nodiscard]] virtual Result<bool> importInvoice(const Invoice& invoice, std::stop_token stop) = 0;
};

} // namespace spillway::views
