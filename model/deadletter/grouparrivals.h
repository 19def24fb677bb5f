// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/store/database.h"

#include <QHash>

#include <vector>

namespace spillway {

/// When the letters of the groups came: counts per bucket, oldest first.
struct GroupArrivals
{
    UtcTime from;                                     ///< begin of the first bucket
    UtcTime to;                                       ///< end of the last one
    QHash<QString, std::vector<std::int64_t>> counts; ///< by group id; groups without a letter in the span are left out
};

/// Of all groups, over the span between the oldest letter (but at most `longest` ago) and `now`, by the letters'
/// moments. One pass over an index, so asked apart from the groups. `buckets` > 0.
[[nodiscard]] Result<GroupArrivals> groupArrivals(Database& reader, UtcTime now, Millis longest, int buckets);

} // namespace spillway
