// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/processingbook.h"

#include "model/slo/rollup.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace spillway {

namespace {

QString textAt(SQLite::Statement& statement, int column)
{
    const SQLite::Column value = statement.getColumn(column);
    return QString::fromUtf8(value.getText(), value.getBytes());
}

std::optional<double> targetOf(const Catalog& catalog, const QString& consumer, const QString& eventType)
{
    const Subscription* subscription = catalog.subscription(consumer, eventType);
    return subscription ? subscription->consumer.sloProcessingTimeMs : std::nullopt;
}

/// Equal records of a batch, as processing_record keeps them.
struct RecordRow
{
    std::int64_t atMs = 0;
    std::int64_t pairId = 0;
    double latencyMs = 0;
    ProcessingStatus status = ProcessingStatus::Success;
    std::optional<double> targetMs;
    [[nodiscard]] auto key() const { return std::tuple(atMs, pairId, latencyMs, status); }
};

using SumKey = std::pair<std::int64_t, std::int64_t>; // start, pair: the order of the table

class SumWriter
{
public:
    explicit SumWriter(SQLite::Database& db)
        : m_select(db, R"(
            SELECT total, succeeded, within_target, good, min_latency_ms, max_latency_ms, histogram
            FROM processing_sum
            WHERE level = ?1 AND start_ms = ?2 AND pair_id = ?3)")
        , m_upsert(db, R"(
            INSERT OR REPLACE INTO processing_sum (level, start_ms, pair_id, total, succeeded, within_target, good, min_latency_ms, max_latency_ms,
                                                   histogram)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))")
    {
    }

    /// Adds the sums of the finest level to all levels.
    void addToAllLevels(const std::map<SumKey, ProcessingSum>& finest)
    {
        std::map<SumKey, ProcessingSum> coarser;
        const std::map<SumKey, ProcessingSum>* current = &finest;
        for (std::size_t level = 0; level < rollupWidthsMs.size(); ++level) {
            for (const auto& [key, sum] : *current)
                add(level, key, sum);
            if (level + 1 == rollupWidthsMs.size())
                return;
            std::map<SumKey, ProcessingSum> next;
            for (const auto& [key, sum] : *current)
                next[{stretchStart(key.first, rollupWidthsMs[level + 1]), key.second}].merge(sum);
            coarser = std::move(next);
            current = &coarser;
        }
    }

private:
    void add(std::size_t level, const SumKey& key, ProcessingSum sum)
    {
        m_select.reset();
        m_select.bind(1, static_cast<int>(level));
        m_select.bind(2, key.first);
        m_select.bind(3, key.second);
        if (m_select.executeStep()) {
            sum.counts += SloCounts{m_select.getColumn(0).getInt64(), m_select.getColumn(1).getInt64(),
                                    m_select.getColumn(2).getInt64(), m_select.getColumn(3).getInt64()};
            sum.widen(m_select.getColumn(4).getDouble(), m_select.getColumn(5).getDouble());
            const SQLite::Column blob = m_select.getColumn(6);
            sum.histogram.mergePacked(QByteArrayView(static_cast<const char*>(blob.getBlob()), blob.getBytes()));
        }
        m_upsert.reset();
        m_upsert.bind(1, static_cast<int>(level));
        m_upsert.bind(2, key.first);
        m_upsert.bind(3, key.second);
        m_upsert.bind(4, sum.counts.total);
        m_upsert.bind(5, sum.counts.succeeded);
        m_upsert.bind(6, sum.counts.withinTarget);
        m_upsert.bind(7, sum.counts.good);
        m_upsert.bind(8, sum.minLatencyMs.value_or(0));
        m_upsert.bind(9, sum.maxLatencyMs.value_or(0));
        const QByteArray histogram = sum.histogram.packed();
        m_upsert.bind(10, histogram.constData(), static_cast<int>(histogram.size()));
        m_upsert.exec();
    }

    SQLite::Statement m_select;
    SQLite::Statement m_upsert;
};

} // namespace

