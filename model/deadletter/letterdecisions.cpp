// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterdecisions.h"

#include "model/deadletter/groupkind.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triagemarks.h"

#include <SQLiteCpp/Database.h>

#include <map>
#include <set>
#include <tuple>

namespace spillway {

namespace {

std::optional<QString> outcomeOf(const QString& replayState)
{
    if (replayState == triageStateWord(TriageState::Resolved))
        return QStringLiteral("confirmed");
    if (replayState == triageStateWord(TriageState::FailedAgain))
        return QStringLiteral("failedAgain");
    return std::nullopt;
}

LetterStanding standingOf(const std::optional<QString>& triage, const std::optional<QString>& assignee,
                          std::int64_t triageSeq, const std::optional<QString>& replay, std::int64_t replaySeq)
{
    const std::optional<QString>& word = replay && replaySeq > triageSeq ? replay : triage;
    LetterStanding standing{.state = TriageState::New, .assignee = assignee};
    if (replay)
        standing.outcome = outcomeOf(*replay);
    if (word)
        standing.state = triageStateFromWord(*word).value_or(TriageState::Unknown);
    return standing;
}

constexpr char standingSelect[] = "SELECT triage_state, assignee, triage_seq, replay_state, replay_seq"
                                  " FROM letter_decision"
                                  " WHERE letter_id = ?";

LetterStanding standingFrom(SQLite::Statement& select, const QString& letterId)
{
    select.reset();
    sql::bind(select, 1, letterId);
    if (!select.executeStep())
        return {};
    return standingOf(sql::maybeText(select.getColumn(0)), sql::maybeText(select.getColumn(1)),
                      select.getColumn(2).getInt64(), sql::maybeText(select.getColumn(3)),
                      select.getColumn(4).getInt64());
}

/// Moves stored letters to their standing and keeps the groups' counters right.
class StandingWriter
{
public:
    explicit StandingWriter(SQLite::Database& db)
        : m_db(db)
        , m_find(db, "SELECT l.id, l.group_ref, l.kind, l.state, l.assignee, l.digest, l.replay_outcome"
                     " FROM letter_channel c JOIN letter l ON l.channel_ref = c.id"
                     " WHERE c.tag = ? AND l.partition = ? AND l.offset = ?"
                     " ORDER BY l.id")
        , m_set(db, "UPDATE letter SET state = ?1, assignee = ?2 WHERE id = ?3")
        , m_setOutcome(db, "UPDATE letter SET replay_outcome = ?1 WHERE id = ?2")
    {
    }

    void move(const QString& letterId, const LetterStanding& to)
    {
        const auto address = parseLetterId(letterId);
        if (!address)
            return;
        m_find.reset();
        sql::bind(m_find, 1, address->channelTag);
        m_find.bind(2, address->partition);
        m_find.bind(3, address->offset.value);
        while (m_find.executeStep()) {
            const auto digest = static_cast<std::uint64_t>(m_find.getColumn(5).getInt64());
            if (digest >> 32U != address->digestHead)
                continue;
            const std::int64_t group = m_find.getColumn(1).getInt64();
            const QString kind = sql::text(m_find.getColumn(2));
            const QString state = sql::text(m_find.getColumn(3));
            const auto assignee = sql::maybeText(m_find.getColumn(4));
            const QString newState = triageStateWord(to.state);
            const bool isOutcomeNew = sql::maybeText(m_find.getColumn(6)) != to.outcome;
            if (state == newState && assignee == to.assignee && !isOutcomeNew)
                continue;
            const std::int64_t place = m_find.getColumn(0).getInt64();
            if (isOutcomeNew) {
                m_withOutcomes.insert(group);
                m_setOutcome.reset();
                sql::bind(m_setOutcome, 1, to.outcome);
                m_setOutcome.bind(2, place);
                m_setOutcome.exec();
            }
            m_groups.insert(group);
            if (state == newState && assignee == to.assignee)
                continue;
            m_set.reset();
            sql::bind(m_set, 1, newState);
            sql::bind(m_set, 2, to.assignee);
            m_set.bind(3, place);
            m_set.exec();
            --m_moved[{group, kind, state, assignee.value_or(QString())}];
            ++m_moved[{group, kind, newState, to.assignee.value_or(QString())}];
        }
    }

