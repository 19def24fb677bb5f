// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/savings.h"
#include "model/cost/unitprice.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The catalog with the changes made.
Catalog changedCatalog(const Catalog& catalog, const std::vector<Saving>& savings)
{
    std::vector<CatalogEvent> events = catalog.events();
    std::vector<OwnedEvent> owned = catalog.owned();
    const auto drop = [](std::vector<ConsumerEntry>& consumers, const QString& service) {
        std::erase_if(consumers, [&](const ConsumerEntry& consumer) { return consumer.service == service; });
    };
    for (const Saving& saving : savings) {
        if (saving.isRemoved) {
            std::erase_if(events, [&](const CatalogEvent& event) { return event.eventType == saving.eventType; });
            std::erase_if(owned, [&](const OwnedEvent& event) { return event.eventType == saving.eventType; });
        }
        for (CatalogEvent& event : events) {
            if (event.eventType != saving.eventType)
                continue;
            if (saving.retentionDays)
                event.retentionDays = saving.retentionDays;
            if (saving.payloadBytes)
                event.avgPayloadBytes =
                    std::min(event.avgPayloadBytes.value_or(*saving.payloadBytes), *saving.payloadBytes);
            if (!saving.withoutService.isEmpty())
                drop(event.consumers, saving.withoutService);
        }
        for (OwnedEvent& event : owned) {
            if (event.eventType == saving.eventType && !saving.withoutService.isEmpty())
                drop(event.consumers, saving.withoutService);
        }
    }
    return Catalog(std::move(owned), std::move(events), catalog.rules());
}

/// What was measured, as if the changes had been made.
MeasuredUsage changedUsage(const MeasuredUsage* measured, const std::vector<Saving>& savings)
{
    MeasuredUsage usage = measured != nullptr ? *measured : MeasuredUsage();
    for (const Saving& saving : savings) {
        const auto at = usage.topics.find(saving.topic);
        if (at == usage.topics.end())
            continue;
        TopicUsage& topic = at->second;
        if (saving.isRemoved) {
            usage.topics.erase(at);
            continue;
        }
        if (saving.retentionDays && topic.retentionDays && *topic.retentionDays > 0) {
            const double share = *saving.retentionDays / *topic.retentionDays;
            for (auto* kept : {&topic.keptBytes, &topic.keptRecords}) {
                for (auto& [day, amount] : *kept)
                    amount = std::llround(static_cast<double>(amount) * std::min(1.0, share));
            }
            topic.retentionDays = saving.retentionDays;
        }
        if (saving.payloadBytes && topic.recordBytes && *topic.recordBytes > 0) {
            const double share = static_cast<double>(*saving.payloadBytes) / static_cast<double>(*topic.recordBytes);
            for (auto& [day, amount] : topic.keptBytes)
                amount = std::llround(static_cast<double>(amount) * std::min(1.0, share));
            topic.recordBytes = std::min(*topic.recordBytes, *saving.payloadBytes);
        }
        if (saving.partitions)
            topic.partitions = saving.partitions;
    }
    return usage;
}

/// What profiles are made otherwise by.
PricingProfile changedProfile(const PricingProfile& before, const std::vector<Saving>& savings)
{
    PricingProfile profile = before;
    const auto change = [&savings](PricingProfile& one) {
        for (const Saving& saving : savings) {
            if (saving.recordsPerRequest)
                one.recordsPerRequest = *saving.recordsPerRequest;
            if (saving.hotDays)
                one.hotDaysOf[saving.topic] = *saving.hotDays;
        }
    };
    change(profile);
    for (PricingProfile& later : profile.changes)
        change(later);
    return profile;
}

/// What the payloads cost that lie in an object store now: as long as their records, one copy, at the profile's price
/// of tiered storage.
Result<CostLine> objectLine(const CostBill& bill, const EventDrivers& drivers, std::int64_t objectBytes)
{
    const CostSegment& segment = bill.segments[static_cast<std::size_t>(drivers.segment)];
    const ComponentPrice& price = segment.profile.price(CostComponent::TieredStorage);
    const UnitPrice unit = unitPrice(price);
    const Wide kept = std::llround(static_cast<double>(drivers.records) * drivers.retentionDays * 1000);
    const auto stored = product(std::array{kept, Wide{objectBytes}});
    const auto numerator = stored ? product(std::array{*stored, unit.numerator}) : std::nullopt;
    const auto quantity = stored ? quantityNanos(*stored, unit) : std::nullopt;
    if (!numerator || !quantity)
        return fail(ErrorCode::InvalidConfig, u"the stored payloads of %1 do not fit"_s.arg(drivers.eventType));
    const auto amount = roundShares({*numerator}, unit.denominator);
    if (!amount)
        return tl::unexpected<Error>(amount.error());
    CostLine line;
    line.eventType = drivers.eventType;
    line.topic = drivers.topic;
    line.team = drivers.team;
    line.role = drivers.team.isEmpty() ? CostRole::Unattributed : CostRole::Producer;
    line.component = CostComponent::TieredStorage;
    line.quantity = Quantity{*quantity};
    line.unit = price.unit;
    line.rate = price.rate;
    line.basis = QuantityBasis::Assumed;
    line.modelled = amount->front();
    line.amount = amount->front();
    line.segment = drivers.segment;
    return line;
}

} // namespace

QString savingKindKey(SavingKind kind)
{
    switch (kind) {
    case SavingKind::Retention:
        return u"retention"_s;
    case SavingKind::DeadGroup:
        return u"deadGroup"_s;
    case SavingKind::UnreadTopic:
        return u"unreadTopic"_s;
    case SavingKind::UnusedFields:
        return u"unusedFields"_s;
    case SavingKind::Compression:
        return u"compression"_s;
    case SavingKind::Batching:
        return u"batching"_s;
    case SavingKind::Partitions:
        return u"partitions"_s;
    case SavingKind::TieredStorage:
        return u"tieredStorage"_s;
    case SavingKind::ClaimCheck:
        return u"claimCheck"_s;
    }
    return {};
}

QString savingRiskWord(SavingRisk risk)
{
    switch (risk) {
    case SavingRisk::Low:
        return u"low"_s;
    case SavingRisk::Medium:
        return u"medium"_s;
    case SavingRisk::High:
        return u"high"_s;
    }
    return {};
}

Result<CostBill> simulateSavings(const SavingsInput& input, const std::vector<Saving>& savings)
{
    const MeasuredUsage usage = changedUsage(input.options.measured, savings);
    CostOptions options = input.options;
    if (input.options.measured != nullptr)
        options.measured = &usage;
    auto bill = costBill(changedCatalog(input.catalog, savings), changedProfile(input.profile, savings), options);
    if (!bill)
        return bill;
    for (const Saving& saving : savings) {
        for (const EventDrivers& drivers : bill->drivers) {
            if (!saving.objectBytes || drivers.eventType != saving.eventType)
                continue;
            const auto line = objectLine(*bill, drivers, *saving.objectBytes);
            if (!line)
                return tl::unexpected<Error>(line.error());
            if (line->amount.micros != 0)
                bill->lines.push_back(*line);
        }
    }
    bill->totals = totalsOf(bill->lines);
    return bill;
}

} // namespace spillway
