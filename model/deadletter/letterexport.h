// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/disclosure.h"
#include "model/deadletter/query.h"
#include "model/mask/masker.h"
#include "model/schema/decodedpayload.h"
#include "model/store/database.h"

#include <functional>
#include <stop_token>

namespace spillway {

enum class ExportFormat {
    JsonLines, ///< `dlq show` as one line a letter
    Csv,       ///< RFC 4180, UTF-8 without a byte-order mark, CRLF, safe from formulas
    Xlsx,      ///< typed cells, and a summary
};

/// By the file's ending. InvalidConfig names the three.
[[nodiscard]] Result<ExportFormat> exportFormatOf(const QString& file);

struct LetterExport
{
    QString file; ///< absolute; replaced whole, or left as it was
    QString queryText;
    Query query;
    UtcTime now;
    Masker masker;        ///< asked for MaskPurpose::Export
    QString revealReason; ///< not empty: without masks, for this reason
    /// What the schemas say of a payload, which is asked only where nothing is masked. Empty: nothing is told of it.
    std::function<DecodedPayload(const DeadLetter&)> explain = {};
    /// To read hops by, outlives the call; null: the bundled ones.
    const DialectRegistry* dialects = nullptr;
};

struct ExportReport
{
    QString file;
    std::int64_t letters = 0;
    std::int64_t masked = 0;   ///< of them with something masked
    std::int64_t cutCells = 0; ///< of a workbook, longer than Excel holds
    bool isMasked = false;     ///< whether masks were asked for at all
};

/// Writes the letters that fit, newest first, in bounded memory whatever their number, into a temporary file beside the
/// target; then asks for the record of it; then moves it to its name. Killed at any instant, the target is as it was,
/// or whole.
/// @param record    puts the export into the ledger; where that fails, nothing is written.
/// @param progress  how many were written so far, every few thousand.
/// Errors: InvalidConfig (ending, costly expression), Unreachable (the file cannot be written), Cancelled after `stop`.
/// Blocking; reads in the calling thread.
[[nodiscard]] Result<ExportReport> exportLetters(Database& reader, const LetterExport& what,
                                                 const std::function<Status(const ExportRecord&)>& record,
                                                 const std::function<void(std::int64_t)>& progress,
                                                 std::stop_token stop = {});

/// `{ file, letters, masked, isMasked, cutCells }`.
[[nodiscard]] QByteArray exportReportJson(const ExportReport& report);
/// The same for people, one or several lines.
[[nodiscard]] QString exportReportText(const ExportReport& report);

} // namespace spillway
