// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/topicstore.h"

#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t dayMs = 86'400'000;
constexpr std::int64_t noLimit = -1; // in the tables, as Kafka writes it

template<typename T>
std::optional<std::int64_t> storedLimit(const std::optional<Limit<T>>& limit)
{
    if (!limit)
        return std::nullopt;
    if (!limit->most)
        return noLimit;
    if constexpr (std::is_same_v<T, Millis>)
        return std::int64_t{limit->most->count()};
    else
        return *limit->most;
}

template<typename T>
std::optional<Limit<T>> limitFrom(const SQLite::Column& column)
{
    const auto number = sql::maybeNumber(column);
    if (!number)
        return std::nullopt;
    return *number == noLimit ? Limit<T>{} : Limit<T>{T{*number}};
}

std::optional<std::int64_t> storedFlag(const std::optional<bool>& flag)
{
    return flag ? std::optional(std::int64_t{*flag ? 1 : 0}) : std::nullopt;
}

std::optional<bool> flagFrom(const SQLite::Column& column)
{
    return column.isNull() ? std::nullopt : std::optional(column.getInt() != 0);
}

/// is_there, partitions, and the settings' columns in the tables' order.
using SettingRow = std::array<std::optional<std::int64_t>, 7>;

SettingRow rowOf(const TopicFacts& facts)
{
    const TopicSettings& settings = facts.settings;
    return {storedFlag(facts.exists),
            facts.exists == true ? std::optional(static_cast<std::int64_t>(facts.partitions.size())) : std::nullopt,
            storedLimit(settings.retentionTime),
            storedLimit(settings.retentionBytes),
            storedFlag(settings.deletes),
            storedFlag(settings.compacts),
            settings.minInSync ? std::optional(std::int64_t{*settings.minInSync}) : std::nullopt};
}

TopicRole roleFrom(const QString& word)
{
    for (const TopicRole role : {TopicRole::DeadLetters, TopicRole::Origin}) {
        if (topicRoleWord(role) == word)
            return role;
    }
    return TopicRole::Event;
}

class TopicWriter
{
public:
    explicit TopicWriter(SQLite::Database& db)
        : m_topic(db, "INSERT INTO broker_topic (cluster_id, name, connection, role, is_named, sampled_at_ms, failure,"
                      " is_there, partitions, retention_ms, retention_bytes, deletes, compacts, min_in_sync,"
                      " compression)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                      " ON CONFLICT (cluster_id, name) DO UPDATE SET connection = excluded.connection,"
                      " role = excluded.role, is_named = excluded.is_named, sampled_at_ms = excluded.sampled_at_ms,"
                      " failure = excluded.failure, is_there = excluded.is_there, partitions = excluded.partitions,"
                      " retention_ms = excluded.retention_ms, retention_bytes = excluded.retention_bytes,"
                      " deletes = excluded.deletes, compacts = excluded.compacts, min_in_sync = excluded.min_in_sync,"
                      " compression = excluded.compression"
                      " RETURNING id")
        , m_before(db, "SELECT sampled_at_ms, is_there, partitions FROM broker_topic WHERE cluster_id = ? AND name = ?")
        , m_remade(db, "UPDATE broker_topic SET remade_after_ms = ? WHERE id = ?")
        , m_lastChange(db, "SELECT is_there, partitions, retention_ms, retention_bytes, deletes, compacts, min_in_sync"
                           " FROM broker_topic_change WHERE topic_id = ? ORDER BY at_ms DESC LIMIT 1")
        , m_change(db, "INSERT OR REPLACE INTO broker_topic_change (topic_id, at_ms, is_there, partitions,"
                       " retention_ms, retention_bytes, deletes, compacts, min_in_sync)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        , m_lastLog(db, "SELECT log_start, end_offset, size_bytes FROM broker_topic_log"
                        " WHERE topic_id = ? AND partition = ? ORDER BY at_ms DESC LIMIT 1")
        , m_log(db, "INSERT OR REPLACE INTO broker_topic_log (topic_id, partition, at_ms, log_start, end_offset,"
                    " size_bytes) VALUES (?, ?, ?, ?, ?, ?)")
    {
    }

