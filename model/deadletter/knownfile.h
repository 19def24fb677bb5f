// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/triagemarks.h"
#include "model/workspace/issuelist.h"

#include <QStringList>

#include <vector>

/// Known errors as a file, so that what one team found out is known to the next: written by one Spillway, read by
/// another, kept in Git. Functions over files block; any thread.
namespace spillway {

enum class KnownFileFormat { Yaml, Json };
/// By the file's ending: .yaml, .yml, .json. InvalidConfig names them.
[[nodiscard]] Result<KnownFileFormat> knownFileFormatOf(const QString& file);

/// `known_errors:`, a list in the order given, each with kind, cause, fix, link, safe_to_replay, reason and what it
/// looks like: title, error_class, root_cause_class, message, group. What is unknown is left out. Masked entries come
/// out masked.
[[nodiscard]] QByteArray knownErrorsFile(const std::vector<KnownErrorEntry>& entries, KnownFileFormat format);
/// Replaced whole, or left as it was. Unreachable says why it could not be written.
[[nodiscard]] Status writeKnownErrors(const std::vector<KnownErrorEntry>& entries, const QString& file);

/// Every fault at once. Who said it and when are not read: who imports it says it here.
[[nodiscard]] Checked<std::vector<KnownErrorEntry>> readKnownErrors(const QString& file);

/// What importing would do.
struct KnownImport
{
    std::vector<KnownErrorAction> actions; ///< in the file's order, one a group
    std::int64_t same = 0;                 ///< known here just so
    QStringList skipped;                   ///< "SchemaMismatch…: why it stays out"
    friend bool operator==(const KnownImport&, const KnownImport&) = default;
};

/// An entry is about the group of its id; where none of that id is stored, about the groups that look just like it
/// (error class, root cause and folded message, at least one of the last two told). Where a person said something else
/// here, their word stays unless `replaces`.
/// @param reason  for the ledger; empty: the entry's own.
[[nodiscard]] Result<KnownImport> planKnownImport(Database& reader, const std::vector<KnownErrorEntry>& entries,
                                                  const QString& reason, bool replaces, UtcTime now);

/// Object { imported, same, skipped: [text] }.
[[nodiscard]] QByteArray knownImportJson(const KnownImport& import);
/// "3 imported, 2 known already, 1 left out", then why, a line each.
[[nodiscard]] QString knownImportText(const KnownImport& import, bool isPreview);

} // namespace spillway
