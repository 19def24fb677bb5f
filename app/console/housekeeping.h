// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/base/clock.h"
#include "model/care/storeprune.h"
#include "model/store/storewriter.h"

#include <mutex>
#include <thread>

namespace spillway {

/// Thins and drops history by the workspace's `retention`. Thread-safe; blocks on the disk.
class Housekeeping
{
public:
    struct World
    {
        const Context& context;
        Ledger& ledger;
        StoreWriter& samples;
        const Clock& clock;
        QString actor;
    };
    explicit Housekeeping(World world)
        : m_world(std::move(world))
    {
    }

    /// Drops now what `retention` no longer keeps.
    [[nodiscard]] Result<PruneReport> prune(bool compacts, std::stop_token stop);
    /// Goes on doing so once an hour, in a thread of its own, until `stop`.
    void start();
    void stop();

private:
    void keep(const std::stop_token& stop);

    World m_world;
    std::mutex m_pruning; // guards: one pruning at a time
    std::jthread m_thread;
};

} // namespace spillway
