// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costperiod.h"
#include "model/cost/whatif.h"

namespace spillway::views {

/// What the cost screen asks.
struct CostRequest
{
    CostPeriod period = CostPeriod::Last30Days;
    QString timeZone = QStringLiteral("UTC"); ///< IANA name
    QString profile;                          ///< empty: the workspace's
    AllocationPolicy policy = AllocationPolicy::Profile;
    IdlePolicy idle = IdlePolicy::Show;
    CostWhatIf whatIf;
    friend bool operator==(const CostRequest&, const CostRequest&) = default;
};

struct CostAnswer
{
    CostBill bill;
    std::optional<CostBill> previous;         ///< of the days before; nullopt for a day at the catalog's volumes
    std::optional<CostSimulation> simulation; ///< where something is to change
    QStringList profiles;                     ///< to choose from, the file's first
};

} // namespace spillway::views