    void add(const QString& clusterId, const QString& connection, const TopicFacts& facts,
             const TopicInterest& interest, std::int64_t atMs)
    {
        const SettingRow row = rowOf(facts);
        const std::optional<Before> before = beforeOf(clusterId, facts.topic);
        m_topic.reset();
        sql::bind(m_topic, 1, clusterId);
        sql::bind(m_topic, 2, facts.topic);
        sql::bind(m_topic, 3, connection);
        sql::bind(m_topic, 4, topicRoleWord(interest.role));
        m_topic.bind(5, interest.isNamed ? 1 : 0);
        m_topic.bind(6, atMs);
        sql::bind(m_topic, 7, facts.failure ? std::optional(facts.failure->detail) : std::nullopt);
        bindRow(m_topic, 8, row);
        sql::bind(m_topic, 15, facts.settings.compression);
        m_topic.executeStep();
        const std::int64_t id = m_topic.getColumn(0).getInt64();
        while (m_topic.executeStep()) {
        }
        noteChange(id, atMs, row);
        bool isRemade = before && facts.exists == true &&
                        (before->isThere == 0 || before->partitions > std::ssize(facts.partitions));
        for (std::size_t i = 0; i < facts.partitions.size(); ++i)
            isRemade = noteLog(id, static_cast<int>(i), atMs, facts.partitions[i]) || isRemade;
        if (!before || !isRemade)
            return;
        m_remade.reset();
        m_remade.bind(1, before->sampledMs);
        m_remade.bind(2, id);
        m_remade.exec();
    }

private:
    /// The topic as the sample before told it.
    struct Before
    {
        std::int64_t sampledMs = 0;
        std::optional<std::int64_t> isThere;
        std::optional<std::int64_t> partitions;
    };

    std::optional<Before> beforeOf(const QString& clusterId, const QString& topic)
    {
        m_before.reset();
        sql::bind(m_before, 1, clusterId);
        sql::bind(m_before, 2, topic);
        if (!m_before.executeStep())
            return std::nullopt;
        return Before{.sampledMs = m_before.getColumn(0).getInt64(),
                      .isThere = sql::maybeNumber(m_before.getColumn(1)),
                      .partitions = sql::maybeNumber(m_before.getColumn(2))};
    }

    static void bindRow(SQLite::Statement& statement, int at, const SettingRow& row)
    {
        for (const auto& value : row)
            sql::bind(statement, at++, value);
    }

    void noteChange(std::int64_t id, std::int64_t atMs, const SettingRow& row)
    {
        m_lastChange.reset();
        m_lastChange.bind(1, id);
        if (m_lastChange.executeStep()) {
            SettingRow last;
            for (int i = 0; i < static_cast<int>(last.size()); ++i)
                last[static_cast<std::size_t>(i)] = sql::maybeNumber(m_lastChange.getColumn(i));
            if (last == row)
                return;
        }
        m_change.reset();
        m_change.bind(1, id);
        m_change.bind(2, atMs);
        bindRow(m_change, 3, row);
        m_change.exec();
    }

    /// @return whether the log went back, which none does as long as its topic lives.
    bool noteLog(std::int64_t id, int partition, std::int64_t atMs, const PartitionLog& log)
    {
        bool wentBack = false;
        const std::array<std::optional<std::int64_t>, 3> row{
            log.logStart ? std::optional(log.logStart->value) : std::nullopt,
            log.end ? std::optional(log.end->value) : std::nullopt, log.sizeBytes};
        m_lastLog.reset();
        m_lastLog.bind(1, id);
        m_lastLog.bind(2, partition);
        if (m_lastLog.executeStep()) {
            const std::array<std::optional<std::int64_t>, 3> last{sql::maybeNumber(m_lastLog.getColumn(0)),
                                                                  sql::maybeNumber(m_lastLog.getColumn(1)),
                                                                  sql::maybeNumber(m_lastLog.getColumn(2))};
            if (last == row)
                return false;
            wentBack = (row[0] && last[0] && *row[0] < *last[0]) || (row[1] && last[1] && *row[1] < *last[1]);
        }
        m_log.reset();
        m_log.bind(1, id);
        m_log.bind(2, partition);
        m_log.bind(3, atMs);
        for (int i = 0; i < 3; ++i)
            sql::bind(m_log, 4 + i, row[static_cast<std::size_t>(i)]);
        m_log.exec();
        return wentBack;
    }

    SQLite::Statement m_topic;
    SQLite::Statement m_before;
    SQLite::Statement m_remade;
    SQLite::Statement m_lastChange;
    SQLite::Statement m_change;
    SQLite::Statement m_lastLog;
    SQLite::Statement m_log;
};

