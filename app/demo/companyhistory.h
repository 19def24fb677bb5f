// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/events.h"
#include "app/demo/letters.h"
#include "app/demo/services.h"

#include <map>
#include <optional>
#include <vector>

namespace spillway::demo {

/// A group's next offset in one partition.
struct GroupCommit
{
    QString group;
    TopicPartition at;
    Offset next;
    friend bool operator==(const GroupCommit&, const GroupCommit&) = default;
};

/// What one service made of one event.
struct Handling
{
    std::vector<RawRecord> log; ///< processing-log records
    std::optional<RawRecord> letter;
};

/// @param failure  why it failed for good; nullopt: it succeeded, perhaps at the second attempt.
/// @param endedAt  when the last attempt was over
[[nodiscard]] Handling handle(Random& random, const Service& service, const RawRecord& record, const EventView& event,
                              const std::optional<Failure>& failure, double latencyMs, UtcTime endedAt);

/// What no replay mends: the event itself is not as the service needs it.
[[nodiscard]] std::optional<Failure> flawOf(const Service& service, const EventView& event);

/// What lies in the topics when the company is first looked at: two weeks with old letters, a day of processing, half
/// an hour of busy traffic, a schema break that began 22 minutes ago.
struct CompanyPast
{
    std::vector<RawRecord> events;  ///< by time, with the offsets they get when produced in this order to empty topics
    std::vector<RawRecord> letters; ///< by the time they were written
    std::vector<RawRecord> log;     ///< by time
    std::vector<GroupCommit> commits;
    std::map<QByteArray, std::size_t>
        firstUnhandled; ///< by service: index in `events`; their number when all is handled
};

[[nodiscard]] CompanyPast makePast(Random& random, EventFactory& factory, UtcTime now);

} // namespace spillway::demo
