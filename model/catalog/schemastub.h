// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"

#include <QByteArray>

namespace spillway {

/// The beginning of an event's schema, for people to go on with.
struct SchemaStub
{
    QString path; ///< relative to the workspace's folder, as the catalog names it
    QByteArray text;
    friend bool operator==(const SchemaStub&, const SchemaStub&) = default;
};

/// A JSON Schema 2020-12 of version 1 in the workspace's schemas folder: an object with the event's id, type and time,
/// and the partition key where one is known. nullopt: the workspace names no schemas folder within its own,
/// or a name would lead out of it. Pure.
[[nodiscard]] std::optional<SchemaStub> schemaStub(const Workspace& workspace, const CatalogEvent& event);

} // namespace spillway
