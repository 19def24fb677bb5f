// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/costs.h"
#include "app/ctl/commandline.h"

namespace spillway::ctl {

/// What the options of `cost` ask. InvalidConfig names the wrong one.
[[nodiscard]] Result<CostQuestion> costQuestion(const Cost& command);

} // namespace spillway::ctl
