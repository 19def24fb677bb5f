// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagretention.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t hourMs = 3'600'000;
constexpr std::int64_t rowsPerTransaction = 20'000;

struct Tier
{
    std::int64_t fromAgeMs;
    std::int64_t widthMs;
};
constexpr std::array<Tier, 3> tiers{{{14 * 24 * hourMs, hourMs}, {24 * hourMs, 300'000}, {2 * hourMs, 60'000}}};

/// Which stretch a row of this age shares with its neighbours; nullopt: young enough to stand alone.
std::optional<std::pair<std::int64_t, std::int64_t>> stretchOf(std::int64_t atMs, std::int64_t nowMs)
{
    for (const Tier& tier : tiers) {
        if (nowMs - atMs >= tier.fromAgeMs)
            return std::pair(tier.widthMs, atMs / tier.widthMs);
    }
    return std::nullopt;
}

struct EndRow
{
    std::int64_t end = 0;
    std::int64_t atMs = 0;
    std::optional<std::int64_t> unknownBeforeMs;
};

class EndThinner
{
public:
    EndThinner(SQLite::Database& db, std::int64_t nowMs, std::int64_t oldestMs)
        : m_nowMs(nowMs)
        , m_oldestMs(oldestMs)
        , m_select(db, R"(
            SELECT end_offset, at_ms, unknown_before_ms
            FROM lag_end
            WHERE partition_id = ?
            ORDER BY end_offset)")
        , m_delete(db, R"(
            DELETE FROM lag_end
            WHERE partition_id = ?1 AND end_offset = ?2)")
        , m_widen(db, R"(
            UPDATE lag_end
            SET unknown_before_ms = ?3
            WHERE partition_id = ?1 AND end_offset = ?2)")
    {
    }

    /// @return rows read
    std::int64_t thin(std::int64_t partitionId, std::int64_t& removed)
    {
        std::vector<EndRow> rows;
        m_select.reset();
        m_select.bind(1, partitionId);
        while (m_select.executeStep()) {
            EndRow& row = rows.emplace_back(
                EndRow{m_select.getColumn(0).getInt64(), m_select.getColumn(1).getInt64(), std::nullopt});
            if (!m_select.isColumnNull(2))
                row.unknownBeforeMs = m_select.getColumn(2).getInt64();
        }
        for (std::size_t first = 0; first < rows.size();) {
            const auto stretch = stretchOf(rows[first].atMs, m_nowMs);
            std::size_t last = first;
            while (stretch && last + 1 < rows.size() && stretchOf(rows[last + 1].atMs, m_nowMs) == stretch)
                ++last;
            // The newest end stays whatever its age: a later one is compared with it.
            const bool isTooOld = rows[last].atMs < m_oldestMs && last + 1 < rows.size();
            for (std::size_t i = first; i < last + (isTooOld ? 1 : 0); ++i) {
                m_delete.reset();
                m_delete.bind(1, partitionId);
                m_delete.bind(2, rows[i].end);
                m_delete.exec();
                ++removed;
            }
            if (first < last && !isTooOld) {
                // What the merged rows told apart lies in one stretch now; it begins where the first of them began.
                m_widen.reset();
                m_widen.bind(1, partitionId);
                m_widen.bind(2, rows[last].end);
                if (rows[first].unknownBeforeMs)
                    m_widen.bind(3, rows[last].atMs - (rows[first].atMs - *rows[first].unknownBeforeMs));
                else
                    m_widen.bind(3);
                m_widen.exec();
            }
            first = last + 1;
        }
        return std::ssize(rows) + 1;
    }

private:
    std::int64_t m_nowMs;
    std::int64_t m_oldestMs;
    SQLite::Statement m_select;
    SQLite::Statement m_delete;
    SQLite::Statement m_widen;
};

class HistoryThinner
{
public:
    HistoryThinner(SQLite::Database& db, std::int64_t nowMs, std::int64_t oldestMs)
        : m_nowMs(nowMs)
        , m_oldestMs(oldestMs)
        , m_select(db, R"(
            SELECT topic_id, at_ms, lag
            FROM lag_history
            WHERE group_id = ?
            ORDER BY topic_id, at_ms)")
        , m_delete(db, R"(
            DELETE FROM lag_history
            WHERE group_id = ?1 AND topic_id = ?2 AND at_ms = ?3)")
    {
    }

