// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <optional>
#include <set>

namespace spillway {

/// Whether a replay failed with the same error. Two letters have the same error when they have one fingerprint, or one
/// root cause and one folded message, both told. Who failed (consumer, event type, frame) may differ: a letter may have
/// been replayed to another topic. Throws what SQLite throws; one thread.
class SameErrors
{
public:
    explicit SameErrors(SQLite::Database& db);

    /// How many replays in a row, the last first, brought a letter back with the error that it had before.
    /// @param groupRef  the strain of the letter: its row in letter_group
    /// @return 0: the last replay ended with another error; nullopt: it came of no replay, or of one whose letter is
    /// not known here.
    [[nodiscard]] std::optional<int> replaysOf(const LetterFacts& facts, std::int64_t groupRef);

    /// Keeps it beside the stored letter.
    void keep(std::int64_t place, std::optional<int> replays);

    /// What is kept for a stored letter.
    [[nodiscard]] int kept(std::int64_t place);

private:
    [[nodiscard]] bool isSame(std::int64_t ref, std::int64_t other);

    SQLite::Statement m_item;
    SQLite::Statement m_before;
    SQLite::Statement m_same;
    SQLite::Statement m_keep;
    SQLite::Statement m_kept;
};

/// Whether a stored letter came back from a replay and its count is not known: the letter that was replayed may come.
[[nodiscard]] bool letterWaits(SQLite::Database& db);

/// These letters were just stored: what came back of them and was stored before is counted now, and what came back of
/// that. Throws what SQLite throws. In a transaction.
/// @return rows of table letter whose count is another one now.
[[nodiscard]] std::set<std::int64_t> countWhatCameBack(SQLite::Database& db, const QStringList& letterIds);

} // namespace spillway
