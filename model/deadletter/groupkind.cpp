// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupkind.h"

#include "model/deadletter/letterrows.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triagemarks.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t fewestOutcomes = 3;
constexpr std::int64_t noLast = std::numeric_limits<std::int64_t>::max();
constexpr std::array allKinds{FailureKind::Transient, FailureKind::Schema, FailureKind::Business, FailureKind::Unknown};
const QString personsWord = u"person:"_s;

std::vector<std::int64_t> refsOf(SQLite::Database& db, const QString& groupId)
{
    std::vector<std::int64_t> refs;
    SQLite::Statement select(db, "SELECT id FROM letter_group WHERE group_id = ? ORDER BY id");
    sql::bind(select, 1, groupId);
    while (select.executeStep())
        refs.push_back(select.getColumn(0).getInt64());
    return refs;
}

/// Letters that counted as one kind and now count as another.
void moveCount(SQLite::Database& db, std::int64_t ref, const QString& state, const QString& assignee, FailureKind from,
               FailureKind to, std::int64_t letters)
{
    const auto bindKey = [&](SQLite::Statement& statement, FailureKind kind) {
        statement.bind(1, ref);
        sql::bind(statement, 2, failureKindWord(kind));
        sql::bind(statement, 3, state);
        sql::bind(statement, 4, assignee);
        statement.bind(5, letters);
        statement.exec();
    };
    SQLite::Statement take(db, "UPDATE letter_count SET letters = letters - ?5"
                               " WHERE group_ref = ?1 AND kind = ?2 AND state = ?3 AND assignee = ?4");
    bindKey(take, from);
    SQLite::Statement give(db, "INSERT INTO letter_count (group_ref, kind, state, assignee, letters)"
                               " VALUES (?1, ?2, ?3, ?4, ?5)"
                               " ON CONFLICT (group_ref, kind, state, assignee)"
                               " DO UPDATE SET letters = letters + excluded.letters");
    bindKey(give, to);
}

void dropEmptyCounts(SQLite::Database& db, std::int64_t ref)
{
    SQLite::Statement tidy(db, "DELETE FROM letter_count WHERE group_ref = ? AND letters <= 0");
    tidy.bind(1, ref);
    tidy.exec();
}

/// Gives letters of a row in letter_group the kind that counts. `+` keeps new letters on a walk over their ids, however
/// large the group is.
void paint(SQLite::Database& db, std::int64_t ref, const QString& above, std::int64_t after)
{
    const std::string where = after > 0 ? " WHERE +group_ref = ?1 AND id > ?4" : " WHERE group_ref = ?1";
    bool isMoved = false;
    for (const FailureKind ruled : allKinds) {
        const FailureKind counts = kindThatCounts(above, ruled);
        const std::string condition = where + " AND ifnull(rule_kind, kind) = ?2 AND kind <> ?3";
        const auto bindCondition = [&](SQLite::Statement& statement) {
            statement.bind(1, ref);
            sql::bind(statement, 2, failureKindWord(ruled));
            sql::bind(statement, 3, failureKindWord(counts));
            if (after > 0)
                statement.bind(4, after);
        };
        SQLite::Statement changed(db, "SELECT kind, state, ifnull(assignee, ''), count(*) FROM letter" + condition +
                                          " GROUP BY kind, state, assignee");
        bindCondition(changed);
        std::vector<std::tuple<FailureKind, QString, QString, std::int64_t>> moves;
        while (changed.executeStep())
            moves.emplace_back(failureKindFromWord(sql::text(changed.getColumn(0))).value_or(FailureKind::Unknown),
                               sql::text(changed.getColumn(1)), sql::text(changed.getColumn(2)),
                               changed.getColumn(3).getInt64());
        if (moves.empty())
            continue;
        SQLite::Statement update(
            db, "UPDATE letter SET kind = ?3, rule_kind = CASE WHEN ?2 = ?3 THEN NULL ELSE ?2 END" + condition);
        bindCondition(update);
        update.exec();
        for (const auto& [kind, state, assignee, letters] : moves)
            moveCount(db, ref, state, assignee, kind, counts, letters);
        isMoved = true;
    }
    if (isMoved)
        dropEmptyCounts(db, ref);
}

