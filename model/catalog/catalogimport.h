// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogsources.h"

#include <vector>

/// Events as another program's files tell them, and what of it the workspace's files do not say yet.
namespace spillway {

struct ImportedCatalog
{
    /// One entry an event, in the files' order; empty and absent values are not told. `producer` and `consumers` hold
    /// all that is told of them; a consumer's objective of 0 is not told.
    std::vector<CatalogEvent> events;
    QStringList notes;            ///< what could not be taken, and why; English
    bool areDomainsExact = true;  ///< false: told of services only, so they fill gaps and contradict nothing
    bool areTagsExact = true;     ///< false: written in another spelling
    bool areContactsExact = true; ///< false: told of teams only, so they are for new events
};

/// AsyncAPI 3.x, JSON or YAML. Blocking; any thread.
[[nodiscard]] Checked<ImportedCatalog> readAsyncApi(const QString& file);
/// Backstage's descriptors: one file of several documents, or all `catalog-info.yaml` of a folder. Blocking.
[[nodiscard]] Checked<ImportedCatalog> readBackstage(const QString& path);
/// An EventCatalog folder; links are not followed, older versions are passed over. Blocking.
[[nodiscard]] Checked<ImportedCatalog> readEventCatalog(const QString& folder);

/// One change of a file.
struct PlannedEdit
{
    QString title; ///< what it does, imperative
    TextEdit edit;
};

struct ImportPlan
{
    std::vector<PlannedEdit> edits;
    QStringList conflicts; ///< what the workspace says otherwise, or a person has to write; nothing of it is changed
    [[nodiscard]] std::vector<TextEdit> textEdits() const;
};

/// What is missing is added, what differs is a conflict. Pure; any thread.
[[nodiscard]] ImportPlan planImport(const CatalogSources& sources, const ImportedCatalog& imported);

/// The sources as they would stand with these edits, every rule of the two files asked again: errors are issues, and
/// then there is no value. Reads schemas; blocking.
[[nodiscard]] Checked<CatalogSources> sourcesWith(const CatalogSources& before, const std::vector<TextEdit>& edits);

/// Edits as a person reads them: per file its name, then each edit's title and lines.
[[nodiscard]] QString planText(const CatalogSources& sources, const ImportPlan& plan);

} // namespace spillway
