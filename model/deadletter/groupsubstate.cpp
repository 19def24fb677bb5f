// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupsubstate.h"

#include "model/deadletter/sqltext.h"
#include "model/deadletter/triagemarks.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t fewestEscalating = 10;
constexpr std::int64_t escalationFactor = 3;
constexpr Millis hour{3'600'000};
constexpr Millis day{24 * 3'600'000};

/// What the counters and the index of moments tell of one row of letter_group.
struct Row
{
    std::int64_t ref = 0;
    QString group;
    std::int64_t open = 0;
    std::int64_t archived = 0;
    UtcTime firstAt;
    UtcTime lastAt;
    std::optional<UtcTime> oldestOpen;
};

std::vector<Row> rowsOf(SQLite::Database& db)
{
    std::vector<Row> rows;
    SQLite::Statement select(
        db, "SELECT g.id, g.group_id, g.first_at_ms, g.last_at_ms, g.oldest_open_at_ms,"
            " sum(CASE WHEN n.state NOT IN ('archived', 'resolved', 'lost') THEN n.letters ELSE 0 END),"
            " sum(CASE WHEN n.state = 'archived' THEN n.letters ELSE 0 END)"
            " FROM letter_group g JOIN letter_count n ON n.group_ref = g.id AND n.letters > 0"
            " GROUP BY g.id ORDER BY g.id");
    while (select.executeStep()) {
        const auto oldest = sql::maybeNumber(select.getColumn(4));
        rows.push_back({.ref = select.getColumn(0).getInt64(),
                        .group = sql::text(select.getColumn(1)),
                        .open = select.getColumn(5).getInt64(),
                        .archived = select.getColumn(6).getInt64(),
                        .firstAt = utcFromMs(select.getColumn(2).getInt64()),
                        .lastAt = utcFromMs(select.getColumn(3).getInt64()),
                        .oldestOpen = oldest ? std::optional(utcFromMs(*oldest)) : std::nullopt});
    }
    return rows;
}

} // namespace

QString groupSubstateWord(GroupSubstate substate)
{
    switch (substate) {
    case GroupSubstate::New:
        return u"new"_s;
    case GroupSubstate::Ongoing:
        return u"ongoing"_s;
    case GroupSubstate::Escalating:
        return u"escalating"_s;
    case GroupSubstate::Regressed:
        return u"regressed"_s;
    case GroupSubstate::ArchivedForever:
        return u"archivedForever"_s;
    case GroupSubstate::ArchivedUntilEscalating:
        return u"archivedUntilEscalating"_s;
    case GroupSubstate::ArchivedUntilDate:
        return u"archivedUntilDate"_s;
    case GroupSubstate::Resolved:
        return u"resolved"_s;
    }
    return {};
}

GroupSubstate substateOf(const GroupCourse& course, UtcTime now)
{
    if (course.open == 0) {
        if (course.archived == 0)
            return GroupSubstate::Resolved;
        switch (course.rule.value_or(ArchiveUntil::Forever)) {
        case ArchiveUntil::Forever:
            return GroupSubstate::ArchivedForever;
        case ArchiveUntil::Escalates:
            return GroupSubstate::ArchivedUntilEscalating;
        case ArchiveUntil::Date:
            return GroupSubstate::ArchivedUntilDate;
        }
    }
    if (course.lastHour >= fewestEscalating && course.lastHour * 24 > escalationFactor * course.dayBefore)
        return GroupSubstate::Escalating;
    if (course.isBackAfterResolved)
        return GroupSubstate::Regressed;
    return now - course.firstAt < day ? GroupSubstate::New : GroupSubstate::Ongoing;
}

Result<QHash<QString, GroupSubstate>> groupSubstates(Database& reader, UtcTime now)
{
    return reader.query<QHash<QString, GroupSubstate>>([&](SQLite::Database& db) {
        QHash<QString, GroupCourse> courses;
        SQLite::Statement came(db,
                               "SELECT count(*) FROM letter WHERE group_ref = ? AND moment_ms > ? AND moment_ms <= ?");
        SQLite::Statement before(db, "SELECT state FROM letter WHERE group_ref = ? AND moment_ms < ?"
                                     " ORDER BY moment_ms DESC LIMIT 1");
        const auto countOf = [&](std::int64_t ref, UtcTime from, UtcTime to) {
            came.reset();
            came.bind(1, ref);
            came.bind(2, toMs(from));
            came.bind(3, toMs(to));
            came.executeStep();
            return came.getColumn(0).getInt64();
        };
        for (const Row& row : rowsOf(db)) {
            const bool isFirst = !courses.contains(row.group);
            GroupCourse& course = courses[row.group];
            course.open += row.open;
            course.archived += row.archived;
            course.firstAt = isFirst ? row.firstAt : std::min(course.firstAt, row.firstAt);
            if (row.open > 0 && row.lastAt > now - hour - day) {
                course.lastHour += countOf(row.ref, now - hour, now);
                course.dayBefore += countOf(row.ref, now - hour - day, now - hour);
            }
            if (row.oldestOpen) {
                before.reset();
                before.bind(1, row.ref);
                before.bind(2, toMs(*row.oldestOpen));
                course.isBackAfterResolved = course.isBackAfterResolved ||
                                             (before.executeStep() && sql::text(before.getColumn(0)) == u"resolved");
            }
        }
        for (const ArchiveRule& rule : archiveRules(db)) { // oldest first: the newest counts
            for (const QString& name : subjectNames(db, rule.group)) {
                if (const auto course = courses.find(name); course != courses.end())
                    course->rule = rule.until;
            }
        }
        QHash<QString, GroupSubstate> substates;
        for (auto course = courses.constBegin(); course != courses.constEnd(); ++course)
            substates.insert(course.key(), substateOf(course.value(), now));
        return substates;
    });
}

} // namespace spillway