struct Sorting
{
    QByteArray digest;
    std::int64_t sortedTo = 0;
    std::int64_t last = 0; ///< noLast: also those to come, until a process begins with these rules
};

std::optional<Sorting> storedSorting(SQLite::Database& db)
{
    SQLite::Statement select(db, "SELECT rules_digest, sorted_to, last_letter FROM kind_sorting WHERE id = 1");
    if (!select.executeStep())
        return std::nullopt;
    return Sorting{sql::maybeBytes(select.getColumn(0)).value_or(QByteArray()), select.getColumn(1).getInt64(),
                   select.getColumn(2).getInt64()};
}

void saveSorting(SQLite::Database& db, const Sorting& sorting)
{
    SQLite::Statement upsert(db, "INSERT INTO kind_sorting (id, rules_digest, sorted_to, last_letter)"
                                 " VALUES (1, ?, ?, ?)"
                                 " ON CONFLICT (id) DO UPDATE SET rules_digest = excluded.rules_digest,"
                                 " sorted_to = excluded.sorted_to, last_letter = excluded.last_letter");
    sql::bind(upsert, 1, std::optional(sorting.digest));
    upsert.bind(2, sorting.sortedTo);
    upsert.bind(3, sorting.last);
    upsert.exec();
}

/// One turn: letters from `sortedTo` to `upTo` get the rules' word; what stands above it stays above.
/// @return how many changed.
std::int64_t sortSome(SQLite::Database& db, KindSorter& sorter, Sorting& sorting, std::int64_t upTo)
{
    struct Change
    {
        std::int64_t letter = 0;
        FailureKind ruled = FailureKind::Unknown;
    };
    std::vector<Change> changes;
    {
        SQLite::Statement select(db, letterColumns(LetterParts::Summary) +
                                         ", ifnull(l.same_error_replays, 0), l.rule_kind" + letterTables() +
                                         " WHERE l.id > ? AND l.id <= ? ORDER BY l.id LIMIT ?");
        select.bind(1, sorting.sortedTo);
        select.bind(2, upTo);
        select.bind(3, lettersPerSortingTurn);
        std::int64_t reached = upTo;
        int seen = 0;
        const int columns = select.getColumnCount();
        while (select.executeStep()) {
            const auto letter = letterFromRow(select, LetterParts::Summary);
            reached = select.getColumn(0).getInt64();
            ++seen;
            if (!letter || letter->erased)
                continue; // an erased one keeps its kind: its message tells nothing any more
            const auto above = sql::maybeText(select.getColumn(columns - 1));
            const FailureKind before =
                above ? failureKindFromWord(*above).value_or(FailureKind::Unknown) : letter->kind;
            const FailureKind ruled = sorter.kindOf({.facts = letter->facts,
                                                     .consumer = letter->consumer,
                                                     .eventType = letter->eventType,
                                                     .fitsSchema = letter->schema.fits(),
                                                     .sameErrorReplays = select.getColumn(columns - 2).getInt()});
            if (ruled != before)
                changes.push_back({letter->place, ruled});
        }
        sorting.sortedTo = seen < lettersPerSortingTurn ? upTo : reached;
    }
    SQLite::Statement find(db, "SELECT l.group_ref, l.kind, l.state, ifnull(l.assignee, ''), ifnull(g.kind_by, '')"
                               " FROM letter l JOIN letter_group g ON g.id = l.group_ref WHERE l.id = ?");
    SQLite::Statement set(db, "UPDATE letter SET kind = ?2, rule_kind = ?3 WHERE id = ?1");
    std::map<std::tuple<std::int64_t, QString, QString, FailureKind, FailureKind>, std::int64_t> moves;
    for (const Change& change : changes) {
        find.reset();
        find.bind(1, change.letter);
        if (!find.executeStep())
            continue;
        const FailureKind old = failureKindFromWord(sql::text(find.getColumn(1))).value_or(FailureKind::Unknown);
        const FailureKind counts = kindThatCounts(sql::text(find.getColumn(4)), change.ruled);
        set.reset();
        set.bind(1, change.letter);
        sql::bind(set, 2, failureKindWord(counts));
        sql::bind(set, 3, counts == change.ruled ? std::nullopt : std::optional(failureKindWord(change.ruled)));
        set.exec();
        if (old != counts)
            ++moves[{find.getColumn(0).getInt64(), sql::text(find.getColumn(2)), sql::text(find.getColumn(3)), old,
                     counts}];
    }
    for (const auto& [key, letters] : moves) {
        const auto& [ref, state, assignee, from, to] = key;
        moveCount(db, ref, state, assignee, from, to, letters);
        dropEmptyCounts(db, ref);
    }
    saveSorting(db, sorting);
    return static_cast<std::int64_t>(changes.size());
}

} // namespace

