// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/session.h"

namespace spillway::ctl {

/// `dlq groups --why ID`. @return the exit code.
[[nodiscard]] int explainGroup(Session& session, Database& reader, const QString& id);

/// Says on stderr how far a grouping anew came, where one is under way: groups are about to change.
void sayRegrouping(Database& reader);

} // namespace spillway::ctl
