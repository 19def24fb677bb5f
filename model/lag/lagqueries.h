// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/jsonwriter.h"
#include "model/catalog/catalog.h"
#include "model/lag/lagstate.h"
#include "model/lag/lagtrend.h"
#include "model/lag/timelag.h"
#include "model/store/database.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

/// What the store knows about lag. Every query runs on a reader's connection, in the thread that owns it.
namespace spillway {

/// Empty strings take all.
struct LagFilter
{
    QString connection;
    QString group;
    QString topic;
    friend bool operator==(const LagFilter&, const LagFilter&) = default;
};

/// One (group, partition) as of `sampledAt`; contract.md, command `lag`.
struct LagRow
{
    QString connection;
    QString group;
    QString topic;
    int partition = 0;
    std::optional<Offset> committedOffset; ///< nullopt: never committed, or (state unknown) not told
    std::optional<Offset> endOffset;
    std::optional<Offset> lastStableOffset;
    std::optional<Offset> logStartOffset;
    std::optional<MessageCount> lag;
    std::optional<TimeLag> timeLag;   ///< age of the oldest unread message at `sampledAt`; 0 to 0 with nothing unread
    std::optional<MessageCount> lost; ///< messages that expired unread
    LagState state = LagState::Unknown;
    std::optional<QString> owner; ///< team
    UtcTime sampledAt;
    friend bool operator==(const LagRow&, const LagRow&) = default;
};

/// Ordered by connection, group, topic, partition. Empty: nothing was sampled yet, or nothing fits.
[[nodiscard]] Result<std::vector<LagRow>> lagRows(Database& reader, const Catalog& catalog,
                                                  const LagFilter& filter = {});

/// When the newest sample of any connection was taken; nullopt: nothing was sampled yet.
[[nodiscard]] Result<std::optional<UtcTime>> lastLagSampleAt(Database& reader);

/// One JSON array, fields as contract.md names them.
[[nodiscard]] QByteArray lagJson(const std::vector<LagRow>& rows);
/// A table for people, worst group first as given; names made visible. Empty rows give one sentence.
[[nodiscard]] QString lagText(const std::vector<LagRow>& rows);

/// A group as a whole.
struct LagGroupRow
{
    std::int64_t id = 0; ///< stable key while the store lives
    QString connection;
    QString group;
    std::optional<QString> owner;
    std::optional<MessageCount> totalLag; ///< sum over the partitions that are known; nullopt: none is
    std::int64_t partitions = 0;
    std::int64_t partitionsUnknown = 0; ///< without a known lag: not told, never committed, topic gone or made anew
    std::optional<MessageCount> lost;   ///< messages that expired unread, over all partitions
    LagState worstState = LagState::Unknown;
    std::optional<TimeLag> timeLag;      ///< of the partition that is furthest behind
    std::optional<LagTrendReport> trend; ///< nullopt: too few samples in the last ten minutes
    UtcTime sampledAt;                   ///< the oldest among its rows
    friend bool operator==(const LagGroupRow&, const LagGroupRow&) = default;
};

/// Worst state first, then most behind in time, then largest lag, then by name.
[[nodiscard]] Result<std::vector<LagGroupRow>> lagGroups(Database& reader, const Catalog& catalog,
                                                         const LagFilter& filter = {});

/// One point of a chart; a point without lag is a gap in the line.
struct LagSeriesPoint
{
    UtcTime at;
    std::optional<MessageCount> lag; ///< highest in the point's stretch of time; nullopt: not sampled, or not known
    std::optional<Millis> timeLagLow;
    std::optional<Millis> timeLagHigh;
    friend bool operator==(const LagSeriesPoint&, const LagSeriesPoint&) = default;
};

/// Lag of a group (or of one of its topics) over [from, to), oldest first, at most about `maxPoints` and the gaps
/// between them. `filter.connection` and `filter.group` name one group. Peaks survive: a point holds the highest lag of
/// its stretch. Gap: no sample for more than three sample intervals.
[[nodiscard]] Result<std::vector<LagSeriesPoint>> lagSeries(Database& reader, const LagFilter& filter, UtcTime from,
                                                            UtcTime to, int maxPoints);

} // namespace spillway
