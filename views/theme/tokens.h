// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <QColor>
#include <QPalette>

#include <array>

/// The one place where colours have numbers. Everything else asks for a token.
namespace spillway::views {

/// How bad something is. Never shown by colour alone: a tone always comes with its shape and a word.
enum class Tone { Neutral, Ok, Warning, Critical, Unknown };

struct Tokens
{
    QColor window;  ///< the page
    QColor surface; ///< tables and panes
    QColor raised;  ///< menus and dialogs
    QColor line;    ///< separators, one pixel
    QColor text;
    QColor muted;
    QColor accent;    ///< the one action, focus ring, links
    QColor onAccent;  ///< text on accent
    QColor selection; ///< behind selected text
    QColor ok;
    QColor warning;
    QColor critical;
    QColor unknown;
    std::array<QColor, 5> series; ///< charts, in this order; told apart under the three kinds of colour blindness
    bool isDark = false;

    /// Text colour of a tone; Neutral is `text`.
    [[nodiscard]] QColor tone(Tone tone) const;
};

[[nodiscard]] const Tokens& lightTokens();
[[nodiscard]] const Tokens& darkTokens();
/// The tokens a widget with this palette is painted in. So nobody needs a pointer to the theme, and a change takes
/// effect at the next paint.
[[nodiscard]] const Tokens& tokensFor(const QPalette& palette);

[[nodiscard]] QColor environmentColour(Environment environment); ///< the badge's ground, the same in light and dark
[[nodiscard]] QColor environmentText();                          ///< on it

[[nodiscard]] QPalette paletteFor(const Tokens& tokens);
/// The few rules that Fusion and a palette cannot say.
[[nodiscard]] QString styleSheetFor(const Tokens& tokens);

/// WCAG 2 contrast ratio of two opaque colours, 1 to 21. Pure. Source: WCAG 2.2, "contrast ratio".
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

/// `share` of `a` (0 to 1) over `b`, opaque.
[[nodiscard]] QColor mixed(const QColor& a, const QColor& b, double share);

} // namespace spillway::views
