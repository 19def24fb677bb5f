// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/triagebook.h"

#include "model/deadletter/sqltext.h"

#include <vector>

namespace spillway {

void noteEvent(SQLite::Database& db, const LedgerEvent& event, const BookEntry& entry)
{
    SQLite::Statement insert(db,
                             "INSERT OR IGNORE INTO triage_event (seq, decision, at_ms, actor, type, summary, reason)"
                             " VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, event.seq);
    sql::bind(insert, 2, entry.decision);
    insert.bind(3, toMs(event.at));
    sql::bind(insert, 4, event.actor);
    sql::bind(insert, 5, event.type);
    sql::bind(insert, 6, entry.summary);
    sql::bind(insert, 7, entry.reason);
    insert.exec();
    SQLite::Statement about(db, "INSERT OR IGNORE INTO triage_subject (subject, seq) VALUES (?, ?)");
    for (const QString& subject : entry.subjects) {
        about.reset();
        sql::bind(about, 1, subject);
        about.bind(2, event.seq);
        about.exec();
    }
}

MarkWriter::MarkWriter(SQLite::Database& db, std::int64_t seq)
    : m_past(db, "INSERT OR IGNORE INTO triage_mark_past (seq, subject, field, value, value_seq)"
                 " SELECT ?1, ?2, ?3, max(value), ifnull(max(seq), 0)"
                 " FROM triage_mark WHERE subject = ?2 AND field = ?3"
                 " HAVING ifnull(max(seq), 0) < ?1")
    , m_upsert(db, "INSERT INTO triage_mark (subject, field, value, seq) VALUES (?, ?, ?, ?)"
                   " ON CONFLICT (subject, field) DO UPDATE SET value = excluded.value, seq = excluded.seq"
                   " WHERE seq < excluded.seq")
{
    m_past.bind(1, seq); // what is bound stays bound
    m_upsert.bind(4, seq);
}

void MarkWriter::set(const QString& subject, const QString& field, const std::optional<QString>& value)
{
    m_past.reset();
    sql::bind(m_past, 2, subject);
    sql::bind(m_past, 3, field);
    m_past.exec();
    m_upsert.reset();
    sql::bind(m_upsert, 1, subject);
    sql::bind(m_upsert, 2, field);
    sql::bind(m_upsert, 3, value);
    m_upsert.exec();
}

QStringList revertMarks(SQLite::Database& db, std::int64_t seq, const QString& field)
{
    QStringList subjects;
    SQLite::Statement select(db, "SELECT p.subject, p.field, p.value, p.value_seq"
                                 " FROM triage_mark_past p JOIN triage_mark m"
                                 " ON m.subject = p.subject AND m.field = p.field AND m.seq = p.seq"
                                 " WHERE p.seq = ? ORDER BY p.subject, p.field");
    SQLite::Statement remove(db, "DELETE FROM triage_mark WHERE subject = ? AND field = ?");
    SQLite::Statement restore(db, "UPDATE triage_mark SET value = ?3, seq = ?4 WHERE subject = ?1 AND field = ?2");
    select.bind(1, seq);
    struct Past
    {
        QString subject;
        QString field;
        std::optional<QString> value;
        std::int64_t seq = 0;
    };
    std::vector<Past> rows;
    while (select.executeStep())
        rows.push_back({sql::text(select.getColumn(0)), sql::text(select.getColumn(1)),
                        sql::maybeText(select.getColumn(2)), select.getColumn(3).getInt64()});
    for (const Past& past : rows) {
        SQLite::Statement& statement = past.seq == 0 ? remove : restore;
        statement.reset();
        sql::bind(statement, 1, past.subject);
        sql::bind(statement, 2, past.field);
        if (past.seq != 0) {
            sql::bind(statement, 3, past.value);
            statement.bind(4, past.seq);
        }
        statement.exec();
        if (past.field == field)
            subjects += past.subject;
    }
    return subjects;
}

} // namespace spillway
