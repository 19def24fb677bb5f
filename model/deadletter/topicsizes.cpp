// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/topicsizes.h"

#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <tuple>

namespace spillway {

namespace {

constexpr std::int64_t dayMs = 86'400'000;

class LogReader
{
public:
    explicit LogReader(SQLite::Database& db)
        : m_log(db, R"(
            SELECT log_start, end_offset, size_bytes
            FROM broker_topic_log
            WHERE topic_id = ?1 AND partition = ?2 AND at_ms <= ?3
            ORDER BY at_ms DESC
            LIMIT 1)")
        , m_payloads(db, R"(
            SELECT COUNT(*), SUM(bytes)
            FROM (SELECT LENGTH(b.value) AS bytes
                  FROM letter AS l
                  JOIN letter_facet AS f ON f.id = l.facet_ref
                  JOIN letter_body AS b ON b.letter_ref = l.id
                  WHERE f.origin_topic = ?1 AND l.is_pointer = 0 AND b.value IS NOT NULL
                  ORDER BY l.id DESC
                  LIMIT 10000))")
    {
    }

    /// Records and bytes over all partitions; nullopt where one does not tell.
    using RecordsAndBytes = std::pair<std::optional<std::int64_t>, std::optional<std::int64_t>>;
    RecordsAndBytes at(const TopicSizes& sizes, std::int64_t topic, std::int64_t atMs, bool compacts)
    {
        std::optional<std::int64_t> records = compacts ? std::nullopt : std::optional(std::int64_t{0});
        std::optional<std::int64_t> bytes = 0;
        for (int partition = 0; partition < sizes.partitions.value_or(0); ++partition) {
            m_log.reset();
            m_log.bind(1, topic);
            m_log.bind(2, partition);
            m_log.bind(3, atMs);
            const bool isThere = m_log.executeStep();
            const bool hasEnds = isThere && !m_log.isColumnNull(0) && !m_log.isColumnNull(1);
            records = records && hasEnds
                          ? std::optional(*records + m_log.getColumn(1).getInt64() - m_log.getColumn(0).getInt64())
                          : std::nullopt;
            bytes = bytes && isThere && !m_log.isColumnNull(2) ? std::optional(*bytes + m_log.getColumn(2).getInt64())
                                                               : std::nullopt;
        }
        const bool isEmpty = sizes.partitions.value_or(0) == 0;
        return isEmpty ? RecordsAndBytes() : RecordsAndBytes(records, bytes);
    }

    void addPayloads(TopicSizes& sizes)
    {
        m_payloads.reset();
        sql::bind(m_payloads, 1, sizes.topic);
        if (!m_payloads.executeStep())
            return;
        sizes.samples = m_payloads.getColumn(0).getInt();
        if (sizes.samples >= fewestSamples)
            sizes.sampledPayloadBytes = m_payloads.getColumn(1).getInt64() / sizes.samples;
    }

private:
    SQLite::Statement m_log;
    SQLite::Statement m_payloads;
};

} // namespace

Result<std::vector<QByteArray>> sampledPayloads(Database& reader, const QString& topic)
{
    return reader.query<std::vector<QByteArray>>([&](SQLite::Database& db) {
        SQLite::Statement select(db, R"(
            SELECT b.value
            FROM letter AS l
            JOIN letter_facet AS f ON f.id = l.facet_ref
            JOIN letter_body AS b ON b.letter_ref = l.id
            WHERE f.origin_topic = ?1 AND l.is_pointer = 0 AND b.value IS NOT NULL AND LENGTH(b.value) <= 65536
            ORDER BY l.id DESC
            LIMIT 500)");
        sql::bind(select, 1, topic);
        std::vector<QByteArray> payloads;
        while (select.executeStep()) {
            if (auto payload = sql::maybeBytes(select.getColumn(0)))
                payloads.push_back(std::move(*payload));
        }
        return payloads;
    });
}

Result<std::vector<TopicSizes>> topicSizes(Database& reader, const std::vector<UtcTime>& moments)
{
    return reader.query<std::vector<TopicSizes>>([&](SQLite::Database& db) {
        LogReader logs(db);
        SQLite::Statement topics(db, R"(
            SELECT id, connection, name, partitions, retention_ms, compacts, sampled_at_ms
            FROM broker_topic
            WHERE is_there = 1
            ORDER BY connection, name)");
        std::vector<TopicSizes> all;
        while (topics.executeStep()) {
            TopicSizes& sizes = all.emplace_back();
            const std::int64_t id = topics.getColumn(0).getInt64();
            sizes.connection = sql::text(topics.getColumn(1));
            sizes.topic = sql::text(topics.getColumn(2));
            if (const auto partitions = sql::maybeNumber(topics.getColumn(3)))
                sizes.partitions = static_cast<int>(*partitions);
            if (const auto retention = sql::maybeNumber(topics.getColumn(4)); retention && *retention > 0)
                sizes.retentionDays = static_cast<double>(*retention) / static_cast<double>(dayMs);
            const bool compacts = sql::maybeNumber(topics.getColumn(5)).value_or(0) != 0;
            const std::int64_t sampledMs = topics.getColumn(6).getInt64();
            for (const UtcTime moment : moments) {
                // rows are written on change: the last one holds until the last sample
                if (toMs(moment) > sampledMs + dayMs) {
                    sizes.keptRecords.emplace_back();
                    sizes.keptBytes.emplace_back();
                } else {
                    const auto [records, bytes] = logs.at(sizes, id, toMs(moment), compacts);
                    sizes.keptRecords.push_back(records);
                    sizes.keptBytes.push_back(bytes);
                }
            }
            std::tie(sizes.newestRecords, sizes.newestBytes) = logs.at(sizes, id, sampledMs, compacts);
            logs.addPayloads(sizes);
        }
        return all;
    });
}

} // namespace spillway
