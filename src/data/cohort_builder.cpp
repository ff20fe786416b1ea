// SPDX-License-Identifier: Apache-2.0
#include <earlysight/data/cohort_builder.hpp>

#include "cell.hpp"
#include "raw_table.hpp"

#include <cmath>

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
  builder(const schema& s, const std::vector<host_table>& given) : schema_(s), given_(given), raw_(s.tables.size()) {}

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
    for (const auto& c : t.columns) {
      const auto at = declared.find(c.name);
      if (at < 0) return wrong("table " + t.name + " has no column " + c.name);
      auto& column = raw.columns[static_cast<std::size_t>(at)];
      const auto type = declared.columns[static_cast<std::size_t>(at)].type;
      column.supplied = true;
      column.host_known = c.known;
      column.host_present = c.present;
      if (type == column_type::key || type == column_type::text || type == column_type::ref) {
        if (c.texts.size() != t.rows) return wrong("column " + t.name + "." + c.name + " needs " + std::to_string(t.rows) + " texts, and has " + std::to_string(c.texts.size()));
        std::vector<std::int32_t> numbers(t.rows);
        for (std::size_t r = 0; r < t.rows; ++r) {
          if (!csv::is_utf8(c.texts[r])) return wrong("column " + t.name + "." + c.name + " is not UTF-8 text in row " + std::to_string(r + 1));
          numbers[r] = r > 0 && c.texts[r] == c.texts[r - 1] ? numbers[r - 1] : static_cast<std::int32_t>(texts_.number(c.texts[r]));
        }
        column.owned = std::move(numbers);
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
    return choose_rows(t, index);
  }

  // Which rows are used; the others are rejected with a reason.
  result<bool> choose_rows(const host_table& t, std::size_t index) {
    const auto& declared = schema_.tables[index];
    auto& raw = raw_[index];
    std::vector<std::uint32_t> kept;
    auto reject = [&](std::size_t row, std::string column, std::string value, std::string reason) {
      rejected_.push_back({t.name, row + 1, std::move(column), std::move(value), std::move(reason)});
    };
    if (declared.shape != table_shape::many_per_child) {
      const auto& key = raw.columns[static_cast<std::size_t>(declared.key)];
      const auto& keys = std::get<std::vector<std::int32_t>>(key.owned);
      std::vector<bool> seen(texts_.size());
      kept.reserve(t.rows);
      for (std::size_t r = 0; r < t.rows; ++r) {
        const auto n = static_cast<std::size_t>(keys[r]);
        const auto text = texts_.text(static_cast<std::uint32_t>(n));
        if (text.empty() || !key.host_known.test(r) || !key.host_present.test(r)) reject(r, declared.columns[static_cast<std::size_t>(declared.key)].name, "", "the key is empty");
        else if (seen[n]) reject(r, declared.columns[static_cast<std::size_t>(declared.key)].name, std::string(text), "a row with this key stands before");
        else seen[n] = true, kept.push_back(static_cast<std::uint32_t>(r));
      }
      if (declared.shape == table_shape::child) {
        child_of_text_.assign(texts_.size(), -1);
        for (std::size_t i = 0; i < kept.size(); ++i) child_of_text_[static_cast<std::size_t>(keys[kept[i]])] = static_cast<std::int32_t>(i);
        children_ = kept.size();
        original_children_ = t.rows;
        new_row_of_child_.assign(t.rows, -1);
        for (std::size_t i = 0; i < kept.size(); ++i) new_row_of_child_[kept[i]] = static_cast<std::int32_t>(i);
      }
    } else {
      if (t.child_keys.size() != t.rows && t.child_rows.size() != t.rows)
        return wrong("table " + t.name + " needs the child of each of its " + std::to_string(t.rows) + " rows: child_keys or child_rows");
      const bool by_key = t.child_keys.size() == t.rows && (t.rows > 0 || t.child_rows.empty());
      kept.reserve(t.rows);
      raw.child.reserve(t.rows);
      std::int32_t child = -1;
      for (std::size_t r = 0; r < t.rows; ++r) {
        if (!by_key) {
          child = t.child_rows[r] < original_children_ ? new_row_of_child_[t.child_rows[r]] : -1;
        } else if (r == 0 || t.child_keys[r] != t.child_keys[r - 1]) {
          const auto n = texts_.find(t.child_keys[r]);
          child = n >= 0 && static_cast<std::size_t>(n) < child_of_text_.size() ? child_of_text_[static_cast<std::size_t>(n)] : -1;
        }
        if (child < 0) {
          reject(r, schema_.key_name(), by_key ? (csv::is_utf8(t.child_keys[r]) ? std::string(t.child_keys[r]) : "(not UTF-8)") : std::to_string(t.child_rows[r]), "no child has this key");
          continue;
        }
        bool good = true;
        for (auto c : {declared.time, declared.recorded_column}) {
          if (c < 0 || !good || !raw.columns[static_cast<std::size_t>(c)].supplied) continue;
          const auto& column = raw.columns[static_cast<std::size_t>(c)];
          if (column.host_known.test(r) && column.host_present.test(r)) continue;
          reject(r, declared.columns[static_cast<std::size_t>(c)].name, "", "the date is missing");
          set_bit(raw.doubted, static_cast<std::size_t>(child), children_);
          good = false;
        }
        if (!good) continue;
        kept.push_back(static_cast<std::uint32_t>(r));
        raw.child.push_back(child);
      }
    }
    raw.counts = {t.rows, kept.size(), t.rows - kept.size()};
    if (kept.size() != t.rows) take_rows(raw, kept);
    return true;
  }

  const schema& schema_;
  const std::vector<host_table>& given_;
  std::vector<raw_table> raw_;
  text_pool texts_;
  std::vector<rejected_row> rejected_;
  std::vector<cohort_warning> warnings_;
  std::vector<std::int32_t> child_of_text_, new_row_of_child_;
  std::size_t children_ = 0, original_children_ = 0;
};

}  // namespace

result<cohort> build_cohort(const schema& s, const std::vector<host_table>& tables) {
  try {
    return builder(s, tables).run();
  } catch (const std::bad_alloc&) {
    return failure{failure_kind::machine, "not enough memory for the cohort"};
  }
}

}  // namespace earlysight
