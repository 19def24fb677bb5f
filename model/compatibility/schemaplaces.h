// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemacomparison.h"

namespace spillway {

/// One pair of places while it is compared. For SchemaComparison's own files.
struct SchemaComparison::Places
{
    const CompiledVersion& older;
    const CompiledVersion& newer;
    const SchemaPair& pair;
    SchemaView a; ///< of the older
    SchemaView b; ///< of the newer
    PairResult& out;

    /// Values of these types may come and are let through on the other side: only then a keyword about them matters.
    [[nodiscard]] bool concerns(std::uint8_t types) const { return (a.types & b.types & types) != 0; }
    [[nodiscard]] DirectionVerdict breaksIf(bool breaks, std::uint8_t types = typebits::all) const
    {
        return breaks && concerns(types) ? DirectionVerdict::Breaks : DirectionVerdict::Holds;
    }

    [[nodiscard]] SchemaSpot olderOwner() const { return ownerOf(older, pair.older); }
    [[nodiscard]] SchemaSpot newerOwner() const { return ownerOf(newer, pair.newer); }
    [[nodiscard]] SchemaSpot olderSpot(const SchemaAtom& atom) const
    {
        return {older.node(atom.schema).document, atom.check->source};
    }
    [[nodiscard]] SchemaSpot newerSpot(const SchemaAtom& atom) const
    {
        return {newer.node(atom.schema).document, atom.check->source};
    }

    static SchemaSpot ownerOf(const CompiledVersion& version, const Conjunction& schemas)
    {
        if (schemas.empty())
            return {};
        const SchemaNode& schema = version.node(schemas.front());
        return {schema.document, schema.source};
    }
};

/// A name as a step of a path (RFC 6901).
[[nodiscard]] inline QString pathStep(std::string_view name)
{
    QString step = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    return u'/' + step.replace(u'~', QStringLiteral("~0")).replace(u'/', QStringLiteral("~1"));
}

[[nodiscard]] inline QString shownName(std::string_view name)
{
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

} // namespace spillway
