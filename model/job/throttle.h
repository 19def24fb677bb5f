// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <cstdint>
#include <optional>

namespace spillway {

/// How many messages may go now, at so many per second. Pure: time comes in as an argument. From the start on, never
/// more than 1 + rate × elapsed messages go; after a standstill at most one second's worth (at least one message) goes
/// at once. A clock that steps back gives nothing and takes nothing.
class Throttle
{
public:
    /// @param perSecond  > 0; nullopt: as fast as it goes.
    explicit Throttle(std::optional<double> perSecond, UtcTime start);

    /// Messages that may go now; the largest int64 without a rate.
    [[nodiscard]] std::int64_t allowance(UtcTime now);
    /// So many went; may exceed the allowance (one that was too large to split), and is then waited for.
    void spend(std::int64_t messages, UtcTime now);
    /// Time until `messages` may go, or a full second's worth, whichever is less. Zero when they may go now.
    [[nodiscard]] Millis untilAllowed(std::int64_t messages, UtcTime now);

    /// The largest number that ever goes at once: one second's worth, at least 1.
    [[nodiscard]] std::int64_t largestBurst() const;

private:
    void refill(UtcTime now);

    std::optional<double> m_perSecond;
    double m_credit = 1; // messages; negative after overspending
    UtcTime m_filledAt;
};

} // namespace spillway
