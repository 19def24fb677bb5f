// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/timelookup.h"

#include <memory>

namespace spillway {

namespace kafka {
class Client;
class Site;
} // namespace kafka

/// Asks a Kafka cluster for positions by time: one request per leader and 1 000 partitions. The embedded broker cannot
/// tell.
class KafkaTimeLookup final : public TimeLookup
{
public:
    explicit KafkaTimeLookup(std::shared_ptr<kafka::Site> site);
    ~KafkaTimeLookup() override;

    [[nodiscard]] Result<std::vector<std::optional<Offset>>> offsetsAt(const std::vector<PartitionBounds>& partitions,
                                                                       UtcTime time, std::stop_token stop) override;

private:
    std::shared_ptr<kafka::Site> m_site; // shared with the connection and its other ports
    std::unique_ptr<kafka::Client> m_client;
};

} // namespace spillway
