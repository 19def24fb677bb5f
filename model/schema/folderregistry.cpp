// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/folderregistry.h"

#include "model/base/jsonwriter.h"
#include "model/schema/jsontape.h"
#include "model/schema/schematext.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUrl>
#include <QUuid>

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int noSuchSubject = 40401;
constexpr int noSuchVersion = 40402;
constexpr int noSuchSchema = 40403;
constexpr int invalidSchema = 42201;
constexpr int invalidVersion = 42202;
constexpr int readOnly = 42205;

RegistryAnswer refuse(int status, int code, const QString& message)
{
    JsonWriter json;
    json.beginObject().field(u"error_code", code).field(u"message", message).endObject();
    return {status, json.json()};
}

RegistryAnswer refuseWrite()
{
    return refuse(
        422, readOnly,
        u"this registry is read-only: it serves a folder of schemas from Git; register a schema by committing it"_s);
}

RegistryAnswer notFound()
{
    return refuse(404, 404, u"HTTP 404 Not Found"_s);
}

std::vector<QString> segmentsOf(const QByteArray& path)
{
    std::vector<QString> segments;
    for (const QByteArray& part : path.split('/')) {
        if (!part.isEmpty())
            segments.push_back(QUrl::fromPercentEncoding(part));
    }
    return segments;
}

QByteArray hashOf(const QByteArray& bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

/// A GUID of the schema's meaning, marked as one of a maker's own kind (RFC 9562, version 8).
QString guidOf(const QByteArray& meaning)
{
    QByteArray bytes = hashOf(meaning).first(16);
    bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x80);
    bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
    return QUuid::fromRfc4122(bytes).toString(QUuid::WithoutBraces);
}

void writeReferences(JsonWriter& json, const RegistrySchema& schema)
{
    if (schema.references.empty())
        return;
    json.key(u"references").beginArray();
    for (const SchemaReference& reference : schema.references)
        json.beginObject()
            .field(u"name", reference.name)
            .field(u"subject", reference.subject)
            .field(u"version", reference.version)
            .endObject();
    json.endArray();
}

/// What every description of a schema ends with; the type is left out for Avro, as clients before 5.5 expect.
void writeText(JsonWriter& json, const RegistrySchema& schema)
{
    if (schema.language != SchemaLanguage::Avro)
        json.field(u"schemaType", registryWord(schema.language));
    writeReferences(json, schema);
    json.field(u"schema", QString::fromUtf8(schema.text));
}

struct Proposal
{
    SchemaLanguage language = SchemaLanguage::Avro;
    QByteArray text;
};

std::optional<Proposal> proposalOf(const QByteArray& body)
{
    const QJsonObject json = QJsonDocument::fromJson(body).object();
    const auto language = languageFromRegistryWord(json[u"schemaType"].toString(u"AVRO"_s));
    if (!language || !json[u"schema"].isString())
        return std::nullopt;
    return Proposal{*language, json[u"schema"].toString().toUtf8()};
}

QByteArray meaningOf(SchemaLanguage language, const QByteArray& canonical)
{
    return registryWord(language).toUtf8() + '\n' + canonical;
}

/// Texts under `$ref`, as written, each once.
std::set<QString> jsonReferences(const QByteArray& text)
{
    std::set<QString> references;
    JsonTape tape;
    if (!tape.parse(text))
        return references;
    for (std::uint32_t at = 0; at + 1 < tape.size(); ++at) {
        // A name is followed by its value; a string "$ref" elsewhere is followed by no string that names a file.
        if (tape[at].kind != JsonKind::String || tape.text(at) != "$ref" || tape[at + 1].kind != JsonKind::String)
            continue;
        const std::string_view target = tape.text(at + 1);
        const QString whole = QString::fromUtf8(target.data(), static_cast<qsizetype>(target.size()));
        if (const QString file = whole.section(u'#', 0, 0); !file.isEmpty())
            references.insert(file);
    }
    return references;
}

