// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/registry/registrysource.h"

#include "connectors/http/httpclient.h"
#include "model/base/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

#include <algorithm>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostSubjects = 100'000;

QString encoded(const QString& part)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(part));
}

/// A whole number from 0 to 2^53; nullopt for anything else.
std::optional<std::int64_t> wholeNumber(const QJsonValue& value)
{
    const double number = value.toDouble(-1);
    if (number < 0 || number > 9e15 || std::floor(number) != number)
        return std::nullopt;
    return static_cast<std::int64_t>(number);
}

std::optional<std::vector<SchemaReference>> referencesOf(const QJsonValue& value)
{
    std::vector<SchemaReference> references;
    for (const QJsonValue& entry : value.toArray()) {
        const auto version = wholeNumber(entry[u"version"]);
        if (!entry[u"name"].isString() || !entry[u"subject"].isString() || !version || *version > 1'000'000'000)
            return std::nullopt;
        references.push_back({entry[u"name"].toString(), entry[u"subject"].toString(), static_cast<int>(*version)});
    }
    return references;
}

} // namespace

struct RegistrySource::Reply
{
    QByteArray body;
    QJsonDocument json; ///< null where the body is none
    QString artifactType;
};

RegistrySource::RegistrySource(RegistrySettings settings, SecretStore& secrets)
    : m_settings(std::move(settings))
    , m_secrets(secrets)
{
}

RegistrySource::~RegistrySource() = default;

tl::unexpected<Error> RegistrySource::nonsense(const QString& what) const
{
    return fail(ErrorCode::Corrupt,
                u"registry %1 %2; is its url that of a Confluent-compatible registry?"_s.arg(m_settings.name, what));
}

Result<RegistrySource::Reply> RegistrySource::get(const QString& base, const QString& path, std::stop_token stop)
{
    const QString service = u"registry %1"_s.arg(m_settings.name);
    if (!m_client) {
        auto credentials = resolveCredentials(m_settings.security, m_secrets);
        if (!credentials)
            return failWithin(service, credentials.error());
        m_client = std::make_unique<HttpClient>(service, std::move(*credentials));
    }
    HttpRequest request;
    request.url = (base + path).toUtf8();
    request.headers = {{"Accept", "application/vnd.schemaregistry.v1+json, application/json, */*;q=0.1"}};
    auto answer = m_client->send(request, std::move(stop));
    if (!answer)
        return tl::unexpected(answer.error().error);
    Reply reply{.body = std::move(answer->body), .json = {}, .artifactType = {}};
    reply.json = QJsonDocument::fromJson(reply.body);
    reply.artifactType = QString::fromUtf8(answer->header("x-registry-artifacttype").value_or(QByteArray()));
    if (answer->status == 200)
        return reply;
    const auto code = wholeNumber(reply.json[u"error_code"]);
    if (answer->status == 401 || answer->status == 403)
        return fail(ErrorCode::Unauthorised,
                    u"%1 lets us not in (HTTP %2); check username, password or token, and the right to read"_s.arg(
                        service, QString::number(answer->status)));
    if (answer->status == 404 && (code || base != m_settings.url))
        return fail(ErrorCode::NotFound, u"%1 has no such subject, version or schema"_s.arg(service));
    if (answer->status >= 300 && answer->status < 400)
        return fail(ErrorCode::InvalidConfig,
                    u"%1 sends on to another address, which is not followed; write that one as its url"_s.arg(service));
    if (answer->status == 404)
        return fail(ErrorCode::InvalidConfig,
                    u"%1: there is no registry under this url; Apicurio's ends with /apis/ccompat/v7"_s.arg(service));
    return fail(ErrorCode::Unreachable,
                u"%1 answers with HTTP %2%3"_s.arg(service, QString::number(answer->status),
                                                   code ? u", code %1"_s.arg(*code) : QString()));
}

Result<QStringList> RegistrySource::subjects(std::stop_token stop)
{
    const auto reply = get(m_settings.url, u"/subjects"_s, std::move(stop));
    if (!reply)
        return tl::unexpected(reply.error());
    if (!reply->json.isArray())
        return nonsense(u"lists no subjects"_s);
    QStringList names;
    for (const QJsonValue& name : reply->json.array()) {
        if (!name.isString() || names.size() >= mostSubjects)
            return nonsense(u"lists subjects that are no names, or too many"_s);
        names += name.toString();
    }
    names.sort();
    return names;
}

