// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/review/agenda.h"

#include <QByteArray>

/// What `review agenda` prints.
namespace spillway {

/// Array of `{ group, title, team, eventType, consumer, kind, state, assignee, open, arrived, arrivedBefore,
/// oldestOpenAt, reasons, decision }`; `decision` is the open review's `{ verdict, note, action, who, due, by, at }` or
/// null.
[[nodiscard]] QByteArray agendaJson(const std::vector<AgendaItem>& agenda, const Review* review);
/// For people; ends with a line feed.
[[nodiscard]] QString agendaText(const std::vector<AgendaItem>& agenda, const Review* review,
                                 const ReviewPeriod& period);

} // namespace spillway
