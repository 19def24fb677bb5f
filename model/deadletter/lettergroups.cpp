// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettergroups.h"

#include "model/deadletter/groupalias.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/querysql.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <QHash>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace spillway {

namespace {

constexpr std::array urgency{
    TriageState::FailedAgain, TriageState::New,    TriageState::Assigned, TriageState::Unknown,  TriageState::Sent,
    TriageState::Planned,     TriageState::Parked, TriageState::Lost,     TriageState::Archived, TriageState::Resolved};
constexpr std::array kindOrder{FailureKind::Schema, FailureKind::Transient, FailureKind::Business,
                               FailureKind::Unknown};

/// Letters of a group that are alike.
struct Share
{
    FailureKind kind = FailureKind::Unknown;
    TriageState state = TriageState::New;
    QString assignee; ///< empty is nobody
    std::int64_t letters = 0;
};

/// Sums of one group, added share by share.
struct Sums
{
    std::map<FailureKind, std::int64_t> kinds;
    std::map<TriageState, std::int64_t> states;
    std::map<QString, std::int64_t> openAssignees;
    std::int64_t count = 0;
    std::int64_t open = 0;
    std::int64_t firstMs = std::numeric_limits<std::int64_t>::max();
    std::int64_t lastMs = std::numeric_limits<std::int64_t>::min();
    std::optional<std::int64_t> oldestOpenMs;

