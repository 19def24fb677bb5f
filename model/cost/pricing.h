// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/money.h"
#include "model/workspace/workspace.h"

#include <QDate>
#include <QStringList>

#include <array>
#include <map>
#include <optional>
#include <vector>

/// What things cost and who pays for them. The file's keys: resources/manual/cost.md.
namespace spillway {

/// The first four are the article's and stand in every report; the others where a profile has a rate for them.
enum class CostComponent {
    Storage, ///< bytes on brokers, times copies, times days
    Network, ///< bytes per participant, without telling in from out
    Compute, ///< events handled by consumers
    Registry,
    TieredStorage, ///< bytes beyond the hot days, one copy
    Ingress,       ///< bytes written by producers
    Egress,        ///< bytes read, per consumer
    CrossZone,     ///< bytes between zones: replication, produce, fetch
    Broker,        ///< reserved broker time
    Partitions,
    Requests,
    Connectors, ///< connector tasks
    Fixed,      ///< support and base fees
    Adjustment, ///< what invoices hold beyond the model; nobody prices it
};
inline constexpr std::array costComponents{
    // what a profile may price
    CostComponent::Storage,       CostComponent::Network,    CostComponent::Compute,  CostComponent::Registry,
    CostComponent::TieredStorage, CostComponent::Ingress,    CostComponent::Egress,   CostComponent::CrossZone,
    CostComponent::Broker,        CostComponent::Partitions, CostComponent::Requests, CostComponent::Connectors,
    CostComponent::Fixed};
inline constexpr std::size_t costComponentCount = costComponents.size() + 1; ///< with Adjustment, the last
/// What a bill may have columns for: what is priced, and the adjustment.
inline constexpr std::array billedComponents{
    CostComponent::Storage,       CostComponent::Network,    CostComponent::Compute,  CostComponent::Registry,
    CostComponent::TieredStorage, CostComponent::Ingress,    CostComponent::Egress,   CostComponent::CrossZone,
    CostComponent::Broker,        CostComponent::Partitions, CostComponent::Requests, CostComponent::Connectors,
    CostComponent::Fixed,         CostComponent::Adjustment};
/// The article's: every profile prices them.
inline constexpr std::array coreComponents{CostComponent::Storage, CostComponent::Network, CostComponent::Compute,
                                           CostComponent::Registry};
[[nodiscard]] constexpr std::size_t componentIndex(CostComponent component)
{
    return static_cast<std::size_t>(component);
}
[[nodiscard]] QString costComponentWord(CostComponent component); ///< as in pricing.yaml: storage, …, tiered_storage, …
[[nodiscard]] QString costComponentKey(CostComponent component); ///< as in JSON: storage, …, tieredStorage, …

/// What a rate is for. GiB is 2^30 bytes, GB is 10^9; a month is 365/12 days (730 hours), as cloud bills count it, and
/// a day is 24 hours. Hour, Day and Month are of one broker, partition, task or fee.
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
    SchemaMonth,
    GibHour,
    GbHour,
    SchemaHour,
    MillionRequests,
    Hour,
    Day,
    Month
};
[[nodiscard]] QString priceUnitWord(PriceUnit unit); ///< GiB-Day, GiB-Month, …, Million-Events, Entry-Day, …

/// Who pays for an event's share of a component.
enum class ChargedTo {
    Each,      ///< producer and every consumer pay the full amount (the article's calculator)
    Producer,  ///< the producer pays it once
    Consumers, ///< every consumer pays the full amount
    Split,     ///< it is paid once, in even parts by the producer and every consumer
    Platform,  ///< the profile's platform team pays it once
};
[[nodiscard]] QString chargedToWord(ChargedTo chargedTo); ///< each, producer, consumers, split, platform

