// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupstrain.h"

#include "model/deadletter/groupalias.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/sqltext.h"

#include <QCryptographicHash>
#include <QHash>

namespace spillway {

namespace {

template<typename... Parts>
std::size_t hashOf(const QString& fingerprint, const Parts&... parts)
{
    std::size_t seed = qHash(fingerprint);
    ((seed = parts ? qHash(*parts, seed) : seed * 31 + 7), ...);
    return seed;
}

QString nameOf(const StrainView& strain)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const std::optional<QString>& part :
         {std::optional(strain.fingerprint.id), strain.errorClass, strain.owner.eventType, strain.owner.consumer}) {
        const QByteArray utf8 = part ? part->toUtf8() : QByteArray();
        hash.addData(QByteArray::number(part ? utf8.size() : -1) + ':' + utf8);
    }
    return u's' + QString::fromLatin1(hash.result().first(12).toHex());
}

} // namespace

StrainView Strain::view() const
{
    return {fingerprint, errorClass, owner};
}

std::size_t StrainHash::operator()(const StrainKey& key) const
{
    return hashOf(key.fingerprint, key.errorClass, key.eventType, key.consumer);
}
std::size_t StrainHash::operator()(const StrainView& strain) const
{
    return hashOf(strain.fingerprint.id, strain.errorClass, strain.owner.eventType, strain.owner.consumer);
}
bool StrainSame::operator()(const StrainKey& a, const StrainKey& b) const
{
    return a.fingerprint == b.fingerprint && a.errorClass == b.errorClass && a.eventType == b.eventType &&
           a.consumer == b.consumer;
}
bool StrainSame::operator()(const StrainView& strain, const StrainKey& key) const
{
    return strain.fingerprint.id == key.fingerprint && strain.errorClass == key.errorClass &&
           strain.owner.eventType == key.eventType && strain.owner.consumer == key.consumer;
}
bool StrainSame::operator()(const StrainKey& key, const StrainView& strain) const
{
    return (*this)(strain, key);
}

StrainWriter::StrainWriter(SQLite::Database& db)
    : StrainWriter(db, m_ownRefs)
{
}

StrainWriter::StrainWriter(SQLite::Database& db, StrainRefs& refs)
    : m_db(db)
    , m_upsert(db,
               "INSERT INTO letter_group (strain, group_id, fingerprint_id, fingerprint_version, title, error_class,"
               " event_type, consumer, team, first_at_ms, last_at_ms, root_cause, frame, message, rule)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
               " ON CONFLICT (strain) DO UPDATE SET team = excluded.team, title = excluded.title, rule = excluded.rule"
               " RETURNING id")
    , m_hasPins(db.execAndGet("SELECT EXISTS (SELECT 1 FROM letter_pin)").getInt() != 0)
    , m_refs(refs)
{
}

StrainRow& StrainWriter::rowOf(const StrainView& strain, std::int64_t momentMs)
{
    const Fingerprint& fingerprint = strain.fingerprint;
    const auto known = m_refs.find(strain);
    if (known != m_refs.end() && known->second.title == fingerprint.title && known->second.team == strain.owner.team &&
        known->second.rule == fingerprint.rule) {
        known->second.number = 0;
        return known->second;
    }
    m_upsert.reset();
    int at = 0;
    sql::bind(m_upsert, ++at, nameOf(strain));
    sql::bind(m_upsert, ++at, shownGroup(m_db, fingerprint.id));
    sql::bind(m_upsert, ++at, fingerprint.id);
    m_upsert.bind(++at, fingerprintVersion);
    sql::bind(m_upsert, ++at, fingerprint.title);
    sql::bind(m_upsert, ++at, strain.errorClass);
    sql::bind(m_upsert, ++at, strain.owner.eventType);
    sql::bind(m_upsert, ++at, strain.owner.consumer);
    sql::bind(m_upsert, ++at, strain.owner.team);
    m_upsert.bind(++at, momentMs);
    m_upsert.bind(++at, momentMs);
    sql::bind(m_upsert, ++at, fingerprint.parts.rootCause);
    sql::bind(m_upsert, ++at, fingerprint.parts.frame);
    sql::bind(m_upsert, ++at, fingerprint.parts.message);
    sql::bind(m_upsert, ++at, fingerprint.rule);
    m_upsert.executeStep();
    const std::int64_t ref = m_upsert.getColumn(0).getInt64();
    while (m_upsert.executeStep()) {
    }
    return m_refs
        .insert_or_assign(StrainKey{fingerprint.id, strain.errorClass, strain.owner.eventType, strain.owner.consumer},
                          StrainRow{ref, fingerprint.title, strain.owner.team, fingerprint.rule})
        .first->second;
}

