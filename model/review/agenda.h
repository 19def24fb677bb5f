// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/review/groupactivity.h"
#include "model/review/review.h"

#include <vector>

namespace spillway {

/// Why a group stands on the agenda. The order is the order of the meeting.
enum class AgendaReason {
    CarriedOver, ///< the last review left it undecided, or wanted to watch it
    FailedAgain, ///< letters that were replayed came back
    PastAge,     ///< its oldest open letter is older than dead_letter_p1_age
    New,         ///< its first letter came in the period
    Growing,     ///< more than in the span before: at least 10 letters and half as many again
    Unowned,     ///< nobody owns it
    Open,        ///< none of these
    Decided,     ///< it has no open letters any more, but a word in this review
};
[[nodiscard]] QString agendaReasonWord(AgendaReason reason); ///< carriedOver, failedAgain, pastAge, new, growing, …

struct AgendaItem
{
    GroupActivity activity;
    std::vector<AgendaReason> reasons; ///< at least one, in the order above
    friend bool operator==(const AgendaItem&, const AgendaItem&) = default;
};

/// The groups with open letters, in the order in which a meeting takes them: by first reason, then open letters, then
/// id. Pure.
/// @param carriedOver  ids of groups.
/// @param decided      ids of groups that have a word in the open review: they stay, also without open letters.
[[nodiscard]] std::vector<AgendaItem> makeAgenda(std::vector<GroupActivity> activity, const ReviewPeriod& period,
                                                 const QStringList& carriedOver, Millis pastAge,
                                                 const QStringList& decided = {});
/// Groups of the agenda with open letters and without a word in the review, in order.
[[nodiscard]] QStringList undecidedGroups(const std::vector<AgendaItem>& agenda, const Review& review);
/// What the next review begins with, were this one closed with this agenda; of a closed one, what it left. Undecided
/// groups, then those to be watched. Pure.
[[nodiscard]] QStringList leftOver(const std::vector<AgendaItem>& agenda, const Review& review);
/// Team by team, unowned last; within a team the order stays. Pure.
[[nodiscard]] std::vector<AgendaItem> orderedByTeam(std::vector<AgendaItem> agenda);

/// The review as a screen or a command shows it.
struct ReviewSheet
{
    ReviewPeriod period; ///< since the last review, up to now
    std::vector<AgendaItem> agenda;
    std::optional<Review> open; ///< the one under way
    std::optional<Review> last; ///< the one closed last
};

/// Sums per team.
struct TeamActivity
{
    std::optional<QString> team; ///< nullopt: nobody owns them
    std::int64_t open = 0;
    std::int64_t arrived = 0;
    std::int64_t arrivedBefore = 0;
    std::optional<UtcTime> oldestOpenAt;
    friend bool operator==(const TeamActivity&, const TeamActivity&) = default;
};
/// Most open letters first, then by name; unowned last. Pure.
[[nodiscard]] std::vector<TeamActivity> teamActivity(const std::vector<GroupActivity>& activity);

} // namespace spillway
