// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/cost/costbill.h"
#include "model/focus/focusrules.h"

#include <stop_token>

class QIODevice;

namespace spillway {

struct FocusExport
{
    FocusVersion version = FocusVersion::V1_2; ///< 1.2, 1.3 or 1.4
    QString workspace;                         ///< its name: the billing account
    QDate today;                               ///< UTC: the day of a bill without a range
};

/// The bill as a FOCUS Cost and Usage file: CSV in UTF-8, CR LF; a row per UTC day, event, team, role and component
/// that costs anything, and the rows of a day add up to what that day costs. All four costs are the amount billed to
/// the team; they are an estimate, so that no row names an invoice, and who issues, provides and publishes is the
/// profile's platform team. From 1.3 on the rows of one event, day and component are the split of one origin charge:
/// they have its tags and no sub account, and their ratios add up to exactly 1.
/// Unreachable when `out` takes no more; Cancelled after `stop`. Blocking; any thread.
[[nodiscard]] Status writeFocus(QIODevice& out, const CostBill& bill, const FocusExport& what,
                                std::stop_token stop = {});

/// The metadata of that file: its schema, and from 1.3 on its dataset instance and recency. One JSON object.
[[nodiscard]] QByteArray focusMetadata(const CostBill& bill, const FocusExport& what, UtcTime madeAt);

} // namespace spillway
