// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/query.h"
#include "model/store/database.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace spillway {

/// How a run went, for "scanned X, found Y" and why it ended.
struct QueryOutcome
{
    enum class End { Exhausted, Limit, Stopped, Refused };
    std::int64_t scanned = 0; ///< letters looked at one by one; SQLite's own selection is not counted
    std::int64_t found = 0;
    End end = End::Exhausted; ///< Refused: the receiver wanted no more
    friend bool operator==(const QueryOutcome&, const QueryOutcome&) = default;
};

struct QueryOptions
{
    UtcTime now;                              ///< ages are counted back from here
    std::optional<std::int64_t> limit;        ///< nullopt: all
    LetterParts parts = LetterParts::Summary; ///< what the receiver needs; more is read where the query needs it
};

/// Hands over the letters that fit, newest first, as they are found. Newest is by deadLetteredAt, else firstSeenAt.
/// @param receive  returns false to end the run.
/// @return the outcome, also when `stop` was asked for; InvalidConfig when an expression is too costly.
/// Reads in the calling thread; letters stored meanwhile are not seen.
[[nodiscard]] Result<QueryOutcome> runQuery(Database& reader, const Query& query, const QueryOptions& options,
                                            const std::function<bool(const DeadLetter&)>& receive,
                                            std::stop_token stop = {});

/// The same as a list.
[[nodiscard]] Result<std::vector<DeadLetter>> deadLetters(Database& reader, const Query& query,
                                                          const QueryOptions& options, std::stop_token stop = {});

/// Places of letters in the store, newest first, and with them a page at a time: for tables over a million rows.
[[nodiscard]] Result<std::vector<std::int64_t>> letterPlaces(Database& reader, const Query& query, UtcTime now,
                                                             std::stop_token stop = {});
/// Letters at these places, in their order; a place that is gone is left out.
[[nodiscard]] Result<std::vector<DeadLetter>> lettersAt(Database& reader, const std::vector<std::int64_t>& places,
                                                        LetterParts parts = LetterParts::Summary);

} // namespace spillway
