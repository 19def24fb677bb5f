// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/slo/histogram.h"
#include "model/slo/processingrecord.h"
#include "model/slo/slomath.h"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

/// Sums over stretches of time, and how any window is put together from them. Pure; any thread.
namespace spillway {

/// Widths of the levels, each a multiple of the one before; the stretches of each lie side by side from 1970 on.
inline constexpr std::array<std::int64_t, 3> rollupWidthsMs{600'000, 7'200'000, 86'400'000};

/// The start of the stretch of `widthMs` that holds `atMs`.
[[nodiscard]] std::int64_t stretchStart(std::int64_t atMs, std::int64_t widthMs);

/// What equal records count for.
/// @param targetMs  nullopt: no promise; then only total and succeeded are counted.
[[nodiscard]] SloCounts countsOf(double latencyMs, ProcessingStatus status, std::int64_t records,
                                 std::optional<double> targetMs);

/// Counts, extremes and distribution of one (consumer, event) over one stretch.
struct ProcessingSum
{
    SloCounts counts;
    std::optional<double> minLatencyMs;
    std::optional<double> maxLatencyMs;
    Histogram histogram;

    void add(double latencyMs, ProcessingStatus status, std::int64_t records, std::optional<double> targetMs);
    void merge(const ProcessingSum& other);
    void widen(double minMs, double maxMs);
    /// Within 1.1 % of the exact one (nearest rank), and never outside of what was logged.
    [[nodiscard]] std::optional<double> percentile(double share) const;
};

/// [first, second) in milliseconds since 1970.
using TimeStretch = std::pair<std::int64_t, std::int64_t>;

/// What a window is made of: whole stretches of the coarsest level that fits, finer ones towards its ends, records at
/// the very ends.
struct WindowParts
{
    std::vector<TimeStretch> records;
    std::array<std::vector<TimeStretch>, rollupWidthsMs.size()> levels;
    friend bool operator==(const WindowParts&, const WindowParts&) = default;
};

/// Parts of [fromMs, toMs): disjoint, together exactly the window. Empty when toMs <= fromMs.
[[nodiscard]] WindowParts windowParts(std::int64_t fromMs, std::int64_t toMs);

/// "No upper end", far enough in the future for every time that a record can have.
inline constexpr std::int64_t endOfTimeMs = 86'400'000LL * 40'000'000LL;

} // namespace spillway
