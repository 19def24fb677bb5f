// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/csvrecords.h"

namespace spillway {

CsvRecords::CsvRecords(QByteArrayView text)
    : m_text(text)
{
    if (m_text.startsWith("\xEF\xBB\xBF"))
        m_text = m_text.sliced(3);
}

std::optional<CsvRecords::Record> CsvRecords::next()
{
    while (m_at < m_text.size()) {
        Record record{m_line, {}};
        qsizetype lineStart = m_at;
        bool isDone = false;
        while (!isDone) {
            const int line = m_line;
            const int column = static_cast<int>(m_at - lineStart) + 1;
            QByteArray bytes;
            if (m_at < m_text.size() && m_text[m_at] == '"') {
                ++m_at;
                while (m_at < m_text.size()) {
                    const char c = m_text[m_at++];
                    if (c == '"' && m_at < m_text.size() && m_text[m_at] == '"')
                        ++m_at;
                    else if (c == '"')
                        break;
                    else if (c == '\n') {
                        ++m_line;
                        lineStart = m_at;
                    }
                    bytes += c;
                }
            }
            while (m_at < m_text.size() && m_text[m_at] != ',' && m_text[m_at] != '\n' && m_text[m_at] != '\r')
                bytes += m_text[m_at++];
            record.fields.push_back({QString::fromUtf8(bytes), line, column});
            isDone = m_at >= m_text.size() || m_text[m_at] != ',';
            if (!isDone)
                ++m_at;
        }
        if (m_at < m_text.size() && m_text[m_at] == '\r')
            ++m_at;
        if (m_at < m_text.size() && m_text[m_at] == '\n')
            ++m_at;
        ++m_line;
        if (record.fields.size() > 1 || !record.fields.front().text.trimmed().isEmpty())
            return record;
    }
    return std::nullopt;
}

} // namespace spillway
