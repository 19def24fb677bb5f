// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/review/agenda.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t fewestGrown = 10; // below that, a rise is chance

bool isGrowing(const GroupActivity& activity)
{
    return activity.arrived - activity.arrivedBefore >= fewestGrown &&
           activity.arrived * 2 >= activity.arrivedBefore * 3;
}

/// All that hold, in the order of AgendaReason.
std::vector<AgendaReason> reasonsFor(const GroupActivity& activity, const ReviewPeriod& period, bool isCarriedOver,
                                     Millis pastAge)
{
    std::vector<AgendaReason> reasons;
    if (isCarriedOver)
        reasons.push_back(AgendaReason::CarriedOver);
    if (activity.group.state == TriageState::FailedAgain)
        reasons.push_back(AgendaReason::FailedAgain);
    if (activity.group.oldestOpenAt && period.until - *activity.group.oldestOpenAt > pastAge)
        reasons.push_back(AgendaReason::PastAge);
    if (activity.group.firstSeen >= period.from)
        reasons.push_back(AgendaReason::New);
    else if (isGrowing(activity))
        reasons.push_back(AgendaReason::Growing);
    if (!activity.group.team)
        reasons.push_back(AgendaReason::Unowned);
    if (reasons.empty())
        reasons.push_back(activity.group.openCount > 0 ? AgendaReason::Open : AgendaReason::Decided);
    return reasons;
}

} // namespace

QString agendaReasonWord(AgendaReason reason)
{
    switch (reason) {
    case AgendaReason::CarriedOver:
        return u"carriedOver"_s;
    case AgendaReason::FailedAgain:
        return u"failedAgain"_s;
    case AgendaReason::PastAge:
        return u"pastAge"_s;
    case AgendaReason::New:
        return u"new"_s;
    case AgendaReason::Growing:
        return u"growing"_s;
    case AgendaReason::Unowned:
        return u"unowned"_s;
    case AgendaReason::Open:
        return u"open"_s;
    case AgendaReason::Decided:
        return u"decided"_s;
    }
    return {};
}

std::vector<AgendaItem> makeAgenda(std::vector<GroupActivity> activity, const ReviewPeriod& period,
                                   const QStringList& carriedOver, Millis pastAge, const QStringList& decided)
{
    std::vector<AgendaItem> agenda;
    for (GroupActivity& one : activity) {
        if (one.group.openCount == 0 && !decided.contains(one.group.id))
            continue;
        std::vector<AgendaReason> reasons = reasonsFor(one, period, carriedOver.contains(one.group.id), pastAge);
        agenda.push_back({std::move(one), std::move(reasons)});
    }
    std::sort(agenda.begin(), agenda.end(), [](const AgendaItem& a, const AgendaItem& b) {
        const auto key = [](const AgendaItem& item) {
            return std::tuple(item.reasons.front(), -item.activity.group.openCount, item.activity.group.id);
        };
        return key(a) < key(b);
    });
    return agenda;
}

QStringList undecidedGroups(const std::vector<AgendaItem>& agenda, const Review& review)
{
    QStringList groups;
    for (const AgendaItem& item : agenda) {
        const DeadLetterGroup& group = item.activity.group;
        if (group.openCount > 0 && !review.decisions.contains(group.id))
            groups += group.id;
    }
    return groups;
}

QStringList leftOver(const std::vector<AgendaItem>& agenda, const Review& review)
{
    return review.isOpen() ? undecidedGroups(agenda, review) + review.watched() : review.carriedOver();
}

std::vector<AgendaItem> orderedByTeam(std::vector<AgendaItem> agenda)
{
    const auto key = [](const AgendaItem& item) {
        const std::optional<QString>& team = item.activity.group.team;
        return std::pair(!team.has_value(), team.value_or(QString()));
    };
    std::stable_sort(agenda.begin(), agenda.end(),
                     [&](const AgendaItem& a, const AgendaItem& b) { return key(a) < key(b); });
    return agenda;
}

std::vector<TeamActivity> teamActivity(const std::vector<GroupActivity>& activity)
{
    std::map<std::optional<QString>, TeamActivity> byTeam;
    for (const GroupActivity& one : activity) {
        TeamActivity& team = byTeam[one.group.team];
        team.team = one.group.team;
        team.open += one.group.openCount;
        team.arrived += one.arrived;
        team.arrivedBefore += one.arrivedBefore;
        if (one.group.oldestOpenAt && (!team.oldestOpenAt || *one.group.oldestOpenAt < *team.oldestOpenAt))
            team.oldestOpenAt = one.group.oldestOpenAt;
    }
    std::vector<TeamActivity> teams;
    for (auto& [name, team] : byTeam)
        teams.push_back(std::move(team));
    std::sort(teams.begin(), teams.end(), [](const TeamActivity& a, const TeamActivity& b) {
        return std::tuple(!a.team, -a.open, a.team) < std::tuple(!b.team, -b.open, b.team);
    });
    return teams;
}

} // namespace spillway
