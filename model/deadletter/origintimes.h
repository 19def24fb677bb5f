// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/broker/recordlookup.h"
#include "model/store/storewriter.h"

#include <stop_token>

/// Pointers that do not tell when their origin's record was written (share groups): the origin is asked, once, so that
/// it is known until when its broker keeps the payload. What it said is in KnownTopic::askedTimes.
namespace spillway {

/// Keeps what the origin said of one record. @param timestamp  nullopt: no such record, or it has none
[[nodiscard]] Status keepOriginTime(Database& database, const QString& clusterId, const TopicPartition& at,
                                    Offset offset, std::optional<UtcTime> timestamp, UtcTime askedAt);

/// Asks for the records of the connection's open pointers that tell no time, were not rescued and not asked about since
/// their topic was made, at most `most` of them. A missing right on one origin passes over it. Blocking; not the UI's
/// thread.
/// @return how many were asked about.
[[nodiscard]] Result<std::int64_t> askOriginTimes(RecordLookup& lookup, StoreWriter& store, const QString& connection,
                                                  const Clock& clock, std::int64_t most, std::stop_token stop);

} // namespace spillway
