// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/cost/costbill.h"

#include <stop_token>

namespace spillway {

enum class CostFormat { Text, Json, Csv, Xlsx, Focus12, Focus13, Focus14, Pdf, Html };
/// text, json, csv, xlsx, focus, focus-1.3, focus-1.4, pdf, html; `focus-1.2` is `focus`.
[[nodiscard]] std::optional<CostFormat> costFormatOf(const QString& word);
/// By a file's ending: .txt, .json, .csv, .xlsx, .pdf, .html. nullopt for any other.
[[nodiscard]] std::optional<CostFormat> costFormatOfFile(const QString& file);
[[nodiscard]] bool isFocusFormat(CostFormat format);
/// What no terminal can show.
[[nodiscard]] bool isBinaryFormat(CostFormat format);

/// Writes the bill to a file: replaced whole, or left as it was. Beside a FOCUS file its metadata, see
/// `costMetadataFile`. PDF needs a QGuiApplication. Unreachable when it cannot be written; Cancelled after `stop`.
/// Blocking; any thread.
[[nodiscard]] Status writeCostFile(const Context& context, const CostBill& bill, CostFormat format, const QString& file,
                                   UtcTime now, std::stop_token stop = {});

/// `cost.csv` has `cost.metadata.json`.
[[nodiscard]] QString costMetadataFile(const QString& file);

/// The same bytes for standard output.
[[nodiscard]] Result<QByteArray> costBytes(const Context& context, const CostBill& bill, CostFormat format, UtcTime now,
                                           std::stop_token stop = {});

} // namespace spillway
