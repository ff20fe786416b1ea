// SPDX-License-Identifier: Apache-2.0
#include <earlysight/data/cohort_builder.hpp>

#include "column_builder.hpp"
#include "csv_scan.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <numeric>
#include <utility>

namespace earlysight {
namespace {

failure wrong(std::string message) { return {failure_kind::arguments, std::move(message)}; }

std::size_t length_of(const column_values& v) {
  return std::visit(
      [](const auto& values) -> std::size_t {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) return 0;
        else return values.size();
      },
      v);
}

bool fits(column_type type, const column_values& v) {
  switch (type) {
    case column_type::date: return std::holds_alternative<std::span<const std::int32_t>>(v);
    case column_type::category: return std::holds_alternative<std::span<const std::uint16_t>>(v);
    case column_type::yes_no: return std::holds_alternative<std::span<const std::uint8_t>>(v);
    case column_type::key:
    case column_type::text:
    case column_type::ref: return false;
    default: return !std::holds_alternative<std::monostate>(v);
  }
}

bool has_value(const host_column& c, std::size_t row) { return c.known.test(row) && c.present.test(row); }

// The known bits of a column of numbers where some are NaN or infinite, as hosts write what is missing; empty where all are numbers.
template <class Number>
std::vector<std::uint64_t> known_numbers(const host_column& c, std::span<const Number> values) {
  // Zero times a number is zero, and times anything else is not.
  Number sum = 0;
  for (const auto v : values) sum += v * 0;
  if (sum == 0) return {};
  std::vector<std::uint64_t> known((values.size() + 63) / 64);
  for (std::size_t r = 0; r < values.size(); ++r)
    if (c.known.test(r) && std::isfinite(values[r])) known[r / 64] |= std::uint64_t{1} << (r % 64);
  return known;
}

class builder {
 public:
  builder(const schema& s, const std::vector<host_table>& given, const std::atomic<bool>* stop) : schema_(s), given_(given), stop_(stop), raw_(s.tables.size()) {}

  result<cohort> run() {
    const host_table* child = nullptr;
    for (const auto& t : given_) {
      if (schema_.find(t.name) < 0) return wrong("the pack declares no table " + t.name);
      if (t.name == "child") child = &t;
    }
    if (!child) return wrong("table child is missing: a cohort is made of children");
    if (auto done = add(*child); !done) return done.error();
    for (const auto& t : given_)
      if (&t != child)
        if (auto done = add(t); !done) return done.error();
    std::stable_sort(rejected_.begin(), rejected_.end(), [](const rejected_row& a, const rejected_row& b) { return a.file < b.file || (a.file == b.file && a.line < b.line); });
    for (std::size_t i = 0; i < raw_.size(); ++i)
      if (!raw_[i].supplied) warnings_.push_back({"table " + schema_.tables[i].name + " is not given: it is not known for every child", static_cast<std::int32_t>(i), -1});
    return finish_cohort(schema_, std::move(raw_), std::move(texts_), std::move(rejected_), std::move(warnings_));
  }

