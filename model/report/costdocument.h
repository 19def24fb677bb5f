// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/report/costfacts.h"
#include "model/report/document.h"

namespace spillway::report {

/// The bill for people: the answer in a sentence, what it rests on, charts by day and by team, tables by team, event
/// and component. Rows of a table add up to its last. Pure; any thread.
[[nodiscard]] Document costDocument(const CostBill& bill, const CostOccasion& occasion);

} // namespace spillway::report