Result<std::vector<int>> RegistrySource::versions(const QString& subject, std::stop_token stop)
{
    const auto reply = get(m_settings.url, u"/subjects/%1/versions"_s.arg(encoded(subject)), std::move(stop));
    if (!reply)
        return tl::unexpected(reply.error());
    std::vector<int> versions;
    for (const QJsonValue& entry : reply->json.array()) {
        const auto version = wholeNumber(entry);
        if (!version || *version > 1'000'000'000)
            return nonsense(u"lists versions that are no numbers"_s);
        versions.push_back(static_cast<int>(*version));
    }
    std::sort(versions.begin(), versions.end());
    return versions;
}

Result<RegistrySchema> RegistrySource::getSchema(const QString& path, std::stop_token stop)
{
    const auto reply = get(m_settings.url, path, std::move(stop));
    if (!reply)
        return tl::unexpected(reply.error());
    const QJsonObject json = reply->json.object();
    const auto language = languageFromRegistryWord(json[u"schemaType"].toString(u"AVRO"_s));
    auto references = referencesOf(json[u"references"]);
    if (!json[u"schema"].isString() || !references)
        return nonsense(u"gives no schema"_s);
    if (!language)
        return fail(ErrorCode::Unsupported,
                    u"registry %1 has this schema in a language that is not read here: %2"_s.arg(
                        m_settings.name, visibleText(json[u"schemaType"].toString()).left(40)));
    RegistrySchema schema{.subject = json[u"subject"].toString(),
                          .version = static_cast<int>(wholeNumber(json[u"version"]).value_or(0)),
                          .id = wholeNumber(json[u"id"]),
                          .guid = json[u"guid"].toString(),
                          .language = *language,
                          .text = json[u"schema"].toString().toUtf8(),
                          .references = std::move(*references)};
    return schema;
}

Result<RegistrySchema> RegistrySource::schema(const QString& subject, std::optional<int> version, std::stop_token stop)
{
    auto schema = getSchema(
        u"/subjects/%1/versions/%2"_s.arg(encoded(subject), version ? QString::number(*version) : u"latest"_s),
        std::move(stop));
    if (schema && schema->version <= 0)
        return nonsense(u"gives a schema without its version"_s);
    return schema;
}

/// Apicurio's own interface gives the text alone, and its language in a header.
Result<RegistrySchema> RegistrySource::getNative(const QString& path, std::stop_token stop)
{
    const qsizetype compatible = m_settings.url.indexOf(u"/apis/ccompat/"_s);
    if (compatible < 0)
        return fail(ErrorCode::NotFound,
                    u"registry %1 has no ids of Apicurio's; its url would hold /apis/ccompat/"_s.arg(m_settings.name));
    Error last;
    for (const QString& version : {u"v3"_s, u"v2"_s}) {
        const QString base = u"%1/apis/registry/%2"_s.arg(m_settings.url.first(compatible), version);
        const auto reply = get(base, path, stop);
        if (!reply) {
            last = reply.error();
            if (last.code != ErrorCode::NotFound)
                break;
            continue;
        }
        QString word = reply->artifactType;
        if (word.isEmpty())
            word = reply->json.isNull() && !reply->body.startsWith('"') ? u"PROTOBUF"_s
                   : reply->json[u"$schema"].isString()                 ? u"JSON"_s
                                                                        : u"AVRO"_s;
        const auto language = languageFromRegistryWord(word);
        if (!language)
            return fail(ErrorCode::Unsupported,
                        u"registry %1 has this schema in a language that is not read here"_s.arg(m_settings.name));
        RegistrySchema schema;
        schema.language = *language;
        schema.text = reply->body;
        return schema;
    }
    return tl::unexpected(last);
}

Result<RegistrySchema> RegistrySource::schemaOf(const WireFormat& wire, std::stop_token stop)
{
    switch (wire.kind) {
    case WireFormat::Kind::ConfluentId: {
        auto schema = getSchema(u"/schemas/ids/%1"_s.arg(encoded(wire.id)), std::move(stop));
        if (schema)
            schema->id = wire.id.toLongLong();
        return schema;
    }
    case WireFormat::Kind::ConfluentGuid:
        return getSchema(u"/schemas/guids/%1"_s.arg(encoded(wire.id)), std::move(stop));
    case WireFormat::Kind::ApicurioContentId:
    case WireFormat::Kind::ApicurioId: // what serialisers write unless told otherwise
        return getNative(u"/ids/contentIds/%1"_s.arg(encoded(wire.id)), std::move(stop));
    case WireFormat::Kind::ApicurioGlobalId:
        return getNative(u"/ids/globalIds/%1"_s.arg(encoded(wire.id)), std::move(stop));
    case WireFormat::Kind::None:
    case WireFormat::Kind::GlueVersion:
        break;
    }
    return fail(ErrorCode::NotFound, u"registry %1 has no ids of this kind"_s.arg(m_settings.name));
}

} // namespace spillway