Result<std::unique_ptr<ProcessingBook>> ProcessingBook::open(Database& database, const Catalog& catalog)
{
    std::unique_ptr<ProcessingBook> book(new ProcessingBook);
    book->m_catalog = catalog;
    const Status opened = database.guarded([&book](SQLite::Database& db) {
        SQLite::Statement pairs(db, R"(
            SELECT pair_id, consumer_service, event_type, target_ms
            FROM processing_pair)");
        while (pairs.executeStep()) {
            Pair pair{pairs.getColumn(0).getInt64(), std::nullopt};
            if (!pairs.isColumnNull(3))
                pair.targetMs = pairs.getColumn(3).getDouble();
            book->m_pairs.insert({textAt(pairs, 1), textAt(pairs, 2)}, pair);
        }
        book->followTargets(db);
    });
    if (!opened)
        return tl::unexpected<Error>(opened.error());
    return book;
}

void ProcessingBook::followTargets(SQLite::Database& db)
{
    std::unordered_map<std::int64_t, std::optional<double>> changed;
    SQLite::Statement update(db, R"(
        UPDATE processing_pair
        SET target_ms = ?2
        WHERE pair_id = ?1)");
    for (auto item = m_pairs.begin(); item != m_pairs.end(); ++item) {
        const auto target = targetOf(m_catalog, item.key().first, item.key().second);
        if (target == item->targetMs)
            continue;
        item->targetMs = target;
        changed.emplace(item->id, target);
        update.reset();
        update.bind(1, item->id);
        if (target)
            update.bind(2, *target);
        else
            update.bind(2);
        update.exec();
    }
    if (changed.empty())
        return;
    // One pass over all records, whatever the number of targets that changed.
    std::array<std::map<SumKey, std::pair<std::int64_t, std::int64_t>>, rollupWidthsMs.size()>
        sums; // within target, good
    SQLite::Statement records(db, R"(
        SELECT processed_at_ms, pair_id, latency_ms, status, records
        FROM processing_record)");
    while (records.executeStep()) {
        const auto pair = changed.find(records.getColumn(1).getInt64());
        if (pair == changed.end() || !pair->second || records.getColumn(2).getDouble() > *pair->second)
            continue;
        const std::int64_t count = records.getColumn(4).getInt64();
        const bool isSuccess = records.getColumn(3).getInt() == static_cast<int>(ProcessingStatus::Success);
        auto& [within, good] = sums[0][{stretchStart(records.getColumn(0).getInt64(), rollupWidthsMs[0]), pair->first}];
        within += count;
        good += isSuccess ? count : 0;
    }
    for (std::size_t level = 1; level < rollupWidthsMs.size(); ++level) {
        for (const auto& [key, counts] : sums[level - 1]) {
            auto& [within, good] = sums[level][{stretchStart(key.first, rollupWidthsMs[level]), key.second}];
            within += counts.first;
            good += counts.second;
        }
    }
    SQLite::Statement forget(db, R"(
        UPDATE processing_sum
        SET within_target = 0, good = 0
        WHERE pair_id = ?)");
    for (const auto& [id, target] : changed) {
        forget.reset();
        forget.bind(1, id);
        forget.exec();
    }
    SQLite::Statement set(db, R"(
        UPDATE processing_sum
        SET within_target = ?4, good = ?5
        WHERE level = ?1 AND start_ms = ?2 AND pair_id = ?3)");
    for (std::size_t level = 0; level < sums.size(); ++level) {
        for (const auto& [key, counts] : sums[level]) {
            set.reset();
            set.bind(1, static_cast<int>(level));
            set.bind(2, key.first);
            set.bind(3, key.second);
            set.bind(4, counts.first);
            set.bind(5, counts.second);
            set.exec();
        }
    }
}

ProcessingBook::Pair& ProcessingBook::pair(SQLite::Database& db, const QString& consumer, const QString& eventType)
{
    const auto key = std::pair(consumer, eventType);
    const auto known = m_pairs.find(key);
    if (known != m_pairs.end())
        return known.value();
    Pair pair{0, targetOf(m_catalog, consumer, eventType)};
    SQLite::Statement insert(db, R"(
        INSERT INTO processing_pair (consumer_service, event_type, target_ms)
        VALUES (?1, ?2, ?3))");
    insert.bind(1, consumer.toStdString());
    insert.bind(2, eventType.toStdString());
    if (pair.targetMs)
        insert.bind(3, *pair.targetMs);
    insert.exec();
    pair.id = db.getLastInsertRowid();
    return m_pairs.insert(key, pair).value();
}

