// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/sparkline.h"

#include <QPainterPath>

#include <algorithm>

namespace spillway::views {

void paintSparkline(QPainter& painter, const QRectF& rect, std::span<const std::optional<double>> values,
                    const QColor& colour)
{
    if (values.size() < 2)
        return;
    double top = 0;
    for (const std::optional<double>& value : values)
        top = std::max(top, value.value_or(0));
    const double scale = top > 0 ? (rect.height() - 2) / top : 0;
    const double step = rect.width() / static_cast<double>(values.size() - 1);
    QPainterPath path;
    bool penIsDown = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!values[i]) {
            penIsDown = false;
            continue;
        }
        const QPointF point(rect.left() + step * static_cast<double>(i), rect.bottom() - 1 - *values[i] * scale);
        if (penIsDown)
            path.lineTo(point);
        else
            path.moveTo(point);
        penIsDown = true;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    painter.restore();
}

void paintSparkBars(QPainter& painter, const QRectF& rect, std::span<const std::int64_t> counts, const QColor& colour)
{
    if (counts.empty())
        return;
    const std::int64_t top = *std::max_element(counts.begin(), counts.end());
    if (top <= 0)
        return;
    const double step = rect.width() / static_cast<double>(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] <= 0)
            continue;
        const double height = std::max(1.0, rect.height() * static_cast<double>(counts[i]) / static_cast<double>(top));
        painter.fillRect(QRectF(rect.left() + step * static_cast<double>(i), rect.bottom() - height,
                                std::max(1.0, step - 1), height),
                         colour);
    }
}

} // namespace spillway::views
