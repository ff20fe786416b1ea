// SPDX-License-Identifier: Apache-2.0
#include "table_reader.hpp"

#include <earlysight/text/nearest.hpp>

#include <algorithm>
#include <exception>
#include <limits>
#include <thread>

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

}  // namespace

// Where reading stands, and what of the row before may serve again.
struct table_reader::place_in_row {
  const char* file_end;
  std::string last_key;
  std::int32_t last_child = -1;
  bool have_key = false;
  bool plain_key = false;  // the file writes the last key as it is, so that equal bytes are the same key
  std::vector<raw_cell> cells;
  std::string key_buffer;
  std::vector<std::string> buffers;  // a column's text where quotes were doubled
};

const std::string& table_reader::key_name() const {
  return declared_.shape == table_shape::many_per_child ? schema_.key_name() : declared_.columns[static_cast<std::size_t>(declared_.key)].name;
}

result<raw_table> table_reader::run(unsigned threads, std::vector<rejected_row>& rejected, std::vector<cohort_warning>& warnings) {
  if (auto header = read_header(warnings); !header) return header.error();
  auto parts = split(threads);
  read_all(parts);
  // A split inside a quoted cell shows: the stretch before does not stop where the next begins. Then the rest is read as one.
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i].stopped == parts[i + 1].begin) continue;
    parts.resize(i + 1);
    parts[i] = fresh(parts[i].begin, bytes_.data() + bytes_.size());
    read(parts[i], 0, true);
    break;
  }
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

stretch table_reader::fresh(const char* begin, const char* end) const {
  stretch s;
  s.begin = begin, s.end = end;
  for (const auto& c : declared_.columns) s.columns.emplace_back(c);
  return s;
}

std::vector<stretch> table_reader::split(unsigned threads) const {
  constexpr std::ptrdiff_t worth_a_thread = 1 << 20;
  const char* end = bytes_.data() + bytes_.size();
  const auto size = end - body_;
  const auto n = std::clamp<std::ptrdiff_t>(size / worth_a_thread, 1, std::max(1u, threads));
  std::vector<stretch> out;
  const char* begin = body_;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const char* stop = end;
    if (i + 1 < n) {
      stop = body_ + size / n * (i + 1);
      stop = stop <= begin ? begin : static_cast<const char*>(std::memchr(stop, '\n', static_cast<std::size_t>(end - stop)));
      stop = stop ? stop + 1 : end;
    }
    out.push_back(fresh(begin, stop));
    begin = stop;
    if (stop == end) break;
  }
  return out;
}

// About how many rows so many bytes hold, from the first of them.
std::size_t table_reader::rows_in(std::size_t bytes) const {
  const auto sample = std::min<std::size_t>(static_cast<std::size_t>(bytes_.data() + bytes_.size() - body_), 1 << 16);
  const auto lines = static_cast<std::size_t>(std::count(body_, body_ + sample, '\n'));
  return lines == 0 ? 0 : bytes / 16 * lines / std::max<std::size_t>(1, sample / 16) / 20 * 21 + 64;
}

