// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/site.h"

#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

Site::Site(ConnectionSettings settings, SecretStore* secrets, const Clock* clock)
    : m_settings(std::move(settings))
    , m_secrets(secrets)
    , m_clock(clock)
{
    m_health.connection = m_settings.name;
}

QString Site::principal() const
{
    const SecuritySettings& security = m_settings.security;
    switch (security.protocol) {
    case SecurityProtocol::SaslPlaintext:
    case SecurityProtocol::SaslSsl:
        return u"User:"_s + security.username;
    case SecurityProtocol::Ssl:
        if (!security.certificateFile.isEmpty())
            return u"User:"_s + QFileInfo(security.certificateFile).completeBaseName();
        return u"User:ANONYMOUS"_s;
    case SecurityProtocol::Plaintext:
        return u"User:ANONYMOUS"_s;
    }
    return {};
}

ConnectionHealth Site::health() const
{
    const std::scoped_lock lock(m_mutex);
    return m_health;
}

void Site::reportContact()
{
    const UtcTime at = m_clock->now();
    const std::scoped_lock lock(m_mutex);
    m_health.connectivity = Connectivity::Connected;
    m_health.lastError.reset();
    m_health.lastContact = at;
}

void Site::reportFailure(const Error& error, Connectivity connectivity)
{
    const std::scoped_lock lock(m_mutex);
    m_health.connectivity = connectivity;
    m_health.lastError = error;
}

} // namespace spillway::kafka
