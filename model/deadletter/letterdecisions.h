// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/store/database.h"

#include <map>
#include <optional>
#include <vector>

/// What people and replays decided about letters, beside the letters. People and replays each have their own word; the
/// later one (by ledger seq) counts. Decisions are kept by id, also for letters that were not read (again) yet.
namespace spillway {

/// A letter's state as it counts.
struct LetterStanding
{
    TriageState state = TriageState::New;
    std::optional<QString> assignee;
    std::optional<QString> outcome; ///< how its own replay ended: `confirmed`, `failedAgain`; nullopt: not known
    friend bool operator==(const LetterStanding&, const LetterStanding&) = default;
};

/// What is decided for this id; a new letter's standing when nothing is. Throws what SQLite throws: call it inside
/// `guarded`.
[[nodiscard]] LetterStanding decidedStanding(SQLite::Database& db, const QString& letterId);

/// A person decided. An event that is not newer than the letter's last one changes nothing, so applying it again is
/// harmless.
/// @param assignee  nullopt leaves it as it was; empty takes it away.
/// Inside a transaction that also saves the applied seq.
[[nodiscard]] Status applyTriageState(Database& database, const std::vector<QString>& letterIds, TriageState state,
                                      const std::optional<QString>& assignee, std::int64_t seq);

/// Letters become what the events that stand make of them, where no later one decided. A replay's word stays.
/// @param reverted  events that do not stand any longer, as `triage_event` says by now.
/// @param restored  events that stand again.
/// Inside a transaction that also saves the applied seq.
[[nodiscard]] Status settleTriageStates(Database& database, const std::vector<std::int64_t>& reverted,
                                        const std::vector<std::int64_t>& restored);

/// What letters would be without the decision of this name: those that it decided on and nobody did since, by id.
/// Throws what SQLite throws.
[[nodiscard]] std::map<QString, LetterStanding> standingsBefore(SQLite::Database& db, const QString& decision);

/// A replay moved the letters. nullopt: it decides no longer, and the letter is again what a person made of it.
/// Inside a transaction that also saves the applied seq.
[[nodiscard]] Status applyReplayState(Database& database, const std::vector<QString>& letterIds,
                                      std::optional<TriageState> state, std::int64_t seq);

/// Forgets every decision, so that the ledger can be applied from its first event. Inside a transaction.
[[nodiscard]] Status clearLetterDecisions(Database& database);

} // namespace spillway
