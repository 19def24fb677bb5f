// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/processingretention.h"

#include "model/slo/rollup.h"

#include <SQLiteCpp/Statement.h>

namespace spillway {

namespace {

constexpr std::int64_t rowsPerTransaction = 50'000;

} // namespace

Result<std::int64_t> pruneProcessing(StoreWriter& writer, UtcTime now, Millis retention, std::stop_token stop)
{
    const std::int64_t oldestMs = stretchStart(toMs(now - retention), rollupWidthsMs.back());
    std::int64_t removed = 0;
    bool isMore = true;
    while (isMore && !stop.stop_requested()) {
        const Status step = writer.write(
            [&](Database& database) {
                return database.guarded([&](SQLite::Database& db) {
                    SQLite::Statement records(db, R"(
                        DELETE FROM processing_record
                        WHERE (processed_at_ms, pair_id, latency_ms, status) IN (
                            SELECT processed_at_ms, pair_id, latency_ms, status
                            FROM processing_record
                            WHERE processed_at_ms < ?1
                            ORDER BY processed_at_ms
                            LIMIT ?2))");
                    records.bind(1, oldestMs);
                    records.bind(2, rowsPerTransaction);
                    const std::int64_t gone = records.exec();
                    removed += gone;
                    isMore = gone == rowsPerTransaction;
                    if (isMore)
                        return;
                    for (int level = 0; level < static_cast<int>(rollupWidthsMs.size()); ++level) {
                        SQLite::Statement sums(db, R"(
                            DELETE FROM processing_sum
                            WHERE level = ?1 AND start_ms < ?2)");
                        sums.bind(1, level);
                        sums.bind(2, oldestMs);
                        removed += sums.exec();
                    }
                });
            },
            0, stop);
        if (!step)
            return tl::unexpected<Error>(step.error());
    }
    return removed;
}

} // namespace spillway
