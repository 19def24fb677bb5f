// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/money.h"
#include "views/widgets/textcolumn.h"

namespace spillway::views {

/// Columns as all tables of the cost screen have them.
using AmountOf = std::function<std::optional<Money>(const QModelIndex&)>;
/// Amounts, digits right, sorted by value; unknown is a dash. @param isSigned  a plus before what is above zero
[[nodiscard]] ColumnSpec amountColumn(int column, const QString& title, AmountOf amount, int decimals, bool isSigned);

} // namespace spillway::views
