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

// Of the group whose first word is `base`: which rows hold all conditions, at the slots asked for.
void masks_of_group(const conditions& c, const word* exists, std::size_t base, const std::uint16_t* slots, std::size_t n, group_masks& out) {
  for (std::size_t k = 0; k < n; ++k) {
    const auto w = base + slots[k];
    const auto there = exists ? exists[w] : all;
    const auto state = (*c.by_slot)[slots[k]];
    out.possible[k] = state != 0 ? there : 0;
    out.certain[k] = state == 1 ? there : 0;
    out.slot[k] = slots[k];
  }
  for (const auto* v : c.lanes)
    for (std::size_t k = 0; k < n; ++k) {
      const auto w = base + slots[k];
      out.certain[k] &= v->truth[w] & v->known[w];
      out.possible[k] &= v->truth[w] | ~v->known[w];
    }
  out.n = n;
}

// How many of the masks have each of the 64 bits: counted in planes, a plane a binary digit.
void count_lanes(const word* masks, std::size_t n, double* out) {
  std::array<word, 8> plane{};
  for (std::size_t k = 0; k < n; ++k) {
    auto carry = masks[k];
    for (std::size_t p = 0; carry != 0; ++p) {
      const auto both = plane[p] & carry;
      plane[p] ^= carry;
      carry = both;
    }
  }
  for (std::size_t j = 0; j < lanes; ++j) {
    std::uint32_t count = 0;
    for (std::size_t p = 0; p < plane.size(); ++p) count |= static_cast<std::uint32_t>(plane[p] >> j & 1) << p;
    out[j] = count;
  }
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

// The longest run of one child among the slots that belong, low and high; see kernel::longest_run.
struct run_lengths {
  std::array<std::uint8_t, lanes> low{}, high{}, best_low{}, best_high{};

  void row(word member, word perhaps_member, word holds, word may_hold) {
    for (std::size_t j = 0; j < lanes; ++j) {
      const auto in = member >> j & 1, maybe = perhaps_member >> j & 1, sure = holds >> j & 1, may = may_hold >> j & 1;
      const auto longer = static_cast<std::uint8_t>(low[j] + 1), higher = static_cast<std::uint8_t>(high[j] + 1);
      low[j] = in ? (sure ? longer : 0) : maybe ? 0 : low[j];
      high[j] = in ? (may ? higher : 0) : maybe && may ? higher : high[j];
      best_low[j] = std::max(best_low[j], low[j]);
      best_high[j] = std::max(best_high[j], high[j]);
    }
  }
};

}  // namespace

