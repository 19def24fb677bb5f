// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterdecisions.h"

#include "model/deadletter/groupkind.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triagemarks.h"

#include <SQLiteCpp/Database.h>

#include <set>
#include <string_view>
#include <unordered_map>

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

LetterStanding standingAt(SQLite::Statement& row)
{
    return standingOf(sql::maybeText(row.getColumn(0)), sql::maybeText(row.getColumn(1)), row.getColumn(2).getInt64(),
                      sql::maybeText(row.getColumn(3)), row.getColumn(4).getInt64());
}

std::string_view utf8At(SQLite::Statement& row, int column)
{
    const SQLite::Column text = row.getColumn(column);
    return {text.getText(), static_cast<std::size_t>(text.getBytes())}; // of NULL: nothing
}

std::string utf8Of(const QString& text)
{
    return text.toStdString();
}

/// Reads standings one after the other. Of letters that nobody triaged they are alike, by the thousand: made once.
class StandingReader
{
public:
    explicit StandingReader(SQLite::Database& db)
        : m_select(db, standingSelect)
    {
    }

    const LetterStanding& of(const QString& letterId)
    {
        const QByteArray id = letterId.toUtf8();
        m_select.reset();
        m_select.bindNoCopy(1, id.constData());
        const bool isThere = m_select.executeStep();
        if (isThere && m_select.getColumn(0).isNull() && m_select.getColumn(1).isNull()) {
            const std::string_view replay = utf8At(m_select, 3);
            const bool isNewer = m_select.getColumn(4).getInt64() > m_select.getColumn(2).getInt64();
            if (!m_known || m_replay != replay || m_isNewer != isNewer) {
                m_known = standingAt(m_select);
                m_replay = replay;
                m_isNewer = isNewer;
            }
            m_select.reset();
            return *m_known;
        }
        m_other = isThere ? standingAt(m_select) : LetterStanding{};
        m_select.reset();
        return m_other;
    }

private:
    SQLite::Statement m_select;
    std::optional<LetterStanding> m_known; // of letters without triage, whose replay says m_replay
    std::string m_replay;
    bool m_isNewer = false;
    LetterStanding m_other;
};

/// Moves stored letters to their standing and keeps the groups' counters right. What is bound to a statement stays
/// bound: only what differs from the letter before is bound anew.
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
        aim(to);
        m_find.reset();
        if (m_tag != address->channelTag) {
            m_tag = address->channelTag;
            sql::bind(m_find, 1, m_tag);
        }
        m_find.bind(2, address->partition);
        m_find.bind(3, address->offset.value);
        while (m_find.executeStep()) {
            const auto digest = static_cast<std::uint64_t>(m_find.getColumn(5).getInt64());
            if (digest >> 32U != address->digestHead)
                continue;
            const std::int64_t place = m_find.getColumn(0).getInt64();
            const std::int64_t group = m_find.getColumn(1).getInt64();
            if (sql::maybeText(m_find.getColumn(6)) != m_to->outcome) {
                m_withOutcomes.insert(group);
                m_setOutcome.reset();
                sql::bind(m_setOutcome, 1, m_to->outcome);
                m_setOutcome.bind(2, place);
                m_setOutcome.exec();
            }
            const std::string_view state = utf8At(m_find, 3);
            const std::string_view assignee = utf8At(m_find, 4);
            const bool isAssigned = !m_find.getColumn(4).isNull();
            if (state == m_state && isAssigned == m_to->assignee.has_value() && assignee == m_assignee)
                continue;
            count(m_moved[group], {utf8At(m_find, 2), state, assignee});
            m_set.reset();
            m_set.bind(3, place);
            m_set.exec();
        }
        m_find.reset();
    }

    void finish()
    {
        writeCounters();
        std::set<std::int64_t> groups = m_withOutcomes;
        for (const auto& [group, moves] : m_moved)
            groups.insert(group);
        SQLite::Statement tidy(m_db, "DELETE FROM letter_count WHERE group_ref = ? AND letters <= 0");
        // The index gives the letters of a group oldest first; the first open one ends the search.
        SQLite::Statement oldest(m_db, "UPDATE letter_group SET oldest_open_at_ms ="
                                       " (SELECT l.moment_ms FROM letter l"
                                       "  WHERE l.group_ref = ?1 AND l.state NOT IN ('archived', 'resolved', 'lost')"
                                       "  ORDER BY l.moment_ms LIMIT 1)"
                                       " WHERE id = ?1");
        for (const std::int64_t group : groups) {
            for (SQLite::Statement* statement : {&tidy, &oldest}) {
                statement->reset();
                statement->bind(1, group);
                statement->exec();
            }
        }
        SQLite::Statement name(m_db, "SELECT group_id FROM letter_group WHERE id = ?");
        QStringList names;
        for (const std::int64_t group : m_withOutcomes) {
            name.reset();
            name.bind(1, group);
            if (name.executeStep())
                names += sql::text(name.getColumn(0));
        }
        names.removeDuplicates();
        settleGroupKinds(m_db, names);
    }

