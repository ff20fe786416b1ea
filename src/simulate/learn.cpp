// SPDX-License-Identifier: Apache-2.0
// Margins of an authority's own files. No row, key or text is kept, and nothing that fewer than `pooled_below` rows hold.
#include "margins.hpp"

#include <algorithm>
#include <map>

namespace earlysight::simulation {
namespace {

// Equally filled bins of sorted numbers, at least `pooled_below` in each, as their means.
std::vector<double> means_of_bins(const std::vector<double>& sorted) {
  const auto bins = std::min<std::size_t>(200, sorted.size() / pooled_below);
  std::vector<double> out;
  for (std::size_t b = 0; b < bins; ++b) {
    const auto begin = sorted.size() * b / bins, end = sorted.size() * (b + 1) / bins;
    double sum = 0;
    for (auto i = begin; i < end; ++i) sum += sorted[i];
    out.push_back(sum / static_cast<double>(end - begin));
  }
  return out;
}

number_margin learnt_numbers(std::vector<double> seen, const number_margin& otherwise) {
  number_margin out;
  std::sort(seen.begin(), seen.end());
  out.whole = std::all_of(seen.begin(), seen.end(), [](double x) { return x == std::int64_t(x); });
  std::vector<double> rest;
  double held = 0;
  for (std::size_t i = 0; i < seen.size();) {
    auto end = i;
    while (end < seen.size() && seen[end] == seen[i]) ++end;
    // Two thousand values that many rows share are as good as all.
    if (end - i >= pooled_below && out.values.size() < 2000) {
      held += static_cast<double>(end - i);
      out.values.push_back(seen[i]), out.up_to.push_back(held);
    } else {
      rest.insert(rest.end(), seen.begin() + static_cast<std::ptrdiff_t>(i), seen.begin() + static_cast<std::ptrdiff_t>(end));
    }
    i = end;
  }
  out.levels = means_of_bins(rest);
  if (!out.levels.empty()) out.pooled = static_cast<double>(rest.size()) / static_cast<double>(seen.size());
  return out.empty() ? otherwise : out;
}

// Months, neighbours put together until each holds enough.
day_margin learnt_days(const std::vector<date>& seen, const day_margin& otherwise) {
  std::map<std::int32_t, std::size_t> months;
  for (auto d : seen) {
    const auto s = split(d);
    ++months[s.year * 12 + s.month - 1];
  }
  day_margin out;
  double sum = 0;
  std::size_t held = 0;
  std::int32_t begin = 0;
  auto day_of = [](std::int32_t month) { return make_date(month / 12, month % 12 + 1, 1); };
  for (const auto& [month, n] : months) {
    if (held == 0) begin = month;
    held += n;
    if (held < pooled_below) continue;
    sum += static_cast<double>(held);
    out.first.push_back(day_of(begin)), out.last.push_back(day_of(month + 1) - 1), out.up_to.push_back(sum);
    held = 0;
  }
  return out.empty() ? otherwise : out;
}

std::vector<double> learnt_shares(const std::vector<std::size_t>& counts, const std::vector<double>& otherwise) {
  std::vector<double> out;
  double sum = 0;
  for (auto n : counts) out.push_back(sum += n >= pooled_below ? static_cast<double>(n) : 0);
  return sum > 0 ? out : otherwise;
}

template <class Use>
void each_value(const column& c, std::size_t rows, Use use) {
  std::visit(
      [&](const auto& values) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::monostate>)
          for (std::size_t r = 0; r < rows; ++r)
            if (c.known.test(r) && c.present.test(r)) use(r, static_cast<double>(values[r]));
      },
      c.values);
}

date time_at(const table_data& data, const table_declaration& t, std::size_t row) {
  return {std::get<std::span<const std::int32_t>>(data.columns[static_cast<std::size_t>(t.time)].values)[row]};
}

