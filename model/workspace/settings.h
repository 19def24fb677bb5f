// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/yamlreader.h"

/// The parts of spillway.yaml that more than one place reads.
namespace spillway {

/// What the readers of one workspace share.
struct SettingsContext
{
    QString folder; ///< absolute; relative paths start here
    IssueList& issues;
};

/// `path` made absolute and clean, from `folder` when it is relative. Empty stays empty.
[[nodiscard]] QString absolutePath(const QString& folder, const QString& path);

/// The file a key names: absolute, and checked to be there and not empty. Empty when the key is absent or faulty.
[[nodiscard]] QString readFilePath(MapReader& map, const QString& key, const SettingsContext& context);

/// `{ env: NAME }`, `{ keychain: NAME }` or `{ file: PATH }`. Anything else is an error that does not repeat what is
/// written there.
[[nodiscard]] std::optional<SecretReference> readSecretReference(const YamlNode& node, const QString& what,
                                                                 const SettingsContext& context);

/// PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL, in any case.
[[nodiscard]] std::optional<SecurityProtocol> securityProtocolFromWord(QStringView word);

/// What is wrong with `host:port`, or empty. Never repeats the text: it may hold a password.
[[nodiscard]] QString faultOfAddress(QStringView address);

/// One entry of `connections`; nullopt when it is left out (it has no name, or its kind cannot be opened). Issues say
/// why.
[[nodiscard]] std::optional<ConnectionSettings> readConnection(const YamlNode& node, const SettingsContext& context);

/// One entry of `registries`, of `notify`; nullopt when it is left out. Issues say why.
[[nodiscard]] std::optional<RegistrySettings> readRegistry(const YamlNode& node, const SettingsContext& context);
[[nodiscard]] std::optional<NotifyTarget> readNotifyTarget(const YamlNode& node, const SettingsContext& context);
/// What is wrong with an http or https address, or empty. Never repeats the text: it may hold a password.
[[nodiscard]] QString faultOfHttpUrl(const QString& url);

/// `dead_letters:` of a connection.
[[nodiscard]] std::vector<DeadLetterTopic> readDeadLetterTopics(const YamlNode& node, const QString& owner,
                                                                const SettingsContext& context);

/// `processing_log:` of a connection: one entry or a list of them.
[[nodiscard]] std::vector<ProcessingLogSettings> readProcessingLogs(const YamlNode& node, const QString& owner,
                                                                    const SettingsContext& context);

/// `security:` of a connection laid over what its client file says: the workspace's own words win.
[[nodiscard]] SecuritySettings readSecurity(const YamlNode* node, const struct ClientFile& client, const QString& owner,
                                            const YamlNode& connection, const SettingsContext& context);

/// `replay_headers:` of the workspace or a connection. A key that it does not know is an error.
[[nodiscard]] HeaderPolicy readHeaderPolicy(const YamlNode& node, const QString& owner, const SettingsContext& context);

/// A Kafka topic name in `node`; an issue says what is wrong with it.
[[nodiscard]] std::optional<QString> readTopicName(const YamlNode& node, const QString& what, IssueList& issues);

} // namespace spillway
