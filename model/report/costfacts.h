// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/cost/costbill.h"

#include <utility>
#include <vector>

namespace spillway::report {

/// Whose bill a report is about, and when it was made.
struct CostOccasion
{
    QString workspace;
    UtcTime madeAt;
};

/// What every cost report prints: period, time zone, pricing profile, calibration, policies, basis. Name and value, for
/// people.
[[nodiscard]] std::vector<std::pair<QString, QString>> costFacts(const CostBill& bill, const CostOccasion& occasion);

/// "1 234.57 EUR", with as many decimals as a small amount needs.
[[nodiscard]] QString amountText(Money amount, const QString& currency);

} // namespace spillway::report
