// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace spillway {

/// What these files and folders look like from outside, as a digest: names, sizes, moments of the last change. It moves
/// when a file is written, comes or goes; files that are not there have a look too. Folders are gone through to the
/// bottom, at most 20 000 files; links to folders are not followed. Empty paths are left out. Blocking.
[[nodiscard]] QByteArray stampOf(const QStringList& paths);

} // namespace spillway
