// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/cost/costreport.h"

namespace spillway {

/// What is asked about cost.
struct CostQuestion
{
    QString profile; ///< name; empty takes the file's first, without a file `seed`
    std::optional<DayRange> range;
    AllocationPolicy policy = AllocationPolicy::Profile;
    IdlePolicy idle = IdlePolicy::Show;
    friend bool operator==(const CostQuestion&, const CostQuestion&) = default;
};

/// The workspace's bill. Reads the pricing file; blocking, any thread.
[[nodiscard]] Checked<CostBill> workspaceBill(const Context& context, const CostQuestion& question);

/// The same by team.
[[nodiscard]] Checked<CostReport> workspaceCost(const Context& context, const CostQuestion& question);

} // namespace spillway
