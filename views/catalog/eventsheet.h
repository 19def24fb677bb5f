// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/eventhistory.h"
#include "model/compatibility/eventversions.h"
#include "model/scorecard/eventfacts.h"
#include "views/widgets/timetext.h"

namespace spillway::views {

/// One part of an event's sheet, in words.
struct SheetPart
{
    QString title;
    QString text; ///< lines
    friend bool operator==(const SheetPart&, const SheetPart&) = default;
};

/// Who has the event and how they are reached. Pure, as all here.
[[nodiscard]] QString ownerText(const EventFacts& facts);
/// Consumers with promise and lag, topic, cost, dead letters, blast radius, findings.
[[nodiscard]] std::vector<SheetPart> eventSheet(const EventFacts& facts, const TimeText& times, UtcTime now);
/// The fields of a version.
[[nodiscard]] QString fieldsText(const EventVersion& version);
/// What changed with it, worst first where something breaks.
[[nodiscard]] QString changesText(const EventVersion& version);
[[nodiscard]] QString historyText(const EventHistory& history, const TimeText& times, UtcTime now);

} // namespace spillway::views
