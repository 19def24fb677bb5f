// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/broker/record.h"

#include <stop_token>
#include <vector>

namespace spillway {

/// Exactly one of the two is set. The pattern is a QRegularExpression that must match the whole topic name.
struct TopicSelector
{
    QString topic;
    QString pattern;
    friend bool operator==(const TopicSelector&, const TopicSelector&) = default;
};

/// What a partition holds now. `logStart` <= `lastStable` <= `end`.
struct PartitionBounds
{
    TopicPartition at;
    Offset logStart;   ///< first offset still there
    Offset lastStable; ///< first offset of an open transaction, or `end`
    Offset end;        ///< high watermark
    friend bool operator==(const PartitionBounds&, const PartitionBounds&) = default;
};

struct TopicFailure
{
    QString topic;
    Error error; ///< NotFound (no such topic), Unauthorised, …; detail says what to do
    friend bool operator==(const TopicFailure&, const TopicFailure&) = default;
};

struct BoundsReport
{
    QString clusterId; ///< stable name of the cluster, part of every message's identity
    std::vector<PartitionBounds>
        partitions;                     ///< ordered by topic, then partition; internal topics only when named outright
    std::vector<TopicFailure> failures; ///< a named topic that is missing or refused; the rest is still there
};

/// Records that are there and cannot be decoded: the offsets [from, to) of one batch.
struct UnreadableRecords
{
    TopicPartition at;
    Offset from;
    Offset to;
    [[nodiscard]] std::int64_t atMost() const { return to.value - from.value; }
    friend bool operator==(const UnreadableRecords&, const UnreadableRecords&) = default;
};

struct RecordBatch
{
    std::vector<RawRecord> records; ///< in offset order per partition
    /// For each partition that moved: the next offset to read. Passes beyond the last record where control records,
    /// aborted or compacted-away records follow, so that "read up to the end" can be told without waiting for a record.
    std::vector<Position> positions;
    std::vector<TopicFailure> failures; ///< partitions of these topics gave no data this time; the others did
    /// Passed over by a source that was told to; the records of the same partition here come after them.
    std::vector<UnreadableRecords> unreadable;
};

/// Reads records without joining a group and without side effect, committed records only where the broker knows the
/// difference. One thread at a time. Every call returns within about 250 ms of `stop` being requested. A broker that is
/// down is Unreachable; the next call tries again, no reopening needed.
class RecordSource
{
public:
    virtual ~RecordSource() = default;

    [[nodiscard]] virtual Result<BoundsReport> bounds(const std::vector<TopicSelector>& topics,
                                                      std::stop_token stop) = 0;

    /// Reads from these positions on; replaces what was read before. A position outside the log moves to the log's
    /// start (below it) and is reported in the next batch's `positions`.
    [[nodiscard]] virtual Status assign(const std::vector<Position>& start) = 0;

    /// Up to about `maxBytes` of records (at least one, however large). Returns as soon as something is there, or empty
    /// after `timeout`.
    [[nodiscard]] virtual Result<RecordBatch> poll(qsizetype maxBytes, Millis timeout, std::stop_token stop) = 0;
};

} // namespace spillway
