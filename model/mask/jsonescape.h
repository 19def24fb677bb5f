// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

/// The inside of a JSON string and the text it spells, with the way back. Pure; any thread.
namespace spillway {

/// What the escapes spell, as UTF-8; half a surrogate pair becomes U+FFFD. An escape that JSON does not know stays as
/// it is.
[[nodiscard]] QByteArray spelledText(QByteArrayView inside);

/// Turns places in `spelledText(inside)` into places in `inside`. A place within a character is the start of what
/// spells it, or its end. Ask in ascending order.
class EscapedPlaces
{
public:
    EscapedPlaces(QByteArrayView inside, bool isEnd)
        : m_inside(inside)
        , m_isEnd(isEnd)
    {
    }
    [[nodiscard]] qsizetype inside(qsizetype place);

private:
    QByteArrayView m_inside;
    bool m_isEnd;
    qsizetype m_at = 0;    // in m_inside
    qsizetype m_place = 0; // what it is in the text
};

/// `"` and `\` with a backslash before them: what a JSON string needs to hold a text without control characters.
[[nodiscard]] QByteArray escapedForJson(QByteArrayView text);

} // namespace spillway
