// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordsource.h"
#include "model/store/database.h"

#include <map>
#include <span>
#include <vector>

/// Records of dead-letter topics that lie at their broker and could not be decoded: a batch whose bytes are damaged, or
/// one that unpacks to more than we take. Reading goes on behind them; another client may still read them.
namespace spillway {

/// For people: what could not be read, and what to do while the broker still has it.
[[nodiscard]] QString unreadableText(const QString& connection, const UnreadableRecords& records);
/// "partition 0, offsets 3 to 7", "partition 0, offset 3".
[[nodiscard]] QString unreadablePlace(const UnreadableRecords& records);
/// What reads them in a shell. @param bootstrap  empty: `BROKER:9092` stands for it
[[nodiscard]] QString unreadableCommand(const QString& bootstrap, const UnreadableRecords& records);

/// One row each. Inside the transaction that moves the position past them, so that each counts once.
[[nodiscard]] Status keepUnreadable(Database& database, const QString& clusterId, const QString& connection,
                                    std::span<const UnreadableRecords> unreadable, UtcTime noticedAt);

/// All of a channel that its broker still had when it was asked last.
struct UnreadableOfChannel
{
    QString connection;                     ///< the workspace's name for the cluster when it was noticed last
    std::int64_t records = 0;               ///< at most so many
    std::vector<UnreadableRecords> batches; ///< the newest ones, newest first; never empty
    UtcTime noticedAt;                      ///< the newest
    friend bool operator==(const UnreadableOfChannel&, const UnreadableOfChannel&) = default;
};
/// By cluster and channel. Blocking; on a reader's thread.
[[nodiscard]] std::map<std::pair<QString, QString>, UnreadableOfChannel> unreadableRecords(SQLite::Database& db);

/// Forgets what was noticed before `oldest`. Inside a transaction.
/// @return rows removed.
[[nodiscard]] Result<std::int64_t> thinUnreadable(Database& database, UtcTime oldest);

} // namespace spillway
