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
    /// @param ids    of the records on the trail: a log record about one of them counts too.
    /// @param since  older ones do not count; nullopt: all.
    ProcessingTrail(QByteArray key, std::set<QByteArray> ids, std::optional<UtcTime> since);

    /// The entry of a log's record whose `event_id` or `trace_id` is the key or one of the ids.
    /// @param channel  as it is to be shown. @param isFile  its offset is a place in bytes, and it has no partitions.
    [[nodiscard]] std::optional<TrailEntry> entryOf(const RawRecord& record, const QString& connection,
                                                    const QString& channel, bool isFile);

private:
    [[nodiscard]] bool mayName(QByteArrayView json) const;

    QByteArray m_key;
    std::set<QByteArray> m_ids; // the key among them
    std::optional<UtcTime> m_since;
    ProcessingRecordReader m_reader;
};

} // namespace spillway
