// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/workbench.h"
#include "views/theme/theme.h"

namespace spillway {

/// Writes `<screen>-light.png` and `<screen>-dark.png`, 1440×900, of every screen into `folder`, which is made if need
/// be. Waits until each screen has its answer. In the demo the transient letters are replayed first, so that every
/// screen has something to show.
/// @return  the files written; Unreachable for a file that cannot be, TimedOut when a screen got no answer.
[[nodiscard]] Result<QStringList> takeSnapshots(Workbench& workbench, views::Theme& theme, const QString& folder,
                                                bool isDemo);

} // namespace spillway
