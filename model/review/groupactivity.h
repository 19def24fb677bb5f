// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/lettergroups.h"

#include <stop_token>
#include <vector>

namespace spillway {

/// A span of time, half-open.
struct ReviewPeriod
{
    UtcTime from;
    UtcTime until;
    friend bool operator==(const ReviewPeriod&, const ReviewPeriod&) = default;
    [[nodiscard]] Millis length() const { return until - from; }
};

/// A group of dead letters and what came into it. A letter counts at its moment: deadLetteredAt, else firstSeenAt.
struct GroupActivity
{
    DeadLetterGroup group;
    std::int64_t arrived = 0;           ///< in the period
    std::int64_t arrivedBefore = 0;     ///< in the span of the same length before it
    std::vector<std::int64_t> arrivals; ///< in the period, in equal parts, oldest first
    friend bool operator==(const GroupActivity&, const GroupActivity&) = default;
};

/// Every group with an open letter or with one that came in the period, in the order of `deadLetterGroups`.
/// @param parts  how many parts `arrivals` has, at least 1.
/// @param also   groups that are told in any case, by the ids they bear now.
/// Reads in the calling thread, from an index alone; Cancelled when `stop` came first.
[[nodiscard]] Result<std::vector<GroupActivity>> groupActivity(Database& reader, const ReviewPeriod& period, int parts,
                                                               std::stop_token stop = {}, const QStringList& also = {});

} // namespace spillway
