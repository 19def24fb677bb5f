// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <vector>

class QIODevice;

namespace spillway {

/// One field of a record, without its quotes, doubled quotes undone. Valid until the next record is read.
struct CsvField
{
    QByteArrayView bytes;    ///< as they are in the file; whether they are UTF-8 is the reader's business
    std::int64_t line = 1;   ///< where it begins, counted from 1
    std::int64_t column = 1; ///< in characters, counted from 1
    bool isQuoted = false;
};

/// What is wrong with the file's form at one place.
struct CsvFault
{
    std::int64_t line = 1;
    std::int64_t column = 1;
    QString message;      ///< what is wrong
    QString remedy;       ///< what to write instead
    bool isFatal = false; ///< nothing can be read after it
};

/// Bounds, so that a file of a stranger cannot take all memory.
struct CsvLimits
{
    qsizetype fieldBytes = qsizetype{1} << 20;
    qsizetype fields = 4096;
};

/// Reads RFC 4180 as a stream, whatever the file's length: UTF-8 with or without a byte-order mark, lines ending in
/// CR LF, LF or CR, quoted fields over several lines. Blank lines are passed over. Blocking; one thread.
class CsvReader
{
public:
    /// @param in  open for reading; outlives this.
    explicit CsvReader(QIODevice& in, CsvLimits limits = {}, char separator = ',');

    /// The next record into `fields`. False at the end, and after a fatal fault.
    [[nodiscard]] bool readRecord();
    [[nodiscard]] const std::vector<CsvField>& fields() const { return m_fields; }
    /// What was wrong with the record just read, or why there is none.
    [[nodiscard]] const std::vector<CsvFault>& faults() const { return m_faults; }

private:
    static constexpr int atEnd = -1;
    int peek();
    int take();
    bool fill();
    void fault(std::int64_t line, std::int64_t column, QString message, QString remedy, bool isFatal = false);
    bool skipMark();
    /// Up to and without what ends it. False after a fatal fault.
    bool readField();
    bool readQuoted();

    struct Span
    {
        qsizetype begin = 0;
        qsizetype end = 0;
    };
    QIODevice& m_in;
    CsvLimits m_limits;
    int m_separator;
    QByteArray m_chunk;
    qsizetype m_at = 0;
    QByteArray m_record; // the record's bytes, field after field
    std::vector<Span> m_spans;
    std::vector<CsvField> m_fields;
    std::vector<CsvFault> m_faults;
    std::int64_t m_line = 1;
    std::int64_t m_column = 1;
    bool m_isBegun = false;
    bool m_isOver = false;
};

} // namespace spillway
