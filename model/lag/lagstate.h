// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QString>

#include <optional>
#include <span>

/// What the offsets of one group in one partition mean. Pure; any thread; the time is an argument.
namespace spillway {

/// Ordered from good to bad: the worst of a group is its greatest.
enum class LagState {
    Ok,
    Behind,
    Unknown,
    NeverCommitted,
    BlockedByTransaction,
    Rewound,
    Stalled,
    Stopped,
    TopicRecreated,
    TopicGone,
    LostToRetention,
};

[[nodiscard]] QString lagStateWord(LagState state); ///< contract.md: ok, behind, stalled, …
[[nodiscard]] std::optional<LagState> lagStateFromWord(QStringView word);

/// max(0, end − committed), as kafka-consumer-groups means it; nullopt where one of the two is unknown: unknown is not
/// zero.
[[nodiscard]] std::optional<MessageCount> lagOf(std::optional<Offset> committed, std::optional<Offset> end);
/// Messages that retention took before the group read them: max(0, logStart − committed). Nullopt where one is unknown.
[[nodiscard]] std::optional<MessageCount> lostToRetention(std::optional<Offset> committed,
                                                          std::optional<Offset> logStart);

/// A commit, or the first sight of one. Series of them are oldest first.
struct CommitPoint
{
    Offset offset;
    UtcTime at;                      ///< when it was made, or where the broker does not tell, first seen
    std::optional<MessageCount> lag; ///< at that time; nullopt: the end was not known
    friend bool operator==(const CommitPoint&, const CommitPoint&) = default;
};

/// Does the group have members? Not proof of reading: consumers that assign partitions to themselves have none.
enum class Membership { Unknown, Present, Absent };

/// All that a verdict needs of one (group, partition).
struct LagFacts
{
    UtcTime now;
    bool isTopicGone = false;
    bool isTopicRecreated = false;   ///< ends went back, and no commit was made since
    bool isCommitKnown = true;       ///< false: the broker did not tell; not the same as "never committed"
    std::optional<Offset> committed; ///< with isCommitKnown: nullopt is "never committed"
    std::optional<Offset> logStart;
    std::optional<Offset> end;
    std::optional<Offset> lastStable;
    bool isLastStableMoving = false;        ///< it differs from the sample before
    std::optional<MessageCount> currentLag; ///< what `lagOf` says
    MessageCount allowedLag;                ///< up to here all is well
    std::span<const CommitPoint> commits;   ///< the newest ones, at most about ten; may be empty
    std::span<const Offset> recentEnds;     ///< ends seen lately, newest last; may be empty
    std::optional<UtcTime> caughtUpAt;      ///< last time the group was seen with nothing unread
    Membership membership = Membership::Unknown;
};

struct LagVerdict
{
    LagState state = LagState::Unknown;
    int rule = 0;     ///< which of the rules of `judgeLag` spoke
    QString evidence; ///< one English clause with the numbers it rests on
    friend bool operator==(const LagVerdict&, const LagVerdict&) = default;
};

/// The verdict. The first rule that fits speaks:
///  1 topicGone             nothing else has a meaning without the topic.
///  2 topicRecreated        the commit belongs to the topic's former life; comparing it with the new ends would be
///  nonsense. Also when the
///                          commit lies beyond the end: commits are asked for first, so that cannot come from the order
///                          of asking.
///  3 unknown               commit or end were not told. Before every rule that needs them.
///  4 neverCommitted        known, and absent: it has no lag, not zero lag.
///  5 lostToRetention       the next message to read is gone. Before `ok`: even a short lag hides a loss.
///  6 ok                    no more than `allowedLag` unread. From here on something is unread.
///  7 blockedByTransaction  all that a read_committed reader may see is read, and the last stable offset stands still.
///  Before the rules about
///                          silence: the reader does not stop, it waits.
///  8 stopped               silent for longer than its recent commits took together (in milliseconds), and it did have
///  something to read.
///                          Before `rewound`: a group that does nothing is worse off than one that reads again.
///  9 stalled               with members, or committing, and the offset stands.
/// 10 rewound               it went back and has not come again to where it was.
/// 11 behind                unread messages grow: never fewer from commit to commit, or growing in most comparisons (a
/// dip does not excuse). 12 ok                    keeps up: had nothing unread lately, or what is unread is less than
/// two commits bring. 13 behind                everything else: something is unread, and nothing shows that it is about
/// to be read. One commit alone is no cadence: silence is judged against `silenceGrace` then.
[[nodiscard]] LagVerdict judgeLag(const LagFacts& facts);

/// Shorter silence than this means nothing with one or two commits on record (or with no members).
inline constexpr Millis silenceGrace{60'000};
/// The same where only one commit was ever seen and nobody can tell whether there are members.
inline constexpr Millis loneCommitGrace{600'000};
/// Commits closer than this say nothing about a cadence: clients commit every five seconds by default.
inline constexpr Millis shortestCadence{5'000};

/// Burrow's verdict words. NotFound is its word for a group it does not know and never comes out of the evaluator.
enum class BurrowState { Ok, Warn, Stop, Stall, Rewind };
[[nodiscard]] QString burrowStateWord(BurrowState state); ///< ok, warn, stop, stall, rewind

struct BurrowVerdict
{
    BurrowState state = BurrowState::Ok;
    int rule = 0;
    QString evidence;
    friend bool operator==(const BurrowVerdict&, const BurrowVerdict&) = default;
};

/// Burrow's evaluator as it is, its whole seconds included; for comparison. Rules, in its order:
///  1 ok      current lag up to the allowed one, or no commit on record
///  2 stop    silent for longer than the window's span, unless a stored end lies at or below the last commit
///  3 rewind  the first step back was not made good by a later commit
///  4 ok      a known lag in the window was within what is allowed
///  5 stall   all offsets are equal
///  6 warn    known lags never decrease
///  7 ok      they do
[[nodiscard]] BurrowVerdict judgeLikeBurrow(UtcTime now, MessageCount currentLag, MessageCount allowedLag,
                                            std::span<const CommitPoint> commits, std::span<const Offset> ends);

} // namespace spillway
