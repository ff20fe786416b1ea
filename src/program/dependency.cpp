// SPDX-License-Identifier: Apache-2.0
#include "dependency.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include <algorithm>

namespace earlysight {
namespace {

using graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

// The shortest way from `start` back to itself inside its component.
std::vector<std::int32_t> way_round(const graph& g, std::int32_t start, const std::vector<int>& component) {
  std::vector<std::int32_t> from(boost::num_vertices(g), -1), queue{start};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const auto [first, last] = boost::out_edges(static_cast<graph::vertex_descriptor>(queue[i]), g);
    for (auto e = first; e != last; ++e) {
      const auto to = static_cast<std::int32_t>(boost::target(*e, g));
      if (to == start) {
        std::vector<std::int32_t> way;
        for (auto v = queue[i]; v != start; v = from[static_cast<std::size_t>(v)]) way.push_back(v);
        way.push_back(start);
        std::reverse(way.begin(), way.end());
        return way;
      }
      if (component[static_cast<std::size_t>(to)] != component[static_cast<std::size_t>(start)] || from[static_cast<std::size_t>(to)] >= 0) continue;
      from[static_cast<std::size_t>(to)] = queue[i];
      queue.push_back(to);
    }
  }
  return {};
}

}  // namespace

dependency_order order_dependencies(std::int32_t count, const std::vector<std::pair<std::int32_t, std::int32_t>>& edges) {
  const auto n = static_cast<std::size_t>(count);
  graph g(n);
  std::vector<bool> needs_itself(n);
  for (auto [a, b] : edges) {
    boost::add_edge(static_cast<std::size_t>(a), static_cast<std::size_t>(b), g);
    if (a == b) needs_itself[static_cast<std::size_t>(a)] = true;
  }
  std::vector<int> component(n);
  boost::strong_components(g, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, g)));

  dependency_order out;
  out.order.resize(n);
  for (std::int32_t i = 0; i < count; ++i) out.order[static_cast<std::size_t>(i)] = i;
  // Components are numbered in the order in which they are finished: what is needed comes first.
  std::stable_sort(out.order.begin(), out.order.end(),
                   [&](std::int32_t a, std::int32_t b) { return component[static_cast<std::size_t>(a)] < component[static_cast<std::size_t>(b)]; });

  std::vector<int> size(n);
  for (auto c : component) ++size[static_cast<std::size_t>(c)];
  std::vector<bool> said(n);
  for (std::int32_t i = 0; i < count; ++i) {
    const auto v = static_cast<std::size_t>(i);
    const auto c = static_cast<std::size_t>(component[v]);
    if (said[c] || (size[c] == 1 && !needs_itself[v])) continue;
    said[c] = true;
    out.cycles.push_back(way_round(g, i, component));
  }
  return out;
}

}  // namespace earlysight
