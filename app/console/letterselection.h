// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/frozenletters.h"
#include "model/store/database.h"

#include <QStringList>

#include <functional>
#include <stop_token>
#include <vector>

namespace spillway {

/// Letters by name, or where none are named, by query.
struct LetterSelection
{
    QStringList ids; ///< a group's id stands for its letters
    QString query;
    bool isOpenOnly = false; ///< a group's id stands for its open letters: what is archived or resolved stays so
};

/// The letters of a selection, frozen: without payloads, newest first for a query, in their order for names. NotFound
/// names a missing one; InvalidConfig the query's fault with its column; Cancelled when `stop` came first.
[[nodiscard]] Result<std::vector<DeadLetter>> selectedLetters(Database& reader, const LetterSelection& selection,
                                                              UtcTime now, std::stop_token stop);

/// The same letters one after the other, for lists that need little of each: memory does not grow with the letters
/// themselves. Those named come in their order, each once. Errors as `selectedLetters`; what was visited before one
/// counts for nothing.
[[nodiscard]] Status visitSelected(Database& reader, const LetterSelection& selection, UtcTime now,
                                   const std::function<void(const DeadLetter&)>& visit, std::stop_token stop);

/// What stands behind a query at this instant: its open letters, unless it asks for states itself, or none is open.
/// NotFound and so on as `selectedLetters`.
[[nodiscard]] Result<FrozenLetters> frozenLetters(Database& reader, const QString& query, UtcTime now,
                                                  std::stop_token stop);
/// Letters behind the same query that were stored since.
[[nodiscard]] Result<std::int64_t> arrivedSince(Database& reader, const FrozenLetters& frozen, UtcTime now,
                                                std::stop_token stop);

} // namespace spillway
