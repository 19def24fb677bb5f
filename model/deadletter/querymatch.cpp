// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/querymatch.h"

#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/termmatch.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

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

    [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }

private:
    bool fitsTerm(const QueryTerm& term)
    {
        switch (term.field) {
        case QueryField::Text:
            return fitsAnywhere(term);
        case QueryField::Team:
            return fitsText(term, m_letter.team);
        case QueryField::Consumer:
            return fitsText(term, m_letter.consumer);
        case QueryField::Group:
            return fitsText(term, m_letter.group);
        case QueryField::Tag:
            return false; // tags lie beside letters in the store
        case QueryField::EventType:
            return fitsText(term, m_letter.eventType);
        case QueryField::Error:
            return fitsClass(term, m_letter.facts.errorClass) || fitsText(term, m_letter.facts.errorMessage);
        case QueryField::Key:
            return fitsBytes(term, m_letter.record.key) ||
                   (m_letter.facts.dialect == uForwarderDialect &&
                    fitsBytes(term, ownKey(m_letter.record, uForwarderDialect)));
        case QueryField::Kind:
            return fitsText(term, failureKindWord(m_letter.kind));
        case QueryField::Schema:
            return m_letter.schema.verdict && fitsText(term, schemaVerdictWord(*m_letter.schema.verdict));
        case QueryField::State:
            if (term.op == QueryOperator::Equal && term.text == u"open")
                return isOpen(m_letter.state);
            return fitsText(term, triageStateWord(m_letter.state));
        case QueryField::Assignee:
            return fitsText(term, m_letter.assignee);
        case QueryField::Dialect:
            return fitsText(term, m_letter.facts.dialect);
        case QueryField::Channel:
            return fitsText(term, m_letter.record.at.topic);
        case QueryField::Connection:
            return fitsText(term, m_letter.connection);
        case QueryField::Age:
            return isOrdered(term.op, Decimal::fromInteger(m_letter.age(m_now).count()), *term.number);
        case QueryField::Attempts:
            return m_letter.facts.attempts &&
                   isOrdered(term.op, Decimal::fromInteger(*m_letter.facts.attempts), *term.number);
        case QueryField::PlacePartition:
            return isOrdered(term.op, Decimal::fromInteger(m_letter.record.at.partition), *term.number);
        case QueryField::PlaceOffset:
            return isOrdered(term.op, Decimal::fromInteger(m_letter.record.offset.value), *term.number);
        case QueryField::Size:
            return isOrdered(term.op, Decimal::fromInteger(m_letter.sizeBytes), *term.number);
        case QueryField::Header:
            return fitsHeader(term);
        case QueryField::Payload:
            return fitsPayload(term);
        }
        return false;
    }

    bool isYes(const QueryTerm& term, TermFit fit)
    {
        if (fit == TermFit::Costly)
            m_failure = tooCostly(term);
        return fit == TermFit::Yes;
    }

    bool fitsText(const QueryTerm& term, const std::optional<QString>& text)
    {
        return text && isYes(term, TermMatch(term).text(text->toUtf8()));
    }

    bool fitsClass(const QueryTerm& term, const std::optional<QString>& name)
    {
        return name && isYes(term, TermMatch(term).className(name->toUtf8()));
    }

    bool fitsBytes(const QueryTerm& term, const std::optional<QByteArray>& bytes)
    {
        return bytes && isYes(term, TermMatch(term).text(*bytes));
    }

    bool fitsHeader(const QueryTerm& term)
    {
        const TermMatch match(term);
        return std::any_of(m_letter.record.headers.begin(), m_letter.record.headers.end(), [&](const Header& header) {
            return match.isHeader(header.name) && header.value && isYes(term, match.value(*header.value));
        });
    }

    bool fitsPayload(const QueryTerm& term)
    {
        return m_letter.record.value && isYes(term, TermMatch(term).payload(*m_letter.record.value));
    }

    bool fitsAnywhere(const QueryTerm& term)
    {
        const TermMatch match(term);
        const RawRecord& record = m_letter.record;
        if ((record.value && match.isIn(*record.value)) || (record.key && match.isIn(*record.key)))
            return true;
        for (const Header& header : record.headers) {
            if (match.isIn(header.name) || (header.value && match.isIn(*header.value)))
                return true;
        }
        const LetterFacts& facts = m_letter.facts;
        return (facts.errorClass && match.isIn(facts.errorClass->toUtf8())) ||
               (facts.errorMessage && match.isIn(facts.errorMessage->toUtf8()));
    }

    const DeadLetter& m_letter;
    UtcTime m_now;
    std::optional<Error> m_failure; // an expression gave up
};

} // namespace

Result<bool> matches(const Query& query, const DeadLetter& letter, UtcTime now)
{
    Matcher matcher(letter, now);
    const bool fits = matcher.fits(query.root);
    if (matcher.failure())
        return tl::unexpected<Error>(*matcher.failure());
    return fits;
}

} // namespace spillway
