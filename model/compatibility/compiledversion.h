// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemachange.h"
#include "model/schema/schemavalidator.h"

namespace spillway {

/// Schemas that must all hold at one place; empty allows everything. Ordered, without repetition.
using Conjunction = std::vector<SchemaRef>;

/// A place in one of a program's documents.
struct SchemaSpot
{
    std::uint32_t document = 0;
    std::uint32_t node = 0;
    friend auto operator<=>(const SchemaSpot&, const SchemaSpot&) = default;
};

/// A JSON Schema ready to be compared: read once as every validator reads it (unheard words and formats decide
/// nothing), and once with formats asserted. Both programs number their schemas alike. One thread.
class CompiledVersion
{
public:
    explicit CompiledVersion(SchemaVersion version);

    [[nodiscard]] const SchemaVersion& version() const { return m_version; }
    [[nodiscard]] const SchemaProgram& program() const { return *m_plain; }
    [[nodiscard]] bool isReadable() const { return m_plain->root != noSchema; }
    [[nodiscard]] const SchemaNode& node(SchemaRef ref) const { return m_plain->nodes[ref]; }
    [[nodiscard]] const JsonTape& tape(std::uint32_t document) const { return m_plain->documents[document]->tape; }

    [[nodiscard]] SchemaPosition positionOf(SchemaSpot spot) const;
    [[nodiscard]] QString textOf(SchemaSpot spot) const;
    /// The keyword's value of a schema as it stands in the file; nullopt: not there.
    [[nodiscard]] std::optional<SchemaSpot> keyword(SchemaRef ref, std::string_view word) const;
    /// Whether the schema, or what it refers to, has a `default`.
    [[nodiscard]] bool hasDefault(const Conjunction& schemas) const;

    /// Every validator accepts the document, those that assert formats and those that do not.
    [[nodiscard]] bool accepts(const Conjunction& schemas, const QByteArray& json) const;
    /// Every validator refuses it.
    [[nodiscard]] bool refuses(const Conjunction& schemas, const QByteArray& json) const;

private:
    SchemaVersion m_version;
    std::shared_ptr<const SchemaProgram> m_plain;     // shared with nobody; compileSchema hands it out so
    std::shared_ptr<const SchemaProgram> m_asserting; // likewise
};

} // namespace spillway
