// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/queryhint.h"

#include <QStringList>

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QString queryHint(QStringView query)
{
    constexpr std::array<QStringView, 3> operators{u"and", u"or", u"not"};
    QStringList found;
    qsizetype start = 0; // of the word that goes on
    bool isQuoted = false;
    for (qsizetype at = 0; at <= query.size(); ++at) {
        const QChar c = at < query.size() ? query[at] : QChar(u' ');
        if (c == u'"' && at < query.size()) {
            isQuoted = !isQuoted;
        } else if (isQuoted && c == u'\\') {
            ++at; // what stands behind it ends no quotes
        } else if (!isQuoted && (c.isSpace() || c == u'(' || c == u')')) {
            const QString word = query.sliced(start, at - start).toString();
            if (std::find(operators.begin(), operators.end(), word.toLower()) != operators.end() &&
                word != word.toUpper() && !found.contains(word))
                found += word;
            start = at + 1;
        }
    }
    QStringList hints;
    for (const QString& word : found)
        hints += u"\"%1\" is looked for as a word; the operator is %2"_s.arg(word, word.toUpper());
    return hints.join(u"; "_s);
}

QString nothingFoundText(const Query& query)
{
    return query.matchesAll() ? u"No dead letters.\n"_s : u"No dead letter fits the query.\n"_s;
}

} // namespace spillway
