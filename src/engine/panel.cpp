// SPDX-License-Identifier: Apache-2.0
// Which of a plan's operations go by panel, and the values they read there.
#include "kernel/dispatch.hpp"
#include "state.hpp"

#include <earlysight/calendar/date.hpp>

#include <algorithm>

namespace earlysight {
namespace {

using kernel::node_values;
using kernel::word;

constexpr std::size_t lanes = 64;

}  // namespace

const panel* evaluation::state::panel_of(space_id id) const {
  const auto& space = plan_.spaces[static_cast<std::size_t>(id)];
  if (space.of == plan_space::what::children || space.of == plan_space::what::segments) return nullptr;
  if (space.of == plan_space::what::elements) {
    const auto& f = plan_.frames[static_cast<std::size_t>(space.frame)];
    if (!f.by_week || f.parent != 0) return nullptr;
  }
  return cohort_.tables[static_cast<std::size_t>(space.table)].panel.get();
}

// Whether a panel can tell what a node of rows, or of rows by week, comes to. Inputs stand before their consumers.
evaluation::state::by_panel evaluation::state::classify(plan_node_id id) {
  const auto& node = plan_.nodes[static_cast<std::size_t>(id)];
  const auto* p = panel_of(node.space);
  if (!p) return by_panel::no;
  auto class_of = [&](plan_node_id i) { return panel_class[static_cast<std::size_t>(i)]; };
  switch (node.op) {
    case plan_operation::constant: return by_panel::slots;
    case plan_operation::load: {
      const auto& declared = program_.schema.tables[static_cast<std::size_t>(node.table)];
      const auto column = static_cast<std::size_t>(node.column);
      if (node.column == declared.time || std::holds_alternative<std::monostate>(cohort_.tables[static_cast<std::size_t>(node.table)].columns[column].values)) return by_panel::slots;
      return p->columns[column].bytes ? by_panel::lanes : by_panel::no;
    }
    case plan_operation::gather: {
      const auto from = node.inputs[0];
      const auto space = plan_.nodes[static_cast<std::size_t>(from)].space;
      if (space == 0) return by_panel::lanes;
      if (panel_of(space) != p) return by_panel::no;
      same_as[static_cast<std::size_t>(id)] = same_as[static_cast<std::size_t>(from)];
      return class_of(from);
    }
    case plan_operation::lookup:
    case plan_operation::outcome:
    case plan_operation::table_known:
    case plan_operation::aggregate:
    case plan_operation::frame:
    case plan_operation::count_in_range: return by_panel::no;
    default: break;
  }
  auto worst = by_panel::slots;
  for (auto i : node.inputs) {
    const auto c = class_of(i);
    if (c == by_panel::no) return c;
    worst = std::max(worst, c);
  }
  return worst;
}

bool evaluation::state::go_by_panel(const plan_node& node) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (i != 2 && panel_class[static_cast<std::size_t>(node.inputs[i])] == by_panel::no) return false;
  return true;
}

bool evaluation::state::frame_goes_by_panel(std::int32_t index) {
  const auto& f = plan_.frames[static_cast<std::size_t>(index)];
  if (!panel_of(f.elements) || f.asked >= 0 || panel_class[static_cast<std::size_t>(f.chosen)] == by_panel::no) return false;
  for (auto id : f.nodes) {
    const auto& node = plan_.nodes[static_cast<std::size_t>(id)];
    if (node.space != f.segments) continue;
    if (node.op == plan_operation::aggregate ? !go_by_panel(node) : node.op == plan_operation::gather && plan_.nodes[static_cast<std::size_t>(node.inputs[0])].space != 0) return false;
    if (node.op == plan_operation::load || node.op == plan_operation::lookup || node.op == plan_operation::frame || node.op == plan_operation::count_in_range) return false;
  }
  return true;
}

void evaluation::state::collect(plan_node_id id, std::vector<plan_node_id>& by_lane, std::vector<std::uint8_t>& by_slot) {
  const auto same = same_as[static_cast<std::size_t>(id)];
  const auto& node = plan_.nodes[static_cast<std::size_t>(same)];
  const auto of = panel_class[static_cast<std::size_t>(same)];
  if (of == by_panel::lanes && node.op == plan_operation::conjunction) {
    for (auto i : node.inputs) collect(i, by_lane, by_slot);
  } else if (of == by_panel::lanes) {
    if (std::find(by_lane.begin(), by_lane.end(), same) == by_lane.end()) by_lane.push_back(same);
  } else {
    const auto& v = slot_values(same);
    for (std::size_t s = 0; s < by_slot.size(); ++s) {
      if (!kernel::test(v.known.data(), s)) by_slot[s] = by_slot[s] == 0 ? 0 : 2;
      else if (!kernel::test(v.truth.data(), s)) by_slot[s] = 0;
    }
  }
}

