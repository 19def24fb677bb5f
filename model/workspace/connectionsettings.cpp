// SPDX-License-Identifier: GPL-3.0-or-later
// One entry of `connections:`.
#include "model/workspace/clientfile.h"
#include "model/workspace/settings.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

std::optional<BrokerKind> readKind(MapReader& map, IssueList& issues)
{
    const auto word = map.text(u"kind"_s);
    if (!word)
        return map.child(u"kind"_s) == nullptr ? std::optional(BrokerKind::Kafka) : std::nullopt;
    if (*word == u"kafka")
        return BrokerKind::Kafka;
    if (*word == u"rabbitmq")
        return BrokerKind::RabbitMq;
    if (*word == u"nats")
        return BrokerKind::Nats;
    if (*word == u"aws")
        return BrokerKind::Aws;
    issues.error(*map.child(u"kind"_s),
                 u"%1 is %2%3"_s.arg(map.whatOf(u"kind"), quoted(*word),
                                     didYouMean(*word, {u"kafka"_s, u"rabbitmq"_s, u"nats"_s, u"aws"_s})),
                 u"write kafka"_s);
    return std::nullopt;
}

/// A text with commas or a list; each entry host:port.
QStringList readServers(MapReader& map, const ClientFile& client, const QString& owner, IssueList& issues)
{
    const QString key = u"bootstrap_servers"_s;
    const YamlNode* node = map.child(key);
    QStringList servers;
    const auto take = [&](const QString& list, const YamlNode& at) {
        for (const QString& part : list.split(u',')) {
            const QString address = part.trimmed();
            const QString fault = address.isEmpty() ? u"is empty"_s : faultOfAddress(address);
            if (fault.isEmpty())
                servers += address;
            else
                issues.error(at, u"an address in 'bootstrap_servers' of %1 %2"_s.arg(owner, fault),
                             u"write host:port, several with commas between, like broker1:9092,broker2:9092"_s);
        }
    };
    if (node == nullptr) {
        if (client.bootstrapServers.isEmpty())
            issues.error(map.node(), u"%1 has no 'bootstrap_servers'"_s.arg(owner),
                         u"add bootstrap_servers: host:port"_s);
        for (const QString& address : client.bootstrapServers)
            take(address, *map.child(u"client_properties"_s));
        return servers;
    }
    if (node->kind == YamlNode::Kind::Sequence) {
        for (const YamlNode* item : node->items) {
            if (const auto text = readText(*item, u"an entry in %1"_s.arg(map.whatOf(key)), issues))
                take(*text, *item);
        }
        if (node->items.empty())
            issues.error(*node, u"%1 is an empty list"_s.arg(map.whatOf(key)), u"write host:port"_s);
    } else if (const auto text = map.text(key)) {
        take(*text, *node);
    }
    return servers;
}

void readGroups(const YamlNode& node, ConnectionSettings& connection, const QString& owner, IssueList& issues)
{
    MapReader groups(node, u"groups of %1"_s.arg(owner), issues);
    connection.includeGroups = groups.textList(u"include"_s);
    connection.excludeGroups = groups.textList(u"exclude"_s);
    groups.finish();
}

} // namespace

std::optional<ConnectionSettings> readConnection(const YamlNode& node, const SettingsContext& context)
{
    IssueList& issues = context.issues;
    const YamlNode* nameNode = node.find(u"name");
    const QString owner = nameNode != nullptr && nameNode->kind == YamlNode::Kind::Scalar
                              ? u"connection %1"_s.arg(quoted(nameNode->text))
                              : u"this connection"_s;
    MapReader map(node, owner, issues);
    if (!map.isMap())
        return std::nullopt;
    ConnectionSettings connection;
    connection.place = issues.place(node);
    const auto name = map.requiredText(u"name"_s, u"name: a short word that names it on every screen"_s);
    if (name)
        connection.name = *name;
    const auto kind = readKind(map, issues);
    if (kind && kind != BrokerKind::Kafka) {
        issues.warning(*map.child(u"kind"_s), u"%1 is not a Kafka connection and is left out"_s.arg(owner),
                       u"this version opens kind: kafka only, so nothing needs to be done"_s);
        return std::nullopt;
    }

    ClientFile client;
    if (const QString file = readFilePath(map, u"client_properties"_s, context); !file.isEmpty()) {
        client = readClientFile(file);
        issues.append(client.issues);
    }
    connection.bootstrapServers = readServers(map, client, owner, issues);
    connection.clientProperties = client.properties;
    connection.security = readSecurity(map.child(u"security"_s), client, owner, node, context);
    if (const YamlNode* letters = map.child(u"dead_letters"_s))
        connection.deadLetters = readDeadLetterTopics(*letters, owner, context);
    if (const YamlNode* log = map.child(u"processing_log"_s))
        connection.processingLogs = readProcessingLogs(*log, owner, context);
    if (const auto interval = map.duration(u"sample_interval"_s, std::chrono::seconds(1)))
        connection.sampleInterval = *interval;
    if (const YamlNode* groups = map.child(u"groups"_s))
        readGroups(*groups, connection, owner, issues);
    if (const YamlNode* headers = map.child(u"replay_headers"_s))
        connection.replayHeaders = readHeaderPolicy(*headers, owner, context);
    map.finish();
    return connection.name.isEmpty() ? std::nullopt : std::optional(connection);
}

} // namespace spillway
