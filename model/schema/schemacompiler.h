// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/schemadialect.h"
#include "model/schema/schemaprogram.h"

#include <functional>

namespace spillway {

/// Finds another schema by its absolute address, without fragment; nullopt: not at hand. Nothing is ever fetched.
using SchemaLoader = std::function<std::optional<QByteArray>(const QString& uri)>;

/// What to do about words the specification leaves open. The strict way never calls valid what somebody's validator
/// would refuse; the plain way reads the specification by its letter, for tests by the official suite.
struct SchemaReading
{
    bool unheardKeywordsDecide = true; ///< an unheard or foreign keyword makes the verdict unknown; else it is ignored
    /// A format that drafts 4 to 7 leave to the validator: a value that does not fit makes the verdict unknown. (In
    /// 2019-09 and 2020-12 it is an annotation unless the meta-schema says otherwise.)
    bool openFormatsDecide = true;
    bool formatsAssert = false; ///< every format is an assertion
    SchemaDraft withoutSchemaKeyword = SchemaDraft::Draft2020;
    friend bool operator==(const SchemaReading&, const SchemaReading&) = default;
};

/// Makes a schema ready. Never fails: what cannot be read or resolved stands in `faults` and makes a verdict unknown
/// where it is come to. At most 200 000 schemas and 250 levels. Blocking as the loader is; any thread.
/// @param uri  its absolute address; relative references start there.
[[nodiscard]] std::shared_ptr<const SchemaProgram> compileSchema(const QString& uri, const QByteArray& json,
                                                                 const SchemaLoader& load = {},
                                                                 const SchemaReading& reading = {});

/// The meta-schemas of all drafts, compiled in; nullopt for another address.
[[nodiscard]] std::optional<QByteArray> bundledMetaSchema(const QString& uri);

} // namespace spillway
