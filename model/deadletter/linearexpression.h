// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

#include <memory>
#include <optional>

namespace re2 {
class RE2;
}

namespace spillway {

/// A regular expression for texts on which PCRE's backtracking takes too long: matched in time linear in the text, with
/// the answer that PCRE would give if it had the time. Pure; any thread, also several at once.
class LinearExpression
{
public:
    /// @param pattern  as QRegularExpression takes it, without options and without Unicode properties.
    /// @return nullopt where there is no such expression (look-around, references back, recursion), and where the two
    ///         engines could answer differently: `^` of several lines, `\p{…}`, letters beyond ASCII in any case.
    [[nodiscard]] static std::optional<LinearExpression> of(QStringView pattern);

    /// Whether it fits anywhere in the text.
    [[nodiscard]] bool isIn(const QString& text) const;

private:
    explicit LinearExpression(std::shared_ptr<const re2::RE2> expression);

    std::shared_ptr<const re2::RE2> m_expression; // shared: copies of this value
};

} // namespace spillway
