// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/replay/replaytarget.h"

#include <memory>

namespace spillway {

namespace kafka {
class Client;
class Outbox;
class Site;
} // namespace kafka

/// Replays into a Kafka cluster: one transactional id and one memberless consumer group per job
/// (`spillway.replay.<job>`). Messages and the next dead-letter offsets commit in one transaction, so what the group
/// has committed is exactly what was sent. On the embedded broker, which has no real transactions, an idempotent
/// producer without that promise.
class KafkaReplayTarget final : public ReplayTarget
{
public:
    explicit KafkaReplayTarget(std::shared_ptr<kafka::Site> site);
    ~KafkaReplayTarget() override;

    /// Connects if it has not yet (blocking, a few seconds at most); all false while the cluster is unknown.
    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] Result<int> partitionCount(const QString& topic, std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<Position>> ends(const QString& topic, std::stop_token stop) override;
    [[nodiscard]] Result<ReplayProgress> begin(const QString& jobId, std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<LandedAt>> sendBatch(std::span<const OutgoingRecord> records,
                                                          std::span<const Position> sentBelow,
                                                          std::stop_token stop) override;
    [[nodiscard]] Result<ReplayVerification> verify(const QString& jobId, const std::vector<Position>& from,
                                                    std::stop_token stop) override;
    [[nodiscard]] Status close(const QString& jobId, std::stop_token stop) override;

private:
    [[nodiscard]] Status open();
    /// The cluster's id, asked for once.
    [[nodiscard]] Result<QString> clusterId(std::stop_token stop);

    std::shared_ptr<kafka::Site> m_site;        // shared with the connection and its other ports
    std::unique_ptr<kafka::Client> m_inspector; // read_uncommitted; never makes a topic by asking for it
    std::unique_ptr<kafka::Outbox> m_outbox;
    QString m_clusterId;
};

} // namespace spillway
