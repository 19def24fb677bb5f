// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/compatibilitycheck.h"
#include "model/compatibility/schemahistory.h"

namespace spillway {

/// What a working tree does to the schemas that were published at its base.
struct BaseComparison
{
    std::vector<SchemaVersion> versions;   ///< published ones with the bytes they had, then the new and edited ones
    std::vector<VersionPair> pairs;        ///< every new or edited version with all published and new ones before it
    std::vector<SchemaChange> fileChanges; ///< edited, deleted, renamed and moved files, as findings of their own
    QStringList notes;                     ///< base, uncommitted files
};

/// Tells apart: a version that is new; a published one that was edited (`publishedVersionEdited`; harmless where only
/// words and spaces differ), deleted (`publishedVersionDeleted`), given another event's name (`eventRenamed`) or
/// another number (`versionRenamed`), or only moved to another folder (`fileMoved`). What the base already had is not
/// judged again. @param working  the folder's versions as they are now. Pure but for the loaders.
[[nodiscard]] BaseComparison compareWithBase(const FolderBase& base, const SchemaFolder& folder,
                                             const QString& shownFolder, const std::vector<SchemaVersion>& working);

/// `spillwayctl schema check DIR --base REV`. Errors are the history's. Blocking.
[[nodiscard]] Result<CompatibilityReport> checkCompatibilitySince(const SchemaHistory& history, const QString& folder,
                                                                  const QString& revision,
                                                                  CompatibilityOptions options);

} // namespace spillway
