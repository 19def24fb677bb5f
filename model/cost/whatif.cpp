// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/whatif.h"

#include "model/cost/costjson.h"
#include "model/cost/exactshare.h"
#include "model/cost/texttable.h"

#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

std::int64_t scaled(std::int64_t value, int percent)
{
    // In two steps, so that no product leaves 64 bits.
    return value / 100 * percent + value % 100 * percent / 100;
}

/// amount × numerator / denominator, halves away from zero.
Money inProportion(Money amount, Money numerator, Money denominator)
{
    const Wide whole = Wide{amount.micros} * Wide{numerator.micros};
    const Wide half = denominator.micros / 2;
    const Wide rounded = (whole + (whole < 0 ? -half : half)) / Wide{denominator.micros};
    return Money{static_cast<std::int64_t>(rounded)};
}

/// Billed and modelled, by segment and component; adjustments apart.
struct Sums
{
    std::map<std::pair<int, CostComponent>, std::pair<Money, Money>> parts;
    Money adjustment;
};

Sums sumsOf(const CostBill& bill)
{
    Sums sums;
    for (const CostLine& line : bill.lines) {
        if (line.role == CostRole::Adjustment) {
            sums.adjustment += line.amount;
            continue;
        }
        auto& [billed, modelled] = sums.parts[{line.segment, line.component}];
        billed += line.amount;
        modelled += line.modelled;
    }
    return sums;
}

} // namespace

Catalog changedBy(const CostWhatIf& whatIf, const Catalog& catalog)
{
    std::vector<CatalogEvent> events = catalog.events();
    for (CatalogEvent& event : events) {
        if (event.avgDailyVolume)
            event.avgDailyVolume = scaled(*event.avgDailyVolume, whatIf.volumePercent);
        if (event.retentionDays)
            event.retentionDays = *event.retentionDays * whatIf.retentionPercent / 100.0;
    }
    return {catalog.owned(), std::move(events), catalog.rules()};
}

PricingProfile changedBy(const CostWhatIf& whatIf, PricingProfile profile)
{
    const auto change = [&whatIf](PricingProfile& one) {
        if (whatIf.replication)
            one.replication = *whatIf.replication;
        if (one.retentionDays)
            one.retentionDays = *one.retentionDays * whatIf.retentionPercent / 100.0;
        if (one.assumedRetentionDays)
            one.assumedRetentionDays = *one.assumedRetentionDays * whatIf.retentionPercent / 100.0;
        if (one.assumedDailyVolume)
            one.assumedDailyVolume = scaled(*one.assumedDailyVolume, whatIf.volumePercent);
    };
    change(profile);
    for (PricingProfile& later : profile.changes)
        change(later);
    return profile;
}

MeasuredUsage changedBy(const CostWhatIf& whatIf, MeasuredUsage usage)
{
    for (auto& [name, topic] : usage.topics) {
        for (auto& [day, records] : topic.records)
            records = scaled(records, whatIf.volumePercent);
        if (topic.usualRecords)
            topic.usualRecords = scaled(*topic.usualRecords, whatIf.volumePercent);
        for (auto& [day, bytes] : topic.keptBytes)
            bytes = scaled(scaled(bytes, whatIf.volumePercent), whatIf.retentionPercent);
        for (auto& [day, records] : topic.keptRecords)
            records = scaled(scaled(records, whatIf.volumePercent), whatIf.retentionPercent);
        if (topic.retentionDays)
            topic.retentionDays = *topic.retentionDays * whatIf.retentionPercent / 100.0;
    }
    return usage;
}

CostSimulation compareBills(const CostBill& now, const CostBill& then)
{
    CostSimulation simulation;
    const Sums before = sumsOf(now);
    const Sums after = sumsOf(then);
    simulation.adjustment = before.adjustment;
    for (const auto& [at, amounts] : before.parts)
        simulation.now[componentIndex(at.second)] += amounts.first;
    for (const auto& [at, amounts] : after.parts) {
        const auto known = before.parts.find(at);
        const bool isScaled = known != before.parts.end() && known->second.second.micros != 0 &&
                              known->second.first != known->second.second;
        simulation.isCalibrated = simulation.isCalibrated || isScaled;
        simulation.then[componentIndex(at.second)] +=
            isScaled ? inProportion(amounts.second, known->second.first, known->second.second) : amounts.second;
    }
    simulation.isCalibrated = simulation.isCalibrated || before.adjustment.micros != 0;
    for (const CostComponent component : costComponents) {
        simulation.nowTotal += simulation.now[componentIndex(component)];
        simulation.thenTotal += simulation.then[componentIndex(component)];
    }
    simulation.nowTotal += simulation.adjustment;
    simulation.thenTotal += simulation.adjustment;
    return simulation;
}

QByteArray simulationJson(const CostSimulation& simulation, const QString& currency)
{
    JsonWriter json;
    json.beginObject().field(u"currency", currency);
    writeAmount(json, u"now", simulation.nowTotal);
    writeAmount(json, u"then", simulation.thenTotal);
    writeAmount(json, u"change", Money{simulation.thenTotal.micros - simulation.nowTotal.micros});
    writeAmount(json, u"adjustment", simulation.adjustment);
    json.key(u"isCalibrated").raw(simulation.isCalibrated ? "true" : "false");
    json.key(u"components").beginArray();
    for (const CostComponent component : costComponents) {
        const std::size_t at = componentIndex(component);
        if (simulation.now[at].micros == 0 && simulation.then[at].micros == 0)
            continue;
        json.beginObject().field(u"component", costComponentKey(component));
        writeAmount(json, u"now", simulation.now[at]);
        writeAmount(json, u"then", simulation.then[at]);
        json.endObject();
    }
    json.endArray().endObject();
    return json.json();
}

QString simulationText(const CostSimulation& simulation, const QString& currency)
{
    const auto text = [](Money amount) { return groupedMoney(amount, 4); };
    std::vector<QStringList> rows{{u"Component"_s, u"Now"_s, u"Then"_s, u"Change"_s}};
    const auto add = [&](const QString& name, Money now, Money then) {
        rows.push_back({name, text(now), text(then), text(Money{then.micros - now.micros})});
    };
    for (const CostComponent component : costComponents) {
        const std::size_t at = componentIndex(component);
        if (simulation.now[at].micros != 0 || simulation.then[at].micros != 0)
            add(costComponentWord(component), simulation.now[at], simulation.then[at]);
    }
    if (simulation.adjustment.micros != 0)
        add(u"adjustment"_s, simulation.adjustment, simulation.adjustment);
    add(u"total"_s, simulation.nowTotal, simulation.thenTotal);
    return textTable(rows, 1) + (simulation.isCalibrated
                                     ? u"Amounts in %1, by the factors of invoices.\n"_s.arg(currency)
                                     : u"Amounts in %1, at the profile's rates.\n"_s.arg(currency));
}

} // namespace spillway
