// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/letterrows.h"
#include "model/deadletter/letterscan.h"
#include "model/deadletter/query.h"
#include "model/store/database.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace spillway {

struct QueryOptions
{
    UtcTime now;                                         ///< ages are counted back from here
    std::optional<std::int64_t> limit;                   ///< nullopt: all
    LetterParts parts = LetterParts::Summary;            ///< what the receiver needs
    std::optional<Millis> timeLimit{};                   ///< nullopt: none
    std::function<void(const QueryOutcome&)> progress{}; ///< as ScanOptions
};

/// Hands over the letters that fit, newest first, as they are found. Newest is by deadLetteredAt, else firstSeenAt.
/// @param receive  returns false to end the run.
/// @return the outcome, also when `stop` was asked for; InvalidConfig when an expression is too costly.
/// Searches as `scanLetters` does and reads what was found in the calling thread.
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
