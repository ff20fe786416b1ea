// SPDX-License-Identifier: Apache-2.0
// Frames: rows seen from each element of a parent space, a bounded number of parents at a time.
#include "kernel/segments.hpp"
#include "state.hpp"

#include <limits>

namespace earlysight {
namespace {

using kernel::node_values;

// Elements that one round of a frame holds, unless a single parent sees more: what memory a selection inside another needs.
constexpr std::size_t elements_at_once = 1 << 15;

std::int32_t monday_of(std::int32_t day) { return day - weekday(date{day}); }

}  // namespace

// Adds what one parent sees to the frame; how many elements that is.
std::size_t evaluation::state::see_rows(std::int32_t index, std::size_t parent) {
  const auto& f = plan_.frames[static_cast<std::size_t>(index)];
  auto& out = frames[static_cast<std::size_t>(index)];
  const auto& declared = program_.schema.tables[static_cast<std::size_t>(f.table)];
  const auto& data = cohort_.tables[static_cast<std::size_t>(f.table)];
  const auto child = first_child + static_cast<std::size_t>(child_of(f.parent, parent));
  const auto block = tables[static_cast<std::size_t>(f.table)].first;
  const auto before = out.row.size();
  std::size_t a = 0, b = 0;
  if (!data.first_row.empty()) a = data.first_row[child], b = data.first_row[child + 1];
  const std::span<const std::int32_t>* times = declared.has_time() ? std::get_if<std::span<const std::int32_t>>(&data.columns[static_cast<std::size_t>(declared.time)].values) : nullptr;
  auto bound = [&](plan_node_id id, std::int32_t open) {
    if (id < 0) return open;
    const auto& v = values[static_cast<std::size_t>(id)];
    return v.has_value(parent) ? v.whole[parent] : open;
  };
  const auto low = bound(f.first_day, std::numeric_limits<std::int32_t>::min());
  const auto high = std::min(bound(f.last_day, std::numeric_limits<std::int32_t>::max()), plan_.as_of.day);
  if (times && a < b) {
    const auto begin = times->begin() + static_cast<std::ptrdiff_t>(a), end = times->begin() + static_cast<std::ptrdiff_t>(b);
    if (!declared.is_interval() && low > std::numeric_limits<std::int32_t>::min()) a = static_cast<std::size_t>(std::lower_bound(begin, end, low) - times->begin());
    b = std::max(a, static_cast<std::size_t>(std::upper_bound(begin, end, high) - times->begin()));
  }
  auto add = [&](std::size_t row) {
    out.row.push_back(static_cast<std::int32_t>(row - block));
    out.parent.push_back(static_cast<std::int32_t>(parent));
  };
  auto close = [&](std::int32_t week) {
    out.segment_parent.push_back(static_cast<std::int32_t>(parent));
    out.segment_week.push_back(week);
    out.offsets.push_back(static_cast<std::uint32_t>(out.row.size()));
  };
  if (!f.by_week) {
    for (auto r = a; r < b; ++r) add(r);
    close(0);
    return out.row.size() - before;
  }
  if (!times || a == b) return 0;
  if (!declared.is_interval()) {
    for (auto r = a; r < b;) {
      const auto week = monday_of((*times)[r]);
      for (; r < b && monday_of((*times)[r]) == week; ++r) add(r);
      close(week);
    }
    return out.row.size() - before;
  }
  // A row that lasts is in each week that it overlaps, within the window and up to the as-of date.
  const auto& end_column = data.columns[static_cast<std::size_t>(declared.end)];
  const auto* ends = std::get_if<std::span<const std::int32_t>>(&end_column.values);
  spans.clear();  // week, row
  auto holds_day = [&](std::int32_t from, std::int32_t to) {
    if (f.days == day_set::all) return true;
    const auto& c = program_.calendar;
    return f.days == day_set::terms ? c.term_days_up_to({to}) > c.term_days_up_to({from - 1}) : c.school_week_days_up_to({to}) > c.school_week_days_up_to({from - 1});
  };
  for (auto r = a; r < b; ++r) {
    const bool known = ends && end_column.known.test(r);
    const bool ended = known && end_column.present.test(r) && (*ends)[r] <= plan_.as_of.day;
    // Of an end not known, the first week is enough: the weeks after it are not known either.
    const auto from = std::max((*times)[r], low), to = std::min(known ? (ended ? (*ends)[r] : plan_.as_of.day) : from, high);
    for (auto week = monday_of(from); from <= to && week <= to; week += 7)
      if (holds_day(std::max(from, week), std::min(to, week + 6))) spans.emplace_back(week, static_cast<std::int32_t>(r - block));
  }
  std::stable_sort(spans.begin(), spans.end(), [](auto x, auto y) { return x.first < y.first; });
  for (std::size_t i = 0; i < spans.size();) {
    const auto week = spans[i].first;
    for (; i < spans.size() && spans[i].first == week; ++i) add(static_cast<std::size_t>(spans[i].second) + block);
    close(week);
  }
  return out.row.size() - before;
}

// Works out the frame's own nodes for what its parents see now.
void evaluation::state::fill_frame(std::int32_t index) {
  const auto& f = plan_.frames[static_cast<std::size_t>(index)];
  const auto& block = frames[static_cast<std::size_t>(index)];
  sizes[static_cast<std::size_t>(f.elements)] = block.row.size();
  sizes[static_cast<std::size_t>(f.segments)] = block.segment_parent.size();
  for (auto id : f.nodes) evaluate(id);
}

// Least-squares slope per week of the frame's output over each parent's weeks.
void evaluation::state::slopes(std::int32_t index, std::size_t from, std::size_t to, node_values& out) {
  const auto& f = plan_.frames[static_cast<std::size_t>(index)];
  const auto& block = frames[static_cast<std::size_t>(index)];
  const auto& y = values[static_cast<std::size_t>(f.output)];
  const auto& chosen = values[static_cast<std::size_t>(f.chosen)];
  const bool bounded = plan_.nodes[static_cast<std::size_t>(f.output)].type.bounded;
  const auto& data = cohort_.tables[static_cast<std::size_t>(f.table)];
  const auto& known_node = plan_.table_known[static_cast<std::size_t>(f.table)];
  const auto& declared = program_.schema.tables[static_cast<std::size_t>(f.table)];
  std::size_t s = 0;
  for (auto p = from; p < to; ++p) {
    const auto child = static_cast<std::size_t>(child_of(f.parent, p));
    bool known = kernel::test(values[static_cast<std::size_t>(known_node)].truth.data(), child);
    double n = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
    std::int32_t first_week = 0;
    bool any_week = false;
    for (; s < block.segment_parent.size() && static_cast<std::size_t>(block.segment_parent[s]) == p; ++s) {
      std::size_t members = 0;
      for (auto i = block.offsets[s]; i < block.offsets[s + 1]; ++i) {
        if (!kernel::test(chosen.known.data(), i)) known = false;
        else if (kernel::test(chosen.truth.data(), i)) {
          ++members;
          if (declared.is_interval()) {
            const auto row = tables[static_cast<std::size_t>(f.table)].first + static_cast<std::size_t>(block.row[i]);
            if (!data.columns[static_cast<std::size_t>(declared.end)].known.test(row) || std::holds_alternative<std::monostate>(data.columns[static_cast<std::size_t>(declared.end)].values)) known = false;
          }
        }
      }
      if (members == 0) continue;
      if (!any_week) first_week = block.segment_week[s], any_week = true;
      if (!kernel::test(y.known.data(), s) || (bounded && y.has_value(s) && y.number[s] != y.high[s])) {
        known = false;
        continue;
      }
      if (!kernel::test(y.present.data(), s)) continue;
      const double x = (block.segment_week[s] - first_week) / 7;
      n += 1, sum_x += x, sum_y += y.number[s], sum_xx += x * x, sum_xy += x * y.number[s];
    }
    const double spread = n * sum_xx - sum_x * sum_x;
    known = known && n >= 3;
    out.number_store[p] = known ? (n * sum_xy - sum_x * sum_y) / spread : 0;
    kernel::assign(out.known.data(), p, known);
    kernel::assign(out.present.data(), p, true);
  }
}

void evaluation::state::run_frame(const plan_node& node, node_values& out, std::size_t n) {
  const auto index = node.frame;
  const auto& f = plan_.frames[static_cast<std::size_t>(index)];
  auto& block = frames[static_cast<std::size_t>(index)];
  prepare(node.type, out, n);
  std::fill(out.truth.begin(), out.truth.end(), 0);
  auto asked = [&](std::size_t parent) {
    if (f.asked < 0) return true;
    const auto& v = values[static_cast<std::size_t>(f.asked)];
    return !kernel::test(v.known.data(), parent) || kernel::test(v.truth.data(), parent);
  };
  for (std::size_t from = 0; from < n;) {
    block.row.clear(), block.parent.clear(), block.segment_parent.clear(), block.segment_week.clear();
    block.offsets.assign(1, 0);
    auto to = from;
    for (; to < n && block.row.size() < elements_at_once; ++to)
      if (asked(to)) see_rows(index, to);
    fill_frame(index);
    if (f.by_week) {
      slopes(index, from, to, out);
    } else {
      const auto& result = values[static_cast<std::size_t>(f.output)];
      std::size_t s = 0;
      for (auto p = from; p < to; ++p) {
        const bool seen = s < block.segment_parent.size() && static_cast<std::size_t>(block.segment_parent[s]) == p;
        if (seen) copy_element(result, s++, out, p, node.type);
        else kernel::assign(out.known.data(), p, false);
      }
    }
    from = to;
  }
}

}  // namespace earlysight
