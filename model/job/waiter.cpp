// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/job/waiter.h"

#include <condition_variable>
#include <mutex>

namespace spillway {

bool SystemWaiter::waitFor(Millis duration, std::stop_token stop)
{
    if (stop.stop_requested())
        return false;
    if (duration <= Millis{0})
        return true;
    std::mutex mutex; // guards nothing: only the stop wakes this wait
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
}

} // namespace spillway
