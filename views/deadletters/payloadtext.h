// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <vector>

/// A payload as lines, without ever changing a byte of it. Pure; any thread.
namespace spillway::views {

/// Lines of a payload, made when they are looked at: a payload of many megabytes costs its index only.
class PayloadLines
{
public:
    enum class Form {
        Pretty, ///< JSON with line breaks and indentation between its tokens; tokens stand exactly as written. Anything
                ///< else: as Raw
        Raw,
        Hex, ///< offset, 16 bytes, and what of them is ASCII
    };

    /// @param bytes  copied (shared); looked through once for line starts.
    PayloadLines(QByteArray bytes, Form form);

    [[nodiscard]] int count() const;
    /// Line `index` as it may be shown: control and bidirectional characters visible, bytes that are no UTF-8 as
    /// U+FFFD. Longer ones are cut after `longestLine` bytes, with a note of how much is left.
    [[nodiscard]] QString line(int index) const;
    [[nodiscard]] int longestLineBytes() const { return m_longest; } ///< for the scroll bar; at most `longestLine`
    [[nodiscard]] Form form() const { return m_form; }
    [[nodiscard]] const QByteArray& bytes() const { return m_bytes; }

    static constexpr int longestLine = 4'000;

private:
    struct Line
    {
        qsizetype from = 0;
        qsizetype to = 0; ///< half-open
        int indent = 0;   ///< Pretty: spaces before it
    };
    void indexRaw();
    bool indexPretty();

    QByteArray m_bytes;
    Form m_form;
    std::vector<Line> m_lines;
    int m_longest = 0;
};

/// Whether the bytes are one JSON value by their tokens: brackets and strings close, at most `deepest` levels. Numbers
/// and words are not judged; nothing is parsed into values.
[[nodiscard]] bool looksLikeJson(QByteArrayView bytes);

} // namespace spillway::views
