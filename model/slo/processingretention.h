// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/store/storewriter.h"

#include <stop_token>

namespace spillway {

/// Drops records and sums of the days (UTC) that lie wholly before `now` − `retention`, in transactions of about 50 000
/// rows, so that new records are stored in between. @return rows removed.
[[nodiscard]] Result<std::int64_t> pruneProcessing(StoreWriter& writer, UtcTime now, Millis retention,
                                                   std::stop_token stop);

} // namespace spillway
