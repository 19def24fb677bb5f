// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/flowgraph.h"

#include <QTest>
#include <QXmlStreamReader>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

JoinedEvent made(const QString& type, const QString& service, const QStringList& consumers)
{
    JoinedEvent event;
    event.eventType = type;
    event.domain = type.section(u'.', 0, 0);
    event.producer = {.team = {}, .service = service, .slackChannel = {}, .oncallRotation = {}};
    for (const QString& consumer : consumers) {
        JoinedConsumer entry;
        entry.service = consumer;
        event.consumers.push_back(entry);
    }
    return event;
}

/// shop -> order.created -> pay, stock; pay -> payment.done -> shop (a circle), mail
std::vector<JoinedEvent> company()
{
    return {made(u"order.created"_s, u"shop"_s, {u"pay"_s, u"stock"_s}),
            made(u"payment.done"_s, u"pay"_s, {u"shop"_s, u"mail <&\">"_s})};
}

} // namespace

class FlowGraphTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatFlowsGoesRight();
    void neighbourhoods();
    void nodesDoNotCover();
    void exports();
    void aLongChainIsNoDeepRecursion();
};

void FlowGraphTest::whatFlowsGoesRight()
{
    const FlowGraph graph(company());
    QCOMPARE(graph.nodes().size(), std::size_t{6});
    int back = 0;
    for (const FlowNode& node : graph.nodes()) {
        for (const int next : node.next)
            back += graph.nodes()[static_cast<std::size_t>(next)].x <= node.x ? 1 : 0;
    }
    QCOMPARE(back, 1); // what closes the circle
    QCOMPARE(graph.nodes()[static_cast<std::size_t>(graph.find(FlowNode::Kind::Service, u"pay"_s))].domain,
             u"payment"_s);
    QCOMPARE(graph.find(FlowNode::Kind::Event, u"pay"_s), -1);
}

void FlowGraphTest::neighbourhoods()
{
    const FlowGraph graph(company());
    const int created = graph.find(FlowNode::Kind::Event, u"order.created"_s);
    QCOMPARE(graph.around(created, 0, 0), std::set<int>{created});
    QCOMPARE(graph.around(created, 0, 1).size(), std::size_t{3});
    QCOMPARE(graph.around(created, 1, 0).size(), std::size_t{2});
    QCOMPARE(graph.around(created, 0, -1).size(), std::size_t{6});
    QCOMPARE(graph.around(-1, 1, 1).size(), std::size_t{0});
    QCOMPARE(graph.blastRadius(graph.find(FlowNode::Kind::Event, u"payment.done"_s)),
             (QStringList{u"mail <&\">"_s, u"pay"_s, u"shop"_s, u"stock"_s}));
    QCOMPARE(graph.blastRadius(graph.find(FlowNode::Kind::Service, u"stock"_s)), QStringList());
}

void FlowGraphTest::nodesDoNotCover()
{
    std::vector<JoinedEvent> events;
    for (int i = 0; i < 300; ++i)
        events.push_back(made(u"d%1.e%2"_s.arg(i % 7).arg(i), u"s%1"_s.arg(i % 40), {u"s%1"_s.arg((i * 7 + 3) % 40)}));
    const FlowGraph graph(events);
    const auto& nodes = graph.nodes();
    for (std::size_t a = 0; a < nodes.size(); ++a) {
        for (std::size_t b = a + 1; b < nodes.size(); ++b)
            QVERIFY(std::abs(nodes[a].x - nodes[b].x) >= FlowGraph::nodeWidth ||
                    std::abs(nodes[a].y - nodes[b].y) >= FlowGraph::nodeHeight);
        QVERIFY(nodes[a].x > 0 && nodes[a].x < graph.width() && nodes[a].y > 0 && nodes[a].y < graph.height());
    }
}

void FlowGraphTest::exports()
{
    const FlowGraph graph(company());
    const auto weight = [](const QString& event) { return event == u"order.created" ? u"7"_s : QString(); };
    const QString dot = flowAsDot(graph, {}, weight);
    QCOMPARE(dot.count(u"->"_s), 6);
    QCOMPARE(dot.count(u"label=\"7\""_s), 3);
    QVERIFY2(dot.contains(u"label=\"mail <&\\\">\""_s), qPrintable(dot));
    const QString mermaid = flowAsMermaid(graph, {}, weight);
    QVERIFY(mermaid.startsWith(u"flowchart LR\n"_s));
    QCOMPARE(mermaid.count(u"-->"_s), 6);
    QVERIFY2(mermaid.contains(u"#quot;"_s), qPrintable(mermaid));
    const int stock = graph.find(FlowNode::Kind::Service, u"stock"_s);
    QCOMPARE(flowAsDot(graph, graph.around(stock, 1, 0)).count(u"->"_s), 1);
    QXmlStreamReader xml(flowAsSvg(graph, {}));
    int boxes = 0, arrows = 0;
    while (!xml.atEnd()) {
        if (xml.readNext() == QXmlStreamReader::StartElement) {
            boxes += xml.name() == u"text" ? 1 : 0;
            arrows += xml.name() == u"path" ? 1 : 0;
        }
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QCOMPARE(boxes, 6);
    QCOMPARE(arrows, 6);
}

void FlowGraphTest::aLongChainIsNoDeepRecursion()
{
    std::vector<JoinedEvent> events;
    for (int i = 0; i < 50'000; ++i)
        events.push_back(made(u"d.e%1"_s.arg(i), u"s%1"_s.arg(i), {u"s%1"_s.arg(i + 1)}));
    const FlowGraph graph(events);
    QCOMPARE(graph.blastRadius(graph.find(FlowNode::Kind::Service, u"s0"_s)).size(), 50'000);
}

QTEST_GUILESS_MAIN(FlowGraphTest)
#include "tst_flowgraph.moc"
