// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/jsontape.h"

#include <vector>

namespace spillway {

/// What is wrong with a schema by its draft's own schema.
struct MetaSchemaFault
{
    std::int64_t at = 0; ///< byte in the schema
    QString message;     ///< a plain sentence part; may name a word of the schema
    friend bool operator==(const MetaSchemaFault&, const MetaSchemaFault&) = default;
};

/// In the order of the schema, one for each place, at most `most`. A draft that is not known, by name (`draft-07`):
/// none. Compiles each meta-schema once for the whole process; any thread.
[[nodiscard]] std::vector<MetaSchemaFault> metaSchemaFaults(const QString& draft, const JsonTape& schema,
                                                            std::size_t most = 20);

} // namespace spillway
