// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/change.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Effects = std::array<double, costFactors.size()>;

double& of(Effects& effects, CostFactor factor)
{
    return effects[static_cast<std::size_t>(factor)];
}

/// An event in one bill, over all its segments.
struct EventCost
{
    std::optional<EventDrivers> drivers;
    QString team;
    std::array<std::int64_t, costComponentCount> components{};
    std::array<double, costComponentCount> times{}; ///< how often each component is paid for
    [[nodiscard]] std::int64_t total() const
    {
        return std::accumulate(components.begin(), components.end(), std::int64_t{0});
    }
};

/// How often a component is paid for, for an event of so many consumers.
double timesOf(const ComponentPrice& price, CostComponent component, int consumers)
{
    switch (component) {
    case CostComponent::Egress:
        return consumers;
    case CostComponent::Broker:
    case CostComponent::Connectors:
    case CostComponent::Fixed:
    case CostComponent::CrossZone:
    case CostComponent::Requests:
        return consumers + 1;
    case CostComponent::Ingress:
    case CostComponent::Partitions:
        return 1;
    case CostComponent::Storage:
    case CostComponent::TieredStorage:
    case CostComponent::Network:
    case CostComponent::Compute:
    case CostComponent::Registry:
    case CostComponent::Adjustment:
        break;
    }
    return price.chargedTo == ChargedTo::Each ? consumers + 1 : price.chargedTo == ChargedTo::Consumers ? consumers : 1;
}

bool followsVolume(CostComponent component)
{
    return component != CostComponent::Registry && component != CostComponent::Partitions;
}

bool followsSize(CostComponent component)
{
    return followsVolume(component) && component != CostComponent::Compute && component != CostComponent::Requests;
}

bool followsRetention(CostComponent component)
{
    return component == CostComponent::Storage || component == CostComponent::TieredStorage;
}

using EventKey = std::pair<QString, QString>; // event type, topic

/// Segments joined: days and records add up, sizes and retentions are averages by records.
void join(EventDrivers& into, const EventDrivers& other)
{
    const double records = static_cast<double>(into.records) + static_cast<double>(other.records);
    const auto averageOf = [&](double a, double b) {
        return records > 0 ? (a * static_cast<double>(into.records) + b * static_cast<double>(other.records)) / records
                           : b;
    };
    if (into.firstDay.isValid() && other.firstDay.isValid()) { // they may share a day that begins in one of them
        const auto from = static_cast<std::size_t>(std::max<qint64>(0, into.firstDay.daysTo(other.firstDay)));
        into.recordsByDay.resize(std::max(into.recordsByDay.size(), from + other.recordsByDay.size()));
        for (std::size_t day = 0; day < other.recordsByDay.size(); ++day)
            into.recordsByDay[from + day] += other.recordsByDay[day];
    }
    into.recordBytes =
        std::llround(averageOf(static_cast<double>(into.recordBytes), static_cast<double>(other.recordBytes)));
    into.retentionDays = averageOf(into.retentionDays, other.retentionDays);
    into.records += other.records;
    into.days += other.days;
    into.consumers = std::max(into.consumers, other.consumers);
}

std::map<EventKey, EventCost> costsOf(const CostBill& bill)
{
    std::map<EventKey, EventCost> costs;
    for (const EventDrivers& drivers : bill.drivers) {
        EventCost& cost = costs[{drivers.eventType, drivers.topic}];
        cost.team = drivers.team;
        if (cost.drivers)
            join(*cost.drivers, drivers);
        else
            cost.drivers = drivers;
        const PricingProfile& profile = bill.segments[static_cast<std::size_t>(drivers.segment)].profile;
        for (const CostComponent component : costComponents)
            cost.times[componentIndex(component)] =
                timesOf(profile.price(component), component, cost.drivers->consumers);
    }
    for (const CostLine& line : bill.lines)
        costs[{line.eventType, line.topic}].components[componentIndex(line.component)] += line.amount.micros;
    return costs;
}

