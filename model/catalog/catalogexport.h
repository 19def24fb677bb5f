// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogmodel.h"

#include <QByteArray>

#include <vector>

/// The joined catalog in the forms of other programs. What a form has no word for stands in its extensions (`x-…`,
/// annotations), else in its text.
namespace spillway {

struct CatalogExport
{
    QString title;                   ///< of the workspace
    QString folder;                  ///< the workspace's; schema files are read below it
    std::vector<JoinedEvent> events; ///< with absolute paths of their schemas
};

struct ExportedFile
{
    QString path; ///< relative, of safe names; empty: the one document
    QByteArray bytes;
    friend bool operator==(const ExportedFile&, const ExportedFile&) = default;
};

struct ExportedCatalog
{
    std::vector<ExportedFile> files;
    QStringList notes; ///< what could not be taken along; English
};

/// One AsyncAPI 3.0 document in JSON, which is YAML too: a channel a topic, a message an event, an operation each
/// service that sends or receives it. Blocking reads of schemas; any thread.
[[nodiscard]] ExportedCatalog asyncApiExport(const CatalogExport& input);

/// An EventCatalog folder: domains, services, events, channels, teams. Blocking reads of schemas; any thread.
[[nodiscard]] ExportedCatalog eventCatalogExport(const CatalogExport& input);

/// Backstage's descriptors in one YAML file: Group, Domain, System, Component, API (of type asyncapi), Resource (a
/// topic). Blocking reads of schemas; any thread.
[[nodiscard]] ExportedCatalog backstageExport(const CatalogExport& input);

} // namespace spillway
