// SPDX-License-Identifier: Apache-2.0
// The stretches of a file made one table.
#include "table_reader.hpp"

#include <algorithm>
#include <numeric>

namespace earlysight::csv {

raw_table table_reader::join(std::vector<stretch>& parts, std::vector<rejected_row>& rejected) {
  const bool many = declared_.shape == table_shape::many_per_child;
  raw_table t;
  t.supplied = true;
  t.ignored_columns = ignored_;
  t.columns.resize(declared_.columns.size());
  std::vector<std::size_t> base, rejected_already;
  std::vector<std::uint64_t> row_lines;
  std::uint64_t line = header_lines_ + 1;
  for (auto& s : parts) {
    base.push_back(t.rows);
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
  for (std::size_t c = 0; c < t.columns.size(); ++c) join_column(parts, base, c, t);
  if (many) {
    t.child = std::move(parts[0].child);
    for (std::size_t i = 1; i < parts.size(); ++i) t.child.insert(t.child.end(), parts[i].child.begin(), parts[i].child.end());
  } else {
    drop_repeated_keys(t, std::move(row_lines), rejected_already, rejected);
  }
  return t;
}

void table_reader::join_column(std::vector<stretch>& parts, const std::vector<std::size_t>& base, std::size_t c, raw_table& t) {
  auto& out = t.columns[c];
  out.supplied = cell_of_column_[c] >= 0;
  if (!out.supplied) return;
  auto append = [&](auto member) {
    auto all = std::move(parts[0].columns[c].*member);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      auto& more = parts[i].columns[c].*member;
      all.insert(all.end(), more.begin(), more.end());
      more = {};
    }
    return all;
  };
  switch (declared_.columns[c].type) {
    case column_type::key:
    case column_type::text:
    case column_type::ref:
      for (auto& s : parts) {
        auto& column = s.columns[c];
        // The first texts of all keep the numbers that they have.
        if (texts_.size() == 0) {
          texts_ = std::move(column.texts);
          continue;
        }
        std::vector<std::int32_t> number(column.texts.size());
        for (std::size_t n = 0; n < number.size(); ++n) number[n] = static_cast<std::int32_t>(texts_.number(column.texts.text(static_cast<std::uint32_t>(n))));
        for (auto& w : column.wholes) w = number[static_cast<std::size_t>(w)];
        column.texts = {};
      }
      out.owned = append(&column_builder::wholes);
      break;
    case column_type::date: out.owned = append(&column_builder::wholes); break;
    case column_type::category: out.owned = append(&column_builder::categories); break;
    case column_type::yes_no: out.owned = append(&column_builder::bytes); break;
    default:
      if (std::all_of(parts.begin(), parts.end(), [&](const stretch& s) { return s.columns[c].small; })) {
        out.owned = append(&column_builder::bytes);
      } else {
        for (auto& s : parts) {
          auto& column = s.columns[c];
          if (column.small) column.numbers.assign(column.bytes.begin(), column.bytes.end()), column.bytes = {};
        }
        out.owned = append(&column_builder::numbers);
      }
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].columns[c].not_known.clear_in(out.known, base[i], t.rows);
    parts[i].columns[c].nothing.clear_in(out.present, base[i], t.rows);
  }
}

// The first row with a key stands; later ones are rejected. A row that was rejected for a bad cell already is counted once.
void table_reader::drop_repeated_keys(raw_table& t, std::vector<std::uint64_t> lines, const std::vector<std::size_t>& rejected_already, std::vector<rejected_row>& rejected) const {
  const auto& keys = std::get<std::vector<std::int32_t>>(t.columns[static_cast<std::size_t>(declared_.key)].owned);
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
