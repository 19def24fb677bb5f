// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/whatif.h"

#include <algorithm>

namespace spillway {

namespace {

std::int64_t scaled(std::int64_t value, int percent)
{
    // In two steps, so that no product leaves 64 bits.
    return value / 100 * percent + value % 100 * percent / 100;
}

void fill(std::array<Money, costComponentCount>& parts, const CostBill& bill)
{
    for (const CostLine& line : bill.lines)
        parts[componentIndex(line.component)] += line.modelled;
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
        for (auto& [day, bytes] : topic.keptBytes)
            bytes = scaled(scaled(bytes, whatIf.volumePercent), whatIf.retentionPercent);
        if (topic.retentionDays)
            topic.retentionDays = *topic.retentionDays * whatIf.retentionPercent / 100.0;
    }
    return usage;
}

Result<CostSimulation> simulateCost(const Catalog& catalog, const PricingProfile& profile, const CostOptions& options,
                                    const CostWhatIf& whatIf)
{
    const auto now = costBill(catalog, profile, options);
    if (!now)
        return tl::unexpected(now.error());
    CostOptions changed = options;
    MeasuredUsage usage;
    if (options.measured) {
        usage = changedBy(whatIf, *options.measured);
        changed.measured = &usage;
    }
    const auto then = costBill(changedBy(whatIf, catalog), changedBy(whatIf, profile), changed);
    if (!then)
        return tl::unexpected(then.error());
    CostSimulation simulation;
    fill(simulation.now, *now);
    fill(simulation.then, *then);
    simulation.nowTotal = now->totals.modelled;
    simulation.thenTotal = then->totals.modelled;
    return simulation;
}

} // namespace spillway
