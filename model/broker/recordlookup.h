// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordsource.h"

#include <functional>
#include <memory>

namespace spillway {

/// What a broker says about one position.
struct LookedUpRecord
{
    enum class Answer {
        Found,
        BeforeLog, ///< the log begins later: retention, or somebody deleted records
        BeyondEnd, ///< the log ends before it: the topic was recreated or cut
        Open,      ///< it belongs to a transaction that is not decided yet
        NoRecord,  ///< inside the log, but no committed record stands there: compacted away, aborted, or a control
                   ///< record
        NoTopic,   ///< no topic, or no partition, of this name
    };
    Answer answer = Answer::NoTopic;
    std::optional<RawRecord> record;       ///< of Found
    std::optional<PartitionBounds> bounds; ///< of the partition, where there is one
};

/// How far a read over a range of positions came.
struct RangeRead
{
    std::int64_t records = 0;
    std::int64_t bytes = 0;
    Offset next;          ///< all before it was read
    Offset logStart;      ///< the partition's first position when it was read
    bool isWhole = false; ///< the range's end was reached
};

/// Reads single records at positions: the capability `readsAtPosition`. For a person who looks at one letter; following
/// is RecordSource's duty. No side effect. One thread at a time; every call returns within about 250 ms of a stop.
class RecordLookup
{
public:
    virtual ~RecordLookup() = default;

    /// Never a neighbour in place of what was asked for. Unauthorised, Unreachable, TimedOut (no answer in about 15 s).
    [[nodiscard]] virtual Result<LookedUpRecord> recordAt(const TopicPartition& at, Offset offset,
                                                          std::stop_token stop) = 0;

    /// Committed records of [from, to), oldest first, one call each, until `take` returns false. `from` below the log
    /// begins at the log's start.
    [[nodiscard]] virtual Result<RangeRead> readRange(const TopicPartition& at, Offset from, Offset to,
                                                      const std::function<bool(const RawRecord&)>& take,
                                                      std::stop_token stop) = 0;
};

/// A RecordLookup over any RecordSource: bounds, a position, and what comes from there.
class RecordSourceLookup final : public RecordLookup
{
public:
    explicit RecordSourceLookup(std::unique_ptr<RecordSource> source)
        : m_source(std::move(source))
    {
    }
    [[nodiscard]] Result<LookedUpRecord> recordAt(const TopicPartition& at, Offset offset,
                                                  std::stop_token stop) override;
    [[nodiscard]] Result<RangeRead> readRange(const TopicPartition& at, Offset from, Offset to,
                                              const std::function<bool(const RawRecord&)>& take,
                                              std::stop_token stop) override;

private:
    [[nodiscard]] Result<std::optional<PartitionBounds>> boundsOf(const TopicPartition& at, std::stop_token stop);

    std::unique_ptr<RecordSource> m_source;
};

} // namespace spillway