std::set<QString> protoImports(const QByteArray& text)
{
    static const QRegularExpression import(uR"re(\bimport\s+(?:public\s+|weak\s+)?["']([^"']+)["']\s*;)re"_s);
    std::set<QString> imports;
    auto at = import.globalMatch(QString::fromUtf8(text));
    while (at.hasNext())
        imports.insert(at.next().captured(1));
    return imports;
}

} // namespace

FolderRegistry::FolderRegistry(SchemaFolder folder, Catalog catalog, QString level, RegistryJudge judge)
    : m_folder(std::move(folder))
    , m_catalog(std::move(catalog))
    , m_level(std::move(level))
    , m_judge(std::move(judge))
{
    for (const SchemaFile& file : m_folder.files()) {
        if (file.eventType.isEmpty())
            continue;
        const auto text = m_folder.read(file.path);
        const auto canonical = text ? canonicalSchemaText(file.language, *text) : std::nullopt;
        if (!canonical) {
            m_issues.push_back({.severity = IssueSeverity::Warning,
                                .place = {.file = m_folder.folder() + u'/' + file.path},
                                .message = u"this schema does not read and is not served"_s,
                                .remedy = u"see spillwayctl check"_s});
            continue;
        }
        Entry entry{
            .subject = file.eventType, .version = file.version, .meaning = meaningOf(file.language, *canonical)};
        entry.schema.language = file.language;
        entry.schema.text = *text;
        entry.schema.references = referencesOf(file, *text);
        m_entries.push_back(std::move(entry));
    }
    std::sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.subject, a.version) < std::pair(b.subject, b.version);
    });
    giveIds();
    for (std::size_t at = 0; at < m_entries.size(); ++at) {
        m_subjects[m_entries[at].subject].push_back(at);
        m_byId.emplace(m_entries[at].id, at);
    }
}

void FolderRegistry::giveIds()
{
    std::map<QByteArray, std::int64_t> ids; // by meaning
    std::set<std::int64_t> taken;
    for (const SchemaFile& file : m_folder.files()) {
        bool isNumber = false;
        const qlonglong id = QFileInfo(file.path).completeBaseName().toLongLong(&isNumber);
        if (!file.eventType.isEmpty() || !isNumber || id <= 0 || id > 0x7FFFFFFF)
            continue;
        const auto text = m_folder.read(file.path);
        const auto canonical = text ? canonicalSchemaText(file.language, *text) : std::nullopt;
        if (canonical && ids.emplace(meaningOf(file.language, *canonical), id).second)
            taken.insert(id);
    }
    std::map<QByteArray, QByteArray> byHash; // what needs a number, in an order that nothing else changes
    for (const Entry& entry : m_entries) {
        if (!ids.contains(entry.meaning))
            byHash.emplace(hashOf(entry.meaning), entry.meaning);
    }
    for (const auto& [hash, meaning] : byHash) {
        std::int64_t id = 0;
        for (int at = 0; at < 4; ++at)
            id = id << 8 | static_cast<std::uint8_t>(hash[at]);
        id &= 0x7FFFFFFF;
        while (id == 0 || taken.contains(id))
            id = id >= 0x7FFFFFFF ? 1 : id + 1;
        taken.insert(id);
        ids.emplace(meaning, id);
    }
    for (Entry& entry : m_entries) {
        entry.id = ids.at(entry.meaning);
        entry.schema.id = entry.id;
        entry.schema.guid = guidOf(entry.meaning);
    }
}

std::vector<SchemaReference> FolderRegistry::referencesOf(const SchemaFile& file, const QByteArray& text) const
{
    std::set<QString> names;
    if (file.language == SchemaLanguage::JsonSchema)
        names = jsonReferences(text);
    else if (file.language == SchemaLanguage::Protobuf)
        names = protoImports(text);
    const QString beside = file.path.contains(u'/') ? file.path.section(u'/', 0, -2) + u'/' : QString();
    std::vector<SchemaReference> references;
    for (const QString& name : names) {
        for (const QString& path : {QDir::cleanPath(beside + name), QDir::cleanPath(name)}) {
            const auto target =
                std::find_if(m_folder.files().begin(), m_folder.files().end(),
                             [&](const SchemaFile& other) { return other.path == path && !other.eventType.isEmpty(); });
            if (target == m_folder.files().end())
                continue;
            references.push_back({name, target->eventType, target->version});
            break;
        }
    }
    return references;
}

