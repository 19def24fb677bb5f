// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/trail/trailreport.h"
#include "views/widgets/columns.h"
#include "views/widgets/timetext.h"

/// A trail in words for people. Pure.
namespace spillway::views {

/// Shape and word of a kind: event, dead letter, replay, processing; a failure is critical, a confirmation ok.
[[nodiscard]] CellMark trailMark(const TrailEntry& entry);
/// "7 things happened to it over 2 h: 3 events, 1 dead letter, 1 replay, 2 times processed"
[[nodiscard]] QString trailHeadline(const std::vector<TrailEntry>& entries);
/// What an entry's time is the time of: "as its producer says".
[[nodiscard]] QString trailTimeMeaning(TrailTime time);
/// Why the entry is part of the trail: "its key", "header event_id".
[[nodiscard]] QString trailMatchMeaning(const TrailMatch& match);
/// Everything about an entry but its sentence, a line each.
[[nodiscard]] QString trailFacts(const TrailEntry& entry, const TimeText& time, UtcTime now);
/// The same question as a shell line.
[[nodiscard]] QString trailCommand(const TrailRequest& request, const QString& typed);

} // namespace spillway::views
