// SPDX-License-Identifier: Apache-2.0
#include <earlysight/data/panel.hpp>

#include "child_index.hpp"
#include "raw_table.hpp"

#include <algorithm>
#include <numeric>

namespace earlysight {

namespace {

struct owner {
  owned_values values;
  std::vector<std::uint64_t> known, present;
  std::vector<std::int32_t> target;
};

const std::int32_t* dates_of(const raw_column& c) {
  if (const auto* own = std::get_if<values_of<std::int32_t>>(&c.owned)) return own->data();
  if (const auto* view = std::get_if<std::span<const std::int32_t>>(&c.view)) return view->data();
  return nullptr;
}

// The child of each row, where only runs are known.
void write_out_runs(raw_table& t) {
  if (t.runs.empty()) return;
  t.child.reserve(t.rows);
  for (std::size_t i = 0; i < t.runs.size(); ++i) t.child.resize(i + 1 < t.runs.size() ? t.runs[i + 1].row : t.rows, t.runs[i].child);
  t.runs = {};
}

// Of rows in order, where each child's begin.
std::vector<std::uint32_t> first_rows(const raw_table& t, std::size_t children) {
  std::vector<std::uint32_t> first(children + 1);
  for (auto c : t.child) ++first[static_cast<std::size_t>(c) + 1];
  for (std::size_t i = 0; i < t.runs.size(); ++i)
    first[static_cast<std::size_t>(t.runs[i].child) + 1] += (i + 1 < t.runs.size() ? t.runs[i + 1].row : static_cast<std::uint32_t>(t.rows)) - t.runs[i].row;
  std::partial_sum(first.begin(), first.end(), first.begin());
  return first;
}

// Where the rows of each bucket begin, from the number of rows in each.
void begin_buckets(std::vector<std::uint32_t>& counts) { std::exclusive_scan(counts.begin(), counts.end(), counts.begin(), 0U); }

// The rows by child, then time, then as they came; empty where they stand so already. Rows are dealt out twice, by time and then by child, so
// that none is ever compared with another: what reads or writes here and there in memory is the last deal alone.
std::vector<std::uint32_t> order_of(const raw_table& t, const std::int32_t* times, std::size_t children) {
  bool sorted = true;
  for (std::size_t i = 1; i < t.rows && sorted; ++i)
    sorted = t.child[i - 1] < t.child[i] || (t.child[i - 1] == t.child[i] && (!times || times[i - 1] <= times[i]));
  if (sorted) return {};
  struct row_of_child {
    std::int32_t child;
    std::uint32_t row;
  };
  std::vector<row_of_child> rows(t.rows);
  for (std::size_t i = 0; i < t.rows; ++i) rows[i] = {t.child[i], static_cast<std::uint32_t>(i)};
  if (times) {
    constexpr std::uint32_t most_days = 1 << 16;
    const auto [least, most] = std::minmax_element(times, times + t.rows);
    const auto first_day = *least;
    const auto days = static_cast<std::uint64_t>(std::int64_t{*most} - first_day) + 1;
    if (days <= most_days) {
      std::vector<std::uint32_t> next(days);
      auto day_of = [&](std::size_t i) { return static_cast<std::size_t>(times[i] - first_day); };
      for (std::size_t i = 0; i < t.rows; ++i) ++next[day_of(i)];
      begin_buckets(next);
      for (std::size_t i = 0; i < t.rows; ++i) rows[next[day_of(i)]++] = {t.child[i], static_cast<std::uint32_t>(i)};
    } else {
      // Days centuries apart, of a slip in the data.
      std::stable_sort(rows.begin(), rows.end(), [&](const row_of_child& a, const row_of_child& b) { return times[a.row] < times[b.row]; });
    }
  }
  std::vector<std::uint32_t> next(children), order(t.rows);
  for (auto c : t.child) ++next[static_cast<std::size_t>(c)];
  begin_buckets(next);
  for (const auto& r : rows) order[next[static_cast<std::size_t>(r.child)]++] = r.row;
  return order;
}

template <class From>
auto permuted(const From& from, const std::vector<std::uint32_t>& order) {
  values_of<std::remove_cv_t<typename From::value_type>> out(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) out[i] = from[order[i]];
  return out;
}

void permute(raw_column& c, const std::vector<std::uint32_t>& order) {
  if (!std::holds_alternative<std::monostate>(c.view)) {
    std::visit(
        [&](const auto& view) {
          using held = std::decay_t<decltype(view)>;
          if constexpr (std::is_same_v<held, std::span<const float>>) {
            values_of<double> wide(order.size());
            for (std::size_t i = 0; i < order.size(); ++i) wide[i] = static_cast<double>(view[order[i]]);
            c.owned = std::move(wide);
          } else if constexpr (!std::is_same_v<held, std::monostate>) {
            c.owned = permuted(view, order);
          }
        },
        c.view);
    c.view = std::monostate{};
  } else {
    std::visit(
        [&](auto& own) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(own)>, std::monostate>) own = permuted(own, order);
        },
        c.owned);
  }
  auto bits = [&](std::vector<std::uint64_t>& own, bit_view& host) {
    if (own.empty() && !host.words) return;
    const bit_view from = own.empty() ? host : bit_view{own.data()};
    std::vector<std::uint64_t> to((order.size() + 63) / 64);
    for (std::size_t i = 0; i < order.size(); ++i)
      if (from.test(order[i])) to[i / 64] |= std::uint64_t{1} << (i % 64);
    own = std::move(to);
    host = {};
  };
  bits(c.known, c.host_known);
  bits(c.present, c.host_present);
}

