// SPDX-License-Identifier: GPL-3.0-or-later
// Entries of `registries:` and `notify:`: services that are reached by HTTP.
#include "model/workspace/settings.h"

#include <QUrl>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isThisMachine(const QString& url)
{
    const QString host = QUrl(url).host();
    return host == u"localhost" || host.startsWith(u"127.") || host == u"::1";
}

QString ownerOf(const YamlNode& node, const QString& kind)
{
    const YamlNode* name = node.find(u"name");
    return name != nullptr && name->kind == YamlNode::Kind::Scalar ? u"%1 %2"_s.arg(kind, quoted(name->text))
                                                                   : u"this %1"_s.arg(kind);
}

std::optional<SecretReference> readSecret(MapReader& map, const QString& key, const SettingsContext& context)
{
    const YamlNode* node = map.child(key);
    return node == nullptr ? std::nullopt : readSecretReference(*node, map.whatOf(key), context);
}

/// Keys of HttpSecurity. @param url  empty where it is a secret.
HttpSecurity readHttpSecurity(MapReader& map, const QString& url, const SettingsContext& context)
{
    HttpSecurity security;
    security.username = map.text(u"username"_s).value_or(QString());
    security.password = readSecret(map, u"password"_s, context);
    security.token = readSecret(map, u"token"_s, context);
    security.caFile = readFilePath(map, u"ca"_s, context);
    security.certificateFile = readFilePath(map, u"certificate"_s, context);
    security.keyFile = readFilePath(map, u"key"_s, context);
    security.keyPassword = readSecret(map, u"key_password"_s, context);
    const auto given = [&map](const QString& key) { return map.child(key) != nullptr; };
    if (given(u"username"_s) != given(u"password"_s))
        context.issues.error(map.node(), u"%1 names only one of 'username' and 'password'"_s.arg(map.what()),
                             u"write both, or neither"_s);
    if (given(u"token"_s) && given(u"username"_s))
        context.issues.error(map.node(), u"%1 names both a login and a 'token'"_s.arg(map.what()),
                             u"write username and password, or token"_s);
    if (given(u"certificate"_s) != given(u"key"_s))
        context.issues.error(map.node(), u"%1 names only one of 'certificate' and 'key'"_s.arg(map.what()),
                             u"write both, or neither"_s);
    if (url.startsWith(u"http:") && !isThisMachine(url) && (given(u"password"_s) || given(u"token"_s)))
        context.issues.error(map.node(), u"%1 would send a secret unencrypted"_s.arg(map.what()),
                             u"write its url with https"_s);
    return security;
}

QString withoutSlash(QString url)
{
    while (url.endsWith(u'/'))
        url.chop(1);
    return url;
}

} // namespace

QString faultOfHttpUrl(const QString& url)
{
    const QUrl parsed(url, QUrl::StrictMode);
    if (!parsed.isValid() || parsed.host().isEmpty())
        return u"is no address"_s;
    if (parsed.scheme() != u"http" && parsed.scheme() != u"https")
        return u"begins with neither http:// nor https://"_s;
    if (!parsed.userInfo().isEmpty() || url.contains(u'@'))
        return u"contains an @, so it may hold a password"_s;
    if (parsed.hasQuery() || parsed.hasFragment())
        return u"has a part behind ? or #"_s;
    return {};
}

std::optional<RegistrySettings> readRegistry(const YamlNode& node, const SettingsContext& context)
{
    MapReader map(node, ownerOf(node, u"registry"_s), context.issues);
    if (!map.isMap())
        return std::nullopt;
    RegistrySettings registry;
    registry.place = context.issues.place(node);
    registry.name = map.requiredText(u"name"_s, u"name: a short word for it"_s).value_or(QString());
    const QString example = u"url: https://registry.example.com"_s;
    if (const auto url = map.requiredText(u"url"_s, example)) {
        if (const QString fault = faultOfHttpUrl(*url); !fault.isEmpty())
            context.issues.error(*map.child(u"url"_s), u"%1 %2"_s.arg(map.whatOf(u"url"), fault),
                                 u"write %1; a login goes into username and password"_s.arg(example));
        else
            registry.url = withoutSlash(*url);
    }
    registry.security = readHttpSecurity(map, registry.url, context);
    registry.connections = map.textList(u"connections"_s);
    map.finish();
    return registry.name.isEmpty() ? std::nullopt : std::optional(registry);
}

std::optional<NotifyTarget> readNotifyTarget(const YamlNode& node, const SettingsContext& context)
{
    MapReader map(node, ownerOf(node, u"notify target"_s), context.issues);
    if (!map.isMap())
        return std::nullopt;
    NotifyTarget target;
    target.place = context.issues.place(node);
    target.name = map.requiredText(u"name"_s, u"name: a short word for it"_s).value_or(QString());
    const auto kind = map.requiredText(u"kind"_s, u"kind: slack or webhook"_s);
    if (kind && *kind != u"slack" && *kind != u"webhook")
        context.issues.error(*map.child(u"kind"_s), u"%1 is %2"_s.arg(map.whatOf(u"kind"), quoted(*kind)),
                             u"write slack or webhook"_s);
    target.kind = kind && *kind == u"slack" ? NotifyTarget::Kind::Slack : NotifyTarget::Kind::Webhook;
    const YamlNode* url = map.required(u"url"_s, u"url: { env: NAME }"_s);
    if (url != nullptr && (url->kind == YamlNode::Kind::Map || target.kind == NotifyTarget::Kind::Slack)) {
        target.secretUrl = readSecretReference(*url, map.whatOf(u"url"), context);
    } else if (url != nullptr) {
        const auto text = map.text(u"url"_s);
        const QString fault = text ? faultOfHttpUrl(*text) : QString();
        if (!fault.isEmpty())
            context.issues.error(*url, u"%1 %2"_s.arg(map.whatOf(u"url"), fault),
                                 u"write https://host/path, or { env: NAME } where the address is a secret"_s);
        else if (text)
            target.url = *text;
    }
    target.signingSecret = readSecret(map, u"secret"_s, context);
    if (target.kind == NotifyTarget::Kind::Slack && map.child(u"secret"_s) != nullptr)
        context.issues.error(*map.child(u"secret"_s),
                             u"%1 is not used: Slack checks no signature"_s.arg(map.whatOf(u"secret")), u"remove it"_s);
    target.security = readHttpSecurity(map, target.url, context);
    target.channels = map.textList(u"channels"_s);
    target.teams = map.textList(u"teams"_s);
    map.finish();
    return target.name.isEmpty() ? std::nullopt : std::optional(target);
}

} // namespace spillway
