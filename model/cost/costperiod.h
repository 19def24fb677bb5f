// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/cost/dayrange.h"

#include <array>

namespace spillway {

/// Stretches of days that people ask for. Whole days only: the running day is in none but `ThisMonth`.
enum class CostPeriod { CatalogDay, Last7Days, Last30Days, ThisMonth, LastMonth };
inline constexpr std::array costPeriods{CostPeriod::Last7Days, CostPeriod::Last30Days, CostPeriod::ThisMonth,
                                        CostPeriod::LastMonth, CostPeriod::CatalogDay};

/// The days as they are at `now` in the zone; nullopt for CatalogDay. A zone that is not known is UTC.
[[nodiscard]] std::optional<DayRange> periodDays(CostPeriod period, const QString& timeZone, UtcTime now);

/// The days before it to compare with: as many, or the month before where it is a month.
[[nodiscard]] DayRange previousDays(const DayRange& range);

} // namespace spillway
