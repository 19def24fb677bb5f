// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/querymatch.h"

#include "model/base/text.h"

#include <algorithm>
#include <cstring>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool containsBytes(QByteArrayView text, QByteArrayView part)
{
    return ::memmem(text.data(), static_cast<std::size_t>(text.size()), part.data(),
                    static_cast<std::size_t>(part.size())) != nullptr;
}

template<typename T>
bool isOrdered(QueryOperator op, const T& left, const T& right)
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

class Matcher
{
public:
    Matcher(const DeadLetter& letter, UtcTime now)
        : m_letter(letter)
        , m_now(now)
    {
    }

    bool fits(const QueryNode& node)
    {
        switch (node.kind) {
        case QueryNode::Kind::All:
            return true;
        case QueryNode::Kind::And:
            return std::all_of(node.children.begin(), node.children.end(),
                               [this](const QueryNode& child) { return fits(child); });
        case QueryNode::Kind::Or:
            return std::any_of(node.children.begin(), node.children.end(),
                               [this](const QueryNode& child) { return fits(child); });
        case QueryNode::Kind::Not:
            return !fits(node.children.front());
        case QueryNode::Kind::Term:
            return fitsTerm(node.term);
        }
        return false;
    }

    [[nodiscard]] const std::optional<QString>& tooCostly() const { return m_tooCostly; }

private:
    bool fitsTerm(const QueryTerm& term)
    {
        switch (term.field) {
        case QueryField::Text:
            return fitsAnywhere(term.text);
        case QueryField::Team:
            return fitsText(term, m_letter.team);
        case QueryField::Consumer:
            return fitsText(term, m_letter.consumer);
        case QueryField::Group:
            return fitsText(term, m_letter.group);
        case QueryField::EventType:
            return fitsText(term, m_letter.eventType);
        case QueryField::Error:
            return fitsText(term, m_letter.facts.errorClass) || fitsText(term, m_letter.facts.errorMessage);
        case QueryField::Key:
            return fitsBytes(term, m_letter.record.key);
        case QueryField::Kind:
            return fitsText(term, failureKindWord(m_letter.kind));
        case QueryField::State:
            if (term.op == QueryOperator::Equal && term.text == u"open")
                return isOpen(m_letter.state);
            return fitsText(term, triageStateWord(m_letter.state));
        case QueryField::Dialect:
            return fitsText(term, m_letter.facts.dialect);
        case QueryField::Channel:
            return fitsText(term, m_letter.record.at.topic);
        case QueryField::Connection:
            return fitsText(term, m_letter.connection);
        case QueryField::Age:
            return isOrdered(term.op, Decimal::fromInteger((m_now - m_letter.agesFrom()).count()), *term.number);
        case QueryField::Attempts:
            return m_letter.facts.attempts &&
                   isOrdered(term.op, Decimal::fromInteger(*m_letter.facts.attempts), *term.number);
        case QueryField::Size:
            return isOrdered(term.op, Decimal::fromInteger(m_letter.sizeBytes), *term.number);
        case QueryField::Header:
            return fitsHeader(term);
        case QueryField::Payload:
            return fitsPayload(term);
        }
        return false;
    }

    bool fitsExpression(const QueryTerm& term, const QString& text)
    {
        const QRegularExpressionMatch match = term.expression.match(text);
        if (!match.isValid())
            m_tooCostly = term.text;
        return match.hasMatch();
    }

    bool fitsText(const QueryTerm& term, const std::optional<QString>& text)
    {
        if (!text)
            return false;
        return term.op == QueryOperator::Matches ? fitsExpression(term, *text) : *text == term.text;
    }

    bool fitsBytes(const QueryTerm& term, const std::optional<QByteArray>& bytes)
    {
        if (!bytes)
            return false;
        return term.op == QueryOperator::Matches ? fitsExpression(term, QString::fromUtf8(*bytes))
                                                 : *bytes == term.text.toUtf8();
    }

    /// A value of a header or the payload, whose type only the value itself tells.
    bool fitsValue(const QueryTerm& term, const QByteArray& text)
    {
        if (term.op == QueryOperator::Matches)
            return fitsExpression(term, QString::fromUtf8(text));
        if (term.op == QueryOperator::Equal) {
            if (text == term.text.toUtf8())
                return true;
            const auto number = term.number ? Decimal::parse(text) : std::nullopt;
            return number && *number == *term.number;
        }
        if (term.time) {
            if (const auto time = parseRfc3339(text))
                return isOrdered(term.op, *time, *term.time);
            const auto ms = Decimal::parse(text);
            return ms && isOrdered(term.op, *ms, Decimal::fromInteger(toMs(*term.time)));
        }
        const auto number = Decimal::parse(text);
        return number && isOrdered(term.op, *number, *term.number);
    }

    bool fitsHeader(const QueryTerm& term)
    {
        const QByteArray name = term.header.toUtf8();
        return std::any_of(m_letter.record.headers.begin(), m_letter.record.headers.end(), [&](const Header& header) {
            return header.name == name && header.value && fitsValue(term, *header.value);
        });
    }

    bool fitsPayload(const QueryTerm& term)
    {
        if (!m_letter.record.value)
            return false;
        const auto value = jsonValue(*m_letter.record.value, term.path);
        return value && fitsValue(term, value->text.toUtf8());
    }

    bool fitsAnywhere(const QString& text)
    {
        const QByteArray part = text.toUtf8();
        const RawRecord& record = m_letter.record;
        if ((record.value && containsBytes(*record.value, part)) || (record.key && containsBytes(*record.key, part)))
            return true;
        for (const Header& header : record.headers) {
            if (containsBytes(header.name, part) || (header.value && containsBytes(*header.value, part)))
                return true;
        }
        const LetterFacts& facts = m_letter.facts;
        return (facts.errorClass && facts.errorClass->contains(text)) ||
               (facts.errorMessage && facts.errorMessage->contains(text));
    }

    const DeadLetter& m_letter;
    UtcTime m_now;
    std::optional<QString> m_tooCostly; // the pattern that gave up
};

} // namespace

Result<bool> matches(const Query& query, const DeadLetter& letter, UtcTime now)
{
    Matcher matcher(letter, now);
    const bool fits = matcher.fits(query.root);
    if (matcher.tooCostly())
        return fail(
            ErrorCode::InvalidConfig,
            u"query: the expression \"%1\" is too costly for dead letter %2; write it without nested repetition"_s.arg(
                visibleText(*matcher.tooCostly()), letter.id));
    return fits;
}

} // namespace spillway