QString FolderRegistry::subjectOf(const QString& asked) const
{
    // The default context may be spelt out.
    const QString plain = asked.startsWith(u":.:"_s) ? asked.sliced(3) : asked;
    if (m_subjects.contains(plain))
        return plain;
    const QString value = u"-value"_s;
    if (!plain.endsWith(value))
        return {};
    const QString stem = plain.chopped(value.size());
    QStringList events = m_catalog.eventTypesOfTopic(stem);
    events.removeIf([this](const QString& event) { return !m_subjects.contains(event); });
    if (events.size() == 1)
        return events.front();
    return events.isEmpty() && m_subjects.contains(stem) ? stem : QString();
}

const FolderRegistry::Entry* FolderRegistry::entryOf(const QString& asked, const QString& version,
                                                     RegistryAnswer& refusal) const
{
    const QString subject = subjectOf(asked);
    if (subject.isEmpty()) {
        refusal = refuse(404, noSuchSubject, u"Subject '%1' not found."_s.arg(asked));
        return nullptr;
    }
    const std::vector<std::size_t>& entries = m_subjects.at(subject);
    if (version == u"latest" || version == u"-1")
        return &m_entries[entries.back()];
    bool isNumber = false;
    const int number = version.toInt(&isNumber);
    if (!isNumber || number < 0) {
        refusal =
            refuse(422, invalidVersion,
                   u"The specified version '%1' is not a valid version id; write a number, or latest."_s.arg(version));
        return nullptr;
    }
    for (const std::size_t at : entries) {
        if (m_entries[at].version == number)
            return &m_entries[at];
    }
    refusal = refuse(404, noSuchVersion, u"Version %1 not found."_s.arg(number));
    return nullptr;
}

const FolderRegistry::Entry* FolderRegistry::entryOfId(std::int64_t id) const
{
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? nullptr : &m_entries[found->second];
}

RegistryAnswer FolderRegistry::answer(const RegistryRequest& request) const
{
    const Segments segments = segmentsOf(request.path);
    const QString first = segments.empty() ? QString() : segments[0];
    if (request.method == "GET" || request.method == "HEAD")
        return get(segments, request);
    if (request.method == "POST" && first == u"compatibility")
        return judge(segments, request);
    if (request.method == "POST" && first == u"subjects" && segments.size() == 2)
        return lookUp(segments[1], request, false);
    if (request.method == "POST" && first == u"subjects" && segments.size() == 3 && segments[2] == u"versions")
        return lookUp(segments[1], request, true);
    if ((request.method == "PUT" || request.method == "DELETE" || request.method == "POST") &&
        (first == u"config" || first == u"mode" || first == u"subjects"))
        return refuseWrite();
    return refuse(405, 405, u"HTTP 405 Method Not Allowed"_s);
}

RegistryAnswer FolderRegistry::get(const Segments& segments, const RegistryRequest& request) const
{
    const QString first = segments.empty() ? QString() : segments[0];
    if (first.isEmpty())
        return {200, "{}"};
    if (first == u"schemas")
        return getSchemas(segments, request);
    if (first == u"subjects" && segments.size() > 1)
        return getSubject(segments);
    JsonWriter json;
    if (first == u"subjects") {
        const auto prefix = request.query.find("subjectPrefix");
        const QString wanted = prefix == request.query.end() ? QString() : QString::fromUtf8(prefix->second);
        json.beginArray();
        for (const auto& [subject, entries] : m_subjects) {
            if (wanted.isEmpty() || wanted == u":*:" || subject.startsWith(wanted))
                json.value(subject);
        }
        json.endArray();
    } else if (first == u"config") {
        json.beginObject().field(u"compatibilityLevel", m_level).endObject();
    } else if (first == u"mode") {
        json.beginObject().field(u"mode", u"READONLY"_s).endObject();
    } else if (first == u"contexts") {
        json.beginArray().value(u"."_s).endArray();
    } else if (first == u"v1" && segments.size() == 3 && segments[1] == u"metadata" && segments[2] == u"id") {
        json.beginObject().field(u"scope", u""_s).field(u"id", u"spillway"_s).endObject();
    } else if (first == u"v1" && segments.size() == 3 && segments[1] == u"metadata" && segments[2] == u"version") {
        json.beginObject().field(u"version", QStringLiteral(SPILLWAY_VERSION)).field(u"commitId", u""_s).endObject();
    } else {
        return notFound();
    }
    return {200, json.json()};
}

