// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordsource.h"
#include "model/broker/timelookup.h"
#include "model/trail/trailkey.h"

#include <QStringList>

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

/// Reads topics from an instant on, for whoever looks for a few records in them. No group is joined, nothing is
/// committed. Blocking, for a worker.
namespace spillway {

/// Read by another thread while topics are read.
struct TrailProgress
{
    std::atomic<std::int64_t> records = 0;   ///< looked at
    std::atomic<std::int64_t> positions = 0; ///< there are at most so many to look at, as far as is known
    std::atomic<std::int64_t> bytes = 0;
    std::atomic<std::int64_t> found = 0;
};

/// How far topics are read.
struct TrailLimits
{
    std::optional<UtcTime> since; ///< nullopt: as far back as there is
    std::int64_t maxBytes = 1LL << 30;
    std::int64_t maxFound = 1'000;
    bool ownPartitionOnly = false; ///< only the partition where a Java client puts the key
};

/// What became of a look at topics.
struct TopicsRead
{
    enum class End {
        Whole, ///< all that was there when it began
        Bytes, ///< so many were read
        Found, ///< so many were found
        Stopped,
        Failed, ///< the broker went silent: see `failures`
    };
    QString clusterId;
    std::int64_t records = 0;
    std::int64_t positions = 0; ///< in the partitions that were to be read, when it began: at least as many as records
    std::int64_t bytes = 0;
    std::int64_t found = 0;
    QStringList topics;                 ///< read, at least in part; ordered
    QStringList missing;                ///< asked for, and not there
    std::vector<TopicFailure> failures; ///< could not be read; a silent broker under an empty topic
    int otherPartitions = 0;            ///< left out by `ownPartitionOnly`
    End end = End::Whole;
};

/// Hands over every committed record of `since` or later, up to the last stable offsets of the beginning: first the
/// partitions where a Java client puts the key, then the others; in a partition oldest first. A record without a time
/// counts as young enough.
/// @param keys      as they stand in records; empty: no partition comes first.
/// @param times     finds where to begin; null, or where it cannot tell: at the log's start.
/// @param take      whether the record was one that was looked for.
/// @param progress  may be null.
/// @return Unreachable, Unauthorised, …: nothing at all could be read.
[[nodiscard]] Result<TopicsRead> readTopics(RecordSource& source, TimeLookup* times, const QStringList& topics,
                                            const std::vector<QByteArray>& keys, const TrailLimits& limits,
                                            const std::function<bool(const RawRecord&)>& take, TrailProgress* progress,
                                            std::stop_token stop);

} // namespace spillway
