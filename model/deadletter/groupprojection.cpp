// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupprojection.h"

#include "model/deadletter/groupalias.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/groupstrain.h"
#include "model/deadletter/sqltext.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// A stored letter and its strain.
struct Found
{
    std::int64_t place = 0;
    std::int64_t ref = 0;
    std::int64_t momentMs = 0;
    Strain strain;
};

/// Letters with this id that are stored: one, or none.
class LetterFinder
{
public:
    explicit LetterFinder(SQLite::Database& db)
        : m_select(db, "SELECT l.id, l.group_ref, l.moment_ms, l.digest, g.fingerprint_id, g.title, g.error_class,"
                       " g.event_type, g.consumer, g.team"
                       " FROM letter_channel c JOIN letter l ON l.channel_ref = c.id"
                       " JOIN letter_group g ON g.id = l.group_ref"
                       " WHERE c.tag = ? AND l.partition = ? AND l.offset = ?"
                       " ORDER BY l.id")
    {
    }
    std::optional<Found> find(const QString& letterId)
    {
        const auto address = parseLetterId(letterId);
        if (!address)
            return std::nullopt;
        m_select.reset();
        sql::bind(m_select, 1, address->channelTag);
        m_select.bind(2, address->partition);
        m_select.bind(3, address->offset.value);
        std::optional<Found> found;
        while (!found && m_select.executeStep()) {
            if (static_cast<std::uint64_t>(m_select.getColumn(3).getInt64()) >> 32U != address->digestHead)
                continue;
            found = Found{.place = m_select.getColumn(0).getInt64(),
                          .ref = m_select.getColumn(1).getInt64(),
                          .momentMs = m_select.getColumn(2).getInt64(),
                          .strain = {.fingerprint = {.id = sql::text(m_select.getColumn(4)),
                                                     .title = sql::text(m_select.getColumn(5)),
                                                     .parts = {},
                                                     .rule = std::nullopt},
                                     .errorClass = sql::maybeText(m_select.getColumn(6)),
                                     .owner = {.consumer = sql::maybeText(m_select.getColumn(8)),
                                               .eventType = sql::maybeText(m_select.getColumn(7)),
                                               .team = sql::maybeText(m_select.getColumn(9))}}};
        }
        m_select.reset();
        return found;
    }

private:
    SQLite::Statement m_select;
};

} // namespace

void GroupProjection::alias(const QString& from, const char* kind, const QString& into)
{
    SQLite::Statement upsert(m_db, "INSERT INTO group_alias (from_id, kind, into_id, seq) VALUES (?, ?, ?, ?)"
                                   " ON CONFLICT (from_id, kind) DO UPDATE SET into_id = excluded.into_id,"
                                   " seq = excluded.seq WHERE seq <= excluded.seq");
    sql::bind(upsert, 1, from);
    upsert.bind(2, kind);
    sql::bind(upsert, 3, into);
    upsert.bind(4, m_seq);
    upsert.exec();
}

/// Strains that are shown as this group, where their fingerprints lead now.
void GroupProjection::showAgain(const QString& shown)
{
    SQLite::Statement select(m_db, "SELECT DISTINCT fingerprint_id FROM letter_group WHERE group_id = ?");
    sql::bind(select, 1, shown);
    QStringList fingerprints;
    while (select.executeStep())
        fingerprints += sql::text(select.getColumn(0));
    SQLite::Statement update(m_db, "UPDATE letter_group SET group_id = ? WHERE fingerprint_id = ? AND group_id <> ?1");
    QStringList groups{shown};
    for (const QString& fingerprint : fingerprints) {
        groups += shownGroup(m_db, fingerprint);
        update.reset();
        sql::bind(update, 1, groups.last());
        sql::bind(update, 2, fingerprint);
        update.exec();
    }
    groups.removeDuplicates();
    settleGroupKinds(m_db, groups);
}

void GroupProjection::merge(const QStringList& groups, const QString& into)
{
    for (const QString& group : groups) {
        if (shownGroup(m_db, into) == group || group.isEmpty())
            continue; // two people merged them into each other: the first one's word stands
        alias(group, "merge", into);
        showAgain(group);
    }
}

void GroupProjection::unmerge(const QStringList& groups)
{
    SQLite::Statement remove(m_db, "DELETE FROM group_alias WHERE from_id = ? AND kind = 'merge' AND seq < ?");
    for (const QString& group : groups) {
        const QString shown = shownGroup(m_db, group);
        remove.reset();
        sql::bind(remove, 1, group);
        remove.bind(2, m_seq);
        remove.exec();
        showAgain(shown);
    }
}

