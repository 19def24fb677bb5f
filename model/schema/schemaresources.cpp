// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schemaresources.h"

#include <QUrl>

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int deepest = 250;
constexpr std::size_t mostDocuments = 500;

constexpr std::array<std::string_view, 12> singles{
    "additionalItems",  "additionalProperties",  "contains",     "else", "if", "items", "not", "propertyNames", "then",
    "unevaluatedItems", "unevaluatedProperties", "contentSchema"};
constexpr std::array<std::string_view, 5> lists{"allOf", "anyOf", "items", "oneOf", "prefixItems"};
constexpr std::array<std::string_view, 6> maps{
    "$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"};

template<std::size_t N>
bool isOneOf(std::string_view word, const std::array<std::string_view, N>& words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

QString withoutFragment(const QString& uri)
{
    return uri.section(u'#', 0, 0);
}

/// `reference` seen from `base`, without fragment. An address like `urn:…` takes no relative parts.
QString resolvedUri(const QString& base, const QString& reference)
{
    const QString bare = withoutFragment(reference);
    if (bare.isEmpty())
        return base;
    return QUrl(base).resolved(QUrl(bare)).toString(QUrl::FullyEncoded);
}

} // namespace

SchemaResources::SchemaResources(SchemaProgram& program, const SchemaLoader& load, const SchemaReading& reading)
    : m_program(program)
    , m_load(load)
    , m_reading(reading)
    , m_anchorNumbers{{QString(), recursiveAnchor}}
{
}

QString SchemaResources::text(SchemaPlace place) const
{
    const std::string_view text = tape(place.document).text(place.node);
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

void SchemaResources::fault(SchemaPlace place, const QString& message)
{
    const SchemaDocument& document = *m_program.documents[place.document];
    const qsizetype at = document.tape.size() > place.node ? document.tape[place.node].first : 0;
    const QByteArrayView before = QByteArrayView(document.json).first(at);
    const auto line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
    const auto column = static_cast<int>(at - before.lastIndexOf('\n'));
    SchemaFault fault{document.uri, line, column, message};
    if (m_program.faults.size() < 200 &&
        std::find(m_program.faults.begin(), m_program.faults.end(), fault) == m_program.faults.end())
        m_program.faults.push_back(std::move(fault));
}

int SchemaResources::anchorNumber(const QString& name)
{
    return m_anchorNumbers.emplace(name, static_cast<int>(m_anchorNumbers.size())).first->second;
}

std::optional<std::uint32_t> SchemaResources::addDocument(const QString& uri, const QByteArray& json)
{
    if (m_program.documents.size() >= mostDocuments)
        return std::nullopt;
    auto document = std::make_unique<SchemaDocument>();
    document->uri = uri;
    document->json = json;
    const bool isJson = document->tape.parse(document->json);
    const auto index = static_cast<std::uint32_t>(m_program.documents.size());
    m_program.documents.push_back(std::move(document));
    if (!isJson) {
        const JsonTapeFault& fault = m_program.documents[index]->tape.fault();
        const QByteArrayView before = QByteArrayView(m_program.documents[index]->json).first(fault.at);
        m_program.faults.push_back({uri, static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
                                    static_cast<int>(fault.at - before.lastIndexOf('\n')),
                                    u"the schema is no JSON: %1"_s.arg(fault.message)});
        return std::nullopt;
    }
    const auto resource = static_cast<std::uint32_t>(m_resources.size());
    const SchemaPlace root{index, 0};
    m_resources.push_back({uri, root, dialectOf(root, SchemaDialect{m_reading.withoutSchemaKeyword}), false});
    m_byUri.emplace(uri, resource);
    scan(root, resource, 0);
    return index;
}

std::optional<SchemaDialect> SchemaResources::dialectOf(SchemaPlace place, std::optional<SchemaDialect> outer)
{
    const auto keyword = tape(place.document).member(place.node, "$schema");
    if (!keyword || tape(place.document)[*keyword].kind != JsonKind::String)
        return outer;
    const QString metaSchema = text({place.document, *keyword});
    if (const auto draft = schemaDraftFromUri(metaSchema))
        return SchemaDialect{*draft};
    auto custom = customDialect(withoutFragment(metaSchema));
    if (!custom)
        fault({place.document, *keyword}, u"the dialect that \"$schema\" names is not known"_s);
    return custom;
}

/// A meta-schema of the user's: the draft it is written in, with the vocabularies that it switches on.
std::optional<SchemaDialect> SchemaResources::customDialect(const QString& metaSchema)
{
    const auto json = m_load ? m_load(metaSchema) : std::nullopt;
    JsonTape meta;
    if (!json || !meta.parse(*json))
        return std::nullopt;
    const auto written = meta.member(0, "$schema");
    if (!written)
        return std::nullopt;
    const std::string_view name = meta.text(*written);
    const auto draft = schemaDraftFromUri(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())));
    if (!draft || *draft < SchemaDraft::Draft2019)
        return std::nullopt;
    SchemaDialect dialect{*draft};
    const auto vocabularies = meta.member(0, "$vocabulary");
    if (!vocabularies)
        return dialect;
    dialect.vocabularies = coreVocabulary;
    for (std::uint32_t i = *vocabularies + 1; i < meta[*vocabularies].end; i = meta[i + 1].end) {
        const std::string_view uri = meta.text(i);
        const auto bits = vocabularyFromUri(QString::fromUtf8(uri.data(), static_cast<qsizetype>(uri.size())));
        if (!bits && meta.isTrue(i + 1))
            return std::nullopt;
        dialect.vocabularies |= bits.value_or(0);
    }
    return dialect;
}

