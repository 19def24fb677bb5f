// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/flowgraph.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double columnStep = 248;
constexpr double rowStep = 40;
constexpr double domainGap = 24;
constexpr double margin = 24;

std::size_t at(int node)
{
    return static_cast<std::size_t>(node);
}

} // namespace

FlowGraph::FlowGraph(const std::vector<JoinedEvent>& events)
{
    connect(events);
    assignLayers();
    place();
}

int FlowGraph::find(FlowNode::Kind kind, const QString& name) const
{
    return (kind == FlowNode::Kind::Event ? m_events : m_services).value(name, -1);
}

void FlowGraph::connect(const std::vector<JoinedEvent>& events)
{
    std::map<int, std::map<QString, int>> domains;
    const auto service = [&](const QString& name, const QString& team, const QString& domain, int weight) {
        const auto known = m_services.constFind(name);
        const int node = known != m_services.constEnd() ? *known : static_cast<int>(m_nodes.size());
        if (known == m_services.constEnd()) {
            m_services.insert(name, node);
            m_nodes.push_back({.kind = FlowNode::Kind::Service, .name = name, .domain = {}, .team = team});
        }
        domains[node][domain] += weight;
        return node;
    };
    const auto link = [this](int from, int to) {
        m_nodes[at(from)].next.push_back(to);
        m_nodes[at(to)].previous.push_back(from);
    };
    for (const JoinedEvent& event : events) {
        const int node = static_cast<int>(m_nodes.size());
        m_events.insert(event.eventType, node);
        m_nodes.push_back({.kind = FlowNode::Kind::Event,
                           .name = event.eventType,
                           .domain = event.domain,
                           .team = event.producer.team});
        constexpr int publishing = 1000; // outweighs any number of consumptions
        if (!event.producer.service.isEmpty())
            link(service(event.producer.service, event.producer.team, event.domain, publishing), node);
        for (const JoinedConsumer& consumer : event.consumers) {
            if (!consumer.service.isEmpty())
                link(node, service(consumer.service, consumer.team, event.domain, 1));
        }
    }
    for (auto& [node, counts] : domains)
        m_nodes[at(node)].domain = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
                                       return a.second < b.second;
                                   })->first;
}

/// Longest path from the sources over the arrows that close no circle.
void FlowGraph::assignLayers()
{
    enum class Seen { No, Open, Done };
    std::vector<Seen> seen(m_nodes.size(), Seen::No);
    std::vector<std::size_t> next(m_nodes.size(), 0);
    std::vector<std::set<int>> back(m_nodes.size()); // arrows that close a circle
    std::vector<int> order;                          // children before parents
    std::vector<int> roots;
    for (int pass = 0; pass < 2; ++pass) { // sources first, then what only circles reach
        for (int node = 0; node < static_cast<int>(m_nodes.size()); ++node) {
            if (m_nodes[at(node)].previous.empty() == (pass == 0))
                roots.push_back(node);
        }
    }
    std::vector<int> path;
    for (const int root : roots) {
        if (seen[at(root)] != Seen::No)
            continue;
        path.push_back(root);
        seen[at(root)] = Seen::Open;
        while (!path.empty()) {
            const int node = path.back();
            if (next[at(node)] == m_nodes[at(node)].next.size()) {
                seen[at(node)] = Seen::Done;
                order.push_back(node);
                path.pop_back();
                continue;
            }
            const int child = m_nodes[at(node)].next[next[at(node)]++];
            if (seen[at(child)] == Seen::Open)
                back[at(node)].insert(child);
            else if (seen[at(child)] == Seen::No) {
                seen[at(child)] = Seen::Open;
                path.push_back(child);
            }
        }
    }
    for (auto node = order.rbegin(); node != order.rend(); ++node) {
        for (const int child : m_nodes[at(*node)].next) {
            if (!back[at(*node)].contains(child))
                m_nodes[at(child)].layer = std::max(m_nodes[at(child)].layer, m_nodes[at(*node)].layer + 1);
        }
    }
}

