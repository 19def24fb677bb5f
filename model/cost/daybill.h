// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costbill.h"

namespace spillway {

/// A line of one whole day, priced and rounded.
struct DayBillLine
{
    CostLine line;
    std::size_t event = 0; ///< its place among the events; idle and such come last
    friend bool operator==(const DayBillLine&, const DayBillLine&) = default;
};
/// The order of a day's lines: by event, role, team, service and component. Two may be equal in all of them.
[[nodiscard]] bool isBefore(const DayBillLine& a, const DayBillLine& b);

/// What bills say about events and teams, besides amounts.
struct DayNotes
{
    QStringList unknown; ///< events
    QStringList missing; ///< the same with what is missing, in words
    QStringList noPartitions;
    QStringList strangers; ///< topics that the catalog does not know
    QStringList observed;  ///< groups that nobody declared
    QStringList teamless;  ///< declared ones whose team no file names
    QStringList estimated; ///< topics whose logs' sizes no broker tells
    QStringList nobodys;   ///< events that name no producer, in words
    qsizetype priced = 0;
    bool isOverCapacity = false;
};

/// The bill of one UTC day.
struct DayBill
{
    std::vector<DayBillLine> lines;
    std::vector<std::pair<std::size_t, EventDrivers>> drivers; ///< with its place among the events, ascending
    DayNotes notes;
};

/// @param profile  the rates of that day
/// @param day      null: one day at the catalog's volumes
/// InvalidConfig when amounts do not fit.
[[nodiscard]] Result<DayBill> dayBill(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options,
                                      QDate day);

} // namespace spillway
