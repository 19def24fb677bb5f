// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/letterhops.h"
#include "model/ledger/ledger.h"

#include <optional>
#include <vector>

/// What happened to a message, from its publication on, as far as it is known. Pure; any thread.
namespace spillway {

/// A replay of the letter.
struct LetterReplay
{
    QString jobId;
    int generation = 0;
    QString target; ///< topic
    enum class Status { Pending, InDoubt, Sent, Skipped };
    Status status = Status::Pending;
    std::optional<QString> outcome; ///< contract.md: confirmed, failedAgain, unknown; nullopt: nobody has looked
    std::optional<QString> skippedBecause;
    std::optional<UtcTime> startedAt; ///< of the job
    std::vector<QString> cameBackAs;  ///< ids of letters that came out of it
    std::vector<UtcTime> cameBackAt;  ///< when they were first seen, place by place
    friend bool operator==(const LetterReplay&, const LetterReplay&) = default;
};

struct TimelineEntry
{
    enum class Kind { Published, Failed, DeadLettered, FirstSeen, Decided, Replayed, CameBack };
    Kind kind = Kind::Published;
    std::optional<UtcTime> at; ///< nullopt: not known
    QString what;              ///< one English sentence; texts of strangers in it are not yet made visible
    std::optional<QString> actor;
    std::optional<std::int64_t> ledgerSeq; ///< of a decision
    std::optional<QString> jobId;          ///< of a replay
    std::optional<QString> letterId;       ///< another letter that this is about
    friend bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
};
[[nodiscard]] QString timelineKindWord(TimelineEntry::Kind kind); ///< published, failed, deadLettered, firstSeen, …

/// What else is known of a letter.
struct LetterHistory
{
    std::vector<LetterHop> hops;        ///< oldest first; of failureCourse
    std::vector<LedgerEvent> decisions; ///< that name the letter, oldest first
    std::vector<LetterReplay> replays;  ///< oldest first
    std::optional<QString> cameFrom;    ///< the letter whose replay became this one
};

/// In the order in which it happened; what has no time stands where it must have been.
[[nodiscard]] std::vector<TimelineEntry> letterTimeline(const DeadLetter& letter, const LetterHistory& history);

/// Whether a ledger event's body names the letter, by its id or (a decision on its group) by its group's.
[[nodiscard]] bool isAboutLetter(const LedgerEvent& event, const DeadLetter& letter);

/// `timeline` of `dlq show`: an array.
[[nodiscard]] QByteArray timelineJson(const std::vector<TimelineEntry>& timeline);
/// A line each.
[[nodiscard]] QString timelineText(const std::vector<TimelineEntry>& timeline);

} // namespace spillway