/// Divides one component's change; what no factor explains is the price's.
void divide(Effects& effects, CostComponent component, const EventCost& before, const EventCost& after)
{
    const std::size_t c = componentIndex(component);
    const auto was = static_cast<double>(before.components[c]);
    const auto is = static_cast<double>(after.components[c]);
    std::vector<std::pair<CostFactor, std::pair<double, double>>> factors;
    const EventDrivers& a = *before.drivers;
    const EventDrivers& b = *after.drivers;
    if (followsVolume(component))
        factors.push_back({CostFactor::Volume, {static_cast<double>(a.records), static_cast<double>(b.records)}});
    if (followsSize(component))
        factors.push_back({CostFactor::Size, {static_cast<double>(a.recordBytes), static_cast<double>(b.recordBytes)}});
    if (followsRetention(component))
        factors.push_back({CostFactor::Retention, {a.retentionDays, b.retentionDays}});
    factors.push_back({CostFactor::FanOut, {before.times[c], after.times[c]}});
    // From or to nothing: the factor that is nothing there explains all of it.
    for (const auto& [factor, values] : factors) {
        if ((values.first == 0) != (values.second == 0)) {
            of(effects, factor) += is - was;
            return;
        }
    }
    if (was <= 0 || is <= 0) {
        of(effects, CostFactor::Price) += is - was;
        return;
    }
    const double mean =
        was == is ? was : (is - was) / std::log(is / was); // of equal ones their value: factors may cancel
    double rest = is - was;
    for (const auto& [factor, values] : factors) {
        const double effect = values.first > 0 ? mean * std::log(values.second / values.first) : 0;
        of(effects, factor) += effect;
        rest -= effect;
    }
    // What is left of an identity is rounding, less than a micro-unit of each share on each day; a rate that did not
    // change has no effect.
    const double rounding = (2.0 + a.consumers + b.consumers) * std::max(a.days, b.days);
    of(effects, CostFactor::Price) += std::abs(rest) < rounding ? 0 : rest;
}

/// Rounds effects so that they add up to the change; the largest takes what rounding leaves.
std::array<Money, costFactors.size()> roundEffects(const Effects& effects, std::int64_t change)
{
    std::array<Money, costFactors.size()> rounded;
    std::int64_t sum = 0;
    std::size_t largest = 0;
    for (std::size_t f = 0; f < effects.size(); ++f) {
        rounded[f] = Money{std::llround(effects[f])};
        sum += rounded[f].micros;
        if (std::abs(effects[f]) > std::abs(effects[largest]))
            largest = f;
    }
    rounded[largest].micros += change - sum;
    return rounded;
}

std::vector<double> dailyRecords(const EventDrivers& drivers)
{
    if (drivers.recordsByDay.empty())
        return {static_cast<double>(drivers.records)};
    return {drivers.recordsByDay.begin(), drivers.recordsByDay.end()};
}

QDate dayAt(const EventDrivers& drivers, std::size_t index)
{
    return drivers.firstDay.isValid() ? drivers.firstDay.addDays(static_cast<qint64>(index)) : QDate();
}

std::optional<QDate> valid(QDate day)
{
    return day.isValid() ? std::optional(day) : std::nullopt;
}

class Dating
{
public:
    Dating(const CostBill& before, const CostBill& after, const Catalog& catalog)
        : m_before(before)
        , m_after(after)
        , m_catalog(catalog)
    {
    }

    [[nodiscard]] std::optional<QDate> since(const CostChange& change) const
    {
        const CatalogEvent* event = m_catalog.catalogEvent(change.eventType);
        const auto dateOf = [event](QString CatalogEvent::*field) {
            return event != nullptr ? valid(QDate::fromString((event->*field).left(10), Qt::ISODate)) : std::nullopt;
        };
        const auto largest =
            std::max_element(costFactors.begin(), costFactors.end(), [&change](CostFactor a, CostFactor b) {
                return std::abs(change.effect(a).micros) < std::abs(change.effect(b).micros);
            });
        switch (*largest) {
        case CostFactor::New: {
            const auto day = firstDayWithRecords(change);
            return day ? day : dateOf(&CatalogEvent::createdAt);
        }
        case CostFactor::Size:
            return dateOf(&CatalogEvent::lastSchemaChange);
        case CostFactor::Volume:
            return breakOf(change);
        case CostFactor::Price:
            return rateChange();
        case CostFactor::FanOut:
        case CostFactor::Retention:
        case CostFactor::Gone:
            break;
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] std::optional<QDate> firstDayWithRecords(const CostChange& change) const
    {
        if (!change.driversAfter)
            return std::nullopt;
        const std::vector<std::int64_t>& days = change.driversAfter->recordsByDay;
        const auto at = std::find_if(days.begin(), days.end(), [](std::int64_t records) { return records > 0; });
        return at != days.end() ? valid(dayAt(*change.driversAfter, static_cast<std::size_t>(at - days.begin())))
                                : std::nullopt;
    }

    [[nodiscard]] std::optional<QDate> breakOf(const CostChange& change) const
    {
        if (!change.driversBefore || !change.driversAfter)
            return std::nullopt;
        std::vector<double> series = dailyRecords(*change.driversBefore);
        const std::size_t first = series.size();
        const std::vector<double> after = dailyRecords(*change.driversAfter);
        series.insert(series.end(), after.begin(), after.end());
        const auto at = clearestBreak(series);
        if (!at)
            return std::nullopt;
        return valid(*at < first ? dayAt(*change.driversBefore, *at) : dayAt(*change.driversAfter, *at - first));
    }

    [[nodiscard]] std::optional<QDate> rateChange() const
    {
        for (const CostSegment& segment : m_after.segments) {
            const auto& from = segment.profile.effectiveFrom;
            if (from && m_after.range && m_before.range && *from > m_before.range->first &&
                *from <= m_after.range->last)
                return from;
        }
        return std::nullopt;
    }

    const CostBill& m_before;
    const CostBill& m_after;
    const Catalog& m_catalog;
};

} // namespace

