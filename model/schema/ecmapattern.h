// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRegularExpression>
#include <QString>

#include <optional>
#include <string_view>

namespace spillway {

/// A regular expression as JSON Schema means it: ECMA-262, unanchored, whole code points. Spelt anew for PCRE2 where
/// the two differ (`$`, `.`, `\s`, `\u`, long property names, `[^]`); what PCRE2 would read otherwise (back references,
/// inline flags, possessive quantifiers) is refused rather than guessed.
class EcmaPattern
{
public:
    /// nullopt: no pattern, or none that we are sure about.
    [[nodiscard]] static std::optional<EcmaPattern> compile(const QString& pattern);

    /// nullopt when the match gave up at its limits (a pattern that backtracks for ever), or the text is no Unicode.
    [[nodiscard]] std::optional<bool> matches(std::string_view utf8) const;

private:
    QRegularExpression m_expression;
};

/// The spelling for PCRE2, without limits; nullopt as above. For tests and for `format: regex`.
[[nodiscard]] std::optional<QString> translateEcmaPattern(QStringView pattern);

} // namespace spillway
