// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <functional>
#include <vector>

namespace spillway {

/// Rows of cells as lines, each column as wide as its widest cell; no blanks at a line's end, a line feed at each. Rows
/// may have different numbers of cells. Pure; any thread.
/// @param isRight  columns that stand to the right: numbers; empty: none.
/// @param between  columns, that many blanks.
[[nodiscard]] QString alignedLines(const std::vector<QStringList>& rows,
                                   const std::function<bool(qsizetype column)>& isRight = {}, int between = 2);

} // namespace spillway
