// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/brokersocket.h"
#include "connectors/kafka/cluster.h"

#include <map>

namespace spillway::kafka {

/// Bytes on disk of partitions' logs at their leaders, as brokers tell them (DescribeLogDirs): packed as they are
/// stored, without indexes. A broker that is silent, that we cannot log in to, or that does not let us ask (the right
/// Describe on the cluster) leaves its partitions out; the first reason stands in `why`. At most ten seconds in all.
struct LogSizes
{
    std::map<TopicPartition, std::int64_t> bytes;
    std::optional<Error> why;
};
[[nodiscard]] LogSizes readLogSizes(const ClusterLayout& layout, const std::vector<TopicPartition>& partitions,
                                    const std::vector<Property>& properties, std::stop_token stop);

/// The body of a request for these partitions, in its first form that all brokers still know (version 1).
[[nodiscard]] QByteArray logSizesRequest(const std::vector<TopicPartition>& partitions);
/// What an answer tells. Corrupt: it is no such answer. Copies that are only being moved to another disk are left out.
[[nodiscard]] Result<std::map<TopicPartition, std::int64_t>> logSizesAnswer(QByteArrayView body);

} // namespace spillway::kafka
