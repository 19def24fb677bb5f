// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/querysql.h"

#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/letteridsql.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/termmatch.h"

#include <algorithm>
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

/// Whether a letter's own bytes are looked at, which lie in letter_body.
bool needsBytes(const QueryNode& node)
{
    if (node.kind == QueryNode::Kind::Term)
        return node.term.field == QueryField::Text || node.term.field == QueryField::Header ||
               node.term.field == QueryField::Payload || node.term.field == QueryField::Key;
    return std::any_of(node.children.begin(), node.children.end(), needsBytes);
}

/// Whether an index in the order of moments answers it.
bool isSelection(const QueryNode& node)
{
    return node.kind == QueryNode::Kind::Term &&
           (node.term.field == QueryField::Age ||
            (node.term.field == QueryField::Group && node.term.op == QueryOperator::Equal));
}

constexpr const char* ownPayload = "b.value";
constexpr const char* ofProxy = "+l.facet_ref IN (SELECT id FROM letter_facet WHERE dialect = 'uforwarder')";
/// letter_rescue goes by the letter's id. Only a pointer is looked up.
std::string payloadOrRescued()
{
    return std::string("CASE l.is_pointer WHEN 0 THEN b.value ELSE ifnull("
                       "(SELECT r.value FROM letter_channel c JOIN letter_rescue r ON r.letter_id = ")
        .append(letterIdInSql)
        .append(" WHERE c.id = l.channel_ref), b.value) END");
}

