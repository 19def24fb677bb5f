// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/capabilities.h"
#include "model/broker/recordsource.h"

#include <QStringList>

#include <map>
#include <optional>
#include <vector>

/// What a broker says about topics themselves: how long it keeps records, and where their logs begin and end.
namespace spillway {

/// A limit as a broker states it: so much, or none at all. Whether it is known is the optional around it.
template<typename T>
struct Limit
{
    std::optional<T> most; ///< nullopt: no limit
    friend bool operator==(const Limit&, const Limit&) = default;
};

/// How a topic is configured. nullopt: the broker did not say.
struct TopicSettings
{
    std::optional<Limit<Millis>> retentionTime;        ///< records older than this may be deleted
    std::optional<Limit<std::int64_t>> retentionBytes; ///< of one partition
    std::optional<bool> deletes;                       ///< cleanup.policy names delete: the two limits count
    std::optional<bool> compacts;                      ///< cleanup.policy names compact: of a key the newest stays
    std::optional<int> minInSync;                      ///< replicas that must have a record before it counts as written
    std::optional<QString> compression = std::nullopt; ///< compression.type; `producer`: as producers send it
    friend bool operator==(const TopicSettings&, const TopicSettings&) = default;
};

/// One partition's log. nullopt: could not be asked.
struct PartitionLog
{
    std::optional<Offset> logStart;        ///< first offset still there
    std::optional<Offset> end;             ///< offset the next record will get
    std::optional<std::int64_t> sizeBytes; ///< on a disk, where the broker tells
    friend bool operator==(const PartitionLog&, const PartitionLog&) = default;
};

struct TopicFacts
{
    QString topic;
    std::optional<bool> exists;           ///< nullopt: not to be seen by us, whether it is there or not
    std::vector<PartitionLog> partitions; ///< by number; empty where `exists` is not true
    TopicSettings settings;
    std::optional<Error> failure; ///< why something is unknown; a missing right comes with the line that grants it
    friend bool operator==(const TopicFacts&, const TopicFacts&) = default;
};

struct TopicFactsReport
{
    QString clusterId;
    Capabilities capabilities;
    std::vector<TopicFacts> topics; ///< ordered by name, each once; internal topics only when named outright
    QStringList names;              ///< of every topic that may be seen, ordered; internal ones left out
};

/// Asks about topics. Changes nothing, reads no record. One thread at a time; returns within about 250 ms of a stop.
class TopicFactsSource
{
public:
    virtual ~TopicFactsSource() = default;

    /// A selector's topic is in the answer whatever becomes of it; a pattern brings those that there are. What is
    /// refused for one topic stands in its `failure`. Error: nobody answers.
    [[nodiscard]] virtual Result<TopicFactsReport> describe(const std::vector<TopicSelector>& topics,
                                                            std::stop_token stop) = 0;
};

} // namespace spillway
