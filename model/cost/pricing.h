// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/money.h"
#include "model/workspace/workspace.h"

#include <QDate>
#include <QStringList>

#include <array>
#include <optional>
#include <vector>

/// What things cost and who pays for them. The file's keys: resources/manual/cost.md.
namespace spillway {

enum class CostComponent { Storage, Network, Compute, Registry };
inline constexpr std::array costComponents{CostComponent::Storage, CostComponent::Network, CostComponent::Compute,
                                           CostComponent::Registry};
[[nodiscard]] QString costComponentWord(CostComponent component); ///< storage, network, compute, registry

/// What a rate is for. GiB is 2^30 bytes, GB is 10^9; a month is 365/12 days (730 hours), as cloud bills count it.
enum class PriceUnit {
    GibDay,
    GibMonth,
    GbDay,
    GbMonth,
    Gib,
    Gb,
    MillionEvents,
    EntryDay,
    EntryMonth,
    SchemaDay,
    SchemaMonth
};
[[nodiscard]] QString priceUnitWord(PriceUnit unit); ///< GiB-Day, GiB-Month, …, Million-Events, Entry-Day, …

/// Who pays for an event's share of a component.
enum class ChargedTo {
    Each,      ///< producer and every consumer pay the full amount (the article's calculator)
    Producer,  ///< the producer pays it once
    Consumers, ///< every consumer pays the full amount
    Split,     ///< it is paid once, in even parts by the producer and every consumer
};
[[nodiscard]] QString chargedToWord(ChargedTo chargedTo); ///< each, producer, consumers, split

struct ComponentPrice
{
    Rate rate;
    PriceUnit unit = PriceUnit::Gib;
    ChargedTo chargedTo = ChargedTo::Each;
    std::optional<std::int64_t> capacityBytes; ///< storage: paid for whether used or not; the unused part is idle
    friend bool operator==(const ComponentPrice&, const ComponentPrice&) = default;
};

struct PricingProfile
{
    QString name;
    QString currency; ///< ISO 4217
    std::optional<QDate> effectiveFrom;
    QString source;                       ///< where the rates come from, in the author's words
    std::optional<double> retentionDays;  ///< for every event; nullopt takes each event's own
    int replication = 1;                  ///< stored copies
    std::array<ComponentPrice, 4> prices; ///< by CostComponent
    friend bool operator==(const PricingProfile&, const PricingProfile&) = default;

    [[nodiscard]] const ComponentPrice& price(CostComponent component) const
    {
        return prices[static_cast<std::size_t>(component)];
    }
};

/// The governance article's constants: storage 0.10 per GiB-day over 7 days, network 0.05 per GiB, compute 0.50 per
/// million events consumed, registry 0.01 per entry and day; USD; everyone pays in full. An example, nobody's current
/// price.
[[nodiscard]] PricingProfile seedProfile();

/// Reads pricing.yaml: its profiles in the file's order. Every fault at once. Blocking; any thread.
[[nodiscard]] Checked<std::vector<PricingProfile>> loadPricing(const QString& file);

/// The profile by name: one of `fileProfiles`, else the built-in `seed`. An empty name takes the file's first, without
/// a file `seed`. Error InvalidConfig lists the names there are.
[[nodiscard]] Result<PricingProfile> chooseProfile(const std::vector<PricingProfile>& fileProfiles,
                                                   const QString& name);

} // namespace spillway
