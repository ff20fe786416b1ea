// SPDX-License-Identifier: Apache-2.0
#include "margins.hpp"

#include <algorithm>
#include <cmath>

namespace earlysight::simulation {

double number_margin::draw(draws& d) const {
  const auto u = d.unit();
  double x = 0;
  if (!values.empty() && (u >= pooled || levels.empty())) {
    const auto place = std::upper_bound(up_to.begin(), up_to.end(), d.unit() * up_to.back()) - up_to.begin();
    x = values[std::min(values.size() - 1, static_cast<std::size_t>(place))];
  } else if (!levels.empty()) {
    const auto at = d.unit() * static_cast<double>(levels.size() - 1);
    const auto i = std::min(levels.size() - 1, static_cast<std::size_t>(at));
    const auto next = std::min(levels.size() - 1, i + 1);
    x = levels[i] + (levels[next] - levels[i]) * (at - static_cast<double>(i));
  }
  return whole ? std::floor(x + 0.5) : x;
}

date day_margin::draw(draws& d) const {
  const auto place = std::upper_bound(up_to.begin(), up_to.end(), d.unit() * up_to.back()) - up_to.begin();
  const auto i = std::min(first.size() - 1, static_cast<std::size_t>(place));
  return first[i] + d.between(0, last[i] - first[i]);
}

namespace {

number_margin between(std::vector<double> levels, bool whole) { return {{}, {}, 1, std::move(levels), whole}; }

std::vector<double> even(std::size_t n) {
  std::vector<double> out;
  for (std::size_t i = 1; i <= n; ++i) out.push_back(static_cast<double>(i));
  return out;
}

// Sensible ranges by unit.
number_margin guessed_numbers(column_type type) {
  switch (type) {
    case column_type::count: return between({0, 2, 5, 12}, true);
    case column_type::percent: return between({0.4, 0.85, 0.93, 0.97, 1}, false);
    case column_type::points: return between({-0.1, 0, 0.02, 0.1}, false);
    case column_type::hours: return between({2, 10, 20, 25}, true);
    case column_type::sessions: return between({0, 8, 10, 10, 10}, true);
    case column_type::pounds: return between({50, 500, 2000, 10000}, true);
    default: return between({0, 20, 60, 100}, true);
  }
}

}  // namespace

table_margin guessed_margin(const table_declaration& t, date from, date to, std::int64_t children, const std::vector<date>& weeks) {
  table_margin m;
  if (t.shape == table_shape::lookup) {
    const auto n = static_cast<double>(std::clamp<std::int64_t>(children / 200, 5, 200));
    m.rows = {{n}, {1}, 0, {}, true};
  } else {
    m.rows = {{0, 1, 2, 3}, {0.55, 0.8, 0.92, 1}, 0, {}, true};
  }
  // A table at a date called week holds calendar weeks.
  if (t.shape == table_shape::many_per_child && t.has_time() && !t.is_interval() && t.columns[static_cast<std::size_t>(t.time)].name == "week" && !weeks.empty()) {
    m.grid = weeks;
    m.rows = {{static_cast<double>(weeks.size())}, {1}, 0, {}, true};
  }
  for (std::size_t i = 0; i < t.columns.size(); ++i) {
    const auto& c = t.columns[i];
    column_margin out;
    const auto place = static_cast<std::int32_t>(i);
    const bool fixed = c.required || place == t.time || place == t.key || place == t.recorded_column || c.type == column_type::key;
    out.empty = fixed ? 0 : c.empty == empty_cell::not_known ? 0.02 : c.empty == empty_cell::none ? 0.3 : place == t.end ? 0.35 : 0.4;
    if (c.type == column_type::category) out.shares = even(c.categories.size());
    if (c.type == column_type::yes_no) out.shares = {0.6, 1};
    out.numbers = guessed_numbers(c.type);
    if (c.type == column_type::date) {
      const bool birth = t.shape == table_shape::child && (c.name == "dob" || c.name == "born" || c.name == "date_of_birth");
      const auto first = birth ? add_months(to, -16 * 12) : c.planned ? to + 1 : from, last = birth ? add_months(to, -5 * 12) : c.planned ? add_months(to, 6) : to;
      out.days = {{first}, {later(first, last)}, {1}};
      out.numbers = place == t.end ? between({5, 30, 70, 150, 300}, true) : place == t.recorded_column ? between({0, 1, 3, 10}, true) : c.planned ? between({20, 60, 120, 365}, true) : between({0, 10, 30, 80}, true);
    }
    m.columns.push_back(std::move(out));
  }
  return m;
}

}  // namespace earlysight::simulation