    void add(const Share& share)
    {
        kinds[share.kind] += share.letters;
        states[share.state] += share.letters;
        count += share.letters;
        if (isOpen(share.state)) {
            open += share.letters;
            openAssignees[share.assignee] += share.letters;
        }
    }
    void addMoments(std::int64_t first, std::int64_t last)
    {
        firstMs = std::min(firstMs, first);
        lastMs = std::max(lastMs, last);
    }
    void addOpenMoment(std::optional<std::int64_t> ms)
    {
        if (ms && (!oldestOpenMs || *ms < *oldestOpenMs))
            oldestOpenMs = ms;
    }
    void add(const Sums& other)
    {
        for (const auto& [kind, letters] : other.kinds)
            kinds[kind] += letters;
        for (const auto& [state, letters] : other.states)
            states[state] += letters;
        for (const auto& [assignee, letters] : other.openAssignees)
            openAssignees[assignee] += letters;
        count += other.count;
        open += other.open;
        addMoments(other.firstMs, other.lastMs);
        addOpenMoment(other.oldestOpenMs);
    }
    [[nodiscard]] std::optional<QString> holder() const
    {
        std::optional<QString> only;
        for (const auto& [who, letters] : openAssignees) {
            if (who.isEmpty() || letters == 0)
                continue;
            if (only || 2 * letters <= open)
                return std::nullopt;
            only = who;
        }
        return only;
    }
    void fill(DeadLetterGroup& group) const
    {
        group.count = count;
        group.openCount = open;
        group.firstSeen = utcFromMs(firstMs);
        group.lastSeen = utcFromMs(lastMs);
        if (oldestOpenMs)
            group.oldestOpenAt = utcFromMs(*oldestOpenMs);
        std::int64_t most = 0;
        for (const FailureKind kind : kindOrder) {
            if (const auto found = kinds.find(kind); found != kinds.end() && found->second > most) {
                most = found->second;
                group.kind = kind;
            }
        }
        for (const TriageState state : urgency) {
            if (const auto found = states.find(state); found != states.end() && found->second > 0) {
                group.state = state;
                break;
            }
        }
        group.assignee = holder();
        // What came after a group was given to somebody is theirs to look at: it does not make the group nobody's.
        if (group.state == TriageState::New && group.assignee && states.contains(TriageState::Assigned))
            group.state = TriageState::Assigned;
    }
};

Share shareFrom(SQLite::Statement& row, int column)
{
    return {.kind = failureKindFromWord(sql::text(row.getColumn(column))).value_or(FailureKind::Unknown),
            .state = triageStateFromWord(sql::text(row.getColumn(column + 1))).value_or(TriageState::Unknown),
            .assignee = row.getColumn(column + 2).isNull() ? QString() : sql::text(row.getColumn(column + 2)),
            .letters = row.getColumn(column + 3).getInt64()};
}

/// Sums by the group's number in the store.
using SumsByRef = std::map<std::int64_t, Sums>;

SumsByRef countedSums(SQLite::Database& db)
{
    SumsByRef sums;
    SQLite::Statement select(db,
                             "SELECT n.group_ref, n.kind, n.state, n.assignee, n.letters, g.first_at_ms, g.last_at_ms,"
                             " g.oldest_open_at_ms"
                             " FROM letter_count n JOIN letter_group g ON g.id = n.group_ref"
                             " WHERE n.letters > 0"
                             " ORDER BY n.group_ref");
    while (select.executeStep()) {
        Sums& group = sums[select.getColumn(0).getInt64()];
        group.add(shareFrom(select, 1));
        group.addMoments(select.getColumn(5).getInt64(), select.getColumn(6).getInt64());
        group.addOpenMoment(sql::maybeNumber(select.getColumn(7)));
    }
    return sums;
}

SumsByRef selectedSums(SQLite::Database& db, const QuerySql& sql)
{
    SumsByRef sums;
    SQLite::Statement select(
        db, "SELECT l.group_ref, l.kind, l.state, l.assignee, count(*), min(l.moment_ms), max(l.moment_ms)"
            " FROM letter l WHERE " +
                sql.condition + " GROUP BY l.group_ref, l.kind, l.state, l.assignee");
    sql.bind(select, 1);
    while (select.executeStep()) {
        Sums& group = sums[select.getColumn(0).getInt64()];
        const Share share = shareFrom(select, 1);
        group.add(share);
        group.addMoments(select.getColumn(5).getInt64(), select.getColumn(6).getInt64());
        if (isOpen(share.state))
            group.addOpenMoment(select.getColumn(5).getInt64());
    }
    return sums;
}

/// A group is one strain or several: it is called what most of its letters are, and titled as it was before others were
/// merged into it.
std::vector<DeadLetterGroup> groupsOf(SQLite::Database& db, const SumsByRef& sums)
{
    struct Joined
    {
        DeadLetterGroup group;
        Sums sums;
        std::int64_t most = 0;
        std::int64_t mostAtHome = 0;
    };
    QHash<QString, std::size_t> places;
    std::vector<Joined> joined;
    SQLite::Statement select(db, "SELECT id, group_id, title, error_class, event_type, consumer, team, sample_message,"
                                 " group_id = fingerprint_id"
                                 " FROM letter_group ORDER BY id");
    while (select.executeStep()) {
        const auto found = sums.find(select.getColumn(0).getInt64());
        if (found == sums.end())
            continue;
        const QString id = sql::text(select.getColumn(1));
        const auto place = places.constFind(id);
        if (place == places.constEnd()) {
            places.insert(id, joined.size());
            joined.emplace_back();
        }
        Joined& one = place == places.constEnd() ? joined.back() : joined[*place];
        const Sums& share = found->second;
        DeadLetterGroup& group = one.group;
        group.id = id;
        one.sums.add(share);
        const bool isAtHome = select.getColumn(8).getInt() != 0;
        if (isAtHome ? share.count > one.mostAtHome : one.mostAtHome == 0 && share.count > one.most)
            group.title = sql::text(select.getColumn(2));
        if (isAtHome)
            one.mostAtHome = std::max(one.mostAtHome, share.count);
        if (share.count > one.most) {
            one.most = share.count;
            group.errorClass = sql::maybeText(select.getColumn(3));
            group.eventType = sql::maybeText(select.getColumn(4));
            group.consumer = sql::maybeText(select.getColumn(5));
            group.team = sql::maybeText(select.getColumn(6));
            group.sampleMessage = sql::maybeText(select.getColumn(7));
        }
    }
    std::vector<DeadLetterGroup> groups;
    groups.reserve(joined.size());
    for (Joined& one : joined) {
        one.sums.fill(one.group);
        groups.push_back(std::move(one.group));
    }
    std::sort(groups.begin(), groups.end(), [](const DeadLetterGroup& a, const DeadLetterGroup& b) {
        return std::tuple(-a.openCount, -toMs(a.lastSeen), a.id) < std::tuple(-b.openCount, -toMs(b.lastSeen), b.id);
    });
    return groups;
}

} // namespace

