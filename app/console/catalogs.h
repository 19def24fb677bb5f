// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/catalog/cataloglint.h"
#include "model/scorecard/drift.h"
#include "model/scorecard/scorecardfacts.h"

namespace spillway {

/// The workspace alone, for commands that judge its catalog however faulty that is.
/// @param path  file or folder; empty: ./spillway.yaml, then the parents' folders.
[[nodiscard]] Checked<Workspace> openWorkspaceOnly(const QString& path);

/// Sources and policy of a workspace's catalog, read together. Blocking; any thread.
struct LintInput
{
    CatalogSources sources;
    LintPolicy policy;
};
[[nodiscard]] Checked<LintInput> readLintInput(const Workspace& workspace);

/// Lints as of today. The findings both programs show.
[[nodiscard]] Checked<LintResult> lintWorkspace(const Workspace& workspace);

/// Files against what was observed until now.
[[nodiscard]] Checked<LintResult> driftWorkspace(Database& reader, const Workspace& workspace, UtcTime now);

/// Everything the scorecard looks at, and the rows it gives. Blocking; on a reader's thread.
[[nodiscard]] Checked<std::vector<ScorecardRow>> workspaceScorecard(Database& reader, const Context& context,
                                                                    UtcTime now);

} // namespace spillway
