// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/cost/costreport.h"

namespace spillway {

/// The workspace's cost by a profile: of its pricing file, or the built-in one. Reads the pricing file; blocking, any
/// thread.
/// @param profile  name; empty takes the file's first, without a file `seed`.
[[nodiscard]] Checked<CostReport> workspaceCost(const Context& context, const QString& profile,
                                                const std::optional<DayRange>& range);

} // namespace spillway
