// SPDX-License-Identifier: GPL-3.0-or-later
// `security:` of a connection, and what its client file adds.
#include "model/workspace/clientfile.h"
#include "model/workspace/settings.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool usesSasl(SecurityProtocol protocol)
{
    return protocol == SecurityProtocol::SaslPlaintext || protocol == SecurityProtocol::SaslSsl;
}

bool usesTls(SecurityProtocol protocol)
{
    return protocol == SecurityProtocol::Ssl || protocol == SecurityProtocol::SaslSsl;
}

/// False when the protocol's word is unknown, so that nothing can be said about what it needs.
bool readOwn(MapReader& map, SecuritySettings& security, const SettingsContext& context)
{
    bool isProtocolKnown = true;
    if (const auto word = map.text(u"protocol"_s)) {
        if (const auto protocol = securityProtocolFromWord(*word))
            security.protocol = *protocol;
        else
            isProtocolKnown = false;
        if (!isProtocolKnown)
            context.issues.error(*map.child(u"protocol"_s), u"%1 is %2"_s.arg(map.whatOf(u"protocol"), quoted(*word)),
                                 u"write PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"_s);
    }
    if (const auto mechanism = map.text(u"mechanism"_s))
        security.mechanism = mechanism->toUpper();
    if (const auto username = map.text(u"username"_s))
        security.username = *username;
    if (const YamlNode* password = map.child(u"password"_s))
        security.password = readSecretReference(*password, map.whatOf(u"password"), context);
    if (const YamlNode* password = map.child(u"key_password"_s))
        security.keyPassword = readSecretReference(*password, map.whatOf(u"key_password"), context);
    const auto path = [&](const QString& key, QString& into) {
        if (map.child(key) != nullptr)
            into = readFilePath(map, key, context);
    };
    path(u"ca"_s, security.caFile);
    path(u"certificate"_s, security.certificateFile);
    path(u"key"_s, security.keyFile);
    map.finish();
    return isProtocolKnown;
}

/// A protocol and what it needs must fit together; `given` tells keys that were written but faulty from keys that are
/// missing.
void checkSasl(const SecuritySettings& security, MapReader* map, const QString& owner, const YamlNode& at,
               IssueList& issues)
{
    const auto given = [map](const QString& key) { return map != nullptr && map->child(key) != nullptr; };
    const QString where = u"security of %1"_s.arg(owner);
    if (!usesSasl(security.protocol)) {
        if (given(u"mechanism"_s) || given(u"username"_s) || given(u"password"_s))
            issues.error(at, u"%1 gives a login, but its protocol does not log in"_s.arg(where),
                         u"write protocol: SASL_SSL (or SASL_PLAINTEXT), or remove mechanism, username and password"_s);
        return;
    }
    static const QStringList mechanisms{u"PLAIN"_s, u"SCRAM-SHA-256"_s, u"SCRAM-SHA-512"_s};
    if (security.mechanism.isEmpty() && !given(u"mechanism"_s))
        issues.error(at, u"%1 has no 'mechanism'"_s.arg(where),
                     u"add mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"_s);
    else if (!security.mechanism.isEmpty() && !mechanisms.contains(security.mechanism))
        issues.error(given(u"mechanism"_s) ? *map->child(u"mechanism"_s) : at,
                     u"'mechanism' of %1 is %2, which Spillway does not know"_s.arg(where, quoted(security.mechanism)),
                     u"write PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"_s);
    if (security.username.isEmpty() && !given(u"username"_s))
        issues.error(at, u"%1 has no 'username'"_s.arg(where), u"add username: NAME"_s);
    if (!security.password && !given(u"password"_s))
        issues.error(at, u"%1 has no 'password'"_s.arg(where), u"add password: { env: NAME }"_s);
}

void checkTls(const SecuritySettings& security, const QString& owner, const YamlNode& at, IssueList& issues)
{
    const bool namesFiles =
        !security.caFile.isEmpty() || !security.certificateFile.isEmpty() || !security.keyFile.isEmpty();
    if (namesFiles && !usesTls(security.protocol))
        issues.error(at, u"security of %1 names certificate files, but its protocol does not use TLS"_s.arg(owner),
                     u"write protocol: SSL or SASL_SSL, or remove the files"_s);
    if (security.certificateFile.isEmpty() != security.keyFile.isEmpty())
        issues.error(at, u"security of %1 names only one of 'certificate' and 'key'"_s.arg(owner),
                     u"write both, or neither"_s);
}

/// A secret in the client file would be used silently or ignored silently; neither will do.
void judgeOpenSecrets(const ClientFile& client, const SecuritySettings& security, IssueList& issues)
{
    std::vector<FileIssue> found;
    for (const ClientFile::OpenSecret& secret : client.openSecrets) {
        const bool isReplaced = secret.setting == u"password"       ? security.password.has_value()
                                : secret.setting == u"key_password" ? security.keyPassword.has_value()
                                                                    : !security.keyFile.isEmpty();
        const QString reference =
            secret.setting == u"key" ? u"key: PATH"_s : secret.setting + u": { env: NAME }"_s;
        if (isReplaced)
            found.push_back({IssueSeverity::Warning, secret.place,
                             u"%1 holds a secret in the open and is not used"_s.arg(secret.key),
                             u"remove it: spillway.yaml names the secret already"_s});
        else
            found.push_back(
                {IssueSeverity::Error, secret.place,
                 u"%1 holds a secret in the open (not repeated here)"_s.arg(secret.key),
                 u"remove it here and write security: { %1 } for this connection in spillway.yaml"_s.arg(reference)});
    }
    issues.append(std::move(found));
}

} // namespace

SecuritySettings readSecurity(const YamlNode* node, const ClientFile& client, const QString& owner,
                              const YamlNode& connection, const SettingsContext& context)
{
    SecuritySettings security;
    security.protocol = client.protocol.value_or(SecurityProtocol::Plaintext);
    security.mechanism = client.mechanism;
    security.username = client.username;
    security.caFile = client.caFile;
    security.certificateFile = client.certificateFile;
    security.keyFile = client.keyFile;
    const YamlNode& at = node != nullptr ? *node : connection;
    std::optional<MapReader> map;
    bool isProtocolKnown = true;
    if (node != nullptr) {
        map.emplace(*node, u"security of %1"_s.arg(owner), context.issues);
        isProtocolKnown = readOwn(*map, security, context);
    }
    judgeOpenSecrets(client, security, context.issues);
    const bool hasPasswordElsewhere =
        std::any_of(client.openSecrets.begin(), client.openSecrets.end(),
                    [](const ClientFile::OpenSecret& secret) { return secret.setting == u"password"; });
    SecuritySettings judged = security;
    if (hasPasswordElsewhere && !judged.password)
        judged.password = SecretReference{}; // said already: the missing reference is not a second fault
    if (!isProtocolKnown)
        return security;
    checkSasl(judged, map && map->isMap() ? &*map : nullptr, owner, at, context.issues);
    checkTls(security, owner, at, context.issues);
    return security;
}

} // namespace spillway
