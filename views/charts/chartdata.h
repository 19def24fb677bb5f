// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/charts/timeserieschart.h"

#include <QByteArray>

/// The chart's reckoning without its drawing. Pure; any thread.
namespace spillway::views {

struct TimeSpan
{
    UtcTime from;
    UtcTime to;
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// Spans within the data's own span in which no line and no band has a sample: before the first, between samples
/// further apart than `gapAfter`, around missing values, after the last. Ordered. All of it when there is no sample at
/// all.
[[nodiscard]] std::vector<TimeSpan> spansWithoutSamples(const ChartData& data);

/// Lowest and highest value of the axis: zero included for amounts, the promise always inside, some air above.
[[nodiscard]] std::pair<double, double> valueRange(const ChartData& data);

/// A step of a scale that a person would choose, giving at most four ticks over `range`.
[[nodiscard]] double niceStep(double range, ChartUnit unit);
[[nodiscard]] QString axisText(double value, ChartUnit unit);
/// The step of a time axis in seconds, at most four ticks.
[[nodiscard]] double niceTimeStep(double rangeSeconds);

/// The point at or before `at`, if it is within `gapAfter` (or the whole span without one).
[[nodiscard]] std::optional<double> valueAt(const ChartSeries& series, UtcTime at, Millis gapAfter);

[[nodiscard]] QByteArray chartCsv(const ChartData& data);

} // namespace spillway::views
