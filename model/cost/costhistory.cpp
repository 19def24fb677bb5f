// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costhistory.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = CostPart::Kind;

/// First and end slice of each day of the bill's zone.
std::vector<std::pair<int, int>> localDays(const CostBill& bill)
{
    std::vector<std::pair<int, int>> days;
    for (int at = 0; at < static_cast<int>(bill.slices.size()); ++at) {
        const QDate day = bill.slices[static_cast<std::size_t>(at)].localDay;
        if (at > 0 && bill.slices[static_cast<std::size_t>(at - 1)].localDay == day)
            days.back().second = at + 1;
        else
            days.emplace_back(at, at + 1);
    }
    return days;
}

/// Adds `part` to the first of its kind, or as that.
void fold(std::vector<CostPart>& parts, Kind kind, const CostPart& part)
{
    auto place = std::find_if(parts.begin(), parts.end(), [kind](const CostPart& one) { return one.kind == kind; });
    if (place == parts.end()) {
        parts.push_back({.kind = kind, .name = {}, .total = {}, .byDay = std::vector<Money>(part.byDay.size())});
        place = parts.end() - 1;
    }
    place->total += part.total;
    for (std::size_t day = 0; day < part.byDay.size(); ++day)
        place->byDay[day] += part.byDay[day];
}

} // namespace

QString costDimensionWord(CostDimension dimension)
{
    switch (dimension) {
    case CostDimension::Team:
        return u"team"_s;
    case CostDimension::Event:
        return u"event"_s;
    case CostDimension::Component:
        return u"component"_s;
    }
    return {};
}

std::pair<CostPart::Kind, QString> costPartOf(const CostLine& line, CostDimension dimension)
{
    if (dimension == CostDimension::Component)
        return {Kind::Named, costComponentWord(line.component)};
    if (line.role == CostRole::Idle)
        return {Kind::Idle, {}};
    if (line.role == CostRole::Adjustment)
        return {Kind::Adjustment, {}};
    if (dimension == CostDimension::Team)
        return line.team.isEmpty() ? std::pair(Kind::Unattributed, QString()) : std::pair(Kind::Named, line.team);
    return line.eventType.isEmpty() ? std::pair(Kind::Others, QString()) : std::pair(Kind::Named, line.eventType);
}

CostHistory costHistory(const CostBill& bill, CostDimension dimension, std::size_t mostParts)
{
    CostHistory history;
    const std::vector<std::pair<int, int>> days = localDays(bill);
    for (const auto& [first, end] : days)
        history.days.push_back(bill.slices[static_cast<std::size_t>(first)].localDay);

    std::map<std::pair<Kind, QString>, CostPart> parts;
    const auto partOf = [&](const CostLine& line) -> CostPart& {
        const auto key = costPartOf(line, dimension);
        const auto [place, isNew] = parts.try_emplace(key);
        if (isNew)
            place->second = {
                .kind = key.first, .name = key.second, .total = {}, .byDay = std::vector<Money>(days.size())};
        return place->second;
    };
    for (const CostLine& line : bill.lines) {
        partOf(line).total += line.amount;
        history.total += line.amount;
    }
    for (std::size_t day = 0; day < days.size(); ++day) {
        for (const CostDayLine& part : dayLines(bill, days[day].first, days[day].second))
            partOf(*part.line).byDay[day] += part.amount;
    }

    std::vector<CostPart> named;
    for (auto& [key, part] : parts) {
        if (key.first == Kind::Named && part.total.micros != 0)
            named.push_back(std::move(part));
    }
    std::stable_sort(named.begin(), named.end(),
                     [](const CostPart& a, const CostPart& b) { return a.total > b.total; });
    // One that is left over keeps its name: "others" would take as much room.
    const std::size_t own = named.size() <= mostParts + 1 ? named.size() : mostParts;
    history.parts.assign(named.begin(), named.begin() + static_cast<std::ptrdiff_t>(own));
    for (std::size_t at = own; at < named.size(); ++at)
        fold(history.parts, Kind::Others, named[at]);
    for (const Kind kind : {Kind::Others, Kind::Unattributed, Kind::Idle, Kind::Adjustment}) {
        const auto found = parts.find({kind, QString()});
        if (found != parts.end() && found->second.total.micros != 0)
            fold(history.parts, kind, found->second);
    }
    return history;
}

} // namespace spillway
