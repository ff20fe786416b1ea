// SPDX-License-Identifier: Apache-2.0
// Changes to tables already made: cells and rows that a benchmark adds, takes away or moves about.
#include "workload.hpp"

#include "numbers.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace earlysight::workload {
namespace {

using rows_from = std::vector<std::uint32_t>;  // for each row of the table to be, the row that it is a copy of

std::vector<std::uint64_t> taken(const std::vector<std::uint64_t>& bits, const rows_from& from) {
  if (bits.empty()) return {};
  std::vector<std::uint64_t> out((from.size() + 63) / 64);
  for (std::size_t i = 0; i < from.size(); ++i) out[i / 64] |= (bits[from[i] / 64] >> (from[i] % 64) & 1) << (i % 64);
  return out;
}

void take(memory_table& t, const rows_from& from) {
  auto each = [&](auto& values) {
    std::decay_t<decltype(values)> out(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) out[i] = values[from[i]];
    values = std::move(out);
  };
  for (auto& c : t.columns) {
    std::visit(each, c.values);
    c.known = taken(c.known, from);
    c.present = taken(c.present, from);
  }
  each(t.child);
}

memory_table& table_named(memory& m, const std::string& name) {
  for (auto& t : m.tables)
    if (t.name == name && !t.child.empty()) return t;
  throw std::invalid_argument("there is no table " + name + " many per child: attendance, referral, suspension, placement and plan are");
}

// The first column of each table is its time.
std::vector<std::int32_t>& times_of(memory_table& t) { return std::get<std::vector<std::int32_t>>(t.columns.front().values); }

void lengthen(const shape& of, memory& m) {
  auto& t = table_named(m, of.long_table);
  const auto child = static_cast<std::uint32_t>(m.children / 2);
  const auto begin = static_cast<std::size_t>(std::lower_bound(t.child.begin(), t.child.end(), child) - t.child.begin());
  const auto end = static_cast<std::size_t>(std::upper_bound(t.child.begin(), t.child.end(), child) - t.child.begin());
  const auto rows = t.rows();
  rows_from from(rows + of.long_rows);
  std::iota(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(end), 0U);
  for (std::size_t i = 0; i < of.long_rows; ++i) from[end + i] = static_cast<std::uint32_t>(i % rows);
  std::iota(from.begin() + static_cast<std::ptrdiff_t>(end + of.long_rows), from.end(), static_cast<std::uint32_t>(end));
  const auto first = from.begin() + static_cast<std::ptrdiff_t>(begin), last = from.begin() + static_cast<std::ptrdiff_t>(end + of.long_rows);
  const auto& before = times_of(t);
  std::stable_sort(first, last, [&](std::uint32_t a, std::uint32_t b) { return before[a] < before[b]; });
  take(t, from);
  std::fill_n(t.child.begin() + static_cast<std::ptrdiff_t>(begin), last - first, child);
  if (of.long_table != "attendance" || !of.long_daily) return;
  constexpr std::size_t days = 273;
  const auto own = static_cast<std::size_t>(last - first);
  for (std::size_t i = 0; i < own; ++i) times_of(t)[begin + i] = as_of().day - static_cast<std::int32_t>(days - 1 - i * days / own);
}

void hide_weeks(const shape& of, memory_table& attendance) {
  numbers r(of.seed ^ 0x77656b73);
  for (auto& c : attendance.columns) {
    if (c.name == "week") continue;
    c.known.assign((attendance.rows() + 63) / 64, 0);
    for (std::size_t i = 0; i < attendance.rows(); ++i) c.known[i / 64] |= static_cast<std::uint64_t>(!r.chance(of.missing_weeks)) << (i % 64);
  }
}

void add_categories(const shape& of, memory_table& t, std::string name) {
  numbers r(of.seed ^ 0x63617473);
  std::vector<std::uint16_t> codes(t.rows());
  for (auto& c : codes) c = static_cast<std::uint16_t>(r.below(static_cast<int>(of.categories)));
  t.columns.push_back({std::move(name), std::move(codes), {}, {}});
}

void shuffle(const shape& of, memory_table& t) {
  numbers r(of.seed ^ 0x73687566);
  rows_from from(t.rows());
  std::iota(from.begin(), from.end(), 0U);
  for (std::size_t i = from.size(); i > 1; --i) std::swap(from[i - 1], from[static_cast<std::size_t>(r.next() % i)]);
  take(t, from);
}

}  // namespace

void reshape(const shape& of, memory& m) {
  if (of.categories > 0) {
    add_categories(of, m.tables.front(), "ward");
    add_categories(of, table_named(m, "referral"), "provider");
  }
  if (of.missing_weeks > 0) hide_weeks(of, table_named(m, "attendance"));
  if (!of.long_table.empty() && of.long_rows > 0) lengthen(of, m);
  if (of.shuffled)
    for (auto& t : m.tables)
      if (!t.child.empty()) shuffle(of, t);
}

}  // namespace earlysight::workload
