// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"
#include "model/workspace/workspace.h"

#include <functional>
#include <stop_token>

/// How long the store keeps letters itself: `retention: { dead_letters: 30d, max_size: 20GiB }`. Only closed letters
/// go, never one that is open or that a job still needs. First an event `deadletter.retired` that names them, then
/// their rows, at most 1 000 letters at a time so that intake goes on in between.
namespace spillway {

/// Whether somebody still needs this closed letter: a job that is not over. In the writer's transaction.
using LetterHold = std::function<Result<bool>(Database& database, const QString& letterId)>;

struct LetterPruneReport
{
    std::int64_t byAge = 0;     ///< letters dropped because they were closed long enough
    std::int64_t bySize = 0;    ///< letters dropped because the store is larger than it may be
    std::int64_t bytes = 0;     ///< payload, key and headers of both
    std::int64_t usedBytes = 0; ///< of the store's file, afterwards
    bool isOverSize = false;    ///< still larger than allowed: nothing more may be dropped
    friend bool operator==(const LetterPruneReport&, const LetterPruneReport&) = default;
};

/// What the store's file holds; pages that were freed do not count.
struct StoreSize
{
    std::int64_t usedBytes = 0;
    friend bool operator==(const StoreSize&, const StoreSize&) = default;
};
[[nodiscard]] Result<StoreSize> storeSize(Database& reader);
[[nodiscard]] Result<StoreSize> storeSize(const QString& file);

/// Drops by age what was dead-lettered, and closed, longer ago than `settings.deadLetters`; then, while the file holds
/// more than `settings.maxSizeBytes`, the oldest closed letters whatever their age. Stops between two chunks. Killed at
/// any instant, a chunk is dropped whole at the next start or not at all.
[[nodiscard]] Result<LetterPruneReport> pruneLetters(Ledger& ledger, StoreWriter& store,
                                                     const RetentionSettings& settings, const LetterHold& hold,
                                                     UtcTime now, const QString& actor, std::stop_token stop);

/// What `pruneLetters` would drop by age, and whether the file holds more than it may; nothing is changed. Where it
/// does, `bySize` is how many more of the oldest closed letters have so many bytes as it is too large: an estimate, as
/// rows and indexes have bytes too.
[[nodiscard]] Result<LetterPruneReport> previewPruneLetters(const QString& ledgerFile, Database& reader,
                                                            const RetentionSettings& settings, const LetterHold& hold,
                                                            UtcTime now);

/// Applies `deadletter.retired` events that the store lacks: drops the letters they name, as far as they are closed.
[[nodiscard]] Status catchUpRetired(const Ledger& ledger, StoreWriter& store);

} // namespace spillway
