// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/costs.h"
#include "app/ctl/commandline.h"

namespace spillway::ctl {

/// What the options of `cost` ask. InvalidConfig names all that are wrong, a line each.
[[nodiscard]] Result<CostQuestion> costQuestion(const Context& context, const Cost& command);

} // namespace spillway::ctl
