// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/cost/costreport.h"
#include "model/cost/invoice.h"
#include "model/store/database.h"

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

/// The same by team.
[[nodiscard]] Checked<CostReport> workspaceCost(const Context& context, const CostQuestion& question);

/// The profiles of the workspace's pricing file, without `seed`. No file: none.
[[nodiscard]] Checked<std::vector<PricingProfile>> workspacePricing(const Context& context);

/// What the samples tell in these days; empty where nothing was collected.
[[nodiscard]] Result<MeasuredUsage> workspaceUsage(const Context& context, const DayRange& range);

} // namespace spillway