struct ComponentPrice
{
    Rate rate;
    PriceUnit unit = PriceUnit::Gib;
    ChargedTo chargedTo = ChargedTo::Each;
    /// Paid for whether used or not; the unused part is idle. Storage: bytes with their copies. Broker: bytes a second
    /// that one broker carries.
    std::optional<std::int64_t> capacityBytes = std::nullopt;
    std::optional<std::int64_t> count = std::nullopt; ///< brokers, tasks, fees or reserved partitions that are paid for
    friend bool operator==(const ComponentPrice&, const ComponentPrice&) = default;
};

struct PricingProfile
{
    QString name;
    QString currency; ///< ISO 4217
    std::optional<QDate> effectiveFrom;
    QString source;                                        ///< where the rates come from, in the author's words
    std::optional<double> retentionDays;                   ///< for every event; nullopt takes each event's own
    int replication = 1;                                   ///< stored copies
    std::array<ComponentPrice, costComponentCount> prices; ///< by CostComponent; a rate of 0 costs nothing
    QString connection;                                    ///< whose cluster it prices; empty: any
    QString platformTeam = QStringLiteral("platform");     ///< who pays what `platform` is charged to
    std::optional<double> hotDays;                   ///< tiering: days on brokers; the rest of the retention is tiered
    std::map<QString, double> hotDaysOf;             ///< the same of single topics
    int zones = 1;                                   ///< availability zones that the brokers stand in
    bool isFetchLocal = false;                       ///< consumers read from their own zone (KIP-392)
    std::int64_t recordOverheadBytes = 0;            ///< on top of each payload
    int usagePercent = 70;                           ///< policy mix: this share by usage, the rest in even parts
    std::optional<std::int64_t> requestBytes;        ///< one request for each started so many bytes of a record
    int recordsPerRequest = 1;                       ///< batching; only without requestBytes
    std::optional<std::int64_t> assumedPayloadBytes; ///< where neither measured nor declared
    std::optional<std::int64_t> assumedDailyVolume;
    std::optional<double> assumedRetentionDays;
    std::optional<int> assumedPartitions;
    std::optional<Money> monthlyBudget;   ///< for all of it
    std::map<QString, Money> teamBudgets; ///< a month, by team
    bool isMeasured = true;               ///< false: quantities are the catalog's, whatever was measured
    std::vector<PricingProfile> changes;  ///< whole profiles from a later day on, by `effectiveFrom`; without changes
    friend bool operator==(const PricingProfile&, const PricingProfile&) = default;

    /// Days on brokers of a topic's records; nullopt: all.
    [[nodiscard]] std::optional<double> hotDaysFor(const QString& topic) const
    {
        const auto own = hotDaysOf.find(topic);
        return own != hotDaysOf.end() ? std::optional(own->second) : hotDays;
    }
    [[nodiscard]] const ComponentPrice& price(CostComponent component) const
    {
        return prices[componentIndex(component)];
    }
    /// The rates that hold on a day: of the last change until then, else the first. A null day: the newest.
    [[nodiscard]] PricingProfile on(QDate day) const;
    /// Whether the component stands in reports: the article's always, others with a rate.
    [[nodiscard]] bool isPriced(CostComponent component) const;
};

/// The governance article's constants: storage 0.10 per GiB-day over 7 days, network 0.05 per GiB, compute 0.50 per
/// million events consumed, registry 0.01 per entry and day; USD; everyone pays in full. An example, nobody's current
/// price.
[[nodiscard]] PricingProfile seedProfile();

/// Reads pricing.yaml: its profiles in the file's order. Every fault at once. Blocking; any thread.
/// @param connections  the workspace's names, which profiles may give as their cluster; nullopt: any name
[[nodiscard]] Checked<std::vector<PricingProfile>>
loadPricing(const QString& file, const std::optional<QStringList>& connections = std::nullopt);

/// The profile by name: one of `fileProfiles`, else the built-in `seed`. An empty name takes the file's first, without
/// a file `seed`. Error InvalidConfig lists the names there are.
[[nodiscard]] Result<PricingProfile> chooseProfile(const std::vector<PricingProfile>& fileProfiles,
                                                   const QString& name);

} // namespace spillway
