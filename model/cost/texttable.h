// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <vector>

namespace spillway {

/// Aligned columns, the first row being the heading; columns from `firstNumber` on stand to the right. Ends with a line
/// feed.
[[nodiscard]] QString textTable(const std::vector<QStringList>& rows, int firstNumber);

} // namespace spillway
