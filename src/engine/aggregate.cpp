// SPDX-License-Identifier: Apache-2.0
#include "kernel/segments.hpp"

#include <earlysight/calendar/school_calendar.hpp>

#include "state.hpp"

#include <limits>

namespace earlysight {
namespace {

using kernel::node_values;
using kernel::word;

kernel::rows_masks masks_of(const node_values& chosen, const node_values& belongs) {
  return {chosen.truth.data(), chosen.known.data(), belongs.truth.data(), belongs.known.data()};
}

// How many values among the chosen rows are different, each counted once.
std::size_t count_different(const node_values& value, const value_type& type, const kernel::rows_masks& m, std::size_t first, std::size_t last, std::vector<double>& scratch) {
  scratch.clear();
  kernel::for_each_chosen(m, first, last, [&](std::size_t i) {
    if (!value.has_value(i)) return;
    scratch.push_back(type.of == kind::number ? value.number[i] : type.of == kind::truth ? static_cast<double>(kernel::test(value.truth.data(), i)) : static_cast<double>(value.whole[i]));
  });
  return kernel::count_different(scratch);
}

}  // namespace

void evaluation::state::table_known(const plan_node& node, node_values& out, std::size_t n) {
  const auto& t = cohort_.tables[static_cast<std::size_t>(node.table)];
  out.reserve_masks(n);
  std::fill(out.present.begin(), out.present.end(), ~word{0});
  for (std::size_t w = 0; w < kernel::words_for(n); ++w) {
    out.known[w] = ~word{0};
    out.truth[w] = t.supplied ? ~word{0} : 0;
  }
  if (!t.doubted.empty()) {
    const bit_view doubted{t.doubted.data()};
    kernel::fill_bits(n, out.known.data(), [&](std::size_t i) { return !doubted.test(first_child + i); });
    for (std::size_t w = 0; w < kernel::words_for(n); ++w) out.truth[w] &= out.known[w];
  }
  if (!node.inputs.empty()) {
    const auto& when = in(node, 0);
    for (std::size_t w = 0; w < kernel::words_for(n); ++w) out.truth[w] &= when.truth[w] & when.known[w];
  }
}

evaluation::state::segment_bounds evaluation::state::bounds_of_segments(const plan_node& node) {
  if (node.space != 0) return {frames[static_cast<std::size_t>(plan_.spaces[static_cast<std::size_t>(node.space)].frame)].offsets.data(), 0};
  const auto& first_row = cohort_.tables[static_cast<std::size_t>(node.table)].first_row;
  if (!first_row.empty()) return {first_row.data() + first_child, first_row[first_child]};
  child_offsets.assign(children + 1, 0);
  return {child_offsets.data(), 0};
}

// Whether most children have few rows, or none: then rows are looked at, and not children.
bool evaluation::state::is_sparse(const plan_node& node) const { return node.space == 0 && tables[static_cast<std::size_t>(node.table)].count <= 4 * children; }

template <class Visit>
void evaluation::state::each_segment(const plan_node& node, std::size_t n, Visit visit) const {
  if (is_sparse(node)) {
    for (auto c : tables[static_cast<std::size_t>(node.table)].with_rows) visit(std::size_t{c});
  } else {
    for (std::size_t s = 0; s < n; ++s) visit(s);
  }
}

// Aggregates that each row adds to as it comes, whichever child it is of: nothing is asked of a child without rows, and a row that is not
// chosen costs no more than its bit. False for the others.
bool evaluation::state::aggregate_rows(const plan_node& node, node_values& out) {
  const auto m = masks_of(in(node, 0), in(node, 1));
  const auto& child = children_of_rows(node.table);
  const auto rows = child.size();
  const auto nth = node.count;
  const bool of_time = node.over == aggregation::latest || node.over == aggregation::earliest;
  if (of_time && nth != 1) return false;
  auto each_possible = [&](auto visit) { kernel::for_each_bit([&](std::size_t w) { return m.possible(w); }, 0, rows, visit); };
  auto is_certain = [&](std::size_t r) { return (m.certain(r / 64) >> (r % 64) & 1) != 0; };
  auto set = [](std::vector<word>& bits, std::size_t i) { bits[i / 64] |= word{1} << (i % 64); };
  auto clear = [](std::vector<word>& bits, std::size_t i) { bits[i / 64] &= ~(word{1} << (i % 64)); };
  switch (node.over) {
    case aggregation::any:
    case aggregation::no: {
      // What some row says for sure stays, whatever others may say.
      each_possible([&](std::size_t r) {
        const auto c = static_cast<std::size_t>(child[r]);
        if (is_certain(r)) set(out.truth, c);
        else set(doubts, c);
      });
      for (std::size_t w = 0; w < kernel::words_for(children); ++w) {
        out.known[w] &= out.truth[w] | ~doubts[w];
        if (node.over == aggregation::no) out.truth[w] = ~out.truth[w];
      }
      return true;
    }
    case aggregation::count:
      std::fill_n(out.number_store.begin(), children, 0);
      std::fill_n(out.high_store.begin(), children, 0);
      each_possible([&](std::size_t r) {
        const auto c = static_cast<std::size_t>(child[r]);
        out.number_store[c] += is_certain(r) ? 1 : 0;
        out.high_store[c] += 1;
      });
      return true;
    case aggregation::total:
    case aggregation::average:
    case aggregation::highest:
    case aggregation::lowest: {
      const auto& value = in(node, 3);
      auto& seen = child_counts;
      seen.assign(children, 0);
      std::fill_n(out.number_store.begin(), children, 0);
      each_possible([&](std::size_t r) {
        const auto c = static_cast<std::size_t>(child[r]);
        if (!is_certain(r) || !kernel::test(value.known.data(), r)) return set(doubts, c);
        if (!kernel::test(value.present.data(), r)) return;
        auto& so_far = out.number_store[c];
        const auto v = value.number[r];
        if (node.over == aggregation::highest) so_far = seen[c] == 0 ? v : std::max(so_far, v);
        else if (node.over == aggregation::lowest) so_far = seen[c] == 0 ? v : std::min(so_far, v);
        else so_far += v;
        ++seen[c];
      });
      for (std::size_t w = 0; w < kernel::words_for(children); ++w) out.known[w] &= ~doubts[w];
      if (node.over == aggregation::total) return true;
      auto& states = node.over == aggregation::average ? out.known : out.present;
      word some[1];
      for (std::size_t w = 0; w < kernel::words_for(children); ++w) {
        kernel::fill_bits(std::min<std::size_t>(64, children - w * 64), some, [&](std::size_t j) { return seen[w * 64 + j] != 0; });
        states[w] &= some[0];
      }
      if (node.over == aggregation::average)
        for (std::size_t c = 0; c < children; ++c) out.number_store[c] = seen[c] != 0 ? out.number_store[c] / seen[c] : 0;
      return true;
    }
    case aggregation::count_different: {
      const auto& of = plan_.nodes[static_cast<std::size_t>(node.inputs[3])].type;
      if (of.of != kind::category || program_.category_sets[static_cast<std::size_t>(of.categories)].size() > 63) return false;
      const auto& value = in(node, 3);
      seen_codes.assign(children, 0);
      each_possible([&](std::size_t r) {
        const auto c = static_cast<std::size_t>(child[r]);
        if (!is_certain(r) || !kernel::test(value.known.data(), r)) set(doubts, c);
        else if (kernel::test(value.present.data(), r)) seen_codes[c] |= word{1} << (value.whole[r] & 63);  // a word that is none of the set has code -1
      });
      for (std::size_t c = 0; c < children; ++c) out.number_store[c] = std::popcount(seen_codes[c]);
      for (std::size_t w = 0; w < kernel::words_for(children); ++w) out.known[w] &= ~doubts[w];
      return true;
    }
    case aggregation::latest:
    case aggregation::earliest: {
      // Rows stand in the order of time: the first that comes, or the last.
      const auto& value = in(node, 3);
      auto& row = child_counts;
      row.assign(children, 0);
      each_possible([&](std::size_t r) {
        const auto c = static_cast<std::size_t>(child[r]);
        if (!is_certain(r)) set(doubts, c);
        else if (row[c] == 0 || node.over == aggregation::latest) row[c] = static_cast<std::uint32_t>(r + 1);
      });
      std::fill(out.present.begin(), out.present.end(), 0);
      for (auto c : tables[static_cast<std::size_t>(node.table)].with_rows) {
        if (row[c] == 0 || kernel::test(doubts.data(), c)) continue;
        const bool known = kernel::test(out.known.data(), c);
        copy_element(value, row[c] - 1, out, c, node.type);
        if (!known) clear(out.known, c);
      }
      for (std::size_t w = 0; w < kernel::words_for(children); ++w) out.known[w] &= ~doubts[w];
      return true;
    }
    default: return false;
  }
}

void evaluation::state::aggregate(const plan_node& node, node_values& out, std::size_t n) {
  const auto& chosen = in(node, 0);
  const auto& table = in(node, 2);  // truth: the table is known
  const auto m = masks_of(chosen, in(node, 1));
  const auto offset = bounds_of_segments(node);
  prepare(node.type, out, n);
  for (std::size_t w = 0; w < kernel::words_for(n); ++w) {
    out.known[w] = table.truth[w];
    out.present[w] = ~word{0};
    out.truth[w] = 0;
  }
  auto not_known = [&](std::size_t s) { kernel::assign(out.known.data(), s, false); };
  if (is_sparse(node)) {
    doubts.assign(kernel::words_for(n), 0);
    if (aggregate_rows(node, out)) {
      if (node.type.of == kind::truth)
        for (std::size_t w = 0; w < kernel::words_for(n); ++w) out.truth[w] &= out.known[w];
      return;
    }
    // What no rows come to; below, only children with rows.
    if (node.type.of == kind::number) std::fill_n(out.number_store.begin(), n, 0);
    if (node.type.of == kind::number && node.type.bounded) std::fill_n(out.high_store.begin(), n, 0);
    if (node.over == aggregation::latest || node.over == aggregation::earliest) std::fill_n(out.present.begin(), kernel::words_for(n), 0);
    if (node.over == aggregation::share) std::fill_n(out.known.begin(), kernel::words_for(n), 0);
  }
  switch (node.over) {
    case aggregation::any:
    case aggregation::no:
      each_segment(node, n, [&](std::size_t s) {
        const auto c = kernel::count_rows(m, offset[s], offset[s + 1]);
        if (c.low == 0 && c.high > 0) not_known(s);
        else kernel::assign(out.truth.data(), s, (node.over == aggregation::any) == (c.low > 0));
      });
      break;
    case aggregation::count:
    case aggregation::longest_run: {
      each_segment(node, n, [&](std::size_t s) {
        const auto c = node.over == aggregation::count ? kernel::count_rows(m, offset[s], offset[s + 1]) : kernel::longest_run(m, offset[s], offset[s + 1]);
        out.number_store[s] = static_cast<double>(c.low);
        out.high_store[s] = static_cast<double>(c.high);
      });
      break;
    }
    case aggregation::share:
      each_segment(node, n, [&](std::size_t s) {
        const auto a = offset[s], b = offset[s + 1];
        const auto all = kernel::count_bits(m.belongs_truth, a, b);
        out.number_store[s] = all > 0 ? static_cast<double>(kernel::count_certain(m, a, b)) / static_cast<double>(all) : 0;
        const bool known = all > 0 && kernel::count_not_known(m.belongs_known, a, b) == 0 && kernel::count_not_known(m.chosen_known, a, b) == 0;
        kernel::assign(out.known.data(), s, known && kernel::test(table.truth.data(), s));
      });
      break;
    case aggregation::count_different: {
      const auto& value = in(node, 3);
      const auto& type = plan_.nodes[static_cast<std::size_t>(node.inputs[3])].type;
      std::vector<double> values_seen;
      each_segment(node, n, [&](std::size_t s) {
        const auto a = offset[s], b = offset[s + 1];
        bool known = kernel::count_not_known(m.chosen_known, a, b) == 0;
        kernel::for_each_chosen(m, a, b, [&](std::size_t i) { known = known && kernel::test(value.known.data(), i); });
        out.number_store[s] = static_cast<double>(count_different(value, type, m, a, b, values_seen));
        if (!known) not_known(s);
      });
      break;
    }
    case aggregation::total:
    case aggregation::average:
    case aggregation::highest:
    case aggregation::lowest: {
      const auto& value = in(node, 3);
      each_segment(node, n, [&](std::size_t s) {
        const auto r = kernel::reduce_numbers(node.over, m, value, offset[s], offset[s + 1]);
        out.number_store[s] = r.number;
        if (!r.known) not_known(s);
        if (!r.present) kernel::assign(out.present.data(), s, false);
      });
      break;
    }
    case aggregation::latest:
    case aggregation::earliest: {
      const auto& value = in(node, 3);
      each_segment(node, n, [&](std::size_t s) {
        if (kernel::count_not_known(m.chosen_known, offset[s], offset[s + 1]) > 0) {
          not_known(s);
          return;
        }
        const auto i = kernel::nth_chosen(m, offset[s], offset[s + 1], node.count, node.over == aggregation::latest);
        if (i == kernel::none) {
          kernel::assign(out.present.data(), s, false);
          return;
        }
        const bool known = kernel::test(out.known.data(), s);
        copy_element(value, i, out, s, node.type);
        if (!known) not_known(s);
      });
      break;
    }
    case aggregation::days_covered: days_covered(node, out, n, offset); break;
  }
  if (node.type.of == kind::truth)
    for (std::size_t w = 0; w < kernel::words_for(n); ++w) out.truth[w] &= out.known[w];
}

void evaluation::state::days_covered(const plan_node& node, node_values& out, std::size_t n, segment_bounds offset) {
  const auto& t = program_.schema.tables[static_cast<std::size_t>(node.table)];
  const auto& data = cohort_.tables[static_cast<std::size_t>(node.table)];
  const auto& start = data.columns[static_cast<std::size_t>(t.time)];
  const auto& end = data.columns[static_cast<std::size_t>(t.end)];
  const auto m = masks_of(in(node, 0), in(node, 1));
  const auto* starts = std::get_if<std::span<const std::int32_t>>(&start.values);
  const auto* ends = std::get_if<std::span<const std::int32_t>>(&end.values);
  std::size_t next = 3;
  const node_values* first = node.sign & 1 ? &in(node, next++) : nullptr;
  const node_values* last = node.sign & 2 ? &in(node, next) : nullptr;
  const auto block = tables[static_cast<std::size_t>(node.table)].first;
  const auto frame = node.space == 0 ? -1 : plan_.spaces[static_cast<std::size_t>(node.space)].frame;
  const auto& calendar = program_.calendar;
  auto days_up_to = [&](std::int32_t d) {
    return node.days == day_set::all ? d : node.days == day_set::terms ? calendar.term_days_up_to({d}) : calendar.school_week_days_up_to({d});
  };
  each_segment(node, n, [&](std::size_t s) {
    bool known = kernel::count_not_known(m.chosen_known, offset[s], offset[s + 1]) == 0;
    auto low = std::numeric_limits<std::int32_t>::min(), high = plan_.as_of.day;
    if (first && first->has_value(s)) low = first->whole[s];
    if (last && last->has_value(s)) high = std::min(high, last->whole[s]);
    if (frame >= 0 && plan_.frames[static_cast<std::size_t>(frame)].by_week) {
      const auto monday = frames[static_cast<std::size_t>(frame)].segment_week[s];
      low = std::max(low, monday);
      high = std::min(high, monday + 6);
    }
    spans.clear();
    if (starts) {
      kernel::for_each_chosen(m, offset[s], offset[s + 1], [&](std::size_t i) {
        const auto row = block + (frame < 0 ? i : static_cast<std::size_t>(frames[static_cast<std::size_t>(frame)].row[i]));
        if (!ends || !end.known.test(row)) {
          known = false;
          return;
        }
        const bool ended = end.present.test(row) && (*ends)[row] <= plan_.as_of.day;
        const auto from = std::max(low, (*starts)[row]), to = std::min(high, ended ? (*ends)[row] : plan_.as_of.day);
        if (from <= to) spans.emplace_back(from, to);
      });
    }
    std::sort(spans.begin(), spans.end());
    std::int64_t days = 0;
    auto covered = std::numeric_limits<std::int64_t>::min();
    for (auto [from, to] : spans) {
      const auto begin = std::max<std::int64_t>(from, covered + 1);
      if (begin <= to) days += days_up_to(to) - days_up_to(static_cast<std::int32_t>(begin) - 1);
      covered = std::max<std::int64_t>(covered, to);
    }
    out.number_store[s] = static_cast<double>(days);
    if (!known) kernel::assign(out.known.data(), s, false);
  });
}

// Rows of a table whose time lies between two days of each parent: the rows stand in the order of time, so a binary search finds them.
void evaluation::state::count_in_range(const plan_node& node, node_values& out, std::size_t n) {
  const auto& chosen = in(node, 0);
  const auto& table = in(node, 1);
  const auto m = masks_of(chosen, chosen);
  const node_values* first = node.count & 1 ? &in(node, 2) : nullptr;
  const node_values* last = node.count & 2 ? &in(node, node.count & 1 ? 3 : 2) : nullptr;
  const auto& declared = program_.schema.tables[static_cast<std::size_t>(node.table)];
  const auto& data = cohort_.tables[static_cast<std::size_t>(node.table)];
  const auto* times = std::get_if<std::span<const std::int32_t>>(&data.columns[static_cast<std::size_t>(declared.time)].values);
  const auto block = tables[static_cast<std::size_t>(node.table)].first;
  const auto& parents = children_of_rows(plan_.spaces[static_cast<std::size_t>(node.space)].table);
  prepare(node.type, out, n);
  for (std::size_t p = 0; p < n; ++p) {
    const auto child = first_child + static_cast<std::size_t>(parents[p]);
    kernel::bounds c;
    if (times && !data.first_row.empty()) {
      const auto a = data.first_row[child], b = data.first_row[child + 1];
      const auto begin = times->begin() + a, end = times->begin() + b;
      const bool first_known = !first || kernel::test(first->known.data(), p), last_known = !last || kernel::test(last->known.data(), p);
      const bool nothing = (first && first_known && !first->has_value(p)) || (last && last_known && !last->has_value(p));
      auto from = begin, to = end;
      if (first && first_known && !nothing) from = std::lower_bound(begin, end, first->whole[p]);
      if (last && last_known && !nothing) to = std::upper_bound(begin, end, last->whole[p]);
      if (!nothing && from < to) {
        const auto low = static_cast<std::size_t>(from - times->begin()) - block, high = static_cast<std::size_t>(to - times->begin()) - block;
        c = kernel::count_rows(m, low, high);
        if (!first_known || !last_known) c.low = 0;
      }
    }
    const bool known = kernel::test(table.truth.data(), p);
    kernel::assign(out.present.data(), p, true);
    if (node.over == aggregation::count) {
      out.number_store[p] = static_cast<double>(c.low);
      out.high_store[p] = static_cast<double>(c.high);
      kernel::assign(out.known.data(), p, known);
      continue;
    }
    const bool decided = known && !(c.low == 0 && c.high > 0);
    kernel::assign(out.known.data(), p, decided);
    kernel::assign(out.truth.data(), p, decided && (node.over == aggregation::any) == (c.low > 0));
  }
}

}  // namespace earlysight