/// The resource that begins here: a new one when the schema has an address of its own, else the outer one.
std::uint32_t SchemaResources::enter(SchemaPlace place, std::uint32_t outer)
{
    const JsonTape& json = tape(place.document);
    std::optional<SchemaDialect> dialect = m_resources[outer].dialect;
    const bool isRoot = m_resources[outer].root == place;
    if (!isRoot && json.member(place.node, "$schema"))
        dialect = dialectOf(place, dialect);
    const bool isOld = dialect && dialect->draft <= SchemaDraft::Draft7;
    const auto keyword = json.member(place.node, dialect && dialect->draft == SchemaDraft::Draft4 ? "id" : "$id");
    if (!keyword || json[*keyword].kind != JsonKind::String || (isOld && json.member(place.node, "$ref")))
        return outer;
    const QString id = text({place.document, *keyword});
    const QString fragment = id.section(u'#', 1);
    if (isOld && id.startsWith(u'#')) {
        m_anchors.emplace(std::pair{outer, fragment}, place);
        return outer;
    }
    const QString uri = resolvedUri(m_resources[outer].uri, id);
    std::uint32_t resource = outer;
    if (isRoot) {
        m_resources[outer].uri = uri;
    } else {
        resource = static_cast<std::uint32_t>(m_resources.size());
        m_resources.push_back({uri, place, dialect, false});
    }
    m_byUri.emplace(uri, resource);
    if (isOld && !fragment.isEmpty())
        m_anchors.emplace(std::pair{resource, fragment}, place);
    return resource;
}