void GroupProjection::split(const QString& group, const QString& title, const QStringList& letterIds)
{
    SQLite::Statement name(m_db, "INSERT INTO group_split (group_id, title, seq) VALUES (?, ?, ?)"
                                 " ON CONFLICT (group_id) DO NOTHING");
    sql::bind(name, 1, group);
    sql::bind(name, 2, title);
    name.bind(3, m_seq);
    name.exec();
    SQLite::Statement pin(m_db,
                          "INSERT INTO letter_pin (letter_id, group_id, home_ref, seq) VALUES (?, ?, ?, ?)"
                          " ON CONFLICT (letter_id) DO UPDATE SET group_id = excluded.group_id, seq = excluded.seq"
                          " WHERE seq < excluded.seq");
    SQLite::Statement home(m_db, "SELECT home_ref FROM letter_pin WHERE letter_id = ?");
    LetterFinder letters(m_db);
    StrainWriter strains(m_db);
    StrainMover mover(m_db);
    for (const QString& id : letterIds) {
        const auto letter = letters.find(id);
        pin.reset();
        sql::bind(pin, 1, id);
        sql::bind(pin, 2, group);
        sql::bind(pin, 3, letter ? std::optional(letter->ref) : std::nullopt);
        pin.bind(4, m_seq);
        if (pin.exec() == 0 || !letter)
            continue;
        // One that was pinned before keeps the home it had then.
        home.reset();
        sql::bind(home, 1, id);
        home.executeStep();
        const std::int64_t homeRef = home.getColumn(0).isNull() ? letter->ref : home.getColumn(0).getInt64();
        home.reset();
        mover.move(letter->place, strains.pinnedRef(id, group, letter->strain, homeRef, letter->momentMs));
    }
    mover.finish();
}

void GroupProjection::dissolve(const QStringList& splits)
{
    LetterFinder letters(m_db);
    StrainMover mover(m_db);
    for (const QString& group : splits) {
        std::vector<std::pair<QString, std::optional<std::int64_t>>> pins;
        {
            SQLite::Statement select(m_db, "SELECT letter_id, home_ref FROM letter_pin WHERE group_id = ? AND seq < ?"
                                           " ORDER BY letter_id");
            sql::bind(select, 1, group);
            select.bind(2, m_seq);
            while (select.executeStep())
                pins.emplace_back(sql::text(select.getColumn(0)), sql::maybeNumber(select.getColumn(1)));
        }
        SQLite::Statement remove(m_db, "DELETE FROM letter_pin WHERE letter_id = ?");
        for (const auto& [id, home] : pins) {
            const auto letter = letters.find(id);
            if (letter && home)
                mover.move(letter->place, *home);
            remove.reset();
            sql::bind(remove, 1, id);
            remove.exec();
        }
        SQLite::Statement forget(m_db, "DELETE FROM group_split WHERE group_id = ? AND seq < ?");
        sql::bind(forget, 1, group);
        forget.bind(2, m_seq);
        forget.exec();
    }
    mover.finish();
}

void GroupProjection::rename(const std::vector<GroupMove>& moves)
{
    for (const auto& [from, into] : moves) {
        if (from != into && !from.isEmpty())
            alias(from, "moved", into);
    }
    GroupMerges merges = groupMerges(m_db);
    for (const auto& [from, into] : followMoves(merges, moves)) {
        alias(from, "merge", into);
        showAgain(from);
    }
    // What a person said of a group's kind goes with its name.
    QStringList groups;
    for (const auto& [from, into] : moves)
        groups += effectiveGroup(m_db, into);
    groups.removeDuplicates();
    settleGroupKinds(m_db, groups);
}

void startRegrouping(SQLite::Database& db, const QString& rulesDigest, const QString& actor, const QString& reason)
{
    SQLite::Statement insert(db, "INSERT OR REPLACE INTO regroup_run (id, rules_digest, actor, reason, next_letter,"
                                 " last_letter, done, total, moved)"
                                 " SELECT 1, ?, ?, ?, 0, ifnull(max(id), 0), 0, count(*), 0 FROM letter");
    sql::bind(insert, 1, rulesDigest);
    sql::bind(insert, 2, actor);
    sql::bind(insert, 3, reason);
    insert.exec();
}

void endRegrouping(SQLite::Database& db)
{
    db.exec("DELETE FROM regroup_run");
    db.exec("DELETE FROM regroup_flow");
}

} // namespace spillway
