// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QSet>
#include <QString>

/// Names and texts as other programs' catalogs can take them.
namespace spillway {

/// Identifiers of letters, digits, `.`, `_` and `-`, that begin and end with a letter or digit: safe as a file name, a
/// key and a reference. The same name gets the same one; two names never share one, not even when case does not count.
class SlugMaker
{
public:
    /// @param longest  at most so many characters
    explicit SlugMaker(qsizetype longest = 120)
        : m_longest(longest)
    {
    }
    [[nodiscard]] QString of(const QString& name);

private:
    qsizetype m_longest;
    QHash<QString, QString> m_known;
    QSet<QString> m_taken; // lower case
};

/// A text as a YAML scalar on one line that every reader (1.1 or 1.2) takes as this text.
[[nodiscard]] QString exportScalar(const QString& text);

/// A text as Markdown and MDX show it: nothing in it is markup, code or a link. One line.
[[nodiscard]] QString exportProse(const QString& text);

/// Compact JSON over several lines.
[[nodiscard]] QByteArray indentedJson(const QByteArray& compact);

} // namespace spillway
