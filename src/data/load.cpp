// SPDX-License-Identifier: Apache-2.0
#include <earlysight/data/load.hpp>

#include <earlysight/base/digest.hpp>
#include <earlysight/text/nearest.hpp>

#include "column_builder.hpp"
#include "csv_scan.hpp"
#include "mapped_file.hpp"
#include "raw_table.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

namespace earlysight {
namespace {

namespace fs = std::filesystem;
using csv::column_builder;
using csv::raw_cell;

failure unusable(std::string message) { return {failure_kind::data, std::move(message)}; }

std::string shortened(std::string_view text) {
  if (text.size() <= 200) return std::string(text);
  auto end = std::size_t{197};
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

// What one stretch of a file gives.
struct stretch {
  const char* begin = nullptr;
  const char* end = nullptr;
  std::vector<column_builder> columns;  // as declared
  std::vector<std::int32_t> child;      // of each row, for tables many per child
  std::vector<rejected_row> rejected;   // lines counted from the stretch's first
  std::vector<std::int32_t> doubted;
  std::uint64_t read = 0, lines = 0;
  bool open_quote = false;
  const char* stopped = nullptr;
};

class table_reader {
 public:
  table_reader(const schema& s, std::size_t index, std::string file, std::string_view bytes, text_pool& texts, const std::vector<std::int32_t>& child_of_text, std::size_t children)
      : schema_(s), declared_(s.tables[index]), file_(std::move(file)), bytes_(bytes), texts_(texts), child_of_text_(child_of_text), children_(children) {}

  result<raw_table> run(unsigned threads, std::vector<rejected_row>& rejected, std::vector<std::string>& warnings) {
    if (auto header = read_header(warnings); !header) return header.error();
    auto parts = split(threads);
    if (parts.size() == 1) {
      read(parts[0]);
    } else {
      std::vector<std::thread> running;
      for (std::size_t i = 1; i < parts.size(); ++i) running.emplace_back([this, &parts, i] { read(parts[i]); });
      read(parts[0]);
      for (auto& t : running) t.join();
      // A split inside a quoted cell shows: the stretch before does not stop where the next begins. Then the rest is read as one.
      for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (parts[i].stopped == parts[i + 1].begin && !parts[i].open_quote) continue;
        parts.resize(i + 1);
        auto& last = parts.back();
        const auto* begin = last.begin;
        last = fresh(begin, bytes_.data() + bytes_.size());
        read(last);
        break;
      }
    }
    return join(parts, rejected);
  }

 private:
  result<bool> read_header(std::vector<std::string>& warnings) {
    if (bytes_.empty()) return unusable(file_ + " is empty: the first line must name the columns");
    const char* p = bytes_.data();
    const char* end = p + bytes_.size();
    if (bytes_.substr(0, 3) == "\xEF\xBB\xBF") p += 3;
    if (bytes_.substr(0, 2) == "\xFF\xFE" || bytes_.substr(0, 2) == "\xFE\xFF") return unusable(file_ + " is UTF-16 text: save it as CSV UTF-8");
    std::vector<raw_cell> cells;
    bool open_quote = false;
    while (p < end && cells.empty()) p = csv::read_row(p, end, cells, header_lines_, open_quote);
    if (cells.empty()) return unusable(file_ + " has no header: the first line must name the columns");
    body_ = p;
    cell_of_column_.assign(declared_.columns.size(), -1);
    const auto& key = schema_.key_name();
    std::vector<std::string> names;
    std::string buffer;
    for (const auto& c : cells) names.emplace_back(csv::text_of(c, buffer));
    cells_ = names.size();
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!names[i].empty() && std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) != names.begin() + static_cast<std::ptrdiff_t>(i))
        return unusable(file_ + " has two columns called " + names[i] + ": leave one of them out");
      const auto column = declared_.find(names[i]);
      if (column >= 0) cell_of_column_[static_cast<std::size_t>(column)] = static_cast<std::int32_t>(i);
      else if (declared_.shape == table_shape::many_per_child && names[i] == key) key_cell_ = static_cast<std::int32_t>(i);
      else ignored_.push_back(names[i]);
    }
    if (declared_.shape != table_shape::many_per_child) key_cell_ = cell_of_column_[static_cast<std::size_t>(declared_.key)];
    const auto& key_column = declared_.shape == table_shape::many_per_child ? key : declared_.columns[static_cast<std::size_t>(declared_.key)].name;
    auto missing = [&](const std::string& column, const char* what) {
      const auto meant = nearest_name(column, names);
      std::string list;
      for (std::size_t i = 0; i < names.size() && i < 12; ++i) list += (i > 0 ? ", " : "") + names[i];
      return unusable(file_ + " has no column " + column + ", " + what + "; its columns are " + list + (names.size() > 12 ? ", …" : "") + (meant.empty() ? "" : " (is it the one called " + meant + "?)"));
    };
    if (key_cell_ < 0) return missing(key_column, declared_.shape == table_shape::many_per_child ? "which says whose row it is" : "its key");
    for (std::size_t c = 0; c < declared_.columns.size(); ++c) {
      if (cell_of_column_[c] >= 0) continue;
      const auto& column = declared_.columns[c];
      if (static_cast<std::int32_t>(c) == declared_.time) return missing(column.name, "which says when each row happened");
      if (column.required && static_cast<std::int32_t>(c) != declared_.recorded_column) return missing(column.name, "which is required");
      warnings.push_back(file_ + " has no column " + column.name + ": it is not known in every row");
    }
    return true;
  }

  stretch fresh(const char* begin, const char* end) const {
    stretch s;
    s.begin = begin, s.end = end;
    for (const auto& c : declared_.columns) s.columns.emplace_back(c);
    return s;
  }

  std::vector<stretch> split(unsigned threads) const {
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

  void read(stretch& s) const {
    const bool many = declared_.shape == table_shape::many_per_child;
    const char* end = s.end == bytes_.data() + bytes_.size() ? s.end : bytes_.data() + bytes_.size();
    const auto guess = static_cast<std::size_t>(s.end - s.begin) / std::max<std::size_t>(8, cells_ * 6);
    for (auto& c : s.columns) c.reserve(guess);
    if (many) s.child.reserve(guess);
    std::vector<raw_cell> cells;
    cells.reserve(cells_ + 4);
    std::string buffer, last_key = "\x01";
    std::int32_t last_child = -1;
    const char* p = s.begin;
    while (p < s.end) {
      const auto line = s.lines;
      const char* row = p;
      p = csv::read_row(p, end, cells, s.lines, s.open_quote);
      if (cells.empty()) continue;
      ++s.read;
      auto reject = [&](std::string column, std::string_view value, std::string reason) {
        s.rejected.push_back({file_, line, std::move(column), shortened(value), std::move(reason)});
      };
      (void)row;
      std::int32_t child = -1;
      std::string_view key;
      const auto key_at = static_cast<std::size_t>(key_cell_);
      if (key_at < cells.size()) key = csv::text_of(cells[key_at], buffer);
      const auto& key_name = many ? schema_.key_name() : declared_.columns[static_cast<std::size_t>(declared_.key)].name;
      if (key.empty()) {
        reject(key_name, "", cells.size() == cells_ ? "the key is empty" : wrong_length(cells.size()));
        continue;
      }
      if (many) {
        if (key != last_key) {
          last_key = key;
          const auto n = texts_.find(key);
          last_child = n >= 0 && static_cast<std::size_t>(n) < child_of_text_.size() ? child_of_text_[static_cast<std::size_t>(n)] : -1;
        }
        child = last_child;
      }
      bool good = cells.size() == cells_;
      if (!good) reject("", "", wrong_length(cells.size()));
      else if (many && child < 0) {
        reject(key_name, key, "no row of child has this key");
        continue;
      }
      for (std::size_t c = 0; good && c < s.columns.size(); ++c) {
        const auto cell = cell_of_column_[c];
        if (cell < 0) {
          s.columns[c].set_not_known();
          continue;
        }
        const auto& raw = cells[static_cast<std::size_t>(cell)];
        // Texts with doubled quotes are kept in the builder's own memory by `keep`, before the buffer is used again.
        std::string_view text;
        if (raw.quoted && std::memchr(raw.begin, '"', static_cast<std::size_t>(raw.end - raw.begin))) {
          if (quoted_.size() <= c) quoted_.resize(s.columns.size());
          text = csv::text_of(raw, quoted_[c]);
        } else {
          text = csv::text_of(raw, buffer);
        }
        const auto why = text.empty() ? s.columns[c].read_empty() : s.columns[c].read(text);
        if (!why) continue;
        reject(declared_.columns[c].name, csv::is_utf8(text) ? text : "(not UTF-8)", why + allowed(c, text));
        good = false;
      }
      if (good) {
        for (auto& c : s.columns) c.keep();
        if (many) s.child.push_back(child);
      } else if (many) {
        if (child >= 0) s.doubted.push_back(child);
      } else if (declared_.shape == table_shape::child && csv::is_utf8(key)) {
        // The child is scored all the same, and nothing is known of it.
        for (std::size_t c = 0; c < s.columns.size(); ++c) {
          if (static_cast<std::int32_t>(c) == declared_.key) (void)s.columns[c].read(key);
          else s.columns[c].set_not_known();
          s.columns[c].keep();
        }
        s.child.push_back(static_cast<std::int32_t>(s.columns[0].rows) - 1);  // marks the row as rejected
      }
    }
    s.stopped = p;
  }

  std::string wrong_length(std::size_t found) const {
    return "the row has " + std::to_string(found) + (found == 1 ? " cell" : " cells") + " and the header " + std::to_string(cells_);
  }

  std::string allowed(std::size_t column, std::string_view text) const {
    const auto& c = declared_.columns[column];
    if (c.type != column_type::category || text.empty()) return {};
    std::string list;
    for (std::size_t i = 0; i < c.categories.size() && i < 8; ++i) list += (i > 0 ? ", " : ": ") + c.categories[i];
    const auto meant = nearest_name(text, c.categories);
    return list + (c.categories.size() > 8 ? ", …" : "") + (meant.empty() ? "" : " (did they mean " + meant + "?)");
  }

  raw_table join(std::vector<stretch>& parts, std::vector<rejected_row>& rejected) {
    raw_table t;
    t.supplied = true;
    t.ignored_columns = ignored_;
    t.columns.resize(declared_.columns.size());
    std::uint64_t line = header_lines_ + 1;
    std::size_t rejections = 0;
    for (auto& s : parts) {
      if (s.open_quote && &s == &parts.back()) {
        rejected_row r{file_, line + s.lines, "", "", "a quote is opened and never closed: the rest of the file was read as one cell"};
        if (s.rejected.empty() || s.rejected.back().reason.find("cells") == std::string::npos) ++s.read, s.rejected.push_back(std::move(r)), s.rejected.back().line -= line;
      }
      for (auto& r : s.rejected) {
        r.line += line;
        rejected.push_back(std::move(r));
      }
      rejections += s.rejected.size();
      line += s.lines;
      t.counts.read += s.read;
    }
    t.counts.rejected = rejections;
    t.counts.used = t.counts.read - t.counts.rejected;
    std::vector<std::size_t> base;
    for (auto& s : parts) {
      base.push_back(t.rows);
      t.rows += s.columns.empty() ? s.child.size() : s.columns[0].rows;
    }
    for (std::size_t c = 0; c < t.columns.size(); ++c) join_column(parts, base, c, t);
    for (auto& s : parts) {
      if (declared_.shape == table_shape::many_per_child) {
        t.child.insert(t.child.end(), s.child.begin(), s.child.end());
        for (auto d : s.doubted) set_bit(t.doubted, static_cast<std::size_t>(d), children_);
      }
    }
    if (declared_.shape == table_shape::child)
      for (std::size_t i = 0; i < parts.size(); ++i)
        for (auto r : parts[i].child) kept_but_rejected.push_back(base[i] + static_cast<std::size_t>(r));
    return t;
  }

  void join_column(std::vector<stretch>& parts, const std::vector<std::size_t>& base, std::size_t c, raw_table& t) {
    auto& out = t.columns[c];
    out.supplied = cell_of_column_[c] >= 0;
    if (!out.supplied) return;
    auto append = [&](auto member) {
      auto all = std::move(parts[0].columns[c].*member);
      all.reserve(t.rows);
      for (std::size_t i = 1; i < parts.size(); ++i) {
        auto& more = parts[i].columns[c].*member;
        all.insert(all.end(), more.begin(), more.end());
        more = {};
      }
      all.shrink_to_fit();
      return all;
    };
    switch (declared_.columns[c].type) {
      case column_type::key:
      case column_type::text:
      case column_type::ref:
        for (auto& s : parts) {
          auto& column = s.columns[c];
          std::vector<std::int32_t> number(column.texts.size());
          for (std::size_t n = 0; n < number.size(); ++n) number[n] = static_cast<std::int32_t>(texts_.number(column.texts.text(static_cast<std::uint32_t>(n))));
          for (auto& w : column.wholes) w = number[static_cast<std::size_t>(w)];
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
    auto clear = [&](std::vector<std::uint64_t>& bits, auto member) {
      for (std::size_t i = 0; i < parts.size(); ++i)
        for (auto r : parts[i].columns[c].*member) {
          if (bits.empty()) bits.assign((t.rows + 63) / 64, ~std::uint64_t{0});
          const auto row = base[i] + r;
          bits[row / 64] &= ~(std::uint64_t{1} << (row % 64));
        }
    };
    clear(out.known, &column_builder::not_known);
    clear(out.present, &column_builder::nothing);
  }

 public:
  std::vector<std::size_t> kept_but_rejected;  // rows of child that are scored with nothing known

 private:
  const schema& schema_;
  const table_declaration& declared_;
  std::string file_;
  std::string_view bytes_;
  text_pool& texts_;
  const std::vector<std::int32_t>& child_of_text_;
  std::size_t children_;
  const char* body_ = nullptr;
  std::uint64_t header_lines_ = 0;
  std::size_t cells_ = 0;
  std::int32_t key_cell_ = -1;
  std::vector<std::int32_t> cell_of_column_;
  std::vector<std::string> ignored_;
  static thread_local std::vector<std::string> quoted_;
};

thread_local std::vector<std::string> table_reader::quoted_;

// The first row with a key stands; later ones are rejected.
void drop_repeated_keys(const table_declaration& declared, const std::string& file, raw_table& t, const text_pool& texts, std::vector<std::size_t>& kept_but_rejected, std::vector<rejected_row>& rejected,
                        const std::vector<std::uint64_t>& lines) {
  const auto& keys = std::get<std::vector<std::int32_t>>(t.columns[static_cast<std::size_t>(declared.key)].owned);
  std::vector<bool> seen(texts.size());
  std::vector<std::uint32_t> kept;
  for (std::size_t r = 0; r < t.rows; ++r) {
    const auto k = static_cast<std::size_t>(keys[r]);
    if (!seen[k]) {
      seen[k] = true;
      kept.push_back(static_cast<std::uint32_t>(r));
      continue;
    }
    // A row rejected already for a bad cell is counted once.
    if (std::binary_search(kept_but_rejected.begin(), kept_but_rejected.end(), r)) continue;
    rejected.push_back({file, r < lines.size() ? lines[r] : 0, declared.columns[static_cast<std::size_t>(declared.key)].name, std::string(texts.text(static_cast<std::uint32_t>(k))), "a row with this key stands before: the first one is used"});
    ++t.counts.rejected;
    --t.counts.used;
  }
  if (kept.size() == t.rows) return;
  for (auto& c : t.columns) {
    std::visit(
        [&](auto& own) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(own)>, std::monostate>) {
            for (std::size_t i = 0; i < kept.size(); ++i) own[i] = own[kept[i]];
            own.resize(kept.size());
          }
        },
        c.owned);
    for (auto* bits : {&c.known, &c.present}) {
      if (bits->empty()) continue;
      std::vector<std::uint64_t> to((kept.size() + 63) / 64);
      for (std::size_t i = 0; i < kept.size(); ++i)
        if ((*bits)[kept[i] / 64] >> (kept[i] % 64) & 1) to[i / 64] |= std::uint64_t{1} << (i % 64);
      *bits = std::move(to);
    }
  }
  t.rows = kept.size();
}