RegistryAnswer FolderRegistry::getSubject(const Segments& segments) const
{
    if (segments.size() < 3 || segments[2] != u"versions" || segments.size() > 5)
        return notFound();
    JsonWriter json;
    if (segments.size() == 3) {
        const QString subject = subjectOf(segments[1]);
        if (subject.isEmpty())
            return refuse(404, noSuchSubject, u"Subject '%1' not found."_s.arg(segments[1]));
        json.beginArray();
        for (const std::size_t at : m_subjects.at(subject))
            json.value(m_entries[at].version);
        json.endArray();
        return {200, json.json()};
    }
    RegistryAnswer refusal;
    const Entry* entry = entryOf(segments[1], segments[3], refusal);
    if (!entry)
        return refusal;
    if (segments.size() == 4) {
        json.beginObject()
            .field(u"subject", segments[1])
            .field(u"version", entry->version)
            .field(u"id", entry->id)
            .field(u"guid", entry->schema.guid);
        writeText(json, entry->schema);
        json.endObject();
        return {200, json.json()};
    }
    if (segments[4] == u"schema")
        return {200, entry->schema.text};
    if (segments[4] != u"referencedby")
        return notFound();
    std::set<std::int64_t> ids;
    for (const Entry& other : m_entries) {
        for (const SchemaReference& reference : other.schema.references) {
            if (reference.subject == entry->subject && reference.version == entry->version)
                ids.insert(other.id);
        }
    }
    json.beginArray();
    for (const std::int64_t id : ids)
        json.value(id);
    json.endArray();
    return {200, json.json()};
}

RegistryAnswer FolderRegistry::getSchemas(const Segments& segments, const RegistryRequest& request) const
{
    JsonWriter json;
    if (segments.size() == 1) {
        const auto asked = [&](const char* name) {
            const auto found = request.query.find(name);
            return found == request.query.end() ? QString() : QString::fromUtf8(found->second);
        };
        const QString prefix = asked("subjectPrefix");
        json.beginArray();
        for (const auto& [subject, entries] : m_subjects) {
            if (!prefix.isEmpty() && !subject.startsWith(prefix))
                continue;
            for (const std::size_t at : entries) {
                const Entry& entry = m_entries[at];
                if (asked("latestOnly") == u"true" && at != entries.back())
                    continue;
                json.beginObject().field(u"subject", subject).field(u"version", entry.version).field(u"id", entry.id);
                writeText(json, entry.schema);
                json.endObject();
            }
        }
        json.endArray();
        return {200, json.json()};
    }
    if (segments.size() == 2 && segments[1] == u"types") {
        json.beginArray().value(u"JSON"_s).value(u"PROTOBUF"_s).value(u"AVRO"_s).endArray();
        return {200, json.json()};
    }
    const Entry* entry = nullptr;
    if (segments.size() >= 3 && segments[1] == u"ids") {
        bool isNumber = false;
        const std::int64_t id = segments[2].toLongLong(&isNumber);
        entry = isNumber ? entryOfId(id) : nullptr;
    } else if (segments.size() == 3 && segments[1] == u"guids") {
        for (const Entry& candidate : m_entries) {
            if (candidate.schema.guid == segments[2].toLower())
                entry = &candidate;
        }
    } else {
        return notFound();
    }
    if (!entry)
        return refuse(404, noSuchSchema, u"Schema %1 not found"_s.arg(segments[2]));
    if (segments.size() == 3) {
        json.beginObject();
        writeText(json, entry->schema);
        json.field(u"guid", entry->schema.guid).endObject();
        return {200, json.json()};
    }
    if (segments.size() != 4)
        return notFound();
    if (segments[3] == u"schema")
        return {200, entry->schema.text};
    if (segments[3] != u"subjects" && segments[3] != u"versions")
        return notFound();
    json.beginArray();
    QString last;
    for (const Entry& each : m_entries) {
        if (each.id != entry->id)
            continue;
        if (segments[3] == u"versions")
            json.beginObject().field(u"subject", each.subject).field(u"version", each.version).endObject();
        else if (std::exchange(last, each.subject) != each.subject)
            json.value(each.subject);
    }
    json.endArray();
    return {200, json.json()};
}

