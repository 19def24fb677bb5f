// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trail/trailkey.h"

#include "model/base/bytesearch.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/query.h"
#include "model/mask/fieldpath.h"

#include <QtEndian>

#include <algorithm>
#include <array>
#include <cstring>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Names as `comparableName` makes them: `event_id`, `eventId` and `Event-Id` are one.
constexpr std::array<QByteArrayView, 5> eventIdNames{"eventid", "ceid", "messageid", "id", "causationid"};
constexpr std::array<QByteArrayView, 5> traceIdNames{"traceid", "xtraceid", "xb3traceid", "traceparent", "b3"};
constexpr std::array<QByteArrayView, 6> otherIdNames{"correlationid", "xcorrelationid",     "requestid",
                                                     "xrequestid",    "kafkacorrelationid", "cecorrelationid"};

constexpr std::array<const char*, 10> payloadNames{"event_id",       "eventId",       "id",           "message_id",
                                                   "correlation_id", "correlationId", "causation_id", "causationId",
                                                   "trace_id",       "traceId"};

template<typename Names>
bool isOneOf(const Names& names, QByteArrayView name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The trace id within W3C's `00-<trace>-<span>-01` and B3's `<trace>-<span>-1`; the value itself elsewhere.
QByteArray traceOf(QByteArrayView name, const QByteArray& value)
{
    const qsizetype part = name == "traceparent" ? 1 : 0;
    const QList<QByteArray> parts = value.split('-');
    return (name == "traceparent" || name == "b3") && parts.size() > part ? parts[part] : value;
}

JsonPath pathOf(const QString& dotted)
{
    JsonPath path;
    for (const QString& key : dotted.split(u'.'))
        path.push_back({.key = key, .index = {}});
    return path;
}

constexpr std::size_t mostIds = 32;
constexpr qsizetype longestId = 256;

} // namespace

Result<TrailField> parseTrailField(const QString& text)
{
    const bool isNamed = text.startsWith(u"payload."_s) || text.startsWith(u"header."_s);
    const auto query = readQuery((isNamed ? text : u"payload."_s + text) + u":x"_s);
    if (!query || query->root.kind != QueryNode::Kind::Term ||
        (query->root.term.field != QueryField::Payload && query->root.term.field != QueryField::Header))
        return fail(
            ErrorCode::InvalidConfig,
            u"--field '%1' names no field; write payload.order.id, payload.items[0].sku or header.X-Order"_s.arg(
                visibleText(text)));
    const QueryTerm& term = query->root.term;
    return TrailField{.header = term.header, .path = term.path, .written = text};
}

std::vector<QByteArray> TrailKey::asRecordKeys() const
{
    std::vector<QByteArray> keys{bytes};
    if (!isUtf8(bytes))
        return keys;
    keys.push_back(JsonWriter().value(QString::fromUtf8(bytes)).json());
    bool isNumber = false;
    const qint64 number = bytes.toLongLong(&isNumber);
    if (!isNumber || QByteArray::number(number) != bytes)
        return keys;
    const auto bigEndian = [&keys](auto value) {
        const auto big = qToBigEndian(value);
        keys.emplace_back(reinterpret_cast<const char*>(&big), static_cast<qsizetype>(sizeof big));
    };
    if (number >= std::numeric_limits<qint32>::min() && number <= std::numeric_limits<qint32>::max())
        bigEndian(static_cast<qint32>(number));
    bigEndian(number);
    return keys;
}

Result<TrailKey> trailKeyOf(const QString& text, bool isBase64, const QStringList& fields)
{
    TrailKey key{.bytes = text.toUtf8(), .fields = {}};
    if (isBase64) {
        const auto decoded = QByteArray::fromBase64Encoding(key.bytes, QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded)
            return fail(ErrorCode::InvalidConfig,
                        u"KEY is no base64; write it as keyBase64 shows it, or leave --base64 out"_s);
        key.bytes = *decoded;
    }
    if (key.bytes.isEmpty())
        return fail(ErrorCode::InvalidConfig, u"KEY is empty; write a record's key or an id"_s);
    if (key.bytes.size() > longestTrailKey)
        return fail(ErrorCode::InvalidConfig, u"KEY is longer than %1; write a shorter id of the same record"_s.arg(
                                                  formatSizeBytes(longestTrailKey)));
    for (const QString& field : fields) {
        auto parsed = parseTrailField(field);
        if (!parsed)
            return tl::unexpected<Error>(parsed.error());
        key.fields.push_back(std::move(*parsed));
    }
    return key;
}

QString trailMatchWord(const TrailMatch& match)
{
    switch (match.by) {
    case TrailMatch::By::Key:
        return u"key"_s;
    case TrailMatch::By::Header:
        return u"header:"_s + match.name;
    case TrailMatch::By::Payload:
        return u"payload:"_s + match.name;
    case TrailMatch::By::Link:
        return u"link"_s;
    }
    return {};
}

