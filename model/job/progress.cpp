// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/job/progress.h"

#include <algorithm>
#include <cmath>

namespace spillway {

namespace {

/// Less time than this tells nothing about a rate.
constexpr Millis shortestSpan{1'000};
/// Samples closer together than window / this are merged, so that a fast reporter does not fill memory.
constexpr int samplesPerWindow = 100;
/// An estimate beyond this is no estimate.
constexpr double longestRemainingMs = 365.0 * 86'400'000.0;

} // namespace

std::optional<double> JobProgress::fraction() const
{
    if (!total)
        return std::nullopt;
    if (*total <= 0)
        return 1.0;
    return std::clamp(static_cast<double>(done) / static_cast<double>(*total), 0.0, 1.0);
}

ProgressMeter::ProgressMeter(UtcTime startedAt, std::optional<std::int64_t> total, std::int64_t alreadyDone,
                             Millis window)
    : m_startedAt(startedAt)
    , m_total(total)
    , m_window(window)
    , m_samples{{startedAt, alreadyDone}}
{
}

void ProgressMeter::record(std::int64_t done, UtcTime at)
{
    const Sample newest = m_samples.back();
    if (at < newest.at || done < newest.done) {
        m_samples.assign(1, {at, done});
        return;
    }
    if (m_samples.size() > 1 && at - m_samples[m_samples.size() - 2].at < m_window / samplesPerWindow)
        m_samples.back() = {at, done};
    else
        m_samples.push_back({at, done});
    // One sample at or before the window's beginning stays: it is where the window's first step starts.
    while (m_samples.size() > 2 && m_samples[1].at <= at - m_window)
        m_samples.pop_front();
}

void ProgressMeter::restart(UtcTime at)
{
    m_samples.assign(1, {at, m_samples.back().done});
}

std::optional<double> ProgressMeter::rateAt(UtcTime now) const
{
    const Sample& newest = m_samples.back();
    if (m_samples.size() < 2)
        return std::nullopt;
    now = std::max(now, newest.at); // a clock that stepped back
    auto first = m_samples.begin();
    while (std::next(first) != m_samples.end() && std::next(first)->at <= now - m_window)
        ++first;
    const Millis span = now - first->at;
    if (span < shortestSpan)
        return std::nullopt;
    return static_cast<double>(newest.done - first->done) * 1'000.0 / static_cast<double>(span.count());
}

JobProgress ProgressMeter::at(UtcTime now) const
{
    const Sample& newest = m_samples.back();
    JobProgress progress{.done = newest.done,
                         .total = m_total,
                         .startedAt = m_startedAt,
                         .updatedAt = newest.at,
                         .perSecond = rateAt(now),
                         .remaining = {}};
    if (!m_total)
        return progress;
    const std::int64_t left = *m_total - newest.done;
    if (left <= 0) {
        progress.remaining = Millis{0};
    } else if (progress.perSecond && *progress.perSecond > 0) {
        const double ms = std::ceil(static_cast<double>(left) * 1'000.0 / *progress.perSecond);
        if (ms <= longestRemainingMs)
            progress.remaining = Millis{static_cast<std::int64_t>(ms)};
    }
    return progress;
}

} // namespace spillway
