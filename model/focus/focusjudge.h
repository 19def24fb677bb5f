// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/focus/focusrules.h"

#include <cstdint>
#include <stop_token>

class QIODevice;

namespace spillway {

/// One place where a file breaks a requirement.
struct FocusFinding
{
    std::int64_t line = 1;              ///< of the cell, counted from 1
    std::optional<std::int64_t> column; ///< in characters; nullopt: the line as a whole
    QString rule;                       ///< the requirement's id; `Csv-…` where the file is no proper CSV
    FindingSeverity severity = FindingSeverity::Error;
    QString field;   ///< the FOCUS column; empty when it is about no single one
    QString message; ///< what is wrong and what to write instead, one sentence
    friend bool operator==(const FocusFinding&, const FocusFinding&) = default;
};

struct FocusReport
{
    FocusVersion version = FocusVersion::V1_2;
    bool isVersionGuessed = true;       ///< from the columns there are
    std::int64_t rows = 0;              ///< without the header
    std::vector<FocusFinding> findings; ///< in the file's order; of each requirement at most `mostPlaces`
    std::int64_t errors = 0;            ///< all of them, also those that are not listed
    std::int64_t warnings = 0;
    std::int64_t notes = 0;

    static constexpr std::int64_t mostPlaces = 20;
};

/// Judges anyone's FOCUS Cost and Usage file in CSV, read as a stream: memory does not grow with its rows.
/// @param version  nullopt: the oldest version that has all its columns
/// Cancelled after `stop`. A file that is no CSV is a report with findings, not an error. Blocking; any thread.
[[nodiscard]] Result<FocusReport> judgeFocus(QIODevice& in, std::optional<FocusVersion> version,
                                             std::stop_token stop = {});

/// A line for each finding as compilers write them, then the sum. Ends with a line feed.
[[nodiscard]] QString focusReportText(const FocusReport& report, const QString& file);
/// An array of `{ file, line, column, rule, severity, field, message }`.
[[nodiscard]] QByteArray focusReportJson(const FocusReport& report, const QString& file);

} // namespace spillway
