// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QAbstractItemModel>
#include <QByteArray>
#include <QString>

#include <vector>

namespace spillway::views {

/// Rows as tab-separated text for the clipboard, header first. Tabs and line breaks inside a cell become spaces.
[[nodiscard]] QString tableAsTsv(const QAbstractItemModel& model, const std::vector<int>& columns,
                                 const std::vector<int>& rows);

/// All rows as CSV (RFC 4180, UTF-8, CRLF). A text cell that a spreadsheet would run as a formula gets an apostrophe in
/// front.
[[nodiscard]] QByteArray tableAsCsv(const QAbstractItemModel& model, const std::vector<int>& columns);

/// Writes whole or not at all. Blocking: small files chosen by the user.
[[nodiscard]] Status writeFile(const QString& file, const QByteArray& bytes);

} // namespace spillway::views
