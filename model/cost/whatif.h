// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/cost/costbill.h"

#include <QByteArray>

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

/// The bill as it is and as it would be, by component. Calibrated where the bill is: what is invoiced for a component
/// is as many times what is modelled afterwards as it is now, and what the model does not explain stays.
struct CostSimulation
{
    std::array<Money, costComponentCount> now{};
    std::array<Money, costComponentCount> then{};
    Money adjustment; ///< of both
    Money nowTotal;
    Money thenTotal;
    bool isCalibrated = false; ///< by an invoice, in some segment
    friend bool operator==(const CostSimulation&, const CostSimulation&) = default;
};

/// @param now   the bill, calibrated or not
/// @param then  the same segments with something otherwise, not calibrated
/// Pure; any thread.
[[nodiscard]] CostSimulation compareBills(const CostBill& now, const CostBill& then);

/// What is printed. @param currency  ISO 4217
[[nodiscard]] QByteArray simulationJson(const CostSimulation& simulation, const QString& currency);
[[nodiscard]] QString simulationText(const CostSimulation& simulation, const QString& currency);

} // namespace spillway
