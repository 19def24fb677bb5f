// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/settings.h"

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

namespace {

/// These would let a workspace file run somebody's code in our process.
constexpr std::array forbidden{"plugin.library.paths", "sasl.kerberos.kinit.cmd", "ssl.engine.location",
                               "ssl_engine_callback_data", "opaque"};

/// These decide what we promise (no group is joined, nothing is committed on its own, no topic is made by looking at
/// it).
constexpr std::array ours{"bootstrap.servers",        "metadata.broker.list", "group.id",
                          "group.instance.id",        "transactional.id",     "enable.auto.commit",
                          "enable.auto.offset.store", "auto.commit.enable",   "isolation.level",
                          "enable.idempotence",       "enable.partition.eof", "auto.offset.reset",
                          "allow.auto.create.topics", "check.crcs",           "partitioner",
                          "security.protocol",        "test.mock.num.brokers"};

template<typename List>
bool contains(const List& list, const QString& name)
{
    return std::any_of(list.begin(), list.end(), [&](const char* each) { return name == QLatin1StringView(each); });
}

QByteArray protocolWord(SecurityProtocol protocol)
{
    switch (protocol) {
    case SecurityProtocol::Plaintext:
        return "plaintext";
    case SecurityProtocol::Ssl:
        return "ssl";
    case SecurityProtocol::SaslPlaintext:
        return "sasl_plaintext";
    case SecurityProtocol::SaslSsl:
        return "sasl_ssl";
    }
    return {};
}

bool usesSasl(SecurityProtocol protocol)
{
    return protocol == SecurityProtocol::SaslPlaintext || protocol == SecurityProtocol::SaslSsl;
}

bool usesTls(SecurityProtocol protocol)
{
    return protocol == SecurityProtocol::Ssl || protocol == SecurityProtocol::SaslSsl;
}

/// A variable that is not set and a file that is not there, or open to others, are faults of the configuration.
Result<Secret> secretOf(SecretStore& secrets, const SecretReference& reference)
{
    Result<Secret> secret = secrets.resolve(reference);
    if (!secret && reference.kind != SecretReference::Kind::Keychain)
        return fail(ErrorCode::InvalidConfig, secret.error().detail);
    return secret;
}

Status addSasl(const SecuritySettings& security, SecretStore& secrets, std::vector<Property>& out)
{
    out.push_back(property("sasl.mechanisms", security.mechanism.toUtf8()));
    if (!security.username.isEmpty())
        out.push_back(property("sasl.username", security.username.toUtf8()));
    if (security.password) {
        Result<Secret> password = secretOf(secrets, *security.password);
        if (!password)
            return tl::unexpected<Error>(password.error());
        out.push_back({"sasl.password", std::move(*password)});
    }
    return {};
}

Status addTls(const SecuritySettings& security, SecretStore& secrets, std::vector<Property>& out)
{
    if (!security.caFile.isEmpty())
        out.push_back(property("ssl.ca.location", security.caFile.toUtf8()));
    if (!security.certificateFile.isEmpty())
        out.push_back(property("ssl.certificate.location", security.certificateFile.toUtf8()));
    if (!security.keyFile.isEmpty())
        out.push_back(property("ssl.key.location", security.keyFile.toUtf8()));
    if (security.keyPassword) {
        Result<Secret> password = secretOf(secrets, *security.keyPassword);
        if (!password)
            return tl::unexpected<Error>(password.error());
        out.push_back({"ssl.key.password", std::move(*password)});
    }
    return {};
}

} // namespace

std::optional<qint64> largestFetch(const ConnectionSettings& settings)
{
    constexpr qint64 usual = 16 << 20;
    constexpr qint64 overhead = 512; // of an answer, as the library counts it
    qint64 largestMessage = 0;       // what the library takes for granted is less than usual
    qint64 bound = usual;
    for (const ClientProperty& each : settings.clientProperties) {
        if (each.name == u"fetch.max.bytes"_s)
            return std::nullopt;
        bool isNumber = false; // of what is none the library complains
        const qint64 value = each.value.toLongLong(&isNumber);
        if (isNumber && each.name == u"message.max.bytes"_s)
            largestMessage = value;
        else if (isNumber && each.name == u"receive.message.max.bytes"_s)
            bound = std::min(usual, value - overhead);
    }
    return std::max(bound, largestMessage); // a bound below the largest message is the user's to mend, and is told
}

std::optional<qint64> largestUnpacked(const ConnectionSettings& settings)
{
    // Less than the four bytes "HTTP" taken for a length, so that a web server at the address is still noticed.
    constexpr qint64 most = 1'000'000'000;
    const bool isTold =
        std::any_of(settings.clientProperties.begin(), settings.clientProperties.end(),
                    [](const ClientProperty& each) { return each.name == u"receive.message.max.bytes"_s; });
    return isTold ? std::nullopt : std::optional(most);
}

Property property(const char* name, const QByteArray& value)
{
    return {name, Secret(value)};
}

Result<std::vector<Property>> clientProperties(const ConnectionSettings& settings, SecretStore& secrets)
{
    if (settings.bootstrapServers.isEmpty())
        return fail(ErrorCode::InvalidConfig,
                    u"connection '%1' has no bootstrap_servers; write host:port there"_s.arg(settings.name));
    std::vector<Property> out{
        property("client.id", "spillway"),
        property("socket.nagle.disable", "true"), // small requests: a delayed acknowledgement costs 40 ms each
        property("socket.keepalive.enable", "true"),
        property("reconnect.backoff.ms", "100"),
        property("reconnect.backoff.max.ms", "1000"), // a broker that comes back is noticed within a second
        property("topic.metadata.refresh.interval.ms", "60000"),
    };
    for (const ClientProperty& each : settings.clientProperties) {
        if (contains(forbidden, each.name))
            return fail(ErrorCode::InvalidConfig,
                        u"connection '%1': client property %2 is refused, because it runs code that a file names; "
                        u"remove it from the client file"_s.arg(settings.name, each.name));
        if (!contains(ours, each.name))
            out.push_back({each.name.toUtf8(), Secret(each.value.toUtf8())});
    }
    out.push_back(property("bootstrap.servers", settings.bootstrapServers.join(u',').toUtf8()));
    const SecuritySettings& security = settings.security;
    out.push_back(property("security.protocol", protocolWord(security.protocol)));
    if (usesSasl(security.protocol)) {
        if (const Status status = addSasl(security, secrets, out); !status)
            return tl::unexpected<Error>(status.error());
    }
    if (usesTls(security.protocol)) {
        if (const Status status = addTls(security, secrets, out); !status)
            return tl::unexpected<Error>(status.error());
    }
    return out;
}

} // namespace spillway::kafka