 private:
  result<bool> add(const host_table& t) {
    const auto index = static_cast<std::size_t>(schema_.find(t.name));
    const auto& declared = schema_.tables[index];
    auto& raw = raw_[index];
    if (raw.supplied) return wrong("table " + t.name + " is given twice");
    raw.supplied = true;
    raw.rows = t.rows;
    raw.columns.resize(declared.columns.size());
    for (auto& c : raw.columns) c.supplied = false;
    std::vector<bad_cell> unusable;
    for (const auto& u : t.unusable) {
      const auto at = declared.find(u.column);
      if (u.row >= t.rows || at < 0) return wrong("table " + t.name + " has no cell " + u.column + " in row " + std::to_string(u.row + 1));
      unusable.push_back({u.row, static_cast<std::size_t>(at), u.value, u.reason});
    }
    for (const auto& c : t.columns) {
      if (stop_ && *stop_) return failure{failure_kind::machine, "stopped"};
      const auto at = declared.find(c.name);
      if (at < 0) return wrong("table " + t.name + " has no column " + c.name);
      auto& column = raw.columns[static_cast<std::size_t>(at)];
      const auto type = declared.columns[static_cast<std::size_t>(at)].type;
      column.supplied = true;
      column.host_known = c.known;
      column.host_present = c.present;
      if (type == column_type::key) texts_.reserve(texts_.size() + t.rows);
      if (type == column_type::key || type == column_type::text || type == column_type::ref) {
        if (c.texts.size() != t.rows) return wrong("column " + t.name + "." + c.name + " needs " + std::to_string(t.rows) + " texts, and has " + std::to_string(c.texts.size()));
        values_of<std::int32_t> numbers(t.rows);
        for (std::size_t r = 0; r < t.rows; ++r) {
          constexpr std::size_t ahead = 16;
          if (type == column_type::key && r + ahead < t.rows) texts_.fetch(c.texts[r + ahead]);
          if (!csv::is_utf8(c.texts[r])) return wrong("column " + t.name + "." + c.name + " is not UTF-8 text in row " + std::to_string(r + 1));
          numbers[r] = r > 0 && c.texts[r] == c.texts[r - 1] ? numbers[r - 1] : static_cast<std::int32_t>(texts_.number(c.texts[r]));
        }
        column.owned = std::move(numbers);
      } else if (std::holds_alternative<std::monostate>(c.values) && c.texts.size() == t.rows && t.rows > 0) {
        read_cells(c, static_cast<std::size_t>(at), declared, column, unusable);
      } else {
        if (!fits(type, c.values)) return wrong("column " + t.name + "." + c.name + " is given values of a type that it cannot hold: see cohort_builder.hpp");
        if (length_of(c.values) != t.rows) return wrong("column " + t.name + "." + c.name + " needs " + std::to_string(t.rows) + " values, and has " + std::to_string(length_of(c.values)));
        column.view = c.values;
        if (const auto* doubles = std::get_if<std::span<const double>>(&c.values)) column.known = known_numbers(c, *doubles);
        if (const auto* floats = std::get_if<std::span<const float>>(&c.values)) column.known = known_numbers(c, *floats);
        if (const auto* codes = std::get_if<std::span<const std::uint16_t>>(&c.values); codes && type == column_type::category)
          for (std::size_t r = 0; r < t.rows; ++r)
            if ((*codes)[r] >= declared.columns[static_cast<std::size_t>(at)].categories.size() && has_value(c, r))
              return wrong("column " + t.name + "." + c.name + " has code " + std::to_string((*codes)[r]) + " in row " + std::to_string(r + 1) + ", and the pack declares " +
                           std::to_string(declared.columns[static_cast<std::size_t>(at)].categories.size()) + " values");
      }
    }
    for (auto c : {declared.key, declared.time})
      if (c >= 0 && !raw.columns[static_cast<std::size_t>(c)].supplied)
        return wrong("table " + t.name + " needs its column " + declared.columns[static_cast<std::size_t>(c)].name);
    // Of a row, the first cell at fault is named.
    std::stable_sort(unusable.begin(), unusable.end(), [](const bad_cell& a, const bad_cell& b) { return a.row < b.row || (a.row == b.row && a.column < b.column); });
    unusable.erase(std::unique(unusable.begin(), unusable.end(), [](const bad_cell& a, const bad_cell& b) { return a.row == b.row; }), unusable.end());
    return choose_rows(t, index, unusable);
  }

  struct bad_cell {
    std::size_t row, column;
    std::string value, reason;
  };

  // Texts of a column that is no text, read as cells of a file.
  static void read_cells(const host_column& c, std::size_t at, const table_declaration& declared, raw_column& out, std::vector<bad_cell>& unusable) {
    const auto& declaration = declared.columns[at];
    csv::column_room room(declaration.type, c.texts.size());
    csv::column_builder cells(declaration, room, 0);
    for (std::size_t r = 0; r < c.texts.size(); ++r) {
      const auto text = has_value(c, r) ? csv::trimmed(c.texts[r].data(), c.texts[r].data() + c.texts[r].size()) : std::string_view();
      if (const auto why = text.empty() ? cells.read_empty() : cells.read(text)) {
        unusable.push_back({r, at, csv::is_utf8(text) ? std::string(text) : "(not UTF-8)", why + csv::allowed_values(declaration, text)});
        cells.set_not_known();
      }
      cells.keep();
    }
    switch (declaration.type) {
      case column_type::date: out.owned = std::move(room.wholes); break;
      case column_type::category: out.owned = std::move(room.categories); break;
      case column_type::yes_no: out.owned = std::move(room.bytes); break;
      default:
        if (cells.small) out.owned = std::move(room.bytes);
        else out.owned = std::move(room.numbers);
    }
    out.host_known = out.host_present = {};
    cells.not_known.clear_in(out.known, 0, c.texts.size());
    cells.nothing.clear_in(out.present, 0, c.texts.size());
  }

