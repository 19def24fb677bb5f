// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/sloqueries.h"

#include "model/slo/rollup.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

namespace spillway {

namespace {

using SumsByPair = std::unordered_map<std::int64_t, ProcessingSum>;
using CountsByPair = std::unordered_map<std::int64_t, SloCounts>;

struct PairFacts
{
    QString consumer;
    QString eventType;
    std::optional<double> storedTargetMs; // what its sums were made with
    std::optional<double> targetMs;       // what the catalog promises now
};
using Pairs = std::unordered_map<std::int64_t, PairFacts>;

QString textAt(SQLite::Statement& statement, int column)
{
    const SQLite::Column value = statement.getColumn(column);
    return QString::fromUtf8(value.getText(), value.getBytes());
}

std::optional<double> targetOf(const Subscription* subscription)
{
    return subscription ? subscription->consumer.sloProcessingTimeMs : std::nullopt;
}

Pairs readPairs(SQLite::Database& db, const Catalog& catalog)
{
    SQLite::Statement select(db, R"(
        SELECT pair_id, consumer_service, event_type, target_ms
        FROM processing_pair)");
    Pairs pairs;
    while (select.executeStep()) {
        PairFacts facts{textAt(select, 1), textAt(select, 2), std::nullopt, std::nullopt};
        if (!select.isColumnNull(3))
            facts.storedTargetMs = select.getColumn(3).getDouble();
        facts.targetMs = targetOf(catalog.subscription(facts.consumer, facts.eventType));
        pairs.emplace(select.getColumn(0).getInt64(), std::move(facts));
    }
    return pairs;
}

/// Calls `take(pair, latency, status, records)` for every record of the stretches.
template<typename Take>
void eachRecord(SQLite::Database& db, const std::vector<TimeStretch>& stretches, Take take)
{
    SQLite::Statement select(db, R"(
        SELECT pair_id, latency_ms, status, records
        FROM processing_record
        WHERE processed_at_ms >= ?1 AND processed_at_ms < ?2)");
    for (const auto& [from, to] : stretches) {
        select.reset();
        select.bind(1, from);
        select.bind(2, to);
        while (select.executeStep())
            take(select.getColumn(0).getInt64(), select.getColumn(1).getDouble(),
                 static_cast<ProcessingStatus>(select.getColumn(2).getInt()), select.getColumn(3).getInt64());
    }
}

SumsByPair readSums(SQLite::Database& db, const Pairs& pairs, const WindowParts& parts)
{
    SumsByPair sums;
    SQLite::Statement select(db, R"(
        SELECT pair_id, total, succeeded, within_target, good, min_latency_ms, max_latency_ms, histogram
        FROM processing_sum
        WHERE level = ?1 AND start_ms >= ?2 AND start_ms < ?3)");
    for (std::size_t level = 0; level < parts.levels.size(); ++level) {
        for (const auto& [from, to] : parts.levels[level]) {
            select.reset();
            select.bind(1, static_cast<int>(level));
            select.bind(2, from);
            select.bind(3, to);
            while (select.executeStep()) {
                ProcessingSum& sum = sums[select.getColumn(0).getInt64()];
                sum.counts += SloCounts{select.getColumn(1).getInt64(), select.getColumn(2).getInt64(),
                                        select.getColumn(3).getInt64(), select.getColumn(4).getInt64()};
                sum.widen(select.getColumn(5).getDouble(), select.getColumn(6).getDouble());
                const SQLite::Column blob = select.getColumn(7);
                sum.histogram.mergePacked(QByteArrayView(static_cast<const char*>(blob.getBlob()), blob.getBytes()));
            }
        }
    }
    eachRecord(
        db, parts.records, [&](std::int64_t pair, double latencyMs, ProcessingStatus status, std::int64_t records) {
            const auto facts = pairs.find(pair);
            sums[pair].add(latencyMs, status, records, facts == pairs.end() ? std::nullopt : facts->second.targetMs);
        });
    return sums;
}

CountsByPair readCounts(SQLite::Database& db, const Pairs& pairs, const WindowParts& parts)
{
    CountsByPair counts;
    SQLite::Statement select(db, R"(
        SELECT pair_id, total, succeeded, within_target, good
        FROM processing_sum
        WHERE level = ?1 AND start_ms >= ?2 AND start_ms < ?3)");
    for (std::size_t level = 0; level < parts.levels.size(); ++level) {
        for (const auto& [from, to] : parts.levels[level]) {
            select.reset();
            select.bind(1, static_cast<int>(level));
            select.bind(2, from);
            select.bind(3, to);
            while (select.executeStep())
                counts[select.getColumn(0).getInt64()] +=
                    SloCounts{select.getColumn(1).getInt64(), select.getColumn(2).getInt64(),
                              select.getColumn(3).getInt64(), select.getColumn(4).getInt64()};
        }
    }
    eachRecord(
        db, parts.records, [&](std::int64_t pair, double latencyMs, ProcessingStatus status, std::int64_t records) {
            const auto facts = pairs.find(pair);
            counts[pair] +=
                countsOf(latencyMs, status, records, facts == pairs.end() ? std::nullopt : facts->second.targetMs);
        });
    return counts;
}

/// For pairs whose target changed since the sums were made: what counts against it is counted anew, from the records.
CountsByPair recount(SQLite::Database& db, const Pairs& pairs, std::int64_t fromMs)
{
    const auto isChanged = [](const PairFacts& facts) { return facts.targetMs != facts.storedTargetMs; };
    CountsByPair counts;
    for (const auto& [id, facts] : pairs) {
        if (isChanged(facts))
            counts.emplace(id, SloCounts{});
    }
    if (counts.empty())
        return counts;
    eachRecord(db, {{fromMs, endOfTimeMs}},
               [&](std::int64_t pair, double latencyMs, ProcessingStatus status, std::int64_t records) {
                   const auto changed = counts.find(pair);
                   if (changed == counts.end())
                       return;
                   changed->second += countsOf(latencyMs, status, records, pairs.at(pair).targetMs);
               });
    return counts;
}

SloRow makeRow(const Catalog& catalog, const QString& consumer, const QString& eventType, const ProcessingSum& sum,
               const SloCounts& lastHour)
{
    const Subscription* subscription = catalog.subscription(consumer, eventType);
    SloPromise promise;
    if (subscription)
        promise = {subscription->consumer.sloProcessingTimeMs, subscription->consumer.sloObjective,
                   subscription->consumer.sloSuccessRate};
    SloRow row;
    row.consumer = consumer;
    row.eventType = eventType;
    row.team = subscription ? std::optional(subscription->consumer.team) : catalog.teamOf(consumer, eventType);
    row.total = sum.counts.total;
    row.p50Ms = sum.percentile(0.5);
    row.p99Ms = sum.percentile(0.99);
    row.successRate = shareOf(sum.counts.succeeded, sum.counts.total);
    row.promisedSuccessRate = promise.successRate;
    row.state = judgeSlo(promise, sum.counts, lastHour);
    if (!promise.targetMs)
        return row;
    row.targetMs = promise.targetMs;
    row.objective = promise.objective;
    row.good = sum.counts.good;
    row.withinTarget = sum.counts.withinTarget;
    row.attainment = shareOf(sum.counts.good, sum.counts.total);
    row.budgetRemaining = budgetRemaining(sum.counts.total - sum.counts.good, sum.counts.total, promise.objective);
    row.burnRate1h = burnRate(lastHour.total - lastHour.good, lastHour.total, promise.objective);
    return row;
}

std::vector<SloRow> readRows(SQLite::Database& db, const Catalog& catalog, Millis window, UtcTime now)
{
    constexpr Millis hour{3'600'000};
    const Pairs pairs = readPairs(db, catalog);
    SumsByPair sums = readSums(db, pairs, windowParts(toMs(now - window), endOfTimeMs));
    CountsByPair lastHour = readCounts(db, pairs, windowParts(toMs(now - hour), endOfTimeMs));
    for (const auto& [id, counts] : recount(db, pairs, toMs(now - window))) {
        sums[id].counts.withinTarget = counts.withinTarget;
        sums[id].counts.good = counts.good;
    }
    for (const auto& [id, counts] : recount(db, pairs, toMs(now - hour))) {
        lastHour[id].withinTarget = counts.withinTarget;
        lastHour[id].good = counts.good;
    }

    std::vector<SloRow> rows;
    std::set<std::pair<QString, QString>> listed;
    std::map<std::pair<QString, QString>, std::int64_t> ids;
    for (const auto& [id, facts] : pairs)
        ids.emplace(std::pair(facts.consumer, facts.eventType), id);
    for (const Subscription& subscription : catalog.subscriptions()) {
        const auto key = std::pair(subscription.consumer.service, subscription.eventType);
        if (!listed.insert(key).second)
            continue;
        const auto id = ids.find(key);
        rows.push_back(id == ids.end()
                           ? makeRow(catalog, key.first, key.second, {}, {})
                           : makeRow(catalog, key.first, key.second, sums[id->second], lastHour[id->second]));
    }
    for (const auto& [key, id] : ids) {
        if (!listed.contains(key) && sums[id].counts.total > 0)
            rows.push_back(makeRow(catalog, key.first, key.second, sums[id], lastHour[id]));
    }
    const auto rank = [](const SloRow& row) {
        constexpr double last = std::numeric_limits<double>::max();
        return std::tuple(row.state, row.budgetRemaining.value_or(last), row.attainment.value_or(last),
                          row.successRate.value_or(last), row.consumer, row.eventType);
    };
    std::sort(rows.begin(), rows.end(), [&rank](const SloRow& a, const SloRow& b) { return rank(a) < rank(b); });
    return rows;
}

} // namespace

Result<std::vector<SloRow>> sloRows(Database& reader, const Catalog& catalog, Millis window, UtcTime now)
{
    return reader.query<std::vector<SloRow>>([&](SQLite::Database& db) { return readRows(db, catalog, window, now); });
}

Result<std::vector<SloDay>> sloDays(Database& reader, const Catalog& catalog, const QString& consumer,
                                    const QString& eventType, UtcTime from, UtcTime to)
{
    return reader.query<std::vector<SloDay>>([&](SQLite::Database& db) {
        constexpr std::int64_t dayMs = rollupWidthsMs.back();
        const Pairs pairs = readPairs(db, catalog);
        const auto pair = std::find_if(pairs.begin(), pairs.end(), [&](const auto& item) {
            return item.second.consumer == consumer && item.second.eventType == eventType;
        });
        std::vector<SloDay> days;
        for (std::int64_t start = stretchStart(toMs(from), dayMs); start < toMs(to); start += dayMs) {
            SloDay& day = days.emplace_back();
            day.day = utcFromMs(start);
            const std::optional<double> target = targetOf(catalog.subscription(consumer, eventType));
            SloCounts counts;
            if (pair != pairs.end()) {
                const bool isStored = pair->second.targetMs == pair->second.storedTargetMs;
                WindowParts parts;
                if (isStored)
                    parts.levels.back().emplace_back(start, start + dayMs);
                else
                    parts.records.emplace_back(start, start + dayMs);
                counts = readCounts(db, pairs, parts)[pair->first];
            }
            day.total = counts.total;
            day.succeeded = counts.succeeded;
            if (target) {
                day.good = counts.good;
                day.attainment = shareOf(counts.good, counts.total);
            }
        }
        return days;
    });
}

Result<ProcessingHealth> processingHealth(Database& reader)
{
    return reader.query<ProcessingHealth>([](SQLite::Database& db) {
        SQLite::Statement select(db, R"(
            SELECT COALESCE(SUM(records), 0), COALESCE(SUM(unreadable), 0)
            FROM processing_count)");
        ProcessingHealth health;
        if (select.executeStep())
            health = {select.getColumn(0).getInt64(), select.getColumn(1).getInt64()};
        return health;
    });
}

} // namespace spillway