column to_column(raw_column&& raw) {
  column out;
  out.values = raw.view;
  out.known = raw.host_known;
  out.present = raw.host_present;
  // A column that only views the host's memory has nothing to keep alive.
  if (!std::holds_alternative<std::monostate>(raw.owned) || !raw.known.empty() || !raw.present.empty()) {
    auto keep = std::make_shared<owner>();
    keep->values = std::move(raw.owned);
    keep->known = std::move(raw.known);
    keep->present = std::move(raw.present);
    if (std::holds_alternative<std::monostate>(raw.view))
      std::visit(
          [&](const auto& own) {
            using held = std::decay_t<decltype(own)>;
            if constexpr (!std::is_same_v<held, std::monostate>) out.values = std::span<const typename held::value_type>(own);
          },
          keep->values);
    if (!keep->known.empty()) out.known = {keep->known.data()};
    if (!keep->present.empty()) out.present = {keep->present.data()};
    out.owner = std::move(keep);
  }
  if (!raw.supplied) out.values = std::monostate{};
  return out;
}

}  // namespace

void take_rows(raw_table& t, const std::vector<std::uint32_t>& rows) {
  for (auto& c : t.columns) permute(c, rows);
  t.rows = rows.size();
}

cohort finish_cohort(const schema& s, std::vector<raw_table> tables, text_pool texts, std::vector<rejected_row> rejected, std::vector<cohort_warning> warnings) {
  cohort out;
  out.rejected = std::move(rejected);
  out.warnings = std::move(warnings);
  out.tables.resize(tables.size());
  const auto child = static_cast<std::size_t>(s.child);
  out.children = tables[child].rows;
  const auto& key_column = tables[child].columns[static_cast<std::size_t>(s.tables[child].key)];
  const auto* keys = dates_of(key_column);  // text numbers are whole numbers too
  out.keys.assign(keys, keys + out.children);

  for (std::size_t i = 0; i < tables.size(); ++i) {
    auto& raw = tables[i];
    auto& t = out.tables[i];
    const auto& declared = s.tables[i];
    t.supplied = raw.supplied;
    t.rows = raw.rows;
    t.counts = raw.counts;
    t.digest = std::move(raw.digest);
    t.ignored_columns = std::move(raw.ignored_columns);
    if (declared.shape == table_shape::many_per_child) {
      if (!raw.in_order && raw.first_row.empty()) {
        write_out_runs(raw);
        const auto* times = declared.time >= 0 && raw.supplied ? dates_of(raw.columns[static_cast<std::size_t>(declared.time)]) : nullptr;
        const auto order = order_of(raw, times, out.children);
        if (!order.empty()) {
          take_rows(raw, order);
          values_of<std::int32_t> moved(raw.rows);
          for (std::size_t r = 0; r < raw.rows; ++r) moved[r] = raw.child[order[r]];
          raw.child = std::move(moved);
        }
      }
      if (raw.first_row.empty()) raw.first_row = first_rows(raw, out.children);
      t.first_row = std::move(raw.first_row);
      t.doubted = std::move(raw.doubted);
      if (!t.doubted.empty()) t.doubted.resize((out.children + 63) / 64);
      // An empty list assigned would keep the memory.
      decltype(raw.child)().swap(raw.child);
      decltype(raw.runs)().swap(raw.runs);
    }
    if (raw.columns.empty()) raw.columns.resize(declared.columns.size());
    t.columns.reserve(raw.columns.size());
    for (auto& c : raw.columns) {
      if (!raw.supplied) c.supplied = false;
      t.columns.push_back(to_column(std::move(c)));
    }
    t.panel = make_panel(declared, t, out.children);
  }
  // References: which row of the other table the text names.
  for (std::size_t i = 0; i < tables.size(); ++i) {
    for (std::size_t c = 0; c < s.tables[i].columns.size(); ++c) {
      const auto& declared = s.tables[i].columns[c];
      auto& column = out.tables[i].columns[c];
      const auto* numbers = std::get_if<std::span<const std::int32_t>>(&column.values);
      if (declared.type != column_type::ref || !numbers || declared.ref_table < 0) continue;
      const auto to = static_cast<std::size_t>(declared.ref_table);
      std::vector<std::int32_t> row_of_text(texts.size(), -1);
      const auto& key = out.tables[to].columns[static_cast<std::size_t>(s.tables[to].key)];
      if (const auto* target_keys = std::get_if<std::span<const std::int32_t>>(&key.values))
        for (std::size_t r = out.tables[to].rows; r-- > 0;) row_of_text[static_cast<std::size_t>((*target_keys)[r])] = static_cast<std::int32_t>(r);
      auto keep = std::make_shared<std::pair<std::shared_ptr<const void>, std::vector<std::int32_t>>>();
      keep->first = column.owner;
      keep->second.resize(numbers->size());
      for (std::size_t r = 0; r < numbers->size(); ++r) keep->second[r] = column.known.test(r) && column.present.test(r) ? row_of_text[static_cast<std::size_t>((*numbers)[r])] : -1;
      column.target = keep->second;
      column.owner = std::move(keep);
    }
  }
  out.texts = texts.copy();
  out.index = std::make_shared<child_index>(out);
  return out;
}

}  // namespace earlysight