/// A schema by its text. Registering one that is there already changes nothing, so it is answered as by any registry.
RegistryAnswer FolderRegistry::lookUp(const QString& asked, const RegistryRequest& request, bool isWrite) const
{
    const auto proposal = proposalOf(request.body);
    const auto canonical = proposal ? canonicalSchemaText(proposal->language, proposal->text) : std::nullopt;
    if (!canonical)
        return refuse(422, invalidSchema, u"Invalid schema: no text that reads, or a schemaType nobody knows"_s);
    const QString subject = subjectOf(asked);
    const QByteArray meaning = meaningOf(proposal->language, *canonical);
    for (const Entry& entry : m_entries) {
        if (entry.subject != subject || entry.meaning != meaning)
            continue;
        JsonWriter json;
        json.beginObject();
        if (!isWrite)
            json.field(u"subject", asked).field(u"version", entry.version);
        json.field(u"id", entry.id);
        if (!isWrite) {
            json.field(u"guid", entry.schema.guid);
            writeText(json, entry.schema);
        }
        json.endObject();
        return {200, json.json()};
    }
    if (isWrite)
        return refuseWrite();
    if (subject.isEmpty())
        return refuse(404, noSuchSubject, u"Subject '%1' not found."_s.arg(asked));
    return refuse(404, noSuchSchema, u"Schema not found"_s);
}

RegistryAnswer FolderRegistry::judge(const Segments& segments, const RegistryRequest& request) const
{
    // compatibility/subjects/S/versions[/V]
    if (segments.size() < 4 || segments.size() > 5 || segments[1] != u"subjects" || segments[3] != u"versions")
        return notFound();
    const auto proposal = proposalOf(request.body);
    if (!proposal || !canonicalSchemaText(proposal->language, proposal->text))
        return refuse(422, invalidSchema, u"Invalid schema: no text that reads, or a schemaType nobody knows"_s);
    RegistryAnswer refusal;
    const Entry* entry = entryOf(segments[2], segments.size() == 5 ? segments[4] : u"latest"_s, refusal);
    if (!entry && segments.size() == 5)
        return refusal;
    RegistryCompatibility verdict{.isCompatible = true, .messages = {}}; // the first version goes with everything
    if (entry) {
        if (!m_judge)
            return refuse(501, 501, u"this build does not judge compatibility; run spillwayctl schema check"_s);
        const auto judged =
            m_judge(m_folder, entry->subject, segments.size() == 5 ? std::optional(entry->version) : std::nullopt,
                    proposal->language, proposal->text);
        if (!judged)
            return refuse(judged.error().code == ErrorCode::Unsupported ? 501 : 500,
                          judged.error().code == ErrorCode::Unsupported ? 501 : 50001, judged.error().detail);
        verdict = *judged;
    }
    JsonWriter json;
    json.beginObject().field(u"is_compatible", verdict.isCompatible);
    const auto verbose = request.query.find("verbose");
    if (verbose != request.query.end() && verbose->second == "true") {
        json.key(u"messages").beginArray();
        for (const QString& message : verdict.messages)
            json.value(message);
        json.endArray();
    }
    json.endObject();
    return {200, json.json()};
}

} // namespace spillway
