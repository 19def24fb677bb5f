// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/queryrun.h"

#include "model/deadletter/querymatch.h"
#include "model/deadletter/querysql.h"

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <limits>

namespace spillway {

namespace {

/// SQLite's virtual machine asks here every so often; a stop ends even a statement that yields no row.
class StopGuard
{
public:
    StopGuard(SQLite::Database& db, std::stop_token stop)
        : m_db(db)
        , m_stop(std::move(stop))
    {
        if (m_stop.stop_possible())
            sqlite3_progress_handler(m_db.getHandle(), 10'000, &StopGuard::isStopped, this);
    }
    ~StopGuard()
    {
        if (m_stop.stop_possible())
            sqlite3_progress_handler(m_db.getHandle(), 0, nullptr, nullptr);
    }
    StopGuard(const StopGuard&) = delete;
    StopGuard& operator=(const StopGuard&) = delete;

private:
    static int isStopped(void* self) { return static_cast<StopGuard*>(self)->m_stop.stop_requested() ? 1 : 0; }

    SQLite::Database& m_db;
    std::stop_token m_stop;
};

std::string whereOf(const QuerySql& sql)
{
    return sql.condition.empty() ? std::string() : " WHERE " + sql.condition;
}

} // namespace

Result<QueryOutcome> runQuery(Database& reader, const Query& query, const QueryOptions& options,
                              const std::function<bool(const DeadLetter&)>& receive, std::stop_token stop)
{
    const QuerySql sql = compileQuery(query, options.now);
    const LetterParts parts = !sql.isExact && query.needsBody() ? LetterParts::Whole : options.parts;
    const std::int64_t limit = options.limit.value_or(std::numeric_limits<std::int64_t>::max());
    Result<QueryOutcome> outcome{QueryOutcome{}};
    if (limit <= 0) {
        outcome->end = QueryOutcome::End::Limit;
        return outcome;
    }
    const Status status = reader.guarded([&](SQLite::Database& db) {
        const StopGuard guard(db, stop);
        SQLite::Statement select(db, letterColumns(parts) + letterTables() + whereOf(sql) +
                                         " ORDER BY l.moment_ms DESC, l.id DESC"
                                         " LIMIT ?");
        const int next = sql.bind(select, 1);
        select.bind(next, sql.isExact ? limit : std::int64_t{-1});
        while (select.executeStep()) {
            if (stop.stop_requested()) {
                outcome->end = QueryOutcome::End::Stopped;
                return;
            }
            auto letter = letterFromRow(select, parts);
            if (!letter) {
                outcome = tl::unexpected<Error>(letter.error());
                return;
            }
            ++outcome->scanned;
            if (!sql.isExact) {
                const auto fits = matches(query, *letter, options.now);
                if (!fits) {
                    outcome = tl::unexpected<Error>(fits.error());
                    return;
                }
                if (!*fits)
                    continue;
            }
            ++outcome->found;
            if (!receive(*letter)) {
                outcome->end = QueryOutcome::End::Refused;
                return;
            }
            if (outcome->found == limit) {
                outcome->end = QueryOutcome::End::Limit;
                return;
            }
        }
    });
    if (!status && status.error().code == ErrorCode::Cancelled && stop.stop_requested()) {
        if (outcome)
            outcome->end = QueryOutcome::End::Stopped;
        return outcome;
    }
    if (!status)
        return tl::unexpected<Error>(status.error());
    return outcome;
}

Result<std::vector<DeadLetter>> deadLetters(Database& reader, const Query& query, const QueryOptions& options,
                                            std::stop_token stop)
{
    std::vector<DeadLetter> letters;
    const auto outcome = runQuery(
        reader, query, options,
        [&](const DeadLetter& letter) {
            letters.push_back(letter);
            return true;
        },
        stop);
    if (!outcome)
        return tl::unexpected<Error>(outcome.error());
    return letters;
}

Result<std::vector<std::int64_t>> letterPlaces(Database& reader, const Query& query, UtcTime now, std::stop_token stop)
{
    const QuerySql sql = compileQuery(query, now);
    const LetterParts parts = query.needsBody() ? LetterParts::Whole : LetterParts::Summary;
    Result<std::vector<std::int64_t>> places{std::vector<std::int64_t>{}};
    const Status status = reader.guarded([&](SQLite::Database& db) {
        const StopGuard guard(db, stop);
        const std::string order = whereOf(sql) + " ORDER BY l.moment_ms DESC, l.id DESC";
        if (sql.isExact) {
            SQLite::Statement select(db, "SELECT l.id FROM letter l" + order);
            sql.bind(select, 1);
            while (select.executeStep())
                places->push_back(select.getColumn(0).getInt64());
            return;
        }
        SQLite::Statement select(db, letterColumns(parts) + letterTables() + order);
        sql.bind(select, 1);
        while (select.executeStep()) {
            auto letter = letterFromRow(select, parts);
            const auto fits =
                letter ? matches(query, *letter, now) : Result<bool>(tl::unexpected<Error>(letter.error()));
            if (!fits) {
                places = tl::unexpected<Error>(fits.error());
                return;
            }
            if (*fits)
                places->push_back(letter->place);
        }
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    return places;
}

Result<std::vector<DeadLetter>> lettersAt(Database& reader, const std::vector<std::int64_t>& places, LetterParts parts)
{
    Result<std::vector<DeadLetter>> letters{std::vector<DeadLetter>{}};
    const Status status = reader.guarded([&](SQLite::Database& db) {
        SQLite::Statement select(db, letterColumns(parts) + letterTables() + " WHERE l.id = ?");
        for (const std::int64_t place : places) {
            select.reset();
            select.bind(1, place);
            if (!select.executeStep())
                continue;
            auto letter = letterFromRow(select, parts);
            if (!letter) {
                letters = tl::unexpected<Error>(letter.error());
                return;
            }
            letters->push_back(std::move(*letter));
        }
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    return letters;
}

} // namespace spillway
