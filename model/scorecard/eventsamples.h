// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/store/database.h"

#include <QStringList>

#include <map>
#include <optional>
#include <vector>

/// What brokers' topics look like from outside, in the store: names, and sizes of the newest records.
namespace spillway {

/// The newest records of one event type in one topic.
struct EventSample
{
    QString clusterId;
    QString topic;
    QString eventType; ///< empty: the records do not tell
    QString connection;
    UtcTime sampledAt;
    std::int64_t records = 0; ///< at least 1
    std::int64_t payloadBytes = 0;
    std::int64_t largestBytes = 0;
    std::optional<std::int64_t> recordBytes = std::nullopt; ///< with keys and headers; nullopt: an old sample
    [[nodiscard]] double averageBytes() const
    {
        return static_cast<double>(payloadBytes) / static_cast<double>(records);
    }
    friend bool operator==(const EventSample&, const EventSample&) = default;
};

/// How small codecs make the payloads of a topic's newest records, see packedShares, and what their fields take.
struct TopicPacking
{
    QString clusterId;
    QString topic;
    QString connection;
    int payloads = 0;
    std::map<QString, double> shares;     ///< by codec
    std::map<QString, double> fieldBytes; ///< top-level fields of JSON payloads: bytes a payload, on average
    friend bool operator==(const TopicPacking&, const TopicPacking&) = default;
};

/// A topic that a cluster has.
struct ClusterTopic
{
    QString clusterId;
    QString name;
    QString connection;
    UtcTime seenAt;
    friend bool operator==(const ClusterTopic&, const ClusterTopic&) = default;
};

/// Replaces what is known of the topic. Inside a transaction.
[[nodiscard]] Status storeEventSamples(Database& database, const QString& clusterId, const QString& topic,
                                       std::int64_t ends, const std::vector<EventSample>& samples, UtcTime now);
/// All samples, by cluster, topic, type.
[[nodiscard]] Result<std::vector<EventSample>> eventSamples(Database& reader);
/// Replaces what is known of the topic. Inside a transaction.
[[nodiscard]] Status storeTopicPacking(Database& database, const TopicPacking& packing);
/// By cluster, topic.
[[nodiscard]] Result<std::vector<TopicPacking>> topicPackings(Database& reader);
/// The ends a topic was sampled at; nullopt: never.
[[nodiscard]] Result<std::optional<std::int64_t>> sampledEnds(Database& reader, const QString& clusterId,
                                                              const QString& topic);

/// Replaces the cluster's list. Inside a transaction.
[[nodiscard]] Status storeTopicNames(Database& database, const QString& clusterId, const QString& connection,
                                     const QStringList& names, UtcTime now);
[[nodiscard]] Result<std::vector<ClusterTopic>> clusterTopics(Database& reader);

} // namespace spillway
