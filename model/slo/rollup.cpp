// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/rollup.h"

#include <algorithm>

namespace spillway {

namespace {

void split(WindowParts& parts, std::size_t levels, std::int64_t fromMs, std::int64_t toMs)
{
    if (fromMs >= toMs)
        return;
    if (levels == 0) {
        parts.records.emplace_back(fromMs, toMs);
        return;
    }
    const std::int64_t width = rollupWidthsMs[levels - 1];
    const std::int64_t first = stretchStart(fromMs + width - 1, width);
    const std::int64_t last = stretchStart(toMs, width);
    if (first >= last) {
        split(parts, levels - 1, fromMs, toMs);
        return;
    }
    split(parts, levels - 1, fromMs, first);
    parts.levels[levels - 1].emplace_back(first, last);
    split(parts, levels - 1, last, toMs);
}

} // namespace

std::int64_t stretchStart(std::int64_t atMs, std::int64_t widthMs)
{
    const std::int64_t rest = atMs % widthMs;
    return atMs - (rest < 0 ? rest + widthMs : rest);
}

SloCounts countsOf(double latencyMs, ProcessingStatus status, std::int64_t records, std::optional<double> targetMs)
{
    const bool isSuccess = status == ProcessingStatus::Success;
    const bool isWithin = targetMs && latencyMs <= *targetMs;
    return {records, isSuccess ? records : 0, isWithin ? records : 0, isSuccess && isWithin ? records : 0};
}

void ProcessingSum::add(double latencyMs, ProcessingStatus status, std::int64_t records, std::optional<double> targetMs)
{
    counts += countsOf(latencyMs, status, records, targetMs);
    histogram.add(latencyMs, records);
    widen(latencyMs, latencyMs);
}

void ProcessingSum::merge(const ProcessingSum& other)
{
    counts += other.counts;
    histogram.merge(other.histogram);
    if (other.minLatencyMs)
        widen(*other.minLatencyMs, *other.maxLatencyMs);
}

void ProcessingSum::widen(double minMs, double maxMs)
{
    minLatencyMs = std::min(minLatencyMs.value_or(minMs), minMs);
    maxLatencyMs = std::max(maxLatencyMs.value_or(maxMs), maxMs);
}

std::optional<double> ProcessingSum::percentile(double share) const
{
    const auto estimate = histogram.percentile(share);
    if (!estimate || !minLatencyMs)
        return std::nullopt;
    return std::clamp(*estimate, *minLatencyMs, *maxLatencyMs);
}

WindowParts windowParts(std::int64_t fromMs, std::int64_t toMs)
{
    WindowParts parts;
    split(parts, rollupWidthsMs.size(), fromMs, toMs);
    return parts;
}

} // namespace spillway
