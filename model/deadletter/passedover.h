// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"
#include "model/store/database.h"

#include <map>
#include <span>
#include <utility>
#include <vector>

/// Offsets of dead-letter topics that reading passed over, as the store keeps them: by why, with when it was noticed.
namespace spillway {

/// Offsets of one partition: [from, to). Not each of them was a letter: "up to" so many.
struct PassedOver
{
    TopicPartition at;
    Offset from; ///< where reading stood
    Offset to;   ///< where it went on
    UtcTime noticedAt;
    [[nodiscard]] std::int64_t atMost() const { return to.value - from.value; }
    friend bool operator==(const PassedOver&, const PassedOver&) = default;
};

enum class PassedBecause {
    Lost,       ///< the broker had deleted them: see lostrecords.h
    Unreadable, ///< they could not be decoded: see unreadablerecords.h
};

/// One row each. Inside the transaction that moves the position past them, so that each counts once.
[[nodiscard]] Status keepPassedOver(Database& database, PassedBecause why, const QString& clusterId,
                                    const QString& connection, std::span<const PassedOver> ranges);

/// All of a channel.
struct PassedOfChannel
{
    QString connection;             ///< the workspace's name for the cluster when it was noticed last
    std::int64_t records = 0;       ///< at most so many
    std::vector<PassedOver> ranges; ///< the newest ones, newest first; never empty
    friend bool operator==(const PassedOfChannel&, const PassedOfChannel&) = default;
};
/// By cluster and channel.
using PassedByChannel = std::map<std::pair<QString, QString>, PassedOfChannel>;
/// Blocking; on a reader's thread. Throws what SQLite throws.
[[nodiscard]] PassedByChannel passedOver(SQLite::Database& db, PassedBecause why);

/// Forgets what was noticed before `oldest`, whatever the reason. Inside a transaction.
/// @return rows removed.
[[nodiscard]] Result<std::int64_t> thinPassedOver(Database& database, UtcTime oldest);

} // namespace spillway
