// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/workspace/workspace.h"

#include <QByteArray>

/// The workspace's own rules for kinds as a file that a person writes on the screen.
namespace spillway {

struct KindRulesFile
{
    QString file;                   ///< absolute; where it is, or would be
    std::optional<QByteArray> text; ///< nullopt: it is not there
    friend bool operator==(const KindRulesFile&, const KindRulesFile&) = default;
};

/// `kinds:` of the workspace, else kinds.yaml beside spillway.yaml, be it there or not; empty for a workspace without a
/// folder.
[[nodiscard]] QString kindsFileOf(const Workspace& workspace);

/// As it is on disk now, faults and all. A byte-order mark stays. Unreachable: it is there and cannot be read.
/// Blocking.
[[nodiscard]] Result<KindRulesFile> readKindRulesFile(const QString& file);

/// Writes a text that reads as rules, if the file still is as it was read: replaced whole or not at all, whatever
/// happens in between. InvalidConfig names every fault of the text; Conflict: somebody wrote the file meanwhile.
/// Blocking.
[[nodiscard]] Status saveKindRulesFile(const KindRulesFile& before, const QByteArray& text);

} // namespace spillway
