// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"
#include "model/deadletter/dialect.h"

#include <optional>
#include <vector>

namespace spillway {

/// A header as the inspector shows it.
struct HeaderRow
{
    enum class Form { Null, Text, Number, Time, Bytes };
    QString name;
    QString value; ///< shown by visibleText; a number or a time in words where the dialect says so; else hex
    QString bytes; ///< what a number or a time was read from, where that is spelled otherwise: text, or `0x` and hex
    Form form = Form::Text;
    qsizetype sizeBytes = 0;
    bool isError = false; ///< the dialect wrote it about the failure; a replay leaves it out
    friend bool operator==(const HeaderRow&, const HeaderRow&) = default;
};

/// One row a header, in the record's order, duplicates too. A value over 4 KiB is cut with an ellipsis.
/// @param dialect  null: nothing is known of their types. Pure; any thread.
[[nodiscard]] std::vector<HeaderRow> headerRows(const Headers& headers, const Dialect* dialect);

/// `42 (0x0000002a)`: what a dialect's number or time says, beside its bytes. nullopt: it is neither.
[[nodiscard]] std::optional<QString> decodedText(const HeaderRow& row);
[[nodiscard]] std::optional<QString> decodedText(const Header& header, const Dialect* dialect);

} // namespace spillway
