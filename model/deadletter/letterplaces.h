// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Statement.h>

#include <QString>

#include <cstdint>
#include <vector>

namespace SQLite {
class Database;
}

namespace spillway {

/// Finds the rows of letters by their ids, in a store of any release that knows letters. Throws what SQLite throws.
class LetterPlaces
{
public:
    explicit LetterPlaces(SQLite::Database& db);
    /// One; or, as an id has 8 hex digits of a digest and not all of them, perhaps more in the same place. Oldest
    /// first; none for what is no letter's id.
    [[nodiscard]] std::vector<std::int64_t> of(const QString& letterId);

private:
    SQLite::Statement m_select;
};

} // namespace spillway
