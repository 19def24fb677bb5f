// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/settings.h"
#include "model/base/result.h"
#include "model/base/units.h"

#include <memory>
#include <stop_token>

namespace spillway::kafka {

/// A broker as the cluster's metadata calls it.
struct BrokerAddress
{
    int id = -1;
    QByteArray host;
    int port = 0;
};

/// What of a client's properties a connection of our own understands.
struct SocketSecurity
{
    bool usesTls = false;
    bool usesSasl = false;
    QByteArray mechanism; ///< PLAIN, SCRAM-SHA-256, SCRAM-SHA-512
    QByteArray username;
    Secret password;
    QByteArray caFile; ///< empty: the system's authorities
    QByteArray certificateFile;
    QByteArray keyFile;
    Secret keyPassword;
    bool checksCertificate = true;
    bool checksHost = true;
};
/// Unsupported names what we cannot do: another mechanism, key stores, authorities as text.
[[nodiscard]] Result<SocketSecurity> socketSecurity(const std::vector<Property>& properties);

/// One connection to one broker, for the few requests that librdkafka does not have. TCP and TLS by libcurl; Kafka's
/// frames and login are ours. One thread; every wait ends within 250 ms of a stop.
class BrokerSocket
{
public:
    /// Connects and logs in. @param deadline  for all that is done with the connection, from now
    [[nodiscard]] static Result<std::unique_ptr<BrokerSocket>>
    open(const BrokerAddress& broker, const SocketSecurity& security, Millis deadline, std::stop_token stop);
    ~BrokerSocket();
    BrokerSocket(const BrokerSocket&) = delete;
    BrokerSocket& operator=(const BrokerSocket&) = delete;

    /// One request with a header of version 1 and its answer's body, at most 64 MiB. Corrupt when it is another's.
    [[nodiscard]] Result<QByteArray> ask(std::int16_t key, std::int16_t version, const QByteArray& body);

private:
    struct Wire;
    explicit BrokerSocket(std::unique_ptr<Wire> wire);
    [[nodiscard]] Status logIn(const SocketSecurity& security);
    [[nodiscard]] Result<QByteArray> authenticate(const QByteArray& token);

    std::unique_ptr<Wire> m_wire;
    std::int32_t m_correlation = 0;
};

} // namespace spillway::kafka
