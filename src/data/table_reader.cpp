// SPDX-License-Identifier: Apache-2.0
#include "table_reader.hpp"

#include <earlysight/text/nearest.hpp>

#include "csv_scan.hpp"

#include <algorithm>
#include <limits>

namespace earlysight::csv {
namespace {

failure unusable(std::string message) { return {failure_kind::data, std::move(message)}; }

// A value as a message or rejected.csv can hold it.
std::string shown(std::string_view text) {
  if (!is_utf8(text)) return "(not UTF-8)";
  if (text.size() <= 200) return std::string(text);
  auto end = std::size_t{197};
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

bool same_bytes(const char* a, const char* b, std::size_t n) {
  // Eight at a time; the last eight may overlap those before.
  std::uint64_t x, y;
  if (n < 8) return std::memcmp(a, b, n) == 0;
  for (std::size_t i = 0; i + 8 < n; i += 8) {
    std::memcpy(&x, a + i, 8), std::memcpy(&y, b + i, 8);
    if (x != y) return false;
  }
  std::memcpy(&x, a + n - 8, 8), std::memcpy(&y, b + n - 8, 8);
  return x == y;
}

// Of these rows, the first that have as many cells as they should, each row on its own line.
std::size_t even_rows(const char* base, const std::uint32_t* ends, std::size_t cells, std::size_t rows, const cell_ends& found) {
  if (rows == 0) return 0;
  std::size_t lines = 0;
  for (std::size_t r = 0; r < rows; ++r) lines += base[ends[(r + 1) * cells - 1]] == '\n';
  // As many line feeds as rows, each at the end of one: none is left for elsewhere.
  if (lines == rows && found.feeds_in(ends[rows * cells - 1] + 1) == rows) return rows;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < cells; ++i)
      if ((base[ends[r * cells + i]] == '\n') != (i + 1 == cells)) return r;
  return rows;
}

}  // namespace

// Where reading stands, and what of the rows before may serve again.
struct table_reader::place_in_row {
  explicit place_in_row(scan_level level) : ends(level) {}

  const char* file_end = nullptr;
  std::int32_t last_child = -1;
  std::vector<raw_cell> cells;
  std::string key_buffer;
  std::vector<std::string> buffers;  // a column's text where quotes were doubled
  cell_ends ends;
  std::size_t block_bytes = most_block_bytes;  // few where a row could not be read in a block lately
  std::vector<child_run> changes;              // rows of the block at which another child begins

