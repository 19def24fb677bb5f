// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/trail/trailreport.h"

#include <stop_token>

namespace spillway::views {

/// What the Trail screen asks. The console answers from the store, the brokers and the processing logs; a test answers
/// from memory. Called from any thread, blocks, only ever called through AsyncLoad.
class TrailSource
{
public:
    virtual ~TrailSource() = default;

    /// Everything of a key, masked. A stop ends it soon, with what was found so far.
    /// @param progress  read by another thread meanwhile; may be null.
    [[nodiscard]] virtual Result<Trail> trail(const TrailRequest& request, TrailProgress* progress,
                                              std::stop_token stop) = 0;
};

} // namespace spillway::views
