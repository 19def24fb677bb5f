// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/flowview.h"

#include "model/base/text.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include <algorithm>
#include <array>
#include <cmath>

namespace spillway::views {

namespace {

constexpr double smallest = 0.0005;
constexpr double largest = 3;
constexpr double readable = 0.5; // below, a name is a smear

std::size_t at(int node)
{
    return static_cast<std::size_t>(node);
}

} // namespace

FlowView::FlowView(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("flowView"));
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(320, 200);
    setAccessibleName(tr("Flow of events between services"));
}

void FlowView::show(const FlowGraph* graph)
{
    const bool isFirst = m_graph == nullptr;
    m_graph = graph;
    if (m_graph == nullptr || m_selected >= static_cast<int>(m_graph->nodes().size()))
        m_selected = -1;
    filterAround();
    if (isFirst || !m_isPlaced)
        showAll();
    update();
}

void FlowView::setWeights(QHash<QString, double> weights, QHash<QString, QString> words)
{
    m_weights = std::move(weights);
    m_words = std::move(words);
    update();
}

void FlowView::setSteps(int steps)
{
    m_steps = steps;
    filterAround();
    update();
}

void FlowView::select(int node)
{
    if (node == m_selected)
        return;
    m_selected = node;
    filterAround();
    if (node >= 0 && m_graph != nullptr) {
        bringIntoSight(node);
        const FlowNode& n = m_graph->nodes()[at(node)];
        setAccessibleDescription(tr("%1, %2 services depend on it").arg(n.name).arg(m_graph->blastRadius(node).size()));
    }
    Q_EMIT selectionChanged(node);
    update();
}

void FlowView::filterAround()
{
    m_shown.clear();
    m_marked.clear();
    if (m_graph == nullptr || m_selected < 0)
        return;
    m_marked = m_graph->around(m_selected, m_steps, m_steps);
    if (m_steps >= 0)
        m_shown = m_marked;
}

void FlowView::showAll()
{
    if (m_graph == nullptr || m_graph->width() <= 0 || width() <= 0)
        return;
    m_scale = std::clamp(std::min(width() / m_graph->width(), height() / m_graph->height()), smallest, 1.0);
    m_origin = {};
    m_isPlaced = false;
    update();
}

QRectF FlowView::boxOf(int node) const
{
    const FlowNode& n = m_graph->nodes()[at(node)];
    return {n.x - FlowGraph::nodeWidth / 2, n.y - FlowGraph::nodeHeight / 2, FlowGraph::nodeWidth,
            FlowGraph::nodeHeight};
}

