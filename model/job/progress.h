// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <cstdint>
#include <deque>
#include <optional>

namespace spillway {

/// How far long work has come; what a progress bar and a JSON line show.
struct JobProgress
{
    std::int64_t done = 0;
    std::optional<std::int64_t> total; ///< nullopt: not known how much there is
    UtcTime startedAt;
    UtcTime updatedAt;               ///< when `done` was last told
    std::optional<double> perSecond; ///< over the last seconds; nullopt until there is enough to tell
    std::optional<Millis> remaining; ///< nullopt: unknown, also while nothing moves
    friend bool operator==(const JobProgress&, const JobProgress&) = default;

    /// done / total in [0, 1]; nullopt while the total is unknown. Nothing to do is 1.
    [[nodiscard]] std::optional<double> fraction() const;
};

/// Turns "so many are done at this time" into a rate and an estimate. The rate is what the last `window` held, counted
/// up to now, so that work that stands still is seen to slow down. One thread; takes the clock's time as an argument.
class ProgressMeter
{
public:
    /// @param alreadyDone  what an earlier run did: counts as done, not as speed.
    /// @param window       over which the rate is taken, > 0.
    explicit ProgressMeter(UtcTime startedAt, std::optional<std::int64_t> total = {}, std::int64_t alreadyDone = 0,
                           Millis window = Millis{10'000});

    void setTotal(std::optional<std::int64_t> total) { m_total = total; }
    /// `done` in all so far. Falling numbers and a clock that stepped back start the measurement again.
    void record(std::int64_t done, UtcTime at);
    /// After a pause: the standstill is not speed.
    void restart(UtcTime at);

    [[nodiscard]] JobProgress at(UtcTime now) const;

private:
    struct Sample
    {
        UtcTime at;
        std::int64_t done = 0;
    };
    [[nodiscard]] std::optional<double> rateAt(UtcTime now) const;

    UtcTime m_startedAt;
    std::optional<std::int64_t> m_total;
    Millis m_window;
    std::deque<Sample> m_samples; // oldest first; the newest is what is done
};

} // namespace spillway
