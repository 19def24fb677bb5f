// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/base/units.h"
#include "model/broker/recordsource.h"
#include "model/workspace/headerpolicy.h"

#include <QString>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

/// `spillway.yaml` as values. The keys and their meaning: product.md and contract.md, for users
/// resources/manual/workspace.md.
namespace spillway {

/// Where in a user's file something stands. Line and column start at 1; 0 is "the file as a whole".
struct FilePlace
{
    QString file;
    int line = 0;
    int column = 0;
    friend bool operator==(const FilePlace&, const FilePlace&) = default;
};

enum class IssueSeverity { Error, Warning };

/// One fault in a user's file: `file:line:column: message; remedy`.
struct FileIssue
{
    IssueSeverity severity = IssueSeverity::Error;
    FilePlace place;
    QString message; ///< what is wrong
    QString remedy;  ///< what to write instead
    [[nodiscard]] QString toString() const;
    friend bool operator==(const FileIssue&, const FileIssue&) = default;
};

/// Secrets are named, never held.
struct SecretReference
{
    enum class Kind { Environment, Keychain, File };
    Kind kind = Kind::Environment;
    QString name; ///< variable, keychain entry, or absolute path (mode 0600)
    friend bool operator==(const SecretReference&, const SecretReference&) = default;
};

enum class Environment { Production, Staging, Development };
enum class BrokerKind { Kafka, RabbitMq, Nats, Aws };
enum class SecurityProtocol { Plaintext, Ssl, SaslPlaintext, SaslSsl };

struct SecuritySettings
{
    SecurityProtocol protocol = SecurityProtocol::Plaintext;
    QString mechanism; ///< PLAIN, SCRAM-SHA-256, SCRAM-SHA-512; empty without SASL
    QString username;
    std::optional<SecretReference> password;
    QString caFile; ///< PEM; empty: the system's authorities
    QString certificateFile;
    QString keyFile;
    std::optional<SecretReference> keyPassword;
    friend bool operator==(const SecuritySettings&, const SecuritySettings&) = default;
};

/// One field of a `mapping:`: from a header, from the payload by JSON pointer, or a constant.
struct FieldSource
{
    enum class From { Header, Payload, Constant };
    From from = From::Constant;
    QString text; ///< header name, JSON pointer, or the constant
    QString as{}; ///< of `payload` alone: `text` or `base64`, which a JSON text holds; empty: the JSON value itself
    friend bool operator==(const FieldSource&, const FieldSource&) = default;
};

/// For dead-letter topics that no dialect fits. Keys: origin_topic, origin_partition, origin_offset, origin_timestamp,
/// error_class, error_message, stack, consumer, consumer_group, event_type, attempts, dead_lettered_at; and payload,
/// for letters that are envelopes.
using DeadLetterMapping = std::map<QString, FieldSource>;
inline const QString payloadField = QStringLiteral("payload");

struct DeadLetterTopic
{
    TopicSelector selector;
    std::optional<DeadLetterMapping> mapping;
    FilePlace place;
    friend bool operator==(const DeadLetterTopic&, const DeadLetterTopic&) = default;
};

struct ProcessingLogSettings
{
    enum class Kind { KafkaTopic, File, PostgreSql, Otlp };
    Kind kind = Kind::KafkaTopic;
    QString topic;
    QString path;                       ///< File: absolute
    std::optional<SecretReference> dsn; ///< PostgreSql
    QString table;                      ///< PostgreSql
    QString listenAddress;              ///< Otlp: host:port
    FilePlace place;
    friend bool operator==(const ProcessingLogSettings&, const ProcessingLogSettings&) = default;
};

struct ClientProperty
{
    QString name; ///< librdkafka's name
    QString value;
    friend bool operator==(const ClientProperty&, const ClientProperty&) = default;
};

struct ConnectionSettings
{
    QString name;
    BrokerKind kind = BrokerKind::Kafka;
    QStringList bootstrapServers; ///< host:port
    SecuritySettings security;
    /// From `client_properties`, translated to librdkafka's names; security keys have already gone into `security`.
    std::vector<ClientProperty> clientProperties;
    std::vector<DeadLetterTopic> deadLetters;
    std::vector<ProcessingLogSettings> processingLogs;
    Millis sampleInterval{15'000};
    QStringList includeGroups; ///< wildcard patterns; empty takes all
    QStringList excludeGroups;
    HeaderPolicy replayHeaders; ///< its words come before the workspace's
    FilePlace place;
    friend bool operator==(const ConnectionSettings&, const ConnectionSettings&) = default;
};

/// How an HTTP service is reached: its certificate is always checked, its password never written down.
struct HttpSecurity
{
    QString username; ///< basic login, with `password`; empty: none
    std::optional<SecretReference> password;
    std::optional<SecretReference> token; ///< bearer, instead of a login
    QString caFile;                       ///< PEM; empty: the system's authorities
    QString certificateFile;
    QString keyFile;
    std::optional<SecretReference> keyPassword;
    friend bool operator==(const HttpSecurity&, const HttpSecurity&) = default;
};

/// A schema registry that speaks Confluent's REST interface.
struct RegistrySettings
{
    QString name;
    QString url; ///< http or https, without login, query or the slash at its end
    HttpSecurity security;
    QStringList connections; ///< whose payloads bear its ids; empty: of all
    FilePlace place;
    friend bool operator==(const RegistrySettings&, const RegistrySettings&) = default;
};

/// Where people are told.
struct NotifyTarget
{
    enum class Kind { Slack, Webhook };
    QString name;
    Kind kind = Kind::Webhook;
    QString url;                                  ///< of a webhook that is no secret
    std::optional<SecretReference> secretUrl;     ///< else its address is one, as Slack's always is
    std::optional<SecretReference> signingSecret; ///< of a webhook: each message is signed with it
    HttpSecurity security;
    QStringList channels; ///< Slack channels as ownership.yaml names them; with `teams` empty too: everybody's
    QStringList teams;
    FilePlace place;
    friend bool operator==(const NotifyTarget&, const NotifyTarget&) = default;
};

/// `alerts: notify:`: teams are told of alerts by themselves.
struct AlertTelling
{
    enum class From { Critical, Warning, Info }; ///< in the order of severities
    From from = From::Warning;                   ///< what is less severe is not told
    Millis pace{5 * 60'000};        ///< between two messages to one team; something critical that is new does not wait
    Millis repeat{4LL * 3'600'000}; ///< something critical that goes on is told again after it
    friend bool operator==(const AlertTelling&, const AlertTelling&) = default;
};

struct AlertThresholds
{
    std::int64_t deadLetterWarningCount = 100; ///< WARNING above this many open letters per (team, event type)
    Millis deadLetterP1Age{24 * 3'600'000};    ///< P1 when one is older
    std::optional<AlertTelling> telling = {};  ///< nullopt: nobody is told by itself
    friend bool operator==(const AlertThresholds&, const AlertThresholds&) = default;
};

struct RetentionSettings
{
    Millis samples{90LL * 86'400'000};
    Millis deadLetters{30LL * 86'400'000};
    std::int64_t maxSizeBytes = 20LL << 30;
    friend bool operator==(const RetentionSettings&, const RetentionSettings&) = default;
};

struct Workspace
{
    QString file;   ///< absolute path of spillway.yaml
    QString folder; ///< absolute; relative paths in the file start here
    QString name;
    Environment environment = Environment::Development;
    QString ownershipFile; ///< absolute; empty when not named
    QString catalogFile;
    QString schemasFolder;
    QString pricingFile;
    QString kindsFile;     ///< own rules for failures' kinds: `kinds:`, else kinds.yaml where there is one; empty: none
    QString maskingFile;   ///< `masking:`, else masking.yaml where it is there; empty: none
    QString groupingFile;  ///< own rules for groups: `grouping:`, else grouping.yaml where there is one; empty: none
    QString queriesFolder; ///< of saved views; `queries` beside spillway.yaml unless named, and then it may be missing
    QString dialectsFolder; ///< own dialects: `dialects:`, else dialects/ where it is there; empty: none
    std::vector<ConnectionSettings> connections;
    std::vector<RegistrySettings> registries;
    std::vector<NotifyTarget> notify;
    AlertThresholds alerts;
    RetentionSettings retention;
    HeaderPolicy replayHeaders;  ///< what replays leave behind beside what frameworks wrote about failures
    bool rescuesPointers = true; ///< `rescue: false`: payloads of pointers are copied only when asked for

    [[nodiscard]] const ConnectionSettings* connection(const QString& connectionName) const;
    friend bool operator==(const Workspace&, const Workspace&) = default;
};

/// A file read whole: the value where there is no error, and everything that was noticed, in the order of the file.
template<typename T>
struct Checked
{
    std::optional<T> value;        ///< nullopt when an issue is an error
    std::vector<FileIssue> issues; ///< all of them at once
};

/// Reads spillway.yaml (and the client files it names; not ownership or catalog, see catalog/catalogfiles.h).
/// `path` is the file or its folder. Blocking file reads; any thread.
[[nodiscard]] Checked<Workspace> loadWorkspace(const QString& path);

/// `start`/spillway.yaml, then the parents' folders. NotFound says how to make one.
[[nodiscard]] Result<QString> findWorkspaceFile(const QString& startFolder);

/// $XDG_STATE_HOME/spillway/<name>-<8 hex of SHA-256 of the absolute path of spillway.yaml>; not created here.
[[nodiscard]] QString defaultStateFolder(const Workspace& workspace);

[[nodiscard]] QString environmentWord(Environment environment); ///< production, staging, development

} // namespace spillway
