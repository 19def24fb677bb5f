// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogsources.h"
#include "model/cost/savings.h"

/// Savings as edits of the workspace's files: only the characters that change, comments and all else as they were.
namespace spillway {

/// What of a workspace savings may change. Movable.
struct SavingsFiles
{
    CatalogSources sources;
    SourceFile pricing; ///< not named: the workspace has no pricing file
};
/// Blocking; any thread.
[[nodiscard]] Checked<SavingsFiles> readSavingsFiles(const Workspace& workspace);

struct SavingsEdits
{
    std::vector<TextEdit> edits;
    /// By advice, as `id: what to do`: what stands in no file (topics, producers), or in one that is written so that a
    /// person has to edit it.
    QStringList byHand;
};

/// The changes of these savings in the files: retention, consumers and entries that go, sizes of payloads, days on
/// brokers, records per request. What two of them change is changed once, by the first. @param profile  whose they are
[[nodiscard]] SavingsEdits savingsEdits(const SavingsFiles& files, const QString& profile,
                                        const std::vector<Saving>& savings);

/// The edits as a patch for `git apply` in the workspace's folder: in front, as lines that it skips, each advice and
/// what is left to do by hand. InvalidConfig: the edits meet, or make no YAML.
[[nodiscard]] Result<QByteArray> savingsPatch(const SavingsFiles& files, const SavingsEdits& edits,
                                              const std::vector<Saving>& savings, const QString& currency);

} // namespace spillway
