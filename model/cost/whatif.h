// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/cost/costbill.h"

namespace spillway {

/// "What if": changed volumes, retention and copies, everything else as it is.
struct CostWhatIf
{
    int volumePercent = 100;        ///< 0 to 1000, of every event's records
    int retentionPercent = 100;     ///< 0 to 1000, of every event's retention
    std::optional<int> replication; ///< stored copies, 1 to 9; nullopt: the profile's
    [[nodiscard]] bool isNothing() const { return *this == CostWhatIf{}; }
    friend bool operator==(const CostWhatIf&, const CostWhatIf&) = default;
};

/// What was changed. Pure; any thread.
[[nodiscard]] Catalog changedBy(const CostWhatIf& whatIf, const Catalog& catalog);
[[nodiscard]] PricingProfile changedBy(const CostWhatIf& whatIf, PricingProfile profile);
[[nodiscard]] MeasuredUsage changedBy(const CostWhatIf& whatIf, MeasuredUsage usage);

/// The modelled bill as it is and as it would be, by component.
struct CostSimulation
{
    std::array<Money, costComponentCount> now{};
    std::array<Money, costComponentCount> then{};
    Money nowTotal;
    Money thenTotal;
    friend bool operator==(const CostSimulation&, const CostSimulation&) = default;
};

/// Two bills at the profile's rates; invoices play no part in it. InvalidConfig when amounts do not fit. Pure; any
/// thread.
[[nodiscard]] Result<CostSimulation> simulateCost(const Catalog& catalog, const PricingProfile& profile,
                                                  const CostOptions& options, const CostWhatIf& whatIf);

} // namespace spillway