evaluation::state::panel_aggregate evaluation::state::sort_conditions(const plan_node& node) {
  const auto slots = panel_of(plan_.nodes[static_cast<std::size_t>(node.inputs[0])].space)->slots();
  panel_aggregate out;
  out.chosen_slot.assign(slots, 1);
  out.belongs_slot.assign(slots, 1);
  collect(node.inputs[0], out.chosen, out.chosen_slot);
  collect(node.inputs[1], out.belongs, out.belongs_slot);
  return out;
}

// The nodes that the rules need, in order: with panels, rows that are read there only need not be worked out as they stand.
std::vector<plan_node_id> evaluation::state::needed_nodes(bool panels) {
  std::vector<std::uint8_t> needed(plan_.nodes.size());
  std::vector<plan_node_id> todo;
  auto ask = [&](plan_node_id id) {
    if (id >= 0) todo.push_back(id);
  };
  for (auto rule : plan_.rules) ask(rule);
  // What a row seen by panel takes from the children.
  std::vector<std::uint8_t> seen(plan_.nodes.size());
  auto ask_children = [&](plan_node_id root) {
    std::vector<plan_node_id> rows{root};
    while (!rows.empty()) {
      const auto id = rows.back();
      rows.pop_back();
      if (std::exchange(seen[static_cast<std::size_t>(id)], 1)) continue;
      for (auto i : plan_.nodes[static_cast<std::size_t>(id)].inputs) (plan_.nodes[static_cast<std::size_t>(i)].space == 0 ? todo : rows).push_back(i);
    }
  };
  while (!todo.empty()) {
    const auto id = todo.back();
    todo.pop_back();
    if (std::exchange(needed[static_cast<std::size_t>(id)], 1)) continue;
    const auto& node = plan_.nodes[static_cast<std::size_t>(id)];
    if (node.op == plan_operation::frame) {
      const auto& f = plan_.frames[static_cast<std::size_t>(node.frame)];
      const bool by_panel = panels && frame_by_panel[static_cast<std::size_t>(node.frame)];
      if (!by_panel) ask(f.first_day), ask(f.last_day), ask(f.asked);
      ask(plan_.table_known[static_cast<std::size_t>(f.table)]);
      for (auto inner : f.nodes) {
        if (by_panel) {
          ask_children(inner);
        } else {
          ask(inner);
        }
      }
      continue;
    }
    const bool by_panel = panels && panel_plan[static_cast<std::size_t>(id)] >= 0;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (by_panel && i != 2) ask_children(node.inputs[i]);
      else ask(node.inputs[i]);
    }
  }
  std::vector<plan_node_id> out;
  for (std::size_t i = 0; i < needed.size(); ++i)
    if (needed[i] && plan_.spaces[static_cast<std::size_t>(plan_.nodes[i].space)].frame < 0) out.push_back(static_cast<plan_node_id>(i));
  return out;
}

void evaluation::state::plan_nodes() {
  without_panels = needed_nodes(false);
  // Constants keep what they were filled with.
  auto varies = [&](plan_node_id id) { return plan_.nodes[static_cast<std::size_t>(id)].op != plan_operation::constant; };
  const auto end = std::stable_partition(without_panels.begin(), without_panels.end(), varies);
  constants.assign(end, without_panels.end());
  without_panels.erase(end, without_panels.end());
}