void table_reader::read_all(std::vector<stretch>& parts) const {
  std::exception_ptr failed;
  std::vector<std::exception_ptr> failures(parts.size());
  std::vector<std::thread> running;
  auto stop = [&] {
    for (auto& t : running) t.join();
  };
  auto read_part = [&](std::size_t i) noexcept {
    try {
      // The first stretch has room for the rows of all, which join it.
      const auto all = static_cast<std::size_t>(parts.back().end - parts[0].begin);
      read(parts[i], rows_in(i == 0 ? all : static_cast<std::size_t>(parts[i].end - parts[i].begin)), i == 0);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  };
  try {
    for (std::size_t i = 1; i < parts.size(); ++i) running.emplace_back(read_part, i);
  } catch (...) {
    failed = std::current_exception();
  }
  read_part(0);
  stop();
  for (const auto& f : failures)
    if (f) failed = f;
  if (failed) std::rethrow_exception(failed);
}

void table_reader::read(stretch& s, std::size_t expected_rows, bool tells) const {
  constexpr std::ptrdiff_t between_tellings = 8 << 20;
  for (std::size_t c = 0; c < s.columns.size(); ++c)
    if (cell_of_column_[c] >= 0) s.columns[c].reserve(expected_rows);
  if (declared_.shape == table_shape::many_per_child) s.child.reserve(expected_rows);
  else s.row_lines.reserve(expected_rows);
  place_in_row at;
  at.file_end = bytes_.data() + bytes_.size();
  at.buffers.resize(s.columns.size());
  const char* told = s.begin;
  const char* p = s.begin;
  while (p < s.end) {
    const char* next = read_plain_row(s, p, at);
    p = next ? next : read_any_row(s, p, at);
    if (tells && progress_ && p - told > between_tellings) {
      told = p;
      progress_(static_cast<std::size_t>(p - s.begin));
    }
  }
  s.stopped = p;
}

std::int32_t table_reader::child_of(std::string_view key, place_in_row& at) const {
  if (at.have_key && key == at.last_key) return at.last_child;
  at.last_key = key;
  at.have_key = true;
  // Files mostly name children in the order of child.csv.
  const auto next = static_cast<std::size_t>(at.last_child + 1);
  if (next < children_.text_of_child.size() && texts_.text(static_cast<std::uint32_t>(children_.text_of_child[next])) == key) return at.last_child = static_cast<std::int32_t>(next);
  const auto n = texts_.find(key);
  return at.last_child = n >= 0 && static_cast<std::size_t>(n) < children_.child_of_text.size() ? children_.child_of_text[static_cast<std::size_t>(n)] : -1;
}

// The row if every cell of it is plain and good: the way of nearly all rows. Else nullptr, with nothing kept.
[[gnu::flatten]] const char* table_reader::read_plain_row(stretch& s, const char* row, place_in_row& at) const {
  const char* end = at.file_end;
  const char* p = row;
  const auto cells = column_of_cell_.size();
  std::int32_t child = -1;
  for (std::size_t i = 0; i < cells; ++i) {
    const auto column = column_of_cell_[i];
    if (column >= 0) {
      const char* begin = p;
      p = s.columns[static_cast<std::size_t>(column)].read_plain(p, end);
      if (!p || (i == key_cell_ && trimmed(begin, p).empty())) return nullptr;
    } else {
      const auto length = at.last_key.size();
      const char* mark = nullptr;
      if (i == key_cell_ && at.plain_key && at.last_child >= 0 && static_cast<std::size_t>(end - p) > length && (p[length] == ',' || p[length] == '\n') && std::memcmp(p, at.last_key.data(), length) == 0) {
        mark = p + length;
        child = at.last_child;
      } else {
        mark = next_mark(p, end);
        if (mark == end || *mark == '"') return nullptr;
        if (i == key_cell_) {
          const auto key = trimmed(p, mark);
          if (key.empty()) return nullptr;
          child = child_of(key, at);
          if (child < 0) return nullptr;
          at.plain_key = true;
        }
      }
      p = mark;
    }
    if (i + 1 < cells) {
      if (*p != ',') return nullptr;
      ++p;
    }
  }
  if (*p == '\r' && p + 1 < end && p[1] == '\n') ++p;
  if (*p != '\n') return nullptr;
  if (declared_.shape == table_shape::many_per_child) s.child.push_back(child);
  else s.row_lines.push_back(s.lines);
  for (std::size_t i = 0; i < cells; ++i)
    if (column_of_cell_[i] >= 0) s.columns[static_cast<std::size_t>(column_of_cell_[i])].keep();
  ++s.rows, ++s.read, ++s.lines;
  return p + 1;
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
  at.plain_key = false;
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
  if (many) s.child.push_back(child);
  else s.row_lines.push_back(line);
  for (std::size_t c = 0; c < s.columns.size(); ++c)
    if (cell_of_column_[c] >= 0) s.columns[c].keep();
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
