// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/deadletter/lettercells.h"

#include <memory>
#include <utility>

namespace spillway {

/// Letters as an Excel workbook: sheets `Letters` (`Letters 2` … where there are more than a sheet's 1 048 575 rows)
/// with typed cells, a frozen header and a filter, then `Summary`. Texts stay texts whatever they begin with. Rows go
/// to disk as they come. One thread.
class LetterSheet
{
public:
    /// @param file  written when `finish` is called; temporary files lie in its folder and are gone with the process.
    [[nodiscard]] static Result<std::unique_ptr<LetterSheet>> create(const QString& file, int rowsPerSheet = 1'048'575);
    ~LetterSheet();

    [[nodiscard]] Status add(const std::vector<LetterCell>& cells);
    /// Cells of more than Excel's 32 767 characters, which were cut and end by saying so.
    [[nodiscard]] std::int64_t cutCells() const;
    /// Writes the workbook. @param summary  rows of `Summary`: what it is called, and its value.
    [[nodiscard]] Status finish(const std::vector<std::pair<QString, LetterCell>>& summary);

private:
    struct Parts;
    explicit LetterSheet(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace spillway
