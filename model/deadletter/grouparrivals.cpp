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
        // The index (group_ref, moment_ms) holds all that is asked, and is walked in its order: grouped by SQLite, each
        // letter would be sorted once more.
        SQLite::Statement name(db, "SELECT group_id FROM letter_group WHERE id = ?");
        SQLite::Statement select(db, "SELECT group_ref, moment_ms FROM letter INDEXED BY letter_of_group"
                                     " WHERE moment_ms >= ?1 AND moment_ms < ?2 ORDER BY group_ref, moment_ms");
        select.bind(1, begin);
        select.bind(2, end);
        std::int64_t group = 0;
        std::vector<std::int64_t>* counts = nullptr; // of that group; no other is put in meanwhile
        while (select.executeStep()) {
            if (const std::int64_t ref = select.getColumn(0).getInt64(); !counts || ref != group) {
                group = ref;
                name.reset();
                name.bind(1, ref);
                counts = nullptr;
                if (!name.executeStep())
                    continue;
                counts = &arrivals.counts[sql::text(name.getColumn(0))];
                counts->resize(static_cast<std::size_t>(buckets));
            }
            const std::int64_t bucket = (select.getColumn(1).getInt64() - begin) / width;
            if (bucket < buckets)
                ++(*counts)[static_cast<std::size_t>(bucket)];
        }
        return arrivals;
    });
}

} // namespace spillway
