// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/csvreader.h"

#include <QIODevice>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 chunkBytes = qint64{256} << 10;

} // namespace

CsvReader::CsvReader(QIODevice& in, CsvLimits limits, char separator)
    : m_in(in)
    , m_limits(limits)
    , m_separator(static_cast<unsigned char>(separator))
{
}

bool CsvReader::fill()
{
    m_chunk.resize(chunkBytes);
    const qint64 read = m_in.read(m_chunk.data(), chunkBytes);
    m_at = 0;
    m_chunk.resize(std::max<qint64>(read, 0));
    if (read < 0)
        fault(m_line, m_column, u"the file cannot be read any further: "_s + m_in.errorString(),
              u"copy it to a disk that can be read"_s, true);
    return read > 0;
}

int CsvReader::peek()
{
    if (m_at == m_chunk.size() && !fill())
        return atEnd;
    return static_cast<unsigned char>(m_chunk[m_at]);
}

int CsvReader::take()
{
    const int byte = peek();
    if (byte == atEnd)
        return byte;
    ++m_at;
    if (byte == '\n' || (byte == '\r' && peek() != '\n')) {
        ++m_line;
        m_column = 1;
    } else if ((byte & 0xC0) != 0x80) { // a character's first byte
        ++m_column;
    }
    return byte;
}

void CsvReader::fault(std::int64_t line, std::int64_t column, QString message, QString remedy, bool isFatal)
{
    m_faults.push_back({line, column, std::move(message), std::move(remedy), isFatal});
    m_isOver = m_isOver || isFatal;
}

bool CsvReader::skipMark()
{
    const int first = peek();
    const QByteArrayView begin = QByteArrayView(m_chunk).first(std::min<qsizetype>(m_chunk.size(), 4));
    if (first == 0xEF && begin.startsWith("\xEF\xBB\xBF"))
        m_at += 3;
    if (begin.startsWith("\xFF\xFE") || begin.startsWith("\xFE\xFF"))
        fault(1, 1, u"the file is UTF-16"_s, u"save it as UTF-8"_s, true);
    if (begin.startsWith("\x1F\x8B"))
        fault(1, 1, u"the file is packed with gzip"_s, u"unpack it first: gunzip FILE"_s, true);
    if (begin.startsWith("PK\x03\x04"))
        fault(1, 1, u"the file is a zip archive or a workbook"_s, u"unpack it, or save the sheet as CSV"_s, true);
    if (begin.startsWith("PAR1"))
        fault(1, 1, u"the file is Parquet"_s, u"convert it to CSV first"_s, true);
    return !m_isOver;
}

bool CsvReader::readQuoted()
{
    const std::int64_t line = m_line;
    const std::int64_t column = m_column;
    take(); // the opening quote
    const qsizetype begin = m_record.size();
    for (;;) {
        const int byte = take();
        if (m_isOver)
            return false;
        if (byte == atEnd) {
            fault(line, column, u"a quoted field is never closed"_s,
                  u"write \" at its end, and \"\" for a quote in it"_s, true);
            return false;
        }
        if (byte == '"') {
            if (peek() != '"')
                return true;
            take();
        }
        if (m_record.size() - begin >= m_limits.fieldBytes) {
            fault(line, column, u"a field is longer than %1 bytes"_s.arg(m_limits.fieldBytes),
                  u"close its quote, or shorten it"_s, true);
            return false;
        }
        m_record += static_cast<char>(byte);
    }
}

bool CsvReader::readField()
{
    CsvField field{.bytes = {}, .line = m_line, .column = m_column, .isQuoted = peek() == '"'};
    const qsizetype begin = m_record.size();
    if (field.isQuoted && !readQuoted())
        return false;
    bool isToldOff = false;
    for (int byte = peek(); byte != atEnd && byte != m_separator && byte != '\n' && byte != '\r'; byte = peek()) {
        if (byte == 0) {
            fault(m_line, m_column, u"the file holds zero bytes; it is no text"_s, u"write CSV in UTF-8"_s, true);
            return false;
        }
        if ((byte == '"' || field.isQuoted) && !isToldOff) {
            fault(m_line, m_column,
                  field.isQuoted ? u"text follows a closing quote"_s : u"a quote stands inside an unquoted field"_s,
                  u"quote the whole field, and write \"\" for a quote in it"_s);
            isToldOff = true;
        }
        if (m_record.size() - begin >= m_limits.fieldBytes) {
            fault(field.line, field.column, u"a field is longer than %1 bytes"_s.arg(m_limits.fieldBytes),
                  u"shorten it, or quote what holds separators"_s, true);
            return false;
        }
        m_record += static_cast<char>(take());
    }
    m_fields.push_back(field);
    m_spans.push_back({begin, m_record.size()});
    return !m_isOver;
}

bool CsvReader::readRecord()
{
    m_faults.clear();
    if (!m_isBegun) {
        m_isBegun = true;
        (void)skipMark();
    }
    for (;;) {
        m_fields.clear();
        m_spans.clear();
        m_record.clear();
        if (m_isOver || peek() == atEnd || m_isOver) {
            m_isOver = true;
            return false;
        }
        for (;;) {
            if (m_fields.size() == static_cast<std::size_t>(m_limits.fields)) {
                fault(m_line, m_column, u"a record has more than %1 fields"_s.arg(m_limits.fields),
                      u"end each record with a line feed"_s, true);
                return false;
            }
            if (!readField())
                return false;
            if (peek() != m_separator)
                break;
            take();
        }
        if (peek() == '\r')
            take();
        if (peek() == '\n')
            take();
        const bool isBlank = m_fields.size() == 1 && m_record.isEmpty() && !m_fields.front().isQuoted;
        if (isBlank)
            continue;
        // Only now does the record no longer move in memory.
        for (std::size_t i = 0; i < m_fields.size(); ++i)
            m_fields[i].bytes = QByteArrayView(m_record).sliced(m_spans[i].begin, m_spans[i].end - m_spans[i].begin);
        return true;
    }
}

} // namespace spillway
