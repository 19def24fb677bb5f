// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/ledger/ledger.h"
#include "model/store/database.h"

/// The table `event` as rows, for the files of this room.
namespace spillway::ledger {

/// 32 zero bytes: what the first event names as its predecessor's hash.
[[nodiscard]] QByteArray noHash();

/// One row with its text as bytes, as it was hashed and as it stands in the file.
struct EventRow
{
    std::int64_t seq = 0;
    std::int64_t atMs = 0;
    QByteArray actor;
    QByteArray type;
    QByteArray body;
    QByteArray previousHash;
    QByteArray hash;

    [[nodiscard]] LedgerEvent toEvent() const;
};

/// SHA-256 over seq, at (milliseconds), actor, type, body and previous hash; each is preceded by its length in bytes,
/// lengths and numbers are 8 bytes, big-endian. The same for ever: changing it breaks every chain that exists.
[[nodiscard]] QByteArray hashOf(const EventRow& row);

/// The hash of one event, if it is there. Throws SQLite::Exception: call it inside `guarded`.
[[nodiscard]] std::optional<QByteArray> hashAt(SQLite::Database& db, std::int64_t seq);

/// Rows in the order of seq, one call each, until it returns false. Throws like `hashAt`.
void forEachRow(SQLite::Database& db, std::int64_t after, std::int64_t limit, const QString& typePrefix,
                const std::function<bool(const EventRow&)>& take);
[[nodiscard]] Result<std::vector<LedgerEvent>> readEvents(Database& database, std::int64_t after, int limit,
                                                          const QString& typePrefix);

} // namespace spillway::ledger
