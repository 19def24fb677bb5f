// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/letterrescue.h"
#include "model/replay/replayports.h"
#include "model/store/database.h"

#include <SQLiteCpp/Statement.h>

#include <QString>

#include <optional>

namespace spillway {

/// Stored letters as a replay reads them, one after the other: each statement is prepared once, however many letters
/// are asked for. Holds no lock of its own between two questions. One thread, the reader's.
class StoredRecords
{
public:
    /// @param reader  outlives this.
    explicit StoredRecords(Database& reader);
    /// The letter of this id; of a pointer with the payload that was rescued. Without record when it is not stored, or
    /// was erased. Corrupt for what is no id.
    /// @param like  headers of a letter read before: names that stand in the same place share their bytes.
    [[nodiscard]] Result<ReplayLetter> of(const QString& letterId, const Headers& like = {});
    /// Whether two letters hold the same key and payload; false where one of them is not stored.
    [[nodiscard]] Result<bool> areSame(const QString& one, const QString& other);

private:
    [[nodiscard]] Result<ReplayLetter> find(const QString& letterId, const Headers& like);

    Database& m_reader;
    std::optional<SQLite::Statement> m_select; ///< prepared at the first question
    Rescues m_rescues;
};

} // namespace spillway
