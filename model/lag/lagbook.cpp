// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagbook.h"

#include "model/lag/commitring.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <QSet>

#include <algorithm>

namespace spillway {

namespace {

/// A row that no look told anything of for this long is dropped: its group is gone, whatever else fails.
constexpr Millis unknownRowsAreKept{24 * 3'600'000};

template<typename T>
void bindOptional(SQLite::Statement& statement, int index, const std::optional<Count<T>>& value)
{
    if (value)
        statement.bind(index, value->value);
    else
        statement.bind(index);
}

void bindOptional(SQLite::Statement& statement, int index, const std::optional<UtcTime>& value)
{
    if (value)
        statement.bind(index, toMs(*value));
    else
        statement.bind(index);
}

void bindOptional(SQLite::Statement& statement, int index, const std::optional<Millis>& value)
{
    if (value)
        statement.bind(index, std::int64_t{value->count()});
    else
        statement.bind(index);
}

std::optional<Offset> offsetAt(SQLite::Statement& statement, int column)
{
    return statement.isColumnNull(column) ? std::nullopt
                                          : std::optional(Offset{statement.getColumn(column).getInt64()});
}

std::optional<UtcTime> timeAt(SQLite::Statement& statement, int column)
{
    return statement.isColumnNull(column) ? std::nullopt
                                          : std::optional(utcFromMs(statement.getColumn(column).getInt64()));
}

QString textAt(SQLite::Statement& statement, int column)
{
    const SQLite::Column value = statement.getColumn(column);
    return QString::fromUtf8(value.getText(), value.getBytes());
}

Membership membershipOf(GroupState state)
{
    switch (state) {
    case GroupState::Stable:
    case GroupState::Rebalancing:
        return Membership::Present;
    case GroupState::Empty:
    case GroupState::Dead:
        return Membership::Absent;
    case GroupState::Unknown:
        return Membership::Unknown;
    }
    Q_UNREACHABLE();
}

} // namespace

/// The statements of one look, prepared once.
struct LagBook::Writers
{
    explicit Writers(SQLite::Database& database)
        : db(database)
    {
    }

