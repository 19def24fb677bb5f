// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/workspace/workspace.h"

#include <QByteArray>

namespace spillway {

/// A secret in memory: cannot be printed, is overwritten when it goes.
class Secret
{
public:
    Secret() = default;
    explicit Secret(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }
    ~Secret();
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(Secret&&) noexcept = default;
    /// For the one call that hands it to a client library.
    [[nodiscard]] const QByteArray& reveal() const { return m_bytes; }

private:
    QByteArray m_bytes;
};

/// Port to whatever keeps secrets. Blocking; not on the UI thread.
class SecretStore
{
public:
    virtual ~SecretStore() = default;
    /// NotFound or Unauthorised names the reference and what to do, never the secret.
    [[nodiscard]] virtual Result<Secret> resolve(const SecretReference& reference) = 0;
};

/// Environment variables and files of mode 0600 (others readable: Unauthorised). Keychain references go to `keychain`
/// when there is one, else Unsupported.
class LocalSecretStore final : public SecretStore
{
public:
    explicit LocalSecretStore(SecretStore* keychain = nullptr)
        : m_keychain(keychain)
    {
    }
    [[nodiscard]] Result<Secret> resolve(const SecretReference& reference) override;

private:
    SecretStore* m_keychain;
};

} // namespace spillway