void FlowView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), tokensFor(palette()).surface);
    if (m_graph == nullptr)
        return;
    painter.scale(m_scale, m_scale);
    painter.translate(-m_origin);
    m_paintedNodes = 0;
    paintGraph(painter, {m_origin, QSizeF(width() / m_scale, height() / m_scale)}, m_scale, &m_paintedNodes);
    if (hasFocus()) {
        painter.resetTransform();
        painter.setPen(tokensFor(palette()).accent);
        painter.setBrush(Qt::NoBrush); // the last node's would cover the graph
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

QImage FlowView::image() const
{
    if (m_graph == nullptr || m_graph->width() <= 0)
        return {};
    constexpr double mostPixels = 32'000; // of a side: what image formats take
    const double scale = std::min(1.0, mostPixels / std::max(m_graph->width(), m_graph->height()));
    QImage image(QSizeF(m_graph->width() * scale, m_graph->height() * scale).toSize(), QImage::Format_RGB32);
    if (image.isNull())
        return {};
    image.fill(tokensFor(palette()).surface);
    QPainter painter(&image);
    painter.setFont(font());
    painter.scale(scale, scale);
    int painted = 0;
    paintGraph(painter, {0, 0, m_graph->width(), m_graph->height()}, scale, &painted);
    return image;
}

void FlowView::paintGraph(QPainter& painter, const QRectF& sight, double scale, int* painted) const
{
    painter.setRenderHint(QPainter::Antialiasing, scale >= readable);
    paintArrows(painter, sight, scale);
    for (int node = 0; node < static_cast<int>(m_graph->nodes().size()); ++node) {
        if (isShown(node) && boxOf(node).intersects(sight)) {
            paintNode(painter, node, scale);
            ++*painted;
        }
    }
}

/// Arrows of a kind go out in one call: thousands of small calls are what makes a graph slow.
void FlowView::paintArrows(QPainter& painter, const QRectF& sight, double scale) const
{
    const Tokens& tokens = tokensFor(palette());
    constexpr std::array<double, 3> widths{1, 2.5, 5}; // light, heavy, heaviest
    std::array<QList<QLineF>, 3> plain;
    QList<QLineF> unknown;
    QList<QLineF> marked;
    const double half = FlowGraph::nodeWidth / 2;
    for (int node = 0; node < static_cast<int>(m_graph->nodes().size()); ++node) {
        const FlowNode& from = m_graph->nodes()[at(node)];
        for (const int to : from.next) {
            const FlowNode& n = m_graph->nodes()[at(to)];
            const QLineF line(from.x + half, from.y, n.x - half, n.y);
            const QRectF box = QRectF(line.p1(), line.p2()).normalized().adjusted(-1, -1, 1, 1);
            if (!isShown(node) || !isShown(to) || !box.intersects(sight))
                continue;
            const QString& event = from.kind == FlowNode::Kind::Event ? from.name : n.name;
            if (m_marked.contains(node) && m_marked.contains(to))
                marked.push_back(line);
            if (!m_words.isEmpty() && !m_weights.contains(event)) {
                unknown.push_back(line); // not known is not light
                continue;
            }
            const double weight = m_weights.value(event, 0);
            plain[weight > 0.66 ? 2 : weight > 0.2 ? 1 : 0].push_back(line);
        }
    }
    for (std::size_t i = 0; i < plain.size(); ++i) {
        painter.setPen(QPen(i == 0 ? tokens.line : tokens.warning, widths[i] / std::max(scale, readable)));
        painter.drawLines(plain[i]);
    }
    painter.setPen(QPen(tokens.muted, 1 / std::max(scale, readable), Qt::DashLine));
    painter.drawLines(unknown);
    painter.setPen(QPen(tokens.accent, 1.5 / std::max(scale, readable)));
    painter.drawLines(marked);
}

void FlowView::paintNode(QPainter& painter, int node, double scale) const
{
    const Tokens& tokens = tokensFor(palette());
    const FlowNode& n = m_graph->nodes()[at(node)];
    const QRectF box = boxOf(node);
    const bool isEvent = n.kind == FlowNode::Kind::Event;
    const bool isSelected = node == m_selected;
    painter.setPen(QPen(isSelected                ? tokens.accent
                        : m_marked.contains(node) ? tokens.accent
                                                  : tokens.muted,
                        isSelected ? 2.5 : 1));
    painter.setBrush(isSelected ? tokens.selection : isEvent ? tokens.window : tokens.surface);
    if (scale < readable) {
        painter.drawRect(box);
        return;
    }
    const double round = isEvent ? FlowGraph::nodeHeight / 2 : 2;
    painter.drawRoundedRect(box, round, round);
    painter.setPen(tokens.text);
    const QFontMetricsF metrics(painter.font());
    painter.drawText(box.adjusted(8, 0, -8, 0), Qt::AlignCenter | Qt::TextSingleLine,
                     metrics.elidedText(visibleText(n.name), Qt::ElideMiddle, box.width() - 16));
    const QString word = isEvent ? m_words.value(n.name) : QString();
    if (!word.isEmpty()) {
        painter.setPen(tokens.muted);
        painter.drawText(QPointF(box.left() + 8, box.bottom() + 11), word);
    }
}

int FlowView::nodeAt(const QPointF& place) const
{
    if (m_graph == nullptr)
        return -1;
    const QPointF point = place / m_scale + m_origin;
    for (int node = 0; node < static_cast<int>(m_graph->nodes().size()); ++node) {
        if (isShown(node) && boxOf(node).contains(point))
            return node;
    }
    return -1;
}

void FlowView::zoom(double factor, const QPointF& around)
{
    const QPointF fixed = around / m_scale + m_origin;
    m_scale = std::clamp(m_scale * factor, smallest, largest);
    m_origin = fixed - around / m_scale;
    m_isPlaced = true;
    update();
}

void FlowView::bringIntoSight(int node)
{
    const QRectF sight(m_origin, QSizeF(width() / m_scale, height() / m_scale));
    if (sight.contains(boxOf(node)))
        return;
    m_origin = boxOf(node).center() - QPointF(width(), height()) / (2 * m_scale);
    m_isPlaced = true;
}

void FlowView::wheelEvent(QWheelEvent* event)
{
    constexpr double perNotch = 480;
    zoom(std::pow(2.0, event->angleDelta().y() / perNotch), event->position());
    event->accept();
}

void FlowView::mousePressEvent(QMouseEvent* event)
{
    m_dragFrom = event->position();
    m_isDragging = false;
}

void FlowView::mouseMoveEvent(QMouseEvent* event)
{
    constexpr double slack = 4;
    if (!event->buttons().testFlag(Qt::LeftButton))
        return;
    if (!m_isDragging && (event->position() - m_dragFrom).manhattanLength() < slack)
        return;
    m_isDragging = true;
    m_isPlaced = true;
    m_origin -= (event->position() - m_dragFrom) / m_scale;
    m_dragFrom = event->position();
    update();
}

void FlowView::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_isDragging)
        select(nodeAt(event->position()));
    m_isDragging = false;
}

