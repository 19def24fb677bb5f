// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace spillway {

/// What turns one text into another, as `git apply` and `patch` take it: lines with three lines around them. Line ends
/// are kept byte for byte, a missing one at the end is said. Empty when nothing differs. Of two texts that differ in
/// more than 2 000 lines the whole stretch between their common beginning and end is replaced.
/// @param path  below the folder in which the patch will be applied, with slashes
[[nodiscard]] QByteArray unifiedDiff(const QString& path, const QByteArray& before, const QByteArray& after);

} // namespace spillway
