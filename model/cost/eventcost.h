// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costbill.h"

#include <map>

namespace spillway {

/// One event's part of a bill of one day.
struct EventDayCost
{
    QString currency;
    Money day;
    Money month;                                      ///< 365/12 days like this one
    std::array<Money, costComponentCount> components; ///< of the day
    std::array<Money, quantityBases.size()> byBasis;  ///< of the day, by QuantityBasis
    std::map<QString, Money> teams;                   ///< who pays how much of the day; empty name: nobody's
    friend bool operator==(const EventDayCost&, const EventDayCost&) = default;

    /// The weakest basis that anything of it rests on; Declared where nothing costs anything.
    [[nodiscard]] QuantityBasis basis() const;
};

/// By event type. An event about which something is not known, and costs of no event, are left out: unknown is not
/// zero. @param bill  without a range, so that it is of one day. Pure; any thread.
[[nodiscard]] std::map<QString, EventDayCost> eventCosts(const CostBill& bill);

} // namespace spillway