/// In each layer by domain, then near the neighbours in the layers before.
void FlowGraph::place()
{
    std::map<int, std::vector<int>> layers;
    for (int node = 0; node < static_cast<int>(m_nodes.size()); ++node)
        layers[m_nodes[at(node)].layer].push_back(node);
    std::vector<double> pull(m_nodes.size(), 0);
    for (auto& [layer, members] : layers) {
        for (const int node : members) {
            double sum = 0;
            int neighbours = 0;
            for (const int previous : m_nodes[at(node)].previous) {
                if (m_nodes[at(previous)].layer < layer) {
                    sum += m_nodes[at(previous)].y;
                    ++neighbours;
                }
            }
            pull[at(node)] = neighbours > 0 ? sum / neighbours : 0;
        }
        std::map<QString, std::pair<double, int>> domainPull;
        for (const int node : members) {
            auto& [sum, count] = domainPull[m_nodes[at(node)].domain];
            sum += pull[at(node)];
            ++count;
        }
        const auto key = [&](int node) {
            const auto& [sum, count] = domainPull[m_nodes[at(node)].domain];
            return std::tuple(sum / count, m_nodes[at(node)].domain, pull[at(node)], m_nodes[at(node)].name);
        };
        std::sort(members.begin(), members.end(), [&](int a, int b) { return key(a) < key(b); });
        double y = margin + nodeHeight / 2;
        QString domain;
        for (std::size_t i = 0; i < members.size(); ++i) {
            FlowNode& node = m_nodes[at(members[i])];
            if (i > 0 && node.domain != domain)
                y += domainGap;
            domain = node.domain;
            node.x = margin + nodeWidth / 2 + layer * columnStep;
            node.y = y;
            y += rowStep;
        }
        m_height = std::max(m_height, y - rowStep + nodeHeight / 2 + margin);
        m_width = std::max(m_width, margin * 2 + nodeWidth + layer * columnStep);
    }
}

std::set<int> FlowGraph::around(int node, int stepsUp, int stepsDown) const
{
    std::set<int> found;
    if (node < 0 || node >= static_cast<int>(m_nodes.size()))
        return found;
    const auto walk = [&](int steps, auto neighbours) {
        std::set<int> seen{node};
        std::vector<int> edge{node};
        for (int step = 0; !edge.empty() && (steps < 0 || step < steps); ++step) {
            std::vector<int> further;
            for (const int from : edge) {
                for (const int to : neighbours(m_nodes[at(from)])) {
                    if (seen.insert(to).second)
                        further.push_back(to);
                }
            }
            edge = std::move(further);
        }
        found.insert(seen.begin(), seen.end());
    };
    walk(stepsUp, [](const FlowNode& n) { return n.previous; });
    walk(stepsDown, [](const FlowNode& n) { return n.next; });
    return found;
}

QStringList FlowGraph::blastRadius(int node) const
{
    QStringList services;
    for (const int reached : around(node, 0, -1)) {
        if (reached != node && m_nodes[at(reached)].kind == FlowNode::Kind::Service)
            services += m_nodes[at(reached)].name;
    }
    services.sort();
    return services;
}

namespace {

bool isShown(const std::set<int>& only, int node)
{
    return only.empty() || only.contains(node);
}

QString dotQuoted(const QString& text)
{
    return u'"' + QString(text).replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s).remove(u'\n') + u'"';
}

QString mermaidQuoted(const QString& text)
{
    return u'"' + QString(text).replace(u'"', u"#quot;"_s).remove(u'\n') + u'"';
}

QString weightOf(const FlowGraph& graph, int from, int to, const FlowWeight& weight)
{
    if (!weight)
        return {};
    const FlowNode& a = graph.nodes()[at(from)];
    return weight(a.kind == FlowNode::Kind::Event ? a.name : graph.nodes()[at(to)].name);
}

} // namespace

QString flowAsDot(const FlowGraph& graph, const std::set<int>& only, const FlowWeight& weight)
{
    std::map<QString, std::vector<int>> domains;
    for (int node = 0; node < static_cast<int>(graph.nodes().size()); ++node) {
        if (isShown(only, node))
            domains[graph.nodes()[at(node)].domain].push_back(node);
    }
    QString out = u"digraph flow {\n  rankdir=LR;\n"_s;
    int cluster = 0;
    for (const auto& [domain, members] : domains) {
        out += u"  subgraph cluster_%1 {\n    label=%2;\n"_s.arg(cluster++).arg(dotQuoted(domain));
        for (const int node : members) {
            const FlowNode& n = graph.nodes()[at(node)];
            out += u"    n%1 [label=%2, shape=%3];\n"_s.arg(node).arg(
                dotQuoted(n.name), n.kind == FlowNode::Kind::Event ? u"ellipse"_s : u"box"_s);
        }
        out += u"  }\n"_s;
    }
    for (int node = 0; node < static_cast<int>(graph.nodes().size()); ++node) {
        for (const int to : graph.nodes()[at(node)].next) {
            if (!isShown(only, node) || !isShown(only, to))
                continue;
            const QString label = weightOf(graph, node, to, weight);
            out += u"  n%1 -> n%2%3;\n"_s.arg(node).arg(to).arg(
                label.isEmpty() ? QString() : u" [label=%1]"_s.arg(dotQuoted(label)));
        }
    }
    return out + u"}\n"_s;
}

