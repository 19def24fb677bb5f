// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace spillway {

/// A text file's bytes without the UTF-8 byte-order mark that some editors put first. Pure; any thread.
[[nodiscard]] inline QByteArray withoutByteOrderMark(QByteArray bytes)
{
    if (bytes.startsWith("\xEF\xBB\xBF"))
        bytes.remove(0, 3);
    return bytes;
}

} // namespace spillway