/// Records per day since the sample that stood a day before `sampledMs`, or the first one.
class GrowthReader
{
public:
    explicit GrowthReader(SQLite::Database& db)
        : m_before(db, "SELECT at_ms, end_offset FROM broker_topic_log"
                       " WHERE topic_id = ?1 AND partition = ?2 AND at_ms <= ?3 ORDER BY at_ms DESC LIMIT 1")
        , m_first(db, "SELECT at_ms, end_offset FROM broker_topic_log"
                      " WHERE topic_id = ?1 AND partition = ?2 AND at_ms > ?3 ORDER BY at_ms LIMIT 1")
    {
    }

    /// @param remadeMs  samples up to this one are of an earlier topic.
    std::optional<double> recordsPerDay(std::int64_t topic, int partition, std::int64_t sampledMs,
                                        const std::optional<Offset>& end, std::optional<std::int64_t> remadeMs)
    {
        const bool isYoung = remadeMs && *remadeMs >= sampledMs - dayMs;
        const std::int64_t windowMs = isYoung ? *remadeMs : sampledMs - dayMs;
        std::optional<std::pair<std::int64_t, std::int64_t>> from;
        if (!isYoung)
            from = row(m_before, topic, partition, windowMs);
        if (from)
            from->first = windowMs; // what stood before the window stood at its start
        else
            from = row(m_first, topic, partition, windowMs);
        // an end that moved back is a topic made anew
        if (!from || !end || sampledMs <= from->first || end->value < from->second)
            return std::nullopt;
        return static_cast<double>(end->value - from->second) * static_cast<double>(dayMs) /
               static_cast<double>(sampledMs - from->first);
    }

private:
    static std::optional<std::pair<std::int64_t, std::int64_t>> row(SQLite::Statement& select, std::int64_t topic,
                                                                    int partition, std::int64_t windowMs)
    {
        select.reset();
        select.bind(1, topic);
        select.bind(2, partition);
        select.bind(3, windowMs);
        if (!select.executeStep() || select.isColumnNull(1))
            return std::nullopt;
        return std::pair(select.getColumn(0).getInt64(), select.getColumn(1).getInt64());
    }

    SQLite::Statement m_before;
    SQLite::Statement m_first;
};

} // namespace

QString topicRoleWord(TopicRole role)
{
    switch (role) {
    case TopicRole::DeadLetters:
        return u"deadLetters"_s;
    case TopicRole::Origin:
        return u"origin"_s;
    case TopicRole::Event:
        return u"event"_s;
    }
    return {};
}

TopicBook::TopicBook(std::vector<KnownTopic> topics)
{
    for (KnownTopic& topic : topics) {
        const std::pair key(topic.clusterId, topic.facts.topic);
        m_topics.insert_or_assign(key, std::move(topic));
    }
}

const KnownTopic* TopicBook::topic(const QString& clusterId, const QString& name) const
{
    const auto found = m_topics.find({clusterId, name});
    return found == m_topics.end() ? nullptr : &found->second;
}

Status storeTopicFacts(Database& database, const QString& connection, const TopicFactsReport& report,
                       const std::map<QString, TopicInterest>& interests, UtcTime takenAt)
{
    return database.guarded([&](SQLite::Database& db) {
        TopicWriter writer(db);
        for (const TopicFacts& facts : report.topics) {
            const auto interest = interests.find(facts.topic);
            writer.add(report.clusterId, connection, facts,
                       interest == interests.end() ? TopicInterest{} : interest->second, toMs(takenAt));
        }
    });
}

Result<std::optional<UtcTime>> topicRemadeAfter(Database& reader, const QString& clusterId, const QString& name)
{
    return reader.query<std::optional<UtcTime>>([&](SQLite::Database& db) -> std::optional<UtcTime> {
        SQLite::Statement select(db, "SELECT remade_after_ms FROM broker_topic WHERE cluster_id = ? AND name = ?");
        sql::bind(select, 1, clusterId);
        sql::bind(select, 2, name);
        if (!select.executeStep() || select.isColumnNull(0))
            return std::nullopt;
        return utcFromMs(select.getColumn(0).getInt64());
    });
}

