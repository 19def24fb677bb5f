// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/payloadschemas.h"

#include "model/workspace/yamltree.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 mostBytes = 4LL << 20;
constexpr int deepest = 64;
constexpr std::size_t mostFiles = 5000;

const QStringList& listsOfSchemas()
{
    static const QStringList keywords{u"allOf"_s, u"anyOf"_s, u"oneOf"_s, u"prefixItems"_s};
    return keywords;
}

const QStringList& singleSchemas()
{
    static const QStringList keywords{u"items"_s,
                                      u"additionalItems"_s,
                                      u"additionalProperties"_s,
                                      u"unevaluatedItems"_s,
                                      u"contains"_s,
                                      u"propertyNames"_s,
                                      u"unevaluatedProperties"_s,
                                      u"not"_s,
                                      u"if"_s,
                                      u"then"_s,
                                      u"else"_s,
                                      u"contentSchema"_s};
    return keywords;
}

const QStringList& mapsOfSchemas()
{
    static const QStringList keywords{u"properties"_s, u"patternProperties"_s, u"definitions"_s,
                                      u"$defs"_s,      u"dependentSchemas"_s,  u"dependencies"_s};
    return keywords;
}

const QStringList& dropped()
{
    static const QStringList keywords{u"$schema"_s,          u"$id"_s,         u"$anchor"_s,       u"$dynamicAnchor"_s,
                                      u"$recursiveAnchor"_s, u"$dynamicRef"_s, u"$recursiveRef"_s, u"$vocabulary"_s};
    return keywords;
}

/// A reader of the document would follow what looks like a reference wherever it stands.
bool holdsReference(const QJsonValue& value, int depth = 0)
{
    if (depth > deepest)
        return true;
    if (value.isArray()) {
        for (const QJsonValue& item : value.toArray()) {
            if (holdsReference(item, depth + 1))
                return true;
        }
    }
    const QJsonObject object = value.toObject();
    for (auto entry = object.begin(); entry != object.end(); ++entry) {
        if (entry.key() == u"$ref" || holdsReference(entry.value(), depth + 1))
            return true;
    }
    return false;
}

QString unescapedPointerPart(const QString& part)
{
    return QString::fromUtf8(QByteArray::fromPercentEncoding(part.toUtf8()))
        .replace(u"~1"_s, u"/"_s)
        .replace(u"~0"_s, u"~"_s);
}

bool isThere(const QJsonObject& root, const QString& pointer)
{
    QJsonValue at = root;
    for (const QString& part : pointer.split(u'/').mid(1)) {
        const QString name = unescapedPointerPart(part);
        if (at.isArray()) {
            bool isNumber = false;
            const int index = name.toInt(&isNumber);
            at = isNumber ? at.toArray().at(index) : QJsonValue(QJsonValue::Undefined);
        } else {
            at = at.toObject().value(name);
        }
        if (!at.isObject() && !at.isArray() && !at.isBool())
            return false;
    }
    return true;
}

/// Draft 4 wrote a boolean beside the bound.
void modernise(QJsonObject& schema, const QString& exclusive, const QString& bound)
{
    if (!schema.value(exclusive).isBool())
        return;
    const bool isExclusive = schema.value(exclusive).toBool();
    const QJsonValue limit = schema.value(bound);
    schema.remove(exclusive);
    if (!isExclusive || !limit.isDouble())
        return;
    schema.remove(bound);
    schema.insert(exclusive, limit);
}

} // namespace

PayloadSchemas::PayloadSchemas(const QString& folder)
    : m_folder(QFileInfo(folder).canonicalFilePath() + u'/')
{
}

void PayloadSchemas::note(const QString& file, const QString& what)
{
    const QString line = u"%1: %2"_s.arg(QDir(m_folder).relativeFilePath(file), what);
    if (!m_notes.contains(line))
        m_notes += line;
}

const PayloadSchemas::Loaded* PayloadSchemas::load(const QString& file)
{
    const QString path = QFileInfo(file).canonicalFilePath();
    if (path.isEmpty()) {
        note(file, u"there is no such file; its schema is left out"_s);
        return nullptr;
    }
    if (!path.startsWith(m_folder)) {
        note(file, u"lies outside the workspace; its schema is left out"_s);
        return nullptr;
    }
    if (const auto known = m_loaded.find(path); known != m_loaded.end())
        return &known->second;
    if (m_loaded.size() >= mostFiles) {
        note(file, u"more than %1 schema files; this one is left out"_s.arg(mostFiles));
        return nullptr;
    }
    const Checked<QByteArray> bytes = readUserFile(path, mostBytes);
    const QJsonDocument document = bytes.value ? QJsonDocument::fromJson(*bytes.value) : QJsonDocument();
    if (!document.isObject()) {
        note(file, u"is no JSON Schema; it is left out"_s);
        return nullptr;
    }
    Loaded loaded{.component = m_names.of(QFileInfo(path).completeBaseName()),
                  .folder = QFileInfo(path).path(),
                  .schema = document.object(),
                  .ignoresBesideReference = document.object().value(u"$schema").toString().contains(u"/draft-0"_s)};
    m_queue.push_back(path);
    return &m_loaded.emplace(path, std::move(loaded)).first->second;
}

