// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/projection.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

namespace spillway {

Result<std::int64_t> appliedSeq(Database& database, const QString& name)
{
    return database.query<std::int64_t>([&](SQLite::Database& db) -> std::int64_t {
        SQLite::Statement select(db, "SELECT applied_seq FROM projection WHERE name = ?");
        select.bind(1, name.toStdString());
        return select.executeStep() ? select.getColumn(0).getInt64() : 0;
    });
}

Status saveAppliedSeq(Database& database, const QString& name, std::int64_t seq)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement upsert(db, R"(
            INSERT INTO projection (name, applied_seq)
            VALUES (?, ?)
            ON CONFLICT DO UPDATE
            SET applied_seq = excluded.applied_seq)");
        upsert.bind(1, name.toStdString());
        upsert.bind(2, seq);
        upsert.exec();
    });
}

} // namespace spillway
