// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/servicecycles.h"

#include <QHash>

#include <algorithm>
#include <map>

namespace spillway {

namespace {

struct Arrow
{
    int to = 0;
    std::size_t event = 0;
};

/// Tarjan's algorithm without recursion: a chain of ten thousand services must not end the stack.
std::vector<int> componentsOf(const std::vector<std::vector<Arrow>>& graph)
{
    const int size = static_cast<int>(graph.size());
    std::vector<int> component(graph.size(), -1), index(graph.size(), -1), low(graph.size(), 0);
    std::vector<std::size_t> next(graph.size(), 0);
    std::vector<bool> isOpen(graph.size(), false);
    std::vector<int> stack, path;
    int counter = 0, components = 0;
    for (int root = 0; root < size; ++root) {
        if (index[static_cast<std::size_t>(root)] >= 0)
            continue;
        path.push_back(root);
        while (!path.empty()) {
            const int node = path.back();
            const auto n = static_cast<std::size_t>(node);
            if (index[n] < 0) {
                index[n] = low[n] = counter++;
                stack.push_back(node);
                isOpen[n] = true;
            }
            if (next[n] < graph[n].size()) {
                const auto to = static_cast<std::size_t>(graph[n][next[n]++].to);
                if (index[to] < 0)
                    path.push_back(static_cast<int>(to));
                else if (isOpen[to])
                    low[n] = std::min(low[n], index[to]);
                continue;
            }
            path.pop_back();
            if (!path.empty()) {
                const auto parent = static_cast<std::size_t>(path.back());
                low[parent] = std::min(low[parent], low[n]);
            }
            if (low[n] != index[n])
                continue;
            for (;;) {
                const int member = stack.back();
                stack.pop_back();
                isOpen[static_cast<std::size_t>(member)] = false;
                component[static_cast<std::size_t>(member)] = components;
                if (member == node)
                    break;
            }
            ++components;
        }
    }
    return component;
}

} // namespace

std::vector<ServiceCycle> serviceCycles(const std::vector<JoinedEvent>& events)
{
    QHash<QString, int> ids;
    QStringList names;
    std::vector<std::vector<Arrow>> graph;
    const auto idOf = [&](const QString& service) {
        const auto known = ids.constFind(service);
        if (known != ids.constEnd())
            return *known;
        const int id = static_cast<int>(names.size());
        ids.insert(service, id);
        names += service;
        graph.emplace_back();
        return id;
    };
    for (std::size_t at = 0; at < events.size(); ++at) {
        if (events[at].producer.service.isEmpty())
            continue;
        const int from = idOf(events[at].producer.service);
        for (const JoinedConsumer& consumer : events[at].consumers) {
            if (!consumer.service.isEmpty()) {
                const int to = idOf(consumer.service);
                graph[static_cast<std::size_t>(from)].push_back({to, at});
            }
        }
    }
    const std::vector<int> component = componentsOf(graph);
    std::map<int, ServiceCycle> cycles;
    for (std::size_t node = 0; node < graph.size(); ++node) {
        for (const Arrow& arrow : graph[node]) {
            if (component[node] != component[static_cast<std::size_t>(arrow.to)])
                continue;
            ServiceCycle& cycle = cycles.try_emplace(component[node], ServiceCycle{{}, arrow.event}).first->second;
            cycle.event = std::min(cycle.event, arrow.event);
        }
    }
    for (std::size_t node = 0; node < graph.size(); ++node) {
        if (const auto found = cycles.find(component[node]); found != cycles.end())
            found->second.services += names[static_cast<qsizetype>(node)];
    }
    std::vector<ServiceCycle> out;
    for (auto& [number, cycle] : cycles) {
        cycle.services.sort();
        out.push_back(std::move(cycle));
    }
    std::sort(out.begin(), out.end(), [](const ServiceCycle& a, const ServiceCycle& b) { return a.event < b.event; });
    return out;
}

} // namespace spillway
