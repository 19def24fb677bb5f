// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/cost/costbill.h"

#include <QRandomGenerator>

/// Catalogs and profiles that cost tests share.
namespace spillway::test {

inline CatalogEvent costEvent(const QString& type, std::optional<std::int64_t> volume,
                              std::optional<std::int64_t> bytes, std::optional<double> retention,
                              const QString& producer, const QStringList& consumers)
{
    CatalogEvent made;
    made.eventType = type;
    made.topic = type;
    made.avgDailyVolume = volume;
    made.avgPayloadBytes = bytes;
    made.retentionDays = retention;
    made.producer.team = producer;
    made.producer.service = producer + QStringLiteral("-service");
    for (const QString& team : consumers) {
        ConsumerEntry consumer;
        consumer.team = team;
        consumer.service = team + QStringLiteral("-service");
        consumer.consumerGroup = consumer.service;
        made.consumers.push_back(consumer);
    }
    return made;
}

inline void setPrice(PricingProfile& profile, CostComponent component, const ComponentPrice& price)
{
    profile.prices[componentIndex(component)] = price;
}

/// Every component has a rate; whole numbers where they help a reckoning by hand.
inline PricingProfile cloudProfile()
{
    PricingProfile profile;
    profile.name = QStringLiteral("cloud");
    profile.currency = QStringLiteral("EUR");
    profile.replication = 3;
    profile.zones = 3;
    profile.hotDays = 2;
    profile.assumedPartitions = 6;
    setPrice(profile, CostComponent::Storage, {Rate{10, 2}, PriceUnit::GibDay, ChargedTo::Producer});
    setPrice(profile, CostComponent::Network, {Rate{0, 0}, PriceUnit::Gib, ChargedTo::Each});
    setPrice(profile, CostComponent::Compute, {Rate{50, 2}, PriceUnit::MillionEvents, ChargedTo::Consumers});
    setPrice(profile, CostComponent::Registry, {Rate{1, 2}, PriceUnit::SchemaHour, ChargedTo::Producer});
    setPrice(profile, CostComponent::TieredStorage, {Rate{1, 2}, PriceUnit::GibDay, ChargedTo::Producer});
    setPrice(profile, CostComponent::Ingress, {Rate{3, 2}, PriceUnit::Gib, ChargedTo::Producer});
    setPrice(profile, CostComponent::Egress, {Rate{5, 2}, PriceUnit::Gib, ChargedTo::Consumers});
    setPrice(profile, CostComponent::CrossZone, {Rate{2, 2}, PriceUnit::Gib, ChargedTo::Each});
    setPrice(profile, CostComponent::Broker, {Rate{25, 2}, PriceUnit::Hour, ChargedTo::Split, 1 << 20, 3});
    setPrice(profile, CostComponent::Partitions, {Rate{15, 4}, PriceUnit::Hour, ChargedTo::Producer, {}, 10});
    setPrice(profile, CostComponent::Requests, {Rate{7, 1}, PriceUnit::MillionRequests, ChargedTo::Each});
    setPrice(profile, CostComponent::Connectors, {Rate{11, 2}, PriceUnit::Hour, ChargedTo::Split, {}, 2});
    setPrice(profile, CostComponent::Fixed, {Rate{365, 0}, PriceUnit::Month, ChargedTo::Split});
    return profile;
}

/// Up to 20 events of up to 5 consumers; some without a team.
inline Catalog randomCatalog(QRandomGenerator& random)
{
    std::vector<CatalogEvent> events;
    const int count = static_cast<int>(random.bounded(0, 20));
    for (int i = 0; i < count; ++i) {
        QStringList consumers;
        for (int c = static_cast<int>(random.bounded(0, 6)); c > 0; --c)
            consumers += random.bounded(8) == 0 ? QString() : QStringLiteral("team%1").arg(random.bounded(6));
        events.push_back(costEvent(QStringLiteral("e%1").arg(i), random.bounded(100'000'000), random.bounded(100'000),
                                   random.bounded(1, 400) / 8.0,
                                   random.bounded(6) == 0 ? QString() : QStringLiteral("team%1").arg(random.bounded(6)),
                                   consumers));
    }
    return Catalog({}, events, {});
}

inline PricingProfile randomProfile(QRandomGenerator& random)
{
    PricingProfile profile = cloudProfile();
    profile.replication = static_cast<int>(random.bounded(1, 5));
    profile.zones = static_cast<int>(random.bounded(1, 5));
    profile.usagePercent = static_cast<int>(random.bounded(101));
    if (random.bounded(2) == 0)
        profile.hotDays.reset();
    for (const CostComponent component : costComponents) {
        ComponentPrice& price = profile.prices[componentIndex(component)];
        price.rate =
            Rate{static_cast<std::int64_t>(random.bounded(0, 1'000'000)), static_cast<int>(random.bounded(3, 11))};
        if (component != CostComponent::Broker && component != CostComponent::Connectors &&
            component != CostComponent::Fixed)
            price.chargedTo = static_cast<ChargedTo>(random.bounded(5));
    }
    return profile;
}

} // namespace spillway::test
