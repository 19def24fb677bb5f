// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

/// What the catalog needs of a schema file: which fields there are, and which versions lie beside it. Judging schemas
/// is the schema room's.
namespace spillway {

struct OutlineField
{
    QString path; ///< `customer.email`; items of an array as `lines[].sku`
    QString type; ///< as written, alternatives with `|`; empty: any
    QString description;
    bool isRequired = false;
    bool isMarkedPersonal = false; ///< `x-pii: true`, or `pii` among its `x-tags`
    friend bool operator==(const OutlineField&, const OutlineField&) = default;
};

struct SchemaOutline
{
    QString file;                     ///< absolute
    std::vector<OutlineField> fields; ///< in the file's order of depth; at most 2000
    bool isThere = false;
    bool isReadable = false; ///< JSON; other kinds (.avsc, .proto) are there, and not looked into
    bool isJson = false;
    QString fault;              ///< why it is not readable; English
    std::optional<int> version; ///< from the name: order.created.v2.json
    QString event;              ///< from the name
    std::vector<int> versions;  ///< of this event in the same folder, ascending
    friend bool operator==(const SchemaOutline&, const SchemaOutline&) = default;
};

/// Reads outlines; lists each folder once. Blocking; one thread.
class SchemaOutlines
{
public:
    /// @param file  absolute
    [[nodiscard]] SchemaOutline read(const QString& file);

private:
    const QHash<QString, std::vector<int>>& versionsIn(const QString& folder);
    QHash<QString, QHash<QString, std::vector<int>>> m_folders; // folder -> event -> versions
};

struct SchemaName
{
    QString event;
    std::optional<int> version; ///< nullopt: the name bears none
};
/// Of a file's name: order.created.v2.json is version 2 of order.created. Pure.
[[nodiscard]] SchemaName schemaNameOf(const QString& fileName);

/// Why a JSON file of at most 4 MiB cannot be read, as the end of a sentence; empty: it can. Blocking.
[[nodiscard]] QString faultOfSchemaFile(const QString& file);

/// Fields of a JSON Schema's text; properties, items, definitions by local `$ref`, allOf/anyOf/oneOf. Recursion ends at
/// a path that is already open. Pure.
[[nodiscard]] Result<std::vector<OutlineField>> outlineOf(const QByteArray& schema);

} // namespace spillway