std::optional<Millis> oldestAge(const DeadLetterGroup& group, UtcTime now)
{
    return group.oldestOpenAt ? std::optional(std::max(Millis{0}, now - *group.oldestOpenAt)) : std::nullopt;
}

Result<std::vector<DeadLetterGroup>> deadLetterGroups(Database& reader, const Query& query, UtcTime now,
                                                      std::stop_token stop)
{
    const auto present = reader.query<Query>([&](SQLite::Database& db) { return withPresentGroups(db, query); });
    if (!present)
        return tl::unexpected<Error>(present.error());
    const QuerySql sql = compileQuery(*present, now);
    if (sql.isExact)
        return reader.query<std::vector<DeadLetterGroup>>([&](SQLite::Database& db) {
            return groupsOf(db, sql.condition.empty() ? countedSums(db) : selectedSums(db, sql));
        });
    // Letters of one strain look alike here; the first one's row leads to it.
    using Look = std::tuple<QString, std::optional<QString>, std::optional<QString>, std::optional<QString>>;
    std::map<Look, std::pair<std::int64_t, Sums>> byLook;
    const auto outcome = runQuery(
        reader, *present, {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary},
        [&](const DeadLetter& letter) {
            auto& [place, group] = byLook[{letter.group, letter.facts.errorClass, letter.eventType, letter.consumer}];
            place = letter.place;
            group.add({letter.kind, letter.state, letter.assignee.value_or(QString()), 1});
            group.addMoments(toMs(letter.agesFrom()), toMs(letter.agesFrom()));
            if (isOpen(letter.state))
                group.addOpenMoment(toMs(letter.agesFrom()));
            return true;
        },
        stop);
    if (!outcome)
        return tl::unexpected<Error>(outcome.error());
    if (outcome->end == QueryOutcome::End::Stopped)
        return fail(ErrorCode::Cancelled, QStringLiteral("the search was stopped"));
    return reader.query<std::vector<DeadLetterGroup>>([&](SQLite::Database& db) {
        SumsByRef sums;
        SQLite::Statement select(db, "SELECT group_ref FROM letter WHERE id = ?");
        for (const auto& [look, found] : byLook) {
            select.reset();
            select.bind(1, found.first);
            if (select.executeStep())
                sums[select.getColumn(0).getInt64()].add(found.second);
        }
        return groupsOf(db, sums);
    });
}

Result<std::vector<OpenLetterCount>> openLetterCounts(Database& reader)
{
    return reader.query<std::vector<OpenLetterCount>>([](SQLite::Database& db) {
        std::vector<OpenLetterCount> counts;
        SQLite::Statement select(db, "SELECT g.team, g.event_type, sum(n.open), min(g.oldest_open_at_ms)"
                                     " FROM letter_group g"
                                     " JOIN (SELECT group_ref, sum(letters) AS open FROM letter_count"
                                     "       WHERE state NOT IN ('archived', 'resolved', 'lost') GROUP BY group_ref) n"
                                     " ON n.group_ref = g.id"
                                     " WHERE n.open > 0 AND g.oldest_open_at_ms IS NOT NULL"
                                     " GROUP BY g.team, g.event_type"
                                     " ORDER BY g.team, g.event_type");
        while (select.executeStep())
            counts.push_back({.team = sql::maybeText(select.getColumn(0)),
                              .eventType = sql::maybeText(select.getColumn(1)),
                              .open = select.getColumn(2).getInt64(),
                              .oldestAt = utcFromMs(select.getColumn(3).getInt64())});
        return counts;
    });
}

Result<DeadLetterTotals> deadLetterTotals(Database& reader)
{
    return reader.query<DeadLetterTotals>([](SQLite::Database& db) {
        SQLite::Statement select(
            db, "SELECT ifnull(sum(letters), 0),"
                " ifnull(sum(CASE WHEN state NOT IN ('archived', 'resolved', 'lost') THEN letters END), 0),"
                " count(DISTINCT CASE WHEN state NOT IN ('archived', 'resolved', 'lost') AND letters > 0"
                "  THEN g.group_id END)"
                " FROM letter_count n JOIN letter_group g ON g.id = n.group_ref");
        select.executeStep();
        return DeadLetterTotals{select.getColumn(0).getInt64(), select.getColumn(1).getInt64(),
                                select.getColumn(2).getInt64()};
    });
}

} // namespace spillway
