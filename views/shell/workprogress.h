// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

namespace spillway::views {

/// How far long work is: written by the thread that does it, read by the screen while it runs.
struct WorkProgress
{
    std::atomic<std::int64_t> done = 0;
    std::atomic<std::int64_t> total = -1; ///< negative: not known
};

} // namespace spillway::views
