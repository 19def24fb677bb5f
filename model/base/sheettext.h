// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace spillway {

/// A text as the cell of an Excel workbook holds it: only what XML 1.0 can hold, and a text that looks like Excel's own
/// `_x0041_` keeps its meaning (ECMA-376, ST_Xstring). Pure; any thread.
[[nodiscard]] QByteArray sheetText(const QString& text);

/// Excel holds no longer text in a cell.
inline constexpr qsizetype longestSheetText = 32'767;

} // namespace spillway
