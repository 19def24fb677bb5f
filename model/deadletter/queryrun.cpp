// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/queryrun.h"

#include <SQLiteCpp/Statement.h>

namespace spillway {

Result<QueryOutcome> runQuery(Database& reader, const Query& query, const QueryOptions& options,
                              const std::function<bool(const DeadLetter&)>& receive, std::stop_token stop)
{
    std::optional<Error> failure;
    std::int64_t kept = 0;
    std::optional<Result<QueryOutcome>> outcome;
    const Status status = reader.guarded([&](SQLite::Database& db) {
        SQLite::Statement select(db, letterColumns(options.parts) + letterTables() + " WHERE l.id = ?");
        const auto receivePlaces = [&](std::span<const std::int64_t> places) {
            const bool wasStopped = stop.stop_requested(); // what is handed over all the same is wanted whole
            for (const std::int64_t place : places) {
                select.reset();
                select.bind(1, place);
                if (!select.executeStep())
                    continue;
                const auto letter = letterFromRow(select, options.parts);
                if (!letter) {
                    failure = letter.error();
                    return false;
                }
                ++kept;
                if (!receive(*letter))
                    return false;
                if (!wasStopped && stop.stop_requested())
                    return true; // the scan says so
            }
            return true;
        };
        outcome = scanLetters(
            reader, query,
            {.now = options.now, .limit = options.limit, .timeLimit = options.timeLimit, .progress = options.progress},
            receivePlaces, stop);
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    if (failure)
        return tl::unexpected<Error>(*failure);
    if (outcome->has_value() && (*outcome)->end != QueryOutcome::End::Exhausted)
        (*outcome)->found = kept; // of a span that was not taken whole
    return *outcome;
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
    std::vector<std::int64_t> places;
    const auto outcome = scanLetters(
        reader, query, {.now = now, .limit = std::nullopt, .timeLimit = std::nullopt, .progress = {}},
        [&](std::span<const std::int64_t> found) {
            places.insert(places.end(), found.begin(), found.end());
            return true;
        },
        stop);
    if (!outcome)
        return tl::unexpected<Error>(outcome.error());
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
