// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/stackedbars.h"

#include "views/theme/fonts.h"
#include "views/theme/tokens.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <numeric>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int legendHeight = 28;
constexpr int barPitch = 28;
constexpr int barHeight = 12;

} // namespace

StackedBars::StackedBars(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StackedBars::setBars(QStringList partNames, std::vector<StackedBar> bars)
{
    m_partNames = std::move(partNames);
    m_bars = std::move(bars);
    QStringList spoken;
    for (const StackedBar& bar : m_bars)
        spoken << bar.name + u' ' + bar.totalText;
    setAccessibleName(spoken.join(u", "_s));
    updateGeometry();
    update();
}

QSize StackedBars::sizeHint() const
{
    return {640, legendHeight + barPitch * static_cast<int>(m_bars.size())};
}

void StackedBars::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    const QFont small = uiFont(TextSize::Small);
    const QFont body = uiFont();
    const QFontMetrics metrics(body);
    int nameWidth = 0;
    int totalWidth = 0;
    double longest = 0;
    for (const StackedBar& bar : m_bars) {
        nameWidth = std::max(nameWidth, metrics.horizontalAdvance(bar.name));
        totalWidth = std::max(totalWidth, static_cast<int>(tabularWidth(bar.totalText, QFontMetricsF(body))) + 2);
        longest = std::max(longest, std::accumulate(bar.parts.begin(), bar.parts.end(), 0.0));
    }
    nameWidth = std::min(nameWidth, width() / 4);
    const int left = nameWidth + 16;
    const int room = std::max(40, width() - left - totalWidth - 16);

    int x = left;
    painter.setFont(small);
    for (qsizetype i = 0; i < m_partNames.size(); ++i) {
        painter.fillRect(QRect(x, 7, 10, 10), tokens.series[static_cast<std::size_t>(i) % tokens.series.size()]);
        painter.setPen(tokens.muted);
        const int advance = QFontMetrics(small).horizontalAdvance(m_partNames[i]);
        painter.drawText(QRect(x + 16, 0, advance + 2, 24), Qt::AlignVCenter | Qt::AlignLeft, m_partNames[i]);
        x += 16 + advance + 16;
    }
    painter.setFont(body);
    for (std::size_t row = 0; row < m_bars.size(); ++row) {
        const StackedBar& bar = m_bars[row];
        const int top = legendHeight + static_cast<int>(row) * barPitch;
        painter.setPen(tokens.text);
        painter.drawText(QRect(0, top, nameWidth, barPitch), Qt::AlignVCenter | Qt::AlignLeft,
                         metrics.elidedText(bar.name, Qt::ElideMiddle, nameWidth));
        double at = left;
        for (std::size_t i = 0; i < bar.parts.size(); ++i) {
            const double length = longest > 0 ? bar.parts[i] / longest * room : 0;
            if (length <= 0)
                continue;
            // A hair of surface between parts tells them apart without a border.
            painter.fillRect(QRectF(at, top + (barPitch - barHeight) / 2.0, std::max(1.0, length - 1), barHeight),
                             tokens.series[i % tokens.series.size()]);
            at += length;
        }
        painter.setPen(tokens.text);
        drawTabular(painter, QRectF(width() - totalWidth, top, totalWidth, barPitch), bar.totalText);
    }
}

} // namespace spillway::views
