// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/store/database.h"

#include <QString>

#include <optional>
#include <vector>

namespace spillway {

/// How much a topic holds, as its samples tell.
struct TopicSizes
{
    QString connection;
    QString topic;
    std::optional<int> partitions;
    std::optional<double> retentionDays; ///< nullopt: unknown, or without a limit in time
    /// Records between the start and end of its logs at each moment; nullopt: no sample within a day before, or the
    /// topic compacts, so that offsets tell nothing.
    std::vector<std::optional<std::int64_t>> keptRecords;
    /// Bytes of one copy at the same moments, where brokers tell.
    std::vector<std::optional<std::int64_t>> keptBytes;
    std::optional<std::int64_t> newestRecords; ///< the same as the newest sample has them
    std::optional<std::int64_t> newestBytes;
    /// Average payload of records that came from here and are stored as dead letters; nullopt: fewer than
    /// `fewestSamples`.
    std::optional<std::int64_t> sampledPayloadBytes;
    int samples = 0;
    friend bool operator==(const TopicSizes&, const TopicSizes&) = default;
};

inline constexpr int fewestSamples = 30;

/// By connection, then topic: every topic that was asked about. Blocking; on a reader's thread.
[[nodiscard]] Result<std::vector<TopicSizes>> topicSizes(Database& reader, const std::vector<UtcTime>& moments);

/// Payloads of the newest stored letters that came from this topic: at most 500 of at most 64 KiB each. Strangers'
/// bytes.
[[nodiscard]] Result<std::vector<QByteArray>> sampledPayloads(Database& reader, const QString& topic);

} // namespace spillway