QString kindAbove(SQLite::Database& db, const QString& groupId)
{
    if (const auto known = knownMark(db, groupId))
        return personsWord + failureKindWord(known->error.kind);
    std::int64_t confirmed = 0;
    std::int64_t failed = 0;
    // What failed again with another error says nothing of this one.
    SQLite::Statement select(
        db, "SELECT (SELECT count(*) FROM letter WHERE group_ref = ?1 AND replay_outcome = 'confirmed'),"
            " (SELECT count(*) FROM letter WHERE group_ref = ?1 AND same_error_replays > 0)");
    for (const std::int64_t ref : refsOf(db, groupId)) {
        select.reset();
        select.bind(1, ref);
        select.executeStep();
        confirmed += select.getColumn(0).getInt64();
        failed += select.getColumn(1).getInt64();
    }
    if (confirmed >= fewestOutcomes && confirmed > failed)
        return u"confirmed"_s;
    if (failed >= fewestOutcomes && failed >= confirmed)
        return u"failedAgain"_s;
    return {};
}

FailureKind kindThatCounts(const QString& above, FailureKind ruled)
{
    if (above.startsWith(personsWord))
        return failureKindFromWord(QStringView(above).sliced(personsWord.size())).value_or(ruled);
    if (above == u"confirmed" && ruled == FailureKind::Unknown)
        return FailureKind::Transient;
    if (above == u"failedAgain" && ruled == FailureKind::Transient)
        return FailureKind::Unknown;
    return ruled;
}

void settleMovedLetters(SQLite::Database& db, const std::set<std::int64_t>& refs)
{
    // A letter that bears another kind than the rules' came from such a row: where there is none, nothing is to be
    // done.
    if (db.execAndGet("SELECT EXISTS (SELECT 1 FROM letter_group WHERE kind_by IS NOT NULL)").getInt() == 0)
        return;
    SQLite::Statement select(db, "SELECT group_id FROM letter_group WHERE id = ?");
    SQLite::Statement set(db, "UPDATE letter_group SET kind_by = nullif(?2, '') WHERE id = ?1");
    for (const std::int64_t ref : refs) {
        select.reset();
        select.bind(1, ref);
        if (!select.executeStep())
            continue;
        const QString above = kindAbove(db, sql::text(select.getColumn(0)));
        set.reset();
        set.bind(1, ref);
        sql::bind(set, 2, above.isNull() ? u""_s : above);
        set.exec();
        paint(db, ref, above, 0);
    }
}

void settleGroupKinds(SQLite::Database& db, const QStringList& groupIds)
{
    SQLite::Statement set(db, "UPDATE letter_group SET kind_by = nullif(?2, '')"
                              " WHERE id = ?1 AND ifnull(kind_by, '') <> ?2");
    for (const QString& group : groupIds) {
        const auto refs = refsOf(db, group);
        const QString above = refs.empty() ? QString() : kindAbove(db, group);
        for (const std::int64_t ref : refs) {
            set.reset();
            set.bind(1, ref);
            sql::bind(set, 2, above.isNull() ? u""_s : above);
            if (set.exec() > 0)
                paint(db, ref, above, 0);
        }
    }
}

