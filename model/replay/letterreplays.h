// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/lettertimeline.h"
#include "model/store/database.h"

namespace spillway {

/// Replays of a letter, oldest first, with the letters that came out of them. Reads the projections.
[[nodiscard]] Result<std::vector<LetterReplay>> replaysOfLetter(Database& reader, const QString& letterId);

/// The letter whose replay became this one, by the replay headers that it bears; nullopt: it came from none, or the
/// ledger here does not know it.
[[nodiscard]] Result<std::optional<QString>> letterBefore(Database& reader, const DeadLetter& letter);

} // namespace spillway
