// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/lag/lagwords.h"

#include "model/base/text.h"
#include "views/widgets/timetext.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("Lag", text);
}

QString perSecondText(double perSecond)
{
    const double amount = std::abs(perSecond);
    return amount >= 10 ? formatCount(std::llround(amount)) : QString::number(amount, 'g', 2);
}

} // namespace

CellMark lagMark(LagState state)
{
    switch (state) {
    case LagState::Ok:
        return {Tone::Ok, translated("ok")};
    case LagState::Behind:
        return {Tone::Warning, translated("behind")};
    case LagState::Unknown:
        return {Tone::Unknown, translated("unknown")};
    case LagState::NeverCommitted:
        return {Tone::Unknown, translated("never committed")};
    case LagState::BlockedByTransaction:
        return {Tone::Warning, translated("blocked by transaction")};
    case LagState::Rewound:
        return {Tone::Warning, translated("rewound")};
    case LagState::Stalled:
        return {Tone::Critical, translated("stalled")};
    case LagState::Stopped:
        return {Tone::Critical, translated("stopped")};
    case LagState::TopicRecreated:
        return {Tone::Warning, translated("topic recreated")};
    case LagState::TopicGone:
        return {Tone::Critical, translated("topic gone")};
    case LagState::LostToRetention:
        return {Tone::Critical, translated("lost to retention")};
    }
    return {Tone::Unknown, lagStateWord(state)};
}

QString timeLagText(const std::optional<TimeLag>& timeLag)
{
    if (!timeLag)
        return unknownText();
    const QString low = coarseDuration(timeLag->low);
    if (!timeLag->high)
        return translated("at least %1").arg(low);
    if (timeLag->high->count() == 0)
        return u"0 s"_s;
    const QString high = coarseDuration(*timeLag->high);
    if (low == high)
        return low;
    return timeLag->low.count() == 0 ? translated("up to %1").arg(high) : low + u" – "_s + high;
}

QString trendText(const std::optional<LagTrendReport>& trend)
{
    if (!trend)
        return unknownText();
    switch (trend->trend) {
    case LagTrend::Growing:
        return u'+' + perSecondText(trend->perSecond) + u"/s"_s;
    case LagTrend::Shrinking:
        return u'\u2212' + perSecondText(trend->perSecond) + u"/s"_s;
    case LagTrend::Flat:
        return translated("flat");
    }
    return {};
}

bool isTrouble(LagState state)
{
    return state != LagState::Ok && state != LagState::Unknown && state != LagState::NeverCommitted;
}

QString lagHeadline(const std::vector<LagGroupRow>& groups)
{
    const auto troubled = std::count_if(groups.begin(), groups.end(),
                                        [](const LagGroupRow& group) { return isTrouble(group.worstState); });
    const QString all = formatCount(static_cast<std::int64_t>(groups.size()));
    if (troubled == 0) {
        const auto unknown = std::count_if(groups.begin(), groups.end(),
                                           [](const LagGroupRow& group) { return group.worstState != LagState::Ok; });
        return unknown == 0 ? translated("All %1 groups keep up").arg(all)
                            : translated("No group is known to be behind; of %1 of %2 it is not known")
                                  .arg(formatCount(unknown), all);
    }
    QString sentence =
        (troubled == 1 ? translated("%1 of %2 groups is behind") : translated("%1 of %2 groups are behind"))
            .arg(formatCount(troubled), all);
    const auto oldest = std::max_element(groups.begin(), groups.end(), [](const LagGroupRow& a, const LagGroupRow& b) {
        const auto age = [](const LagGroupRow& group) { return group.timeLag ? group.timeLag->low : Millis{-1}; };
        return age(a) < age(b);
    });
    if (oldest->timeLag && oldest->timeLag->low.count() > 0)
        sentence +=
            translated("; %1 has the oldest unread message, %2").arg(oldest->group, timeLagText(oldest->timeLag));
    return sentence;
}

QString lagMeaning(const LagGroupRow& group)
{
    switch (group.worstState) {
    case LagState::Ok:
        return translated("It reads what comes in.");
    case LagState::Behind:
        if (group.trend && group.trend->drainsIn)
            return translated("It catches up: nothing unread in %1 at this pace.")
                .arg(coarseDuration(*group.trend->drainsIn));
        return group.trend && group.trend->trend == LagTrend::Growing
                   ? translated("More comes in than it reads. Add consumers or find what slows it.")
                   : translated("Messages wait, and it is not known that they will soon be read.");
    case LagState::Unknown:
        return translated("The broker did not tell commit or end offset of every partition. Unknown is not zero.");
    case LagState::NeverCommitted:
        return translated("It is known to read this topic and has never committed there. Start the consumer, or "
                          "correct ownership.yaml.");
    case LagState::BlockedByTransaction:
        return translated("It has read all it may: an open transaction holds back the rest. Look for a producer that "
                          "neither commits nor aborts.");
    case LagState::Rewound:
        return translated(
            "Its offset went back and it has not come again to where it was. Messages are handled twice.");
    case LagState::Stalled:
        return translated("It is there and does not move on. Look for a message that it cannot get past.");
    case LagState::Stopped:
        return translated("It no longer commits. Is it running?");
    case LagState::TopicRecreated:
        return translated(
            "The topic was deleted and made anew; the committed offset means nothing there. Reset the group's offset.");
    case LagState::TopicGone:
        return translated("The topic no longer exists.");
    case LagState::LostToRetention:
        return group.lost ? translated("%1 messages expired before it read them. They are gone from the topic.")
                                .arg(formatCount(group.lost->value))
                          : translated("Messages expired before it read them. They are gone from the topic.");
    }
    return {};
}

} // namespace spillway::views