void SchemaResources::scan(SchemaPlace place, std::uint32_t outer, int depth)
{
    const JsonTape& json = tape(place.document);
    if (m_owner.contains(place))
        return;
    if (depth > deepest || json[place.node].kind != JsonKind::Object) {
        m_owner.emplace(place, outer);
        if (depth > deepest && m_tooDeep.insert(place.document).second)
            fault(place, u"the schema is nested deeper than %1 levels"_s.arg(deepest));
        return;
    }
    const std::uint32_t resource = enter(place, outer);
    m_owner.emplace(place, resource);
    const auto draft = m_resources[resource].dialect ? m_resources[resource].dialect->draft : SchemaDraft::Draft2020;
    for (std::uint32_t i = place.node + 1; i < json[place.node].end; i = json[i + 1].end) {
        const std::string_view word = json.text(i);
        const SchemaPlace value{place.document, i + 1};
        const JsonNode& node = json[i + 1];
        if (node.kind == JsonKind::String && draft >= SchemaDraft::Draft2019 &&
            (word == "$anchor" || word == "$dynamicAnchor")) {
            m_anchors.emplace(std::pair{resource, text(value)}, place);
            if (word == "$dynamicAnchor" && draft == SchemaDraft::Draft2020)
                m_dynamic.push_back({resource, anchorNumber(text(value)), place});
        } else if (word == "$recursiveAnchor" && node.kind == JsonKind::True && draft == SchemaDraft::Draft2019 &&
                   m_resources[resource].root == place) {
            m_resources[resource].recursiveAnchor = true;
            m_dynamic.push_back({resource, recursiveAnchor, place});
        }
        if (node.kind == JsonKind::Object && isOneOf(word, singles)) {
            scan(value, resource, depth + 1);
        } else if (node.kind == JsonKind::Array && isOneOf(word, lists)) {
            for (std::uint32_t k = i + 2; k < node.end; k = json[k].end)
                scan({place.document, k}, resource, depth + 1);
        } else if (node.kind == JsonKind::Object && isOneOf(word, maps)) {
            for (std::uint32_t k = i + 2; k < node.end; k = json[k + 1].end)
                scan({place.document, k + 1}, resource, depth + 1);
        }
    }
}

std::optional<std::uint32_t> SchemaResources::resourceAt(const QString& uri)
{
    if (const auto known = m_byUri.find(uri); known != m_byUri.end())
        return known->second;
    if (m_missing.contains(uri))
        return std::nullopt;
    auto json = bundledMetaSchema(uri);
    if (!json && m_load)
        json = m_load(uri);
    if (!json || !addDocument(uri, *json)) {
        m_missing.emplace(uri, json.has_value());
        return std::nullopt;
    }
    const auto known = m_byUri.find(uri);
    return known == m_byUri.end() ? std::nullopt : std::optional(known->second);
}

std::optional<SchemaPlace> SchemaResources::follow(std::uint32_t resource, QStringView pointer)
{
    SchemaPlace place = m_resources[resource].root;
    std::uint32_t owner = resource;
    const auto parts = pointer.sliced(1).split(u'/');
    for (const QStringView part : parts) {
        const JsonTape& json = tape(place.document);
        const QString step = part.toString().replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
        std::optional<std::uint32_t> next;
        if (json[place.node].kind == JsonKind::Array) {
            bool isIndex = false;
            const uint index = step.toUInt(&isIndex);
            if (isIndex)
                next = json.element(place.node, index);
        } else {
            next = json.member(place.node, step.toStdString());
        }
        if (!next)
            return std::nullopt;
        place.node = *next;
        if (const auto known = m_owner.find(place); known != m_owner.end())
            owner = known->second;
    }
    if (!m_owner.contains(place))
        scan(place, owner, static_cast<int>(parts.size()));
    return place;
}

std::optional<SchemaPlace> SchemaResources::resolve(std::uint32_t resource, const QString& reference)
{
    int ignored = -1;
    return resolveDynamic(resource, reference, ignored);
}

bool SchemaResources::isUnreadable(std::uint32_t resource, const QString& reference) const
{
    const auto missing = m_missing.find(resolvedUri(m_resources[resource].uri, reference));
    return missing != m_missing.end() && missing->second;
}

std::optional<SchemaPlace> SchemaResources::resolveDynamic(std::uint32_t resource, const QString& reference,
                                                           int& dynamicAnchor)
{
    dynamicAnchor = -1;
    const auto target = resourceAt(resolvedUri(m_resources[resource].uri, reference));
    if (!target)
        return std::nullopt;
    const QString fragment = QUrl::fromPercentEncoding(reference.section(u'#', 1).toUtf8());
    if (fragment.isEmpty())
        return m_resources[*target].root;
    if (fragment.startsWith(u'/'))
        return follow(*target, fragment);
    const auto anchor = m_anchors.find({*target, fragment});
    if (anchor == m_anchors.end())
        return std::nullopt;
    for (const DynamicAnchor& dynamic : m_dynamic) {
        if (dynamic.resource == *target && dynamic.place == anchor->second && dynamic.anchor != recursiveAnchor)
            dynamicAnchor = dynamic.anchor;
    }
    return anchor->second;
}

} // namespace spillway
