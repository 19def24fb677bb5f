// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/scorecard/plannedchange.h"

namespace spillway::views {

/// What is planned, edit by edit, each with its place, its title and its lines; then conflicts and notes. Pure.
[[nodiscard]] QString changeText(const PlannedImport& planned);

} // namespace spillway::views
