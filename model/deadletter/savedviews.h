// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/query.h"
#include "model/workspace/workspace.h"

#include <QString>
#include <QStringList>

#include <array>
#include <optional>
#include <vector>

/// Saved views: queries with a name, one small YAML file each in the workspace's folder `queries/`, shared through the
/// user's own Git.
namespace spillway {

struct SavedView
{
    QString name;        ///< 1 to 80 visible characters
    QString query;       ///< a well-formed query; empty: all
    QString description; ///< may be empty
    QStringList columns; ///< of the messages, by their names, in order; empty: as they were
    QString sort;        ///< a column's name, `-` in front for descending; empty: as it was
    QStringList pivot;   ///< at most two of pivotFieldNames() that letters are counted by, outermost first
    QString file;        ///< where it was read; empty for one not saved yet
    friend bool operator==(const SavedView&, const SavedView&) = default;
};

struct SavedViews
{
    std::vector<SavedView> views;  ///< by name; those with an error are left out
    std::vector<FileIssue> issues; ///< of all files at once
};

/// The columns of the messages, by the names that a view has for them, in the order they come in.
inline constexpr std::array<QStringView, 5> savedViewColumns{u"entered", u"key", u"place", u"message", u"state"};

/// Every `*.yaml` and `*.yml` right in the folder, at most 1 000 of at most 64 KiB. A folder that is missing has none.
/// Of two files with the same name the first by file name counts and the other is an error. Blocking; any thread.
[[nodiscard]] SavedViews readSavedViews(const QString& folder);

/// Both at once; an empty one asks for nothing.
[[nodiscard]] QString bothQueries(const QString& one, const QString& other);

/// One by its name; NotFound names those that are there. InvalidConfig when its own file is faulty.
[[nodiscard]] Result<SavedView> savedView(const QString& folder, const QString& name);

/// Writes a new file, named after the view, and makes the folder where it is missing. Whatever the name holds, the file
/// lies in the folder. InvalidConfig for a name, query, column or field that could not be read back; Conflict where a
/// view of this name is there and `replaces` is false. Replacing keeps the file's name and either file is there whole
/// at any moment.
/// @return the file written.
[[nodiscard]] Result<QString> saveView(const QString& folder, const SavedView& view, bool replaces = false);

} // namespace spillway
