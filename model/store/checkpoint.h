// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/database.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace spillway {

/// How far one reader has come in one partition of one cluster.
struct Checkpoint
{
    QString clusterId;
    QString channel; ///< topic or queue
    int partition = 0;
    std::int64_t nextOffset = 0;             ///< the next offset to read
    std::optional<std::uint64_t> lastDigest; ///< of the record before it; nullopt: none was read yet
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// All checkpoints of one reader, ordered by cluster, channel, partition. Empty: it never read.
/// @param purpose  who reads: `processing-log`, `dead-letters`, …; the same for ever.
[[nodiscard]] Result<std::vector<Checkpoint>> loadCheckpoints(Database& database, const QString& purpose);

/// Sets checkpoints, replacing those of the same partitions; call it in the transaction that stores what was read.
[[nodiscard]] Status saveCheckpoints(Database& database, const QString& purpose,
                                     const std::vector<Checkpoint>& checkpoints);

} // namespace spillway
