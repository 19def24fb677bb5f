// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/impact.h"
#include "model/store/database.h"

#include <stop_token>

namespace spillway {

/// Holds the newest stored dead letters of each event, at most 1 000, against the two versions of its step. A step
/// without letters keeps no samples. Blocking; Cancelled when `stop` came first.
[[nodiscard]] Status playSamples(Database& reader, const QString& schemasFolder, UtcTime now,
                                 std::vector<EventImpact>& impact, std::stop_token stop);

} // namespace spillway
