// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/catalogs.h"
#include "app/ctl/session.h"

namespace spillway::ctl {

/// The workspace of the session (or of its demo), without its catalog having to be right. Says what is wrong; nullopt:
/// exit 2.
[[nodiscard]] std::optional<Workspace> workspaceOf(Session& session);

/// Prints findings as text, json or sarif, to stdout or a file. @return 1 on a finding of severity error.
[[nodiscard]] int printFindings(Session& session, const LintResult& result, const QString& folder,
                                const QString& format, const QString& out);

/// To the file, whole or not at all; an empty name: stdout. @return the exit code.
[[nodiscard]] int writeDocument(const QByteArray& document, const QString& out);

} // namespace spillway::ctl
