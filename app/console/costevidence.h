// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/cost/savings.h"

namespace spillway {

/// What the samples tell about the catalog's topics that advice may rest on; empty where nothing was collected.
/// Blocking; any thread.
[[nodiscard]] Result<std::map<QString, TopicEvidence>> costEvidence(const Context& context);

} // namespace spillway
