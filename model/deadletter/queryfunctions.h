// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/termmatch.h"

#include <memory>
#include <optional>
#include <vector>

namespace SQLite {
class Database;
}

namespace spillway {

/// What of a query SQLite cannot say by itself, as functions on one connection: they look at a letter's bytes where
/// they lie in SQLite's pages, without a copy. Each takes the number of a term first and answers 0 or 1, never NULL:
///   query_text(term, value, key, headers, message)  the word stands in one of them
///   query_word(term, text)                          the word stands in it
///   query_fits(term, text)                          a text field
///   query_header(term, headers), query_payload(term, value)
/// And one without a term: query_own_key(key), a record's own key within a proxy's (guesseddialects.h), else NULL.
/// The connection has them for ever and must not outlive this object's last statement.
class QueryFunctions
{
public:
    /// @param terms  as `ScanSql` lists them. Throws what SQLite throws.
    QueryFunctions(SQLite::Database& db, const std::vector<QueryTerm>& terms);
    QueryFunctions(const QueryFunctions&) = delete;
    QueryFunctions& operator=(const QueryFunctions&) = delete;

    /// Why a statement failed, where a function was the cause.
    [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }

    [[nodiscard]] const TermMatch* term(std::int64_t number) const;
    void setFailure(Error error) { m_failure = std::move(error); }

private:
    std::vector<TermMatch> m_terms;
    std::optional<Error> m_failure;
};

} // namespace spillway