std::optional<QString> StrainWriter::pinnedGroup(const QString& letterId)
{
    SQLite::Statement select(m_db, "SELECT group_id FROM letter_pin WHERE letter_id = ?");
    sql::bind(select, 1, letterId);
    return select.executeStep() ? std::optional(sql::text(select.getColumn(0))) : std::nullopt;
}

std::int64_t StrainWriter::pinnedRef(const QString& letterId, const QString& groupId, Strain strain,
                                     std::int64_t homeRef, std::int64_t momentMs)
{
    SQLite::Statement title(m_db, "SELECT title FROM group_split WHERE group_id = ?");
    sql::bind(title, 1, groupId);
    strain.fingerprint.id = groupId;
    if (title.executeStep())
        strain.fingerprint.title = sql::text(title.getColumn(0));
    strain.fingerprint.rule.reset();
    SQLite::Statement home(m_db, "UPDATE letter_pin SET home_ref = ? WHERE letter_id = ?");
    home.bind(1, homeRef);
    sql::bind(home, 2, letterId);
    home.exec();
    return refOf(strain.view(), momentMs);
}

StrainMover::StrainMover(SQLite::Database& db)
    : m_db(db)
    , m_find(db, "SELECT group_ref, kind, state, ifnull(assignee, '') FROM letter WHERE id = ?")
    , m_set(db, "UPDATE letter SET group_ref = ? WHERE id = ?")
    , m_take(db, "UPDATE letter_count SET letters = letters - 1"
                 " WHERE group_ref = ? AND kind = ? AND state = ? AND assignee = ?")
    , m_give(db, "INSERT INTO letter_count (group_ref, kind, state, assignee, letters)"
                 " VALUES (?, ?, ?, ?, 1)"
                 " ON CONFLICT (group_ref, kind, state, assignee) DO UPDATE SET letters = letters + 1")
{
}

void StrainMover::move(std::int64_t place, std::int64_t toRef)
{
    m_find.reset();
    m_find.bind(1, place);
    if (!m_find.executeStep())
        return;
    const std::int64_t fromRef = m_find.getColumn(0).getInt64();
    if (fromRef == toRef)
        return;
    for (const auto& [statement, ref] : {std::pair(&m_take, fromRef), std::pair(&m_give, toRef)}) {
        statement->reset();
        statement->bind(1, ref);
        for (int column = 1; column <= 3; ++column)
            sql::bind(*statement, column + 1, sql::text(m_find.getColumn(column)));
        statement->exec();
    }
    m_find.reset(); // SQLite would not let go of the row it stands on
    m_set.reset();
    m_set.bind(1, toRef);
    m_set.bind(2, place);
    m_set.exec();
    m_touched.insert(fromRef);
    m_touched.insert(toRef);
}

void StrainMover::finish()
{
    settleMovedLetters(m_db, m_touched);
    for (const std::int64_t ref : m_touched)
        recountStrain(m_db, ref);
    m_touched.clear();
}

void recountStrain(SQLite::Database& db, std::int64_t ref)
{
    SQLite::Statement tidy(db, "DELETE FROM letter_count WHERE group_ref = ? AND letters <= 0");
    SQLite::Statement moments(db, "UPDATE letter_group SET"
                                  " first_at_ms = ifnull((SELECT min(moment_ms) FROM letter WHERE group_ref = ?1),"
                                  "  first_at_ms),"
                                  " last_at_ms = ifnull((SELECT max(moment_ms) FROM letter WHERE group_ref = ?1),"
                                  "  last_at_ms),"
                                  " oldest_open_at_ms ="
                                  " (SELECT l.moment_ms FROM letter l"
                                  "  WHERE l.group_ref = ?1 AND l.state NOT IN ('archived', 'resolved', 'lost')"
                                  "  ORDER BY l.moment_ms LIMIT 1)"
                                  " WHERE id = ?1");
    SQLite::Statement empty(db, "DELETE FROM letter_group"
                                " WHERE id = ?1"
                                " AND NOT EXISTS (SELECT 1 FROM letter WHERE group_ref = ?1)"
                                " AND NOT EXISTS (SELECT 1 FROM letter_pin WHERE home_ref = ?1)");
    for (SQLite::Statement* statement : {&tidy, &moments, &empty}) {
        statement->bind(1, ref);
        statement->exec();
    }
}

} // namespace spillway
