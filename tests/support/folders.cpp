// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/folders.h"

namespace spillway::test {

QString sourceFile(const QString& path)
{
    return QStringLiteral(SPILLWAY_SOURCE_DIR "/") + path;
}

QString buildFile(const QString& path)
{
    return QStringLiteral(SPILLWAY_BINARY_DIR "/") + path;
}

} // namespace spillway::test
