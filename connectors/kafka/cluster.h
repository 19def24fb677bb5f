// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/brokersocket.h"
#include "connectors/kafka/client.h"
#include "model/broker/capabilities.h"
#include "model/broker/record.h"

#include <map>

namespace spillway::kafka {

struct TopicLayout
{
    std::vector<int> leaders; ///< broker id per partition, by partition number; -1 where there is none now
    [[nodiscard]] int partitionCount() const { return static_cast<int>(leaders.size()); }
};

/// A cluster's topics as its metadata tells them.
struct ClusterLayout
{
    QString clusterId;
    int brokers = 0;
    std::vector<BrokerAddress> addresses;  ///< of the brokers
    std::map<QString, TopicLayout> topics; ///< only those we may see
};

/// All topics. A user without rights sees none: that is an empty map, not an error.
[[nodiscard]] Result<ClusterLayout> readLayout(Client& client, std::stop_token stop);
/// One topic, by name: tells a missing one (NotFound) from a forbidden one (Unauthorised, with a line that grants
/// `operations`).
[[nodiscard]] Result<TopicLayout> readTopic(Client& client, const QString& topic, const QStringList& operations,
                                            std::stop_token stop);

/// Topics that brokers keep for themselves.
[[nodiscard]] bool isInternalTopic(const QString& topic);
/// The in-process broker of the demo: it lists no groups, takes no offsets in a transaction and shows aborted records.
[[nodiscard]] bool isEmbedded(const QString& clusterId);
[[nodiscard]] Capabilities capabilitiesOf(const QString& clusterId);

/// The library's list handling is quadratic: no request names more partitions than that.
inline constexpr std::size_t partitionsAtOnce = 1'000;

enum class Which { LogStart, End };

/// The answer for each partition, in the order asked; nullopt with a failure where there is none.
struct OffsetsFound
{
    std::vector<std::optional<Offset>> offsets;
    std::vector<std::pair<TopicPartition, Error>> failures;
};

/// First or next offset of each partition: one request per leader and 1 000 partitions. `End` is the high watermark for
/// a client with isolation.level=read_uncommitted, else the last stable offset. One bad partition spoils no other: a
/// chunk that fails is halved until the bad one is alone; a silent broker is asked apart from the others. Fails as a
/// whole only when stopped or when nobody can be reached.
/// @param layout  of the same moment: partitions it does not know, or that have no leader, are not asked for
[[nodiscard]] Result<OffsetsFound> readOffsets(Client& client, const ClusterLayout& layout,
                                               const std::vector<TopicPartition>& partitions, Which which,
                                               std::stop_token stop);

} // namespace spillway::kafka
