// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

namespace spillway {

/// UTF-8 as text, every character of it. QString::fromUtf8 takes U+FEFF in front for a byte-order mark and drops it; in
/// somebody's key or payload it is a character like any other.
[[nodiscard]] inline QString exactText(QByteArrayView bytes)
{
    QString text = QString::fromUtf8(bytes);
    if (bytes.startsWith("\xEF\xBB\xBF"))
        text.prepend(QChar(0xFEFF));
    return text;
}

} // namespace spillway
