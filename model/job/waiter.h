// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <stop_token>

namespace spillway {

/// Where waiting happens, so that tests need not wait. Never on the UI thread.
class Waiter
{
public:
    virtual ~Waiter() = default;
    /// Waits for so long, or until a stop is asked for. True: the time has passed; false: stopped (also when it was
    /// before). Nothing and less is no wait.
    [[nodiscard]] virtual bool waitFor(Millis duration, std::stop_token stop) = 0;
};

/// Waits on the machine's steady clock; any number of threads.
class SystemWaiter final : public Waiter
{
public:
    [[nodiscard]] bool waitFor(Millis duration, std::stop_token stop) override;
};

} // namespace spillway