class folder_reader {
 public:
  folder_reader(const schema& s, fs::path folder, const load_options& options) : schema_(s), folder_(std::move(folder)), options_(options) {}

  result<cohort> run() {
    std::error_code code;
    if (!fs::exists(folder_, code)) return unusable("there is no folder " + folder_.string() + ": give the folder that holds child.csv");
    if (!fs::is_directory(folder_, code)) return unusable(folder_.string() + " is no folder: give the folder that holds child.csv and the other tables");
    std::vector<raw_table> tables(schema_.tables.size());
    // child first: the others name its keys.
    std::vector<std::size_t> order{static_cast<std::size_t>(schema_.child)};
    for (std::size_t i = 0; i < tables.size(); ++i)
      if (i != order[0]) order.push_back(i);
    for (auto i : order)
      if (fs::exists(path_of(i), code)) total_ += fs::file_size(path_of(i), code);
    for (auto i : order) {
      auto t = read_table(i);
      if (!t) return t.error();
      tables[i] = std::move(*t);
      if (options_.progress && total_ > 0) options_.progress(static_cast<double>(done_) / static_cast<double>(total_));
    }
    std::stable_sort(rejected_.begin(), rejected_.end(), [](const rejected_row& a, const rejected_row& b) { return a.file < b.file || (a.file == b.file && a.line < b.line); });
    return finish_cohort(schema_, std::move(tables), std::move(texts_), std::move(rejected_), std::move(warnings_));
  }

