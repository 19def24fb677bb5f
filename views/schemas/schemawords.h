// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemasheet.h"
#include "views/widgets/columns.h"

namespace spillway::views {

/// The page's answer in one sentence.
[[nodiscard]] QString schemasHeadline(const SchemaSheet& sheet);
[[nodiscard]] QString languageText(SchemaLanguage language);
[[nodiscard]] QString versionsText(const std::vector<int>& versions); ///< "v1–v3", "v1, v3"
[[nodiscard]] CellMark eventMark(const SchemaEventRow& row);
[[nodiscard]] CellMark verdictMark(ChangeVerdict verdict);
[[nodiscard]] CellMark directionMark(DirectionVerdict verdict);
/// What is known of one event, under its name.
[[nodiscard]] QString eventMeaning(const SchemaEventRow& row);
/// Whom the step breaks, and until when they must be told; several lines.
[[nodiscard]] QString impactText(const EventImpact& impact);

} // namespace spillway::views
