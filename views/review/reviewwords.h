// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/review/agenda.h"
#include "views/widgets/columns.h"
#include "views/widgets/timetext.h"

/// The weekly review in words for people. Pure.
namespace spillway::views {

[[nodiscard]] QString verdictText(ReviewVerdict verdict);
/// What choosing it does, in one line.
[[nodiscard]] QString verdictConsequence(ReviewVerdict verdict);
[[nodiscard]] QString agendaReasonText(AgendaReason reason);
/// "new, growing"
[[nodiscard]] QString agendaReasonsText(const std::vector<AgendaReason>& reasons);
/// The page's answer: how many groups wait for a decision.
[[nodiscard]] QString reviewHeadline(const ReviewSheet& sheet);
/// Since when things are new, who is there, and how long the meeting has run by now.
[[nodiscard]] QString reviewDetail(const ReviewSheet& sheet, const TimeText& time, UtcTime now);
/// "Bob decided Assign: look · kim, 2 min ago"
[[nodiscard]] QString decisionSentence(const ReviewDecision& decision, const TimeText& time, UtcTime now);
/// The open review's decision on a group; null: none yet.
[[nodiscard]] const ReviewDecision* decisionOn(const ReviewSheet& sheet, const QString& group);

} // namespace spillway::views