 private:
  fs::path path_of(std::size_t table) const { return folder_ / (schema_.tables[table].name + ".csv"); }

  result<raw_table> read_table(std::size_t index) {
    const auto& declared = schema_.tables[index];
    const auto path = path_of(index);
    const auto name = path.filename().string();
    std::error_code code;
    if (!fs::exists(path, code)) {
      for (const char* other : {".parquet", ".arrow"})
        if (fs::exists(folder_ / (declared.name + other), code))
          return unusable(folder_.string() + " holds " + declared.name + other + ": this version reads CSV only; save the table as " + name);
      if (declared.shape == table_shape::child) return unusable("there is no " + name + " in " + folder_.string() + ": it holds a row for each child, with the column " + schema_.key_name());
      warnings_.push_back("there is no " + name + ": table " + declared.name + (declared.shape == table_shape::lookup ? " has no rows, and what refers to it is not known" : " is not known for every child"));
      return raw_table{};
    }
    auto file = mapped_file::open(path);
    if (!file) return file.error();
    const auto bytes = file->bytes();
    std::string digest;
    std::thread digesting([&] { digest = sha256_hex(bytes); });
    const auto threads = options_.threads > 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    table_reader reader(schema_, index, name, bytes, texts_, child_of_text_, children_);
    const auto first_rejected = rejected_.size();
    auto table = reader.run(threads, rejected_, warnings_);
    digesting.join();
    done_ += bytes.size();
    if (!table) return table.error();
    table->digest = std::move(digest);
    if (declared.shape != table_shape::many_per_child) {
      const auto lines = repeated_lines(index, bytes, *table);
      drop_repeated_keys(declared, name, *table, texts_, reader.kept_but_rejected, rejected_, lines);
    }
    if (declared.shape == table_shape::child) {
      const auto& keys = std::get<std::vector<std::int32_t>>(table->columns[static_cast<std::size_t>(declared.key)].owned);
      children_ = table->rows;
      child_of_text_.assign(texts_.size(), -1);
      for (std::size_t r = 0; r < table->rows; ++r) child_of_text_[static_cast<std::size_t>(keys[r])] = static_cast<std::int32_t>(r);
    } else if (!table->doubted.empty()) {
      std::size_t n = 0;
      for (auto w : table->doubted) n += static_cast<std::size_t>(std::popcount(w));
      warnings_.push_back(name + ": rows of " + std::to_string(n) + (n == 1 ? " child" : " children") + " were rejected, so table " + declared.name + " is not known for " + (n == 1 ? "that child" : "those children"));
    }
    return enforce_limits(name, std::move(*table), first_rejected);
  }

