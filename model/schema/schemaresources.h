// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/schemacompiler.h"

#include <set>

namespace spillway {

/// Where a schema stands: a node of a document.
struct SchemaPlace
{
    std::uint32_t document = 0;
    std::uint32_t node = 0;
    friend auto operator<=>(const SchemaPlace&, const SchemaPlace&) = default;
};

/// What has an address of its own: a document, or a part of one with `$id`.
struct SchemaResource
{
    QString uri; ///< absolute, without fragment
    SchemaPlace root;
    std::optional<SchemaDialect> dialect; ///< nullopt: its `$schema` is not known
    bool recursiveAnchor = false;
};

/// The documents of one compilation, their addresses and anchors. Finds what a `$ref` points at.
class SchemaResources
{
public:
    SchemaResources(SchemaProgram& program, const SchemaLoader& load, const SchemaReading& reading);

    /// Reads a document in. nullopt: it is no JSON (a fault is noted).
    [[nodiscard]] std::optional<std::uint32_t> addDocument(const QString& uri, const QByteArray& json);
    /// What `reference` means from within `resource`. nullopt: nothing at hand.
    [[nodiscard]] std::optional<SchemaPlace> resolve(std::uint32_t resource, const QString& reference);
    /// Like `resolve`, and whether the target was named by a `$dynamicAnchor`, with that anchor.
    [[nodiscard]] std::optional<SchemaPlace> resolveDynamic(std::uint32_t resource, const QString& reference,
                                                            int& dynamicAnchor);

    /// Whether what `reference` points at lies there and does not read, rather than not being at hand.
    [[nodiscard]] bool isUnreadable(std::uint32_t resource, const QString& reference) const;

    [[nodiscard]] std::uint32_t resourceOf(SchemaPlace place) const { return m_owner.at(place); }
    /// A schema within `outer` that nobody has looked at yet belongs there, or starts a resource of its own.
    void adopt(SchemaPlace place, std::uint32_t outer) { scan(place, outer, 0); }
    [[nodiscard]] const SchemaResource& operator[](std::uint32_t resource) const { return m_resources[resource]; }
    [[nodiscard]] std::size_t size() const { return m_resources.size(); }
    [[nodiscard]] const JsonTape& tape(std::uint32_t document) const { return m_program.documents[document]->tape; }
    [[nodiscard]] QString text(SchemaPlace place) const;

    struct DynamicAnchor
    {
        std::uint32_t resource = 0;
        int anchor = 0;
        SchemaPlace place;
    };
    [[nodiscard]] const std::vector<DynamicAnchor>& dynamicAnchors() const { return m_dynamic; }
    /// `$recursiveAnchor: true` under a name that no `$dynamicAnchor` can have.
    static constexpr int recursiveAnchor = 0;

    void fault(SchemaPlace place, const QString& message);

private:
    void scan(SchemaPlace place, std::uint32_t resource, int depth);
    [[nodiscard]] std::uint32_t enter(SchemaPlace place, std::uint32_t outer);
    [[nodiscard]] std::optional<SchemaDialect> dialectOf(SchemaPlace place, std::optional<SchemaDialect> outer);
    [[nodiscard]] std::optional<SchemaDialect> customDialect(const QString& metaSchema);
    [[nodiscard]] std::optional<std::uint32_t> resourceAt(const QString& uri);
    [[nodiscard]] std::optional<SchemaPlace> follow(std::uint32_t resource, QStringView pointer);
    [[nodiscard]] int anchorNumber(const QString& name);

    SchemaProgram& m_program;
    const SchemaLoader& m_load;
    const SchemaReading& m_reading;
    std::vector<SchemaResource> m_resources;
    std::map<QString, std::uint32_t> m_byUri;
    std::map<std::pair<std::uint32_t, QString>, SchemaPlace> m_anchors;
    std::map<SchemaPlace, std::uint32_t> m_owner; // scanned places
    std::map<QString, int> m_anchorNumbers;
    std::vector<DynamicAnchor> m_dynamic;
    std::map<QString, bool> m_missing; // asked for in vain; true: it is there and does not read
    std::set<std::uint32_t> m_tooDeep; // documents of which that was said
};

} // namespace spillway
