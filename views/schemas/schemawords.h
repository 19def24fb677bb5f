// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemanotices.h"
#include "model/compatibility/schemasheet.h"
#include "model/schema/registrycompare.h"
#include "views/shell/viewsettings.h"
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
/// How many the step breaks, until when they must be told, and what real messages say; several lines.
/// @param notice  where the step has one
[[nodiscard]] QString impactText(const EventImpact& impact, const std::optional<SchemaNotice>& notice);
[[nodiscard]] QString impactReason(const ConsumerImpact& consumer); ///< "reads customer_id"
[[nodiscard]] CellMark consumerMark(const ConsumerImpact& consumer);

[[nodiscard]] CellMark noticeMark(NoticeState state);
/// "2026-12-03, in 7 days"; of what nobody was told: "2026-12-03 if told today".
[[nodiscard]] QString noticeDayText(const SchemaNotice& notice, QDate today);
[[nodiscard]] QString missingText(const SchemaNotice& notice); ///< services, or "nobody"

[[nodiscard]] CellMark outcomeMark(NotifyState state);
/// Since when, how often it was tried, and why it is not there.
[[nodiscard]] QString outcomeText(const Notification& notification, const ViewSettings& settings);
[[nodiscard]] QString sentText(const std::vector<Notification>& notifications); ///< for the status bar

[[nodiscard]] CellMark registryMark(RegistryState state);
[[nodiscard]] QString registrySummary(const std::vector<RegistryDifference>& rows);
/// Which file is held against which registered version, and how to read the lines below.
[[nodiscard]] QString registryRowText(const RegistryDifference& row);

} // namespace spillway::views
