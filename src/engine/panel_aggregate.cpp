// SPDX-License-Identifier: Apache-2.0
// Reductions by panel: down the slots of 64 children at once.
#include "kernel/dispatch.hpp"
#include "kernel/segments.hpp"
#include "state.hpp"

#include <earlysight/base/near.hpp>

#include <algorithm>
#include <array>

namespace earlysight {
namespace {

using kernel::node_values;
using kernel::word;

constexpr std::size_t lanes = 64, most_slots = 256;
constexpr word all = ~word{0};

// The states of one group's slots that are looked at, of 64 children each, in order of time.
struct group_masks {
  std::array<word, most_slots> certain, possible;  // chosen for sure; perhaps
  std::array<std::uint16_t, most_slots> slot;
  std::size_t n = 0;
};

struct conditions {
  std::vector<const node_values*> lanes;
  const std::vector<std::uint8_t>* by_slot;
};

// What is the same in every group, of the slots asked for.
void masks_of_slots(const conditions& c, const std::vector<std::uint16_t>& slots, group_masks& out) {
  out.n = slots.size();
  for (std::size_t k = 0; k < out.n; ++k) {
    const auto state = (*c.by_slot)[slots[k]];
    out.slot[k] = slots[k];
    out.possible[k] = state != 0 ? all : 0;
    out.certain[k] = state == 1 ? all : 0;
  }
}

// Of the group whose first word is `base`: which rows hold all conditions.
void masks_of_group(const conditions& c, const word* exists, std::size_t base, const group_masks& of_slots, group_masks& out) {
  const auto n = of_slots.n;
  out.n = n;
  for (std::size_t k = 0; k < n; ++k) {
    const auto there = exists ? exists[base + of_slots.slot[k]] : all;
    out.slot[k] = of_slots.slot[k];
    out.possible[k] = of_slots.possible[k] & there;
    out.certain[k] = of_slots.certain[k] & there;
  }
  for (const auto* v : c.lanes)
    for (std::size_t k = 0; k < n; ++k) {
      const auto w = base + out.slot[k];
      out.certain[k] &= v->truth[w] & v->known[w];
      out.possible[k] &= v->truth[w] | ~v->known[w];
    }
}

// How many of the masks have each of the 64 bits.
void count_lanes(const word* masks, std::size_t n, double* out) {
  alignas(64) std::array<std::uint8_t, lanes> counts;
  kernel::active().count_slots(masks, n, counts.data());
  kernel::active().bytes_to_doubles(counts.data(), lanes, out);
}

word any_of(const word* masks, std::size_t n) {
  word any = 0;
  for (std::size_t k = 0; k < n; ++k) any |= masks[k];
  return any;
}

// Rows that may or may not be chosen.
word any_doubt(const group_masks& m) {
  word doubt = 0;
  for (std::size_t k = 0; k < m.n; ++k) doubt |= m.possible[k] & ~m.certain[k];
  return doubt;
}

// The longest runs of the slots that belong, low and high; see kernel::longest_run.
void run_lengths(const group_masks& belongs, const group_masks& chosen, double* low, double* high) {
  std::array<word, most_slots> grows, stays;
  alignas(64) std::array<std::uint8_t, lanes> longest;
  const auto& active = kernel::active();
  word doubt = 0;
  for (std::size_t k = 0; k < chosen.n; ++k) doubt |= (belongs.possible[k] & ~belongs.certain[k]) | (chosen.possible[k] & ~chosen.certain[k]);
  // For sure: a member that holds makes it longer; who is no member, for sure, stands outside.
  for (std::size_t k = 0; k < chosen.n; ++k) grows[k] = belongs.certain[k] & chosen.certain[k], stays[k] = ~belongs.possible[k];
  active.longest_runs(grows.data(), stays.data(), chosen.n, longest.data());
  active.bytes_to_doubles(longest.data(), lanes, low);
  if (doubt == 0) return static_cast<void>(std::copy_n(low, lanes, high));
  // Perhaps: whoever may be a member and may hold makes it longer; only a member that does not hold ends it.
  for (std::size_t k = 0; k < chosen.n; ++k) grows[k] = belongs.possible[k] & chosen.possible[k], stays[k] = ~belongs.certain[k];
  active.longest_runs(grows.data(), stays.data(), chosen.n, longest.data());
  active.bytes_to_doubles(longest.data(), lanes, high);
}

}  // namespace

void evaluation::state::aggregate_panel(const plan_node& node, const std::vector<std::uint16_t>* week, std::size_t group, std::size_t end_group, node_values& out, std::size_t n) {
  const auto id = static_cast<std::size_t>(&node - plan_.nodes.data());
  const auto& plan = panel_aggregates[static_cast<std::size_t>(panel_plan[id])];
  const auto& p = *panel_of(plan_.nodes[static_cast<std::size_t>(node.inputs[0])].space);
  const auto slots = p.slots(), first_word = first_group * slots;
  const auto& active = kernel::active();
  const bool about_belonging = node.over == aggregation::share || node.over == aggregation::longest_run;

  conditions chosen{{}, &plan.chosen_slot}, belongs{{}, &plan.belongs_slot};
  for (auto i : plan.chosen) chosen.lanes.push_back(&panel_values(i));
  if (about_belonging)
    for (auto i : plan.belongs) belongs.lanes.push_back(&panel_values(i));
  slot_scratch.clear();
  auto look_at = [&](std::uint16_t s) {
    const auto& decides = about_belonging ? plan.belongs_slot : plan.chosen_slot;
    if (decides[s] != 0) slot_scratch.push_back(s);
  };
  if (week)
    for (auto s : *week) look_at(s);
  else
    for (std::size_t s = 0; s < slots; ++s) look_at(static_cast<std::uint16_t>(s));
  node_values* value = node.inputs.size() > 3 ? &panel_values(node.inputs[3]) : nullptr;
  const auto value_type = value ? plan_.nodes[static_cast<std::size_t>(node.inputs[3])].type : earlysight::value_type{};
  const bool numbers = node.over == aggregation::total || node.over == aggregation::average || node.over == aggregation::highest || node.over == aggregation::lowest;
  const auto* held = value ? std::get_if<const std::uint8_t*>(&value->narrow) : nullptr;
  const auto* bytes = held && numbers ? *held : nullptr;
  if (value && value->is_narrow() && !bytes) value->widen(value_type.of == kind::number);

  prepare(node.type, out, (end_group - group) * lanes);
  const auto& table = values[static_cast<std::size_t>(node.inputs[2])];
  const auto* exists = p.exists.empty() ? nullptr : p.exists.data() + first_word;
  group_masks m, b, chosen_slots, belongs_slots;
  masks_of_slots(chosen, slot_scratch, chosen_slots);
  if (about_belonging) masks_of_slots(belongs, slot_scratch, belongs_slots);
  for (std::size_t g = 0; g < end_group - group; ++g) {
    const auto base = (group + g) * slots, first = g * lanes;
    masks_of_group(chosen, exists, base, chosen_slots, m);
    if (about_belonging) masks_of_group(belongs, exists, base, belongs_slots, b);
    word known = all, present = all, truth = 0;
    double* number = node.type.of == kind::number ? out.number_store.data() + first : nullptr;
    switch (node.over) {
      case aggregation::any:
      case aggregation::no: {
        const auto certain = any_of(m.certain.data(), m.n), possible = any_of(m.possible.data(), m.n);
        known = ~(possible & ~certain);
        truth = node.over == aggregation::any ? certain : ~certain;
        break;
      }
      case aggregation::count:
        count_lanes(m.certain.data(), m.n, number);
        if (any_doubt(m) == 0) std::copy_n(number, lanes, out.high_store.data() + first);
        else count_lanes(m.possible.data(), m.n, out.high_store.data() + first);
        break;
      case aggregation::longest_run: {
        run_lengths(b, m, number, out.high_store.data() + first);
        break;
      }
      case aggregation::share: {
        std::array<double, lanes> of;
        count_lanes(b.certain.data(), b.n, of.data());
        count_lanes(m.certain.data(), m.n, number);
        for (std::size_t j = 0; j < lanes; ++j) number[j] = of[j] > 0 ? number[j] / of[j] : 0;
        known = any_of(b.certain.data(), b.n) & ~any_doubt(b) & ~any_doubt(m);
        break;
      }
      case aggregation::total:
      case aggregation::average:
      case aggregation::highest:
      case aggregation::lowest: {
        known = ~any_doubt(m);
        // From here on `certain` are the rows that count: those with a value.
        for (std::size_t k = 0; k < m.n; ++k) {
          const auto w = base + m.slot[k];
          known &= ~(m.certain[k] & ~value->known[w]);
          m.certain[k] &= value->known[w] & value->present[w];
        }
        const auto some = any_of(m.certain.data(), m.n);
        if (node.over == aggregation::highest || node.over == aggregation::lowest) present = some;
        if (node.over == aggregation::average) known &= some;
        if (bytes) {
          const auto* tile = bytes + base * lanes;
          if (node.over == aggregation::highest || node.over == aggregation::lowest) {
            alignas(64) std::array<std::uint8_t, lanes> best;
            (node.over == aggregation::highest ? active.highest_of_slots : active.lowest_of_slots)(tile, m.certain.data(), m.slot.data(), m.n, best.data());
            active.bytes_to_doubles(best.data(), lanes, number);
          } else {
            alignas(64) std::array<std::uint16_t, lanes> sum;
            active.sum_slots(tile, m.certain.data(), m.slot.data(), m.n, sum.data());
            active.codes_to_doubles(sum.data(), lanes, number);
            if (node.over == aggregation::average) {
              std::array<double, lanes> count;
              count_lanes(m.certain.data(), m.n, count.data());
              for (std::size_t j = 0; j < lanes; ++j) number[j] = count[j] > 0 ? number[j] / count[j] : 0;
            }
          }
          break;
        }
        std::array<kernel::reduction, lanes> each;
        for (std::size_t k = 0; k < m.n; ++k) {
          const auto* at = value->number + (base + m.slot[k]) * lanes;
          for (auto left = m.certain[k]; left != 0; left &= left - 1) {
            const auto j = static_cast<std::size_t>(std::countr_zero(left));
            each[j].add(at[j]);
          }
        }
        for (std::size_t j = 0; j < lanes; ++j) number[j] = each[j].result(node.over).number;
        break;
      }
      case aggregation::latest:
      case aggregation::earliest: {
        known = ~any_doubt(m);
        for (std::size_t j = 0; j < lanes && first + j < n; ++j) {
          auto left = node.count;
          auto found = kernel::none;
          for (std::size_t k = 0; k < m.n && node.count >= 1 && found == kernel::none; ++k) {
            const auto from_end = node.over == aggregation::latest ? m.n - 1 - k : k;
            if (m.certain[from_end] >> j & 1 && --left == 0) found = base + m.slot[from_end];
          }
          const auto bit = word{1} << j;
          if (found == kernel::none) {
            present &= ~bit;
            continue;
          }
          const auto i = found * lanes + j;
          if (!kernel::test(value->known.data(), i)) known &= ~bit;
          if (!kernel::test(value->present.data(), i)) present &= ~bit;
          if (node.type.of == kind::truth) truth |= kernel::test(value->truth.data(), i) ? bit : 0;
          else copy_element(*value, i, out, first + j, node.type);
        }
        break;
      }
      case aggregation::count_different: {
        known = ~any_doubt(m);
        for (std::size_t j = 0; j < lanes && first + j < n; ++j) {
          sums.clear();
          for (std::size_t k = 0; k < m.n; ++k) {
            if (!(m.certain[k] >> j & 1)) continue;
            const auto i = (base + m.slot[k]) * lanes + j;
            if (!kernel::test(value->known.data(), i)) known &= ~(word{1} << j);
            if (!value->has_value(i)) continue;
            sums.push_back(value_type.of == kind::number ? value->number[i] : value_type.of == kind::truth ? static_cast<double>(kernel::test(value->truth.data(), i)) : static_cast<double>(value->whole[i]));
          }
          std::sort(sums.begin(), sums.end());
          std::size_t different = 0;
          for (std::size_t i = 0; i < sums.size(); ++i)
            if (i == 0 || !near_equal(sums[i - 1], sums[i])) ++different;
          number[j] = static_cast<double>(different);
        }
        break;
      }
      case aggregation::days_covered: break;  // of tables whose rows last, which are never regular
    }
    out.known[g] = known & table.truth[g];
    out.present[g] = present;
    out.truth[g] = truth & out.known[g];
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
  conditions chosen{{}, &by_slot};
  for (auto i : by_lane) chosen.lanes.push_back(&panel_values(i));
  const auto* exists = p.exists.empty() ? nullptr : p.exists.data() + first_group * p.slots();
  const bool bounded = plan_.nodes[static_cast<std::size_t>(f.output)].type.bounded;
  const auto& all_weeks = frame_weeks[static_cast<std::size_t>(node.frame)];
  group_masks m, of_slots;
  for (std::size_t group = 0; group < groups; group += groups_at_once) {
    const auto end_group = std::min(groups, group + groups_at_once), here_n = std::min(n, end_group * lanes) - group * lanes;
    sums.assign(5 * (end_group - group) * lanes, 0);  // of each group, five rows of 64
    first_weeks.assign((end_group - group) * lanes, 0);
    members.assign(end_group - group, 0);  // children with a week before this one
    for (auto id : f.nodes)
      if (const auto& inner = plan_.nodes[static_cast<std::size_t>(id)]; inner.space == f.segments && inner.op == plan_operation::gather) alias(inner, group, end_group, values[static_cast<std::size_t>(id)]);
    for (const auto& week : all_weeks) {
      const double at = (week.monday - all_weeks.front().monday) / 7;
      masks_of_slots(chosen, week.slots, of_slots);
      for (auto id : f.nodes) {
        const auto& inner = plan_.nodes[static_cast<std::size_t>(id)];
        if (inner.space != f.segments || inner.op == plan_operation::gather) continue;
        auto& result = values[static_cast<std::size_t>(id)];
        if (inner.op == plan_operation::aggregate) aggregate_panel(inner, &week.slots, group, end_group, result, here_n);
        else evaluate(id, result, here_n);
      }
      const auto& y = values[static_cast<std::size_t>(f.output)];
      for (std::size_t g = 0; g < end_group - group; ++g) {
        auto& known = out.known[group + g];
        masks_of_group(chosen, exists, (group + g) * p.slots(), of_slots, m);
        const auto here_now = any_of(m.certain.data(), m.n);
        known &= ~any_doubt(m);
        for (auto fresh = here_now & ~members[g]; fresh != 0; fresh &= fresh - 1) first_weeks[g * lanes + static_cast<std::size_t>(std::countr_zero(fresh))] = at;
        members[g] |= here_now;
        auto counted = here_now & y.known[g];
        if (bounded)
          for (auto left = counted; left != 0; left &= left - 1) {
            const auto i = g * lanes + static_cast<std::size_t>(std::countr_zero(left));
            if (y.number[i] != y.high[i]) counted &= ~(left & -left);
          }
        known &= ~(here_now & ~counted);
        active.add_week(counted & y.present[g], at, first_weeks.data() + g * lanes, y.number + g * lanes, sums.data() + 5 * g * lanes);
      }
    }
    for (std::size_t i = 0; i < here_n; ++i) {
      const auto* of = sums.data() + i / lanes * 5 * lanes + i % lanes;
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
