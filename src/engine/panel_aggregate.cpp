// SPDX-License-Identifier: Apache-2.0
// Reductions by panel: down the slots of 64 children at once, for all groups of a block.
#include "kernel/dispatch.hpp"
#include "kernel/segments.hpp"
#include "state.hpp"

#include <algorithm>
#include <array>

namespace earlysight {
namespace {

using kernel::node_values;
using kernel::word;

constexpr std::size_t lanes = 64;
constexpr word all = ~word{0};

}  // namespace

// Which rows hold all conditions, and which perhaps do: a word a slot, of each group; nothing written where all do for sure.
void evaluation::state::find_rows(const std::vector<plan_node_id>& by_lane, const std::vector<std::uint8_t>& by_slot, const panel& p, const std::vector<std::uint16_t>& slots, std::size_t group,
                                  std::size_t end_group, panel_rows& out) {
  const auto n = slots.size(), of_group = p.slots();
  const auto* exists = p.exists.empty() ? nullptr : p.exists.data() + first_group * of_group;
  out.all = !exists && by_lane.empty() && std::all_of(slots.begin(), slots.end(), [&](auto s) { return by_slot[s] == 1; });
  if (out.all) return;
  out.certain.resize((end_group - group) * n);
  out.possible.resize((end_group - group) * n);
  sides.clear();
  for (auto i : by_lane) {
    const auto& v = panel_values(i);
    sides.emplace_back(v.truth.data(), v.known.data());
  }
  for (auto g = group; g < end_group; ++g) {
    auto *certain = out.certain.data() + (g - group) * n, *possible = out.possible.data() + (g - group) * n;
    const auto base = g * of_group;
    for (std::size_t k = 0; k < n; ++k) {
      const auto there = exists ? exists[base + slots[k]] : all;
      const auto state = by_slot[slots[k]];
      possible[k] = state != 0 ? there : 0;
      certain[k] = state == 1 ? there : 0;
    }
    for (const auto& [truth, known] : sides)
      for (std::size_t k = 0; k < n; ++k) {
        const auto w = base + slots[k];
        certain[k] &= truth[w] & known[w];
        possible[k] &= truth[w] | ~known[w];
      }
  }
}

// Children of a group who have a row that is chosen for sure, or one that may or may not be.
word evaluation::state::panel_rows::any(const std::vector<word>& masks, std::size_t g, std::size_t n) const {
  if (all) return n > 0 ? ~word{0} : 0;
  word found = 0;
  for (std::size_t k = g * n; k < (g + 1) * n; ++k) found |= masks[k];
  return found;
}
word evaluation::state::panel_rows::doubt(std::size_t g, std::size_t n) const {
  if (all) return 0;
  word found = 0;
  for (std::size_t k = g * n; k < (g + 1) * n; ++k) found |= possible[k] & ~certain[k];
  return found;
}
void evaluation::state::panel_rows::write_out(std::size_t words) {
  if (!all) return;
  all = false;
  certain.assign(words, ~word{0});
  possible.assign(words, ~word{0});
}

void evaluation::state::aggregate_panel(const plan_node& node, const std::vector<std::uint16_t>* week, std::size_t group, std::size_t end_group, node_values& out, std::size_t n) {
  const auto& of_plan = panel_aggregates[static_cast<std::size_t>(panel_plan[static_cast<std::size_t>(&node - plan_.nodes.data())])];
  const auto& p = *panel_of(plan_.nodes[static_cast<std::size_t>(node.inputs[0])].space);
  const auto& active = kernel::active();
  const bool about_belonging = node.over == aggregation::share || node.over == aggregation::longest_run;
  const auto& decides = about_belonging ? of_plan.belongs_slot : of_plan.chosen_slot;
  slot_scratch.clear();
  auto look_at = [&](std::size_t s) {
    if (decides[s] != 0) slot_scratch.push_back(static_cast<std::uint16_t>(s));
  };
  if (week)
    for (auto s : *week) look_at(s);
  else
    for (std::size_t s = 0; s < p.slots(); ++s) look_at(s);
  const auto& slots = slot_scratch;
  const auto of_group = p.slots(), count = slots.size(), words = end_group - group;
  find_rows(of_plan.chosen, of_plan.chosen_slot, p, slots, group, end_group, chosen_rows);
  if (about_belonging) find_rows(of_plan.belongs, of_plan.belongs_slot, p, slots, group, end_group, belonging_rows);
  auto &m = chosen_rows, &b = belonging_rows;
  prepare(node.type, out, words * lanes);
  const auto& table = values[static_cast<std::size_t>(node.inputs[2])];
  std::copy_n(table.truth.data(), words, out.known.data());
  std::fill_n(out.present.data(), words, all);
  std::fill_n(out.truth.data(), words, 0);
  double* number = node.type.of == kind::number ? out.number_store.data() : nullptr;
  auto known_without_doubt = [&](const panel_rows& rows) {
    if (!rows.all)
      for (std::size_t g = 0; g < words; ++g) out.known[g] &= ~rows.doubt(g, count);
  };
  switch (node.over) {
    case aggregation::any:
    case aggregation::no:
      for (std::size_t g = 0; g < words; ++g) {
        const auto certain = m.any(m.certain, g, count), possible = m.any(m.possible, g, count);
        out.known[g] &= ~(possible & ~certain);
        out.truth[g] = (node.over == aggregation::any ? certain : ~certain) & out.known[g];
      }
      break;
    case aggregation::count: {
      m.write_out(words * count);
      active.count_slots(m.certain.data(), count, words, number);
      if (m.certain == m.possible) std::copy_n(number, words * lanes, out.high_store.data());
      else active.count_slots(m.possible.data(), count, words, out.high_store.data());
      break;
    }
    case aggregation::longest_run: {
      m.write_out(words * count);
      b.write_out(words * count);
      auto &grows = run_masks.first, &stays = run_masks.second;
      grows.resize(words * count);
      stays.resize(words * count);
      word doubt = 0;
      // For sure: a member that holds makes it longer; who is no member, for sure, stands outside. See kernel::longest_run.
      for (std::size_t k = 0; k < words * count; ++k) {
        grows[k] = b.certain[k] & m.certain[k], stays[k] = ~b.possible[k];
        doubt |= (b.possible[k] & ~b.certain[k]) | (m.possible[k] & ~m.certain[k]);
      }
      active.longest_runs(grows.data(), stays.data(), count, words, number);
      if (doubt == 0) {
        std::copy_n(number, words * lanes, out.high_store.data());
        break;
      }
      // Perhaps: whoever may be a member and may hold makes it longer; only a member that does not hold ends it.
      for (std::size_t k = 0; k < words * count; ++k) grows[k] = b.possible[k] & m.possible[k], stays[k] = ~b.certain[k];
      active.longest_runs(grows.data(), stays.data(), count, words, out.high_store.data());
      break;
    }
    case aggregation::share: {
      m.write_out(words * count);
      b.write_out(words * count);
      sums.resize(words * lanes);
      active.count_slots(b.certain.data(), count, words, sums.data());
      active.count_slots(m.certain.data(), count, words, number);
      for (std::size_t i = 0; i < words * lanes; ++i) number[i] = sums[i] > 0 ? number[i] / sums[i] : 0;
      for (std::size_t g = 0; g < words; ++g) out.known[g] &= b.any(b.certain, g, count);
      known_without_doubt(b);
      known_without_doubt(m);
      break;
    }
    case aggregation::total:
    case aggregation::average:
    case aggregation::highest:
    case aggregation::lowest: reduce_panel(node, p, group, out, words); break;
    case aggregation::latest:
    case aggregation::earliest: {
      auto& value = panel_values(node.inputs[3]);
      if (value.is_narrow()) widen(value, same_as[static_cast<std::size_t>(node.inputs[3])]);
      m.write_out(words * count);
      known_without_doubt(m);
      for (std::size_t c = 0; c < n; ++c) {
        const auto g = c / lanes, j = c % lanes;
        auto left = node.count;
        auto found = kernel::none;
        for (std::size_t k = 0; k < count && node.count >= 1 && found == kernel::none; ++k) {
          const auto at = node.over == aggregation::latest ? count - 1 - k : k;
          if (m.certain[g * count + at] >> j & 1 && --left == 0) found = ((group + g) * of_group + slots[at]) * lanes + j;
        }
        if (found == kernel::none) {
          kernel::assign(out.present.data(), c, false);
          continue;
        }
        const bool known = kernel::test(out.known.data(), c);
        copy_element(value, found, out, c, node.type);
        if (!known) kernel::assign(out.known.data(), c, false);
      }
      if (node.type.of == kind::truth)
        for (std::size_t g = 0; g < words; ++g) out.truth[g] &= out.known[g];
      break;
    }
    case aggregation::count_different: {
      auto& value = panel_values(node.inputs[3]);
      const auto kind_of_value = plan_.nodes[static_cast<std::size_t>(node.inputs[3])].type.of;
      if (value.is_narrow()) widen(value, same_as[static_cast<std::size_t>(node.inputs[3])]);
      m.write_out(words * count);
      known_without_doubt(m);
      for (std::size_t c = 0; c < n; ++c) {
        sums.clear();
        for (std::size_t k = 0; k < count; ++k) {
          if (!(m.certain[c / lanes * count + k] >> (c % lanes) & 1)) continue;
          const auto i = ((group + c / lanes) * of_group + slots[k]) * lanes + c % lanes;
          if (!kernel::test(value.known.data(), i)) kernel::assign(out.known.data(), c, false);
          if (!value.has_value(i)) continue;
          sums.push_back(kind_of_value == kind::number ? value.number[i] : kind_of_value == kind::truth ? static_cast<double>(kernel::test(value.truth.data(), i)) : static_cast<double>(value.whole[i]));
        }
        number[c] = static_cast<double>(kernel::count_different(sums));
      }
      break;
    }
    case aggregation::days_covered: break;  // of tables whose rows last, which are never regular
  }
}

// Total, average, highest and lowest.
void evaluation::state::reduce_panel(const plan_node& node, const panel& p, std::size_t group, node_values& out, std::size_t words) {
  auto& m = chosen_rows;
  auto& value = panel_values(node.inputs[3]);
  const auto& active = kernel::active();
  const auto& slots = slot_scratch;
  const auto of_group = p.slots(), count = slots.size();
  const auto& source = plan_.nodes[static_cast<std::size_t>(same_as[static_cast<std::size_t>(node.inputs[3])])];
  const auto* held = std::get_if<const std::uint8_t*>(&value.narrow);
  if (value.is_narrow() && !held) widen(value, same_as[static_cast<std::size_t>(node.inputs[3])]);
  double* number = out.number_store.data();
  const bool extreme = node.over == aggregation::highest || node.over == aggregation::lowest;
  const bool all_have_values = held && p.columns[static_cast<std::size_t>(source.column)].known.empty() && p.columns[static_cast<std::size_t>(source.column)].present.empty();
  if (m.all && all_have_values && node.over == aggregation::total) {
    active.sum_slots(*held + group * of_group * lanes, of_group, nullptr, slots.data(), count, words, number);
    return;
  }
  m.write_out(words * count);
  for (std::size_t g = 0; g < words; ++g) {
    word known = ~m.doubt(g, count), some = 0;
    // From here on `certain` are the rows that count: those with a value.
    for (std::size_t k = 0; k < count; ++k) {
      const auto w = (group + g) * of_group + slots[k];
      auto& certain = m.certain[g * count + k];
      known &= ~(certain & ~value.known[w]);
      certain &= value.known[w] & value.present[w];
      some |= certain;
    }
    if (extreme) out.present[g] = some;
    if (node.over == aggregation::average) known &= some;
    out.known[g] &= known;
  }
  if (held) {
    const auto* tiles = *held + group * of_group * lanes;
    if (extreme) return (node.over == aggregation::highest ? active.highest_of_slots : active.lowest_of_slots)(tiles, of_group, m.certain.data(), slots.data(), count, words, number);
    active.sum_slots(tiles, of_group, m.certain.data(), slots.data(), count, words, number);
    if (node.over == aggregation::total) return;
    sums.resize(words * lanes);
    active.count_slots(m.certain.data(), count, words, sums.data());
    for (std::size_t i = 0; i < words * lanes; ++i) number[i] = sums[i] > 0 ? number[i] / sums[i] : 0;
    return;
  }
  for (std::size_t g = 0; g < words; ++g) {
    std::array<kernel::reduction, lanes> each;
    for (std::size_t k = 0; k < count; ++k) {
      const auto* at = value.number + ((group + g) * of_group + slots[k]) * lanes;
      for (auto left = m.certain[g * count + k]; left != 0; left &= left - 1) {
        const auto j = static_cast<std::size_t>(std::countr_zero(left));
        each[j].add(at[j]);
      }
    }
    for (std::size_t j = 0; j < lanes; ++j) number[g * lanes + j] = each[j].result(node.over).number;
  }
}

// A trend over the weeks of a panel: the frame's output for a number of children a week at a time, and least squares as they come.
void evaluation::state::frame_panel(const plan_node& node, node_values& out, std::size_t n) {
  // So many that their sums stay in the first-level cache.
  constexpr std::size_t groups_at_once = 8;
  const auto& f = plan_.frames[static_cast<std::size_t>(node.frame)];
  const auto& p = *panel_of(f.elements);
  const auto& active = kernel::active();
  prepare(node.type, out, groups * lanes);
  std::fill(out.truth.begin(), out.truth.end(), 0);
  std::fill(out.present.begin(), out.present.end(), all);
  const auto& table_known = values[static_cast<std::size_t>(plan_.table_known[static_cast<std::size_t>(f.table)])];
  std::copy_n(table_known.truth.begin(), groups, out.known.begin());
  std::vector<plan_node_id> by_lane;
  std::vector<std::uint8_t> by_slot(p.slots(), 1);
  collect(f.chosen, by_lane, by_slot);
  const bool bounded = plan_.nodes[static_cast<std::size_t>(f.output)].type.bounded;
  const auto& all_weeks = frame_weeks[static_cast<std::size_t>(node.frame)];
  std::vector<word> counted;
  for (std::size_t group = 0; group < groups; group += groups_at_once) {
    const auto end_group = std::min(groups, group + groups_at_once), here_n = std::min(n, end_group * lanes) - group * lanes;
    trend_sums.assign(5 * (end_group - group) * lanes, 0);  // of each group, five rows of 64
    first_weeks.assign((end_group - group) * lanes, 0);
    members.assign(end_group - group, 0);  // children with a week before this one
    for (auto id : f.nodes)
      if (const auto& inner = plan_.nodes[static_cast<std::size_t>(id)]; inner.space == f.segments && inner.op == plan_operation::gather) alias(inner, group, end_group, values[static_cast<std::size_t>(id)]);
    for (const auto& week : all_weeks) {
      const double at = (week.monday - all_weeks.front().monday) / 7;
      for (auto id : f.nodes) {
        const auto& inner = plan_.nodes[static_cast<std::size_t>(id)];
        if (inner.space != f.segments || inner.op == plan_operation::gather) continue;
        auto& result = values[static_cast<std::size_t>(id)];
        if (inner.op == plan_operation::aggregate) aggregate_panel(inner, &week.slots, group, end_group, result, here_n);
        else evaluate(id, result, here_n);
      }
      const auto& y = values[static_cast<std::size_t>(f.output)];
      find_rows(by_lane, by_slot, p, week.slots, group, end_group, chosen_rows);
      const auto slots = week.slots.size();
      counted.resize(end_group - group);
      for (std::size_t g = 0; g < end_group - group; ++g) {
        auto& known = out.known[group + g];
        const auto here_now = chosen_rows.any(chosen_rows.certain, g, slots);
        known &= ~chosen_rows.doubt(g, slots);
        for (auto fresh = here_now & ~members[g]; fresh != 0; fresh &= fresh - 1) first_weeks[g * lanes + static_cast<std::size_t>(std::countr_zero(fresh))] = at;
        members[g] |= here_now;
        auto told = here_now & y.known[g];
        if (bounded)
          for (auto left = told & y.present[g]; left != 0; left &= left - 1) {
            const auto i = g * lanes + static_cast<std::size_t>(std::countr_zero(left));
            if (y.number[i] != y.high[i]) told &= ~(left & -left);
          }
        known &= ~(here_now & ~told);
        counted[g] = told & y.present[g];
      }
      active.add_week(counted.data(), end_group - group, at, first_weeks.data(), y.number, trend_sums.data());
    }
    for (std::size_t i = 0; i < here_n; ++i) {
      const auto* of = trend_sums.data() + i / lanes * 5 * lanes + i % lanes;
      const double weeks = of[0], sum_x = of[lanes], sum_y = of[2 * lanes], sum_xx = of[3 * lanes], sum_xy = of[4 * lanes];
      const double spread = weeks * sum_xx - sum_x * sum_x;
      const auto child = group * lanes + i;
      const bool known = kernel::test(out.known.data(), child) && weeks >= 3;
      out.number_store[child] = known ? (weeks * sum_xy - sum_x * sum_y) / spread : 0;
      kernel::assign(out.known.data(), child, known);
    }
  }
}

// Children's values seen from a week of theirs: the same.
void evaluation::state::alias(const plan_node& node, std::size_t group, std::size_t end_group, node_values& out) {
  const auto& from = in(node, 0);
  const auto n = end_group - group;
  out.reserve_masks(n * lanes);
  std::copy_n(from.known.data() + group, n, out.known.data());
  std::copy_n(from.present.data() + group, n, out.present.data());
  std::copy_n(from.truth.data() + group, n, out.truth.data());
  if (from.number) out.number = from.number + group * lanes, out.high = from.high + group * lanes;
  if (from.whole) out.whole = from.whole + group * lanes;
}

}  // namespace earlysight
