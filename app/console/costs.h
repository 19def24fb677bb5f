// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/cost/costreport.h"
#include "model/cost/invoice.h"
#include "model/store/database.h"

#include <functional>
#include <memory>

namespace spillway {

/// What is asked about cost.
struct CostQuestion
{
    QString
        profile; ///< name; empty takes the file's first, without a file `seed`; where profiles name connections, all
    std::optional<DayRange> range;
    AllocationPolicy policy = AllocationPolicy::Profile;
    IdlePolicy idle = IdlePolicy::Show;
    bool isCalibrated = true; ///< by the invoices that were imported
    friend bool operator==(const CostQuestion&, const CostQuestion&) = default;
};

/// The workspace's bill. Reads the pricing file, the samples where there are any, and the ledger's invoices. Blocking;
/// any thread.
[[nodiscard]] Checked<CostBill> workspaceBill(const Context& context, const CostQuestion& question);

/// One cluster's prices, and what of the workspace they are about.
struct PricedPart
{
    PricingProfile profile;
    std::shared_ptr<const MeasuredUsage> usage; ///< what `options` points to; second owners: the other parts
    CostOptions options;
};
/// The parts of which a question's bill is made; one, but where profiles name connections.
[[nodiscard]] Checked<std::vector<PricedPart>> pricedParts(const Context& context, const CostQuestion& question);

/// The same world with something otherwise.
struct CostScenario
{
    std::function<Catalog(const Catalog&)> catalog;
    std::function<PricingProfile(const PricingProfile&)> profile;
    std::function<MeasuredUsage(const MeasuredUsage&)> usage;
};
/// The bill as it would be, at the profiles' rates: cut into the same segments as `workspaceBill`, not calibrated.
[[nodiscard]] Checked<CostBill> scenarioBill(const Context& context, const CostQuestion& question,
                                             const CostScenario& scenario);

/// The same by team.
[[nodiscard]] Checked<CostReport> workspaceCost(const Context& context, const CostQuestion& question);

/// The profiles of the workspace's pricing file, without `seed`. No file: none.
[[nodiscard]] Checked<std::vector<PricingProfile>> workspacePricing(const Context& context);

/// What the samples tell in these days; empty where nothing was collected.
[[nodiscard]] Result<MeasuredUsage> workspaceUsage(const Context& context, const DayRange& range);

} // namespace spillway
