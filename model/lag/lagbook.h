// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lag/lagsource.h"
#include "model/lag/lagstate.h"
#include "model/lag/timelag.h"
#include "model/store/database.h"

#include <QHash>

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace spillway {

/// What one look left in the store.
struct LagBookEntry
{
    std::int64_t rows = 0;        ///< (group, partition) rows that the look told
    std::int64_t unknownRows = 0; ///< rows whose commit or end could not be had this time
    std::int64_t groups = 0;
};

/// One connection's lag tables, with their newest rows in memory: a look is compared with what is there and only
/// changes are written. When a transaction fails, the book no longer matches the file: throw it away and make a new
/// one. One thread at a time.
class LagBook
{
public:
    /// Reads what the store has of this cluster and connection. A connection that is not among `connections` any more
    /// and saw the same cluster has been renamed: its rows go on under the new name.
    [[nodiscard]] static Result<std::unique_ptr<LagBook>> open(Database& database, const QString& clusterId,
                                                               const QString& connection, Millis sampleInterval,
                                                               const QStringList& connections);

    /// Judges a look and writes it; call it inside a transaction.
    /// @param askedAt  before the look was asked for; ages are counted so that network and broker delays stay inside
    /// the bounds.
    /// @param listsGroups  the look names every group that exists: one that is missing has been deleted.
    [[nodiscard]] Result<LagBookEntry> enter(Database& database, const LagObservation& look, UtcTime askedAt,
                                             bool listsGroups);

private:
    struct Partition
    {
        std::int64_t id = 0;
        std::int64_t topicId = 0;
        int number = 0;
        std::int64_t life = 1;
        bool isGone = false;
        std::optional<Offset> logStart;
        std::optional<Offset> end;
        std::optional<Offset> lastStable;
        bool isLastStableMoving = false;
        std::optional<Offset> newestEnd; ///< of the last sample that told one
        std::optional<UtcTime> answeredAskedAt;
        std::uint64_t seenInLook = 0;
    };
    struct Row
    {
        std::size_t partition = 0;
        std::optional<Offset> committed;
        std::int64_t life = 1;
        LagState state = LagState::Unknown;
        std::optional<AppendWindow> oldestUnread;
        std::optional<Offset> oldestUnreadAt; ///< the offset that the window belongs to
        std::optional<UtcTime> caughtUpAt;
        std::vector<CommitPoint> commits;
        std::optional<UtcTime> sampledAt; ///< nullopt: in the newest sample
        std::uint64_t seenInLook = 0;
        bool isStored = false;
    };
    struct Sums
    {
        std::optional<std::int64_t> lag;
        std::int64_t unknown = 0;
        std::optional<Millis> low;
        std::optional<Millis> high;
        bool isHighUnknown = false;
        friend bool operator==(const Sums&, const Sums&) = default;
    };
    struct Group
    {
        std::int64_t id = 0;
        std::unordered_map<std::size_t, Row> rows; // by index into m_partitions
        std::map<std::int64_t, Sums> written;      // by topic id, 0 the whole group: what stands last in lag_history
    };
    struct Writers;

    LagBook() = default;
    void load(SQLite::Database& db);
    std::size_t partitionIndex(SQLite::Database& db, const TopicPartition& at);
    Group& group(SQLite::Database& db, const QString& name);
    void takeEnds(Writers& writers, const LagObservation& look, UtcTime askedAt);
    void takeCommits(Writers& writers, const LagObservation& look, bool listsGroups, LagBookEntry& entry);
    void takeRow(Writers& writers, Group& owner, Row& row, const CommittedOffset& commit, Membership membership,
                 UtcTime now);
    void findOldestUnread(Writers& writers, Row& row, const Partition& partition, std::optional<MessageCount> lag);
    void settleMissing(Writers& writers, const LagObservation& look, bool listsGroups, LagBookEntry& entry);
    void writeRow(Writers& writers, const Group& owner, const Row& row);
    void writeSums(Writers& writers, Group& owner, UtcTime now);

    std::int64_t m_sourceId = 0;
    std::optional<UtcTime> m_askedAt; // of the newest sample in the store
    std::optional<UtcTime> m_takenAt;
    std::uint64_t m_look = 0;
    std::vector<Partition> m_partitions;
    QHash<QString, std::map<int, std::size_t>> m_topics; // name -> partition number -> index
    QHash<QString, std::int64_t> m_topicIds;
    std::map<QString, Group> m_groups;
};

} // namespace spillway
