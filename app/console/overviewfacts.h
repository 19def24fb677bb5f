// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/alert/overview.h"
#include "model/replay/replayjobs.h"
#include "model/store/database.h"

namespace spillway {

/// What the ranking looks at, from the store. It is asked after every sample: what it costs goes with groups,
/// partitions and pairs, not with letters. Blocking; on a reader's thread.
/// @param health  of the connections; empty where nobody is connected (a command that only reads).
[[nodiscard]] Result<OverviewFacts> readOverviewFacts(Database& reader, const Context& context,
                                                      std::vector<ConnectionHealth> health, StateHolder holder,
                                                      UtcTime now);

} // namespace spillway