Status ProcessingBook::enter(Database& database, const QString& clusterId, const ProcessingBatch& batch, UtcTime now)
{
    return database.guarded([&](SQLite::Database& db) {
        std::vector<RecordRow> rows;
        rows.reserve(batch.records.size());
        for (const ProcessingBatch::Entry& entry : batch.records) {
            const ProcessingRecord& record = entry.record;
            const Pair& owner = pair(db, record.consumerService, record.eventType);
            // −0 and 0 are one latency.
            rows.push_back({toMs(record.processedAt), owner.id, record.latencyMs + 0.0, record.status, owner.targetMs});
        }
        std::sort(rows.begin(), rows.end(), [](const RecordRow& a, const RecordRow& b) { return a.key() < b.key(); });

        SQLite::Statement insert(db, R"(
            INSERT INTO processing_record (processed_at_ms, pair_id, latency_ms, status, records)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE
            SET records = records + excluded.records)");
        std::map<SumKey, ProcessingSum> sums;
        for (auto first = rows.begin(); first != rows.end();) {
            const auto last =
                std::find_if(first, rows.end(), [&first](const RecordRow& row) { return row.key() != first->key(); });
            const std::int64_t records = last - first;
            insert.reset();
            insert.bind(1, first->atMs);
            insert.bind(2, first->pairId);
            insert.bind(3, first->latencyMs);
            insert.bind(4, static_cast<int>(first->status));
            insert.bind(5, records);
            insert.exec();
            sums[{stretchStart(first->atMs, rollupWidthsMs[0]), first->pairId}].add(first->latencyMs, first->status,
                                                                                    records, first->targetMs);
            first = last;
        }
        SumWriter(db).addToAllLevels(sums);
        enterUnreadable(db, clusterId, batch, now);
    });
}

void ProcessingBook::enterUnreadable(SQLite::Database& db, const QString& clusterId, const ProcessingBatch& batch,
                                     UtcTime now)
{
    std::map<QString, std::pair<std::int64_t, std::int64_t>> counts; // channel: records, unreadable
    for (const ProcessingBatch::Entry& entry : batch.records)
        ++counts[entry.channel].first;
    SQLite::Statement insert(db, R"(
        INSERT INTO processing_unreadable (cluster_id, channel, partition, record_offset, seen_at_ms, size_bytes, reason, sample)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))");
    const std::size_t skipped = batch.unreadable.size() > keptUnreadable ? batch.unreadable.size() - keptUnreadable : 0;
    for (std::size_t i = 0; i < batch.unreadable.size(); ++i) {
        const UnreadableRecord& record = batch.unreadable[i];
        ++counts[record.channel].second;
        if (i < skipped)
            continue;
        insert.reset();
        insert.bind(1, clusterId.toStdString());
        insert.bind(2, record.channel.toStdString());
        insert.bind(3, record.partition);
        insert.bind(4, record.offset);
        insert.bind(5, toMs(now));
        insert.bind(6, std::int64_t{record.sizeBytes});
        insert.bind(7, record.reason.toStdString());
        insert.bind(8, record.sample.constData(), static_cast<int>(record.sample.size()));
        insert.exec();
    }
    if (!batch.unreadable.empty()) {
        SQLite::Statement trim(db, R"(
            DELETE FROM processing_unreadable
            WHERE unreadable_id <= (SELECT MAX(unreadable_id) FROM processing_unreadable) - ?)");
        trim.bind(1, keptUnreadable);
        trim.exec();
    }
    SQLite::Statement count(db, R"(
        INSERT INTO processing_count (cluster_id, channel, records, unreadable)
        VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE
        SET records = records + excluded.records, unreadable = unreadable + excluded.unreadable)");
    for (const auto& [channel, added] : counts) {
        count.reset();
        count.bind(1, clusterId.toStdString());
        count.bind(2, channel.toStdString());
        count.bind(3, added.first);
        count.bind(4, added.second);
        count.exec();
    }
}

} // namespace spillway
