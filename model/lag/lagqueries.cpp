// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagqueries.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <QHash>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis trendStretch{600'000};

QString textAt(SQLite::Statement& statement, int column)
{
    const SQLite::Column value = statement.getColumn(column);
    return QString::fromUtf8(value.getText(), value.getBytes());
}

std::optional<Offset> offsetAt(SQLite::Statement& statement, int column)
{
    return statement.isColumnNull(column) ? std::nullopt
                                          : std::optional(Offset{statement.getColumn(column).getInt64()});
}

void bindFilter(SQLite::Statement& statement, const LagFilter& filter)
{
    statement.bind(":connection", filter.connection.toStdString());
    statement.bind(":group", filter.group.toStdString());
    statement.bind(":topic", filter.topic.toStdString());
}

/// Owners by group, each asked of the catalog once.
class Owners
{
public:
    explicit Owners(const Catalog& catalog)
        : m_catalog(catalog)
    {
    }
    const std::optional<QString>& of(const QString& group)
    {
        auto known = m_known.find(group);
        if (known == m_known.end())
            known = m_known.insert(group, m_catalog.teamOfGroup(group));
        return known.value();
    }

private:
    const Catalog& m_catalog;
    QHash<QString, std::optional<QString>> m_known;
};

std::vector<LagRow> readRows(SQLite::Database& db, Owners& owners, const LagFilter& filter)
{
    SQLite::Statement select(db, R"(
        SELECT s.connection, g.name, t.name, p.number, r.committed_offset, p.end_offset, p.last_stable_offset, p.log_start_offset, r.state,
               r.unread_after_ms, r.unread_before_ms, COALESCE(r.sampled_at_ms, s.taken_at_ms), r.life = p.life
        FROM lag_source AS s
        JOIN lag_group AS g ON g.source_id = s.source_id
        JOIN lag_row AS r ON r.group_id = g.group_id
        JOIN lag_partition AS p ON p.partition_id = r.partition_id
        JOIN lag_topic AS t ON t.topic_id = p.topic_id
        WHERE (:connection = '' OR s.connection = :connection)
          AND (:group = '' OR g.name = :group)
          AND (:topic = '' OR t.name = :topic)
          AND s.taken_at_ms IS NOT NULL
        ORDER BY s.connection, g.name, t.name, p.number)");
    bindFilter(select, filter);
    std::vector<LagRow> rows;
    while (select.executeStep()) {
        LagRow& row = rows.emplace_back();
        row.connection = textAt(select, 0);
        row.group = textAt(select, 1);
        row.topic = textAt(select, 2);
        row.partition = select.getColumn(3).getInt();
        row.committedOffset = offsetAt(select, 4);
        row.endOffset = offsetAt(select, 5);
        row.lastStableOffset = offsetAt(select, 6);
        row.logStartOffset = offsetAt(select, 7);
        row.state = static_cast<LagState>(select.getColumn(8).getInt());
        row.sampledAt = utcFromMs(select.getColumn(11).getInt64());
        row.lag = lagOf(row.committedOffset, row.endOffset);
        // Of a former life of the topic nothing can be told but the offsets themselves.
        const bool isComparable = row.state != LagState::TopicRecreated && select.getColumn(12).getInt() != 0;
        if (isComparable)
            row.lost = lostToRetention(row.committedOffset, row.logStartOffset);
        if (isComparable && row.lag == MessageCount{0}) {
            row.timeLag = TimeLag{Millis{0}, Millis{0}};
        } else if (!select.isColumnNull(10)) {
            AppendWindow window{std::nullopt, utcFromMs(select.getColumn(10).getInt64())};
            if (!select.isColumnNull(9))
                window.after = utcFromMs(select.getColumn(9).getInt64());
            row.timeLag = timeLagAt(window, row.sampledAt);
        }
        row.owner = owners.of(row.group);
    }
    return rows;
}

