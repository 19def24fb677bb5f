// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/store/database.h"

#include <QStringList>
#include <QStringView>

namespace spillway {

/// Words of the store that a query may name, each list sorted, at most a thousand of each. Strangers' text.
struct QueryWords
{
    QStringList teams;
    QStringList consumers;
    QStringList eventTypes;
    QStringList errorClasses;
    QStringList groups;
    QStringList dialects;
    QStringList channels;
    QStringList connections;
    QStringList tags;
    QStringList assignees;
    QStringList headerNames;  ///< of the newest 200 letters
    QStringList payloadPaths; ///< likewise, as a query writes them: `order.items[0].sku`
    friend bool operator==(const QueryWords&, const QueryWords&) = default;
};

/// Reads the dictionaries and a sample: milliseconds, whatever is stored.
[[nodiscard]] Result<QueryWords> queryWords(Database& reader);

/// Where the term that ends at `cursor` begins, behind spaces, parentheses, minus signs and NOT.
[[nodiscard]] qsizetype termStart(QStringView query, qsizetype cursor);

/// What the term so far may become: names of fields first, then behind an operator values that exist. Each is a whole
/// term, well formed or a name with its operator; at most 50; empty where there is nothing to offer. Pure.
[[nodiscard]] QStringList queryCompletions(const QueryWords& words, QStringView term);

/// Paths of the scalars of a payload, as a query writes them, in their order; of arrays the first element. At most
/// `most`, eight deep; empty when it is no JSON. Pure.
[[nodiscard]] QStringList payloadPathsOf(QByteArrayView json, qsizetype most = 200);
/// A step as a query writes it: plain, or in quotes.
[[nodiscard]] QString queryPathStep(const QString& key);

} // namespace spillway
