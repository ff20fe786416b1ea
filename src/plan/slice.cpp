// SPDX-License-Identifier: Apache-2.0
#include <earlysight/plan/slice.hpp>

namespace earlysight {
namespace {

// What is part of the slice, found from the wanted nodes down.
class closure {
 public:
  explicit closure(const plan& whole) : whole_(whole), nodes(whole.nodes.size()), spaces(whole.spaces.size()), frames(whole.frames.size()) { spaces[0] = true; }

  void add(plan_node_id id) {
    if (id >= 0) todo_.push_back(id);
    while (!todo_.empty()) {
      const auto at = static_cast<std::size_t>(todo_.back());
      todo_.pop_back();
      if (nodes[at]) continue;
      nodes[at] = true;
      const auto& n = whole_.nodes[at];
      todo_.insert(todo_.end(), n.inputs.begin(), n.inputs.end());
      add_space(n.space);
      add_frame(n.frame);
    }
  }

 private:
  const plan& whole_;
  std::vector<plan_node_id> todo_;

 public:
  std::vector<bool> nodes, spaces, frames;

 private:
  void add_space(space_id id) {
    if (spaces[static_cast<std::size_t>(id)]) return;
    spaces[static_cast<std::size_t>(id)] = true;
    add_frame(whole_.spaces[static_cast<std::size_t>(id)].frame);
  }

  void add_frame(std::int32_t index) {
    if (index < 0 || frames[static_cast<std::size_t>(index)]) return;
    frames[static_cast<std::size_t>(index)] = true;
    const auto& f = whole_.frames[static_cast<std::size_t>(index)];
    for (auto space : {f.parent, f.elements, f.segments}) add_space(space);
    for (auto id : {f.first_day, f.last_day, f.chosen, f.asked, f.output, whole_.table_known[static_cast<std::size_t>(f.table)]})
      if (id >= 0) todo_.push_back(id);
  }
};

// The numbers of those that stay, in their order; -1 for the others.
std::vector<std::int32_t> numbered(const std::vector<bool>& stays) {
  std::vector<std::int32_t> out(stays.size(), -1);
  std::int32_t next = 0;
  for (std::size_t i = 0; i < stays.size(); ++i)
    if (stays[i]) out[i] = next++;
  return out;
}

}  // namespace

plan_slice slice(const plan& whole, std::span<const plan_node_id> wanted) {
  closure all(whole);
  for (auto id : wanted) all.add(id);
  plan_slice out;
  out.place_of = numbered(all.nodes);
  const auto spaces = numbered(all.spaces), frames = numbered(all.frames);
  auto place = [&](plan_node_id id) { return id < 0 ? id : out.place_of[static_cast<std::size_t>(id)]; };
  auto number = [](const std::vector<std::int32_t>& of, std::int32_t id) { return id < 0 ? id : of[static_cast<std::size_t>(id)]; };
  auto& p = out.part;
  p.program = whole.program;
  p.as_of = whole.as_of;
  p.params = whole.params;
  p.texts = whole.texts;
  for (std::size_t i = 0; i < whole.nodes.size(); ++i) {
    if (!all.nodes[i]) continue;
    auto n = whole.nodes[i];
    for (auto& input : n.inputs) input = place(input);
    n.space = number(spaces, n.space);
    n.frame = number(frames, n.frame);
    p.nodes.push_back(std::move(n));
  }
  for (std::size_t i = 0; i < whole.spaces.size(); ++i)
    if (all.spaces[i]) p.spaces.push_back({whole.spaces[i].of, whole.spaces[i].table, number(frames, whole.spaces[i].frame)});
  for (std::size_t i = 0; i < whole.frames.size(); ++i) {
    if (!all.frames[i]) continue;
    auto f = whole.frames[i];
    f.parent = number(spaces, f.parent), f.elements = number(spaces, f.elements), f.segments = number(spaces, f.segments);
    f.first_day = place(f.first_day), f.last_day = place(f.last_day), f.chosen = place(f.chosen), f.asked = place(f.asked), f.output = place(f.output);
    std::vector<plan_node_id> stay;
    for (auto id : f.nodes)
      if (place(id) >= 0) stay.push_back(place(id));
    f.nodes = std::move(stay);
    p.frames.push_back(std::move(f));
  }
  auto placed = [&](const std::vector<plan_node_id>& ids) {
    std::vector<plan_node_id> to;
    to.reserve(ids.size());
    for (auto id : ids) to.push_back(place(id));
    return to;
  };
  p.rules = placed(whole.rules);
  p.facts = placed(whole.facts);
  p.table_known = placed(whole.table_known);
  p.needed_for_rules.assign(p.nodes.size(), true);
  return out;
}

}  // namespace earlysight
