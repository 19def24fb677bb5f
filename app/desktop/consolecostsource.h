// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/costtrends.h"
#include "app/console/holder.h"
#include "views/cost/costsource.h"

namespace spillway {

/// Answers the cost screen from the workspace's files, the store and the ledger.
class ConsoleCostSource final : public views::CostSource
{
public:
    /// @param holder  outlives this.
    explicit ConsoleCostSource(Holder& holder)
        : m_holder(holder)
    {
    }
    [[nodiscard]] Result<views::CostChangesSheet> changes(const views::CostRequest& request,
                                                          std::stop_token stop) override;
    [[nodiscard]] Result<MonthForecast> forecast(const views::CostRequest& request, std::stop_token stop) override;
    [[nodiscard]] Result<views::SavingsSheet> savings(const views::CostRequest& request, const QStringList& chosen,
                                                      std::stop_token stop) override;
    [[nodiscard]] Status writePatch(const views::CostRequest& request, const QStringList& chosen, const QString& file,
                                    std::stop_token stop) override;
    [[nodiscard]] Result<QStringList> applySavings(const views::CostRequest& request, const QStringList& chosen,
                                                   std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<Invoice>> invoices(std::stop_token stop) override;
    [[nodiscard]] Result<views::InvoicePreview> previewInvoice(const QString& file, const QString& profile,
                                                               std::stop_token stop) override;
    [[nodiscard]] Result<bool> importInvoice(const Invoice& invoice, std::stop_token stop) override;

private:
    struct Advice
    {
        SavingsAnswer answer;
        SavingsPatch patch; ///< of the chosen ones, else of all
    };
    [[nodiscard]] Result<Advice> advice(const views::CostRequest& request, const QStringList& chosen) const;

    Holder& m_holder;
};

} // namespace spillway
