// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"

#include <atomic>

namespace spillway::test {

/// Time as a test's instrument: it moves only when told to.
class ManualClock final : public Clock
{
public:
    explicit ManualClock(UtcTime start = utcFromMs(1'790'000'000'000))
        : m_nowMs(toMs(start))
    {
    }
    [[nodiscard]] UtcTime now() const override { return utcFromMs(m_nowMs.load()); }
    void advance(Millis by) { m_nowMs += by.count(); }
    void set(UtcTime to) { m_nowMs = toMs(to); }

private:
    std::atomic<std::int64_t> m_nowMs;
};

} // namespace spillway::test
