// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costreport.h"

#include <QByteArray>

namespace spillway {

/// For people: aligned columns, four decimals, what the numbers rest on below them. Ends with a line feed.
[[nodiscard]] QString costAsText(const CostReport& report);

/// The contract's document: amounts are decimal numbers with six decimals, exact. `from` and `to` are days, null
/// without a range.
[[nodiscard]] QByteArray costAsJson(const CostReport& report);

/// RFC 4180, UTF-8, CRLF: a row per team, then unattributed, idle and total; six decimals, exact. A text that a
/// spreadsheet would run as a formula gets an apostrophe in front.
[[nodiscard]] QByteArray costAsCsv(const CostReport& report);

} // namespace spillway
