// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordlookup.h"
#include "model/deadletter/deadletter.h"
#include "model/store/database.h"

#include <atomic>

/// A letter beside other records of its origin: the record it was made from, and the last one of its key that did not
/// fail. Reads from the broker; blocking, for a worker.
namespace spillway {

/// Whether the record at the letter's origin is the one it was made from.
struct OriginRecord
{
    enum class Answer {
        Confirmed,   ///< its timestamp is the one the letter tells, or key and payload are the same
        Unconfirmed, ///< it stands there, and the letter tells nothing to hold it against
        Different,   ///< another record stands there: the topic was recreated. It is not handed out
        Expired,     ///< the log begins later
        BeyondEnd,   ///< the log ends before it: recreated or cut
        Open,        ///< in a transaction that is not decided
        Gone,        ///< compacted away or aborted
        NoTopic,
        NotTold, ///< the letter does not tell its origin's place
    };
    Answer answer = Answer::NotTold;
    std::optional<RawRecord> record;       ///< of Confirmed and Unconfirmed
    std::optional<PartitionBounds> bounds; ///< what the partition holds now
    QString because;                       ///< one sentence: how it was recognised, or why it is not there
    [[nodiscard]] bool isThere() const { return record.has_value(); }
};
[[nodiscard]] QString originAnswerWord(OriginRecord::Answer answer); ///< confirmed, unconfirmed, different, …

/// Pure: holds a record against what the letter tells.
/// 1. Both times are known: equal or not decides. 2. Else the same key and payload confirm. 3. Else two keys that
/// differ, or a topic made anew since the letter was first seen, make it another record. 4. Else nothing is proved.
/// @param remadeAfter  of the origin's topic, as `topicRemadeAfter` tells it.
[[nodiscard]] OriginRecord judgeOrigin(const DeadLetter& letter, LookedUpRecord found,
                                       std::optional<UtcTime> remadeAfter = std::nullopt);
[[nodiscard]] Result<OriginRecord> readOrigin(RecordLookup& lookup, const DeadLetter& letter, std::stop_token stop,
                                              std::optional<UtcTime> remadeAfter = std::nullopt);
/// The topic that the letter's origin lay in is gone, and another bears its name.
[[nodiscard]] bool isOriginRemade(const DeadLetter& letter, std::optional<UtcTime> remadeAfter);

/// How far back it is looked.
struct LastGoodLimits
{
    std::int64_t records = 20'000;
    std::int64_t bytes = 64LL * 1024 * 1024;
};
/// Read by another thread while the search runs.
struct LookupProgress
{
    std::atomic<std::int64_t> records = 0;
    std::atomic<std::int64_t> bytes = 0;
};

struct LastGood
{
    std::optional<RawRecord> record; ///< same key, before the letter's origin, and no stored letter was made from it
    std::int64_t records = 0;        ///< looked at
    std::int64_t bytes = 0;
    std::int64_t failedOnes = 0; ///< of the same key, passed over: letters were made from them
    Offset oldest;               ///< the first position looked at
    bool reachedStart = false;   ///< of the log: there is nothing older
    QString because;             ///< one sentence: what was found or not, and how far was looked
};

/// Backwards through the origin's partition, in windows. NotFound: the letter has no key, does not tell its place, or
/// its topic was made anew since, so that nothing there came before it.
/// @param reader    the stored letters, to pass over records that failed themselves.
/// @param progress  may be null.
[[nodiscard]] Result<LastGood> findLastGood(RecordLookup& lookup, Database& reader, const DeadLetter& letter,
                                            const LastGoodLimits& limits, LookupProgress* progress,
                                            std::stop_token stop);

/// Which of these offsets of a partition stored letters name as their origin.
[[nodiscard]] Result<std::vector<Offset>> offsetsOfLetters(Database& reader, const QString& clusterId,
                                                           const TopicPartition& origin,
                                                           const std::vector<Offset>& offsets);

} // namespace spillway