  // Lines of the rows used, for the message about a repeated key; worked out only where one is repeated.
  std::vector<std::uint64_t> repeated_lines(std::size_t index, std::string_view bytes, const raw_table& t) const {
    const auto& declared = schema_.tables[index];
    const auto& keys = std::get<std::vector<std::int32_t>>(t.columns[static_cast<std::size_t>(declared.key)].owned);
    std::vector<bool> seen(texts_.size());
    bool repeated = false;
    for (auto k : keys) {
      repeated = repeated || seen[static_cast<std::size_t>(k)];
      seen[static_cast<std::size_t>(k)] = true;
    }
    std::vector<std::uint64_t> lines;
    if (!repeated) return lines;
    // Rows whose key could be read are rows of the table, in order.
    std::vector<raw_cell> cells;
    std::uint64_t line = 0;
    bool open_quote = false;
    const char* p = bytes.data() + (bytes.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0);
    const char* end = bytes.data() + bytes.size();
    std::string buffer;
    std::size_t key_cell = 0;
    bool header = true;
    while (p < end) {
      const auto at = line + 1;
      p = csv::read_row(p, end, cells, line, open_quote);
      if (cells.empty()) continue;
      if (header) {
        header = false;
        while (key_cell < cells.size() && csv::text_of(cells[key_cell], buffer) != declared.columns[static_cast<std::size_t>(declared.key)].name) ++key_cell;
        continue;
      }
      if (key_cell >= cells.size() || csv::text_of(cells[key_cell], buffer).empty()) continue;
      const bool bad = std::any_of(rejected_.begin(), rejected_.end(), [&](const rejected_row& r) { return r.line == at && r.file == declared.name + ".csv"; });
      if (bad && declared.shape != table_shape::child) continue;
      lines.push_back(at);
    }
    return lines;
  }

