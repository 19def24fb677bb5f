// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordsource.h"
#include "model/store/database.h"

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

/// Records of dead-letter topics that their broker deleted before they were read: by retention, or because somebody
/// deleted records. Compacted, aborted and control records inside a log are no losses.
namespace spillway {

/// Offsets of one partition that can no longer be read: [from, to). Not each of them was a letter: "up to" so many.
struct LostRecords
{
    TopicPartition at;
    Offset from; ///< where reading stood
    Offset to;   ///< where the log began then
    UtcTime noticedAt;
    [[nodiscard]] std::int64_t atMost() const { return to.value - from.value; }
    friend bool operator==(const LostRecords&, const LostRecords&) = default;
};

/// What of [from, to), which reading passed over, the log's start explains. Pure; any thread.
[[nodiscard]] std::optional<std::pair<Offset, Offset>> lostBetween(Offset from, Offset to, Offset logStart);

/// For people: what was lost, and what to do.
[[nodiscard]] QString lostText(const QString& connection, const LostRecords& lost);
/// "offsets 3 to 7", "offset 3": without what to do.
[[nodiscard]] QString lostOffsets(const LostRecords& lost);

/// One row each. Inside the transaction that moves the position past them, so that each counts once.
[[nodiscard]] Status keepLostRecords(Database& database, const QString& clusterId, const QString& connection,
                                     std::span<const LostRecords> lost);

/// All that was lost of a channel.
struct LostBeforeRead
{
    QString connection;            ///< the workspace's name for the cluster when it was noticed last
    std::int64_t records = 0;      ///< at most so many
    std::vector<LostRecords> gaps; ///< the newest ones, newest first; never empty
};
/// By cluster and channel. Blocking; on a reader's thread.
[[nodiscard]] std::map<std::pair<QString, QString>, LostBeforeRead> lostBeforeRead(SQLite::Database& db);

/// Forgets what was noticed before `oldest`. Inside a transaction.
/// @return rows removed.
[[nodiscard]] Result<std::int64_t> thinLostRecords(Database& database, UtcTime oldest);

} // namespace spillway