Result<TopicBook> topicBook(Database& reader)
{
    return reader.query<TopicBook>([](SQLite::Database& db) {
        std::vector<KnownTopic> topics;
        GrowthReader growth(db);
        SQLite::Statement select(
            db, "SELECT id, cluster_id, connection, role, is_named, name, is_there, partitions,"
                " retention_ms, retention_bytes, deletes, compacts, min_in_sync, failure,"
                " sampled_at_ms, compression, remade_after_ms FROM broker_topic ORDER BY cluster_id, name");
        SQLite::Statement log(db, "SELECT log_start, end_offset, size_bytes FROM broker_topic_log"
                                  " WHERE topic_id = ? AND partition = ? ORDER BY at_ms DESC LIMIT 1");
        SQLite::Statement asked(db, "SELECT partition, offset, record_at_ms FROM origin_record_time"
                                    " WHERE cluster_id = ? AND topic = ? AND record_at_ms IS NOT NULL"
                                    " AND asked_at_ms > ?");
        while (select.executeStep()) {
            KnownTopic topic;
            const std::int64_t id = select.getColumn(0).getInt64();
            topic.clusterId = sql::text(select.getColumn(1));
            topic.connection = sql::text(select.getColumn(2));
            topic.interest = {roleFrom(sql::text(select.getColumn(3))), select.getColumn(4).getInt() != 0};
            topic.facts.topic = sql::text(select.getColumn(5));
            topic.facts.exists = flagFrom(select.getColumn(6));
            topic.facts.partitions.resize(static_cast<std::size_t>(select.getColumn(7).getInt()));
            topic.facts.settings = {.retentionTime = limitFrom<Millis>(select.getColumn(8)),
                                    .retentionBytes = limitFrom<std::int64_t>(select.getColumn(9)),
                                    .deletes = flagFrom(select.getColumn(10)),
                                    .compacts = flagFrom(select.getColumn(11)),
                                    .minInSync = {}};
            if (const auto number = sql::maybeNumber(select.getColumn(12)))
                topic.facts.settings.minInSync = static_cast<int>(*number);
            topic.facts.settings.compression = sql::maybeText(select.getColumn(15));
            if (const auto failure = sql::maybeText(select.getColumn(13)))
                topic.facts.failure = Error{ErrorCode::Unauthorised, *failure};
            const std::int64_t sampledMs = select.getColumn(14).getInt64();
            topic.sampledAt = utcFromMs(sampledMs);
            const auto remadeMs = sql::maybeNumber(select.getColumn(16));
            if (remadeMs)
                topic.remadeAfter = utcFromMs(*remadeMs);
            for (std::size_t i = 0; i < topic.facts.partitions.size(); ++i) {
                PartitionLog& partition = topic.facts.partitions[i];
                log.reset();
                log.bind(1, id);
                log.bind(2, static_cast<int>(i));
                if (log.executeStep()) {
                    if (const auto start = sql::maybeNumber(log.getColumn(0)))
                        partition.logStart = Offset{*start};
                    if (const auto end = sql::maybeNumber(log.getColumn(1)))
                        partition.end = Offset{*end};
                    partition.sizeBytes = sql::maybeNumber(log.getColumn(2));
                }
                topic.recordsPerDay.push_back(
                    growth.recordsPerDay(id, static_cast<int>(i), sampledMs, partition.end, remadeMs));
            }
            asked.reset();
            sql::bind(asked, 1, topic.clusterId);
            sql::bind(asked, 2, topic.facts.topic);
            asked.bind(3, remadeMs.value_or(-1)); // before that it was another topic's record
            while (asked.executeStep())
                topic.askedTimes.emplace(std::pair(asked.getColumn(0).getInt(), Offset{asked.getColumn(1).getInt64()}),
                                         utcFromMs(asked.getColumn(2).getInt64()));
            topics.push_back(std::move(topic));
        }
        return TopicBook(std::move(topics));
    });
}

Result<std::int64_t> thinTopicHistory(Database& database, UtcTime now, UtcTime oldest)
{
    return database.query<std::int64_t>([&](SQLite::Database& db) {
        // A row goes when the same partition has a later one in its hour, or is too old and there is any later one.
        SQLite::Statement thin(db, "DELETE FROM broker_topic_log"
                                   " WHERE at_ms < ?1 AND EXISTS (SELECT 1 FROM broker_topic_log n"
                                   "  WHERE n.topic_id = broker_topic_log.topic_id"
                                   "  AND n.partition = broker_topic_log.partition AND n.at_ms > broker_topic_log.at_ms"
                                   "  AND (broker_topic_log.at_ms < ?2"
                                   "       OR n.at_ms / 3600000 = broker_topic_log.at_ms / 3600000))");
        thin.bind(1, toMs(now) - 2 * dayMs);
        thin.bind(2, toMs(oldest));
        return std::int64_t{thin.exec()};
    });
}

} // namespace spillway
