// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogmodel.h"

#include <QHash>

#include <functional>
#include <set>

namespace spillway {

struct FlowNode
{
    enum class Kind { Service, Event };
    Kind kind = Kind::Event;
    QString name;
    QString domain; ///< a service's: where it publishes most, else consumes most
    QString team;   ///< empty: unknown
    int layer = 0;  ///< from 0; what a node sends to stands in a later one, circles aside
    double x = 0;   ///< centre, in units of one pixel at full size
    double y = 0;
    std::vector<int> next; ///< an event's consumers, a service's published events
    std::vector<int> previous;
};

/// Services and events, laid out in layers: what flows goes from left to right; in a layer domains stand together.
/// Immutable once made; any thread.
class FlowGraph
{
public:
    FlowGraph() = default;
    explicit FlowGraph(const std::vector<JoinedEvent>& events);

    [[nodiscard]] const std::vector<FlowNode>& nodes() const { return m_nodes; }
    [[nodiscard]] int find(FlowNode::Kind kind, const QString& name) const; ///< -1: not there
    [[nodiscard]] double width() const { return m_width; }
    [[nodiscard]] double height() const { return m_height; }

    /// Nodes up to so many steps before and after, itself included. A negative number: all of them.
    [[nodiscard]] std::set<int> around(int node, int stepsUp, int stepsDown) const;
    /// Services that feel it when this node fails: everything downstream.
    [[nodiscard]] QStringList blastRadius(int node) const;

    static constexpr double nodeWidth = 176;
    static constexpr double nodeHeight = 28;

private:
    void connect(const std::vector<JoinedEvent>& events);
    void assignLayers();
    void place();

    std::vector<FlowNode> m_nodes;
    QHash<QString, int> m_services;
    QHash<QString, int> m_events;
    double m_width = 0;
    double m_height = 0;
};

/// The graph, or the part of it in `only` (empty: all), as text for other programs. `weight` labels an event's arrows;
/// empty: none.
using FlowWeight = std::function<QString(const QString& eventType)>;
[[nodiscard]] QString flowAsDot(const FlowGraph& graph, const std::set<int>& only, const FlowWeight& weight = {});
[[nodiscard]] QString flowAsMermaid(const FlowGraph& graph, const std::set<int>& only, const FlowWeight& weight = {});
[[nodiscard]] QByteArray flowAsSvg(const FlowGraph& graph, const std::set<int>& only);

} // namespace spillway
