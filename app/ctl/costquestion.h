// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/costs.h"
#include "app/ctl/commandline.h"

namespace spillway::ctl {

/// What the options of `cost` ask. InvalidConfig names all that are wrong, a line each.
/// @param needsState  the answer rests on invoices and samples also without days; Unreachable or Corrupt where they
///                    cannot be read
[[nodiscard]] Result<CostQuestion> costQuestion(const Context& context, const Cost& command, bool needsState = false);

} // namespace spillway::ctl
