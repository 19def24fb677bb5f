// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/checkpoint.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <bit>

namespace spillway {

Result<std::vector<Checkpoint>> loadCheckpoints(Database& database, const QString& purpose)
{
    return database.query<std::vector<Checkpoint>>([&](SQLite::Database& db) {
        SQLite::Statement select(db, R"(
            SELECT cluster_id, channel, partition, next_offset, last_digest
            FROM checkpoint
            WHERE purpose = ?
            ORDER BY cluster_id, channel, partition)");
        select.bind(1, purpose.toStdString());
        std::vector<Checkpoint> checkpoints;
        while (select.executeStep()) {
            Checkpoint& checkpoint = checkpoints.emplace_back();
            checkpoint.clusterId = QString::fromStdString(select.getColumn(0).getString());
            checkpoint.channel = QString::fromStdString(select.getColumn(1).getString());
            checkpoint.partition = select.getColumn(2).getInt();
            checkpoint.nextOffset = select.getColumn(3).getInt64();
            if (!select.isColumnNull(4))
                checkpoint.lastDigest = std::bit_cast<std::uint64_t>(select.getColumn(4).getInt64());
        }
        return checkpoints;
    });
}

Status saveCheckpoints(Database& database, const QString& purpose, const std::vector<Checkpoint>& checkpoints)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement upsert(db, R"(
            INSERT INTO checkpoint (purpose, cluster_id, channel, partition, next_offset, last_digest)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE
            SET next_offset = excluded.next_offset, last_digest = excluded.last_digest)");
        for (const Checkpoint& checkpoint : checkpoints) {
            upsert.reset();
            upsert.clearBindings();
            upsert.bind(1, purpose.toStdString());
            upsert.bind(2, checkpoint.clusterId.toStdString());
            upsert.bind(3, checkpoint.channel.toStdString());
            upsert.bind(4, checkpoint.partition);
            upsert.bind(5, checkpoint.nextOffset);
            if (checkpoint.lastDigest)
                upsert.bind(6, std::bit_cast<std::int64_t>(*checkpoint.lastDigest));
            upsert.exec();
        }
    });
}

} // namespace spillway
