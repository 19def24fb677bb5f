// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/schemaoutline.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostFields = 2'000;
constexpr qint64 mostBytes = 4LL << 20;
constexpr int deepest = 24;

QString typeOf(const QJsonObject& schema)
{
    const QJsonValue type = schema[u"type"];
    if (type.isString())
        return type.toString();
    QStringList words;
    for (const QJsonValue& word : type.toArray())
        words += word.toString();
    return words.join(u'|');
}

bool isMarked(const QJsonObject& schema)
{
    if (schema[u"x-pii"].toBool())
        return true;
    const QJsonArray tags = schema[u"x-tags"].toArray();
    return std::any_of(tags.begin(), tags.end(), [](const QJsonValue& tag) {
        return tag.toString().compare(u"pii"_s, Qt::CaseInsensitive) == 0;
    });
}

class Walk
{
public:
    explicit Walk(QJsonObject root)
        : m_root(std::move(root))
    {
    }

    void visit(const QJsonObject& given, const QString& path, int depth)
    {
        if (depth > deepest || m_fields.size() >= mostFields)
            return;
        QJsonObject schema = given;
        const QString ref = given[u"$ref"].toString();
        if (!ref.isEmpty()) {
            if (m_open.contains(ref) || !ref.startsWith(u"#"_s))
                return;
            m_open.insert(ref);
            visit(target(ref), path, depth + 1);
            m_open.remove(ref);
        }
        QSet<QString> required;
        for (const QJsonValue& name : schema[u"required"].toArray())
            required.insert(name.toString());
        const QJsonObject properties = schema[u"properties"].toObject();
        for (auto at = properties.begin(); at != properties.end(); ++at) {
            const QString child = path.isEmpty() ? at.key() : path + u'.' + at.key();
            const QJsonObject field = at.value().toObject();
            if (!m_seen.contains(child) && m_fields.size() < mostFields) {
                m_seen.insert(child);
                m_fields.push_back(OutlineField{.path = child,
                                                .type = typeOf(field),
                                                .description = field[u"description"].toString(),
                                                .isRequired = required.contains(at.key()),
                                                .isMarkedPersonal = isMarked(field)});
            }
            visit(field, child, depth + 1);
        }
        const QJsonValue items = schema[u"items"];
        if (items.isObject())
            visit(items.toObject(), path + u"[]"_s, depth + 1);
        for (const QString& key : {u"allOf"_s, u"anyOf"_s, u"oneOf"_s}) {
            for (const QJsonValue& part : schema[key].toArray())
                visit(part.toObject(), path, depth + 1);
        }
    }

    [[nodiscard]] std::vector<OutlineField> take() { return std::move(m_fields); }

private:
    [[nodiscard]] QJsonObject target(const QString& ref) const
    {
        QJsonValue at = m_root;
        for (const QString& part : ref.mid(1).split(u'/', Qt::SkipEmptyParts))
            at = at.toObject()[QString(part).replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s)];
        return at.toObject();
    }

    QJsonObject m_root;
    std::vector<OutlineField> m_fields;
    QSet<QString> m_seen;
    QSet<QString> m_open;
};

Result<QJsonDocument> parsed(const QByteArray& schema)
{
    QJsonParseError error;
    QJsonDocument document = QJsonDocument::fromJson(schema, &error);
    if (error.error == QJsonParseError::NoError)
        return document;
    if (schema.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig, u"is empty"_s);
    const QByteArray before = schema.first(std::min<qsizetype>(error.offset, schema.size()));
    return fail(ErrorCode::InvalidConfig,
                u"is no JSON from line %1 on: %2"_s.arg(before.count('\n') + 1).arg(error.errorString()));
}

/// The text of a schema that is there.
Result<QByteArray> textOf(const QString& file)
{
    QFile in(file);
    if (in.size() > mostBytes)
        return fail(ErrorCode::InvalidConfig, u"is larger than 4 MiB"_s);
    if (!in.open(QIODevice::ReadOnly))
        return fail(ErrorCode::InvalidConfig, u"cannot be read: "_s + in.errorString());
    return in.readAll();
}

} // namespace

SchemaName schemaNameOf(const QString& fileName)
{
    // By hand: a folder of ten thousand names is read so.
    const qsizetype dot = fileName.lastIndexOf(u'.');
    const qsizetype mark = dot > 0 ? fileName.lastIndexOf(u'.', dot - 1) : -1;
    if (mark > 0 && fileName[mark + 1] == u'v') {
        bool isNumber = false;
        const int version = QStringView(fileName).mid(mark + 2, dot - mark - 2).toInt(&isNumber);
        if (isNumber && version >= 0)
            return {fileName.left(mark), version};
    }
    return {dot > 0 ? fileName.left(dot) : fileName, std::nullopt};
}

QString faultOfSchemaFile(const QString& file)
{
    const auto text = textOf(file);
    if (!text)
        return text.error().detail;
    const auto document = parsed(*text);
    return document ? QString() : document.error().detail;
}

Result<std::vector<OutlineField>> outlineOf(const QByteArray& schema)
{
    const auto document = parsed(schema);
    if (!document)
        return tl::unexpected<Error>(document.error());
    if (!document->isObject())
        return std::vector<OutlineField>(); // `true` accepts everything and names nothing
    Walk walk(document->object());
    walk.visit(document->object(), QString(), 0);
    return walk.take();
}

SchemaOutline SchemaOutlines::read(const QString& file)
{
    const QFileInfo info(file);
    const SchemaName parts = schemaNameOf(info.fileName());
    SchemaOutline outline;
    outline.file = file;
    outline.event = parts.event;
    outline.version = parts.version;
    outline.versions = versionsIn(info.absolutePath()).value(parts.event);
    outline.isThere = info.isFile();
    outline.isJson = info.suffix() == u"json";
    if (!outline.isThere)
        return outline;
    if (!outline.isJson) {
        outline.isReadable = info.isReadable();
        return outline;
    }
    const auto text = textOf(file);
    if (!text) {
        outline.fault = text.error().detail;
        return outline;
    }
    auto fields = outlineOf(*text);
    if (!fields) {
        outline.fault = fields.error().detail;
        return outline;
    }
    outline.isReadable = true;
    outline.fields = std::move(*fields);
    return outline;
}

const QHash<QString, std::vector<int>>& SchemaOutlines::versionsIn(const QString& folder)
{
    const auto known = m_folders.constFind(folder);
    if (known != m_folders.constEnd())
        return *known;
    QHash<QString, std::vector<int>> versions;
    for (const QString& name : QDir(folder).entryList(QDir::Files, QDir::NoSort)) {
        const SchemaName parts = schemaNameOf(name);
        if (parts.version)
            versions[parts.event].push_back(*parts.version);
    }
    for (std::vector<int>& numbers : versions) {
        std::sort(numbers.begin(), numbers.end());
        numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    }
    return *m_folders.insert(folder, versions);
}

} // namespace spillway