    void finish()
    {
        count();
        SQLite::Statement tidy(m_db, "DELETE FROM letter_count WHERE group_ref = ? AND letters <= 0");
        // The index gives the letters of a group oldest first; the first open one ends the search.
        SQLite::Statement oldest(m_db, "UPDATE letter_group SET oldest_open_at_ms ="
                                       " (SELECT l.moment_ms FROM letter l"
                                       "  WHERE l.group_ref = ?1 AND l.state NOT IN ('archived', 'resolved', 'lost')"
                                       "  ORDER BY l.moment_ms LIMIT 1)"
                                       " WHERE id = ?1");
        for (const std::int64_t group : m_groups) {
            for (SQLite::Statement* statement : {&tidy, &oldest}) {
                statement->reset();
                statement->bind(1, group);
                statement->exec();
            }
        }
        SQLite::Statement name(m_db, "SELECT group_id FROM letter_group WHERE id = ?");
        QStringList groups;
        for (const std::int64_t group : m_withOutcomes) {
            name.reset();
            name.bind(1, group);
            if (name.executeStep())
                groups += sql::text(name.getColumn(0));
        }
        groups.removeDuplicates();
        settleGroupKinds(m_db, groups);
    }

private:
    /// Thousands of letters move from one counter to one other: written once, at the end.
    void count()
    {
        SQLite::Statement take(m_db, "UPDATE letter_count SET letters = letters + ?5"
                                     " WHERE group_ref = ?1 AND kind = ?2 AND state = ?3 AND assignee = ?4");
        SQLite::Statement give(m_db, "INSERT INTO letter_count (group_ref, kind, state, assignee, letters)"
                                     " VALUES (?1, ?2, ?3, ?4, ?5)"
                                     " ON CONFLICT (group_ref, kind, state, assignee)"
                                     " DO UPDATE SET letters = letters + excluded.letters");
        for (const auto& [counter, change] : m_moved) {
            if (change == 0)
                continue;
            SQLite::Statement& statement = change < 0 ? take : give;
            const auto& [group, kind, state, assignee] = counter;
            statement.reset();
            statement.bind(1, group);
            sql::bind(statement, 2, kind);
            sql::bind(statement, 3, state);
            sql::bind(statement, 4, assignee);
            statement.bind(5, change);
            statement.exec();
        }
        m_moved.clear();
    }

    SQLite::Database& m_db;
    SQLite::Statement m_find;
    SQLite::Statement m_set;
    SQLite::Statement m_setOutcome;
    /// Group, kind, state, assignee: by how much its counter changes.
    std::map<std::tuple<std::int64_t, QString, QString, QString>, std::int64_t> m_moved;
    std::set<std::int64_t> m_groups;
    std::set<std::int64_t> m_withOutcomes; // how replays end has a say in the group's kind
};

/// Runs `upsert` (its last two parameters are the letter's id and the seq) for each letter and moves those that
/// changed.
template<typename Bind>
Status apply(Database& database, const std::vector<QString>& letterIds, std::int64_t seq, const char* text,
             const Bind& bindRest)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement upsert(db, text);
        SQLite::Statement standing(db, standingSelect); // prepared once: a replay moves thousands at a time
        StandingWriter writer(db);
        for (const QString& id : letterIds) {
            upsert.reset();
            sql::bind(upsert, 1, id);
            upsert.bind(2, seq);
            bindRest(upsert);
            if (upsert.exec() > 0)
                writer.move(id, standingFrom(standing, id));
        }
        writer.finish();
    });
}

} // namespace

LetterStanding decidedStanding(SQLite::Database& db, const QString& letterId)
{
    SQLite::Statement select(db, standingSelect);
    return standingFrom(select, letterId);
}

