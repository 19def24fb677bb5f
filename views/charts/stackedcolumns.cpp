// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/stackedcolumns.h"

#include "views/theme/fonts.h"
#include "views/theme/tokens.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int legendHeight = 28;
constexpr int labelHeight = 20;
constexpr int readoutHeight = 20;
constexpr int scaleWidth = 64;
constexpr int mostTicks = 4;

double stepFor(double most)
{
    for (double power = std::pow(10.0, std::floor(std::log10(most)) - 1);; power *= 10) {
        for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
            if (most / (factor * power) <= mostTicks)
                return factor * power;
        }
    }
}

QString amountText(double amount)
{
    return QString::number(amount, 'f', amount != 0 && std::abs(amount) < 1 ? 4 : 2);
}

double totalOf(const ColumnsData& data, std::size_t column)
{
    double sum = 0;
    for (const std::vector<double>& part : data.amounts)
        sum += std::max(part[column], 0.0);
    return sum;
}

/// Behind the named parts stand others, unattributed, idle, adjustment: greys, each fainter than the one before.
QColor colourOf(const Tokens& tokens, std::size_t part)
{
    if (part < tokens.series.size())
        return tokens.series[part];
    constexpr std::array shares{1.0, 0.6, 0.35, 0.2};
    const std::size_t grey = std::min(part - tokens.series.size(), shares.size() - 1);
    return mixed(tokens.unknown, tokens.window, shares.at(grey));
}

} // namespace

StackedColumns::StackedColumns(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
}

void StackedColumns::setData(ColumnsData data)
{
    if (data == m_data)
        return;
    m_data = std::move(data);
    mark(std::nullopt);
    double all = 0;
    for (std::size_t at = 0; at < static_cast<std::size_t>(m_data.labels.size()); ++at)
        all += totalOf(m_data, at);
    setAccessibleName(m_data.labels.isEmpty()
                          ? tr("Cost by day")
                          : tr("Cost by day, %1 to %2: %3 %4")
                                .arg(m_data.labels.first(), m_data.labels.last(), amountText(all), m_data.unit));
    update();
}

QString StackedColumns::readout() const
{
    if (!m_marked || *m_marked >= m_data.labels.size())
        return {};
    const auto at = static_cast<std::size_t>(*m_marked);
    QStringList words{tr("%1: %2 %3").arg(m_data.labels[*m_marked], amountText(totalOf(m_data, at)), m_data.unit)};
    for (std::size_t part = 0; part < m_data.amounts.size(); ++part) {
        if (m_data.amounts[part][at] != 0)
            words += m_data.parts[static_cast<qsizetype>(part)] + u' ' + amountText(m_data.amounts[part][at]);
    }
    if (at < m_data.previous.size())
        words += tr("before: %1").arg(amountText(m_data.previous[at]));
    return words.join(u" · "_s);
}

void StackedColumns::mark(std::optional<int> column)
{
    if (column == m_marked)
        return;
    m_marked = column;
    setAccessibleDescription(readout());
    update();
}

QRectF StackedColumns::plotArea() const
{
    return QRectF(scaleWidth, legendHeight, std::max(40, width() - scaleWidth - 8),
                  std::max(40, height() - legendHeight - labelHeight - readoutHeight));
}

