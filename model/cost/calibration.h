// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costbill.h"
#include "model/cost/invoice.h"

#include <functional>

/// What the model says against what was invoiced.
namespace spillway {

/// What one calendar month (UTC) was invoiced with, by component.
struct InvoicedMonth
{
    QDate first; ///< the days that the invoices cover, both included
    QDate last;
    std::array<std::optional<Money>, costComponentCount> components; ///< nullopt: no charge of this component
    std::optional<Money> total; ///< charges of several components that are not told apart
    Money others;               ///< charges of none of ours
    QStringList otherLabels;
    QStringList invoices; ///< their names
    friend bool operator==(const InvoicedMonth&, const InvoicedMonth&) = default;
};

/// By month. Only invoices of this profile and its currency. Where a profile prices `network`, what went in and out is
/// counted there.
[[nodiscard]] std::vector<InvoicedMonth> invoicedMonths(const std::vector<Invoice>& invoices,
                                                        const PricingProfile& profile);

/// The days on which segments have to begin so that a bill can be calibrated; for CostOptions::cuts.
[[nodiscard]] std::vector<QDate> calibrationCuts(const std::vector<InvoicedMonth>& months);

/// A month with what the model says about it.
struct CalibratedMonth
{
    InvoicedMonth invoiced;
    std::vector<ComponentAmounts> modelledDays;                  ///< by UTC day, the invoice's first to last
    ComponentAmounts modelled;                                   ///< the sum of them
    std::array<std::optional<Money>, costComponentCount> billed; ///< by component; nullopt: as modelled
    Money residual; ///< the invoice without what is billed and modelled by component; negative: less than modelled
    friend bool operator==(const CalibratedMonth&, const CalibratedMonth&) = default;
};

/// Factors: a component with charges of its own gets invoiced / modelled. A total is divided by non-negative least
/// squares over all months with totals, if there are at least six and the components can be told apart in them, and the
/// rest is residual; else by one factor for all components without charges of their own. What is invoiced and not
/// modelled is residual, and so is a component whose charges are together a credit or nothing.
/// @param modelled  by month, as `months`: what `modelledByDay` tells of a bill of its days, UTC
[[nodiscard]] std::vector<CalibratedMonth> calibrateMonths(const std::vector<InvoicedMonth>& months,
                                                           const std::vector<std::vector<ComponentAmounts>>& modelled);

inline constexpr std::size_t fewestMonthsForTotals = 6;

/// Puts calibrated amounts in the place of the modelled ones, and an adjustment line for each segment with a residual.
/// Each UTC day gets its part of the month, the same whatever the bill's range; in a month that the bill covers whole
/// its lines add up to the invoice, to the micro-unit. Months after the last invoice keep its factors. The bill is cut
/// at `calibrationCuts`.
void calibrate(CostBill& bill, const std::vector<CalibratedMonth>& months);

} // namespace spillway
