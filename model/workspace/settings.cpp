// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QString absolutePath(const QString& folder, const QString& path)
{
    return path.isEmpty() ? QString() : QDir::cleanPath(QDir(folder).absoluteFilePath(path));
}

QString readFilePath(MapReader& map, const QString& key, const SettingsContext& context)
{
    const auto path = map.text(key);
    if (!path)
        return {};
    const YamlNode& at = *map.child(key);
    if (path->contains(u"-----BEGIN"_s)) {
        context.issues.error(at, u"%1 holds a key or certificate itself (not repeated here)"_s.arg(map.whatOf(key)),
                             u"put it into a file of mode 0600 and write the file's path"_s);
        return {};
    }
    const QString absolute = absolutePath(context.folder, *path);
    const QFileInfo info(absolute);
    if (!info.exists()) {
        context.issues.error(
            at, u"%1 names the file %2, which does not exist"_s.arg(map.whatOf(key), quoted(*path)),
            u"create it, correct the path (it starts at the folder of spillway.yaml), or remove the key"_s);
        return {};
    }
    if (!info.isFile() || info.size() == 0) {
        context.issues.error(at,
                             u"%1 names %2, which is %3"_s.arg(map.whatOf(key), quoted(*path),
                                                               info.isFile() ? u"empty"_s : u"not a file"_s),
                             u"name a file with content, or remove the key"_s);
        return {};
    }
    return absolute;
}

std::optional<SecretReference> readSecretReference(const YamlNode& node, const QString& what,
                                                   const SettingsContext& context)
{
    const QString remedy = u"write { env: NAME }, { keychain: NAME } or { file: PATH } (mode 0600)"_s;
    if (node.kind != YamlNode::Kind::Map) {
        context.issues.error(node, u"%1 holds a secret in the open (not repeated here)"_s.arg(what), remedy);
        return std::nullopt;
    }
    static const QRegularExpression variable(u"^[A-Za-z_][A-Za-z0-9_]*$"_s);
    std::optional<SecretReference> reference;
    MapReader map(node, what, context.issues);
    const auto take = [&](const QString& key, SecretReference::Kind kind) {
        const YamlNode* value = map.child(key);
        if (value == nullptr)
            return true;
        if (reference || value->kind != YamlNode::Kind::Scalar || value->text.trimmed().isEmpty())
            return false;
        if (kind == SecretReference::Kind::Environment && !variable.match(value->text).hasMatch())
            return false;
        const bool isPath = kind == SecretReference::Kind::File;
        reference = SecretReference{kind, isPath ? absolutePath(context.folder, value->text) : value->text};
        return true;
    };
    const bool isSound = take(u"env"_s, SecretReference::Kind::Environment) &&
                         take(u"keychain"_s, SecretReference::Kind::Keychain) &&
                         take(u"file"_s, SecretReference::Kind::File);
    if (!isSound || !reference) {
        context.issues.error(node, u"%1 does not name a secret by exactly one reference"_s.arg(what), remedy);
        return std::nullopt;
    }
    map.finish();
    return reference;
}

std::optional<SecurityProtocol> securityProtocolFromWord(QStringView word)
{
    const QString upper = word.toString().toUpper();
    if (upper == u"PLAINTEXT")
        return SecurityProtocol::Plaintext;
    if (upper == u"SSL")
        return SecurityProtocol::Ssl;
    if (upper == u"SASL_PLAINTEXT")
        return SecurityProtocol::SaslPlaintext;
    if (upper == u"SASL_SSL")
        return SecurityProtocol::SaslSsl;
    return std::nullopt;
}

QString faultOfAddress(QStringView address)
{
    if (address.contains(u'@'))
        return u"contains an @, so it may hold a password"_s;
    if (address.contains(u'/'))
        return u"is a URL or path"_s;
    static const QRegularExpression form(
        u"^(\\[[0-9A-Fa-f:.%a-z]+\\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?):([0-9]{1,5})$"_s);
    const auto match = form.match(address.toString());
    if (!match.hasMatch())
        return u"is not of the form host:port"_s;
    const int port = match.captured(3).toInt();
    return port < 1 || port > 65535 ? u"has a port that is not between 1 and 65535"_s : QString();
}

std::optional<QString> readTopicName(const YamlNode& node, const QString& what, IssueList& issues)
{
    const auto topic = readText(node, what, issues);
    if (!topic)
        return std::nullopt;
    static const QRegularExpression form(u"^[A-Za-z0-9._-]{1,249}$"_s);
    if (form.match(*topic).hasMatch() && *topic != u"." && *topic != u"..")
        return topic;
    issues.error(
        node, u"%1 is %2, which cannot be a topic's name"_s.arg(what, quoted(*topic)),
        u"write up to 249 letters, digits, dots, hyphens and underscores, or use topic_pattern for an expression"_s);
    return std::nullopt;
}

} // namespace spillway
