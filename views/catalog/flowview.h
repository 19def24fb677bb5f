// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/flowgraph.h"
#include "views/theme/tokens.h"

#include <QHash>
#include <QImage>
#include <QWidget>

namespace spillway::views {

/// The flow graph, painted by hand: only what is in sight, lines in one go, names where they can be read. Drag moves,
/// the wheel and + - zoom, arrows go from node to node, Return opens an event.
class FlowView final : public QWidget
{
    Q_OBJECT
public:
    explicit FlowView(QWidget* parent = nullptr);

    /// @param graph  outlives the view, or is replaced before it goes.
    void show(const FlowGraph* graph);
    /// Heavier events have thicker arrows. By event type, from 0 to 1. Where there are words at all, an event without a
    /// weight has dashed arrows: its weight is not known.
    void setWeights(QHash<QString, double> weights, QHash<QString, QString> words);
    /// Only what lies so many steps up and down of the selected node; negative: everything.
    void setSteps(int steps);
    void select(int node); ///< -1: none
    [[nodiscard]] int selected() const { return m_selected; }
    [[nodiscard]] const std::set<int>& shown() const { return m_shown; } ///< empty: all
    [[nodiscard]] QString weightWord(const QString& eventType) const { return m_words.value(eventType); }
    void showAll();
    /// What is painted now, at its full size and whole.
    [[nodiscard]] QImage image() const;
    [[nodiscard]] int paintedNodes() const { return m_paintedNodes; } ///< by the last paint: what was in sight

Q_SIGNALS:
    void selectionChanged(int node);
    void eventActivated(const QString& eventType);

protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void paintGraph(QPainter& painter, const QRectF& sight, double scale, int* painted) const;
    void paintArrows(QPainter& painter, const QRectF& sight, double scale) const;
    void paintNode(QPainter& painter, int node, double scale) const;
    [[nodiscard]] int nodeAt(const QPointF& place) const;
    void zoom(double factor, const QPointF& around);
    void filterAround();
    void bringIntoSight(int node);
    void goTo(const std::vector<int>& neighbours);
    [[nodiscard]] bool isShown(int node) const { return m_shown.empty() || m_shown.contains(node); }
    [[nodiscard]] QRectF boxOf(int node) const;

    const FlowGraph* m_graph = nullptr;
    QHash<QString, double> m_weights;
    QHash<QString, QString> m_words;
    std::set<int> m_shown;
    std::set<int> m_marked; // upstream and downstream of the selection
    int m_steps = -1;
    int m_selected = -1;
    double m_scale = 1;
    QPointF m_origin; // of the widget's corner, in the graph
    QPointF m_dragFrom;
    bool m_isDragging = false;
    bool m_isPlaced = false; // somebody moved or zoomed
    mutable int m_paintedNodes = 0;
};

} // namespace spillway::views