void evaluation::state::plan_panels() {
  planned = true;
  const auto n = plan_.nodes.size();
  panel_plan.assign(n, -1);
  frame_by_panel.assign(plan_.frames.size(), 0);
  with_panels = without_panels;
  plan_buffers();
  if (std::none_of(cohort_.tables.begin(), cohort_.tables.end(), [](const table_data& t) { return t.panel != nullptr; })) return;
  panel_class.assign(n, by_panel::no);
  same_as.resize(n);
  in_slots.resize(n);
  in_panel.resize(n);
  panel_stamp.assign(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    same_as[i] = static_cast<plan_node_id>(i);
    panel_class[i] = classify(static_cast<plan_node_id>(i));
  }
  auto sort = [&](plan_node_id id) {
    panel_plan[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(panel_aggregates.size());
    panel_aggregates.push_back(sort_conditions(plan_.nodes[static_cast<std::size_t>(id)]));
  };
  for (std::size_t i = 0; i < n; ++i) {
    const auto& node = plan_.nodes[i];
    if (node.op == plan_operation::aggregate && node.space == 0 && go_by_panel(node)) sort(static_cast<plan_node_id>(i));
  }
  frame_weeks.resize(plan_.frames.size());
  for (std::size_t i = 0; i < plan_.frames.size(); ++i) {
    if (!frame_goes_by_panel(static_cast<std::int32_t>(i))) continue;
    const auto& f = plan_.frames[i];
    frame_by_panel[i] = 1;
    for (auto id : f.nodes)
      if (plan_.nodes[static_cast<std::size_t>(id)].op == plan_operation::aggregate) sort(id);
    std::vector<plan_node_id> by_lane;
    const auto& times = panel_of(f.elements)->times;
    std::vector<std::uint8_t> by_slot(times.size(), 1);
    collect(f.chosen, by_lane, by_slot);
    auto& of_frame = frame_weeks[i];
    for (std::size_t s = 0; s < times.size(); ++s) {
      if (by_slot[s] == 0 || times[s] > plan_.as_of.day) continue;
      const auto monday = times[s] - weekday(date{times[s]});
      if (of_frame.empty() || of_frame.back().monday != monday) of_frame.push_back({monday, {}});
      of_frame.back().slots.push_back(static_cast<std::uint16_t>(s));
    }
  }
  with_panels = needed_nodes(true);
  std::erase_if(with_panels, [&](plan_node_id id) { return plan_.nodes[static_cast<std::size_t>(id)].op == plan_operation::constant; });
  plan_buffers();
}

// After which node each is read for the last time. What a frame reads is kept: its own nodes read it again and again.
void evaluation::state::plan_buffers() {
  std::vector<std::size_t> last(plan_.nodes.size(), with_panels.size());
  std::vector<std::uint8_t> kept(plan_.nodes.size());
  for (std::size_t k = 0; k < with_panels.size(); ++k) {
    std::vector<plan_node_id> todo{with_panels[k]};
    const auto& node = plan_.nodes[static_cast<std::size_t>(with_panels[k])];
    last[static_cast<std::size_t>(with_panels[k])] = k;
    if (node.op == plan_operation::frame) {
      const auto& f = plan_.frames[static_cast<std::size_t>(node.frame)];
      for (auto id : {f.first_day, f.last_day, f.asked})
        if (id >= 0) kept[static_cast<std::size_t>(id)] = 1;
      for (auto inner : f.nodes)
        for (auto i : plan_.nodes[static_cast<std::size_t>(inner)].inputs) kept[static_cast<std::size_t>(i)] = 1;
    }
    // Through rows that are only seen by panel to the children that they take from.
    std::vector<std::uint8_t> seen(panel_plan[static_cast<std::size_t>(with_panels[k])] >= 0 ? plan_.nodes.size() : 0);
    while (!todo.empty()) {
      const auto id = todo.back();
      todo.pop_back();
      for (auto i : plan_.nodes[static_cast<std::size_t>(id)].inputs) {
        last[static_cast<std::size_t>(i)] = k;
        if (!seen.empty() && plan_.nodes[static_cast<std::size_t>(i)].space != 0 && !std::exchange(seen[static_cast<std::size_t>(i)], 1)) todo.push_back(i);
      }
    }
  }
  done_after.assign(with_panels.size(), {});
  for (auto id : with_panels) {
    const auto i = static_cast<std::size_t>(id);
    if (!kept[i] && plan_.nodes[i].type.of != kind::truth) done_after[last[i]].push_back(id);
  }
}

// --- values

const node_values& evaluation::state::slot_values(plan_node_id id) {
  auto& out = in_slots[static_cast<std::size_t>(id)];
  if (!out.known.empty()) return out;
  const auto& node = plan_.nodes[static_cast<std::size_t>(id)];
  const auto& times = panel_of(node.space)->times;
  const auto n = times.size();
  if (node.op == plan_operation::load) {
    prepare(node.type, out, n);
    const bool is_time = node.column == program_.schema.tables[static_cast<std::size_t>(node.table)].time;
    std::fill(out.known.begin(), out.known.end(), is_time ? ~word{0} : 0);
    std::fill(out.present.begin(), out.present.end(), ~word{0});
    std::fill(out.truth.begin(), out.truth.end(), 0);
    if (is_time) std::copy(times.begin(), times.end(), out.whole_store.begin());
    return out;
  }
  for (auto i : node.inputs) slot_values(same_as[static_cast<std::size_t>(i)]);
  auto* around = std::exchange(here, &in_slots);
  evaluate(id, out, n);
  here = around;
  return out;
}

node_values& evaluation::state::panel_values(plan_node_id asked) {
  const auto id = same_as[static_cast<std::size_t>(asked)];
  auto& out = in_panel[static_cast<std::size_t>(id)];
  if (panel_stamp[static_cast<std::size_t>(id)] == block_stamp) return out;
  panel_stamp[static_cast<std::size_t>(id)] = block_stamp;
  const auto& node = plan_.nodes[static_cast<std::size_t>(id)];
  if (panel_class[static_cast<std::size_t>(id)] == by_panel::slots) {
    spread_slots(id, out);
  } else if (node.op == plan_operation::load) {
    load_panel(node, out);
  } else if (node.op == plan_operation::gather) {
    gather_panel(node, out);
  } else {
    for (auto i : node.inputs) panel_values(i);
    auto* around = std::exchange(here, &in_panel);
    evaluate(id, out, groups * panel_of(node.space)->slots() * lanes);
    here = around;
  }
  return out;
}

void evaluation::state::load_panel(const plan_node& node, node_values& out) {
  const auto& p = *panel_of(node.space);
  const auto& c = p.columns[static_cast<std::size_t>(node.column)];
  const auto words = groups * p.slots(), first = first_group * p.slots();
  const auto* bytes = c.bytes.get() + first * lanes;
  out.reserve_masks(words * lanes);
  auto bits = [&](const std::vector<std::uint64_t>& from, std::vector<word>& to) {
    if (from.empty()) std::fill_n(to.begin(), words, ~word{0});
    else std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(first), words, to.begin());
  };
  bits(c.known, out.known);
  bits(c.present, out.present);
  if (node.type.of == kind::truth) {
    kernel::active().nonzero(bytes, words * lanes, out.truth.data());
    for (std::size_t w = 0; w < words; ++w) out.truth[w] &= out.known[w] & out.present[w];
  } else {
    out.hold(bytes, words * lanes);
  }
}