  // Nothing is known of this row but its key.
  static void forget_row(raw_table& raw, std::size_t row, std::int32_t key) {
    for (std::size_t c = 0; c < raw.columns.size(); ++c) {
      auto& column = raw.columns[c];
      if (!column.supplied || static_cast<std::int32_t>(c) == key) continue;
      if (column.known.empty()) {
        column.known.assign((raw.rows + 63) / 64, ~std::uint64_t{0});
        if (column.host_known.words) std::copy_n(column.host_known.words, column.known.size(), column.known.begin());
      }
      column.known[row / 64] &= ~(std::uint64_t{1} << (row % 64));
    }
  }

  // Which rows are used; the others are rejected with a reason.
  result<bool> choose_rows(const host_table& t, std::size_t index, const std::vector<bad_cell>& unusable) {
    const auto& declared = schema_.tables[index];
    auto& raw = raw_[index];
    std::vector<std::uint32_t> kept;  // of many per child: only where some are rejected
    std::size_t rejections = 0;
    bool all_kept = true;
    auto bad = unusable.begin();
    auto unusable_at = [&](std::size_t row) -> const bad_cell* {
      while (bad != unusable.end() && bad->row < row) ++bad;
      return bad != unusable.end() && bad->row == row ? &*bad : nullptr;
    };
    auto reject = [&](std::size_t row, std::string column, std::string value, std::string reason) {
      rejected_.push_back({t.name, row + 1, std::move(column), std::move(value), std::move(reason)});
      ++rejections;
    };
    if (declared.shape != table_shape::many_per_child) {
      const auto& key = raw.columns[static_cast<std::size_t>(declared.key)];
      const auto& keys = std::get<values_of<std::int32_t>>(key.owned);
      std::vector<bool> seen(texts_.size());
      kept.reserve(t.rows);
      std::size_t r = 0;
      if (all_keys_stand(key, keys, unusable)) {
        kept.resize(t.rows);
        std::iota(kept.begin(), kept.end(), 0u);
        r = t.rows;
      }
      for (; r < t.rows; ++r) {
        const auto n = static_cast<std::size_t>(keys[r]);
        const auto text = texts_.text(static_cast<std::uint32_t>(n));
        const auto& key_name = declared.columns[static_cast<std::size_t>(declared.key)].name;
        const auto* unread = unusable_at(r);
        if (text.empty() || !key.host_known.test(r) || !key.host_present.test(r)) {
          reject(r, key_name, "", "the key is empty");
          continue;
        }
        if (unread) reject(r, declared.columns[unread->column].name, unread->value, unread->reason);
        if (seen[n]) {
          if (!unread) reject(r, key_name, std::string(text), "a row with this key stands before: the first one is used");
          continue;
        }
        if (unread && declared.shape != table_shape::child) continue;
        // The child is scored all the same, and nothing is known of it.
        if (unread) forget_row(raw, r, declared.key);
        seen[n] = true;
        kept.push_back(static_cast<std::uint32_t>(r));
      }
      all_kept = kept.size() == t.rows;
      if (declared.shape == table_shape::child) {
        child_of_text_.assign(texts_.size(), -1);
        for (std::size_t i = 0; i < kept.size(); ++i) child_of_text_[static_cast<std::size_t>(keys[kept[i]])] = static_cast<std::int32_t>(i);
        children_ = kept.size();
        original_children_ = t.rows;
        new_row_of_child_.assign(t.rows, -1);
        for (std::size_t i = 0; i < kept.size(); ++i) new_row_of_child_[kept[i]] = static_cast<std::int32_t>(i);
      }
    } else {
      const bool by_first = !t.first_rows.empty();
      if (by_first && !are_first_rows(t))
        return wrong("table " + t.name + " needs first_rows that rise from 0 to its " + std::to_string(t.rows) + " rows, one for each of the " + std::to_string(original_children_) + " rows of table child and one more");
      if (!by_first && t.child_keys.size() != t.rows && t.child_rows.size() != t.rows)
        return wrong("table " + t.name + " needs the child of each of its " + std::to_string(t.rows) + " rows: child_keys, child_rows or first_rows");
      const bool by_key = !by_first && t.child_keys.size() == t.rows && (t.rows > 0 || t.child_rows.empty());
      const bool stand = !by_key && all_rows_stand(t, declared, raw, unusable);
      if (stand) raw.first_row = rows_by_child(t, declared, raw);
      std::vector<std::uint32_t> written_out;
      if (by_first && raw.first_row.empty()) written_out = child_of_each(t);
      const auto child_rows = by_first ? std::span<const std::uint32_t>(written_out) : t.child_rows;
      if (stand) {
        if (raw.first_row.empty()) raw.child.assign(child_rows.begin(), child_rows.end());
        raw.counts = {t.rows, t.rows, 0};
        warn_of_columns(t, index);
        return true;
      }
      raw.child.reserve(t.rows);
      std::int32_t child = -1;
      auto drop = [&](std::size_t row, const std::string& column, std::string value, std::string reason) {
        if (std::exchange(all_kept, false)) {
          kept.resize(row);
          std::iota(kept.begin(), kept.end(), 0U);
        }
        reject(row, column, std::move(value), std::move(reason));
      };
      for (std::size_t r = 0; r < t.rows; ++r) {
        if (!by_key) {
          child = child_rows[r] < original_children_ ? new_row_of_child_[child_rows[r]] : -1;
        } else if (r == 0 || t.child_keys[r] != t.child_keys[r - 1]) {
          const auto n = texts_.find(t.child_keys[r]);
          child = n >= 0 && static_cast<std::size_t>(n) < child_of_text_.size() ? child_of_text_[static_cast<std::size_t>(n)] : -1;
        }
        if (by_key && t.child_keys[r].empty()) {
          drop(r, schema_.key_name(), "", "the key is empty");
          continue;
        }
        if (child < 0) {
          drop(r, schema_.key_name(), by_key ? (csv::is_utf8(t.child_keys[r]) ? std::string(t.child_keys[r]) : "(not UTF-8)") : std::to_string(child_rows[r]), "no row of child has this key");
          continue;
        }
        if (const auto* unread = unusable_at(r)) {
          drop(r, declared.columns[unread->column].name, unread->value, unread->reason);
          set_bit(raw.doubted, static_cast<std::size_t>(child), children_);
          continue;
        }
        bool good = true;
        for (auto c : {declared.time, declared.recorded_column}) {
          if (c < 0 || !good || !raw.columns[static_cast<std::size_t>(c)].supplied) continue;
          const auto& column = raw.columns[static_cast<std::size_t>(c)];
          if (column.host_known.test(r) && column.host_present.test(r)) continue;
          drop(r, declared.columns[static_cast<std::size_t>(c)].name, "", "this cell must not be empty");
          set_bit(raw.doubted, static_cast<std::size_t>(child), children_);
          good = false;
        }
        if (!good) continue;
        if (!all_kept) kept.push_back(static_cast<std::uint32_t>(r));
        raw.child.push_back(child);
      }
    }
    raw.counts = {t.rows, t.rows - rejections, rejections};
    if (!raw.doubted.empty()) {
      std::size_t n = 0;
      for (auto w : raw.doubted) n += static_cast<std::size_t>(std::popcount(w));
      warnings_.push_back({"table " + t.name + ": rows of " + std::to_string(n) + (n == 1 ? " child" : " children") + " were rejected, so it is not known for " + (n == 1 ? "that child" : "those children"), static_cast<std::int32_t>(index), -1});
    }
    warn_of_columns(t, index);
    if (!all_kept) take_rows(raw, kept);
    return true;
  }

