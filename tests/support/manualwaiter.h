// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/job/waiter.h"
#include "tests/support/manualclock.h"

#include <functional>
#include <vector>

namespace spillway::test {

/// Waiting as a test's instrument: the clock jumps ahead, nobody sleeps. `onWait` may change the world meanwhile.
class ManualWaiter final : public Waiter
{
public:
    explicit ManualWaiter(ManualClock& clock)
        : m_clock(clock)
    {
    }
    [[nodiscard]] bool waitFor(Millis duration, std::stop_token stop) override
    {
        if (stop.stop_requested())
            return false;
        waits.push_back(duration);
        if (duration > Millis{0})
            m_clock.advance(duration);
        if (onWait)
            onWait(duration);
        return !stop.stop_requested();
    }

    std::vector<Millis> waits; ///< every wait that was asked for, in order
    std::function<void(Millis)> onWait;

private:
    ManualClock& m_clock;
};

} // namespace spillway::test