QString flowAsMermaid(const FlowGraph& graph, const std::set<int>& only, const FlowWeight& weight)
{
    std::map<QString, std::vector<int>> domains;
    for (int node = 0; node < static_cast<int>(graph.nodes().size()); ++node) {
        if (isShown(only, node))
            domains[graph.nodes()[at(node)].domain].push_back(node);
    }
    QString out = u"flowchart LR\n"_s;
    int cluster = 0;
    for (const auto& [domain, members] : domains) {
        out += u"  subgraph d%1[%2]\n"_s.arg(cluster++).arg(mermaidQuoted(domain));
        for (const int node : members) {
            const FlowNode& n = graph.nodes()[at(node)];
            const bool isEvent = n.kind == FlowNode::Kind::Event;
            out += u"    n%1%2%3%4\n"_s.arg(node).arg(isEvent ? u"(["_s : u"["_s, mermaidQuoted(n.name),
                                                      isEvent ? u"])"_s : u"]"_s);
        }
        out += u"  end\n"_s;
    }
    for (int node = 0; node < static_cast<int>(graph.nodes().size()); ++node) {
        for (const int to : graph.nodes()[at(node)].next) {
            if (!isShown(only, node) || !isShown(only, to))
                continue;
            const QString label = weightOf(graph, node, to, weight);
            out += u"  n%1 -->%3 n%2\n"_s.arg(node).arg(to).arg(label.isEmpty() ? QString()
                                                                                : u"|%1|"_s.arg(mermaidQuoted(label)));
        }
    }
    return out;
}

QByteArray flowAsSvg(const FlowGraph& graph, const std::set<int>& only)
{
    QString out = u"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1 %2\" font-family=\"sans-serif\" "
                  "font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>\n"_s.arg(graph.width())
                      .arg(graph.height());
    constexpr double half = FlowGraph::nodeWidth / 2;
    for (int node = 0; node < static_cast<int>(graph.nodes().size()); ++node) {
        const FlowNode& from = graph.nodes()[at(node)];
        for (const int to : from.next) {
            const FlowNode& n = graph.nodes()[at(to)];
            if (isShown(only, node) && isShown(only, to))
                out += u"<path d=\"M%1 %2C%3 %2 %4 %5 %6 %5\" fill=\"none\" stroke=\"#566273\"/>\n"_s.arg(from.x + half)
                           .arg(from.y)
                           .arg(from.x + half + 32)
                           .arg(n.x - half - 32)
                           .arg(n.y)
                           .arg(n.x - half);
        }
    }
    for (int node = 0; node < static_cast<int>(graph.nodes().size()); ++node) {
        const FlowNode& n = graph.nodes()[at(node)];
        if (!isShown(only, node))
            continue;
        const bool isEvent = n.kind == FlowNode::Kind::Event;
        out += u"<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" rx=\"%5\" fill=\"%6\" stroke=\"#566273\"/>\n"_s
                   .arg(n.x - half)
                   .arg(n.y - FlowGraph::nodeHeight / 2)
                   .arg(FlowGraph::nodeWidth)
                   .arg(FlowGraph::nodeHeight)
                   .arg(isEvent ? FlowGraph::nodeHeight / 2 : 2)
                   .arg(isEvent ? u"#DCE9F9"_s : u"#F6F7F9"_s);
        out +=
            u"<text x=\"%1\" y=\"%2\" text-anchor=\"middle\" fill=\"#1B2430\">%3</text>\n"_s.arg(n.x).arg(n.y + 4).arg(
                n.name.toHtmlEscaped());
    }
    return (out + u"</svg>\n"_s).toUtf8();
}

} // namespace spillway
