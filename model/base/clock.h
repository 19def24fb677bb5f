// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

namespace spillway {

/// Where the time comes from. Any thread.
class Clock
{
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual UtcTime now() const = 0;
};

/// The machine's clock. It may step back; whoever subtracts two instants clamps at zero.
class SystemClock final : public Clock
{
public:
    [[nodiscard]] UtcTime now() const override { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }
};

} // namespace spillway