    SQLite::Database& db;
    SQLite::Statement updatePartition{db, R"(
        UPDATE lag_partition
        SET life = ?2, is_gone = ?3, log_start_offset = ?4, end_offset = ?5, last_stable_offset = ?6, answered_asked_ms = ?7
        WHERE partition_id = ?1)"};
    SQLite::Statement forgetEnds{db, R"(
        DELETE FROM lag_end
        WHERE partition_id = ?)"};
    SQLite::Statement insertEnd{db, R"(
        INSERT INTO lag_end (partition_id, end_offset, at_ms, unknown_before_ms)
        VALUES (?1, ?2, ?3, ?4))"};
    SQLite::Statement selectWindow{db, R"(
        SELECT at_ms, at_ms - unknown_before_ms
        FROM lag_end
        WHERE partition_id = ?1 AND end_offset > ?2
        ORDER BY end_offset
        LIMIT 1)"};
    SQLite::Statement upsertRow{db, R"(
        INSERT INTO lag_row (group_id, partition_id, committed_offset, life, state, unread_after_ms, unread_before_ms, caught_up_at_ms,
                             commits, sampled_at_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT DO UPDATE
        SET committed_offset = excluded.committed_offset, life = excluded.life, state = excluded.state,
            unread_after_ms = excluded.unread_after_ms, unread_before_ms = excluded.unread_before_ms,
            caught_up_at_ms = excluded.caught_up_at_ms, commits = excluded.commits, sampled_at_ms = excluded.sampled_at_ms)"};
    SQLite::Statement deleteRow{db, R"(
        DELETE FROM lag_row
        WHERE group_id = ?1 AND partition_id = ?2)"};
    SQLite::Statement insertHistory{db, R"(
        INSERT INTO lag_history (group_id, topic_id, at_ms, lag, partitions_unknown, time_lag_low_ms, time_lag_high_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO UPDATE
        SET lag = excluded.lag, partitions_unknown = excluded.partitions_unknown, time_lag_low_ms = excluded.time_lag_low_ms,
            time_lag_high_ms = excluded.time_lag_high_ms)"};
};

Result<std::unique_ptr<LagBook>> LagBook::open(Database& database, const QString& clusterId, const QString& connection,
                                               Millis sampleInterval, const QStringList& connections)
{
    std::unique_ptr<LagBook> book(new LagBook);
    const Status opened = database.guarded([&](SQLite::Database& db) {
        SQLite::Statement known(db, R"(
            SELECT source_id, connection
            FROM lag_source
            WHERE cluster_id = ?
            ORDER BY source_id)");
        known.bind(1, clusterId.toStdString());
        std::optional<std::int64_t> own;
        std::optional<std::int64_t> renamed;
        while (known.executeStep()) {
            const QString name = textAt(known, 1);
            if (name == connection)
                own = known.getColumn(0).getInt64();
            else if (!connections.isEmpty() && !connections.contains(name))
                renamed = known.getColumn(0).getInt64();
        }
        SQLite::Statement upsert(db, R"(
            INSERT INTO lag_source (source_id, cluster_id, connection, sample_interval_ms)
            VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (source_id) DO UPDATE
            SET connection = excluded.connection, sample_interval_ms = excluded.sample_interval_ms)");
        if (own || renamed)
            upsert.bind(1, own ? *own : *renamed);
        upsert.bind(2, clusterId.toStdString());
        upsert.bind(3, connection.toStdString());
        upsert.bind(4, std::int64_t{sampleInterval.count()});
        upsert.exec();
        book->m_sourceId = own ? *own : renamed ? *renamed : db.getLastInsertRowid();
        book->load(db);
    });
    if (!opened)
        return tl::unexpected<Error>(opened.error());
    return book;
}

void LagBook::load(SQLite::Database& db)
{
    SQLite::Statement source(db, R"(
        SELECT asked_at_ms, taken_at_ms
        FROM lag_source
        WHERE source_id = ?)");
    source.bind(1, m_sourceId);
    if (source.executeStep()) {
        m_askedAt = timeAt(source, 0);
        m_takenAt = timeAt(source, 1);
    }

    SQLite::Statement topics(db, R"(
        SELECT topic_id, name
        FROM lag_topic
        WHERE source_id = ?)");
    topics.bind(1, m_sourceId);
    std::unordered_map<std::int64_t, QString> topicNames;
    while (topics.executeStep()) {
        topicNames.emplace(topics.getColumn(0).getInt64(), textAt(topics, 1));
        m_topicIds.insert(textAt(topics, 1), topics.getColumn(0).getInt64());
    }

    SQLite::Statement partitions(db, R"(
        SELECT p.partition_id, p.topic_id, p.number, p.life, p.is_gone, p.log_start_offset, p.end_offset, p.last_stable_offset,
               p.answered_asked_ms, (SELECT MAX(e.end_offset) FROM lag_end AS e WHERE e.partition_id = p.partition_id)
        FROM lag_partition AS p
        JOIN lag_topic AS t ON t.topic_id = p.topic_id
        WHERE t.source_id = ?)");
    partitions.bind(1, m_sourceId);
    std::unordered_map<std::int64_t, std::size_t> indexOf;
    while (partitions.executeStep()) {
        Partition partition;
        partition.id = partitions.getColumn(0).getInt64();
        partition.topicId = partitions.getColumn(1).getInt64();
        partition.number = partitions.getColumn(2).getInt();
        partition.life = partitions.getColumn(3).getInt64();
        partition.isGone = partitions.getColumn(4).getInt() != 0;
        partition.logStart = offsetAt(partitions, 5);
        partition.end = offsetAt(partitions, 6);
        partition.lastStable = offsetAt(partitions, 7);
        partition.newestEnd = offsetAt(partitions, 9);
        partition.answeredAskedAt = partition.end ? m_askedAt : timeAt(partitions, 8);
        indexOf.emplace(partition.id, m_partitions.size());
        m_topics[topicNames[partition.topicId]].emplace(partition.number, m_partitions.size());
        m_partitions.push_back(partition);
    }

    SQLite::Statement groups(db, R"(
        SELECT group_id, name
        FROM lag_group
        WHERE source_id = ?)");
    groups.bind(1, m_sourceId);
    std::unordered_map<std::int64_t, Group*> groupOf;
    while (groups.executeStep()) {
        Group& owner = m_groups[textAt(groups, 1)];
        owner.id = groups.getColumn(0).getInt64();
        groupOf.emplace(owner.id, &owner);
    }

    SQLite::Statement rows(db, R"(
        SELECT r.group_id, r.partition_id, r.committed_offset, r.life, r.state, r.unread_after_ms, r.unread_before_ms, r.caught_up_at_ms,
               r.commits, r.sampled_at_ms
        FROM lag_row AS r
        JOIN lag_group AS g ON g.group_id = r.group_id
        WHERE g.source_id = ?)");
    rows.bind(1, m_sourceId);
    while (rows.executeStep()) {
        const auto owner = groupOf.find(rows.getColumn(0).getInt64());
        const auto index = indexOf.find(rows.getColumn(1).getInt64());
        if (owner == groupOf.end() || index == indexOf.end())
            continue;
        Row row;
        row.partition = index->second;
        row.committed = offsetAt(rows, 2);
        row.life = rows.getColumn(3).getInt64();
        row.state = static_cast<LagState>(rows.getColumn(4).getInt());
        if (const auto before = timeAt(rows, 6)) {
            row.oldestUnread = AppendWindow{timeAt(rows, 5), *before};
            row.oldestUnreadAt =
                row.committed
                    ? std::optional(std::max(*row.committed, m_partitions[row.partition].logStart.value_or(Offset{})))
                    : std::nullopt;
        }
        row.caughtUpAt = timeAt(rows, 7);
        const Partition& partition = m_partitions[row.partition];
        if (lagOf(row.committed, partition.end) == MessageCount{0})
            row.caughtUpAt = m_takenAt;
        const SQLite::Column blob = rows.getColumn(8);
        row.commits = unpackCommits(QByteArrayView(static_cast<const char*>(blob.getBlob()), blob.getBytes()))
                          .value_or(std::vector<CommitPoint>{});
        row.sampledAt = timeAt(rows, 9);
        row.isStored = true;
        owner->second->rows.emplace(row.partition, std::move(row));
    }
    // What stands last in lag_history is not read back: the first look after a start writes every sum once more.
}

std::size_t LagBook::partitionIndex(SQLite::Database& db, const TopicPartition& at)
{
    auto& numbers = m_topics[at.topic];
    const auto found = numbers.find(at.partition);
    if (found != numbers.end())
        return found->second;
    auto topicId = m_topicIds.constFind(at.topic);
    if (topicId == m_topicIds.constEnd()) {
        SQLite::Statement insert(db, R"(
            INSERT INTO lag_topic (source_id, name)
            VALUES (?1, ?2))");
        insert.bind(1, m_sourceId);
        insert.bind(2, at.topic.toStdString());
        insert.exec();
        topicId = m_topicIds.insert(at.topic, db.getLastInsertRowid());
    }
    SQLite::Statement insert(db, R"(
        INSERT INTO lag_partition (topic_id, number)
        VALUES (?1, ?2))");
    insert.bind(1, std::int64_t{topicId.value()});
    insert.bind(2, at.partition);
    insert.exec();
    Partition partition;
    partition.id = db.getLastInsertRowid();
    partition.topicId = topicId.value();
    partition.number = at.partition;
    numbers.emplace(at.partition, m_partitions.size());
    m_partitions.push_back(partition);
    return m_partitions.size() - 1;
}

LagBook::Group& LagBook::group(SQLite::Database& db, const QString& name)
{
    Group& owner = m_groups[name];
    if (owner.id == 0) {
        SQLite::Statement insert(db, R"(
            INSERT INTO lag_group (source_id, name)
            VALUES (?1, ?2))");
        insert.bind(1, m_sourceId);
        insert.bind(2, name.toStdString());
        insert.exec();
        owner.id = db.getLastInsertRowid();
    }
    return owner;
}

void LagBook::takeEnds(Writers& writers, const LagObservation& look, UtcTime askedAt)
{
    const QSet<QString> gone(look.goneTopics.begin(), look.goneTopics.end());
    const auto write = [&writers](const Partition& partition) {
        SQLite::Statement& update = writers.updatePartition;
        update.reset();
        update.bind(1, partition.id);
        update.bind(2, partition.life);
        update.bind(3, partition.isGone ? 1 : 0);
        bindOptional(update, 4, partition.logStart);
        bindOptional(update, 5, partition.end);
        bindOptional(update, 6, partition.lastStable);
        bindOptional(update, 7, partition.end ? std::nullopt : partition.answeredAskedAt);
        update.exec();
    };
    for (const PartitionEnds& ends : look.ends) {
        Partition& partition = m_partitions[partitionIndex(writers.db, ends.at)];
        const Partition before = partition;
        partition.seenInLook = m_look;
        // Between two samples the log start only grows: the last one told stays a true lower bound.
        partition.logStart = ends.logStart ? ends.logStart : partition.logStart;
        partition.end = ends.end;
        partition.isLastStableMoving = ends.lastStable && before.lastStable && ends.lastStable != before.lastStable;
        partition.lastStable = ends.lastStable;
        // Neither end nor log start ever goes back while a topic lives. That a topic was away for a while is no proof:
        // brokers that restart deny topics they have.
        const bool isEndBack = ends.end && partition.newestEnd && *ends.end < *partition.newestEnd;
        const bool isStartBack = ends.end && ends.logStart && before.logStart && *ends.logStart < *before.logStart;
        const bool isAnother = isEndBack || isStartBack;
        if (isAnother) {
            ++partition.life;
            partition.newestEnd = std::nullopt;
            partition.answeredAskedAt = std::nullopt;
            partition.logStart = ends.logStart;
            writers.forgetEnds.reset();
            writers.forgetEnds.bind(1, partition.id);
            writers.forgetEnds.exec();
        }
        if (ends.end) {
            partition.isGone = false;
            if (!partition.newestEnd || *ends.end > *partition.newestEnd) {
                writers.insertEnd.reset();
                writers.insertEnd.bind(1, partition.id);
                writers.insertEnd.bind(2, ends.end->value);
                writers.insertEnd.bind(3, toMs(look.takenAt));
                bindOptional(writers.insertEnd, 4,
                             partition.answeredAskedAt
                                 ? std::optional(std::max(Millis{0}, look.takenAt - *partition.answeredAskedAt))
                                 : std::nullopt);
                writers.insertEnd.exec();
                partition.newestEnd = ends.end;
            }
        }
        const bool isToWrite = before.life != partition.life || before.isGone != partition.isGone ||
                               before.logStart != partition.logStart || before.end != partition.end ||
                               before.lastStable != partition.lastStable;
        if (isToWrite)
            write(partition);
        if (ends.end)
            partition.answeredAskedAt = askedAt;
    }
    for (auto topic = m_topics.constBegin(); topic != m_topics.constEnd(); ++topic) {
        const bool isGone = gone.contains(topic.key());
        for (const auto& [number, index] : topic.value()) {
            Partition& partition = m_partitions[index];
            const bool isNews = partition.end.has_value() || (isGone && !partition.isGone);
            if (partition.seenInLook == m_look || !isNews)
                continue;
            partition.isGone = partition.isGone || isGone;
            partition.end = std::nullopt;
            partition.lastStable = std::nullopt;
            write(partition);
        }
    }
}

void LagBook::findOldestUnread(Writers& writers, Row& row, const Partition& partition, std::optional<MessageCount> lag)
{
    if (!row.committed || !lag || lag->value == 0) {
        row.oldestUnread = std::nullopt;
        row.oldestUnreadAt = std::nullopt;
        return;
    }
    // What retention took cannot be the oldest unread message any more.
    const Offset next = std::max(*row.committed, partition.logStart.value_or(Offset{}));
    if (row.oldestUnread && row.oldestUnreadAt == next)
        return; // when a record was appended does not change
    SQLite::Statement& select = writers.selectWindow;
    select.reset();
    select.bind(1, partition.id);
    select.bind(2, next.value);
    row.oldestUnreadAt = next;
    row.oldestUnread = std::nullopt;
    if (select.executeStep())
        row.oldestUnread = AppendWindow{timeAt(select, 1), utcFromMs(select.getColumn(0).getInt64())};
}

void LagBook::takeRow(Writers& writers, Group& owner, Row& row, const CommittedOffset& commit, Membership membership,
                      UtcTime now)
{
    const Partition& partition = m_partitions[row.partition];
    const Row before = row;
    row.seenInLook = m_look;
    row.sampledAt = std::nullopt;
    if (!row.isStored)
        row.life = partition.life;
    const std::optional<MessageCount> lag = lagOf(commit.committed, partition.end);
    const bool hasMoved = !row.isStored || commit.committed != row.committed;
    row.committed = commit.committed;
    const bool isBeyondEnd = commit.committed && partition.end && *commit.committed > *partition.end;
    if (hasMoved && !isBeyondEnd && row.life != partition.life) {
        row.life = partition.life;
        row.commits.clear();
    }
    if (hasMoved && commit.committed) {
        row.commits.push_back({*commit.committed, now, lag});
        if (row.commits.size() > commitRingSize)
            row.commits.erase(row.commits.begin());
    } else if (!commit.committed) {
        row.commits.clear();
    }

    LagFacts facts;
    facts.now = now;
    facts.isTopicGone = partition.isGone;
    facts.isTopicRecreated = row.life != partition.life;
    facts.committed = row.committed;
    facts.logStart = partition.logStart;
    facts.end = partition.end;
    facts.lastStable = partition.lastStable;
    facts.isLastStableMoving = partition.isLastStableMoving;
    facts.currentLag = lag;
    facts.commits = commitsSinceRest(row.commits);
    facts.caughtUpAt = row.caughtUpAt;
    facts.membership = membership;
    row.state = judgeLag(facts).state;
    findOldestUnread(writers, row, partition, facts.isTopicRecreated ? std::nullopt : lag);

    // While nothing is unread this time moves with every sample and is not written: the newest sample's time says it.
    // When the rest ends, the oldest unread message appears, and the row is written with it.
    if (lag == MessageCount{0})
        row.caughtUpAt = now;
    const bool isToWrite = hasMoved || before.life != row.life || before.state != row.state ||
                           before.oldestUnread != row.oldestUnread || before.sampledAt != row.sampledAt;
    if (isToWrite)
        writeRow(writers, owner, row);
    row.isStored = true;
}

void LagBook::writeRow(Writers& writers, const Group& owner, const Row& row)
{
    SQLite::Statement& upsert = writers.upsertRow;
    upsert.reset();
    upsert.bind(1, owner.id);
    upsert.bind(2, m_partitions[row.partition].id);
    bindOptional(upsert, 3, row.committed);
    upsert.bind(4, row.life);
    upsert.bind(5, static_cast<int>(row.state));
    bindOptional(upsert, 6, row.oldestUnread ? row.oldestUnread->after : std::nullopt);
    bindOptional(upsert, 7, row.oldestUnread ? std::optional(row.oldestUnread->before) : std::nullopt);
    bindOptional(upsert, 8, row.caughtUpAt);
    const QByteArray commits = packCommits(row.commits);
    upsert.bind(9, commits.constData(), static_cast<int>(commits.size()));
    bindOptional(upsert, 10, row.sampledAt);
    upsert.exec();
}

void LagBook::takeCommits(Writers& writers, const LagObservation& look, bool listsGroups, LagBookEntry& entry)
{
    QHash<QString, Membership> memberships;
    for (const GroupFacts& facts : look.groups)
        memberships.insert(facts.group, membershipOf(facts.state));

    for (auto first = look.committed.begin(); first != look.committed.end();) {
        const auto last = std::find_if(first, look.committed.end(),
                                       [&first](const CommittedOffset& c) { return c.group != first->group; });
        const Membership membership = memberships.value(first->group, Membership::Unknown);
        Group* owner = nullptr;
        for (auto commit = first; commit != last; ++commit) {
            owner = owner ? owner : &group(writers.db, commit->group);
            const std::size_t index = partitionIndex(writers.db, commit->at);
            Row& row = owner->rows[index];
            row.partition = index;
            takeRow(writers, *owner, row, *commit, membership, look.takenAt);
            ++entry.rows;
            entry.unknownRows += row.state == LagState::Unknown;
        }
        first = last;
    }
    settleMissing(writers, look, listsGroups, entry);
    for (auto& [name, owner] : m_groups) {
        entry.groups += !owner.rows.empty();
        writeSums(writers, owner, look.takenAt);
    }
}

void LagBook::settleMissing(Writers& writers, const LagObservation& look, bool listsGroups, LagBookEntry& entry)
{
    QSet<QString> listed;
    for (const GroupFacts& facts : look.groups)
        listed.insert(facts.group);
    for (auto& [name, owner] : m_groups) {
        const bool isTold = std::any_of(owner.rows.begin(), owner.rows.end(),
                                        [this](const auto& item) { return item.second.seenInLook == m_look; });
        const bool isDeleted = look.failures.empty() || (listsGroups && !listed.isEmpty() && !listed.contains(name));
        for (auto item = owner.rows.begin(); item != owner.rows.end();) {
            Row& row = item->second;
            if (row.seenInLook == m_look) {
                ++item;
                continue;
            }
            const bool isForgotten = row.sampledAt && look.takenAt - *row.sampledAt > unknownRowsAreKept;
            if (isDeleted || isTold || isForgotten) {
                writers.deleteRow.reset();
                writers.deleteRow.bind(1, owner.id);
                writers.deleteRow.bind(2, m_partitions[row.partition].id);
                writers.deleteRow.exec();
                item = owner.rows.erase(item);
                continue;
            }
            ++entry.unknownRows;
            if (!row.sampledAt || row.state != LagState::Unknown) {
                row.sampledAt = row.sampledAt ? row.sampledAt : m_takenAt;
                row.state = LagState::Unknown;
                row.oldestUnread = std::nullopt;
                row.oldestUnreadAt = std::nullopt;
                writeRow(writers, owner, row);
            }
            ++item;
        }
    }
}

void LagBook::writeSums(Writers& writers, Group& owner, UtcTime now)
{
    std::map<std::int64_t, Sums> sums;
    for (const auto& [index, row] : owner.rows) {
        const Partition& partition = m_partitions[index];
        // Of an unknown row nothing is summed; -1 is no lag.
        const bool isTold = row.seenInLook == m_look && row.state != LagState::TopicRecreated;
        const std::int64_t lag = isTold ? lagOf(row.committed, partition.end).value_or(MessageCount{-1}).value : -1;
        for (const std::int64_t topicId : {partition.topicId, std::int64_t{0}}) {
            Sums& sum = sums[topicId];
            if (lag < 0) {
                ++sum.unknown;
                continue;
            }
            sum.lag = sum.lag.value_or(0) + lag;
            if (lag == 0) {
                sum.low = sum.low.value_or(Millis{0});
                sum.high = sum.high.value_or(Millis{0});
            } else if (row.oldestUnread) {
                const TimeLag age = timeLagAt(*row.oldestUnread, now);
                sum.low = std::max(sum.low.value_or(Millis{0}), age.low);
                sum.high = std::max(sum.high.value_or(Millis{0}), age.high.value_or(Millis{0}));
                sum.isHighUnknown = sum.isHighUnknown || !age.high;
            } else {
                sum.isHighUnknown = true;
            }
        }
    }
    for (const auto& [topicId, before] : owner.written) {
        if (!sums.contains(topicId))
            sums[topicId] = Sums{}; // the end of a series
    }
    for (auto& [topicId, sum] : sums) {
        if (sum.isHighUnknown)
            sum.high = std::nullopt;
        const auto before = owner.written.find(topicId);
        if (before != owner.written.end() && before->second == sum)
            continue;
        SQLite::Statement& insert = writers.insertHistory;
        insert.reset();
        insert.bind(1, owner.id);
        insert.bind(2, topicId);
        insert.bind(3, toMs(now));
        if (sum.lag)
            insert.bind(4, *sum.lag);
        else
            insert.bind(4);
        insert.bind(5, sum.unknown);
        bindOptional(insert, 6, sum.low);
        bindOptional(insert, 7, sum.high);
        insert.exec();
        owner.written[topicId] = sum;
    }
}

Result<LagBookEntry> LagBook::enter(Database& database, const LagObservation& look, UtcTime askedAt, bool listsGroups)
{
    LagBookEntry entry;
    const Status written = database.guarded([&](SQLite::Database& db) {
        ++m_look;
        Writers writers(db);
        takeEnds(writers, look, askedAt);
        takeCommits(writers, look, listsGroups, entry);
        SQLite::Statement sample(db, R"(
            INSERT INTO lag_sample (source_id, taken_at_ms)
            VALUES (?1, ?2)
            ON CONFLICT DO NOTHING)");
        sample.bind(1, m_sourceId);
        sample.bind(2, toMs(look.takenAt));
        sample.exec();
        SQLite::Statement source(db, R"(
            UPDATE lag_source
            SET asked_at_ms = ?2, taken_at_ms = ?3
            WHERE source_id = ?1)");
        source.bind(1, m_sourceId);
        source.bind(2, toMs(askedAt));
        source.bind(3, toMs(look.takenAt));
        source.exec();
        m_askedAt = askedAt;
        m_takenAt = look.takenAt;
    });
    if (!written)
        return tl::unexpected<Error>(written.error());
    return entry;
}

} // namespace spillway
