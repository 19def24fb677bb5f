// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schemalookup.h"

#include "model/base/jsonwriter.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 largestFile = 64 << 20;
constexpr qint64 freshForMs = 24LL * 3'600'000;
constexpr qint64 quietForMs = 60'000;

/// A file's name; ids are digits, GUIDs hexadecimal.
QString keyOf(const WireFormat& wire)
{
    switch (wire.kind) {
    case WireFormat::Kind::ApicurioContentId:
        return u"content-"_s + wire.id;
    case WireFormat::Kind::ApicurioGlobalId:
        return u"global-"_s + wire.id;
    case WireFormat::Kind::ApicurioId:
        return u"long-"_s + wire.id;
    case WireFormat::Kind::ConfluentId:
    case WireFormat::Kind::ConfluentGuid:
        return wire.id;
    case WireFormat::Kind::None:
    case WireFormat::Kind::GlueVersion:
        break;
    }
    return {};
}

QByteArray toJson(const LookedUpSchema& schema)
{
    JsonWriter json;
    json.beginObject()
        .field(u"schemaType", registryWord(schema.language))
        .field(u"origin", schema.origin)
        .field(u"schema", QString::fromUtf8(schema.text));
    json.key(u"imports").beginArray();
    for (const SchemaImport& import : schema.imports)
        json.beginObject().field(u"name", import.name).field(u"schema", QString::fromUtf8(import.text)).endObject();
    json.endArray().endObject();
    return json.json();
}

/// nullopt: not there, or nothing that we wrote.
std::optional<LookedUpSchema> fromFile(const QString& path)
{
    QFile file(path);
    if (file.size() > largestFile || !file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QJsonObject json = QJsonDocument::fromJson(file.read(largestFile)).object();
    const auto language = languageFromRegistryWord(json[u"schemaType"].toString());
    if (!language || !json[u"schema"].isString())
        return std::nullopt;
    LookedUpSchema schema{.language = *language,
                          .text = json[u"schema"].toString().toUtf8(),
                          .imports = {},
                          .origin = json[u"origin"].toString()};
    for (const QJsonValue& import : json[u"imports"].toArray())
        schema.imports.push_back({import[u"name"].toString(), import[u"schema"].toString().toUtf8()});
    return schema;
}

void toFile(const QString& folder, const QString& path, const LookedUpSchema& schema)
{
    QSaveFile file(path);
    // A cache that cannot be written only costs another question.
    if (!QDir().mkpath(folder) || !file.open(QIODevice::WriteOnly))
        return;
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    file.write(toJson(schema));
    file.commit();
}

class Collection
{
public:
    Collection(SchemaSource& source, std::stop_token stop)
        : m_source(source)
        , m_stop(std::move(stop))
    {
    }
    [[nodiscard]] Status collect(const RegistrySchema& schema, int depth)
    {
        constexpr int deepest = 20;
        constexpr std::size_t most = 100;
        for (const SchemaReference& reference : schema.references) {
            if (!m_seen.insert({reference.subject, reference.version, reference.name}).second)
                continue;
            if (depth >= deepest || m_imports.size() >= most)
                return fail(ErrorCode::Unsupported, u"the schema refers to too many others"_s);
            const auto named = m_source.schema(reference.subject, reference.version, m_stop);
            if (!named)
                return failWithin(u"a schema it refers to"_s, named.error());
            if (const Status collected = collect(*named, depth + 1); !collected)
                return collected;
            m_imports.push_back({reference.name, named->text});
        }
        return {};
    }
    [[nodiscard]] std::vector<SchemaImport> take() { return std::move(m_imports); }

private:
    SchemaSource& m_source;
    std::stop_token m_stop;
    std::vector<SchemaImport> m_imports;
    std::set<std::tuple<QString, int, QString>> m_seen;
};

} // namespace

QString registryWord(SchemaLanguage language)
{
    switch (language) {
    case SchemaLanguage::JsonSchema:
        return u"JSON"_s;
    case SchemaLanguage::Avro:
        return u"AVRO"_s;
    case SchemaLanguage::Protobuf:
        return u"PROTOBUF"_s;
    }
    return {};
}

std::optional<SchemaLanguage> languageFromRegistryWord(QStringView word)
{
    for (const SchemaLanguage language : {SchemaLanguage::JsonSchema, SchemaLanguage::Avro, SchemaLanguage::Protobuf}) {
        if (word == registryWord(language))
            return language;
    }
    return std::nullopt;
}

Result<LookedUpSchema> withImports(SchemaSource& source, const RegistrySchema& schema, QString origin,
                                   std::stop_token stop)
{
    Collection collection(source, std::move(stop));
    if (const Status collected = collection.collect(schema, 0); !collected)
        return tl::unexpected(collected.error());
    return LookedUpSchema{schema.language, schema.text, collection.take(), std::move(origin)};
}

RegistryShelf::RegistryShelf(SchemaSource& source, QString cacheFolder, std::stop_token stop)
    : m_source(source)
    , m_folder(std::move(cacheFolder))
    , m_stop(std::move(stop))
{
}

Result<LookedUpSchema> RegistryShelf::find(const WireFormat& wire) const
{
    const QString key = keyOf(wire);
    if (key.isEmpty())
        return fail(ErrorCode::NotFound, u"no registry knows ids of this kind"_s);
    const std::lock_guard lock(m_guard);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (const auto known = m_known.find(key);
        known != m_known.end() && (known->second.askAgainAtMs == 0 || known->second.askAgainAtMs > now))
        return known->second.schema;
    const QString path = m_folder.isEmpty() ? QString() : u"%1/%2.json"_s.arg(m_folder, key);
    auto stored = path.isEmpty() ? std::nullopt : fromFile(path);
    if (stored && now - QFileInfo(path).lastModified().toMSecsSinceEpoch() < freshForMs)
        return m_known.insert_or_assign(key, Known{std::move(*stored), 0}).first->second.schema;
    Result<LookedUpSchema> fetched = fetch(wire);
    if (fetched && !path.isEmpty())
        toFile(m_folder, path, *fetched);
    if (!fetched && stored && fetched.error().code != ErrorCode::NotFound)
        fetched = std::move(*stored);
    const qint64 again = fetched ? 0 : now + quietForMs;
    return m_known.insert_or_assign(key, Known{std::move(fetched), again}).first->second.schema;
}

Result<LookedUpSchema> RegistryShelf::fetch(const WireFormat& wire) const
{
    const auto schema = m_source.schemaOf(wire, m_stop);
    if (!schema)
        return tl::unexpected(schema.error());
    QString origin = u"registry %1, "_s.arg(m_source.name());
    origin += wire.kind == WireFormat::Kind::ConfluentGuid ? u"schema GUID %1"_s.arg(wire.id)
                                                           : u"schema id %1"_s.arg(wire.id);
    return withImports(m_source, *schema, std::move(origin), m_stop);
}

} // namespace spillway
