// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/review/agenda.h"

#include <QByteArray>

/// What `review agenda` prints.
namespace spillway {

/// Array of `{ group, title, team, eventType, consumer, kind, state, assignee, open, arrived, arrivedBefore,
/// oldestOpenAt, reasons, decision, former }`; `decision` is the open review's `{ verdict, note, action, who, due, by,
/// at, seq }` or null; `former` those that it or an undo took the place of, oldest first, each with `endedBy` and
/// `takenBack`.
[[nodiscard]] QByteArray agendaJson(const std::vector<AgendaItem>& agenda, const Review* review);
/// `{ group, seq, changed, restored, replaced }`; `replaced` is a decision as above, or null.
[[nodiscard]] QByteArray reviewOutcomeJson(const QString& group, const ReviewOutcome& outcome);
/// Reads it again; what it lacks stays unsaid.
[[nodiscard]] ReviewOutcome reviewOutcomeFromJson(const QByteArray& json);
/// For people; ends with a line feed.
/// @param byTeam  with a line before each team's groups.
[[nodiscard]] QString agendaText(const std::vector<AgendaItem>& agenda, const Review* review,
                                 const ReviewPeriod& period, bool byTeam = false);

} // namespace spillway
