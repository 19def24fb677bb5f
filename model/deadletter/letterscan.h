// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/query.h"
#include "model/store/database.h"

#include <functional>
#include <optional>
#include <span>
#include <stop_token>

namespace spillway {

/// How a run over the stored letters went, for "scanned X of Y, found Z" and why it ended.
struct QueryOutcome
{
    enum class End { Exhausted, Limit, Stopped, Refused, TimedOut };
    std::int64_t scanned = 0; ///< letters decided so far, newest first; what an index left out counts once all are
    std::int64_t total = 0;   ///< letters stored when it began
    std::int64_t found = 0;
    End end = End::Exhausted; ///< Refused: the receiver wanted no more; TimedOut: the caller's time limit passed
    friend bool operator==(const QueryOutcome&, const QueryOutcome&) = default;
};

struct ScanOptions
{
    UtcTime now;                                       ///< ages are counted back from here
    std::optional<std::int64_t> limit;                 ///< nullopt: all
    std::optional<Millis> timeLimit;                   ///< nullopt: none
    std::function<void(const QueryOutcome&)> progress; ///< now and then, in the calling thread; `end` means nothing yet
};

/// Finds the places (letter rows) of the letters that fit, newest first, and hands them over in spans as they are
/// found. Newest is by deadLetteredAt, else firstSeenAt. Letters are looked at in blocks in that order, by up to four
/// threads on connections of their own; memory does not grow with the store. Letters stored meanwhile are not seen.
/// An expression that may be too costly (mayBeCostly) could fail at the very last letter: then all that fit are handed
/// over at the end, and none where it failed. Of a search that was stopped these are the newest 256 at most.
/// @param receive  in the calling thread; returns false to end the run. It may read on `reader`.
/// @return the outcome, also when `stop` was asked for (within 50 ms and the time that one payload takes);
/// InvalidConfig when an expression is too costly.
[[nodiscard]] Result<QueryOutcome> scanLetters(Database& reader, const Query& query, const ScanOptions& options,
                                               const std::function<bool(std::span<const std::int64_t>)>& receive,
                                               std::stop_token stop = {});

/// "37 found; 412 000 of 1 000 000 looked at, then stopped": for people. Empty where all was looked at.
[[nodiscard]] QString earlyEndText(const QueryOutcome& outcome);

} // namespace spillway
