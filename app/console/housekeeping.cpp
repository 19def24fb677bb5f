// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/housekeeping.h"

#include "model/job/waiter.h"

namespace spillway {

namespace {

constexpr Millis firstHousekeeping{60'000}; // what one starts for comes first
constexpr Millis housekeepingInterval{3'600'000};

} // namespace

Result<PruneReport> Housekeeping::prune(bool compacts, std::stop_token stop)
{
    const std::lock_guard lock(m_pruning);
    return pruneStore(m_world.ledger, m_world.samples,
                      {.retention = m_world.context.workspace.retention,
                       .now = m_world.clock.now(),
                       .actor = m_world.actor,
                       .compacts = compacts},
                      stop);
}

void Housekeeping::start()
{
    m_thread = std::jthread([this](const std::stop_token& stop) { keep(stop); });
}

void Housekeeping::stop()
{
    m_thread = {};
}

void Housekeeping::keep(const std::stop_token& stop)
{
    SystemWaiter waiter;
    for (Millis rest = firstHousekeeping; waiter.waitFor(rest, stop); rest = housekeepingInterval) {
        // A failure (a full disk) shows at the next sample; the history is still there to be dropped an hour later.
        (void)prune(false, stop);
    }
}

} // namespace spillway
