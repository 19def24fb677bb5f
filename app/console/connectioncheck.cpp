// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/connectioncheck.h"

#include "app/console/crews.h"
#include "connectors/kafka/connection.h"
#include "connectors/keychain/keychainsecretstore.h"

#include <thread>

namespace spillway {

std::vector<KafkaCheckReport> checkConnections(const Context& context, std::stop_token stop)
{
    const SystemClock clock;
    KeychainSecretStore keychain;
    LocalSecretStore secrets(&keychain);
    const ConnectionMap connections = makeConnections(context.workspace, secrets, clock);
    std::vector<KafkaCheckReport> reports(connections.size());
    {
        std::vector<std::jthread> threads;
        std::size_t at = 0;
        for (const auto& [name, connection] : connections)
            threads.emplace_back(
                [&report = reports[at++], &connection = connection, &stop] { report = connection->check(stop); });
    }
    return reports;
}

} // namespace spillway