  // Whether no row of keys can be rejected: all have one, and new texts are numbered as they come, so that rising numbers all differ.
  bool all_keys_stand(const raw_column& key, std::span<const std::int32_t> keys, const std::vector<bad_cell>& unusable) const {
    if (!unusable.empty() || key.host_known.words || key.host_present.words || texts_.find("") >= 0) return false;
    for (std::size_t r = 1; r < keys.size(); ++r)
      if (keys[r - 1] >= keys[r]) return false;
    return true;
  }

  bool are_first_rows(const host_table& t) const {
    return t.first_rows.size() == original_children_ + 1 && t.first_rows.front() == 0 && t.first_rows.back() == t.rows && std::is_sorted(t.first_rows.begin(), t.first_rows.end());
  }

  static std::vector<std::uint32_t> child_of_each(const host_table& t) {
    std::vector<std::uint32_t> out(t.rows);
    for (std::size_t c = 0; c + 1 < t.first_rows.size(); ++c) std::fill(out.begin() + t.first_rows[c], out.begin() + t.first_rows[c + 1], static_cast<std::uint32_t>(c));
    return out;
  }

  static const std::int32_t* days_of(const raw_column& c) {
    if (const auto* view = std::get_if<std::span<const std::int32_t>>(&c.view)) return view->data();
    return std::visit(
        [](const auto& own) -> const std::int32_t* {
          if constexpr (requires { { own.data() } -> std::same_as<const std::int32_t*>; }) return own.data();
          else return nullptr;
        },
        c.owned);
  }