std::vector<LagGroupRow> readGroups(SQLite::Database& db, Owners& owners, const LagFilter& filter)
{
    // The upper bound of a group's age is known only where that of every partition with something unread is.
    SQLite::Statement select(db, R"(
        SELECT g.group_id, s.connection, g.name, s.taken_at_ms, COUNT(*), MAX(r.state), MIN(COALESCE(r.sampled_at_ms, s.taken_at_ms)),
               SUM(CASE WHEN r.life = p.life AND r.state <> 8 THEN MAX(0, p.end_offset - r.committed_offset) END),
               SUM(r.life <> p.life OR r.state = 8 OR p.end_offset IS NULL OR r.committed_offset IS NULL),
               SUM(CASE WHEN r.life = p.life AND r.state <> 8 THEN MAX(0, p.log_start_offset - r.committed_offset) END),
               MIN(r.unread_before_ms), MIN(r.unread_after_ms), SUM(r.unread_before_ms IS NOT NULL AND r.unread_after_ms IS NULL),
               SUM(r.unread_before_ms IS NULL AND r.life = p.life AND r.state <> 8 AND p.end_offset > r.committed_offset)
        FROM lag_source AS s
        JOIN lag_group AS g ON g.source_id = s.source_id
        JOIN lag_row AS r ON r.group_id = g.group_id
        JOIN lag_partition AS p ON p.partition_id = r.partition_id
        JOIN lag_topic AS t ON t.topic_id = p.topic_id
        WHERE (:connection = '' OR s.connection = :connection)
          AND (:group = '' OR g.name = :group)
          AND (:topic = '' OR t.name = :topic)
          AND s.taken_at_ms IS NOT NULL
        GROUP BY g.group_id
        ORDER BY g.group_id)");
    bindFilter(select, filter);
    std::vector<LagGroupRow> groups;
    while (select.executeStep()) {
        LagGroupRow& row = groups.emplace_back();
        row.id = select.getColumn(0).getInt64();
        row.connection = textAt(select, 1);
        row.group = textAt(select, 2);
        const UtcTime takenAt = utcFromMs(select.getColumn(3).getInt64());
        row.partitions = select.getColumn(4).getInt64();
        row.worstState = static_cast<LagState>(select.getColumn(5).getInt());
        row.sampledAt = utcFromMs(select.getColumn(6).getInt64());
        if (!select.isColumnNull(7))
            row.totalLag = MessageCount{select.getColumn(7).getInt64()};
        row.partitionsUnknown = select.getColumn(8).getInt64();
        if (!select.isColumnNull(9))
            row.lost = MessageCount{select.getColumn(9).getInt64()};
        if (!select.isColumnNull(10)) {
            AppendWindow window{std::nullopt, utcFromMs(select.getColumn(10).getInt64())};
            if (!select.isColumnNull(11) && select.getColumn(12).getInt64() == 0 &&
                select.getColumn(13).getInt64() == 0)
                window.after = utcFromMs(select.getColumn(11).getInt64());
            row.timeLag = timeLagAt(window, takenAt);
        } else if (row.totalLag == MessageCount{0}) {
            row.timeLag = TimeLag{Millis{0}, Millis{0}};
        }
        row.owner = owners.of(row.group);
    }
    return groups;
}

void addTrends(SQLite::Database& db, std::vector<LagGroupRow>& groups)
{
    // Unchanged values are not written, so that the line is drawn at every sample with what stood then.
    SQLite::Statement samples(db, R"(
        SELECT g.group_id, m.taken_at_ms,
               (SELECT h.lag
                FROM lag_history AS h
                WHERE h.group_id = g.group_id AND h.topic_id = 0 AND h.at_ms <= m.taken_at_ms
                ORDER BY h.at_ms DESC
                LIMIT 1)
        FROM lag_group AS g
        JOIN lag_source AS s ON s.source_id = g.source_id
        JOIN lag_sample AS m ON m.source_id = s.source_id AND m.taken_at_ms > s.taken_at_ms - ?2
        WHERE g.group_id = ?1
        ORDER BY m.taken_at_ms
        LIMIT 1000)");
    for (LagGroupRow& group : groups) {
        std::vector<LagPoint> points;
        samples.reset();
        samples.bind(1, group.id);
        samples.bind(2, std::int64_t{trendStretch.count()});
        while (samples.executeStep()) {
            LagPoint& point = points.emplace_back(LagPoint{utcFromMs(samples.getColumn(1).getInt64()), std::nullopt});
            if (!samples.isColumnNull(2))
                point.lag = MessageCount{samples.getColumn(2).getInt64()};
        }
        group.trend = lagTrend(points);
    }
}

} // namespace

Result<std::vector<LagRow>> lagRows(Database& reader, const Catalog& catalog, const LagFilter& filter)
{
    Owners owners(catalog);
    return reader.query<std::vector<LagRow>>([&](SQLite::Database& db) { return readRows(db, owners, filter); });
}

Result<std::vector<LagGroupRow>> lagGroups(Database& reader, const Catalog& catalog, const LagFilter& filter)
{
    Owners owners(catalog);
    return reader.query<std::vector<LagGroupRow>>([&](SQLite::Database& db) {
        std::vector<LagGroupRow> groups = readGroups(db, owners, filter);
        addTrends(db, groups);
        const auto rank = [](const LagGroupRow& g) {
            return std::tuple(-static_cast<int>(g.worstState), g.timeLag ? -g.timeLag->low.count() : 1,
                              g.totalLag ? -g.totalLag->value : 1, g.group, g.connection);
        };
        std::sort(groups.begin(), groups.end(),
                  [&rank](const LagGroupRow& a, const LagGroupRow& b) { return rank(a) < rank(b); });
        return groups;
    });
}

Result<std::optional<UtcTime>> lastLagSampleAt(Database& reader)
{
    return reader.query<std::optional<UtcTime>>([](SQLite::Database& db) -> std::optional<UtcTime> {
        SQLite::Statement select(db, "SELECT max(taken_at_ms) FROM lag_source");
        if (!select.executeStep() || select.getColumn(0).isNull())
            return std::nullopt;
        return utcFromMs(select.getColumn(0).getInt64());
    });
}

} // namespace spillway
