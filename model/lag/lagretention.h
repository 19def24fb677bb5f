// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/store/storewriter.h"

#include <stop_token>

namespace spillway {

struct LagPruneReport
{
    std::int64_t endsRemoved = 0;
    std::int64_t pointsRemoved = 0;
    std::int64_t samplesRemoved = 0;
};

/// Thins the histories of lag as they age, and drops what is older than `retention`. Full resolution for two hours, a
/// minute up to a day, five minutes up to two weeks, an hour beyond. Of a history of ends, the bounds of ages stay
/// true: they only get wider. Of a chart's history, the highest lag of each stretch stays. Works in transactions of
/// about 20 000 rows, so that samples are stored in between; stops between two.
[[nodiscard]] Result<LagPruneReport> pruneLag(StoreWriter& writer, UtcTime now, Millis retention, std::stop_token stop);

} // namespace spillway
