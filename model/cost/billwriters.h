// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costreport.h"

#include <QByteArray>

namespace spillway {

/// `{ currency, from, to, total, lines: [{ eventType, topic, team, service, role, component, quantity, unit, basis,
/// rate, modelled, amount, currency, from, to }] }`; days of a line are its segment's, all null without a range.
[[nodiscard]] QByteArray costLinesJson(const CostBill& bill);

/// The lines as a table for people.
[[nodiscard]] QString costLinesText(const CostBill& bill);

/// The same bill under several policies: `{ currency, from, to, total, policies: [{ policy, teams: [{ team, total }],
/// unattributed, idle, adjustment, total }] }`. All totals are the same.
[[nodiscard]] QByteArray costComparisonJson(const std::vector<CostReport>& reports);
[[nodiscard]] QString costComparisonText(const std::vector<CostReport>& reports);

} // namespace spillway