void settleNewLetters(SQLite::Database& db, std::int64_t after)
{
    // Where nobody ever decided a kind and no replay told, there is nothing to look for.
    if (db.execAndGet("SELECT EXISTS (SELECT 1 FROM letter_group WHERE kind_by IS NOT NULL)"
                      " OR EXISTS (SELECT 1 FROM triage_mark WHERE field = 'known' AND value IS NOT NULL)"
                      " OR EXISTS (SELECT 1 FROM letter WHERE same_error_replays > 0)"
                      " OR EXISTS (SELECT 1 FROM letter_decision WHERE replay_state = 'resolved')")
            .getInt() == 0)
        return;
    QStringList groups;
    std::map<std::int64_t, QString> above; // as it was before these letters
    SQLite::Statement select(db, "SELECT g.id, g.group_id, ifnull(g.kind_by, '') FROM letter_group g"
                                 " WHERE g.id IN (SELECT DISTINCT group_ref FROM letter WHERE id > ?)"
                                 " ORDER BY g.id");
    select.bind(1, after);
    while (select.executeStep()) {
        above.emplace(select.getColumn(0).getInt64(), sql::text(select.getColumn(2)));
        const QString group = sql::text(select.getColumn(1));
        if (!groups.contains(group))
            groups += group;
    }
    for (const auto& [ref, word] : above) {
        if (!word.isEmpty())
            paint(db, ref, word, after);
    }
    settleGroupKinds(db, groups);
}

void sortAgainFrom(SQLite::Database& db, std::int64_t letter)
{
    // No row: all are sorted by the first turn.
    SQLite::Statement again(db, "UPDATE kind_sorting SET sorted_to = min(sorted_to, ?1 - 1),"
                                " last_letter = max(last_letter, (SELECT ifnull(max(id), 0) FROM letter))");
    again.bind(1, letter);
    again.exec();
}

void settleRecounted(SQLite::Database& db, const std::set<std::int64_t>& recounted, std::set<std::int64_t> refs)
{
    SQLite::Statement ref(db, "SELECT group_ref FROM letter WHERE id = ?");
    for (const std::int64_t letter : recounted) {
        ref.reset();
        ref.bind(1, letter);
        if (ref.executeStep())
            refs.insert(ref.getColumn(0).getInt64());
    }
    SQLite::Statement shown(db, "SELECT group_id FROM letter_group WHERE id = ?");
    QStringList groups;
    for (const std::int64_t each : refs) {
        shown.reset();
        shown.bind(1, each);
        if (shown.executeStep())
            groups += sql::text(shown.getColumn(0));
    }
    groups.removeDuplicates();
    settleGroupKinds(db, groups);
    if (!recounted.empty())
        sortAgainFrom(db, *recounted.begin());
}

namespace {

/// @return whether letters are left.
Result<bool> turn(StoreWriter& store, const KindRules& rules, KindSorter& sorter, Intake intake, std::int64_t& changed)
{
    bool isMore = false;
    const Status status = store.write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) {
            const std::int64_t last = db.execAndGet("SELECT ifnull(max(id), 0) FROM letter").getInt64();
            auto sorting = storedSorting(db);
            const bool isOpen = intake == Intake::MaySortOtherwise;
            if (!sorting || sorting->digest != rules.digest())
                sorting = Sorting{rules.digest(), 0, isOpen ? noLast : last};
            else if (!isOpen)
                sorting->last = std::min(sorting->last, last);
            const std::int64_t upTo = std::min(sorting->last, last);
            if (sorting->sortedTo < upTo)
                changed += sortSome(db, sorter, *sorting, upTo);
            else
                saveSorting(db, *sorting);
            isMore = sorting->sortedTo < upTo;
        });
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    return isMore;
}

} // namespace

Result<std::int64_t> sortAnew(StoreWriter& store, const KindRules& rules, std::stop_token stop)
{
    KindSorter sorter(rules);
    std::int64_t changed = 0;
    for (bool isMore = true; isMore && !stop.stop_requested();) {
        const auto more = turn(store, rules, sorter, Intake::SortsAlike, changed);
        if (!more)
            return tl::unexpected<Error>(more.error());
        isMore = *more;
    }
    return changed;
}

Result<KindSorting> kindSorting(Database& reader)
{
    return reader.query<KindSorting>([](SQLite::Database& db) {
        const std::int64_t last = db.execAndGet("SELECT ifnull(max(id), 0) FROM letter").getInt64();
        const auto sorting = storedSorting(db);
        const std::int64_t done = sorting ? sorting->sortedTo : 0;
        return KindSorting{.done = std::min(done, last), .total = last};
    });
}

Result<bool> sortTurn(StoreWriter& store, const KindRules& rules, Intake intake)
{
    KindSorter sorter(rules);
    std::int64_t changed = 0;
    return turn(store, rules, sorter, intake, changed);
}

} // namespace spillway
