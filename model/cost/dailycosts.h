// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costbill.h"

#include <map>

namespace spillway {

/// A bill by local day.
struct DailyCosts
{
    std::vector<QDate> days; ///< empty without a range
    std::vector<Money> totals;
    std::map<QString, std::vector<Money>> byEvent; ///< by event type; "" is what belongs to none
    std::map<QString, std::vector<Money>> byTeam;  ///< of what has a team
    friend bool operator==(const DailyCosts&, const DailyCosts&) = default;
};

[[nodiscard]] DailyCosts dailyCosts(const CostBill& bill);

/// What a million records of an event cost; nullopt: none were written.
struct UnitCost
{
    QString eventType;
    QString topic;
    QString team;
    std::int64_t records = 0;
    Money amount;
    std::optional<Money> perMillion;
    friend bool operator==(const UnitCost&, const UnitCost&) = default;
};

/// Every event of the bill, dearest a million first, those without records last.
[[nodiscard]] std::vector<UnitCost> unitCosts(const CostBill& bill);

} // namespace spillway
