// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/sameerror.h"

#include "model/deadletter/sqltext.h"

namespace spillway {

SameErrors::SameErrors(SQLite::Database& db)
    : m_item(db, "SELECT letter_id FROM replay_item WHERE job_id = ? AND replay_of = ? AND generation = ?"
                 " ORDER BY item LIMIT 1")
    , m_before(db, "SELECT l.digest, l.group_ref, ifnull(l.same_error_replays, 0)"
                   " FROM letter_channel c JOIN letter l ON l.channel_ref = c.id"
                   " WHERE c.tag = ? AND l.partition = ? AND l.offset = ? ORDER BY l.id")
    , m_same(db, "SELECT a.fingerprint_id = b.fingerprint_id"
                 " OR ifnull(a.root_cause = b.root_cause AND a.message = b.message, 0)"
                 " FROM letter_group a, letter_group b WHERE a.id = ? AND b.id = ?")
    , m_keep(db, "UPDATE letter SET same_error_replays = ?2 WHERE id = ?1")
    , m_kept(db, "SELECT ifnull(same_error_replays, 0) FROM letter WHERE id = ?")
{
}

std::optional<int> SameErrors::replaysOf(const LetterFacts& facts, std::int64_t groupRef)
{
    if (!facts.replayId || !facts.replayOf || !facts.replayGeneration)
        return std::nullopt;
    m_item.reset();
    sql::bind(m_item, 1, QString::fromUtf8(*facts.replayId));
    sql::bind(m_item, 2, *facts.replayOf);
    m_item.bind(3, *facts.replayGeneration);
    if (!m_item.executeStep())
        return std::nullopt;
    const auto address = parseLetterId(sql::text(m_item.getColumn(0)));
    if (!address)
        return std::nullopt;
    m_before.reset();
    sql::bind(m_before, 1, address->channelTag);
    m_before.bind(2, address->partition);
    m_before.bind(3, address->offset.value);
    while (m_before.executeStep()) {
        if (static_cast<std::uint64_t>(m_before.getColumn(0).getInt64()) >> 32U == address->digestHead)
            return isSame(groupRef, m_before.getColumn(1).getInt64()) ? 1 + m_before.getColumn(2).getInt() : 0;
    }
    return std::nullopt;
}

void SameErrors::keep(std::int64_t place, std::optional<int> replays)
{
    m_keep.reset();
    m_keep.bind(1, place);
    if (replays)
        m_keep.bind(2, *replays);
    else
        m_keep.bind(2);
    m_keep.exec();
}

int SameErrors::kept(std::int64_t place)
{
    m_kept.reset();
    m_kept.bind(1, place);
    return m_kept.executeStep() ? m_kept.getColumn(0).getInt() : 0;
}

bool SameErrors::isSame(std::int64_t ref, std::int64_t other)
{
    if (ref == other)
        return true;
    m_same.reset();
    m_same.bind(1, ref);
    m_same.bind(2, other);
    return m_same.executeStep() && m_same.getColumn(0).getInt() != 0;
}

bool letterWaits(SQLite::Database& db)
{
    return db.execAndGet("SELECT EXISTS (SELECT 1 FROM letter INDEXED BY letter_waits"
                         " WHERE replay_id IS NOT NULL AND same_error_replays IS NULL)")
               .getInt() != 0;
}

std::set<std::int64_t> countWhatCameBack(SQLite::Database& db, const QStringList& letterIds)
{
    struct CameBack
    {
        std::int64_t place = 0;
        std::int64_t group = 0;
        std::optional<std::int64_t> kept;
        QString id;
        LetterFacts facts;
    };
    SQLite::Statement select(db, "SELECT l.id, l.group_ref, l.same_error_replays, l.replay_id, l.replay_of,"
                                 " l.replay_generation, c.cluster_id, c.name, l.partition, l.offset, l.digest"
                                 " FROM replay_item i"
                                 " JOIN letter l INDEXED BY letter_of_replay ON l.replay_id = CAST(i.job_id AS BLOB)"
                                 " AND l.replay_of = i.replay_of AND l.replay_generation = i.generation"
                                 " JOIN letter_channel c ON c.id = l.channel_ref"
                                 " WHERE i.letter_id = ? ORDER BY l.id");
    SameErrors sameErrors(db);
    std::set<std::int64_t> changed;
    QStringList waiting = letterIds;
    while (!waiting.isEmpty()) {
        select.reset();
        sql::bind(select, 1, waiting.takeLast());
        std::vector<CameBack> followers;
        while (select.executeStep()) {
            CameBack follower{.place = select.getColumn(0).getInt64(),
                              .group = select.getColumn(1).getInt64(),
                              .kept = sql::maybeNumber(select.getColumn(2)),
                              .id = letterId(sql::text(select.getColumn(6)),
                                             {sql::text(select.getColumn(7)), select.getColumn(8).getInt()},
                                             Offset{select.getColumn(9).getInt64()},
                                             static_cast<std::uint64_t>(select.getColumn(10).getInt64())),
                              .facts = {}};
            follower.facts.replayId = sql::maybeBytes(select.getColumn(3));
            follower.facts.replayOf = sql::maybeBytes(select.getColumn(4));
            follower.facts.replayGeneration = select.getColumn(5).getInt();
            followers.push_back(std::move(follower));
        }
        for (const CameBack& follower : followers) {
            const std::optional<int> replays = sameErrors.replaysOf(follower.facts, follower.group);
            if (!replays || follower.kept == *replays)
                continue;
            sameErrors.keep(follower.place, replays);
            if (*replays != follower.kept.value_or(0))
                changed.insert(follower.place);
            waiting += follower.id; // its followers count one more; generations rise, so that this ends
        }
    }
    return changed;
}

} // namespace spillway
