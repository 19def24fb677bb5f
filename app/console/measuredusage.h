// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/dayrange.h"
#include "model/cost/usage.h"
#include "model/store/database.h"

namespace spillway {

/// What the samples tell about topics on the UTC days that the range touches: records from end offsets, what is kept
/// from logs, sizes from logs, else from the topic's newest records, else from stored letters that came from it (30 of
/// either at least), groups from commits. Days without samples are left out. A day's numbers do not depend on the
/// range. Blocking; on a reader's thread.
[[nodiscard]] Result<MeasuredUsage> measuredUsage(Database& reader, const DayRange& range);

} // namespace spillway
