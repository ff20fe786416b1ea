// SPDX-License-Identifier: Apache-2.0
#include "convert.hpp"

#include <earlysight/text/nearest.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace earlysight::python {

std::int64_t chunk::whole(std::size_t i) const {
  switch (type) {
    case cell_type::int8: return numbers<std::int8_t>()[i];
    case cell_type::int16: return numbers<std::int16_t>()[i];
    case cell_type::int32:
    case cell_type::date32: return numbers<std::int32_t>()[i];
    case cell_type::uint8:
    case cell_type::bytes: return numbers<std::uint8_t>()[i];
    case cell_type::uint16: return numbers<std::uint16_t>()[i];
    case cell_type::uint32: return numbers<std::uint32_t>()[i];
    case cell_type::uint64: return static_cast<std::int64_t>(std::min<std::uint64_t>(numbers<std::uint64_t>()[i], std::numeric_limits<std::int64_t>::max()));
    case cell_type::bits: return static_cast<const std::uint8_t*>(values)[(i + offset) / 8] >> ((i + offset) % 8) & 1;
    default: return numbers<std::int64_t>()[i];
  }
}

std::string_view chunk::text(std::size_t i) const {
  switch (type) {
    case cell_type::text32: {
      const auto* at = numbers<std::int32_t>() + i;
      return {bytes + at[0], static_cast<std::size_t>(at[1] - at[0])};
    }
    case cell_type::text64: {
      const auto* at = numbers<std::int64_t>() + i;
      return {bytes + at[0], static_cast<std::size_t>(at[1] - at[0])};
    }
    case cell_type::text_view: {
      const auto* view = static_cast<const char*>(values) + (i + offset) * 16;
      std::int32_t length, buffer, start;
      std::memcpy(&length, view, 4);
      if (length <= 12) return {view + 4, static_cast<std::size_t>(length)};
      std::memcpy(&buffer, view + 8, 4);
      std::memcpy(&start, view + 12, 4);
      return {static_cast<const char*>(more[buffer]) + start, static_cast<std::size_t>(length)};
    }
    case cell_type::words: return (*texts)[i + offset];
    default: return {};
  }
}