Status applyTriageState(Database& database, const std::vector<QString>& letterIds, TriageState state,
                        const std::optional<QString>& assignee, std::int64_t seq)
{
    const Status kept = database.guarded([&](SQLite::Database& db) {
        SQLite::Statement past(db,
                               "INSERT OR IGNORE INTO letter_past (seq, letter_id, triage_state, assignee, triage_seq)"
                               " SELECT ?1, ?2, max(triage_state), max(assignee), ifnull(max(triage_seq), 0)"
                               " FROM letter_decision WHERE letter_id = ?2"
                               " HAVING ifnull(max(triage_seq), 0) < ?1");
        for (const QString& id : letterIds) {
            past.reset();
            past.bind(1, seq);
            sql::bind(past, 2, id);
            past.exec();
        }
    });
    if (!kept)
        return kept;
    return apply(database, letterIds, seq,
                 "INSERT INTO letter_decision (letter_id, triage_seq, triage_state, assignee, replay_state, replay_seq)"
                 " VALUES (?1, ?2, ?3, nullif(?4, ''), NULL, 0)"
                 " ON CONFLICT (letter_id) DO UPDATE SET"
                 " triage_seq = ?2,"
                 " triage_state = ?3,"
                 " assignee = CASE WHEN ?4 IS NULL THEN assignee ELSE nullif(?4, '') END"
                 " WHERE triage_seq < ?2",
                 [&](SQLite::Statement& upsert) {
                     sql::bind(upsert, 3, triageStateWord(state));
                     sql::bind(upsert, 4, assignee);
                 });
}

Status revertTriageStates(Database& database, const std::vector<std::int64_t>& seqs)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement select(db, "SELECT letter_id FROM letter_past WHERE seq = ? ORDER BY letter_id");
        SQLite::Statement restore(db, "UPDATE letter_decision SET (triage_state, assignee, triage_seq) ="
                                      " (SELECT p.triage_state, p.assignee, p.triage_seq FROM letter_past p WHERE "
                                      "p.seq = ?1 AND p.letter_id = ?2)"
                                      " WHERE letter_id = ?2 AND triage_seq = ?1");
        std::set<QString> changed;
        for (const std::int64_t seq : seqs) {
            std::vector<QString> ids;
            select.reset();
            select.bind(1, seq);
            while (select.executeStep())
                ids.push_back(sql::text(select.getColumn(0)));
            for (const QString& id : ids) {
                restore.reset();
                restore.bind(1, seq);
                sql::bind(restore, 2, id);
                if (restore.exec() > 0)
                    changed.insert(id);
            }
        }
        SQLite::Statement standing(db, standingSelect);
        StandingWriter writer(db);
        for (const QString& id : changed)
            writer.move(id, standingFrom(standing, id));
        writer.finish();
    });
}

Status applyReplayState(Database& database, const std::vector<QString>& letterIds, std::optional<TriageState> state,
                        std::int64_t seq)
{
    return apply(database, letterIds, seq,
                 "INSERT INTO letter_decision (letter_id, triage_seq, triage_state, assignee, replay_state, replay_seq)"
                 " VALUES (?1, 0, NULL, NULL, ?3, ?2)"
                 " ON CONFLICT (letter_id) DO UPDATE SET"
                 " replay_seq = ?2,"
                 " replay_state = ?3"
                 " WHERE replay_seq < ?2",
                 [&](SQLite::Statement& upsert) {
                     sql::bind(upsert, 3, state ? std::optional(triageStateWord(*state)) : std::nullopt);
                 });
}

Status clearLetterDecisions(Database& database)
{
    return database.guarded([](SQLite::Database& db) {
        db.exec("DELETE FROM letter_decision");
        clearMarks(db);
        db.exec("UPDATE letter SET state = 'new', assignee = NULL, kind = ifnull(rule_kind, kind), rule_kind = NULL,"
                " replay_outcome = NULL");
        db.exec("UPDATE letter_group SET kind_by = NULL");
        db.exec("DELETE FROM letter_count");
        db.exec("INSERT INTO letter_count (group_ref, kind, state, assignee, letters)"
                " SELECT group_ref, kind, 'new', '', count(*) FROM letter GROUP BY group_ref, kind");
        db.exec("UPDATE letter_group SET oldest_open_at_ms ="
                " (SELECT min(l.moment_ms) FROM letter l WHERE l.group_ref = letter_group.id)");
    });
}

} // namespace spillway
