// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

namespace spillway {

/// What the next days will cost together.
struct CostForecast
{
    double expected = 0;
    double low = 0; ///< the sum lies between low and high with a chance of `forecastCoverage`
    double high = 0;
    double perDay = 0;      ///< the trend's value today
    double slopePerDay = 0; ///< how much it grows a day
    friend bool operator==(const CostForecast&, const CostForecast&) = default;
};

inline constexpr double forecastCoverage = 0.8;

/// A robust line (Theil and Sen: the median of the slopes between days) with weekdays as medians of what is left, and a
/// band from how far days were off. nullopt for fewer than seven days; with fewer than 28 no growth is told, with fewer
/// than 14 no weekdays.
/// @param daily  one value a day, oldest first; the forecast begins on the day after the last
[[nodiscard]] std::optional<CostForecast> forecastCost(const std::vector<double>& daily, int days);

} // namespace spillway
