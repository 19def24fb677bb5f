// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/store/database.h"
#include "model/trail/trailreport.h"

#include <stop_token>

namespace spillway {

/// Everything that is known or can be read of a key: what is stored, then the topics of the catalog and of the letters
/// found on every connection, then the processing logs, for the key and the ids of what was found. Read-only; client
/// handles of its own; no group is joined. Blocking, for a worker: a stop ends it soon, with what was found so far.
/// Masked for search results.
/// @param progress  read by another thread meanwhile; may be null.
/// @return an error only where the store cannot be read; brokers that are away are in the report.
[[nodiscard]] Result<Trail> readTrail(const Context& context, Database& reader, const TrailRequest& request,
                                      UtcTime now, TrailProgress* progress, std::stop_token stop);

} // namespace spillway
