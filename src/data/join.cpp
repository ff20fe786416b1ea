// SPDX-License-Identifier: Apache-2.0
// The stretches of a file made one table.
#include "table_reader.hpp"

#include <algorithm>
#include <numeric>

namespace earlysight::csv {
namespace {

// The values of the stretches' rows, one after another: a stretch with fewer rows than it had room for leaves a gap, which those after it fill.
template <class T>
values_of<T> close_up(const std::vector<stretch>& parts, values_of<T>& values) {
  std::size_t base = 0;
  for (const auto& s : parts) {
    if (base != s.first_row) std::copy_n(values.data() + s.first_row, s.rows, values.data() + base);
    base += s.rows;
  }
  values.resize(base);
  return std::move(values);
}

}  // namespace

raw_table table_reader::join(std::vector<stretch>& parts, std::vector<rejected_row>& rejected) {
  const bool many = declared_.shape == table_shape::many_per_child;
  raw_table t;
  t.supplied = true;
  t.ignored_columns = ignored_;
  t.columns.resize(declared_.columns.size());
  t.digest = digest_;
  std::vector<std::size_t> rejected_already;
  std::vector<std::uint64_t> row_lines;
  std::uint64_t line = header_lines_ + 1;
  for (auto& s : parts) {
    for (auto r : s.rejected_children) rejected_already.push_back(t.rows + r);
    for (auto l : s.row_lines) row_lines.push_back(line + l);
    for (auto& r : s.rejected) {
      r.line += line;
      rejected.push_back(std::move(r));
    }
    for (auto d : s.doubted) set_bit(t.doubted, static_cast<std::size_t>(d), children_.text_of_child.size());
    t.counts.rejected += s.rejected.size();
    t.counts.read += s.read;
    t.rows += s.rows;
    line += s.lines;
    s.rejected = {};
  }
  t.counts.used = t.counts.read - t.counts.rejected;
  if (many) join_children(parts, t);
  for (std::size_t c = 0; c < t.columns.size(); ++c) join_column(parts, c, t);
  if (!many) drop_repeated_keys(t, std::move(row_lines), rejected_already, rejected);
  return t;
}

// The children of the rows: as runs where every stretch has them so, else of each row.
void table_reader::join_children(std::vector<stretch>& parts, raw_table& t) {
  t.in_order = true;
  std::int32_t last_child = -1, last_day = 0;
  for (const auto& s : parts) {
    if (s.rows == 0) continue;
    const auto* days = declared_.time >= 0 ? s.columns[static_cast<std::size_t>(declared_.time)].days() : nullptr;
    const bool follows = s.first_child > last_child || (s.first_child == last_child && (!days || days[0] >= last_day));
    t.in_order = t.in_order && s.in_order && follows;
    last_child = s.last_child;
    if (days) last_day = days[s.rows - 1];
  }
  if (std::any_of(parts.begin(), parts.end(), [](const stretch& s) { return s.by_row; })) {
    for (auto& s : parts) s.write_out_runs(s.rows);
    t.child = close_up(parts, child_room_);
    return;
  }
  std::size_t base = 0;
  for (auto& s : parts) {
    for (const auto& run : s.runs)
      if (t.runs.empty() || t.runs.back().child != run.child) t.runs.push_back({static_cast<std::uint32_t>(base + run.row), run.child});
    base += s.rows;
    s.runs = {};
  }
  child_room_ = {};
}

void table_reader::join_column(std::vector<stretch>& parts, std::size_t c, raw_table& t) {
  auto& out = t.columns[c];
  out.supplied = cell_of_column_[c] >= 0;
  if (!out.supplied) return;
  auto& room = rooms_[c];
  switch (declared_.columns[c].type) {
    case column_type::key:
    case column_type::text:
    case column_type::ref:
      join_texts(parts, c);
      out.owned = close_up(parts, room.wholes);
      break;
    case column_type::date: out.owned = close_up(parts, room.wholes); break;
    case column_type::category: out.owned = close_up(parts, room.categories); break;
    case column_type::yes_no: out.owned = close_up(parts, room.bytes); break;
    default:
      if (std::all_of(parts.begin(), parts.end(), [&](const stretch& s) { return s.columns[c].small; })) {
        out.owned = close_up(parts, room.bytes);
      } else {
        for (auto& s : parts)
          if (s.columns[c].small) std::copy_n(room.bytes.data() + s.first_row, s.rows, room.wide() + s.first_row);
        out.owned = close_up(parts, room.numbers);
      }
      room.bytes = {};
      room.numbers = {};
  }
  std::size_t base = 0;
  for (auto& s : parts) {
    s.columns[c].not_known.clear_in(out.known, base, t.rows);
    s.columns[c].nothing.clear_in(out.present, base, t.rows);
    base += s.rows;
  }
}

// The stretches' own numbers of texts made those of all.
void table_reader::join_texts(std::vector<stretch>& parts, std::size_t c) {
  if (declared_.columns[c].type == column_type::key) {
    // Keys hardly ever repeat.
    std::size_t most = texts_.size();
    for (const auto& s : parts) most += s.columns[c].texts.size();
    texts_.reserve(most);
  }
  std::vector<std::int32_t> number;
  for (auto& s : parts) {
    auto& column = s.columns[c];
    texts_.number_all(column.texts, number);
    auto& wholes = rooms_[c].wholes;
    for (auto r = s.first_row; r < s.first_row + s.rows; ++r) wholes[r] = number[static_cast<std::size_t>(wholes[r])];
    column.texts = {};
  }
}

// The first row with a key stands; later ones are rejected. A row that was rejected for a bad cell already is counted once.
void table_reader::drop_repeated_keys(raw_table& t, std::vector<std::uint64_t> lines, const std::vector<std::size_t>& rejected_already, std::vector<rejected_row>& rejected) const {
  const auto& keys = std::get<values_of<std::int32_t>>(t.columns[static_cast<std::size_t>(declared_.key)].owned);
  std::vector<bool> seen(texts_.size());
  std::vector<std::uint32_t> kept;
  kept.reserve(t.rows);
  for (std::size_t r = 0; r < t.rows; ++r) {
    const auto k = static_cast<std::size_t>(keys[r]);
    if (!seen[k]) {
      seen[k] = true;
      kept.push_back(static_cast<std::uint32_t>(r));
      continue;
    }
    if (std::binary_search(rejected_already.begin(), rejected_already.end(), r)) continue;
    rejected.push_back({file_, lines[r], key_name(), std::string(texts_.text(static_cast<std::uint32_t>(k))), "a row with this key stands before: the first one is used"});
    ++t.counts.rejected;
    --t.counts.used;
  }
  if (kept.size() != t.rows) take_rows(t, kept);
}

}  // namespace earlysight::csv
