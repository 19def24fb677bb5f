// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/costs.h"
#include "model/cost/whatif.h"

namespace spillway {

/// What the workspace's bill would be, with the factors that invoices gave it. Blocking; any thread.
[[nodiscard]] Checked<CostSimulation> workspaceSimulation(const Context& context, const CostQuestion& question,
                                                          const CostWhatIf& whatIf);

/// Names of the profiles there are to choose from: the pricing file's, then `seed`. A file with errors has none.
[[nodiscard]] QStringList costProfiles(const Context& context);

} // namespace spillway