std::optional<QString> PayloadSchemas::add(const QString& file)
{
    const Loaded* asked = load(file);
    while (!m_queue.empty()) {
        const QString path = m_queue.back();
        m_queue.pop_back();
        const Loaded& loaded = m_loaded.at(path);
        m_components[loaded.component] = rewrite(loaded.schema, path, 0);
    }
    return asked != nullptr ? std::optional(asked->component) : std::nullopt;
}

QJsonValue PayloadSchemas::rewrite(const QJsonValue& schema, const QString& file, int depth)
{
    if (schema.isBool())
        return schema;
    if (!schema.isObject() || depth > deepest) {
        note(file, depth > deepest ? u"is nested more than %1 deep; what lies below is left out"_s.arg(deepest)
                                   : u"holds something that is no schema; it is left out"_s);
        return true;
    }
    const QJsonObject given = schema.toObject();
    QJsonObject out = rewriteKeywords(given, file, depth);
    if (!given.value(u"$ref").isString())
        return out;
    const auto reference = rewriteReference(given.value(u"$ref").toString(), file);
    if (m_loaded.at(file).ignoresBesideReference) {
        QJsonObject kept; // places that are referred to
        for (const QString& keyword : {u"definitions"_s, u"$defs"_s}) {
            if (out.contains(keyword))
                kept.insert(keyword, out.value(keyword));
        }
        out = kept;
    }
    if (!reference)
        return out;
    if (out.isEmpty())
        return QJsonObject{{u"$ref"_s, *reference}};
    // Beside a reference nothing counts in the document: both become parts.
    QJsonArray parts = out.value(u"allOf").toArray();
    parts.append(QJsonObject{{u"$ref"_s, *reference}});
    out.insert(u"allOf"_s, parts);
    return out;
}

QJsonObject PayloadSchemas::rewriteKeywords(const QJsonObject& schema, const QString& file, int depth)
{
    QJsonObject out;
    for (auto entry = schema.begin(); entry != schema.end(); ++entry) {
        const QString& keyword = entry.key();
        const QJsonValue value = entry.value();
        if (keyword == u"$ref" || dropped().contains(keyword) || (keyword == u"id" && value.isString()))
            continue;
        if (mapsOfSchemas().contains(keyword) && value.isObject()) {
            QJsonObject map;
            const QJsonObject members = value.toObject();
            for (auto member = members.begin(); member != members.end(); ++member) {
                if (member.key() == u"$ref") // readers follow it wherever it stands
                    note(file, u"a member of '%1' is called $ref; it is left out"_s.arg(keyword));
                else
                    map.insert(member.key(),
                               member.value().isArray() ? member.value() : rewrite(member.value(), file, depth + 1));
            }
            out.insert(keyword, map);
        } else if ((listsOfSchemas().contains(keyword) || keyword == u"items") && value.isArray()) {
            QJsonArray list;
            for (const QJsonValue& item : value.toArray())
                list.append(rewrite(item, file, depth + 1));
            out.insert(keyword, list);
        } else if (singleSchemas().contains(keyword)) {
            out.insert(keyword, rewrite(value, file, depth + 1));
        } else if (holdsReference(value)) {
            note(file, u"'%1' holds a $ref that is no reference of a schema; it is left out"_s.arg(keyword));
        } else {
            out.insert(keyword, value);
        }
    }
    modernise(out, u"exclusiveMinimum"_s, u"minimum"_s);
    modernise(out, u"exclusiveMaximum"_s, u"maximum"_s);
    return out;
}

std::optional<QString> PayloadSchemas::rewriteReference(const QString& reference, const QString& file)
{
    const qsizetype hash = reference.indexOf(u'#');
    const QString path = hash < 0 ? reference : reference.left(hash);
    const QString fragment = hash < 0 ? QString() : reference.mid(hash + 1);
    const auto open = [&](const QString& why) {
        note(file, u"the reference '%1' is left open: %2"_s.arg(reference.left(200), why));
        return std::nullopt;
    };
    if (path.contains(u':'))
        return open(u"only files of the workspace are taken along"_s);
    if (!fragment.isEmpty() && !fragment.startsWith(u'/'))
        return open(u"anchors are not taken along"_s);
    const QString target = path.isEmpty()
                               ? file
                               : QDir::cleanPath(m_loaded.at(file).folder + u'/' +
                                                 QString::fromUtf8(QByteArray::fromPercentEncoding(path.toUtf8())));
    const Loaded* loaded = load(target);
    if (loaded == nullptr)
        return std::nullopt; // a note says why
    if (!isThere(loaded->schema, fragment))
        return open(u"there is no such place"_s);
    return u"#/components/schemas/%1%2"_s.arg(loaded->component, fragment);
}

} // namespace spillway
