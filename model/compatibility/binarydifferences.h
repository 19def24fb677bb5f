// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemachange.h"
#include "model/schema/protoschema.h"

/// Avro and Protobuf in the words of a schema check. Both know only one set of rules each, their own; a policy cannot
/// make a binary form readable that is not.
namespace spillway {

/// Two versions in Avro, by the specification's schema resolution in both directions. What breaks has one of the six
/// reasons of Avro's libraries as its kind (`reader_field_missing_default_value`), what does not a word of its own
/// (`fieldAdded`). Paths are locations as those libraries give them, `/fields/0/type`. Neither of the two may have an
/// issue. Pure; any thread.
[[nodiscard]] std::vector<SchemaDifference> avroVersionDifferences(const SchemaVersion& older,
                                                                   const SchemaVersion& newer);

/// Two versions in Protobuf, by Confluent's registry's rules: what changes bytes on the wire breaks; names and new or
/// dropped optional fields do not. Besides: numbers and names that the older version reserved. Paths are
/// `#/shop.Order/4`. As above; the loaders of imports may block.
[[nodiscard]] std::vector<SchemaDifference> protobufVersionDifferences(const SchemaVersion& older,
                                                                       const SchemaVersion& newer);

/// Imports of a .proto by way of the version's loader: beside it, else from the folders above. The version outlives it.
[[nodiscard]] ProtoLoader protoLoaderOf(const SchemaVersion& version);

/// Why a version of these two languages cannot be compared; empty: it can.
[[nodiscard]] std::vector<FileIssue> binaryVersionIssues(const SchemaVersion& version);

} // namespace spillway
