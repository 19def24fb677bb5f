// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/dailycosts.h"

#include "model/cost/exactshare.h"

#include <algorithm>
#include <limits>

namespace spillway {

DailyCosts dailyCosts(const CostBill& bill)
{
    DailyCosts costs;
    const auto count = static_cast<int>(bill.slices.size());
    for (int first = 0; first < count;) {
        int end = first + 1;
        const QDate day = bill.slices[static_cast<std::size_t>(first)].localDay;
        while (end < count && bill.slices[static_cast<std::size_t>(end)].localDay == day)
            ++end;
        const std::size_t at = costs.days.size();
        costs.days.push_back(day);
        costs.totals.emplace_back();
        for (const CostDayLine& line : dayLines(bill, first, end)) {
            costs.totals[at] += line.amount;
            const auto add = [&](std::vector<Money>& series) {
                series.resize(at + 1);
                series[at] += line.amount;
            };
            add(costs.byEvent[line.line->eventType]);
            if (!line.line->team.isEmpty())
                add(costs.byTeam[line.line->team]);
        }
        first = end;
    }
    for (auto* parts : {&costs.byEvent, &costs.byTeam}) {
        for (auto& [name, series] : *parts)
            series.resize(costs.days.size());
    }
    return costs;
}

std::vector<UnitCost> unitCosts(const CostBill& bill)
{
    std::map<std::pair<QString, QString>, UnitCost> costs;
    for (const EventDrivers& drivers : bill.drivers) {
        UnitCost& cost = costs[{drivers.eventType, drivers.topic}];
        cost.eventType = drivers.eventType;
        cost.topic = drivers.topic;
        cost.team = drivers.team;
        cost.records += drivers.records;
    }
    for (const CostLine& line : bill.lines) {
        const auto at = costs.find({line.eventType, line.topic});
        if (at != costs.end())
            at->second.amount += line.amount;
    }
    std::vector<UnitCost> all;
    for (auto& [key, cost] : costs) {
        if (cost.records > 0) {
            const Wide perMillion = (Wide{cost.amount.micros} * 1'000'000 + cost.records / 2) / cost.records;
            if (perMillion <= std::numeric_limits<std::int64_t>::max())
                cost.perMillion = Money{static_cast<std::int64_t>(perMillion)};
        }
        all.push_back(std::move(cost));
    }
    std::stable_sort(all.begin(), all.end(), [](const UnitCost& a, const UnitCost& b) {
        return a.perMillion.value_or(Money{-1}) > b.perMillion.value_or(Money{-1});
    });
    return all;
}

} // namespace spillway
