// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/deadletter/topicstore.h"
#include "model/scorecard/eventsamples.h"

namespace spillway {

/// A group that has committed in a topic, as of the newest sample of its cluster.
struct GroupReading
{
    QString connection;
    QString group;
    QString topic;
    bool hasCommitted = false; ///< false: only expected to read it
    UtcTime sampledAt;
    friend bool operator==(const GroupReading&, const GroupReading&) = default;
};

/// How many records a consumer logged for an event over the last seven days.
struct LoggedVolume
{
    QString consumer;
    QString eventType;
    std::int64_t records = 0;
    UtcTime first; ///< start of the first ten minutes with a record
    UtcTime last;
    friend bool operator==(const LoggedVolume&, const LoggedVolume&) = default;
};

/// A topic's growth between its oldest sample of the last seven days and its newest.
struct ObservedGrowth
{
    QString clusterId;
    QString topic;
    std::int64_t records = 0;
    UtcTime from;
    UtcTime to;
    friend bool operator==(const ObservedGrowth&, const ObservedGrowth&) = default;
};

/// What was observed of topics and groups, from the store.
struct DriftFacts
{
    std::vector<KnownTopic> topics;          ///< asked about in detail
    std::vector<ClusterTopic> clusterTopics; ///< every name
    std::vector<GroupReading> readings;
    std::vector<EventSample> samples;
    std::vector<LoggedVolume> logged;
    std::vector<ObservedGrowth> growth;
    UtcTime now;
};

/// Blocking; on a reader's thread.
[[nodiscard]] Result<DriftFacts> readDriftFacts(Database& reader, UtcTime now);

} // namespace spillway