  // Where the rows of each child begin, of rows that all stand; empty where they are not in order of child and time.
  std::vector<std::uint32_t> rows_by_child(const host_table& t, const table_declaration& declared, const raw_table& raw) const {
    std::vector<std::uint32_t> first(t.first_rows.begin(), t.first_rows.end());
    if (first.empty()) {
      first.resize(children_ + 1);
      std::size_t next = 0;  // the first of them that is not known yet
      for (std::size_t r = 0; r < t.rows; ++r) {
        const std::size_t child = t.child_rows[r];
        if (child + 1 < next) return {};
        while (next <= child) first[next++] = static_cast<std::uint32_t>(r);
      }
      while (next <= children_) first[next++] = static_cast<std::uint32_t>(t.rows);
    }
    const auto* times = declared.time >= 0 ? days_of(raw.columns[static_cast<std::size_t>(declared.time)]) : nullptr;
    if (!times) return first;
    for (std::size_t c = 0; c < children_; ++c) {
      unsigned back = 0;
      for (std::size_t r = first[c] + std::size_t{1}; r < first[c + 1]; ++r) back |= times[r] < times[r - 1] ? 1u : 0u;
      if (back != 0) return {};
    }
    return first;
  }

  // Whether no row can be rejected: every child has kept its row, every row has a child, and no cell is empty that must not be.
  bool all_rows_stand(const host_table& t, const table_declaration& declared, const raw_table& raw, const std::vector<bad_cell>& unusable) const {
    if (!unusable.empty() || children_ != original_children_) return false;
    for (auto c : {declared.time, declared.recorded_column}) {
      if (c < 0 || !raw.columns[static_cast<std::size_t>(c)].supplied) continue;
      const auto& column = raw.columns[static_cast<std::size_t>(c)];
      if (column.host_known.words || column.host_present.words) return false;
    }
    std::uint32_t most = 0;
    for (const auto child : t.child_rows) most = std::max(most, child);
    return t.rows == 0 || most < original_children_;
  }

  void warn_of_columns(const host_table& t, std::size_t index) {
    const auto& declared = schema_.tables[index];
    for (std::size_t c = 0; c < declared.columns.size(); ++c)
      if (!raw_[index].columns[c].supplied)
        warnings_.push_back({"table " + t.name + " has no column " + declared.columns[c].name + ": it is not known in every row", static_cast<std::int32_t>(index), static_cast<std::int32_t>(c)});
  }

  const schema& schema_;
  const std::vector<host_table>& given_;
  const std::atomic<bool>* stop_;
  std::vector<raw_table> raw_;
  text_pool texts_;
  std::vector<rejected_row> rejected_;
  std::vector<cohort_warning> warnings_;
  std::vector<std::int32_t> child_of_text_, new_row_of_child_;
  std::size_t children_ = 0, original_children_ = 0;
};

}  // namespace

result<cohort> build_cohort(const schema& s, const std::vector<host_table>& tables, const std::atomic<bool>* stop) {
  try {
    return builder(s, tables, stop).run();
  } catch (const std::bad_alloc&) {
    return failure{failure_kind::machine, "not enough memory for the cohort"};
  }
}

}  // namespace earlysight
