// SPDX-License-Identifier: Apache-2.0
#include "state.hpp"

namespace earlysight {

evaluation::state::state(const earlysight::plan& p, const earlysight::cohort& c)
    : plan_(p), cohort_(c), program_(*p.program), tables(p.program->schema.tables.size()), sizes(p.spaces.size()), values(p.nodes.size()), frames(p.frames.size()), compared(p.nodes.size()) {}

evaluation::state::state(state&& before, const earlysight::cohort& c)
    : plan_(before.plan_), cohort_(c), program_(before.program_), tables(std::move(before.tables)), sizes(std::move(before.sizes)), values(std::move(before.values)), frames(std::move(before.frames)),
      compared(std::move(before.compared)), without_panels(std::move(before.without_panels)), constants(std::move(before.constants)), child_offsets(std::move(before.child_offsets)), spans(std::move(before.spans)),
      scratch(std::move(before.scratch)) {
  if (plan_.texts.empty()) return;
  // Texts are numbered by the cohort.
  for (std::size_t i = 0; i < values.size(); ++i)
    if (plan_.nodes[i].op == plan_operation::constant && plan_.nodes[i].type.of == kind::text) values[i].filled = 0;
}

void evaluation::state::run(std::size_t first, std::size_t count, bool all) {
  first_child = first;
  children = count;
  everything = all;
  sizes[0] = count;
  for (std::size_t t = 0; t < tables.size(); ++t) {
    auto& block = tables[t];
    block.mapped = false;
    block.first = block.count = 0;
    const auto& first_row = cohort_.tables[t].first_row;
    if (static_cast<std::int32_t>(t) == program_.schema.child) block.first = first, block.count = count;
    if (first_row.empty()) continue;
    block.first = first_row[first];
    block.count = first_row[first + count] - first_row[first];
  }
  for (std::size_t s = 0; s < plan_.spaces.size(); ++s)
    if (plan_.spaces[s].of == plan_space::what::rows) sizes[s] = tables[static_cast<std::size_t>(plan_.spaces[s].table)].count;
  if (everything) {
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i)
      if (plan_.spaces[static_cast<std::size_t>(plan_.nodes[i].space)].frame < 0) evaluate(static_cast<plan_node_id>(i));  // else with its frame
    return;
  }
  if (without_panels.empty()) plan_nodes();
  for (auto id : constants)
    if (values[static_cast<std::size_t>(id)].filled < std::max<std::size_t>(1, sizes[static_cast<std::size_t>(plan_.nodes[static_cast<std::size_t>(id)].space)])) evaluate(id);
  if (first % 64 != 0 || count < 64 || some_stand_apart()) {
    for (auto id : without_panels) evaluate(id);
    return;
  }
  if (!planned) plan_panels();
  ++block_stamp;
  first_group = first / 64;
  groups = kernel::words_for(count);
  for (std::size_t k = 0; k < with_panels.size(); ++k) {
    const auto id = with_panels[k];
    const auto& node = plan_.nodes[static_cast<std::size_t>(id)];
    auto& out = values[static_cast<std::size_t>(id)];
    lend(out, node.type);
    if (panel_plan[static_cast<std::size_t>(id)] >= 0) aggregate_panel(node, nullptr, 0, groups, out, count);
    else if (node.op == plan_operation::frame && frame_by_panel[static_cast<std::size_t>(node.frame)]) frame_panel(node, out, count);
    else evaluate(id);
    for (auto done : done_after[k]) take_back(values[static_cast<std::size_t>(done)]);
  }
}

bool evaluation::state::some_stand_apart() const {
  for (auto g = first_child / 64; g < (first_child + children + 63) / 64; ++g)
    if (stands_apart(cohort_, g)) return true;
  return false;
}

// Numbers and wholes that nobody reads any more are written over by the next node while they are in the cache.
void evaluation::state::lend(kernel::node_values& v, const value_type& type) {
  auto from = [](auto& spare, auto& store) {
    if (!store.empty() || spare.empty()) return;
    store = std::move(spare.back());
    spare.pop_back();
  };
  if (type.of == kind::number) {
    from(spare_numbers, v.number_store);
    if (type.bounded) from(spare_numbers, v.high_store);
  } else if (type.of != kind::truth) {
    from(spare_wholes, v.whole_store);
  }
}

