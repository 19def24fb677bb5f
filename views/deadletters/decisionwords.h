// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/decisionsheet.h"
#include "views/widgets/columns.h"
#include "views/widgets/timetext.h"

/// Decisions in words for people. Pure.
namespace spillway::views {

/// Shape and word.
[[nodiscard]] CellMark substateMark(GroupSubstate substate);
/// "Kind: schema, by the rule \"form by class\": the record does not …"
[[nodiscard]] QString kindSentence(const DecisionSheet& sheet);
/// "Next: …", with the known error of another group where one resembles it, and whether a replay is safe.
[[nodiscard]] QString nextSentence(const DecisionSheet& sheet);
/// Comments and decisions, newest last; plain text.
[[nodiscard]] QString threadText(const DecisionSheet& sheet, const TimeText& time);

/// `+psp -vip word`: words to put on (also without a sign) and to take off.
struct TagWords
{
    QStringList add;
    QStringList remove;
};
[[nodiscard]] TagWords readTagWords(const QString& text);

/// "https://… and what it is": the address, and the words behind it as its title.
[[nodiscard]] LinkMark readLinkWords(const QString& text);

} // namespace spillway::views
