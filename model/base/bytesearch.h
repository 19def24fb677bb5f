// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <cstring>

namespace spillway {

/// Where `part` stands first in `bytes`, from `from` on; -1: nowhere. memmem skips faster than Qt's search byte by
/// byte, which counts where every letter has a long stack, or every payload is searched. Pure; any thread.
[[nodiscard]] inline qsizetype findBytes(QByteArrayView bytes, QByteArrayView part, qsizetype from = 0)
{
    if (from >= bytes.size()) // nothing is no address to search from
        return -1;
    const void* found = ::memmem(bytes.data() + from, static_cast<std::size_t>(bytes.size() - from), part.data(),
                                 static_cast<std::size_t>(part.size()));
    return found ? static_cast<const char*>(found) - bytes.data() : -1;
}

} // namespace spillway
