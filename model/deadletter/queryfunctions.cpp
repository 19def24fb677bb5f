// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/queryfunctions.h"

#include "model/deadletter/guesseddialects.h"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// nullopt for NULL. Text comes as UTF-8.
std::optional<QByteArrayView> bytesOf(sqlite3_value* value)
{
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return std::nullopt;
    const void* data = sqlite3_value_blob(value); // of text its bytes
    return QByteArrayView(static_cast<const char*>(data), sqlite3_value_bytes(value));
}

/// Runs `work` for the term that the first argument names.
template<typename Work>
void answer(sqlite3_context* context, sqlite3_value** values, Work work)
{
    auto& functions = *static_cast<QueryFunctions*>(sqlite3_user_data(context));
    const TermMatch* term = functions.term(sqlite3_value_int64(values[0]));
    if (!term) {
        sqlite3_result_error(context, "no such term", -1);
        return;
    }
    bool isCorrupt = false;
    const TermFit fit = work(*term, isCorrupt);
    if (isCorrupt) {
        functions.setFailure({ErrorCode::Corrupt, u"a dead letter's stored headers are not what was written"_s});
        sqlite3_result_error(context, "corrupt headers", -1);
    } else if (fit == TermFit::Costly) {
        functions.setFailure(tooCostly(term->term()));
        sqlite3_result_error(context, "too costly", -1);
    } else {
        sqlite3_result_int(context, fit == TermFit::Yes ? 1 : 0);
    }
}

TermFit fitIf(bool fits)
{
    return fits ? TermFit::Yes : TermFit::No;
}

void text(sqlite3_context* context, int, sqlite3_value** values)
{
    answer(context, values, [&](const TermMatch& term, bool& isCorrupt) {
        for (const int i : {1, 2, 4}) {
            const auto bytes = bytesOf(values[i]);
            if (bytes && term.isIn(*bytes))
                return TermFit::Yes;
        }
        const auto headers = bytesOf(values[3]);
        return fitIf(headers && term.isInPackedHeaders(*headers, isCorrupt));
    });
}

void word(sqlite3_context* context, int, sqlite3_value** values)
{
    answer(context, values, [&](const TermMatch& term, bool&) {
        const auto bytes = bytesOf(values[1]);
        return fitIf(bytes && term.isIn(*bytes));
    });
}

void fits(sqlite3_context* context, int, sqlite3_value** values)
{
    answer(context, values, [&](const TermMatch& term, bool&) {
        const auto bytes = bytesOf(values[1]);
        return bytes ? term.text(*bytes) : TermFit::No;
    });
}

/// The record's own key within a proxy's.
void ownKey(sqlite3_context* context, int, sqlite3_value** values)
{
    const auto bytes = bytesOf(values[0]);
    const auto key = bytes ? uForwarderData(*bytes) : std::nullopt;
    if (key && !key->isEmpty())
        sqlite3_result_blob64(context, key->data(), static_cast<sqlite3_uint64>(key->size()), SQLITE_TRANSIENT);
}

void header(sqlite3_context* context, int, sqlite3_value** values)
{
    answer(context, values, [&](const TermMatch& term, bool& isCorrupt) {
        const auto bytes = bytesOf(values[1]);
        return bytes ? term.packedHeaders(*bytes, isCorrupt) : TermFit::No;
    });
}

void payload(sqlite3_context* context, int, sqlite3_value** values)
{
    answer(context, values, [&](const TermMatch& term, bool&) {
        const auto bytes = bytesOf(values[1]);
        return bytes ? term.payload(*bytes) : TermFit::No;
    });
}

} // namespace

QueryFunctions::QueryFunctions(SQLite::Database& db, const std::vector<QueryTerm>& terms)
{
    for (const QueryTerm& term : terms)
        m_terms.emplace_back(term);
    const auto add = [&](const char* name, int arguments, void (*function)(sqlite3_context*, int, sqlite3_value**)) {
        const int code = sqlite3_create_function_v2(db.getHandle(), name, arguments,
                                                    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, this,
                                                    function, nullptr, nullptr, nullptr);
        if (code != SQLITE_OK)
            throw SQLite::Exception(db.getHandle(), code);
    };
    add("query_text", 5, text);
    add("query_word", 2, word);
    add("query_fits", 2, fits);
    add("query_own_key", 1, ownKey);
    add("query_header", 2, header);
    add("query_payload", 2, payload);
}

const TermMatch* QueryFunctions::term(std::int64_t number) const
{
    return number >= 0 && static_cast<std::size_t>(number) < m_terms.size() ? &m_terms[static_cast<std::size_t>(number)]
                                                                            : nullptr;
}

} // namespace spillway