// What is the same for all children, as if it were not: a slot's value 64 times, for each group.
void evaluation::state::spread_slots(plan_node_id id, node_values& out) {
  const auto& node = plan_.nodes[static_cast<std::size_t>(id)];
  const auto& from = slot_values(id);
  const auto slots = panel_of(node.space)->slots(), words = groups * slots;
  if (out.filled >= words) return;
  out.filled = words;
  prepare(node.type, out, words * lanes);
  for (std::size_t w = 0; w < words; ++w) {
    const auto s = w % slots;
    out.known[w] = kernel::test(from.known.data(), s) ? ~word{0} : 0;
    out.present[w] = kernel::test(from.present.data(), s) ? ~word{0} : 0;
    out.truth[w] = kernel::test(from.truth.data(), s) ? ~word{0} : 0;
    if (node.type.of == kind::number) {
      std::fill_n(out.number_store.data() + w * lanes, lanes, from.number[s]);
      if (node.type.bounded) std::fill_n(out.high_store.data() + w * lanes, lanes, from.high[s]);
    } else if (node.type.of != kind::truth && from.whole) {
      std::fill_n(out.whole_store.data() + w * lanes, lanes, from.whole[s]);
    }
  }
}

void evaluation::state::gather_panel(const plan_node& node, node_values& out) {
  auto* around = std::exchange(here, &values);
  const auto& from = in(node, 0);
  here = around;
  const auto slots = panel_of(node.space)->slots();
  prepare(node.type, out, groups * slots * lanes);
  for (std::size_t g = 0; g < groups; ++g) {
    const auto first = g * lanes, n = std::min(lanes, children - first);
    for (auto w = g * slots; w < (g + 1) * slots; ++w) {
      out.known[w] = from.known[g], out.present[w] = from.present[g], out.truth[w] = from.truth[g];
      if (node.type.of == kind::number) {
        std::copy_n(from.number + first, n, out.number_store.data() + w * lanes);
        if (node.type.bounded) std::copy_n(from.high + first, n, out.high_store.data() + w * lanes);
      } else if (node.type.of != kind::truth) {
        std::copy_n(from.whole + first, n, out.whole_store.data() + w * lanes);
      }
    }
  }
}

}  // namespace earlysight
