// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QByteArray>
#include <QString>

#include <map>
#include <vector>

namespace spillway {

/// What became of a file between the base and the working tree, where it is not simply new, changed or gone.
struct MovedFile
{
    QString from; ///< relative to the folder, as all paths here
    QString to;
    int similarity = 100; ///< percent; 100: the same bytes
    friend bool operator==(const MovedFile&, const MovedFile&) = default;
};

/// A folder as it stood where this work began.
struct FolderBase
{
    QString revision;                    ///< as it was asked for, `origin/main`
    QString commit;                      ///< the merge base of HEAD and that revision, 40 hexadecimal digits
    std::map<QString, QByteArray> files; ///< schema files by path, with the bytes they had, without a byte-order mark
    std::vector<MovedFile> moved;        ///< from there to the working tree
    std::vector<QString> uncommitted;    ///< files that differ from HEAD, untracked ones too, by path
    friend bool operator==(const FolderBase&, const FolderBase&) = default;
};

/// Where earlier states of a folder come from.
class SchemaHistory
{
public:
    virtual ~SchemaHistory() = default;
    /// The folder at the merge base of HEAD and `revision`. A folder that was not there yet has no files.
    /// Errors (InvalidConfig, with what to do): no repository, no such revision, no common ancestor, a clone too
    /// shallow to tell; Unreachable: the repository cannot be read. At most 20 000 files of 8 MiB. Blocking.
    [[nodiscard]] virtual Result<FolderBase> baseOf(const QString& folder, const QString& revision) const = 0;
};

} // namespace spillway