namespace {

constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();  // NumPy's and pandas' NaT

std::int64_t floor_to(std::int64_t v, std::int64_t unit) { return v / unit - (v % unit < 0 ? 1 : 0); }

std::int64_t day_of(const chunk& c, std::size_t i) {
  const auto v = c.whole(i);
  switch (c.type) {
    case cell_type::date64:
    case cell_type::milliseconds: return floor_to(v, 86'400'000);
    case cell_type::seconds: return floor_to(v, 86'400);
    case cell_type::microseconds: return floor_to(v, 86'400'000'000);
    case cell_type::nanoseconds: return floor_to(v, 86'400'000'000'000);
    default: return v;
  }
}

// Of the years 0001 to 9999.
bool is_day_of_calendar(std::int64_t day) { return day >= -719162 && day <= 2932896; }

std::string number_words(double v) {
  char out[32];
  return {out, std::to_chars(out, out + sizeof out, v).ptr};
}

// A value of any type as a cell of a file would hold it.
std::string cell_words(const chunk& c, std::size_t i) {
  if (is_text(c.type)) return std::string(c.text(i));
  if (c.type == cell_type::uint64) return std::to_string(c.numbers<std::uint64_t>()[i]);
  if (is_whole(c.type)) return std::to_string(c.whole(i));
  if (c.type == cell_type::float64) return number_words(c.numbers<double>()[i]);
  if (c.type == cell_type::float32) return number_words(static_cast<double>(c.numbers<float>()[i]));
  if (c.type == cell_type::bits || c.type == cell_type::bytes) return c.whole(i) ? "yes" : "no";
  if (is_day(c.type)) return iso_text({static_cast<std::int32_t>(day_of(c, i))});
  return {};
}

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

// What a column's cells are, dictionaries looked through.
cell_type meant_type(const source_column& c) {
  for (const auto& k : c.chunks) {
    const auto t = k.dictionary ? k.dictionary->type : k.type;
    if (t != cell_type::nothing) return t;
  }
  return cell_type::nothing;
}

bool in_dictionary(const source_column& c) { return std::any_of(c.chunks.begin(), c.chunks.end(), [](const chunk& k) { return k.dictionary != nullptr; }); }

const char* accepted(column_type type) {
  switch (type) {
    case column_type::key:
    case column_type::text:
    case column_type::ref: return "text or whole numbers";
    case column_type::yes_no: return "bool, 0 and 1, or text (yes, no)";
    case column_type::date: return "date, timestamp without a time zone, or text such as 2025-06-20";
    case column_type::category: return "text, categorical or whole numbers";
    case column_type::percent: return "numbers (0.935) or text (93.5%)";
    default: return "numbers, or text that holds numbers";
  }
}

const char* kind_words(column_type type) {
  switch (type) {
    case column_type::key: return "a key";
    case column_type::text: return "text";
    case column_type::ref: return "a reference";
    case column_type::yes_no: return "yes/no";
    case column_type::date: return "a date";
    case column_type::category: return "a category";
    case column_type::count: return "a count";
    case column_type::percent: return "a percentage";
    case column_type::points: return "percentage points";
    case column_type::hours: return "hours";
    case column_type::sessions: return "sessions";
    case column_type::pounds: return "pounds";
    default: return "a number";
  }
}

bool is_text_column(column_type t) { return t == column_type::key || t == column_type::text || t == column_type::ref; }

bool can_be(column_type type, cell_type found) {
  if (found == cell_type::nothing || is_text(found)) return true;
  if (is_text_column(type) || type == column_type::category) return is_whole(found);
  if (type == column_type::date) return is_day(found);
  if (type == column_type::yes_no) return is_whole(found) || is_float(found) || found == cell_type::bits || found == cell_type::bytes;
  return is_whole(found) || is_float(found);
}

class converter {
 public:
  converter(const source_table& t, memory& m, host_table& out, std::vector<column_use>& uses) : table_(t), memory_(m), out_(out), uses_(uses) {}

  void add(const column_declaration& d, const source_column& given) {
    const source_column c = require(d, given);
    const auto found = meant_type(c);
    host_column h;
    h.name = d.name;
    if (is_text_column(d.type)) {
      std::vector<bool> gone;
      h.texts = texts(c, &gone);
      if (d.type != column_type::key) missing(d, h, [&](std::size_t row) { return static_cast<bool>(gone[row]); });
    } else if (d.type == column_type::category && is_text(found) && in_dictionary(c)) {
      codes(d, c, h);
    } else if (is_text(found) || in_dictionary(c) || (d.type == column_type::category && is_whole(found))) {
      h.texts = texts(c, nullptr);
      if (h.texts.empty()) h.values = empty_values(d.type);
    } else if (d.type == column_type::date) {
      dates(d, c, h);
    } else if (d.type == column_type::yes_no) {
      truths(d, c, h);
    } else if (d.type == column_type::category) {  // nothing but missing cells
      h.values = std::span<const std::uint16_t>(memory_.keep(std::vector<std::uint16_t>(table_.rows)));
      missing_cells(d, c, h);
    } else {
      numbers(d, c, h);
    }
    uses_.push_back({table_.name, d.name, c.found, viewed_});
    viewed_ = false;
    out_.columns.push_back(std::move(h));
  }

  /// The cells as texts without spaces around them; empty where there is none.
  std::span<const std::string_view> texts(const source_column& c, std::vector<bool>* gone) {
    auto& out = memory_.keep(std::vector<std::string_view>(table_.rows));
    if (gone) gone->assign(table_.rows, false);
    std::size_t row = 0;
    for (const auto& k : c.chunks) {
      const chunk& values = k.dictionary ? *k.dictionary : k;
      const bool own = !is_text(values.type) && values.type != cell_type::nothing;
      std::vector<std::string>* words = nullptr;
      if (own) {
        words = &memory_.keep(std::vector<std::string>(values.length));
        for (std::size_t i = 0; i < values.length; ++i)
          if (values.has_value(i)) (*words)[i] = cell_words(values, i);
      }
      for (std::size_t i = 0; i < k.length; ++i, ++row) {
        const auto at = place(k, i);
        if (at >= 0) out[row] = own ? std::string_view((*words)[static_cast<std::size_t>(at)]) : trimmed(values.text(static_cast<std::size_t>(at)));
        if (gone && out[row].empty()) (*gone)[row] = true;
      }
    }
    return out;
  }

  /// The column, if its type can be meant. Libraries give one without a single value any type that they like (pandas: float64): it is then
  /// a column of nothing.
  source_column require(const column_declaration& d, const source_column& c) const {
    if (!can_be(d.type, meant_type(c)) && !any_value(c)) {
      source_column nothing;
      nothing.name = c.name, nothing.found = c.found;
      nothing.chunks.resize(1);
      nothing.chunks[0].type = cell_type::nothing, nothing.chunks[0].length = table_.rows;
      return nothing;
    }
    const auto found = meant_type(c);
    if (d.type == column_type::date && c.zoned)
      throw data_error("table " + table_.name + ", column " + d.name + ": " + c.found + " has a time zone, so which day it is depends on where one stands; make it a date first (pandas: .dt.tz_convert(\"Europe/London\").dt.tz_localize(None))");
    if (can_be(d.type, found)) return c;
    const bool gaps = is_float(found) && (is_text_column(d.type) || d.type == column_type::category);
    throw data_error("table " + table_.name + ", column " + d.name + ": " + c.found + " cannot be read as " + kind_words(d.type) + "; give " + accepted(d.type) +
                     (gaps ? " (pandas makes whole numbers with gaps float64: .astype(\"Int64\") mends that)" : ""));
  }

 private:
  // Where the value of a cell is in its chunk or its dictionary; -1: there is none.
  static std::int64_t place(const chunk& k, std::size_t i) {
    if (k.type == cell_type::nothing || !k.has_value(i)) return -1;
    if (!k.dictionary) return is_timestamp(k.type) && k.whole(i) == no_time ? -1 : static_cast<std::int64_t>(i);
    const auto at = k.whole(i);
    if (at < 0 || static_cast<std::size_t>(at) >= k.dictionary->length || !k.dictionary->has_value(static_cast<std::size_t>(at))) return -1;
    return at;
  }

  static bool any_value(const source_column& c) {
    for (const auto& k : c.chunks)
      for (std::size_t i = 0; i < k.length; ++i)
        if (k.type == cell_type::other || (place(k, i) >= 0 && (k.dictionary || !is_float(k.type) || !std::isnan(number(k, i))))) return true;
    return false;
  }

  static column_values empty_values(column_type t) {
    if (t == column_type::date) return std::span<const std::int32_t>();
    if (t == column_type::category) return std::span<const std::uint16_t>();
    if (t == column_type::yes_no) return std::span<const std::uint8_t>();
    return std::span<const double>();
  }

  template <class Each>
  static void each(const source_column& c, Each f) {
    std::size_t row = 0;
    for (const auto& k : c.chunks)
      for (std::size_t i = 0; i < k.length; ++i, ++row) f(row, k, i);
  }

  // Bits for the rows of which `gone` holds: not known or nothing, as the pack says of empty cells.
  template <class Gone>
  void missing(const column_declaration& d, host_column& h, Gone gone) {
    std::vector<std::uint64_t> bits;
    for (std::size_t row = 0; row < table_.rows; ++row) {
      if (!gone(row)) continue;
      if (bits.empty()) bits.assign((table_.rows + 63) / 64, ~std::uint64_t{0});
      bits[row / 64] &= ~(std::uint64_t{1} << (row % 64));
      if (d.required) refuse(row, d, "", "this cell must not be empty");
    }
    if (bits.empty()) return;
    const bit_view view{memory_.keep(std::move(bits)).data()};
    (d.empty == empty_cell::not_known || d.required ? h.known : h.present) = view;
  }

  void missing_cells(const column_declaration& d, const source_column& c, host_column& h) {
    const bool any = std::any_of(c.chunks.begin(), c.chunks.end(), [](const chunk& k) { return k.valid || k.missing || k.dictionary || is_timestamp(k.type) || k.type == cell_type::nothing; });
    if (!any) return;
    std::vector<bool> gone(table_.rows);
    each(c, [&](std::size_t row, const chunk& k, std::size_t i) { gone[row] = place(k, i) < 0; });
    missing(d, h, [&](std::size_t row) { return static_cast<bool>(gone[row]); });
  }

  void refuse(std::size_t row, const column_declaration& d, std::string value, std::string reason) { out_.unusable.push_back({row, d.name, std::move(value), std::move(reason)}); }

  bool one(const source_column& c, cell_type t) const { return c.chunks.size() == 1 && c.chunks[0].type == t && !c.chunks[0].dictionary; }

  template <class Number>
  std::span<const Number> view(const source_column& c) {
    viewed_ = true;
    return {c.chunks[0].numbers<Number>(), table_.rows};
  }

  void codes(const column_declaration& d, const source_column& c, host_column& h) {
    auto& out = memory_.keep(std::vector<std::uint16_t>(table_.rows));
    std::vector<bool> gone(table_.rows);
    std::size_t row = 0;
    for (const auto& k : c.chunks) {
      // A chunk of a column with dictionaries may be of plain nothing.
      std::vector<std::int32_t> code(k.dictionary ? k.dictionary->length : 0, -1);
      for (std::size_t i = 0; i < code.size(); ++i) {
        const auto found = std::find(d.categories.begin(), d.categories.end(), trimmed(k.dictionary->text(i)));
        if (found != d.categories.end()) code[i] = static_cast<std::int32_t>(found - d.categories.begin());
      }
      for (std::size_t i = 0; i < k.length; ++i, ++row) {
        const auto at = place(k, i);
        const auto text = at < 0 ? std::string_view() : trimmed(k.dictionary->text(static_cast<std::size_t>(at)));
        if (text.empty()) {
          gone[row] = true;
        } else if (const auto n = code[static_cast<std::size_t>(at)]; n >= 0) {
          out[row] = static_cast<std::uint16_t>(n);
        } else {
          std::string list;
          for (std::size_t v = 0; v < d.categories.size() && v < 8; ++v) list += (v > 0 ? ", " : ": ") + d.categories[v];
          const auto meant = nearest_name(text, d.categories);
          refuse(row, d, std::string(text), "this is none of the declared values" + list + (d.categories.size() > 8 ? ", …" : "") + (meant.empty() ? "" : " (did they mean " + meant + "?)"));
        }
      }
    }
    h.values = std::span<const std::uint16_t>(out);
    missing(d, h, [&](std::size_t r) { return static_cast<bool>(gone[r]); });
  }

  void dates(const column_declaration& d, const source_column& c, host_column& h) {
    missing_cells(d, c, h);
    if (one(c, cell_type::date32) && std::all_of(c.chunks[0].numbers<std::int32_t>(), c.chunks[0].numbers<std::int32_t>() + table_.rows, is_day_of_calendar)) {
      h.values = view<std::int32_t>(c);
      return;
    }
    auto& out = memory_.keep(std::vector<std::int32_t>(table_.rows));
    each(c, [&](std::size_t row, const chunk& k, std::size_t i) {
      if (place(k, i) < 0) return;
      const auto day = day_of(k, i);
      if (!is_day_of_calendar(day)) refuse(row, d, std::to_string(k.whole(i)), "there is no such day");
      else out[row] = static_cast<std::int32_t>(day);
    });
    h.values = std::span<const std::int32_t>(out);
  }

  void truths(const column_declaration& d, const source_column& c, host_column& h) {
    if (one(c, cell_type::bytes)) {
      missing_cells(d, c, h);
      h.values = view<std::uint8_t>(c);
      return;
    }
    auto& out = memory_.keep(std::vector<std::uint8_t>(table_.rows));
    std::vector<bool> gone(table_.rows);
    each(c, [&](std::size_t row, const chunk& k, std::size_t i) {
      if (place(k, i) < 0) {
        gone[row] = true;
        return;
      }
      const double v = is_float(k.type) ? number(k, i) : static_cast<double>(k.whole(i));
      if (std::isnan(v)) gone[row] = true;
      else if (v == 0 || v == 1) out[row] = v == 1;
      else refuse(row, d, number_words(v), "write yes or no (also true or false, 1 or 0, y or n)");
    });
    h.values = std::span<const std::uint8_t>(out);
    missing(d, h, [&](std::size_t r) { return static_cast<bool>(gone[r]); });
  }

  static double number(const chunk& k, std::size_t i) {
    switch (k.type) {
      case cell_type::float64: return k.numbers<double>()[i];
      case cell_type::float32: return static_cast<double>(k.numbers<float>()[i]);
      case cell_type::uint64: return static_cast<double>(k.numbers<std::uint64_t>()[i]);
      default: return static_cast<double>(k.whole(i));
    }
  }

  // Why a number cannot be one of this column; nullptr where it can.
  static const char* unfit(column_type t, double v) {
    if (std::isinf(v)) return "this is not a number";
    if (t == column_type::count && v != std::floor(v)) return "a count is a whole number";
    if (t == column_type::percent && (v > 1 || v < -1)) return "without % a percentage is a fraction: write 93.5% or 0.935";
    return nullptr;
  }

  template <class Number>
  bool all_fit(const column_declaration& d, const source_column& c, bool& nan) const {
    const auto* v = c.chunks[0].numbers<Number>();
    bool good = true;
    for (std::size_t i = 0; i < table_.rows; ++i) {
      if constexpr (std::is_floating_point_v<Number>) {
        nan = nan || std::isnan(v[i]);
        if (d.type == column_type::percent) good = good && !(v[i] > 1 || v[i] < -1);
        else good = good && !std::isinf(v[i]) && (d.type != column_type::count || v[i] == std::floor(v[i]) || std::isnan(v[i]));
      } else if (d.type == column_type::percent) {
        good = good && v[i] <= 1 && (std::is_unsigned_v<Number> || static_cast<std::int64_t>(v[i]) >= -1);
      }
    }
    return good;
  }

  template <class Number>
  bool numbers_in_place(const column_declaration& d, const source_column& c, host_column& h, cell_type t) {
    if (!one(c, t) || d.type == column_type::points) return false;
    bool nan = false;
    if (!all_fit<Number>(d, c, nan)) return false;
    // Not a number is not known to the engine; where an empty cell says that there is nothing, or must not be, it is said in bits.
    if (nan && (d.empty != empty_cell::not_known || d.required)) return false;
    missing_cells(d, c, h);
    h.values = view<Number>(c);
    return true;
  }

  void numbers(const column_declaration& d, const source_column& c, host_column& h) {
    if (numbers_in_place<double>(d, c, h, cell_type::float64) || numbers_in_place<float>(d, c, h, cell_type::float32) || numbers_in_place<std::int32_t>(d, c, h, cell_type::int32) ||
        numbers_in_place<std::uint8_t>(d, c, h, cell_type::uint8))
      return;
    std::vector<double> out(table_.rows);
    std::vector<bool> gone(table_.rows);
    bool small = true;
    each(c, [&](std::size_t row, const chunk& k, std::size_t i) {
      const double v = place(k, i) < 0 ? std::nan("") : number(k, i);
      if (std::isnan(v)) {
        gone[row] = true;
        return;
      }
      if (const auto* why = unfit(d.type, v)) {
        refuse(row, d, number_words(v), why);
        return;
      }
      out[row] = d.type == column_type::points ? v / 100 : v;
      small = small && v >= 0 && v <= 255 && v == std::floor(v) && !std::signbit(v);
    });
    if (small && d.type != column_type::points) h.values = std::span<const std::uint8_t>(memory_.keep(std::vector<std::uint8_t>(out.begin(), out.end())));
    else h.values = std::span<const double>(memory_.keep(std::move(out)));
    missing(d, h, [&](std::size_t r) { return static_cast<bool>(gone[r]); });
  }

  const source_table& table_;
  memory& memory_;
  host_table& out_;
  std::vector<column_use>& uses_;
  bool viewed_ = false;
};

std::string near(const std::string& name, const std::vector<std::string>& names) {
  const auto meant = nearest_name(name, names);
  return meant.empty() ? "" : "; did you mean " + meant + "?";
}

}  // namespace

std::vector<host_table> to_host(const schema& s, const std::vector<source_table>& given, memory& m, std::vector<column_use>& uses, std::vector<std::vector<std::string>>& ignored) {
  std::vector<host_table> out;
  ignored.assign(s.tables.size(), {});
  for (const auto& t : given) {
    const auto index = s.find(t.name);
    if (index < 0) {
      std::vector<std::string> names;
      for (const auto& each : s.tables) names.push_back(each.name);
      throw argument_error("the pack declares no table " + t.name + near(t.name, names));
    }
    const auto& declared = s.tables[static_cast<std::size_t>(index)];
    host_table host;
    host.name = t.name, host.rows = t.rows;
    converter convert(t, m, host, uses);
    const auto key = declared.shape == table_shape::many_per_child ? s.key_name() : declared.columns[static_cast<std::size_t>(declared.key)].name;
    std::vector<std::string> names = t.not_declared;
    ignored[static_cast<std::size_t>(index)] = t.not_declared;
    bool has_key = false;
    for (const auto& c : t.columns) {
      if (std::find(names.begin(), names.end(), c.name) != names.end()) throw data_error("table " + t.name + " has the column " + c.name + " twice");
      names.push_back(c.name);
      if (c.rows() != t.rows) throw data_error("table " + t.name + ": column " + c.name + " has " + std::to_string(c.rows()) + " rows, and the first column " + std::to_string(t.rows));
      if (declared.shape == table_shape::many_per_child && c.name == key) {
        column_declaration child;
        child.name = key, child.type = column_type::key;
        host.child_keys = convert.texts(convert.require(child, c), nullptr);
        has_key = true;
      } else if (const auto at = declared.find(c.name); at >= 0) {
        convert.add(declared.columns[static_cast<std::size_t>(at)], c);
        has_key = has_key || c.name == key;
      } else {
        ignored[static_cast<std::size_t>(index)].push_back(c.name);
      }
    }
    if (!has_key) throw data_error("table " + t.name + " has no column " + key + ", which says whose each row is" + near(key, ignored[static_cast<std::size_t>(index)]));
    for (std::size_t c = 0; c < declared.columns.size(); ++c) {
      const auto& column = declared.columns[c];
      const bool must = static_cast<std::int32_t>(c) == declared.time || (column.required && static_cast<std::int32_t>(c) != declared.recorded_column);
      if (must && std::find(names.begin(), names.end(), column.name) == names.end())
        throw data_error("table " + t.name + " has no column " + column.name + ", which " + (static_cast<std::int32_t>(c) == declared.time ? "says when each row happened" : "is required") + near(column.name, ignored[static_cast<std::size_t>(index)]));
    }
    out.push_back(std::move(host));
  }
  return out;
}

}  // namespace earlysight::python
