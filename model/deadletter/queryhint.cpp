// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/queryhint.h"

#include "model/base/text.h"

#include <QStringList>

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Meant
{
    QStringView word;
    QStringView sign;
};

/// Words and signs that other languages join terms with.
constexpr std::array operatorsElsewhere{Meant{u"and", u"AND"}, Meant{u"or", u"OR"}, Meant{u"not", u"NOT"},
                                        Meant{u"&&", u"AND"},  Meant{u"&", u"AND"}, Meant{u"||", u"OR"},
                                        Meant{u"|", u"OR"}};

void hintAtWord(const QString& word, QStringList& hints)
{
    for (const auto& [elsewhere, sign] : operatorsElsewhere) {
        if (word.compare(elsewhere, Qt::CaseInsensitive) != 0 || word == sign)
            continue;
        if (const QString hint = u"\"%1\" is looked for as a word; the operator is %2"_s.arg(word, sign);
            !hints.contains(hint))
            hints += hint;
    }
}

/// Fields that a letter may not tell, and for which tables then print a word.
struct Untold
{
    QueryField field;
    QStringView name;
};
constexpr std::array fieldsUntold{Untold{QueryField::Team, u"team"}, Untold{QueryField::Consumer, u"consumer"},
                                  Untold{QueryField::EventType, u"eventType"}, Untold{QueryField::Error, u"error"},
                                  Untold{QueryField::Assignee, u"assignee"}};
constexpr std::array<QStringView, 7> wordsUntold{u"unknown",    u"null",     u"none",          u"nobody",
                                                 u"unassigned", u"not told", u"error not told"};

void hintAtTerm(const QueryTerm& term, QStringList& hints)
{
    if (term.op != QueryOperator::Equal)
        return;
    const auto* const field = std::find_if(fieldsUntold.begin(), fieldsUntold.end(),
                                           [&](const Untold& known) { return known.field == term.field; });
    if (field != fieldsUntold.end() &&
        std::find(wordsUntold.begin(), wordsUntold.end(), term.text) != wordsUntold.end())
        hints += u"\"%1\" is looked for as a name; -%2~^ finds what has no %2"_s.arg(term.text, field->name);
    else if (term.text.contains(u'*'))
        hints += u"* is a character like any other in \"%1\"; write an expression with ~ for any text"_s.arg(
            visibleText(term.text.left(60)));
}

void hintAtTerms(const QueryNode& node, QStringList& hints)
{
    if (node.kind == QueryNode::Kind::Term)
        hintAtTerm(node.term, hints);
    for (const QueryNode& child : node.children)
        hintAtTerms(child, hints);
}

} // namespace

QString queryHint(QStringView query)
{
    QStringList hints;
    qsizetype start = 0; // of the word that goes on
    bool isQuoted = false;
    for (qsizetype at = 0; at <= query.size(); ++at) {
        const QChar c = at < query.size() ? query[at] : QChar(u' ');
        if (c == u'"' && at < query.size()) {
            isQuoted = !isQuoted;
        } else if (isQuoted && c == u'\\') {
            ++at; // what stands behind it ends no quotes
        } else if (!isQuoted && (c.isSpace() || c == u'(' || c == u')')) {
            hintAtWord(query.sliced(start, at - start).toString(), hints);
            start = at + 1;
        }
    }
    if (const auto read = readQuery(query))
        hintAtTerms(read->root, hints);
    constexpr qsizetype most = 3;
    return hints.first(std::min(most, hints.size())).join(u"; "_s);
}

QString nothingFoundText(const Query& query)
{
    return query.matchesAll() ? u"No dead letters.\n"_s : u"No dead letter fits the query.\n"_s;
}

} // namespace spillway
