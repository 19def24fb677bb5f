// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupface.h"

#include "model/deadletter/letterplaces.h"
#include "model/deadletter/messagefold.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triagedecisions.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis week{7LL * 86'400'000};

} // namespace

std::int64_t busiestHourSince(SQLite::Database& db, const QString& groupId, UtcTime since)
{
    SQLite::Statement select(db, "SELECT ifnull(max(n), 0) FROM (SELECT count(*) AS n FROM letter"
                                 " WHERE group_ref IN (SELECT id FROM letter_group WHERE group_id = ?)"
                                 " AND moment_ms >= ? GROUP BY moment_ms / 3600000)");
    sql::bind(select, 1, groupId);
    select.bind(2, toMs(since));
    select.executeStep();
    return select.getColumn(0).getInt64();
}

GroupFace groupFace(SQLite::Database& db, const QString& groupId, UtcTime now)
{
    GroupFace face;
    face.busiestHour = busiestHourSince(db, groupId, now - week);
    SQLite::Statement prints(db, "SELECT DISTINCT fingerprint_id FROM letter_group WHERE group_id = ?"
                                 " ORDER BY fingerprint_id LIMIT 1000");
    sql::bind(prints, 1, groupId);
    while (prints.executeStep())
        face.fingerprints += sql::text(prints.getColumn(0));
    SQLite::Statement newest(db, "SELECT g.title, g.error_class, f.root_cause_class, l.error_message"
                                 " FROM letter l JOIN letter_group g ON g.id = l.group_ref"
                                 " JOIN letter_facet f ON f.id = l.facet_ref"
                                 // chosen in the index, so that a large group is not read whole
                                 " WHERE l.id = (SELECT id FROM letter WHERE group_ref IN"
                                 "  (SELECT id FROM letter_group WHERE group_id = ?)"
                                 "  ORDER BY moment_ms DESC, id DESC LIMIT 1)");
    sql::bind(newest, 1, groupId);
    if (newest.executeStep()) {
        face.title = sql::text(newest.getColumn(0));
        face.errorClass = sql::maybeText(newest.getColumn(1));
        face.rootCauseClass = sql::maybeText(newest.getColumn(2));
        if (const auto message = sql::maybeText(newest.getColumn(3)))
            face.message = foldMessage(*message);
    }
    return face;
}

bool isSubjectStored(SQLite::Database& db, const QString& subject)
{
    if (!isGroupId(subject))
        return !LetterPlaces(db).of(subject).empty();
    SQLite::Statement select(db, "SELECT 1 FROM letter_group WHERE group_id = ? LIMIT 1");
    for (const QString& name : subjectNames(db, subject)) {
        select.reset();
        sql::bind(select, 1, name);
        if (select.executeStep())
            return true;
    }
    return false;
}

std::vector<KnownErrorEntry> resemblingErrors(SQLite::Database& db, const QString& groupId)
{
    std::vector<KnownErrorEntry> known = knownMarks(db);
    if (known.empty())
        return {};
    const GroupFace face = groupFace(db, groupId, utcFromMs(0));
    const auto& cause = face.rootCauseClass ? face.rootCauseClass : face.errorClass;
    const QStringList own = subjectNames(db, groupId);
    std::vector<KnownErrorEntry> alike;
    for (KnownErrorEntry& entry : known) {
        const auto& itsCause = entry.rootCauseClass ? entry.rootCauseClass : entry.errorClass;
        if (!own.contains(entry.group) && cause && cause == itsCause && face.message && face.message == entry.message)
            alike.push_back(std::move(entry));
    }
    return alike;
}

} // namespace spillway
