// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/query.h"

#include <SQLiteCpp/Statement.h>

#include <string>
#include <variant>
#include <vector>

namespace spillway {

/// What of a query SQLite can decide, over the tables of `letterColumns`: every letter that fits the query fits this.
/// Only values are bound; the text is made of fixed pieces.
struct QuerySql
{
    using Value = std::variant<std::int64_t, double, QString, QByteArray>;
    std::string condition; ///< empty: no restriction
    std::vector<Value> values;
    bool isExact = true; ///< it is the whole query; else each row is matched again

    /// Binds the values from parameter `first` on; returns the next free one.
    int bind(SQLite::Statement& statement, int first) const;
};

/// Pure. Ages are counted back from `now`.
[[nodiscard]] QuerySql compileQuery(const Query& query, UtcTime now);

/// A whole query for a scan of the store: what an index answers, then the rest, with QueryFunctions where SQLite does
/// not know how. A letter fits when it fits both.
struct ScanSql
{
    QuerySql selection; ///< over letter l; empty: all. Answered along an index in the order of moments
    QuerySql rest;      ///< over letter l and, where `needsBody`, letter_body b; empty: nothing is left to ask
    std::vector<QueryTerm> terms; ///< of `rest`'s functions, by their numbers
    bool needsBody = false;
};
/// What of a pointer is looked at: itself has no payload.
enum class PointerPayloads {
    None,    ///< nothing was rescued: no letter costs a look
    Rescued, ///< what was copied from its origin, as `dlq show` shows it
};
[[nodiscard]] ScanSql compileScan(const Query& query, UtcTime now, PointerPayloads pointers);

} // namespace spillway
