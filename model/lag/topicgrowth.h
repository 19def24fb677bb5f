// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/store/database.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace spillway {

/// How much was written to a topic between marks in time, and who read it, as the samples of lag tell.
struct TopicGrowth
{
    QString connection;
    QString topic;
    int partitions = 0;
    /// Records written between mark i and mark i + 1, over all partitions; nullopt: no samples within `mostDistance` on
    /// both sides of a mark, or a partition's history does not reach back so far, or the topic was made anew.
    std::vector<std::optional<std::int64_t>> written;
    QStringList groups; ///< that committed, ordered
    /// Written in 24 hours on average from the first sample to the last; nullopt: less than a day of samples.
    std::optional<std::int64_t> usualADay = std::nullopt;
    friend bool operator==(const TopicGrowth&, const TopicGrowth&) = default;
};

/// By connection, then topic. Between two samples an end offset is interpolated. `marks` ascend. Blocking; on a
/// reader's thread.
[[nodiscard]] Result<std::vector<TopicGrowth>> topicGrowth(Database& reader, const std::vector<UtcTime>& marks,
                                                           Millis mostDistance);

/// How far behind the readers of a topic ever were.
struct TopicLag
{
    QString topic;
    std::optional<Millis> worst; ///< the oldest unread record, in the worst sample of any group; nullopt: never told
    Millis observed{0};          ///< from the first sample to the last
    friend bool operator==(const TopicLag&, const TopicLag&) = default;
};

/// Every topic that was sampled, ordered by name. Blocking; on a reader's thread.
[[nodiscard]] Result<std::vector<TopicLag>> worstTimeLags(Database& reader);

} // namespace spillway
