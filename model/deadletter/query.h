// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/decimal.h"
#include "model/base/result.h"
#include "model/base/units.h"
#include "model/deadletter/jsonlookup.h"

#include <QRegularExpression>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

/// The query language: `team:payment-team kind:transient age>24h header.region=eu payload.order.amount>=900
/// -state:archived "gift wrap"`. Its meaning stands in resources/manual/query.md.
namespace spillway {

enum class QueryField {
    Text, ///< a bare or quoted word: payload, key, headers, error
    Team,
    Consumer,
    Group,
    Tag, ///< that people put on the letter or its group
    EventType,
    Error,
    Key,
    Kind,
    Schema, ///< the verdict when the letter was read
    State,
    Assignee, ///< whom the letter was given to
    Dialect,
    Channel,
    Connection,
    Age,
    Attempts,
    Size,
    PlacePartition, ///< on the dead-letter topic
    PlaceOffset,    ///< likewise
    Header,
    Payload,
};

enum class QueryOperator { Contains, Equal, Matches, Less, LessOrEqual, Greater, GreaterOrEqual };

/// One comparison, its value read as the field wants it.
struct QueryTerm
{
    QueryField field = QueryField::Text;
    QString header; ///< Header: its name
    JsonPath path;  ///< Payload
    QueryOperator op = QueryOperator::Contains;
    QString text;                       ///< the value as it was written, unquoted
    std::optional<Decimal> number;      ///< the value as a number; of Size and Age always (bytes, milliseconds)
    std::optional<UtcTime> time;        ///< the value as a time
    QRegularExpression expression;      ///< Matches
    std::optional<std::int64_t> strain; ///< Group, looked up (groupalias.h): the store's only row for it
    /// Tag, looked up (querytags.h): JSON [[tag, row], …] of the strains and the letters that bear one.
    QString taggedStrains = QStringLiteral("[]");
    QString taggedLetters = QStringLiteral("[]");
    int column = 0; ///< Matches: where the expression begins in the query, in characters, from 1
};

struct QueryNode
{
    enum class Kind { All, And, Or, Not, Term };
    Kind kind = Kind::All;
    std::vector<QueryNode> children; ///< And, Or: two or more; Not: one
    QueryTerm term;
};

struct Query
{
    QString text;
    QueryNode root; ///< All for an empty query

    [[nodiscard]] bool matchesAll() const { return root.kind == QueryNode::Kind::All; }
    /// Whether a letter's payload or headers are looked at.
    [[nodiscard]] bool needsBody() const;
};

/// What is wrong with a query, and where.
struct QueryFault
{
    int column = 0;  ///< of the first wrong character, in characters, from 1
    QString message; ///< what is wrong; what to write instead
    friend bool operator==(const QueryFault&, const QueryFault&) = default;
};

/// Names that stand before an operator, for completion; `header.` and `payload.` take a name.
[[nodiscard]] const QStringList& queryFieldNames();

/// Pure; any thread. At most 10 000 characters, 100 parentheses deep.
[[nodiscard]] tl::expected<Query, QueryFault> readQuery(QStringView text);
/// The same with the fault as InvalidConfig: `query, column 7: …`.
[[nodiscard]] Result<Query> parseQuery(QStringView text);

/// `field:value`, quoted where it must be, for "add as filter".
[[nodiscard]] QString queryTermText(QStringView field, QStringView value);
/// `header.NAME:value`, the name quoted where it must be.
[[nodiscard]] QString headerTermText(QStringView name, QStringView value);

} // namespace spillway
