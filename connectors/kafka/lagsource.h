// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lag/lagsource.h"

#include <memory>

namespace spillway {

namespace kafka {
class Site;
class Client;
struct ClusterLayout;
} // namespace kafka

/// Samples a Kafka cluster with four rounds of requests whatever the number of groups and partitions: assignments,
/// committed offsets of all groups (queued all, then collected), log ends, last stable offsets. Two client handles, one
/// per isolation level.
class KafkaLagSource final : public LagSource
{
public:
    explicit KafkaLagSource(std::shared_ptr<kafka::Site> site);
    ~KafkaLagSource() override;

    /// All false until the first sample.
    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] Result<LagObservation> sample(const LagRequest& request, std::stop_token stop) override;

private:
    class GroupOffsets;
    [[nodiscard]] Status open();
    [[nodiscard]] Status listGroups(const LagRequest& request, std::stop_token stop, LagObservation& out);
    [[nodiscard]] Status readCommitted(const LagRequest& request, const kafka::ClusterLayout& layout,
                                       std::stop_token stop, LagObservation& out);
    /// One round of requests for some of the groups, all at once; returns those that have to be asked again.
    [[nodiscard]] Result<std::vector<size_t>> askGroups(std::vector<GroupOffsets>& groups,
                                                        const std::vector<size_t>& indexes,
                                                        const kafka::ClusterLayout& layout, bool isLast,
                                                        std::stop_token stop, std::vector<Error>& failures);
    [[nodiscard]] Status readEnds(const kafka::ClusterLayout& layout, std::stop_token stop, LagObservation& out);

    std::shared_ptr<kafka::Site> m_site;       // shared with the connection and its other sources
    std::unique_ptr<kafka::Client> m_client;   // read_uncommitted: ListOffsets gives the high watermark
    std::unique_ptr<kafka::Client> m_stable;   // read_committed: ListOffsets gives the last stable offset
    mutable std::optional<bool> m_listsGroups; // nullopt until the broker showed it
    QString m_clusterId;
};

} // namespace spillway
