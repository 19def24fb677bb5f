// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/mask/masker.h"
#include "model/workspace/workspace.h"

#include <QString>

namespace spillway {

/// A workspace read whole, and where its state lies. Immutable; copies go to threads.
struct Context
{
    Workspace workspace;
    Catalog catalog;
    QString stateFolder; ///< absolute; may not exist yet
    Masker masker;       ///< what people may see of payloads, keys, headers and errors

    [[nodiscard]] QString samplesFile() const { return stateFolder + QStringLiteral("/samples.sqlite"); }
    [[nodiscard]] QString ledgerFile() const { return stateFolder + QStringLiteral("/ledger.sqlite"); }
};

/// Reads spillway.yaml, ownership, catalog and masking rules. All issues of all files at once; a value only without
/// errors.
/// @param workspacePath  file or folder; empty: ./spillway.yaml, then the parents' folders.
/// @param stateFolder    empty: the default of contract.md.
[[nodiscard]] Checked<Context> openContext(const QString& workspacePath, const QString& stateFolder);

} // namespace spillway
