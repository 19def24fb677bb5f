// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/console/crews.h"
#include "app/console/decision.h"
#include "app/console/letterselection.h"
#include "model/base/clock.h"
#include "model/deadletter/letterrescue.h"
#include "model/store/storewriter.h"

#include <functional>

namespace spillway {

/// Copies what pointers point to, before it expires, when somebody asks for it. Thread-safe; blocks on brokers.
class RescueOperations
{
public:
    struct World
    {
        const Context& context;
        const ConnectionMap& connections;
        Ledger& ledger;
        StoreWriter& samples;
        const Clock& clock;
        QString actor;
        std::function<void()> onRescued; ///< less is about to be lost; never blocks
    };
    explicit RescueOperations(World world)
        : m_world(std::move(world))
    {
    }

    /// Copies the payloads of these pointers from their origins. What could not be is said letter by letter.
    /// @param tell  letters looked at, and of how many; from this thread; may be empty
    [[nodiscard]] Result<RescueReport> rescue(const LetterSelection& selection, const AnswerSink& sink,
                                              std::stop_token stop,
                                              const std::function<void(std::int64_t, std::int64_t)>& tell = {});

private:
    World m_world;
};

} // namespace spillway
