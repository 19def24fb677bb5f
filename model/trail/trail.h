// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/broker/record.h"
#include "model/mask/masker.h"
#include "model/trail/trailkey.h"

#include <QString>

#include <optional>
#include <vector>

/// One key's way through every topic, as values. Pure; any thread.
namespace spillway {

/// What an entry's time is the time of.
enum class TrailTime {
    Unknown,
    CreateTime,    ///< as the record's producer says
    LogAppendTime, ///< as the broker says
    DeadLettered,
    FirstSeen, ///< of a letter that does not tell when it was set aside: at the latest then
    Recorded,  ///< in the ledger
    Processed, ///< as the processing log says
};
[[nodiscard]] QString trailTimeWord(TrailTime time); ///< createTime, logAppendTime, …; empty: unknown

/// One thing that happened.
struct TrailEntry
{
    enum class Kind { Event, DeadLetter, Replay, Processing };
    Kind kind = Kind::Event;
    std::optional<UtcTime> at; ///< nullopt: not known
    TrailTime time = TrailTime::Unknown;
    /// Where an entry without a time stands: with this, before it. Of a letter's origin the letter's.
    std::optional<UtcTime> notAfter;
    QString connection;
    QString channel; ///< topic, or a log's file; empty: not known
    std::optional<int> partition;
    std::optional<Offset> offset;
    std::optional<QString> eventType;
    std::optional<QByteArray> key;
    QString summary; ///< one English sentence without payload, key or header's value; texts of strangers in it
                     ///< (classes, services) are not yet made visible
    TrailMatch match;
    std::optional<QString> letterId; ///< of a dead letter, and of the replay or origin of one
    std::optional<QString> jobId;
    bool isRead = false; ///< from the broker or file, just now; else it is what the store knows
    friend bool operator==(const TrailEntry&, const TrailEntry&) = default;
};
[[nodiscard]] QString trailKindWord(TrailEntry::Kind kind); ///< contract.md: event, deadLetter, replay, processing

/// In time order, each place once. 1. What stands at one place (connection, channel, partition, offset) is one entry:
/// a dead letter before a replay before an event, with the time that was read from the broker for the latter two; what
/// the other knows (letter, job, event type, key) is kept. 2. By time; the same instant: event, processing, dead
/// letter, replay; then connection, channel, partition, offset. 3. What has no time stands right before its `notAfter`,
/// else last.
[[nodiscard]] std::vector<TrailEntry> arrangedTrail(std::vector<TrailEntry> entries);

/// Masks keys, and what a summary quotes of strangers, in place.
void maskTrail(std::vector<TrailEntry>& entries, const Masker& masker, MaskPurpose purpose);

/// One line of `trail --json`: contract.md's fields, then `timeKind`, `matched`, `letter`, `job`.
[[nodiscard]] QByteArray trailEntryJson(const TrailEntry& entry);
/// A line each, for people.
[[nodiscard]] QString trailText(const std::vector<TrailEntry>& entries);
/// `orders [3] @ 88120`; empty where there is no channel.
[[nodiscard]] QString trailPlace(const TrailEntry& entry);

/// The entry of a record on a topic. @param eventType  as it was found out.
[[nodiscard]] TrailEntry eventEntry(const RawRecord& record, const QString& connection,
                                    const std::optional<QString>& eventType, const TrailMatch& match);

} // namespace spillway