/// Every condition is 0 or 1, never NULL, so that its negation is right. A plus before a column keeps SQLite from
/// choosing an index that would cost the order of the list.
class Compiler
{
public:
    /// @param terms  where functions may be used: their terms are put there; null: SQLite's own means only.
    /// @param payload  the expression of a letter's payload, for functions.
    explicit Compiler(UtcTime now, std::vector<QueryTerm>* terms = nullptr, std::string payload = ownPayload)
        : m_now(now)
        , m_terms(terms)
        , m_payload(std::move(payload))
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
        // SQLite asks in the order written: what needs a letter's bytes comes last.
        std::vector<const QueryNode*> parts;
        for (const bool isLast : {false, true}) {
            for (const QueryNode& part : node.children) {
                if (needsBytes(part) == isLast)
                    parts.push_back(&part);
            }
        }
        QuerySql all;
        for (const QueryNode* part : parts) {
            const auto compiled = compile(*part);
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

    /// A text field: equal by `condition`, or by an expression where functions may be used. `fitting` is the same
    /// condition with query_fits(?, …) in it.
    std::optional<QuerySql> text(const QueryTerm& term, const char* condition, const char* fitting) const
    {
        if (term.op == QueryOperator::Equal)
            return equal(term, condition);
        return m_terms ? std::optional(QuerySql{fitting, {number(term)}, true}) : std::nullopt;
    }
    /// The term's number among those of the functions.
    [[nodiscard]] std::int64_t number(const QueryTerm& term) const
    {
        m_terms->push_back(term);
        return static_cast<std::int64_t>(m_terms->size()) - 1;
    }

    std::optional<QuerySql> term(const QueryTerm& term) const
    {
        switch (term.field) {
        case QueryField::Team:
            return text(term, "+l.group_ref IN (SELECT id FROM letter_group WHERE team = ?)",
                        "+l.group_ref IN (SELECT id FROM letter_group WHERE query_fits(?, team))");
        case QueryField::Consumer:
            return text(term, "+l.group_ref IN (SELECT id FROM letter_group WHERE consumer = ?)",
                        "+l.group_ref IN (SELECT id FROM letter_group WHERE query_fits(?, consumer))");
        case QueryField::EventType:
            return text(term, "+l.group_ref IN (SELECT id FROM letter_group WHERE event_type = ?)",
                        "+l.group_ref IN (SELECT id FROM letter_group WHERE query_fits(?, event_type))");
        case QueryField::Group: // one strain's letters lie in order in their index
            if (term.strain)
                return QuerySql{"l.group_ref = ?", {*term.strain}, true};
            return text(term, "l.group_ref IN (SELECT id FROM letter_group WHERE group_id = ?)",
                        "+l.group_ref IN (SELECT id FROM letter_group WHERE query_fits(?, group_id))");
        case QueryField::Tag: {
            if (term.op != QueryOperator::Equal && !m_terms)
                return std::nullopt;
            const std::string fits = std::string(term.op == QueryOperator::Equal ? "? = " : "query_fits(?, ")
                                         .append("json_extract(value, '$[0]')")
                                         .append(term.op == QueryOperator::Equal ? ")" : "))");
            const std::string rows =
                std::string("IN (SELECT json_extract(value, '$[1]') FROM json_each(?) WHERE ") + fits;
            const QuerySql::Value wanted =
                term.op == QueryOperator::Equal ? QuerySql::Value(term.text) : QuerySql::Value(number(term));
            return QuerySql{"+l.group_ref " + rows + " OR +l.id " + rows,
                            {term.taggedStrains, wanted, term.taggedLetters, wanted},
                            true};
        }
        case QueryField::Error: {
            auto sql = text(
                term, "+l.group_ref IN (SELECT id FROM letter_group WHERE error_class = ?) OR l.error_message IS ?",
                "+l.group_ref IN (SELECT id FROM letter_group WHERE query_fits(?, error_class))"
                " OR query_fits(?, l.error_message)");
            if (!sql)
                return sql;
            const QuerySql::Value wanted = sql->values.front();
            if (term.op == QueryOperator::Equal && hasSimpleName(term)) {
                // By bytes, as TermMatch compares: SQLite's text ends at U+0000.
                const QByteArray end = '.' + term.text.toUtf8();
                sql->condition = "+l.group_ref IN (SELECT id FROM letter_group WHERE error_class = ?"
                                 " OR substr(CAST(error_class AS BLOB), ?) = ?) OR l.error_message IS ?";
                sql->values.push_back(std::int64_t{-end.size()});
                sql->values.push_back(end);
            }
            sql->values.push_back(wanted);
            return sql;
        }
        case QueryField::Key: {
            // A proxy's letters hold the record's own key within theirs, unless it had none. Without functions instr()
            // finds it, with its tag and its length in front.
            const QByteArray key = term.text.toUtf8();
            if (m_terms && term.op == QueryOperator::Equal)
                return QuerySql{
                    std::string("b.key IS ? OR (").append(ofProxy).append(" AND query_own_key(b.key) IS ?)"),
                    {key, key},
                    true};
            constexpr const char* ownBody = "(SELECT b2.key FROM letter_body b2 WHERE b2.letter_ref = l.id)";
            if (term.op == QueryOperator::Equal)
                return QuerySql{std::string(ownBody)
                                    .append(" IS ? OR (? > 0 AND ")
                                    .append(ofProxy)
                                    .append(" AND ifnull(instr(")
                                    .append(ownBody)
                                    .append(", ?), 0) > 0)"),
                                {key, std::int64_t{key.size()}, uForwarderKeyBytes(key)},
                                true};
            auto sql = text(term, "",
                            std::string("query_fits(?, b.key) OR (")
                                .append(ofProxy)
                                .append(" AND query_fits(?, query_own_key(b.key)))")
                                .c_str());
            if (sql)
                sql->values.push_back(QuerySql::Value(sql->values.front()));
            return sql;
        }
        case QueryField::Kind:
            return text(term, "l.kind = ?", "query_fits(?, l.kind)");
        case QueryField::Schema:
            return text(term, "l.schema_verdict IS ?", "query_fits(?, l.schema_verdict)");
        case QueryField::State:
            if (term.op == QueryOperator::Equal && term.text == u"open")
                return QuerySql{"l.state NOT IN ('archived', 'resolved', 'lost')", {}, true};
            return text(term, "l.state = ?", "query_fits(?, l.state)");
        case QueryField::Assignee:
            return text(term, "l.assignee IS ?", "query_fits(?, l.assignee)");
        case QueryField::Dialect:
            return text(term, "+l.facet_ref IN (SELECT id FROM letter_facet WHERE dialect = ?)",
                        "+l.facet_ref IN (SELECT id FROM letter_facet WHERE query_fits(?, dialect))");
        case QueryField::Channel:
            return text(term, "+l.channel_ref IN (SELECT id FROM letter_channel WHERE name = ?)",
                        "+l.channel_ref IN (SELECT id FROM letter_channel WHERE query_fits(?, name))");
        case QueryField::Connection:
            return text(term, "+l.channel_ref IN (SELECT id FROM letter_channel WHERE connection = ?)",
                        "+l.channel_ref IN (SELECT id FROM letter_channel WHERE query_fits(?, connection))");
        case QueryField::Age: // age = now - moment, as DeadLetter::age has it
            return QuerySql{std::string("max(0, ? - l.moment_ms)").append(sqlOf(term.op)),
                            {toMs(m_now), number(*term.number)},
                            true};
        case QueryField::Attempts:
            return QuerySql{
                std::string("ifnull(l.attempts").append(sqlOf(term.op)).append(", 0)"), {number(*term.number)}, true};
        case QueryField::PlacePartition:
            return QuerySql{std::string("+l.partition").append(sqlOf(term.op)), {number(*term.number)}, true};
        case QueryField::PlaceOffset:
            return QuerySql{std::string("+l.offset").append(sqlOf(term.op)), {number(*term.number)}, true};
        case QueryField::Size:
            return QuerySql{std::string("l.size_bytes").append(sqlOf(term.op)), {number(*term.number)}, true};
        case QueryField::Text: {
            if (!m_terms)
                return std::nullopt;
            const std::int64_t n = number(term);
            return QuerySql{std::string("query_text(?, ")
                                .append(m_payload)
                                .append(", b.key, b.headers, l.error_message)"
                                        " OR +l.group_ref IN (SELECT id FROM letter_group WHERE query_word(?, "
                                        "error_class))"),
                            {n, n},
                            true};
        }
        case QueryField::Header:
            return m_terms ? std::optional(QuerySql{"query_header(?, b.headers)", {number(term)}, true}) : std::nullopt;
        case QueryField::Payload:
            return m_terms ? std::optional(QuerySql{
                                 std::string("query_payload(?, ").append(m_payload).append(")"), {number(term)}, true})
                           : std::nullopt;
        }
        return std::nullopt;
    }

    UtcTime m_now;
    std::vector<QueryTerm>* m_terms;
    std::string m_payload;
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

ScanSql compileScan(const Query& query, UtcTime now, PointerPayloads pointers)
{
    ScanSql scan;
    if (query.matchesAll())
        return scan;
    QueryNode selection;
    QueryNode rest;
    selection.kind = rest.kind = QueryNode::Kind::And;
    if (query.root.kind == QueryNode::Kind::And) {
        for (const QueryNode& part : query.root.children)
            (isSelection(part) ? selection : rest).children.push_back(part);
    } else {
        (isSelection(query.root) ? selection : rest).children.push_back(query.root);
    }
    if (!selection.children.empty())
        scan.selection = Compiler(now).compile(selection).value_or(QuerySql{});
    if (!rest.children.empty())
        scan.rest = Compiler(now, &scan.terms, pointers == PointerPayloads::Rescued ? payloadOrRescued() : ownPayload)
                        .compile(rest)
                        .value_or(QuerySql{});
    scan.needsBody = needsBytes(rest);
    return scan;
}

} // namespace spillway
