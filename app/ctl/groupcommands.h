// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/session.h"
#include "model/deadletter/query.h"

namespace spillway::ctl {

/// `dlq groups --why ID`. @return the exit code.
[[nodiscard]] int explainGroup(Session& session, Database& reader, const QString& id);

/// Says on stderr how far a grouping anew came, where one is under way: groups are about to change.
void sayRegrouping(Database& reader);

/// Where nothing was found: what may have been meant otherwise, on stderr.
void sayHint(const Query& query);

} // namespace spillway::ctl
