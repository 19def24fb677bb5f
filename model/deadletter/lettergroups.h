// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/query.h"
#include "model/store/database.h"

#include <stop_token>
#include <vector>

namespace spillway {

/// Letters of one fingerprint, as many of them as a query found.
struct DeadLetterGroup
{
    QString id;
    QString title; ///< in words
    std::optional<QString> errorClass;
    std::optional<QString> eventType;
    std::optional<QString> consumer;
    std::optional<QString> team;
    FailureKind kind = FailureKind::Unknown; ///< of most of its letters
    std::int64_t count = 0;
    std::int64_t openCount = 0;
    UtcTime firstSeen;                   ///< moment of its oldest letter: deadLetteredAt, else firstSeenAt
    UtcTime lastSeen;                    ///< of its newest
    std::optional<UtcTime> oldestOpenAt; ///< moment of its oldest open letter; nullopt: none is open
    /// Of its letters' states the one that asks most: failedAgain, new, assigned, unknown, sent, planned, parked, lost,
    /// archived, resolved, in this order. One that somebody has stays assigned when new letters come.
    TriageState state = TriageState::New;
    std::optional<QString> assignee;      ///< who has more than half of its open letters, if nobody else has any
    std::optional<QString> sampleMessage; ///< of the letter stored last; untrusted
    friend bool operator==(const DeadLetterGroup&, const DeadLetterGroup&) = default;
};

/// How old a group is wherever that is said, shown or judged: how long the oldest of its open letters waits. nullopt:
/// none is open, and nothing waits. A clock that stepped back gives no negative age. Pure.
[[nodiscard]] std::optional<Millis> oldestAge(const DeadLetterGroup& group, UtcTime now);

/// Groups with a letter that fits, largest open count first, then by last letter, then by id. A query that fits all is
/// answered from counters, whatever the number of letters. Reads in the calling thread; errors as `runQuery`.
[[nodiscard]] Result<std::vector<DeadLetterGroup>> deadLetterGroups(Database& reader, const Query& query, UtcTime now,
                                                                    std::stop_token stop = {});

/// Open letters of one (team, event type), for thresholds.
struct OpenLetterCount
{
    std::optional<QString> team;
    std::optional<QString> eventType;
    std::int64_t open = 0;
    UtcTime oldestAt; ///< its age counts from here
    friend bool operator==(const OpenLetterCount&, const OpenLetterCount&) = default;
};

/// Ordered by team, then event type, unknown first. Pairs without open letters are left out. From counters.
[[nodiscard]] Result<std::vector<OpenLetterCount>> openLetterCounts(Database& reader);

/// All letters, the open ones and the groups that have one.
struct DeadLetterTotals
{
    std::int64_t letters = 0;
    std::int64_t open = 0;
    std::int64_t openGroups = 0;
    friend bool operator==(const DeadLetterTotals&, const DeadLetterTotals&) = default;
};
[[nodiscard]] Result<DeadLetterTotals> deadLetterTotals(Database& reader);

} // namespace spillway
