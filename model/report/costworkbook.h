// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/report/costfacts.h"

#include <stop_token>

namespace spillway::report {

/// The bill as an Excel workbook: `Summary` (teams by component, sums as formulas), `Lines` (a flat sheet for pivots: a
/// row per day, event, team, service, role and component with quantity, unit, rate, amount and basis; `Lines 2` … where
/// there are more than a sheet holds) and `Basis`. Numbers are numbers, texts stay texts whatever they begin with.
/// @param file  written in place: give it a name of its own and rename it. Removed when it fails.
/// Unreachable when it cannot be written; Cancelled after `stop`. Blocking; any thread.
[[nodiscard]] Status writeCostWorkbook(const CostBill& bill, const CostOccasion& occasion, const QString& file,
                                       std::stop_token stop = {});

} // namespace spillway::report
