// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"

#include <QStringList>

#include <optional>
#include <variant>
#include <vector>

/// A letter as a row of a table file, for CSV and XLSX. Pure; any thread.
namespace spillway {

/// Nothing, a text, a whole number or a time. A text may hold anything but is valid Unicode.
using LetterCell = std::variant<std::monostate, QString, std::int64_t, UtcTime>;

/// Names of the columns: the fields of `dlq show` with the headers as one JSON array; bytes that are no text stand in
/// `keyBase64` and `valueBase64`.
[[nodiscard]] const QStringList& letterColumnNames();
/// One cell a column.
[[nodiscard]] std::vector<LetterCell> letterCells(const DeadLetter& letter);

/// One line of RFC 4180 with CRLF: texts in quotes, numbers and times bare. A text that a spreadsheet would run as a
/// formula (begins with = + - @, tab or carriage return) gets an apostrophe in front.
[[nodiscard]] QByteArray csvLine(const std::vector<LetterCell>& cells);

} // namespace spillway
