// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QStringList>

#include <optional>
#include <vector>

namespace spillway {

/// Reads RFC 4180 records one by one, telling where each begins. Line ends are CR LF, LF or CR; UTF-8, a byte order
/// mark is left out.
class CsvRecords
{
public:
    struct Field
    {
        QString text;
        int line = 1;   ///< 1-based
        int column = 1; ///< 1-based, in bytes, where the field begins
    };
    struct Record
    {
        int line = 0; ///< 1-based
        std::vector<Field> fields;
    };

    explicit CsvRecords(QByteArrayView text); ///< outlives this
    /// nullopt at the end. Empty lines are left out.
    [[nodiscard]] std::optional<Record> next();

private:
    QByteArrayView m_text;
    qsizetype m_at = 0;
    int m_line = 1;
};

} // namespace spillway
