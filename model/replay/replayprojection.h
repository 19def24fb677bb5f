// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/ledger/ledger.h"
#include "model/store/database.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

/// The replay.* events of the ledger as tables beside the dead letters (migration 0005). Emptied and rebuilt they hold
/// the same rows.
namespace spillway {

/// How letters follow their replay: called inside the transaction that applies the event `seq`. nullopt: the replay no
/// longer decides; the letter is again what a person made of it. A person's later decision (a higher seq) wins over an
/// earlier replay.
using LetterStates = std::function<Status(Database&, const std::vector<QString>& letterIds,
                                          std::optional<TriageState> state, std::int64_t seq)>;

/// Name in the table `projection`.
[[nodiscard]] QString replayProjectionName();

/// Applies events in their order; those that are no replay.* change nothing. Corrupt when a body is not what its type
/// says. Inside a transaction that also saves the applied seq. However the events are cut into calls, the rows come out
/// the same.
[[nodiscard]] Status applyReplayEvents(Database& database, std::span<const LedgerEvent> events,
                                       const LetterStates& letters);

/// Empties the tables, so that applying the events from the first on makes them anew. Inside a transaction.
[[nodiscard]] Status clearReplayProjection(Database& database);

} // namespace spillway