void StackedColumns::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    const QFont small = uiFont(TextSize::Small);
    painter.setFont(small);
    const QFontMetrics metrics(small);
    int x = scaleWidth;
    for (qsizetype i = 0; i < m_data.parts.size(); ++i) {
        const int room = std::max(60, (width() - scaleWidth) / static_cast<int>(m_data.parts.size()) - 32);
        const QString name = metrics.elidedText(m_data.parts[i], Qt::ElideMiddle, room);
        painter.fillRect(QRect(x, 7, 10, 10), colourOf(tokens, static_cast<std::size_t>(i)));
        painter.setPen(tokens.muted);
        const int advance = metrics.horizontalAdvance(name);
        painter.drawText(QRect(x + 16, 0, advance + 2, 24), Qt::AlignVCenter | Qt::AlignLeft, name);
        x += 16 + advance + 16;
    }
    const auto columns = static_cast<std::size_t>(m_data.labels.size());
    const QRectF plot = plotArea();
    double most = 0;
    for (std::size_t at = 0; at < columns; ++at)
        most = std::max({most, totalOf(m_data, at), at < m_data.previous.size() ? m_data.previous[at] : 0.0});
    painter.setPen(tokens.line);
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    if (columns == 0 || most <= 0)
        return;
    const double scale = (plot.height() - 4) / most;
    const double step = stepFor(most);
    for (int tick = 1; tick * step <= most; ++tick) {
        const double y = plot.bottom() - tick * step * scale;
        painter.setPen(tokens.line);
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        painter.setPen(tokens.muted);
        drawTabular(painter, QRectF(0, y - 10, scaleWidth - 8, 20), QString::number(tick * step, 'g', 4));
    }
    painter.setPen(tokens.muted);
    painter.drawText(QRectF(0, 0, scaleWidth - 8, 24), Qt::AlignVCenter | Qt::AlignRight, m_data.unit);
    const double each = plot.width() / static_cast<double>(columns);
    const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil(56 / each)));
    for (std::size_t at = 0; at < columns; ++at) {
        const double left = plot.left() + each * static_cast<double>(at);
        double base = plot.bottom();
        if (m_marked && static_cast<std::size_t>(*m_marked) == at)
            painter.fillRect(QRectF(left, plot.top(), each, plot.height()), tokens.selection);
        for (std::size_t part = 0; part < m_data.amounts.size(); ++part) {
            const double tall = std::max(m_data.amounts[part][at], 0.0) * scale;
            if (tall <= 0)
                continue;
            base -= tall;
            // A hair of surface between parts tells them apart without a border.
            painter.fillRect(QRectF(left + each * 0.12, base, each * 0.76, std::max(1.0, tall - 1)),
                             colourOf(tokens, part));
        }
        if (at % every == 0) {
            painter.setPen(tokens.muted);
            painter.drawText(QRectF(left - 28 + each / 2, plot.bottom() + 2, 56, labelHeight), Qt::AlignCenter,
                             m_data.labels[static_cast<qsizetype>(at)]);
        }
    }
    if (!m_data.previous.empty()) {
        painter.setPen(QPen(tokens.text, 1, Qt::DashLine));
        QPolygonF line;
        for (std::size_t at = 0; at < std::min(columns, m_data.previous.size()); ++at) {
            const double y = plot.bottom() - std::max(m_data.previous[at], 0.0) * scale;
            line << QPointF(plot.left() + each * static_cast<double>(at), y)
                 << QPointF(plot.left() + each * static_cast<double>(at + 1), y);
        }
        painter.drawPolyline(line);
        painter.setPen(tokens.muted);
        painter.drawText(QRectF(width() - 220, 0, 212, 24), Qt::AlignVCenter | Qt::AlignRight,
                         u"╌ "_s + m_data.previousName);
    }
    painter.setPen(tokens.text);
    painter.drawText(QRectF(plot.left(), height() - readoutHeight, plot.width(), readoutHeight),
                     Qt::AlignVCenter | Qt::AlignLeft,
                     metrics.elidedText(readout(), Qt::ElideRight, static_cast<int>(plot.width())));
    if (hasFocus()) {
        painter.setPen(tokens.accent);
        painter.drawRect(QRectF(0.5, 0.5, width() - 1, height() - 1));
    }
}

void StackedColumns::keyPressEvent(QKeyEvent* event)
{
    const int last = static_cast<int>(m_data.labels.size()) - 1;
    if (last < 0)
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left:
        return mark(std::max(0, m_marked.value_or(last + 1) - 1));
    case Qt::Key_Right:
        return mark(std::min(last, m_marked.value_or(-1) + 1));
    default:
        QWidget::keyPressEvent(event);
    }
}

void StackedColumns::mouseMoveEvent(QMouseEvent* event)
{
    const QRectF plot = plotArea();
    const auto columns = static_cast<int>(m_data.labels.size());
    const double at = (event->position().x() - plot.left()) / plot.width() * columns;
    mark(at >= 0 && at < columns ? std::optional(static_cast<int>(at)) : std::nullopt);
}

void StackedColumns::leaveEvent(QEvent* /*event*/)
{
    mark(std::nullopt);
}

} // namespace spillway::views
