// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/compatibility/compatibilityrules.h"
#include "model/compatibility/schemachange.h"

namespace spillway {

/// All differences of two versions in one language, judged by one policy (not House) in both directions. What does not
/// read is said in `schemaVersionIssues`, not here. Pure but for the loaders; any thread; work is bounded, and what
/// lies beyond the bound is Undecided.
[[nodiscard]] std::vector<SchemaDifference>
compareSchemaVersions(const SchemaVersion& older, const SchemaVersion& newer, CompatibilityPolicy policy);

/// Why this version cannot be compared: no JSON, a wrong keyword's value, a reference to nowhere. Empty: it can.
[[nodiscard]] std::vector<FileIssue> schemaVersionIssues(const SchemaVersion& version);

struct CompatibilityOptions
{
    std::optional<CompatibilityPolicy> policy; ///< nullopt: House where there are rules, else ConfluentLenient
    std::optional<CompatibilityLevel> level;   ///< nullopt: the rules', else BACKWARD
    std::optional<CompatibilityRules> rules;
    const Catalog* catalog = nullptr; ///< for the consumers' names; may be absent
    QDate today;                      ///< for waivers, UTC
};

/// Which versions are held against each other. `isNeighbour`: the one right before; others only count for the
/// transitive levels.
struct VersionPair
{
    std::size_t older = 0; ///< places in the list of versions
    std::size_t newer = 0;
    bool isNeighbour = true;
};

/// Every version with all before it, of one event at a time. @param versions in any order
[[nodiscard]] std::vector<VersionPair> versionPairs(const std::vector<SchemaVersion>& versions);

/// The check itself, over versions from anywhere. Reports issues of all versions that a pair names.
[[nodiscard]] CompatibilityReport checkCompatibility(const std::vector<SchemaVersion>& versions,
                                                     const std::vector<VersionPair>& pairs,
                                                     const CompatibilityOptions& options);

/// The versions of a folder's files; what cannot be opened becomes an issue. `shownFolder` stands before file names.
/// Blocking.
/// @param only  an event type: its versions alone, and no other file is read; empty: all
[[nodiscard]] std::vector<SchemaVersion> versionsOfFolder(const SchemaFolder& folder, const QString& shownFolder,
                                                          std::vector<FileIssue>& issues, const QString& only = {});

/// The level that holds for a version's event: the option, else the house's rule, else BACKWARD. Pure.
[[nodiscard]] CompatibilityLevel levelFor(const SchemaVersion& version, const CompatibilityOptions& options);

/// Takes the folder's own rules where the options bring none; false: they do not read, and the issues say why.
/// Blocking.
[[nodiscard]] bool takeFolderRules(const QString& folder, CompatibilityOptions& options,
                                   std::vector<FileIssue>& issues);
/// Allows a breaking change that a waiver of the rules covers, or notes that one is over.
void waiveChange(SchemaChange& change, const CompatibilityOptions& options);
/// Names the services of ownership.yaml that read the change's event; of a change that breaks, those that it touches.
void addConsumers(SchemaChange& change, const CompatibilityOptions& options);

/// The whole of `spillwayctl schema check DIR`: files, rules, pairs, gaps. Blocking.
[[nodiscard]] CompatibilityReport checkCompatibilityOfFolder(const QString& folder, CompatibilityOptions options);

} // namespace spillway
