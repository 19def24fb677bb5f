// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/eventcost.h"

namespace spillway {

QuantityBasis EventDayCost::basis() const
{
    const auto rests = [this](QuantityBasis basis) { return byBasis[static_cast<std::size_t>(basis)].micros != 0; };
    if (rests(QuantityBasis::Assumed))
        return QuantityBasis::Assumed;
    if (rests(QuantityBasis::Measured) && !rests(QuantityBasis::Declared))
        return QuantityBasis::Measured;
    return QuantityBasis::Declared;
}

std::map<QString, EventDayCost> eventCosts(const CostBill& bill)
{
    std::map<QString, EventDayCost> costs;
    for (const EventDrivers& drivers : bill.drivers) {
        if (!drivers.eventType.isEmpty())
            costs[drivers.eventType]; // one that costs nothing has no line, and is known all the same
    }
    for (const CostLine& line : bill.lines) {
        if (line.eventType.isEmpty())
            continue;
        EventDayCost& cost = costs[line.eventType];
        cost.day += line.amount;
        cost.components[componentIndex(line.component)] += line.amount;
        cost.byBasis[static_cast<std::size_t>(line.basis)] += line.amount;
        cost.teams[line.team] += line.amount;
    }
    for (const QString& unknown : bill.unknownEvents)
        costs.erase(unknown);
    for (auto& [event, cost] : costs) {
        cost.currency = bill.currency;
        cost.month = Money{(cost.day.micros * 365 + 6) / 12};
    }
    return costs;
}

} // namespace spillway
