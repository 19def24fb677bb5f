// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/grouparrivals.h"

#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>

namespace spillway {

Result<GroupArrivals> groupArrivals(Database& reader, UtcTime now, Millis longest, int buckets)
{
    return reader.query<GroupArrivals>([&](SQLite::Database& db) {
        GroupArrivals arrivals;
        arrivals.to = now;
        const auto oldest = db.execAndGet("SELECT min(first_at_ms) FROM letter_group");
        const std::int64_t end = toMs(now) + 1;
        const std::int64_t begin =
            std::max(oldest.isNull() ? end - 1 : std::min(oldest.getInt64(), end - 1), end - longest.count());
        arrivals.from = utcFromMs(begin);
        const std::int64_t width = std::max<std::int64_t>(1, (end - begin + buckets - 1) / buckets);
        // The index (group_ref, moment_ms) holds all that is asked.
        SQLite::Statement select(db, "SELECT n.group_ref, n.bucket, n.letters, g.group_id"
                                     " FROM (SELECT group_ref, (moment_ms - ?1) / ?2 AS bucket, count(*) AS letters"
                                     "  FROM letter INDEXED BY letter_of_group"
                                     "  WHERE moment_ms >= ?1 AND moment_ms < ?3 GROUP BY 1, 2) n"
                                     " JOIN letter_group g ON g.id = n.group_ref");
        select.bind(1, begin);
        select.bind(2, width);
        select.bind(3, end);
        while (select.executeStep()) {
            const std::int64_t bucket = select.getColumn(1).getInt64();
            if (bucket < 0 || bucket >= buckets)
                continue;
            auto& counts = arrivals.counts[sql::text(select.getColumn(3))];
            counts.resize(static_cast<std::size_t>(buckets));
            counts[static_cast<std::size_t>(bucket)] += select.getColumn(2).getInt64();
        }
        return arrivals;
    });
}

} // namespace spillway
