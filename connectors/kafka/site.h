// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/broker/capabilities.h"
#include "model/workspace/secret.h"
#include "model/workspace/workspace.h"

#include <mutex>

namespace spillway::kafka {

/// What all clients of one connection share: where it leads, who asks, and how it fares. Thread-safe.
class Site
{
public:
    Site(ConnectionSettings settings, SecretStore* secrets, const Clock* clock);

    [[nodiscard]] const ConnectionSettings& settings() const { return m_settings; }
    [[nodiscard]] SecretStore& secrets() const { return *m_secrets; }
    [[nodiscard]] UtcTime now() const { return m_clock->now(); }
    /// `User:alice`, as the broker names us: the SASL user, or `User:ANONYMOUS` without a login. With a client
    /// certificate the broker derives the name from it; then `User:` and the file's name stand for it.
    [[nodiscard]] QString principal() const;

    [[nodiscard]] ConnectionHealth health() const;
    void reportContact();
    /// A missing right or topic leaves the connection degraded; a login or certificate that was refused and silence are
    /// worse.
    void reportFailure(const Error& error, Connectivity connectivity);

private:
    ConnectionSettings m_settings;
    SecretStore* m_secrets;
    const Clock* m_clock;
    mutable std::mutex m_mutex; // guards: m_health
    ConnectionHealth m_health;
};

} // namespace spillway::kafka
