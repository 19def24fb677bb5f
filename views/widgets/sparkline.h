// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/theme/tokens.h"

#include <QPainter>
#include <QRectF>

#include <optional>
#include <span>

namespace spillway::views {

/// A line of 80×20 without axes, zero at the bottom; a missing value is a gap, never a line to zero. Fewer than two
/// values draw nothing.
void paintSparkline(QPainter& painter, const QRectF& rect, std::span<const std::optional<double>> values,
                    const QColor& colour);
/// The same as bars, for counts per bucket.
void paintSparkBars(QPainter& painter, const QRectF& rect, std::span<const std::int64_t> counts, const QColor& colour);

} // namespace spillway::views
