// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QPainter>
#include <QRect>
#include <QString>

namespace spillway::views {

/// The four sizes, in pixels, and no others.
enum class TextSize { Small = 11, Body = 13, Title = 16, Display = 22 };

/// The system's font, or Inter where the system has only a fallback. `strong` is weight 600: what is read first.
[[nodiscard]] QFont uiFont(TextSize size = TextSize::Body, bool strong = false);
/// For payloads and ids.
[[nodiscard]] QFont monoFont(TextSize size = TextSize::Body);

/// Width of `text` when every digit takes the width of the widest one.
[[nodiscard]] qreal tabularWidth(const QString& text, const QFontMetricsF& metrics);
/// Draws `text` right-aligned and vertically centred with digits of equal width, so that columns of numbers line up.
/// The font engine's own tabular figures cannot be asked for before Qt 6.7.
void drawTabular(QPainter& painter, const QRectF& rect, const QString& text);

} // namespace spillway::views
