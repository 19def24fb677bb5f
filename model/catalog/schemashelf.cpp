// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/schemashelf.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostFiles = 20'000;
constexpr int deepest = 8;

class Shelf
{
public:
    explicit Shelf(const std::vector<JoinedEvent>& events)
    {
        for (const JoinedEvent& event : events) {
            if (!event.schemaPath.isEmpty())
                m_current.insert(event.schema.file);
        }
    }

    void addFolder(const QString& folder, bool isDeep, int depth = 0)
    {
        const QString clean = QDir::cleanPath(folder);
        if (m_seen.contains(clean) || depth > deepest)
            return;
        m_seen.insert(clean);
        const QDir dir(clean);
        for (const QString& name : dir.entryList(QDir::Files | QDir::NoSymLinks, QDir::Name)) {
            if (m_files.size() >= mostFiles)
                return;
            addFile(dir.filePath(name), name);
        }
        if (!isDeep)
            return;
        for (const QString& name : dir.entryList(QDir::Dirs | QDir::NoSymLinks | QDir::NoDotAndDotDot, QDir::Name)) {
            if (!name.startsWith(u'_') && !name.startsWith(u'.'))
                addFolder(dir.filePath(name), true, depth + 1);
        }
    }

    std::vector<ShelvedSchema> take() { return std::move(m_files); }

private:
    void addFile(const QString& path, const QString& name)
    {
        const QString suffix = name.section(u'.', -1);
        if (suffix != u"json" && suffix != u"avsc" && suffix != u"proto")
            return;
        const SchemaName parts = schemaNameOf(name);
        if (!parts.version)
            return;
        ShelvedSchema& schema = m_files.emplace_back();
        schema.file = path;
        schema.event = parts.event;
        schema.suffix = suffix;
        schema.version = *parts.version;
        schema.isCurrent = m_current.contains(path);
        if (!schema.isCurrent && suffix == u"json")
            schema.fault = faultOfSchemaFile(path);
    }

    QSet<QString> m_current;
    QSet<QString> m_seen; // folders
    std::vector<ShelvedSchema> m_files;
};

/// Names of files that the schemas refer to: the last part of each `$ref`, without what stands behind #.
QSet<QString> referredNames(const std::vector<ShelvedSchema>& schemas)
{
    QSet<QString> names;
    for (const ShelvedSchema& schema : schemas) {
        QFile file(schema.file);
        if (schema.suffix != u"json" || !schema.fault.isEmpty() || !file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray text = file.read(4 << 20);
        for (qsizetype at = text.indexOf("\"$ref\""); at >= 0; at = text.indexOf("\"$ref\"", at + 1)) {
            const qsizetype open = text.indexOf('"', at + 6);
            const qsizetype close = open >= 0 ? text.indexOf('"', open + 1) : -1;
            if (close < 0)
                break;
            const QByteArray reference = text.mid(open + 1, close - open - 1);
            const QByteArray path = reference.left(reference.indexOf('#')); // -1: all of it
            if (!path.isEmpty())
                names.insert(QString::fromUtf8(path).section(u'/', -1));
        }
    }
    return names;
}

} // namespace

QSet<QString> eventsWithSchema(const std::vector<JoinedEvent>& events)
{
    QSet<QString> names;
    for (const JoinedEvent& event : events) {
        if (!event.schemaPath.isEmpty())
            names.insert(event.schema.event);
    }
    return names;
}

std::vector<ShelvedSchema> shelvedSchemas(const Workspace& workspace, const std::vector<JoinedEvent>& events)
{
    Shelf shelf(events);
    if (!workspace.schemasFolder.isEmpty())
        shelf.addFolder(workspace.schemasFolder, true);
    for (const JoinedEvent& event : events) {
        if (!event.schemaPath.isEmpty())
            shelf.addFolder(event.schema.file.section(u'/', 0, -2), false);
    }
    std::vector<ShelvedSchema> schemas = shelf.take();
    std::sort(schemas.begin(), schemas.end(), [](const ShelvedSchema& a, const ShelvedSchema& b) {
        return std::tie(a.event, a.suffix, a.version, a.file) < std::tie(b.event, b.suffix, b.version, b.file);
    });
    const QSet<QString> named = eventsWithSchema(events);
    const auto isNamed = [&named](const ShelvedSchema& schema) { return named.contains(schema.event); };
    if (!std::all_of(schemas.begin(), schemas.end(), isNamed)) {
        const QSet<QString> referred = referredNames(schemas);
        for (ShelvedSchema& schema : schemas)
            schema.isReferred = !isNamed(schema) && referred.contains(schema.file.section(u'/', -1));
    }
    return schemas;
}

} // namespace spillway
