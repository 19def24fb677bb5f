// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/capabilities.h"
#include "model/broker/record.h"
#include "model/broker/recordsource.h"

#include <QStringList>

#include <map>
#include <stop_token>
#include <vector>

namespace spillway {

/// One group's committed offset in one partition, as the broker told it. Partitions without one are named only where
/// the group is known to read them: it has committed elsewhere in the topic, is expected to read it, or has a member
/// that does.
struct CommittedOffset
{
    QString group;
    TopicPartition at;
    std::optional<Offset> committed; ///< nullopt: asked for, and never committed (or expired)
    friend bool operator==(const CommittedOffset&, const CommittedOffset&) = default;
};

/// A partition's ends. Each is nullopt when the broker did not answer for it.
struct PartitionEnds
{
    TopicPartition at;
    std::optional<Offset> logStart;
    std::optional<Offset> end;        ///< high watermark
    std::optional<Offset> lastStable; ///< last stable offset
    friend bool operator==(const PartitionEnds&, const PartitionEnds&) = default;
};

enum class GroupState { Unknown, Empty, Rebalancing, Stable, Dead };

struct GroupFacts
{
    QString group;
    GroupState state = GroupState::Unknown; ///< Unknown also where the broker cannot tell
    friend bool operator==(const GroupFacts&, const GroupFacts&) = default;
};

/// One look at a cluster.
struct LagObservation
{
    QString clusterId;
    UtcTime takenAt;                        ///< when the end offsets were received
    std::vector<GroupFacts> groups;         ///< ordered by name
    std::vector<CommittedOffset> committed; ///< ordered by group, topic, partition
    std::vector<PartitionEnds> ends;        ///< ordered by topic, partition: every partition named in `committed`
    QStringList goneTopics;                 ///< topics with commits that the cluster no longer has
    std::vector<Error> failures;            ///< what could not be had; the rest is right
};

struct LagRequest
{
    QStringList knownGroups; ///< from ownership.yaml; asked for by name where the broker cannot list groups
    /// Group -> topics it is expected to read (`Catalog::topicsOfGroup`): their partitions without a commit become rows
    /// too.
    std::map<QString, QStringList> topicsOfGroup;
    QStringList include; ///< wildcard patterns (* and ?); empty takes all
    QStringList exclude;
};

/// Samples committed offsets and ends of every group. Committed offsets are asked first, so that a negative lag cannot
/// come from the order. One thread at a time; returns within 250 ms of a stop. Spillway's own groups
/// (`spillway.replay.*`) are left out.
class LagSource
{
public:
    virtual ~LagSource() = default;
    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    [[nodiscard]] virtual Result<LagObservation> sample(const LagRequest& request, std::stop_token stop) = 0;
};

} // namespace spillway
