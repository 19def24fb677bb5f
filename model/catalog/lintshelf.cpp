// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/lintchecks.h"
#include "model/workspace/issuelist.h"

#include <QDir>

#include <span>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

class ShelfLint
{
public:
    ShelfLint(const CatalogSources& sources, FindingList& out)
        : m_sources(sources)
        , m_out(out)
        , m_named(eventsWithSchema(sources.events))
        , m_folder(sources.workspace.folder)
    {
    }

    /// @param versions  of one event in one language, ascending; not empty
    void judge(std::span<const ShelvedSchema> versions)
    {
        for (const ShelvedSchema& schema : versions) {
            if (!schema.fault.isEmpty())
                m_out.add(u"schema-unreadable", top(schema), schema.event,
                          u"the schema %1 %2"_s.arg(shown(schema), schema.fault), u"correct the file, or remove it"_s);
        }
        for (std::size_t at = 1; at < versions.size(); ++at)
            judgePair(versions[at - 1], versions[at]);
        judgeReference(versions);
    }

private:
    [[nodiscard]] static FilePlace top(const ShelvedSchema& schema) { return {schema.file, 1, 1}; }
    [[nodiscard]] QString shown(const ShelvedSchema& schema) const
    {
        return quoted(m_folder.relativeFilePath(schema.file));
    }

    void judgePair(const ShelvedSchema& before, const ShelvedSchema& schema)
    {
        if (before.version == schema.version) {
            m_out.add(u"schema-version-twice", top(schema), schema.event,
                      u"version %1 of event %2 is there twice: %3 and %4"_s.arg(
                          QString::number(schema.version), quoted(schema.event), shown(before), shown(schema)),
                      u"keep one of the files"_s);
            return;
        }
        const int first = before.version + 1;
        const int last = schema.version - 1;
        if (first > last)
            return;
        m_out.add(u"schema-version-gap", top(schema), schema.event,
                  u"between versions %1 and %2 of event %3 there is no version %4"_s.arg(
                      QString::number(before.version), QString::number(schema.version), quoted(schema.event),
                      first == last       ? QString::number(first)
                      : first + 1 == last ? u"%1 and no version %2"_s.arg(first).arg(last)
                                          : u"%1 to %2"_s.arg(first).arg(last)),
                  u"add what was published, or waive it if nothing was"_s);
    }

    /// Older versions count as named with the one that the catalog names.
    void judgeReference(std::span<const ShelvedSchema> versions)
    {
        const ShelvedSchema& newest = versions.back();
        bool isUsed = !m_sources.catalog.isNamed() || m_named.contains(newest.event);
        for (const ShelvedSchema& schema : versions)
            isUsed = isUsed || schema.isCurrent || schema.isReferred;
        if (isUsed)
            return;
        const QString more = versions.size() == 1
                                 ? QString()
                                 : u" (and %1 older version%2)"_s.arg(QString::number(versions.size() - 1),
                                                                      versions.size() == 2 ? QString() : u"s"_s);
        const bool isListed = m_sources.model.catalogEvent(newest.event) != nullptr;
        m_out.add(u"schema-unreferenced", top(newest), newest.event,
                  u"no event of the catalog names the schema %1%2"_s.arg(shown(newest), more),
                  isListed ? u"add schema_path: %1 to event %2"_s.arg(m_folder.relativeFilePath(newest.file),
                                                                      quoted(newest.event))
                           : u"add event %1 to the catalog, or remove the file"_s.arg(quoted(newest.event)));
    }

    const CatalogSources& m_sources;
    FindingList& m_out;
    QSet<QString> m_named;
    QDir m_folder;
};

} // namespace

void lintShelf(const CatalogSources& sources, FindingList& out)
{
    ShelfLint lint(sources, out);
    const std::span<const ShelvedSchema> shelf(sources.shelf);
    for (std::size_t first = 0, end = 0; first < shelf.size(); first = end) {
        while (end < shelf.size() && shelf[end].event == shelf[first].event && shelf[end].suffix == shelf[first].suffix)
            ++end;
        lint.judge(shelf.subspan(first, end - first));
    }
}

} // namespace spillway