void evaluation::state::take_back(kernel::node_values& v) {
  auto to = [](auto& spare, auto& store) {
    if (!store.empty()) spare.push_back(std::move(store));
    store.clear();
  };
  to(spare_numbers, v.number_store);
  to(spare_numbers, v.high_store);
  to(spare_wholes, v.whole_store);
  v.number = v.high = nullptr;
  v.whole = nullptr;
}

void evaluation::state::evaluate(plan_node_id id) {
  const auto& node = plan_.nodes[static_cast<std::size_t>(id)];
  evaluate(id, values[static_cast<std::size_t>(id)], sizes[static_cast<std::size_t>(node.space)]);
}

void evaluation::state::evaluate(plan_node_id id, kernel::node_values& out, std::size_t n) {
  const auto& node = plan_.nodes[static_cast<std::size_t>(id)];
  switch (node.op) {
    case plan_operation::constant: fill_constant(node, out, n); break;
    case plan_operation::load: load(node, out, n); break;
    case plan_operation::lookup: look_up(node, out, n); break;
    case plan_operation::gather: gather(node, out, n); break;
    case plan_operation::compare: compare(node, out, n); break;
    case plan_operation::shift:
    case plan_operation::window_edge:
    case plan_operation::elapsed:
    case plan_operation::gap:
    case plan_operation::within: dates(node, out, n); break;
    case plan_operation::choice: choose(node, out, n); break;
    case plan_operation::table_known: table_known(node, out, n); break;
    case plan_operation::in_window: in_window(node, out, n); break;
    case plan_operation::aggregate: aggregate(node, out, n); break;
    case plan_operation::frame: run_frame(node, out, n); break;
    case plan_operation::count_in_range: count_in_range(node, out, n); break;
    default: elementwise(node, out, n);
  }
}

evaluation::evaluation(const plan& p, const cohort& c) : state_(std::make_unique<state>(p, c)) {}
evaluation::~evaluation() = default;
evaluation::evaluation(evaluation&&) noexcept = default;
evaluation& evaluation::operator=(evaluation&&) noexcept = default;

void evaluation::over(const cohort& c) { state_ = std::make_unique<state>(std::move(*state_), c); }

void evaluation::run(std::size_t first, std::size_t count, bool everything) { state_->run(first, count, everything); }

cell evaluation::at(plan_node_id id, std::size_t i) const {
  cell out;
  if (id < 0) return out;
  const auto& v = state_->values[static_cast<std::size_t>(id)];
  const auto& type = state_->plan_.nodes[static_cast<std::size_t>(id)].type;
  if (v.known.empty()) return out;
  out.known = kernel::test(v.known.data(), i);
  out.present = kernel::test(v.present.data(), i);
  if (type.of == kind::truth) out.truth = kernel::test(v.truth.data(), i);
  if (!out.has_value()) return out;
  if (v.is_narrow()) {
    const auto value = v.narrow_at(i);
    if (type.of == kind::number) out.number = out.high = value;
    else out.whole = static_cast<std::int32_t>(value);
  } else if (type.of == kind::number) {
    if (!v.number) return {};  // given back after scoring
    out.number = v.number[i];
    out.high = type.bounded ? v.high[i] : v.number[i];
  } else if (type.of != kind::truth && type.of != kind::duration) {
    if (!v.whole) return {};
    out.whole = v.whole[i];
  }
  return out;
}

evaluation::masks evaluation::bits(plan_node_id id) const {
  const auto& v = state_->values[static_cast<std::size_t>(id)];
  return {v.truth.data(), v.known.data(), v.present.data()};
}

evaluation::row_range evaluation::rows_of(std::int32_t table) const {
  const auto& block = state_->tables[static_cast<std::size_t>(table)];
  return {block.first, block.count};
}

}  // namespace earlysight
