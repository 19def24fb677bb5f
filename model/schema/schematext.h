// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/schemafolder.h"

namespace spillway {

/// A schema's text so that two that say the same by its language's own rules are the same bytes: members sorted, no
/// white space, each string spelt one way; Avro with full names and without the long form of plain types; Protobuf
/// without comments. Documentation and defaults stay: they are part of what is said. nullopt: it does not read. Pure.
[[nodiscard]] std::optional<QByteArray> canonicalSchemaText(SchemaLanguage language, const QByteArray& text);

} // namespace spillway
