// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/catalog/catalogexport.h"
#include "model/catalog/catalogimport.h"
#include "model/catalog/cataloglint.h"
#include "model/catalog/registration.h"
#include "model/cost/money.h"

namespace spillway {

enum class ExchangeForm { AsyncApi, EventCatalog, Backstage };
/// asyncapi, eventcatalog, backstage; anything else: nullopt.
[[nodiscard]] std::optional<ExchangeForm> exchangeForm(QStringView word);

/// The workspace's catalog, whole and without faults, in this form. Blocking; any thread.
[[nodiscard]] Checked<ExportedCatalog> exportWorkspace(const Workspace& workspace, ExchangeForm form);

/// Writes the files, each whole or not at all, after a look at all of them: nothing is written when one is in the way.
/// A file that is there and says something else is replaced only when `replaces`; others are never touched, and no link
/// is followed out of the folder. `path` is the file, or the folder of an EventCatalog; for Backstage either.
/// InvalidConfig names every file in the way. @return  files that changed
[[nodiscard]] Result<QStringList> writeExport(const ExportedCatalog& exported, ExchangeForm form, const QString& path,
                                              bool replaces);

/// What another program's files tell. Blocking; any thread.
[[nodiscard]] Checked<ImportedCatalog> readForeignCatalog(const QString& path, ExchangeForm form);

/// The workspace's files, what would change in them, and what came of it.
struct PlannedImport
{
    CatalogSources sources; ///< as they stand
    ImportPlan plan;
    QStringList notes;
};
/// Plans; the files as they would stand keep every rule of theirs, else no value. Blocking; any thread.
[[nodiscard]] Checked<PlannedImport> planWorkspaceImport(const Workspace& workspace, const ImportedCatalog& imported);

/// An event before it is written down.
struct PlannedRegistration
{
    PlannedImport change;
    QString currency;
    std::optional<Money> costPerDay;      ///< nullopt: the pricing says nothing of it
    std::optional<Money> costPerMonth;    ///< of 365/12 days
    std::vector<CatalogFinding> findings; ///< of this event, as the files would stand
};
/// Demands every fact at once, a line of the error each; what it costs is its part of the workspace's bill with it.
/// Blocking; any thread.
[[nodiscard]] Result<PlannedRegistration> planRegistration(const Context& context, const Registration& registration);

} // namespace spillway
