// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace spillway {

/// One of many files to be written.
struct BatchFile
{
    QString path; ///< absolute; its folder is made where it is missing
    const QByteArray* bytes = nullptr;
};

/// Writes them all, with one flush of the file system instead of one a file: first each beside its place, then the
/// flush, then the renames. A file is thus either as it was or whole, at any instant; before the flush has succeeded
/// none has changed. A file that is replaced keeps its permissions. Blocking; any thread.
/// @return  `Unreachable` with the path and the reason; what was begun beside the files is removed
[[nodiscard]] Status writeFiles(const std::vector<BatchFile>& files);

} // namespace spillway
