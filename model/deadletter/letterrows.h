// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/store/database.h"

#include <stop_token>
#include <string>
#include <vector>

namespace SQLite {
class Statement;
}

namespace spillway {

/// How much of a letter is read. A list needs no payloads.
enum class LetterParts {
    Summary, ///< all but value, headers and stack; `sizeBytes` and `digest` are there
    Whole,
};

/// `SELECT …` for `letterFromRow`, over letter l, letter_channel c, letter_group g, letter_facet f, letter_body b.
[[nodiscard]] std::string letterColumns(LetterParts parts);
/// ` FROM …` over them, letters first, so that their order and a limit end the work early.
[[nodiscard]] std::string letterTables();

/// The letter in the statement's current row. Corrupt when its headers do not read. Throws what SQLite throws.
[[nodiscard]] Result<DeadLetter> letterFromRow(SQLite::Statement& row, LetterParts parts);

/// NotFound says which id; InvalidConfig for what is no id.
[[nodiscard]] Result<DeadLetter> deadLetter(Database& reader, const QString& id);

/// The same of many, in their order: none is left out. Faster than one after the other.
[[nodiscard]] Result<std::vector<DeadLetter>> deadLettersById(Database& reader, const QStringList& ids,
                                                              LetterParts parts, std::stop_token stop = {});

/// Ids of letters that came out of this replay job (their header `spillway-replay-id`), in the order in which they were
/// stored, with the header that names the record they were.
struct ReplayedLetter
{
    QString letterId;
    std::optional<QByteArray> replayOf;
    std::optional<int> generation;
    friend bool operator==(const ReplayedLetter&, const ReplayedLetter&) = default;
};
[[nodiscard]] Result<std::vector<ReplayedLetter>> lettersOfReplay(Database& reader, const QString& jobId);

} // namespace spillway
