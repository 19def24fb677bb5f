// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costbill.h"

/// Why the cost of an event changed: cost = volume × size × fan-out × retention × price, and each change is divided
/// among these, without rest.
namespace spillway {

enum class CostFactor {
    Volume,    ///< records in the period
    Size,      ///< bytes a record
    FanOut,    ///< how often it is paid for: consumers, and who else takes part
    Retention, ///< days that are kept
    Price,     ///< rates, copies, the share of what is paid for everybody, an invoice
    New,       ///< the event was not there before
    Gone,      ///< it is not there any more
};
inline constexpr std::array costFactors{CostFactor::Volume, CostFactor::Size, CostFactor::FanOut, CostFactor::Retention,
                                        CostFactor::Price,  CostFactor::New,  CostFactor::Gone};
[[nodiscard]] QString costFactorKey(CostFactor factor); ///< volume, size, fanOut, retention, price, new, gone

struct CostChange
{
    QString eventType; ///< empty: of no event (idle, adjustment)
    QString topic;
    QString team; ///< who owns the event: its producer's team; empty: unknown
    Money before; ///< of the whole earlier period
    Money after;
    std::array<Money, costFactors.size()> effects; ///< add up to after - before, to the micro-unit
    std::optional<EventDrivers> driversBefore;
    std::optional<EventDrivers> driversAfter;
    std::optional<QDate> since; ///< the day from which it was otherwise; nullopt: unknown

    [[nodiscard]] Money delta() const { return Money{after.micros - before.micros}; }
    [[nodiscard]] Money effect(CostFactor factor) const { return effects[static_cast<std::size_t>(factor)]; }
    friend bool operator==(const CostChange&, const CostChange&) = default;
};

/// Every event whose cost differs between two bills of as many days, or whose factors differ and cancel, largest
/// difference first. Divided by logarithmic means, component by component (LMDI-I; B. W. Ang, "The LMDI approach to
/// decomposition analysis", Energy Policy 33, 2005): the effect of a factor is L(after, before) × ln(factor after /
/// before), with L(a, b) = (a - b) / ln(a / b) and L(a, a) = a.
/// The day is where the daily volumes of both bills break most clearly; of a new event its first day with records, else
/// `created_at` of the catalog; of a new size `last_schema_change`.
[[nodiscard]] std::vector<CostChange> costChanges(const CostBill& before, const CostBill& after,
                                                  const Catalog& catalog);

/// Where a series breaks most clearly into two levels: the index of the first value of the second; nullopt for fewer
/// than four values or a constant series.
[[nodiscard]] std::optional<std::size_t> clearestBreak(const std::vector<double>& series);

} // namespace spillway
