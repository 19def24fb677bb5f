// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/schemasource.h"
#include "model/workspace/secret.h"
#include "model/workspace/workspace.h"

#include <memory>

namespace spillway {

class HttpClient;

/// A registry by Confluent's REST interface: Confluent, Karapace, Apicurio under /apis/ccompat/v7 or v8. Apicurio's own
/// ids (content and global) are asked for at its native interface beside it. Secrets are looked up at the first
/// request. Only reads. One thread at a time.
class RegistrySource final : public SchemaSource
{
public:
    /// @param secrets  outlives the source
    RegistrySource(RegistrySettings settings, SecretStore& secrets);
    ~RegistrySource() override;

    [[nodiscard]] QString name() const override { return m_settings.name; }
    [[nodiscard]] Result<QStringList> subjects(std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<int>> versions(const QString& subject, std::stop_token stop) override;
    [[nodiscard]] Result<RegistrySchema> schema(const QString& subject, std::optional<int> version,
                                                std::stop_token stop) override;
    [[nodiscard]] Result<RegistrySchema> schemaOf(const WireFormat& wire, std::stop_token stop) override;

private:
    struct Reply;
    [[nodiscard]] Result<Reply> get(const QString& base, const QString& path, std::stop_token stop);
    [[nodiscard]] Result<RegistrySchema> getSchema(const QString& path, std::stop_token stop);
    [[nodiscard]] Result<RegistrySchema> getNative(const QString& path, std::stop_token stop);
    [[nodiscard]] tl::unexpected<Error> nonsense(const QString& what) const;

    RegistrySettings m_settings;
    SecretStore& m_secrets;
    std::unique_ptr<HttpClient> m_client; // null until the first request
};

} // namespace spillway
