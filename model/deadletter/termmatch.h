// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/linearexpression.h"
#include "model/deadletter/query.h"

#include <QByteArrayView>

#include <optional>

/// How one term of a query compares with one value; the rules that matching a letter in memory and scanning the store
/// share. Pure; any thread, one thread per TermMatch.
namespace spillway {

/// Costly: the expression gave up, which is neither a match nor none. Only expressions that LinearExpression does not
/// know can: the others are asked again in time linear in the text.
enum class TermFit { No, Yes, Costly };

/// RFC 3339, or a bare day for its beginning in UTC; nullopt for anything else.
[[nodiscard]] std::optional<UtcTime> instantOf(QByteArrayView text);

/// Whether the term's text may be the last part of a class's name.
[[nodiscard]] bool hasSimpleName(const QueryTerm& term);

/// Whether `left op right`; false for operators that are no comparison.
template<typename T>
[[nodiscard]] bool isOrdered(QueryOperator op, const T& left, const T& right)
{
    switch (op) {
    case QueryOperator::Less:
        return left < right;
    case QueryOperator::LessOrEqual:
        return left <= right;
    case QueryOperator::Greater:
        return left > right;
    case QueryOperator::GreaterOrEqual:
        return left >= right;
    case QueryOperator::Equal:
        return left == right;
    case QueryOperator::Contains:
    case QueryOperator::Matches:
        break;
    }
    return false;
}

/// A term made ready for many values.
class TermMatch
{
public:
    /// The expression is compiled anew, so that threads share nothing.
    explicit TermMatch(const QueryTerm& term);

    [[nodiscard]] const QueryTerm& term() const { return m_term; }

    /// A text field: equal, or the expression fits anywhere. UTF-8.
    [[nodiscard]] TermFit text(QByteArrayView value) const;
    /// A class: as `text`, and equal too where the value ends with a dot and the term's own name without dots, which is
    /// how tables print it. UTF-8.
    [[nodiscard]] TermFit className(QByteArrayView value) const;
    /// A value of a header or the payload, whose type only the value itself tells. Against a size or a duration a bare
    /// number counts as bytes or milliseconds, and a text as what its own unit of that kind says.
    [[nodiscard]] TermFit value(QByteArrayView value) const;
    /// Contains: whether the word stands in these bytes.
    [[nodiscard]] bool isIn(QByteArrayView bytes) const;
    /// Header: any of that name fits. @param isCorrupt  set when the bytes are no packed headers.
    [[nodiscard]] TermFit packedHeaders(QByteArrayView packed, bool& isCorrupt) const;
    /// Contains: the word stands in a name or a value.
    [[nodiscard]] bool isInPackedHeaders(QByteArrayView packed, bool& isCorrupt) const;
    /// Payload: the value at the path fits.
    [[nodiscard]] TermFit payload(QByteArrayView value) const;
    /// Header: whether this is its name.
    [[nodiscard]] bool isHeader(QByteArrayView name) const { return name == QByteArrayView(m_header); }

private:
    enum class Unit { None, Size, Duration };

    [[nodiscard]] TermFit expression(QByteArrayView value) const;
    [[nodiscard]] bool isUnitOrdered(QByteArrayView value) const;

    QueryTerm m_term;
    Unit m_unit = Unit::None; // of the term's number
    QByteArray m_text;        // the value as UTF-8
    QByteArray m_header;      // its name as UTF-8
    std::optional<JsonPathReader> m_path;
    mutable bool m_isLinear = false;                  // from the first text on that PCRE gave up on
    mutable std::optional<LinearExpression> m_linear; // with isLinear; nullopt: there is none
};

/// Whether a value can be too costly for this term.
[[nodiscard]] bool mayBeCostly(const QueryTerm& term);
/// What to say of a term that is too costly.
[[nodiscard]] Error tooCostly(const QueryTerm& term);

} // namespace spillway