  static constexpr std::size_t most_block_bytes = 1 << 14, least_block_bytes = 1 << 8;
};

const std::string& table_reader::key_name() const {
  return declared_.shape == table_shape::many_per_child ? schema_.key_name() : declared_.columns[static_cast<std::size_t>(declared_.key)].name;
}

result<raw_table> table_reader::run(unsigned threads, std::vector<rejected_row>& rejected, std::vector<cohort_warning>& warnings) {
  if (auto header = read_header(warnings); !header) return header.error();
  auto parts = split();
  make_room(parts, threads);
  read_all(parts, threads);
  correct_splits(parts);
  std::size_t rows = 0;
  for (const auto& s : parts) rows += s.rows;
  if (rows >= std::numeric_limits<std::uint32_t>::max()) return unusable(file_ + " has more than 4 billion rows: split the children into several runs");
  return join(parts, rejected);
}

result<bool> table_reader::read_header(std::vector<cohort_warning>& warnings) {
  if (bytes_.empty()) return unusable(file_ + " is empty: the first line must name the columns");
  const char* p = bytes_.data();
  const char* end = p + bytes_.size();
  if (bytes_.substr(0, 3) == "\xEF\xBB\xBF") p += 3;
  if (bytes_.substr(0, 2) == "\xFF\xFE" || bytes_.substr(0, 2) == "\xFE\xFF") return unusable(file_ + " is UTF-16 text: save it as CSV UTF-8");
  std::vector<raw_cell> cells;
  bool open_quote = false;
  while (p < end && cells.empty()) p = read_row(p, end, cells, header_lines_, open_quote);
  if (cells.empty()) return unusable(file_ + " has no header: the first line must name the columns");
  body_ = p;
  std::vector<std::string> names;
  std::string buffer;
  for (const auto& c : cells) names.push_back(shown(text_of(c, buffer)));
  column_of_cell_.assign(names.size(), -1);
  cell_of_column_.assign(declared_.columns.size(), -1);
  const bool many = declared_.shape == table_shape::many_per_child;
  bool have_key = false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!names[i].empty() && std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) != names.begin() + static_cast<std::ptrdiff_t>(i))
      return unusable(file_ + " has two columns called " + names[i] + ": leave one of them out");
    const auto column = declared_.find(names[i]);
    if (column >= 0) {
      cell_of_column_[static_cast<std::size_t>(column)] = static_cast<std::int32_t>(i);
      column_of_cell_[i] = column;
    }
    if (names[i] == key_name()) {
      key_cell_ = i;
      have_key = true;
    } else if (column < 0) {
      ignored_.push_back(names[i]);
    }
  }
  auto missing = [&](const std::string& column, const char* what) {
    const auto meant = nearest_name(column, names);
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < 12; ++i) list += (i > 0 ? ", " : "") + names[i];
    return unusable(file_ + " has no column " + column + ", " + what + "; its columns are " + list + (names.size() > 12 ? ", …" : "") + (meant.empty() ? "" : " (is it the one called " + meant + "?)"));
  };
  if (!have_key) return missing(key_name(), many ? "which says whose row it is" : "its key");
  for (std::size_t c = 0; c < declared_.columns.size(); ++c) {
    if (cell_of_column_[c] >= 0) continue;
    const auto& column = declared_.columns[c];
    if (static_cast<std::int32_t>(c) == declared_.time) return missing(column.name, "which says when each row happened");
    if (column.required && static_cast<std::int32_t>(c) != declared_.recorded_column) return missing(column.name, "which is required");
    warnings.push_back({file_ + " has no column " + column.name + ": it is not known in every row", static_cast<std::int32_t>(&declared_ - schema_.tables.data()), static_cast<std::int32_t>(c)});
  }
  return true;
}

void table_reader::read(stretch& s) const {
  place_in_row at(level_);
  at.file_end = bytes_.data() + bytes_.size();
  at.buffers.resize(s.columns.size());
  const char* p = s.begin;
  while (p < s.end) {
    p = read_block(s, p, at);
    if (p < s.end) p = read_any_row(s, p, at);
  }
  s.stopped = p;
  for (auto& c : s.columns) c.end_stretch();
}

std::int32_t table_reader::child_of(std::string_view key, place_in_row& at) const {
  // Files mostly name children in the order of child.csv.
  auto is = [&](std::size_t child) {
    return child < children_.text_of_child.size() && texts_.text(static_cast<std::uint32_t>(children_.text_of_child[child])) == key;
  };
  const auto next = static_cast<std::size_t>(at.last_child + 1);
  if (is(next)) return at.last_child = static_cast<std::int32_t>(next);
  if (next > 0 && is(next - 1)) return at.last_child;
  const auto n = texts_.find(key);
  const auto child = n >= 0 && static_cast<std::size_t>(n) < children_.child_of_text.size() ? children_.child_of_text[static_cast<std::size_t>(n)] : -1;
  if (child >= 0) at.last_child = child;
  return child;
}

// Adds rows of one child behind the others.
void table_reader::add_run(stretch& s, std::int32_t child, std::size_t first, std::size_t rows) const {
  const bool goes_on = s.last_child == child;
  if (!goes_on) {
    s.in_order = s.in_order && s.last_child < child;
    if (s.first_child < 0) s.first_child = child;
    s.last_child = child;
    // A file in the order of its dates has a run a row, which takes more memory than the children of the rows.
    if (s.runs.size() >= 256 && s.runs.size() * 4 > first) s.write_out_runs(first);
    if (!s.by_row) s.runs.push_back({static_cast<std::uint32_t>(first), child});
  }
  if (s.by_row) std::fill_n(s.child + first, rows, child);
  if (!s.in_order || declared_.time < 0) return;
  const auto* times = s.columns[static_cast<std::size_t>(declared_.time)].days();
  bool falls = false;
  for (auto r = goes_on ? first : first + 1; r < first + rows; ++r) falls |= times[r] < times[r - 1];
  s.in_order = !falls;
}

