// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

/// Days that cost other than their like.
namespace spillway {

struct AnomalyRule
{
    int weeks = 8;             ///< a day is compared with the same weekday of so many weeks before
    int fewestWeeks = 4;       ///< with fewer nothing is judged
    double threshold = 4;      ///< robust deviations
    int days = 2;              ///< that have to follow each other, in the same direction
    double smallest = 0;       ///< differences below this are none, whatever their deviation
    double leastSpread = 0.02; ///< a series without noise still varies by this share
};

struct Anomaly
{
    std::size_t first = 0; ///< index of its first day
    std::size_t last = 0;
    double expected = 0; ///< on average over its days
    double actual = 0;
    double deviation = 0; ///< the largest, in robust deviations; negative: cheaper
    friend bool operator==(const Anomaly&, const Anomaly&) = default;
};

/// Robust and seasonal: what is expected of a day is the median of the same weekday; how much it varies is the median
/// absolute deviation (times 1.4826) of the logarithms from their expectations over the same weeks. At the default rule
/// series of a year with weekly seasons, growth, and independent noise of up to a fifth give at most one false alarm in
/// 20 series and years; tests/model/cost/tst_anomaly.cpp proves it. Values of 0 or less are days without a cost and are
/// left out.
/// @param daily  one value a day, without gaps
[[nodiscard]] std::vector<Anomaly> findAnomalies(const std::vector<double>& daily, const AnomalyRule& rule = {});

[[nodiscard]] double medianOf(std::vector<double> values); ///< 0 for none

} // namespace spillway
