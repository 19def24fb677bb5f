// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/querysql.h"

#include "model/deadletter/sqltext.h"

#include <limits>
#include <optional>

namespace spillway {

namespace {

const char* sqlOf(QueryOperator op)
{
    switch (op) {
    case QueryOperator::Less:
        return " < ?";
    case QueryOperator::LessOrEqual:
        return " <= ?";
    case QueryOperator::Greater:
        return " > ?";
    case QueryOperator::GreaterOrEqual:
        return " >= ?";
    case QueryOperator::Equal:
    case QueryOperator::Contains:
    case QueryOperator::Matches:
        break;
    }
    return " = ?";
}

/// Every condition is 0 or 1, never NULL, so that its negation is right. A plus before a column keeps SQLite from
/// choosing an index that would cost the order of the list.
class Compiler
{
public:
    explicit Compiler(UtcTime now)
        : m_now(now)
    {
    }

    /// nullopt: SQLite cannot say anything about this part.
    std::optional<QuerySql> compile(const QueryNode& node) const
    {
        switch (node.kind) {
        case QueryNode::Kind::All:
            return QuerySql{"1", {}, true};
        case QueryNode::Kind::Term:
            return term(node.term);
        case QueryNode::Kind::Not: {
            auto child = compile(node.children.front());
            if (!child || !child->isExact)
                return std::nullopt;
            child->condition = "NOT (" + child->condition + ")";
            return child;
        }
        case QueryNode::Kind::And:
        case QueryNode::Kind::Or:
            return combine(node);
        }
        return std::nullopt;
    }

private:
    std::optional<QuerySql> combine(const QueryNode& node) const
    {
        const bool isAnd = node.kind == QueryNode::Kind::And;
        QuerySql all;
        for (const QueryNode& part : node.children) {
            const auto compiled = compile(part);
            if (!compiled && !isAnd)
                return std::nullopt;
            all.isExact = all.isExact && compiled && compiled->isExact;
            if (!compiled)
                continue;
            if (!all.condition.empty())
                all.condition += isAnd ? " AND " : " OR ";
            all.condition += "(" + compiled->condition + ")";
            all.values.insert(all.values.end(), compiled->values.begin(), compiled->values.end());
        }
        return all.condition.empty() ? std::nullopt : std::optional(all);
    }

    static std::optional<QuerySql> equal(const QueryTerm& term, const char* condition)
    {
        if (term.op != QueryOperator::Equal)
            return std::nullopt;
        return QuerySql{condition, {term.text}, true};
    }

    static QuerySql::Value number(const Decimal& decimal)
    {
        // A whole number that fits is compared as one; anything else lies between or beyond all whole numbers.
        const double rough = decimal.toDouble();
        if (rough >= -9.0e15 && rough <= 9.0e15) {
            const auto whole = static_cast<std::int64_t>(rough);
            if (Decimal::fromInteger(whole) == decimal)
                return whole;
        } else if (const auto whole = exactWhole(decimal)) {
            return *whole;
        }
        return rough;
    }
    /// Beyond 2^53 a double skips numbers.
    static std::optional<std::int64_t> exactWhole(const Decimal& decimal)
    {
        std::int64_t low = std::numeric_limits<std::int64_t>::min();
        std::int64_t high = std::numeric_limits<std::int64_t>::max();
        if (decimal < Decimal::fromInteger(low) || decimal > Decimal::fromInteger(high))
            return std::nullopt;
        while (low < high) {
            const std::int64_t middle =
                low +
                static_cast<std::int64_t>((static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low)) / 2);
            if (Decimal::fromInteger(middle) < decimal)
                low = middle + 1;
            else
                high = middle;
        }
        return Decimal::fromInteger(low) == decimal ? std::optional(low) : std::nullopt;
    }

    std::optional<QuerySql> term(const QueryTerm& term) const
    {
        switch (term.field) {
        case QueryField::Team:
            return equal(term, "+l.group_ref IN (SELECT id FROM letter_group WHERE team = ?)");
        case QueryField::Consumer:
            return equal(term, "+l.group_ref IN (SELECT id FROM letter_group WHERE consumer = ?)");
        case QueryField::EventType:
            return equal(term, "+l.group_ref IN (SELECT id FROM letter_group WHERE event_type = ?)");
        case QueryField::Group: // one group's letters lie in order in their index
            return equal(term, "l.group_ref IS (SELECT id FROM letter_group WHERE group_id = ?)");
        case QueryField::Error: {
            auto sql = equal(
                term, "+l.group_ref IN (SELECT id FROM letter_group WHERE error_class = ?) OR l.error_message IS ?");
            if (sql)
                sql->values.push_back(term.text);
            return sql;
        }
        case QueryField::Key: {
            auto sql = equal(term, "(SELECT b2.key FROM letter_body b2 WHERE b2.letter_ref = l.id) IS ?");
            if (sql)
                sql->values.front() = term.text.toUtf8();
            return sql;
        }
        case QueryField::Kind:
            return equal(term, "l.kind = ?");
        case QueryField::State:
            if (term.op == QueryOperator::Equal && term.text == u"open")
                return QuerySql{"l.state NOT IN ('archived', 'resolved', 'lost')", {}, true};
            return equal(term, "l.state = ?");
        case QueryField::Dialect:
            return equal(term, "+l.facet_ref IN (SELECT id FROM letter_facet WHERE dialect = ?)");
        case QueryField::Channel:
            return equal(term, "+l.channel_ref IN (SELECT id FROM letter_channel WHERE name = ?)");
        case QueryField::Connection:
            return equal(term, "+l.channel_ref IN (SELECT id FROM letter_channel WHERE connection = ?)");
        case QueryField::Age: // age = now - moment
            return QuerySql{
                std::string("(?") + " - l.moment_ms)" + sqlOf(term.op), {toMs(m_now), number(*term.number)}, true};
        case QueryField::Attempts:
            return QuerySql{std::string("ifnull(l.attempts") + sqlOf(term.op) + ", 0)", {number(*term.number)}, true};
        case QueryField::Size:
            return QuerySql{std::string("l.size_bytes") + sqlOf(term.op), {number(*term.number)}, true};
        case QueryField::Text:
        case QueryField::Header:
        case QueryField::Payload:
            return std::nullopt;
        }
        return std::nullopt;
    }

    UtcTime m_now;
};

} // namespace

int QuerySql::bind(SQLite::Statement& statement, int first) const
{
    for (const Value& value : values) {
        std::visit(
            [&](const auto& v) {
                if constexpr (std::is_same_v<std::decay_t<decltype(v)>, double>)
                    statement.bind(first, v);
                else
                    sql::bind(statement, first, v);
            },
            value);
        ++first;
    }
    return first;
}

QuerySql compileQuery(const Query& query, UtcTime now)
{
    if (query.matchesAll())
        return {};
    auto compiled = Compiler(now).compile(query.root);
    if (!compiled)
        return {.condition = {}, .values = {}, .isExact = false};
    return *compiled;
}

} // namespace spillway