private:
    /// The counter that a letter was in.
    struct From
    {
        std::string_view kind;
        std::string_view state;
        std::string_view assignee;
    };
    /// Letters of a group that go from one counter to another.
    struct Move
    {
        std::string kind;
        std::string state;
        std::string assignee;
        std::string toState;
        std::string toAssignee;
        std::int64_t letters = 0;
    };
    /// Nearly always one, seldom more than a handful: looked through from the front.
    using Moves = std::vector<Move>;

    void aim(const LetterStanding& to)
    {
        if (m_to && *m_to == to)
            return;
        m_to = to;
        m_state = utf8Of(triageStateWord(to.state));
        m_assignee = utf8Of(to.assignee.value_or(QString()));
        m_set.reset();
        m_set.bind(1, m_state);
        sql::bind(m_set, 2, to.assignee);
    }

    void count(Moves& moves, const From& from)
    {
        for (Move& known : moves) {
            if (known.kind == from.kind && known.state == from.state && known.assignee == from.assignee &&
                known.toState == m_state && known.toAssignee == m_assignee) {
                ++known.letters;
                return;
            }
        }
        moves.push_back(
            {std::string(from.kind), std::string(from.state), std::string(from.assignee), m_state, m_assignee, 1});
    }

    /// Thousands of letters move from one counter to one other: written once, at the end.
    void writeCounters()
    {
        SQLite::Statement add(m_db, "INSERT INTO letter_count (group_ref, kind, state, assignee, letters)"
                                    " VALUES (?1, ?2, ?3, ?4, ?5)"
                                    " ON CONFLICT (group_ref, kind, state, assignee)"
                                    " DO UPDATE SET letters = letters + excluded.letters");
        SQLite::Statement take(m_db, "UPDATE letter_count SET letters = letters - ?5"
                                     " WHERE group_ref = ?1 AND kind = ?2 AND state = ?3 AND assignee = ?4");
        const auto write = [](SQLite::Statement& statement, std::int64_t group, const std::string& kind,
                              const std::string& state, const std::string& assignee, std::int64_t letters) {
            statement.reset();
            statement.bind(1, group);
            statement.bind(2, kind);
            statement.bind(3, state);
            statement.bind(4, assignee);
            statement.bind(5, letters);
            statement.exec();
        };
        for (const auto& [group, moves] : m_moved) {
            for (const Move& move : moves) { // first all arrivals: a letter may have moved on from where it came to
                write(add, group, move.kind, move.toState, move.toAssignee, move.letters);
            }
            for (const Move& move : moves)
                write(take, group, move.kind, move.state, move.assignee, move.letters);
        }
    }

    SQLite::Database& m_db;
    SQLite::Statement m_find;
    SQLite::Statement m_set;
    SQLite::Statement m_setOutcome;
    QString m_tag;                      // as bound to m_find
    std::optional<LetterStanding> m_to; // as bound to m_set
    std::string m_state;                // its words
    std::string m_assignee;
    std::unordered_map<std::int64_t, Moves> m_moved; // by group
    std::set<std::int64_t> m_withOutcomes;           // how replays end has a say in the group's kind
};

/// Runs `upsert` (its last two parameters are the letter's id and the seq) for each letter and moves those that
/// changed.
template<typename Bind>
Status apply(Database& database, const std::vector<QString>& letterIds, std::int64_t seq, const char* text,
             const Bind& bindRest)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement upsert(db, text); // prepared once: a replay moves thousands at a time
        upsert.bind(2, seq);
        bindRest(upsert);
        StandingReader standings(db);
        StandingWriter writer(db);
        for (const QString& id : letterIds) {
            const QByteArray utf8 = id.toUtf8();
            upsert.reset();
            upsert.bindNoCopy(1, utf8.constData());
            const bool isChanged = upsert.exec() > 0;
            upsert.reset();
            if (isChanged)
                writer.move(id, standings.of(id));
        }
        writer.finish();
    });
}

/// What people's decisions make of a letter.
struct StandingWord
{
    std::optional<QString> state; ///< nullopt: nobody decided, or nothing of it stands
    std::optional<QString> assignee;
    std::int64_t seq = 0;
};

