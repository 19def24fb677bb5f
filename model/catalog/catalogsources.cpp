// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogsources.h"

#include "model/catalog/catalogfiles.h"
#include "model/workspace/issuelist.h"

#include <thread>

namespace spillway {

namespace {

Checked<QByteArray> bytesOf(const QString& file)
{
    return file.isEmpty() ? Checked<QByteArray>() : readUserFile(file, yamllimit::fileBytes);
}

std::vector<FileIssue> readInto(SourceFile& source, const QString& file, const Checked<QByteArray>& bytes)
{
    if (file.isEmpty())
        return {};
    if (!bytes.value)
        return bytes.issues;
    Checked<YamlDocument> document = readYamlText(*bytes.value, file);
    if (document.value) {
        source.text = YamlText(file, *bytes.value);
        source.document = std::move(*document.value);
    }
    return document.issues;
}

} // namespace

const YamlNode* CatalogSources::listedNode(const QString& eventType) const
{
    const auto at = listedIndex.constFind(eventType);
    return at != listedIndex.constEnd() ? listed[*at] : nullptr;
}

const YamlNode* CatalogSources::ownedNode(const QString& eventType) const
{
    return owned.value(eventType, nullptr);
}

namespace {

Checked<CatalogSources> joinSources(const Workspace& workspace, const Checked<QByteArray>& ownershipText,
                                    const Checked<QByteArray>& catalogText)
{
    CatalogSources sources;
    sources.workspace = workspace;
    // Taking YAML apart is two thirds of the work on a large catalog, and the files do not know of each other.
    std::vector<FileIssue> issues;
    std::jthread reader([&] { issues = readInto(sources.ownership, workspace.ownershipFile, ownershipText); });
    const std::vector<FileIssue> others = readInto(sources.catalog, workspace.catalogFile, catalogText);
    reader.join();
    issues.insert(issues.end(), others.begin(), others.end());
    if (hasErrors(issues))
        return {std::nullopt, std::move(issues)};
    sources.issues = std::move(issues);
    OwnershipFile ownership;
    if (sources.ownership.isNamed()) {
        ownership = readOwnership(sources.ownership.document, workspace.ownershipFile);
        const YamlNode* events = sources.ownership.document.root->find(u"events");
        for (const YamlNode::Entry& entry : events != nullptr ? events->entries : std::vector<YamlNode::Entry>())
            sources.owned.insert(entry.key->text, entry.value);
    }
    CatalogFile catalog;
    if (sources.catalog.isNamed()) {
        catalog = readCatalog(sources.catalog.document, workspace.catalogFile);
        const YamlNode* list = sources.catalog.document.root->find(u"catalog");
        if (list != nullptr && list->kind == YamlNode::Kind::Sequence)
            sources.listed = list->items;
        for (std::size_t at = 0; at < catalog.events.size() && at < sources.listed.size(); ++at) {
            if (!sources.listedIndex.contains(catalog.events[at].eventType))
                sources.listedIndex.insert(catalog.events[at].eventType, at);
        }
    }
    sources.issues.insert(sources.issues.end(), ownership.issues.begin(), ownership.issues.end());
    sources.issues.insert(sources.issues.end(), catalog.issues.begin(), catalog.issues.end());
    sources.model = Catalog(std::move(ownership.events), std::move(catalog.events), std::move(ownership.rules));
    sources.events = joinCatalog(workspace, sources.model, ReadSchemas::Yes);
    return {std::move(sources), {}};
}

} // namespace

Checked<CatalogSources> readCatalogSources(const Workspace& workspace)
{
    Checked<CatalogSources> sources =
        joinSources(workspace, bytesOf(workspace.ownershipFile), bytesOf(workspace.catalogFile));
    if (sources.value)
        sources.value->shelf = shelvedSchemas(workspace, sources.value->events);
    return sources;
}

Checked<CatalogSources> catalogSourcesOf(const Workspace& workspace, const QByteArray& ownership,
                                         const QByteArray& catalog)
{
    return joinSources(workspace, {ownership, {}}, {catalog, {}});
}

} // namespace spillway
