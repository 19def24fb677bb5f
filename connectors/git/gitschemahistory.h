// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemahistory.h"

namespace spillway {

/// A Git checkout, read with libgit2: nothing is written, no hook or filter program runs, nothing is fetched. Any
/// thread.
class GitSchemaHistory final : public SchemaHistory
{
public:
    GitSchemaHistory();
    ~GitSchemaHistory() override;
    Q_DISABLE_COPY_MOVE(GitSchemaHistory)

    [[nodiscard]] Result<FolderBase> baseOf(const QString& folder, const QString& revision) const override;
};

} // namespace spillway
