// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/livecontext.h"
#include "model/alert/alertlist.h"
#include "model/base/clock.h"
#include "model/broker/capabilities.h"
#include "model/store/storewriter.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace spillway {

/// Looks for what needs somebody after each sample, and keeps what people say of it. Thread-safe.
class AlertOperations
{
public:
    struct World
    {
        LiveContext& context;
        Ledger& ledger;
        StoreWriter& store;
        const Clock& clock;
        QString actor;
        std::mutex& deciding; ///< guards: what is read before a decision until what follows from it is in the ledger
        std::function<Result<Database>()> reader;
        std::function<std::vector<ConnectionHealth>()> health; ///< never blocks
    };
    explicit AlertOperations(World world);
    ~AlertOperations();

    /// Call it once, before anything else.
    [[nodiscard]] Status catchUp() const;

    /// Looks once, by what is stored and by how the connections are now, and queues what teams are to be told of it,
    /// where the workspace asks for that. Whoever has the outbox sends it.
    [[nodiscard]] Status look();
    /// Goes on looking in a thread of its own until this object goes: soon after `nudge`, and every quarter of a minute
    /// where nothing comes, for a broker that does not answer brings no samples.
    void start();
    /// Something was sampled, or a connection changed. Never blocks.
    void nudge();

    /// @return the decision as it stands. NotFound, InvalidConfig: nothing was decided, and why.
    [[nodiscard]] Result<AlertDecision> acknowledge(AlertAck ack);
    [[nodiscard]] Result<AlertDecision> silence(AlertSilence silence);
    /// Takes an acknowledgement or a silence back. Conflict: somebody did already.
    [[nodiscard]] Result<AlertDecision> undo(std::int64_t seq, const QString& reason);

private:
    [[nodiscard]] Status tell(const Context& context, const AlertTelling& settings, UtcTime now);
    [[nodiscard]] Status applyTold() const;
    [[nodiscard]] Result<AlertDecision> decide(Ledger::Draft draft, Database& reader, std::int64_t seq);

    World m_world;
    mutable std::atomic<bool> m_isBehind = true; ///< the ledger may hold what the store lacks
    std::mutex m_looking;                        // guards: one look at a time, so that they are stored in their order
    std::mutex m_nudgeMutex;                     // guards: m_isNudged
    std::condition_variable_any m_nudges;
    bool m_isNudged = false;
    std::jthread m_thread; // ends first
};

} // namespace spillway