QString costFactorKey(CostFactor factor)
{
    switch (factor) {
    case CostFactor::Volume:
        return u"volume"_s;
    case CostFactor::Size:
        return u"size"_s;
    case CostFactor::FanOut:
        return u"fanOut"_s;
    case CostFactor::Retention:
        return u"retention"_s;
    case CostFactor::Price:
        return u"price"_s;
    case CostFactor::New:
        return u"new"_s;
    case CostFactor::Gone:
        return u"gone"_s;
    }
    return {};
}

std::optional<std::size_t> clearestBreak(const std::vector<double>& series)
{
    if (series.size() < 4)
        return std::nullopt;
    const double all = std::accumulate(series.begin(), series.end(), 0.0);
    const auto count = static_cast<double>(series.size());
    double sum = 0;
    double most = 0;
    std::optional<std::size_t> best;
    for (std::size_t i = 1; i < series.size(); ++i) {
        sum += series[i - 1];
        const auto first = static_cast<double>(i);
        const double step = std::abs((all - sum) / (count - first) - sum / first);
        const double clarity = step * std::sqrt(first * (count - first) / count);
        if (clarity > most * (1 + 1e-12)) {
            most = clarity;
            best = i;
        }
    }
    return best;
}

std::vector<CostChange> costChanges(const CostBill& before, const CostBill& after, const Catalog& catalog)
{
    const auto was = costsOf(before);
    const auto is = costsOf(after);
    std::map<EventKey, std::pair<const EventCost*, const EventCost*>> pairs;
    for (const auto& [key, cost] : was)
        pairs[key].first = &cost;
    for (const auto& [key, cost] : is)
        pairs[key].second = &cost;
    const EventCost none;
    const Dating dating(before, after, catalog);
    std::vector<CostChange> changes;
    for (const auto& [key, pair] : pairs) {
        const EventCost& a = pair.first != nullptr ? *pair.first : none;
        const EventCost& b = pair.second != nullptr ? *pair.second : none;
        CostChange change{.eventType = key.first,
                          .topic = key.second,
                          .team = b.team.isEmpty() ? a.team : b.team,
                          .before = Money{a.total()},
                          .after = Money{b.total()},
                          .effects = {},
                          .driversBefore = a.drivers,
                          .driversAfter = b.drivers,
                          .since = {}};
        Effects effects{};
        if (a.drivers && b.drivers) {
            for (const CostComponent component : costComponents)
                divide(effects, component, a, b);
        } else {
            const CostFactor whole = b.drivers ? CostFactor::New : a.drivers ? CostFactor::Gone : CostFactor::Price;
            of(effects, whole) = static_cast<double>(change.delta().micros);
        }
        change.effects = roundEffects(effects, change.delta().micros);
        if (a.components == b.components && change.effects == decltype(change.effects){})
            continue;
        change.since = dating.since(change);
        changes.push_back(std::move(change));
    }
    std::stable_sort(changes.begin(), changes.end(), [](const CostChange& x, const CostChange& y) {
        return std::abs(x.delta().micros) > std::abs(y.delta().micros);
    });
    return changes;
}

} // namespace spillway
