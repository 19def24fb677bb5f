// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/scorecardfacts.h"

#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QDate epoch(1970, 1, 1);

} // namespace

Status storeScorecardDay(Database& database, const std::vector<ScorecardRow>& rows, const QDate& day)
{
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement insert(db, "INSERT OR REPLACE INTO scorecard_day (day, phase, item, scope, value, met)"
                                     " VALUES (?, ?, ?, ?, ?, ?)");
        for (const ScorecardRow& row : rows) {
            insert.reset();
            insert.bind(1, static_cast<std::int64_t>(epoch.daysTo(day)));
            insert.bind(2, row.phase);
            sql::bind(insert, 3, row.item);
            sql::bind(insert, 4, row.scope);
            row.value ? insert.bind(5, *row.value) : insert.bind(5);
            insert.bind(6, row.isMet ? 1 : 0);
            insert.exec();
        }
        SQLite::Statement forget(db, "DELETE FROM scorecard_day WHERE day < ?");
        forget.bind(1, static_cast<std::int64_t>(epoch.daysTo(day) - 400)); // a year and the month before it
        forget.exec();
    });
}

Result<std::vector<ScorecardDay>> scorecardDays(Database& reader)
{
    return reader.query<std::vector<ScorecardDay>>([](SQLite::Database& db) {
        std::vector<ScorecardDay> days;
        SQLite::Statement select(db, "SELECT phase, day, met FROM scorecard_day"
                                     " WHERE item = 'phase-met' AND scope = 'all'"
                                     " ORDER BY day DESC, phase LIMIT 2000");
        while (select.executeStep())
            days.push_back({.phase = select.getColumn(0).getInt(),
                            .day = epoch.addDays(select.getColumn(1).getInt64()),
                            .isReached = select.getColumn(2).getInt() != 0});
        return days;
    });
}

} // namespace spillway
