// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

namespace spillway {

/// When periodic work is due. Pure: time comes in as an argument. Due at once at first, then on a grid of `interval`: a
/// late run does not move the following ones, and runs that were missed (a sleeping laptop) are not made up for. After
/// the first failure the next try comes one interval later, and each further one takes twice as long, up to
/// `longestBackOff`.
class Cadence
{
public:
    /// @param interval        > 0
    /// @param longestBackOff  never less than the interval
    explicit Cadence(Millis interval, Millis longestBackOff = Millis{300'000});

    [[nodiscard]] bool isDue(UtcTime now) const { return untilDue(now) == Millis{0}; }
    /// Zero when due. Never more than the current delay, so that a clock set back does not silence the work.
    [[nodiscard]] Millis untilDue(UtcTime now) const;

    void succeeded(UtcTime now);
    void failed(UtcTime now);
    /// Due now: a person asked, or the connection came back.
    void hurry() { m_isHurried = true; }

    [[nodiscard]] int failures() const { return m_failures; } ///< in a row

private:
    [[nodiscard]] Millis delay() const;

    Millis m_interval;
    Millis m_longestBackOff;
    UtcTime m_due;
    int m_failures = 0;
    bool m_isHurried = true;
};

} // namespace spillway