/// The newest event that stands gives the state; the newest of them that names somebody, or nobody, the assignee. So
/// it is the same in whatever order events were taken back and came to count again.
class StandingWords
{
public:
    /// @param without  a decision that is taken as if it were not there; empty: none is.
    explicit StandingWords(SQLite::Database& db, const QString& without = {})
        : m_select(db, "SELECT p.seq, x.state, x.assignee FROM letter_past p JOIN triage_effect x ON x.seq = p.seq"
                       " LEFT JOIN triage_event e ON e.seq = p.seq" // the loss of a payload is no event of the book
                       " WHERE p.letter_id = ?1 AND e.reverted_by IS NULL AND ifnull(e.decision, '') <> ?2"
                       " ORDER BY p.seq DESC")
    {
        // Every decision has a name, so that this one is nobody's.
        sql::bind(m_select, 2, without.isEmpty() ? QStringLiteral("-") : without);
    }

    StandingWord of(const QString& letterId)
    {
        StandingWord word;
        m_select.reset();
        sql::bind(m_select, 1, letterId);
        while (m_select.executeStep()) {
            if (!word.state) {
                word.seq = m_select.getColumn(0).getInt64();
                word.state = sql::text(m_select.getColumn(1));
            }
            if (const auto assignee = sql::maybeText(m_select.getColumn(2))) {
                if (!assignee->isEmpty())
                    word.assignee = assignee;
                break;
            }
        }
        m_select.reset();
        return word;
    }

private:
    SQLite::Statement m_select;
};

} // namespace

LetterStanding decidedStanding(SQLite::Database& db, const QString& letterId)
{
    return StandingReader(db).of(letterId);
}

Status applyTriageState(Database& database, const std::vector<QString>& letterIds, TriageState state,
                        const std::optional<QString>& assignee, std::int64_t seq)
{
    const Status kept = database.guarded([&](SQLite::Database& db) {
        SQLite::Statement effect(db, "INSERT OR IGNORE INTO triage_effect (seq, state, assignee) VALUES (?, ?, ?)");
        effect.bind(1, seq);
        sql::bind(effect, 2, triageStateWord(state));
        sql::bind(effect, 3, assignee);
        effect.exec();
        SQLite::Statement past(db, "INSERT OR IGNORE INTO letter_past (seq, letter_id) VALUES (?, ?)");
        past.bind(1, seq);
        for (const QString& id : letterIds) {
            past.reset();
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

Status settleTriageStates(Database& database, const std::vector<std::int64_t>& reverted,
                          const std::vector<std::int64_t>& restored)
{
    return database.guarded([&](SQLite::Database& db) {
        std::set<QString> ids;
        const auto gather = [&](const char* text, const std::vector<std::int64_t>& seqs) {
            SQLite::Statement select(db, text);
            for (const std::int64_t seq : seqs) {
                select.reset();
                select.bind(1, seq);
                while (select.executeStep())
                    ids.insert(sql::text(select.getColumn(0)));
            }
        };
        gather("SELECT p.letter_id FROM letter_past p JOIN letter_decision d ON d.letter_id = p.letter_id"
               " WHERE p.seq = ?1 AND d.triage_seq = ?1",
               reverted);
        gather("SELECT p.letter_id FROM letter_past p JOIN letter_decision d ON d.letter_id = p.letter_id"
               " WHERE p.seq = ?1 AND d.triage_seq < ?1",
               restored);
        StandingWords words(db);
        SQLite::Statement set(db, "UPDATE letter_decision SET triage_state = ?2, assignee = ?3, triage_seq = ?4"
                                  " WHERE letter_id = ?1");
        StandingReader standings(db);
        StandingWriter writer(db);
        for (const QString& id : ids) {
            const StandingWord word = words.of(id);
            set.reset();
            sql::bind(set, 1, id);
            sql::bind(set, 2, word.state);
            sql::bind(set, 3, word.assignee);
            set.bind(4, word.seq);
            set.exec();
            writer.move(id, standings.of(id));
        }
        writer.finish();
    });
}

std::map<QString, LetterStanding> standingsBefore(SQLite::Database& db, const QString& decision)
{
    std::map<QString, LetterStanding> standings;
    StandingWords words(db, decision);
    SQLite::Statement select(db, "SELECT p.letter_id, d.replay_state, d.replay_seq"
                                 " FROM triage_event e JOIN letter_past p ON p.seq = e.seq"
                                 " JOIN letter_decision d ON d.letter_id = p.letter_id AND d.triage_seq = p.seq"
                                 " WHERE e.decision = ? AND e.reverted_by IS NULL"
                                 " ORDER BY p.letter_id");
    sql::bind(select, 1, decision);
    while (select.executeStep()) {
        const QString id = sql::text(select.getColumn(0));
        const StandingWord word = words.of(id);
        standings.emplace(id, standingOf(word.state, word.assignee, word.seq, sql::maybeText(select.getColumn(1)),
                                         select.getColumn(2).getInt64()));
    }
    return standings;
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
