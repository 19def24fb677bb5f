// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>
#include <string_view>

namespace spillway {

/// A text that most rows have in common: the same one again is the one before, not a copy. One per column.
class RepeatedText
{
public:
    /// @param utf8  the row's.
    const QString& of(std::string_view utf8)
    {
        if (m_utf8 != utf8 || m_text.isNull()) {
            m_utf8 = utf8;
            m_text = QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
        }
        return m_text;
    }

private:
    std::string m_utf8;
    QString m_text;
};

} // namespace spillway