    /// @return rows read
    std::int64_t thin(std::int64_t groupId, std::int64_t& removed)
    {
        struct Row
        {
            std::int64_t topicId = 0;
            std::int64_t atMs = 0;
            std::int64_t lag = -1;
        };
        std::vector<Row> rows;
        m_select.reset();
        m_select.bind(1, groupId);
        while (m_select.executeStep())
            rows.push_back({m_select.getColumn(0).getInt64(), m_select.getColumn(1).getInt64(),
                            m_select.isColumnNull(2) ? -1 : m_select.getColumn(2).getInt64()});
        for (std::size_t first = 0; first < rows.size();) {
            const auto stretch = stretchOf(rows[first].atMs, m_nowMs);
            std::size_t last = first;
            std::size_t peak = first;
            const auto isSameSeries = [&](std::size_t i) {
                return i < rows.size() && rows[i].topicId == rows[first].topicId;
            };
            while (stretch && isSameSeries(last + 1) && stretchOf(rows[last + 1].atMs, m_nowMs) == stretch) {
                ++last;
                if (rows[last].lag >= rows[peak].lag)
                    peak = last;
            }
            const bool isTooOld = rows[last].atMs < m_oldestMs && isSameSeries(last + 1);
            for (std::size_t i = first; i <= last; ++i) {
                // The last one says what stood afterwards, the peak is what people look for.
                if (!isTooOld && (i == last || i == peak))
                    continue;
                m_delete.reset();
                m_delete.bind(1, groupId);
                m_delete.bind(2, rows[i].topicId);
                m_delete.bind(3, rows[i].atMs);
                m_delete.exec();
                ++removed;
            }
            first = last + 1;
        }
        return std::ssize(rows) + 1;
    }

private:
    std::int64_t m_nowMs;
    std::int64_t m_oldestMs;
    SQLite::Statement m_select;
    SQLite::Statement m_delete;
};

/// Walks all ids of one table in transactions of bounded size. `idsAfter` lists ids above its parameter, in order.
template<typename Thinner>
Status walk(StoreWriter& writer, const char* idsAfter, std::int64_t nowMs, std::int64_t oldestMs, std::int64_t& removed,
            const std::stop_token& stop)
{
    std::int64_t done = 0;
    for (bool isMore = true; isMore && !stop.stop_requested();) {
        const Status step = writer.write(
            [&](Database& database) {
                return database.guarded([&](SQLite::Database& db) {
                    SQLite::Statement ids(db, idsAfter);
                    ids.bind(1, done);
                    Thinner thinner(db, nowMs, oldestMs);
                    std::int64_t read = 0;
                    while (read < rowsPerTransaction && (isMore = ids.executeStep())) {
                        done = ids.getColumn(0).getInt64();
                        read += thinner.thin(done, removed);
                    }
                });
            },
            0, stop);
        if (!step)
            return step;
    }
    return {};
}

} // namespace

Result<LagPruneReport> pruneLag(StoreWriter& writer, UtcTime now, Millis retention, std::stop_token stop)
{
    LagPruneReport report;
    const std::int64_t nowMs = toMs(now);
    const std::int64_t oldestMs = toMs(now - retention);
    const Status ends =
        walk<EndThinner>(writer, "SELECT partition_id FROM lag_partition WHERE partition_id > ? ORDER BY partition_id",
                         nowMs, oldestMs, report.endsRemoved, stop);
    if (!ends)
        return tl::unexpected<Error>(ends.error());
    const Status points =
        walk<HistoryThinner>(writer, "SELECT group_id FROM lag_group WHERE group_id > ? ORDER BY group_id", nowMs,
                             oldestMs, report.pointsRemoved, stop);
    if (!points)
        return tl::unexpected<Error>(points.error());
    const Status samples = writer.write(
        [&](Database& database) {
            return database.guarded([&](SQLite::Database& db) {
                SQLite::Statement remove(db, R"(
                    DELETE FROM lag_sample
                    WHERE taken_at_ms < ?)");
                remove.bind(1, oldestMs);
                report.samplesRemoved = remove.exec();
            });
        },
        0, stop);
    if (!samples)
        return tl::unexpected<Error>(samples.error());
    return report;
}

} // namespace spillway
