// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/trail/topictrail.h"
#include "model/trail/trail.h"

#include <QStringList>

#include <vector>

namespace spillway {

/// What is asked: the same from a command line and from the screen.
struct TrailRequest
{
    TrailKey key;
    std::optional<Millis> since = Millis{24 * 3'600'000}; ///< how far back is read, not what is stored; nullopt: all
    int limit = 1'000;                                    ///< entries, letters, and records found
    std::int64_t maxBytes = 1LL << 30;                    ///< read from brokers and files
    bool storedOnly = false;                              ///< asks no broker, reads no log
    bool ownPartitionOnly = false;
    QStringList topics; ///< besides those of the catalog and of the letters found
    friend bool operator==(const TrailRequest&, const TrailRequest&) = default;
};

/// Something that could not be read.
struct TrailFailure
{
    QString connection;
    QString topic; ///< empty: the connection as a whole
    Error error;
    friend bool operator==(const TrailFailure&, const TrailFailure&) = default;
};

/// What was looked at, so that nobody takes a part for the whole.
struct TrailReport
{
    bool storedOnly = false;
    bool storedIsWhole = true;    ///< else there are more dead letters than the limit
    std::optional<UtcTime> since; ///< nullopt: as far back as there is
    std::int64_t records = 0;
    std::int64_t positions = 0; ///< that there were to be looked at, at most
    std::int64_t bytes = 0;
    QStringList topics;      ///< read, without repetition
    QStringList missing;     ///< on no connection
    QStringList unread;      ///< sentences: what cannot be read at all
    int otherPartitions = 0; ///< left out, as was asked
    TopicsRead::End end = TopicsRead::End::Whole;
    std::int64_t cut = 0; ///< entries found over the limit, left out
    std::vector<TrailFailure> failures;

    /// What one look at topics brought.
    void add(const QString& connection, const TopicsRead& read);
    /// Whether more may be there than was found.
    [[nodiscard]] bool isPartial() const;
};

/// A key's trail, arranged and masked, and how it was gathered.
struct Trail
{
    std::vector<TrailEntry> entries;
    TrailReport report;
};

/// For people: a sentence on what was looked at and why it ended there, then one for each thing that was left out.
/// Failures are not among them.
[[nodiscard]] QStringList trailReportLines(const TrailReport& report, const TrailRequest& request, std::size_t entries);
/// `orders: broker1:9092 did not answer`, with the topic where it is about one.
[[nodiscard]] QString trailFailureText(const TrailFailure& failure);

} // namespace spillway
