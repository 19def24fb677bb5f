// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/review/reviewwords.h"

#include "model/base/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace spillway::views {
using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("spillway::views::ReviewPage", text);
}

QString groupsText(std::size_t count)
{
    return count == 1 ? tr("1 group") : tr("%1 groups").arg(formatCount(static_cast<std::int64_t>(count)));
}

} // namespace

QString verdictText(ReviewVerdict verdict)
{
    switch (verdict) {
    case ReviewVerdict::Replay:
        return tr("Replay");
    case ReviewVerdict::FixFirst:
        return tr("Fix first");
    case ReviewVerdict::Archive:
        return tr("Archive");
    case ReviewVerdict::Assign:
        return tr("Assign");
    case ReviewVerdict::Watch:
        return tr("Watch");
    }
    return {};
}

QString verdictConsequence(ReviewVerdict verdict)
{
    switch (verdict) {
    case ReviewVerdict::Replay:
        return tr("Somebody publishes them again; nothing is sent now");
    case ReviewVerdict::FixFirst:
        return tr("Consumer, producer or schema first, then edit or replay");
    case ReviewVerdict::Archive:
        return tr("Archives the open letters now; say why in the note");
    case ReviewVerdict::Assign:
        return tr("Assigns the open letters now; say who looks into it");
    case ReviewVerdict::Watch:
        return tr("Stays open and is carried over to the next review");
    }
    return {};
}

QString agendaReasonText(AgendaReason reason)
{
    switch (reason) {
    case AgendaReason::CarriedOver:
        return tr("carried over");
    case AgendaReason::FailedAgain:
        return tr("failed again");
    case AgendaReason::PastAge:
        return tr("past its age");
    case AgendaReason::New:
        return tr("new");
    case AgendaReason::Growing:
        return tr("growing");
    case AgendaReason::Unowned:
        return tr("no owner");
    case AgendaReason::Open:
        return tr("open");
    case AgendaReason::Decided:
        return tr("decided");
    }
    return {};
}

QString decisionSentence(const ReviewDecision& decision, const TimeText& time, UtcTime now)
{
    QString text = tr("%1 decided %2").arg(visibleText(decision.decidedBy), verdictText(decision.verdict));
    QStringList words;
    if (!decision.note.isEmpty())
        words << decision.note.simplified();
    if (!decision.action.what.isEmpty())
        words << decision.action.what;
    if (!decision.action.who.isEmpty())
        words << decision.action.who;
    if (decision.action.due)
        words << decision.action.due->toString(Qt::ISODate);
    if (!words.isEmpty())
        text += u": "_s + visibleText(words.join(u" · "_s));
    return text + u", "_s + time.relative(decision.decidedAt, now);
}

QString agendaReasonsText(const std::vector<AgendaReason>& reasons)
{
    QStringList words;
    for (const AgendaReason reason : reasons)
        words << agendaReasonText(reason);
    return words.join(u", "_s);
}

const ReviewDecision* decisionOn(const ReviewSheet& sheet, const QString& group)
{
    if (!sheet.open)
        return nullptr;
    const auto found = sheet.open->decisions.find(group);
    return found == sheet.open->decisions.end() ? nullptr : &found->second;
}

QString reviewHeadline(const ReviewSheet& sheet)
{
    if (!sheet.open)
        return tr("No review is open; %1 would be on the agenda").arg(groupsText(sheet.agenda.size()));
    const auto undecided = std::count_if(sheet.agenda.begin(), sheet.agenda.end(), [&](const AgendaItem& item) {
        return !decisionOn(sheet, item.activity.group.id);
    });
    if (undecided == 0)
        return tr("Every group on the agenda is decided; the review can be closed");
    const auto waiting = static_cast<std::size_t>(undecided);
    return (waiting == 1 ? tr("%1 of %2 waits for a decision") : tr("%1 of %2 wait for a decision"))
        .arg(formatCount(undecided), groupsText(sheet.agenda.size()));
}

QString reviewDetail(const ReviewSheet& sheet, const TimeText& time, UtcTime now)
{
    const QString since = tr("What came since %1").arg(time.absolute(sheet.period.from));
    if (!sheet.open)
        return sheet.last ? tr("%1, when the last review was opened").arg(since) : tr("%1: a week").arg(since);
    const QString present = sheet.open->participants.isEmpty()
                                ? QString()
                                : tr(" · with %1").arg(visibleText(sheet.open->participants.join(u", "_s)));
    const Millis running = std::max(now, sheet.period.until) - sheet.open->openedAt;
    constexpr Millis minute{60'000}; // the clock of a meeting is told no finer
    return (running < minute
                ? tr("Review %1, just opened").arg(sheet.open->id)
                : tr("Review %1, running for %2").arg(sheet.open->id, formatDuration(running - running % minute))) +
           present + u" · "_s + since;
}

} // namespace spillway::views
