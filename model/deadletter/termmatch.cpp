// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/termmatch.h"

#include "model/base/bytesearch.h"
#include "model/base/text.h"
#include "model/base/utf8text.h"
#include "model/deadletter/headerpack.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

bool hasSimpleName(const QueryTerm& term)
{
    return !term.text.isEmpty() && !term.text.contains(u'.');
}

std::optional<UtcTime> instantOf(QByteArrayView text)
{
    return text.size() == 10 ? parseRfc3339(text.toByteArray() + "T00:00:00Z") : parseRfc3339(text);
}

TermMatch::TermMatch(const QueryTerm& term)
    : m_term(term)
    , m_text(term.text.toUtf8())
    , m_header(term.header.toUtf8())
{
    if (term.field == QueryField::Payload)
        m_path.emplace(term.path);
    if (term.number && !Decimal::parse(m_text))
        m_unit = parseSizeBytes(term.text) ? Unit::Size : Unit::Duration;
    if (term.op == QueryOperator::Matches) {
        m_term.expression = QRegularExpression(term.expression.pattern(), term.expression.patternOptions());
        m_term.expression.optimize();
    }
}

TermFit TermMatch::expression(QByteArrayView value) const
{
    const QString text = exactText(value);
    if (!m_isLinear) {
        const QRegularExpressionMatch match = m_term.expression.match(text);
        if (match.isValid())
            return match.hasMatch() ? TermFit::Yes : TermFit::No;
        m_isLinear = true;
        m_linear = LinearExpression::of(m_term.text);
    }
    if (!m_linear)
        return TermFit::Costly;
    return m_linear->isIn(text) ? TermFit::Yes : TermFit::No;
}

TermFit TermMatch::text(QByteArrayView value) const
{
    if (m_term.op == QueryOperator::Matches)
        return expression(value);
    return value == QByteArrayView(m_text) ? TermFit::Yes : TermFit::No;
}

TermFit TermMatch::className(QByteArrayView value) const
{
    if (const TermFit fit = text(value); fit != TermFit::No || m_term.op != QueryOperator::Equal)
        return fit;
    return hasSimpleName(m_term) && value.endsWith('.' + m_text) ? TermFit::Yes : TermFit::No;
}

TermFit TermMatch::value(QByteArrayView value) const
{
    const auto said = [](bool fits) { return fits ? TermFit::Yes : TermFit::No; };
    if (m_term.op == QueryOperator::Matches)
        return expression(value);
    if (m_term.op == QueryOperator::Equal) {
        if (value == QByteArrayView(m_text))
            return TermFit::Yes;
        const auto number = m_term.number ? Decimal::parse(value) : std::nullopt;
        return said(number && *number == *m_term.number);
    }
    if (m_term.time) {
        if (const auto time = instantOf(value))
            return said(isOrdered(m_term.op, *time, *m_term.time));
        const auto ms = Decimal::parse(value);
        return said(ms && isOrdered(m_term.op, *ms, Decimal::fromInteger(toMs(*m_term.time))));
    }
    const auto number = Decimal::parse(value);
    if (!number && m_unit != Unit::None)
        return said(isUnitOrdered(value));
    return said(number && isOrdered(m_term.op, *number, *m_term.number));
}

bool TermMatch::isUnitOrdered(QByteArrayView value) const
{
    constexpr qsizetype longest = 40; // of a number with its unit
    if (value.size() > longest)
        return false;
    const QString text = QString::fromUtf8(value);
    const auto compared = [&](std::int64_t number) {
        return isOrdered(m_term.op, Decimal::fromInteger(number), *m_term.number);
    };
    if (m_unit == Unit::Size) {
        const auto size = parseSizeBytes(text);
        return size && compared(*size);
    }
    const auto duration = parseDuration(text);
    return duration && compared(duration->count());
}

bool TermMatch::isIn(QByteArrayView bytes) const
{
    return m_text.isEmpty() || findBytes(bytes, m_text) >= 0;
}

TermFit TermMatch::packedHeaders(QByteArrayView packed, bool& isCorrupt) const
{
    PackedHeaders at(packed);
    TermFit fit = TermFit::No;
    while (fit == TermFit::No && at.next()) {
        if (isHeader(at.name()) && at.value())
            fit = value(*at.value());
    }
    isCorrupt = at.isCorrupt();
    return fit;
}

bool TermMatch::isInPackedHeaders(QByteArrayView packed, bool& isCorrupt) const
{
    isCorrupt = false;
    if (!isIn(packed)) // the lengths between the parts are never part of a word, but may make one up
        return false;
    PackedHeaders at(packed);
    while (at.next()) {
        if (isIn(at.name()) || (at.value() && isIn(*at.value())))
            return true;
    }
    isCorrupt = at.isCorrupt();
    return false;
}

TermFit TermMatch::payload(QByteArrayView payload) const
{
    const auto found = m_path ? m_path->read(payload) : std::nullopt;
    return found ? value(QByteArrayView(found->text.data(), static_cast<qsizetype>(found->text.size()))) : TermFit::No;
}

bool mayBeCostly(const QueryTerm& term)
{
    return term.op == QueryOperator::Matches && !LinearExpression::of(term.text);
}

Error tooCostly(const QueryTerm& term)
{
    return {ErrorCode::InvalidConfig,
            u"query, column %1: the expression \"%2\" is too costly for what is stored; write it without look-around, "
            u"references back, atomic and possessive parts, and counts above 1000: then every letter can be asked (see "
            u"the manual's page on the query language)"_s.arg(term.column)
                .arg(visibleText(term.text))};
}

} // namespace spillway