  result<raw_table> enforce_limits(const std::string& name, raw_table t, std::size_t first_rejected) {
    const auto rejections = rejected_.size() - first_rejected;
    if (rejections == 0) return t;
    const double share = t.counts.read > 0 ? static_cast<double>(t.counts.rejected) / static_cast<double>(t.counts.read) : 0;
    const bool too_many = options_.max_rejected && share > *options_.max_rejected;
    if (!options_.strict && !too_many) return t;
    auto message = name + ": " + std::to_string(t.counts.rejected) + " of " + std::to_string(t.counts.read) + " rows cannot be used";
    for (std::size_t i = first_rejected; i < rejected_.size() && i < first_rejected + 3; ++i) {
      const auto& r = rejected_[i];
      message += "\n  line " + std::to_string(r.line) + (r.column.empty() ? "" : ", column " + r.column) + (r.value.empty() ? "" : ", \"" + r.value + "\"") + ": " + r.reason;
    }
    if (rejections > 3) message += "\n  …";
    return unusable(message + (options_.strict ? "\nWith --strict, every row must be used." : "\nThat is more than --max-rejected allows."));
  }

  const schema& schema_;
  fs::path folder_;
  const load_options& options_;
  text_pool texts_;
  std::vector<std::int32_t> child_of_text_;
  std::size_t children_ = 0;
  std::vector<rejected_row> rejected_;
  std::vector<std::string> warnings_;
  std::uintmax_t total_ = 0, done_ = 0;
};

}  // namespace

result<cohort> load_cohort(const schema& s, const std::filesystem::path& folder, const load_options& options) { return folder_reader(s, folder, options).run(); }

}  // namespace earlysight
