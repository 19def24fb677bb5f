// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

namespace spillway {

/// spillway.yaml as far as it could be read, errors or not: so that the files it names can be judged in the same run.
struct WorkspaceDraft
{
    Workspace workspace; ///< what is faulty is absent or has its default
    std::vector<FileIssue> issues;
};

/// The reading behind `loadWorkspace`. Blocking; any thread.
[[nodiscard]] WorkspaceDraft readWorkspaceDraft(const QString& path);

} // namespace spillway