void FlowView::mouseDoubleClickEvent(QMouseEvent* event)
{
    const int node = nodeAt(event->position());
    if (node >= 0 && m_graph->nodes()[at(node)].kind == FlowNode::Kind::Event)
        Q_EMIT eventActivated(m_graph->nodes()[at(node)].name);
}

void FlowView::goTo(const std::vector<int>& neighbours)
{
    for (const int node : neighbours) {
        if (isShown(node)) {
            select(node);
            return;
        }
    }
}

void FlowView::keyPressEvent(QKeyEvent* event)
{
    constexpr double keyStep = 1.25;
    if (m_graph == nullptr || m_graph->nodes().empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const QPointF centre(width() / 2.0, height() / 2.0);
    const bool hasNode = m_selected >= 0;
    switch (event->key()) {
    case Qt::Key_Plus:
        zoom(keyStep, centre);
        return;
    case Qt::Key_Minus:
        zoom(1 / keyStep, centre);
        return;
    case Qt::Key_0:
        showAll();
        return;
    case Qt::Key_Right:
        hasNode ? goTo(m_graph->nodes()[at(m_selected)].next) : select(0);
        return;
    case Qt::Key_Left:
        hasNode ? goTo(m_graph->nodes()[at(m_selected)].previous) : select(0);
        return;
    case Qt::Key_Down:
    case Qt::Key_Up: {
        const int size = static_cast<int>(m_graph->nodes().size());
        const int step = event->key() == Qt::Key_Down ? 1 : -1;
        for (int node = m_selected + step; node >= 0 && node < size; node += step) {
            if (isShown(node)) {
                select(node);
                break;
            }
        }
        return;
    }
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (hasNode && m_graph->nodes()[at(m_selected)].kind == FlowNode::Kind::Event)
            Q_EMIT eventActivated(m_graph->nodes()[at(m_selected)].name);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void FlowView::resizeEvent(QResizeEvent*)
{
    if (!m_isPlaced)
        showAll();
}

} // namespace spillway::views