// A table of weeks or of school days: few dates, each held by many rows.
void learn_grid(const table_data& data, const table_declaration& t, table_margin& m) {
  m.grid.clear();
  if (!t.has_time() || t.is_interval() || data.rows == 0) return;
  std::map<std::int32_t, std::size_t> counts;
  for (std::size_t r = 0; r < data.rows; ++r) ++counts[time_at(data, t, r).day];
  std::vector<date> grid;
  std::size_t on_grid = 0;
  for (const auto& [day, n] : counts)
    if (n >= pooled_below) grid.push_back({day}), on_grid += n;
  const auto children = data.first_row.empty() ? 0 : data.first_row.size() - 1;
  if (grid.empty() || on_grid * 10 < data.rows * 9 || data.rows < children * grid.size() / 4) return;
  m.grid = std::move(grid);
  std::size_t most = 1;
  for (std::size_t c = 0; c + 1 < data.first_row.size() && c < 1000; ++c) {
    std::size_t run = 0;
    for (auto r = data.first_row[c]; r < data.first_row[c + 1]; ++r) {
      run = r > data.first_row[c] && time_at(data, t, r) == time_at(data, t, r - 1) ? run + 1 : 1;
      most = std::max(most, run);
    }
  }
  m.per_date = static_cast<int>(std::min<std::size_t>(most, 2));
}

}  // namespace

table_margin learnt_margin(const cohort& read, std::size_t table, const table_declaration& t, table_margin m) {
  const auto& data = read.tables[table];
  if (!data.supplied) {
    // Nothing is known of it, so nothing is said; a lookup keeps rows, for references to point to.
    if (t.shape == table_shape::many_per_child) m.rows = {{0}, {1}, 0, {}, true}, m.grid.clear();
    return m;
  }
  m.apart = false;
  std::vector<double> rows;
  if (t.shape == table_shape::many_per_child)
    for (std::size_t c = 0; c + 1 < data.first_row.size(); ++c) rows.push_back(static_cast<double>(data.first_row[c + 1] - data.first_row[c]));
  else if (t.shape == table_shape::lookup)
    rows.assign(pooled_below, static_cast<double>(data.rows));
  m.rows = learnt_numbers(std::move(rows), {{0}, {1}, 0, {}, true});
  m.rows.whole = true;
  if (t.shape == table_shape::many_per_child) learn_grid(data, t, m);
  const bool hangs = t.has_time();
  for (std::size_t i = 0; i < t.columns.size() && data.rows > 0; ++i) {
    const auto& declared = t.columns[i];
    const auto& c = data.columns[i];
    auto& out = m.columns[i];
    std::size_t held = 0;
    std::vector<double> numbers;
    std::vector<date> days;
    std::vector<std::size_t> counts(declared.type == column_type::category ? declared.categories.size() : 2, 0);
    each_value(c, data.rows, [&](std::size_t row, double x) {
      ++held;
      if (declared.type == column_type::category || declared.type == column_type::yes_no) ++counts[static_cast<std::size_t>(x)];
      else if (declared.type == column_type::date && hangs && static_cast<std::int32_t>(i) != t.time) numbers.push_back(x - time_at(data, t, row).day);
      else if (declared.type == column_type::date) days.push_back({static_cast<std::int32_t>(x)});
      else if (declared.type > column_type::yes_no && declared.type < column_type::date) numbers.push_back(x);
    });
    out.empty = 1 - static_cast<double>(held) / static_cast<double>(data.rows);
    // A value, or the want of one, that only a few rows show is not shown.
    if (held < pooled_below) out.empty = 1;
    if (data.rows - held < pooled_below) out.empty = 0;
    if (declared.required || static_cast<std::int32_t>(i) == t.time || static_cast<std::int32_t>(i) == t.recorded_column) out.empty = 0;
    if (!counts.empty() && (declared.type == column_type::category || declared.type == column_type::yes_no)) out.shares = learnt_shares(counts, out.shares);
    if (!numbers.empty()) out.numbers = learnt_numbers(std::move(numbers), out.numbers);
    if (!days.empty()) out.days = learnt_days(days, out.days);
  }
  return m;
}

}  // namespace earlysight::simulation
