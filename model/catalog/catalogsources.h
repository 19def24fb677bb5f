// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogmodel.h"
#include "model/catalog/schemashelf.h"
#include "model/catalog/yamledit.h"
#include "model/workspace/yamltree.h"

#include <QHash>

namespace spillway {

/// A file with what its text and tree say; an empty path: the workspace does not name it.
struct SourceFile
{
    YamlText text;
    YamlDocument document;
    [[nodiscard]] bool isNamed() const { return !text.file().isEmpty(); }
};

/// Both files of the catalog as they stand, with every place in them: what lint, drift and edits work on. Movable.
struct CatalogSources
{
    Workspace workspace;
    SourceFile ownership;
    SourceFile catalog;
    Catalog model; ///< faulty entries as far as they could be read
    std::vector<JoinedEvent> events;
    std::vector<ShelvedSchema> shelf;        ///< versions of schemas that lie there; none where texts are in memory
    std::vector<FileIssue> issues;           ///< of entries; the files themselves could be read
    QHash<QString, const YamlNode*> owned;   ///< event type -> its map in ownership.yaml
    std::vector<const YamlNode*> listed;     ///< like `model.events()`: their maps in the catalog
    QHash<QString, std::size_t> listedIndex; ///< event type -> first index in `listed`

    [[nodiscard]] const YamlNode* listedNode(const QString& eventType) const;
    [[nodiscard]] const YamlNode* ownedNode(const QString& eventType) const;
    [[nodiscard]] std::vector<YamlText> texts() const { return {ownership.text, catalog.text}; }
};

/// Reads the two files the workspace names, and the schemas behind them. No value: one of them is missing, empty or no
/// YAML. Blocking; any thread.
[[nodiscard]] Checked<CatalogSources> readCatalogSources(const Workspace& workspace);

/// The same from texts in memory, as they would stand in the files; the text of a file that the workspace does
/// not name is not looked at. Reads schemas; blocking.
[[nodiscard]] Checked<CatalogSources> catalogSourcesOf(const Workspace& workspace, const QByteArray& ownership,
                                                       const QByteArray& catalog);

} // namespace spillway
