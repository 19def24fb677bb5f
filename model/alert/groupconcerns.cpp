// SPDX-License-Identifier: GPL-3.0-or-later
// Consumer groups: what was lost, what will be, who stands still.
#include "model/alert/concernlist.h"
#include "model/alert/concernwords.h"
#include "model/base/shelltext.h"
#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString unread(const GroupFinding& group)
{
    if (!group.lag)
        return u"an unknown number of messages unread"_s;
    return countText(*group.lag, u"message"_s, u"messages"_s) + u" unread"_s;
}

QString oldest(const GroupFinding& group)
{
    return group.oldestUnread ? u", the oldest %1 old"_s.arg(formatDuration(*group.oldestUnread)) : QString();
}

QString evidenceOf(const GroupFinding& group)
{
    QStringList parts{u"state "_s + lagStateWord(group.state)};
    parts += group.lag ? u"lag "_s + formatCount(*group.lag) : u"lag unknown"_s;
    if (group.oldestUnread)
        parts += u"oldest unread at least "_s + formatDuration(*group.oldestUnread);
    if (group.isGrowing)
        parts += u"growing"_s;
    else if (group.drainsIn)
        parts += u"read up in about "_s + formatDuration(*group.drainsIn);
    if (group.expiresIn)
        parts += u"oldest unread expires in "_s + formatDuration(*group.expiresIn);
    return parts.join(u" · "_s);
}

/// Unread data will be deleted before it is read: it expires, and what drains it takes longer or nothing does.
bool willExpire(const GroupFinding& group)
{
    if (!group.expiresIn || group.lag.value_or(0) == 0)
        return false;
    const bool standsStill = group.state == LagState::Stopped || group.state == LagState::Stalled ||
                             group.state == LagState::BlockedByTransaction;
    constexpr auto soon = std::chrono::hours(1); // time to act, whatever the trend says
    if (group.drainsIn && !standsStill)
        return *group.drainsIn > *group.expiresIn;
    return *group.expiresIn <= soon || ((standsStill || group.isGrowing) && *group.expiresIn <= 24 * soon);
}

struct Said
{
    ConcernRule rule = ConcernRule::GroupBehind;
    Severity severity = Severity::Info;
    QString summary;
};

/// Nullopt for a state that needs nobody.
std::optional<Said> sayState(const GroupFinding& group, const QString& name)
{
    switch (group.state) {
    case LagState::Ok:
    case LagState::Unknown: // the connection's own concern says why
        return std::nullopt;
    case LagState::LostToRetention: {
        const bool isKnown = group.lost && *group.lost > 0;
        return Said{ConcernRule::LostToRetention, Severity::Critical,
                    u"%1 lost %2 to retention before it read them"_s.arg(
                        name, isKnown ? countText(*group.lost, u"message"_s, u"messages"_s) : u"messages"_s)};
    }
    case LagState::Stopped:
        return Said{ConcernRule::GroupStopped, Severity::Warning,
                    u"%1 has stopped: %2%3"_s.arg(name, unread(group), oldest(group))};
    case LagState::Stalled:
        return Said{ConcernRule::GroupStopped, Severity::Warning,
                    u"%1 does not get on: %2%3"_s.arg(name, unread(group), oldest(group))};
    case LagState::BlockedByTransaction:
        return Said{ConcernRule::GroupStopped, Severity::Warning,
                    u"%1 waits for an open transaction: %2%3"_s.arg(name, unread(group), oldest(group))};
    case LagState::TopicGone:
        return Said{ConcernRule::TopicChanged, Severity::Warning,
                    u"%1 has commits on a topic that is gone"_s.arg(name)};
    case LagState::TopicRecreated:
        return Said{ConcernRule::TopicChanged, Severity::Warning,
                    u"%1 has commits from before its topic was made anew"_s.arg(name)};
    case LagState::NeverCommitted:
        return Said{ConcernRule::GroupBehind, Severity::Info,
                    u"%1 has never committed, so nothing tells what it has read"_s.arg(name)};
    case LagState::Rewound:
        return Said{ConcernRule::GroupBehind, Severity::Info,
                    u"%1 went back and reads again: %2"_s.arg(name, unread(group))};
    case LagState::Behind:
        return Said{ConcernRule::GroupBehind, group.isGrowing ? Severity::Warning : Severity::Info,
                    u"%1 %2: %3%4"_s.arg(name, group.isGrowing ? u"falls further behind"_s : u"is behind"_s,
                                         unread(group), oldest(group))};
    }
    return std::nullopt;
}

} // namespace

GroupFinding findingOf(const LagGroupRow& row)
{
    GroupFinding finding{.connection = row.connection, .group = row.group, .team = row.owner, .state = row.worstState};
    if (row.totalLag)
        finding.lag = row.totalLag->value;
    if (row.lost)
        finding.lost = row.lost->value;
    if (row.timeLag)
        finding.oldestUnread = row.timeLag->low;
    if (row.trend) {
        finding.isGrowing = row.trend->trend == LagTrend::Growing;
        finding.drainsIn = row.trend->drainsIn;
    }
    return finding;
}

void addGroupConcerns(const std::vector<GroupFinding>& groups, UtcTime now, ConcernList& list)
{
    for (const GroupFinding& group : groups) {
        const QString name = visibleText(group.group);
        std::optional<Said> said = sayState(group, name);
        if (willExpire(group) && group.state != LagState::LostToRetention)
            said = Said{ConcernRule::WillExpire, Severity::Critical,
                        u"%1 will lose messages: %2, the oldest expires in %3"_s.arg(name, unread(group),
                                                                                     formatDuration(*group.expiresIn))};
        if (!said)
            continue;
        Concern concern{.rule = said->rule,
                        .severity = said->severity,
                        .summary = said->summary,
                        .evidence = evidenceOf(group),
                        .team = group.team,
                        .since = group.since};
        if (group.expiresIn)
            concern.until = now + *group.expiresIn;
        concern.action = {.screen = ConcernScreen::Lag,
                          .filter = group.group,
                          .label = u"Show lag"_s,
                          .command = u"spillwayctl lag --group %1"_s.arg(shellQuoted(group.group))};
        // by time where it is known: a thousand messages of a slow topic are worse than a million of a fast one
        const double badness = said->rule == ConcernRule::LostToRetention ? static_cast<double>(group.lost.value_or(0))
                               : said->rule == ConcernRule::WillExpire ? -static_cast<double>(group.expiresIn->count())
                               : group.oldestUnread ? static_cast<double>(group.oldestUnread->count())
                                                    : 0;
        list.add(std::move(concern), group.connection + u'/' + group.group, badness);
    }
}

} // namespace spillway