void stretch::write_out_runs(std::size_t until) {
  if (by_row) return;
  for (std::size_t i = 0; i < runs.size(); ++i) std::fill(child + runs[i].row, child + (i + 1 < runs.size() ? runs[i + 1].row : until), runs[i].child);
  runs = {};
  by_row = true;
}

// The children that the rows name, as changes from row to row.
std::size_t table_reader::read_children(const cell_block& b, std::size_t rows, place_in_row& at) const {
  at.changes.clear();
  cell_bounds last{nullptr, nullptr};
  return each_cell(b, key_cell_, rows, [&](cell_bounds c, std::size_t r) {
    if (c.size() == last.size() && last.begin && same_bytes(c.begin, last.begin, c.size())) return true;
    std::string_view key;
    if (!plain_text(c, key) || key.empty()) return false;
    const auto child = child_of(key, at);
    if (child < 0) return false;
    at.changes.push_back({static_cast<std::uint32_t>(r), child});
    last = c;
    return true;
  });
}

// Reads rows, a column at a time, while all of them are plain and good: the way of nearly all rows. Answers the row that is not so.
const char* table_reader::read_block(stretch& s, const char* row, place_in_row& at) const {
  constexpr std::size_t readable_after = 64 + 8;
  const auto cells = column_of_cell_.size();
  const char* p = row;
  while (p < s.end) {
    // Whole words, the last of which may reach past the stretch, but not to the end of the file.
    const auto left = static_cast<std::size_t>(at.file_end - p);
    if (left < readable_after) return p;
    const auto wanted = std::min(at.block_bytes, static_cast<std::size_t>(s.end - p));
    at.ends.find(p, std::min((wanted + 63) / 64, (left - 8) / 64));
    const auto* ends = at.ends.ends();
    auto rows = at.ends.size() / cells;
    const auto until = static_cast<std::size_t>(s.end - p);
    while (rows > 0 && ends[rows * cells - 1] >= until) --rows;
    rows = even_rows(p, ends, cells, rows, at.ends);
    const auto whole = rows;
    const cell_block block{p, ends, cells, at.ends.carriages()};
    const bool many = declared_.shape == table_shape::many_per_child;
    if (many) rows = read_children(block, rows, at);
    for (std::size_t i = 0; i < cells && rows > 0; ++i)
      if (const auto c = column_of_cell_[i]; c >= 0) rows = s.columns[static_cast<std::size_t>(c)].read_block(block, i, rows);
    if (rows > 0) {
      keep_block(s, rows, at);
      p += ends[rows * cells - 1] + 1;
    }
    const bool held_up = rows < whole || rows == 0 || at.ends.stopped();
    at.block_bytes = held_up ? std::max(place_in_row::least_block_bytes, at.block_bytes / 4) : std::min(place_in_row::most_block_bytes, at.block_bytes * 2);
    if (held_up) break;
  }
  return p;
}

void table_reader::keep_block(stretch& s, std::size_t rows, const place_in_row& at) const {
  const auto first = s.rows;
  for (std::size_t c = 0; c < s.columns.size(); ++c)
    if (cell_of_column_[c] >= 0) s.columns[c].keep_block(rows);
  if (declared_.shape == table_shape::many_per_child) {
    for (std::size_t i = 0; i < at.changes.size() && at.changes[i].row < rows; ++i) {
      const auto end = i + 1 < at.changes.size() ? std::min<std::size_t>(at.changes[i + 1].row, rows) : rows;
      add_run(s, at.changes[i].child, first + at.changes[i].row, end - at.changes[i].row);
    }
  } else {
    for (std::size_t r = 0; r < rows; ++r) s.row_lines.push_back(s.lines + r);
  }
  s.rows += rows, s.read += rows, s.lines += rows;
}

