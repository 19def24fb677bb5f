// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/catalog/exportplan.h"
#include "model/scorecard/plannedchange.h"

namespace spillway {

/// asyncapi, eventcatalog, backstage; anything else: nullopt.
[[nodiscard]] std::optional<ExchangeForm> exchangeForm(QStringView word);

/// The workspace's catalog, whole and without faults, in this form. Blocking; any thread.
[[nodiscard]] Checked<ExportedCatalog> exportWorkspace(const Workspace& workspace, ExchangeForm form);

/// What stands where the export would write. `path` is the file, or the folder of an EventCatalog; for Backstage
/// either. InvalidConfig: a file of another kind is named. Blocking; any thread.
[[nodiscard]] Result<ExportPlan> planExport(ExportedCatalog exported, ExchangeForm form, const QString& path);

/// Writes what is new, all files in one go, after another look at all of them: nothing is written when one is in the
/// way. A file that says something else is replaced only when `replaces`; others are never touched, and no link is
/// followed out of the folder. InvalidConfig names every file in the way. Blocking; any thread. @return  files that
/// changed
[[nodiscard]] Result<QStringList> writeExport(const ExportPlan& plan, bool replaces);

/// What another program's files tell. Blocking; any thread.
[[nodiscard]] Checked<ImportedCatalog> readForeignCatalog(const QString& path, ExchangeForm form);

/// Plans; the files as they would stand keep every rule of theirs, else no value. Blocking; any thread.
[[nodiscard]] Checked<PlannedImport> planWorkspaceImport(const Workspace& workspace, const ImportedCatalog& imported);

/// Names every fault at once; what it costs is its part of the workspace's bill with it. Conflict: it is registered
/// already. Blocking; any thread.
[[nodiscard]] Result<PlannedRegistration> planRegistration(const Context& context, const Registration& registration);

/// Begins the schema where it is asked for, then makes the edits. A file that is in the schema's place stays and is a
/// Conflict; then, and when an edit cannot be made, nothing is changed. Blocking; any thread.
/// @return  the files that were written
[[nodiscard]] Result<QStringList> applyRegistration(const PlannedRegistration& planned);

} // namespace spillway