void evaluation::state::aggregate_panel(const plan_node& node, const std::vector<std::uint16_t>* week, node_values& out, std::size_t n) {
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

  const auto rounded = groups * lanes;
  prepare(node.type, out, rounded);
  const auto& table = values[static_cast<std::size_t>(node.inputs[2])];
  group_masks m, b;
  for (std::size_t g = 0; g < groups; ++g) {
    const auto base = g * slots, first = g * lanes;
    const auto* exists = p.exists.empty() ? nullptr : p.exists.data() + first_word;
    masks_of_group(chosen, exists, base, slot_scratch.data(), slot_scratch.size(), m);
    if (about_belonging) masks_of_group(belongs, exists, base, slot_scratch.data(), slot_scratch.size(), b);
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
        run_lengths runs;
        for (std::size_t k = 0; k < m.n; ++k) runs.row(b.certain[k], b.possible[k] & ~b.certain[k], m.certain[k], m.possible[k]);
        for (std::size_t j = 0; j < lanes; ++j) number[j] = runs.best_low[j], out.high_store[first + j] = runs.best_high[j];
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
            best.fill(node.over == aggregation::highest ? 0 : 255);
            for (std::size_t k = 0; k < m.n; ++k) (node.over == aggregation::highest ? active.max_bytes : active.min_bytes)(tile + m.slot[k] * lanes, &m.certain[k], lanes, best.data());
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

// A trend over the weeks of a panel: the frame's output for all children a week at a time, and least squares as they come.
void evaluation::state::frame_panel(const plan_node& node, node_values& out, std::size_t n) {
  const auto& f = plan_.frames[static_cast<std::size_t>(node.frame)];
  const auto& p = *panel_of(f.elements);
  const auto slots = p.slots(), rounded = groups * lanes;
  prepare(node.type, out, rounded);
  std::fill(out.truth.begin(), out.truth.end(), 0);
  std::fill(out.present.begin(), out.present.end(), all);
  const auto& table_known = values[static_cast<std::size_t>(plan_.table_known[static_cast<std::size_t>(f.table)])];
  std::copy_n(table_known.truth.begin(), groups, out.known.begin());
  sums.assign(5 * rounded, 0);
  auto *count = sums.data(), *sum_x = count + rounded, *sum_y = sum_x + rounded, *sum_xx = sum_y + rounded, *sum_xy = sum_xx + rounded;
  weeks.assign(rounded, 0);
  members.assign(groups, 0);  // children with a week before this one
  std::vector<plan_node_id> by_lane;
  std::vector<std::uint8_t> by_slot(slots, 1);
  collect(f.chosen, by_lane, by_slot);
  conditions chosen{{}, &by_slot};
  for (auto i : by_lane) chosen.lanes.push_back(&panel_values(i));
  const auto* exists = p.exists.empty() ? nullptr : p.exists.data() + first_group * slots;
  const bool bounded = plan_.nodes[static_cast<std::size_t>(f.output)].type.bounded;
  group_masks m;
  for (const auto& week : frame_weeks[static_cast<std::size_t>(node.frame)]) {
    for (auto id : f.nodes) {
      const auto& inner = plan_.nodes[static_cast<std::size_t>(id)];
      if (inner.space != f.segments) continue;
      auto& result = values[static_cast<std::size_t>(id)];
      if (inner.op == plan_operation::aggregate) aggregate_panel(inner, &week.slots, result, n);
      else if (inner.op == plan_operation::gather) alias(inner, result);
      else evaluate(id, result, n);
    }
    const auto& y = values[static_cast<std::size_t>(f.output)];
    for (std::size_t g = 0; g < groups; ++g) {
      masks_of_group(chosen, exists, g * slots, week.slots.data(), week.slots.size(), m);
      const auto here_now = any_of(m.certain.data(), m.n);
      out.known[g] &= ~any_doubt(m);
      for (auto fresh = here_now & ~members[g]; fresh != 0; fresh &= fresh - 1) weeks[g * lanes + static_cast<std::size_t>(std::countr_zero(fresh))] = week.monday;
      members[g] |= here_now;
      auto counted = here_now & y.known[g];
      if (bounded)
        for (auto left = counted; left != 0; left &= left - 1) {
          const auto i = g * lanes + static_cast<std::size_t>(std::countr_zero(left));
          if (y.number[i] != y.high[i]) counted &= ~(left & -left);
        }
      out.known[g] &= ~(here_now & ~counted);
      counted &= y.present[g];
      for (std::size_t j = 0; j < lanes; ++j) {
        const auto i = g * lanes + j;
        const bool adds = counted >> j & 1;
        const double x = adds ? (week.monday - weeks[i]) / 7 : 0, v = adds ? y.number[i] : 0;
        count[i] += adds ? 1 : 0, sum_x[i] += x, sum_y[i] += v, sum_xx[i] += x * x, sum_xy[i] += x * v;
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double spread = count[i] * sum_xx[i] - sum_x[i] * sum_x[i];
    const bool known = kernel::test(out.known.data(), i) && count[i] >= 3;
    out.number_store[i] = known ? (count[i] * sum_xy[i] - sum_x[i] * sum_y[i]) / spread : 0;
    kernel::assign(out.known.data(), i, known);
  }
}

// A child's value seen from a week of the child: the same.
void evaluation::state::alias(const plan_node& node, node_values& out) {
  const auto& from = in(node, 0);
  const auto words = groups;
  out.reserve_masks(words * lanes);
  std::copy_n(from.known.begin(), words, out.known.begin());
  std::copy_n(from.present.begin(), words, out.present.begin());
  std::copy_n(from.truth.begin(), words, out.truth.begin());
  out.number = from.number, out.high = from.high, out.whole = from.whole;
}

}  // namespace earlysight