// Any row: kept, or rejected with its reason.
const char* table_reader::read_any_row(stretch& s, const char* row, place_in_row& at) const {
  const bool many = declared_.shape == table_shape::many_per_child;
  const auto line = s.lines;
  bool open_quote = false;
  const char* next = read_row(row, at.file_end, at.cells, s.lines, open_quote);
  if (at.cells.empty()) return next;
  ++s.read;
  const auto cells = at.cells.size();
  const bool whole = cells == column_of_cell_.size() && !open_quote;
  auto reject = [&](std::string column, std::string_view value, std::string reason) {
    // A closing quote that was forgotten takes the next lines into its cell.
    const auto lines = s.lines - line;
    if (!whole && lines > 1) reason += "; it runs over " + std::to_string(lines) + " lines: is a closing quote missing?";
    s.rejected.push_back({file_, line, std::move(column), shown(value), std::move(reason)});
    if (many && lines > 1) doubt_swallowed(s, row, next);
  };
  std::string_view key;
  if (key_cell_ < cells && !(open_quote && key_cell_ + 1 == cells)) key = text_of(at.cells[key_cell_], at.key_buffer);
  const std::int32_t child = many && !key.empty() ? child_of(key, at) : -1;
  bool good = whole && !key.empty() && (!many || child >= 0);
  if (open_quote) {
    std::string buffer;
    reject("", text_of(at.cells.back(), buffer), "a quote is opened and never closed");
  } else if (!whole) {
    reject("", "", wrong_length(cells));
  } else if (key.empty()) {
    reject(key_name(), "", "the key is empty");
  } else if (!good) {
    reject(key_name(), key, "no row of child has this key");
  }
  for (std::size_t c = 0; good && c < s.columns.size(); ++c) {
    const auto cell = cell_of_column_[c];
    if (cell < 0) continue;
    const auto text = text_of(at.cells[static_cast<std::size_t>(cell)], at.buffers[c]);
    const auto why = text.empty() ? s.columns[c].read_empty() : s.columns[c].read(text);
    if (!why) continue;
    reject(declared_.columns[c].name, text, why + allowed_values(declared_.columns[c], text));
    good = false;
  }
  if (!good) {
    if (many && child >= 0) s.doubted.push_back(child);
    if (declared_.shape != table_shape::child || key.empty() || !is_utf8(key)) return next;
    // The child is scored all the same, and nothing is known of it.
    for (std::size_t c = 0; c < s.columns.size(); ++c) s.columns[c].set_not_known();
    (void)s.columns[static_cast<std::size_t>(declared_.key)].read(key);
    s.rejected_children.push_back(s.rows);
  }
  for (std::size_t c = 0; c < s.columns.size(); ++c)
    if (cell_of_column_[c] >= 0) s.columns[c].keep();
  if (many) add_run(s, child, s.rows, 1);
  else s.row_lines.push_back(line);
  ++s.rows;
  return next;
}

// Lines inside a rejected row may be rows that a missing quote has taken in: what the table says of their children is doubted too.
void table_reader::doubt_swallowed(stretch& s, const char* row, const char* next) const {
  for (const char* p = row; (p = static_cast<const char*>(std::memchr(p, '\n', static_cast<std::size_t>(next - p)))) != nullptr && ++p < next;) {
    const auto* line_end = static_cast<const char*>(std::memchr(p, '\n', static_cast<std::size_t>(next - p)));
    if (!line_end) line_end = next;
    const char* cell = p;
    for (std::size_t i = 0; i < key_cell_ && cell < line_end; ++i) {
      const auto* comma = static_cast<const char*>(std::memchr(cell, ',', static_cast<std::size_t>(line_end - cell)));
      cell = comma ? comma + 1 : line_end;
    }
    auto key = trimmed(cell, std::find_if(cell, line_end, [](char c) { return c == ',' || c == '\r'; }));
    if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = trimmed(key.data() + 1, key.data() + key.size() - 1);
    const auto n = texts_.find(key);
    if (n < 0 || static_cast<std::size_t>(n) >= children_.child_of_text.size()) continue;
    if (const auto child = children_.child_of_text[static_cast<std::size_t>(n)]; child >= 0) s.doubted.push_back(child);
  }
}

std::string table_reader::wrong_length(std::size_t found) const {
  return "the row has " + std::to_string(found) + (found == 1 ? " cell" : " cells") + " and the header " + std::to_string(column_of_cell_.size());
}

}  // namespace earlysight::csv
