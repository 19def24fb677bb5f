// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"

#include <vector>

namespace spillway {

struct YamlDocument;

struct OwnershipFile
{
    std::vector<OwnedEvent> events; ///< in the file's order; faulty ones as far as they could be read
    GovernanceRules rules;
    std::vector<FileIssue> issues;
};

struct CatalogFile
{
    std::vector<CatalogEvent> events; ///< in the file's order
    std::vector<FileIssue> issues;
};

/// ownership.yaml. Every fault at once. Blocking; any thread.
[[nodiscard]] OwnershipFile readOwnershipFile(const QString& file);
/// event-catalog.yaml.
[[nodiscard]] CatalogFile readCatalogFile(const QString& file);
/// The same from a tree; `file` stands in places and issues. Pure; any thread.
[[nodiscard]] OwnershipFile readOwnership(const YamlDocument& document, const QString& file);
[[nodiscard]] CatalogFile readCatalog(const YamlDocument& document, const QString& file);

/// Its producer, or one of its consumers, has no team.
[[nodiscard]] bool lacksTeam(const CatalogEvent& event);
/// Gives producers and consumers without a team the one that ownership.yaml names for this service and event, else for
/// the service, if its entries agree; else it stays empty: unattributed. Pure.
void fillTeams(std::vector<CatalogEvent>& events, const std::vector<OwnedEvent>& owned);

/// A workspace with its ownership and catalog: the issues of all three files in one list. Both values are absent when
/// there is an error.
struct LoadedWorkspace
{
    std::optional<Workspace> workspace;
    std::optional<Catalog> catalog;
    std::vector<FileIssue> issues;
};

/// `loadWorkspace` and `loadCatalog` in one, so that a user sees every fault of every file in one run. Blocking; any
/// thread.
[[nodiscard]] LoadedWorkspace loadWorkspaceAndCatalog(const QString& path);

} // namespace spillway