TrailMatcher::TrailMatcher(TrailKey key, const Catalog& catalog)
    : m_key(std::move(key))
    , m_recordKeys(m_key.asRecordKeys())
{
    if (isUtf8(m_key.bytes))
        m_quoted = m_recordKeys[1];
    for (const TrailField& field : m_key.fields) {
        if (field.header.isEmpty())
            m_fields.push_back({field.written.startsWith(u"payload."_s) ? field.written.mid(8) : field.written,
                                JsonPathReader(field.path)});
    }
    for (const char* name : payloadNames)
        m_fields.push_back({QString::fromLatin1(name), JsonPathReader(pathOf(QString::fromLatin1(name)))});
    for (const CatalogEvent& event : catalog.events()) {
        if (!event.partitionKey.isEmpty() && !event.topic.isEmpty())
            m_fieldsOfTopic[event.topic].push_back({event.partitionKey, JsonPathReader(pathOf(event.partitionKey))});
    }
}

bool TrailMatcher::isKey(QByteArrayView bytes) const
{
    return bytes == QByteArrayView(m_key.bytes) || (!m_quoted.isEmpty() && bytes == QByteArrayView(m_quoted));
}

std::optional<TrailMatch> TrailMatcher::match(const RawRecord& record, const QString& topic) const
{
    const auto isRecordKey = [this](QByteArrayView bytes) {
        return std::any_of(m_recordKeys.begin(), m_recordKeys.end(),
                           [bytes](const QByteArray& key) { return bytes == QByteArrayView(key); });
    };
    if (record.key && isRecordKey(*record.key))
        return TrailMatch{TrailMatch::By::Key, {}};
    if (const auto own = record.key ? uForwarderData(*record.key) : std::nullopt; own && isRecordKey(*own))
        return TrailMatch{TrailMatch::By::Key, {}};
    if (auto header = inHeaders(record))
        return header;
    return record.value ? inPayload(*record.value, topic) : std::nullopt;
}

std::optional<TrailMatch> TrailMatcher::inHeaders(const RawRecord& record) const
{
    for (const Header& header : record.headers) {
        if (!header.value || findBytes(*header.value, m_key.bytes) < 0)
            continue;
        const auto isNamed = [&header](const TrailField& field) {
            return !field.header.isEmpty() && header.name == field.header.toUtf8();
        };
        const QByteArray name = comparableName(header.name);
        const bool isTrace = isOneOf(traceIdNames, name);
        const bool counts = isTrace || isOneOf(eventIdNames, name) || isOneOf(otherIdNames, name) ||
                            std::any_of(m_key.fields.begin(), m_key.fields.end(), isNamed);
        if (counts && (isKey(*header.value) || (isTrace && isKey(traceOf(name, *header.value)))))
            return TrailMatch{TrailMatch::By::Header, QString::fromUtf8(header.name)};
    }
    return std::nullopt;
}

std::optional<TrailMatch> TrailMatcher::inPayload(QByteArrayView payload, const QString& topic) const
{
    const QByteArrayView json = unframedJson(payload);
    // An escape may spell the key otherwise; else it stands there as it is.
    if (json.isEmpty() || (findBytes(json, m_key.bytes) < 0 && findBytes(json, "\\") < 0))
        return std::nullopt;
    const auto holds = [&](const Field& field) {
        const auto value = field.reader.read(json);
        return value && (value->type == JsonScalar::Type::Text || value->type == JsonScalar::Type::Number) &&
               QByteArrayView(value->text.data(), static_cast<qsizetype>(value->text.size())) ==
                   QByteArrayView(m_key.bytes);
    };
    if (const auto own = m_fieldsOfTopic.find(topic); own != m_fieldsOfTopic.end()) {
        for (const Field& field : own->second) {
            if (holds(field))
                return TrailMatch{TrailMatch::By::Payload, field.name};
        }
    }
    for (const Field& field : m_fields) {
        if (holds(field))
            return TrailMatch{TrailMatch::By::Payload, field.name};
    }
    return std::nullopt;
}

std::set<QByteArray> idsOf(const RawRecord& record)
{
    std::set<QByteArray> ids;
    const auto add = [&ids](QByteArray id) {
        if (!id.isEmpty() && id.size() <= longestId && ids.size() < mostIds)
            ids.insert(std::move(id));
    };
    for (const Header& header : record.headers) {
        if (!header.value || header.value->size() > longestId)
            continue;
        const QByteArray name = comparableName(header.name);
        if (isOneOf(traceIdNames, name))
            add(traceOf(name, *header.value));
        else if (name == "eventid" || name == "ceid" || name == "messageid")
            add(*header.value);
    }
    const QByteArrayView json = unframedJson(record.value ? QByteArrayView(*record.value) : QByteArrayView());
    for (const char* name : {"event_id", "eventId", "trace_id", "traceId"}) {
        const auto value = json.isEmpty() ? std::nullopt : jsonValue(json, pathOf(QString::fromLatin1(name)));
        if (value && value->type == JsonScalar::Type::Text)
            add(value->text.toUtf8());
    }
    return ids;
}

QByteArrayView unframedJson(QByteArrayView payload)
{
    if (payload.size() > 5 && payload[0] == '\0')
        payload = payload.sliced(5);
    qsizetype at = 0;
    while (at < payload.size() &&
           (payload[at] == ' ' || payload[at] == '\n' || payload[at] == '\r' || payload[at] == '\t'))
        ++at;
    return at < payload.size() && (payload[at] == '{' || payload[at] == '[') ? payload : QByteArrayView();
}

} // namespace spillway
