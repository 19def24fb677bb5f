// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/slo/processingrecord.h"
#include "model/trail/trail.h"

#include <set>

namespace spillway {

/// Finds the processing-log records that name a key or one of its ids. The store keeps counts of that log, not its
/// records: they are read where they stand. One thread.
class ProcessingTrail
{
public:
    /// @param matcher  outlives this.
    /// @param ids      of the records on the trail: a log record about one of them counts too.
    /// @param since    older ones do not count; nullopt: all.
    ProcessingTrail(const TrailMatcher& matcher, std::set<QByteArray> ids, std::optional<UtcTime> since);

    /// The entry of a log's record that bears the key as any record may (its `event_id`, its `trace_id`), or whose
    /// `event_id` or `trace_id` is one of the ids.
    /// @param channel  as it is to be shown. @param isFile  its offset is a place in bytes, and it has no partitions.
    [[nodiscard]] std::optional<TrailEntry> entryOf(const RawRecord& record, const QString& connection,
                                                    const QString& channel, bool isFile);

private:
    [[nodiscard]] bool namesAnId(QByteArrayView json) const;

    const TrailMatcher& m_matcher;
    std::set<QByteArray> m_ids;
    std::optional<UtcTime> m_since;
    ProcessingRecordReader m_reader;
};

} // namespace spillway
