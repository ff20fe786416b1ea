// SPDX-License-Identifier: Apache-2.0
#include "column.hpp"

#include "cell.hpp"

#include <earlysight/text/nearest.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace earlysight::python {
namespace {

// Which rows have a value, as bits; no memory is taken while all have.
class row_bits {
 public:
  explicit row_bits(std::size_t rows) : rows_(rows) {}
  void clear(std::size_t row) {
    if (words_.empty()) words_.assign((rows_ + 63) / 64, ~std::uint64_t{0});
    words_[row / 64] &= ~(std::uint64_t{1} << (row % 64));
  }
  bool test(std::size_t row) const { return words_.empty() || (words_[row / 64] >> (row % 64) & 1); }
  bool all() const { return words_.empty(); }
  std::vector<std::uint64_t> words() && { return std::move(words_); }

 private:
  std::size_t rows_;
  std::vector<std::uint64_t> words_;
};

// Calls f with the values of a chunk of numbers or indices, as they are typed.
template <class Each>
void typed(const chunk& k, Each f) {
  switch (k.type) {
    case cell_type::int8: return f(k.numbers<std::int8_t>());
    case cell_type::int16: return f(k.numbers<std::int16_t>());
    case cell_type::int32: return f(k.numbers<std::int32_t>());
    case cell_type::int64: return f(k.numbers<std::int64_t>());
    case cell_type::uint8:
    case cell_type::bytes: return f(k.numbers<std::uint8_t>());
    case cell_type::uint16: return f(k.numbers<std::uint16_t>());
    case cell_type::uint32: return f(k.numbers<std::uint32_t>());
    case cell_type::uint64: return f(k.numbers<std::uint64_t>());
    case cell_type::float32: return f(k.numbers<float>());
    case cell_type::float64: return f(k.numbers<double>());
    default: return;
  }
}

double number(const chunk& k, std::size_t i) {
  switch (k.type) {
    case cell_type::float64: return k.numbers<double>()[i];
    case cell_type::float32: return static_cast<double>(k.numbers<float>()[i]);
    case cell_type::uint64: return static_cast<double>(k.numbers<std::uint64_t>()[i]);
    default: return static_cast<double>(k.whole(i));
  }
}

template <class Each>
void each(const source_column& c, Each f) {
  std::size_t row = 0;
  for (const auto& k : c.chunks)
    for (std::size_t i = 0; i < k.length; ++i, ++row) f(row, k, i);
}

bool any_value(const source_column& c) {
  for (const auto& k : c.chunks)
    for (std::size_t i = 0; i < k.length; ++i)
      if (k.type == cell_type::other || (place(k, i) >= 0 && (k.dictionary || !is_float(k.type) || !std::isnan(number(k, i))))) return true;
  return false;
}

class converter {
 public:
  converter(const source_table& t, memory& m, host_table& out) : table_(t), memory_(m), out_(out) {}

  bool add(const column_declaration& d, const source_column& c) {
    const auto found = meant_type(c);
    host_column h;
    h.name = d.name;
    if (is_text_column(d.type)) {
      h.texts = texts_of(c, table_.rows, memory_);
      if (d.type != column_type::key) {
        row_bits has(table_.rows);
        for (std::size_t row = 0; row < table_.rows; ++row)
          if (h.texts[row].empty()) has.clear(row);
        missing(d, h, std::move(has));
      }
    } else if (d.type == column_type::category && is_text(found) && in_dictionary(c)) {
      codes(d, c, h);
    } else if (is_text(found) || in_dictionary(c) || (d.type == column_type::category && is_whole(found))) {
      h.texts = texts_of(c, table_.rows, memory_);
      if (h.texts.empty()) h.values = empty_values(d.type);
    } else if (d.type == column_type::date) {
      dates(d, c, h);
    } else if (d.type == column_type::yes_no) {
      truths(d, c, h);
    } else if (d.type == column_type::category) {  // nothing but missing cells
      h.values = std::span<const std::uint16_t>(memory_.keep(std::vector<std::uint16_t>(table_.rows)));
      missing(d, h, present(c));
    } else {
      numbers(d, c, h);
    }
    out_.columns.push_back(std::move(h));
    return viewed_;
  }

 private:
  static column_values empty_values(column_type t) {
    if (t == column_type::date) return std::span<const std::int32_t>();
    if (t == column_type::category) return std::span<const std::uint16_t>();
    if (t == column_type::yes_no) return std::span<const std::uint8_t>();
    return std::span<const double>();
  }

  row_bits present(const source_column& c) const {
    row_bits has(table_.rows);
    std::size_t first = 0;
    for (const auto& k : c.chunks) {
      const bool by_value = k.dictionary || is_timestamp(k.type) || k.type == cell_type::nothing || k.missing;
      if (by_value || k.valid)
        for (std::size_t i = 0; i < k.length; ++i) {
          // Eight rows at a time where all have one.
          if (const auto at = i + k.offset; !by_value && at % 8 == 0 && i + 8 <= k.length && k.valid[at / 8] == 0xFF) i += 7;
          else if (place(k, i) < 0) has.clear(first + i);
        }
      first += k.length;
    }
    return has;
  }

  // What empty cells say: not known or nothing, as the pack has it.
  void missing(const column_declaration& d, host_column& h, row_bits has) {
    if (has.all()) return;
    if (d.required)
      for (std::size_t row = 0; row < table_.rows; ++row)
        if (!has.test(row)) refuse(row, d, "", "this cell must not be empty");
    const bit_view view{memory_.keep(std::move(has).words()).data()};
    (d.empty == empty_cell::not_known || d.required ? h.known : h.present) = view;
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
    row_bits has(table_.rows);
    std::size_t row = 0;
    for (const auto& k : c.chunks) {
      // A chunk of a column with dictionaries may be of plain nothing.
      constexpr std::int32_t unknown_word = -1, empty_word = -2;
      std::vector<std::int32_t> code(k.dictionary ? k.dictionary->length : 0, unknown_word);
      for (std::size_t w = 0; w < code.size(); ++w) {
        const auto text = k.dictionary->has_value(w) ? trimmed(k.dictionary->text(w)) : std::string_view();
        const auto found = std::find(d.categories.begin(), d.categories.end(), text);
        if (found != d.categories.end()) code[w] = static_cast<std::int32_t>(found - d.categories.begin());
        else if (text.empty()) code[w] = empty_word;
      }
      auto read = [&](std::size_t i, std::int64_t w) {
        const auto n = w < 0 || static_cast<std::size_t>(w) >= code.size() ? empty_word : code[static_cast<std::size_t>(w)];
        if (n >= 0) out[row + i] = static_cast<std::uint16_t>(n);
        else if (n == empty_word) has.clear(row + i);
        else refuse_word(row + i, d, trimmed(k.dictionary->text(static_cast<std::size_t>(w))));
      };
      if (!k.dictionary || k.valid || k.missing) {
        for (std::size_t i = 0; i < k.length; ++i) read(i, k.dictionary ? place(k, i) : -1);
      } else {
        typed(k, [&](const auto* at) {
          for (std::size_t i = 0; i < k.length; ++i) read(i, static_cast<std::int64_t>(at[i]));
        });
      }
      row += k.length;
    }
    h.values = std::span<const std::uint16_t>(out);
    missing(d, h, std::move(has));
  }

  void refuse_word(std::size_t row, const column_declaration& d, std::string_view text) {
    std::string list;
    for (std::size_t v = 0; v < d.categories.size() && v < 8; ++v) list += (v > 0 ? ", " : ": ") + d.categories[v];
    const auto meant = nearest_name(text, d.categories);
    refuse(row, d, std::string(text), "this is none of the declared values" + list + (d.categories.size() > 8 ? ", …" : "") + (meant.empty() ? "" : " (did they mean " + meant + "?)"));
  }

  static bool all_days(const std::int32_t* days, std::size_t rows) {
    std::int32_t least = 0, most = 0;
    for (std::size_t i = 0; i < rows; ++i) least = std::min(least, days[i]), most = std::max(most, days[i]);
    return is_day_of_calendar(least) && is_day_of_calendar(most);
  }

  template <std::int64_t PerDay>
  static bool days(const chunk& k, const row_bits& has, std::size_t row, std::int32_t* out) {
    const auto* v = k.numbers<std::int64_t>();
    bool good = true;
    for (std::size_t i = 0; i < k.length; ++i) {
      const auto day = v[i] / PerDay - (v[i] % PerDay < 0 ? 1 : 0);
      out[i] = static_cast<std::int32_t>(day);
      good = good && (is_day_of_calendar(day) || !has.test(row + i));
    }
    return good;
  }

  void dates(const column_declaration& d, const source_column& c, host_column& h) {
    auto has = present(c);
    if (one(c, cell_type::date32) && all_days(c.chunks[0].numbers<std::int32_t>(), table_.rows)) {
      h.values = view<std::int32_t>(c);
      missing(d, h, std::move(has));
      return;
    }
    auto& out = memory_.keep(std::vector<std::int32_t>(table_.rows));
    std::size_t row = 0;
    bool good = true;
    for (const auto& k : c.chunks) {
      auto* to = out.data() + row;
      switch (k.type) {
        case cell_type::days: good = days<1>(k, has, row, to) && good; break;
        case cell_type::seconds: good = days<86'400>(k, has, row, to) && good; break;
        case cell_type::date64:
        case cell_type::milliseconds: good = days<86'400'000>(k, has, row, to) && good; break;
        case cell_type::microseconds: good = days<86'400'000'000>(k, has, row, to) && good; break;
        case cell_type::nanoseconds: good = days<86'400'000'000'000>(k, has, row, to) && good; break;
        case cell_type::date32:
          std::copy_n(k.numbers<std::int32_t>(), k.length, to);
          for (std::size_t i = 0; i < k.length; ++i) good = good && (is_day_of_calendar(to[i]) || !has.test(row + i));
          break;
        default: break;
      }
      row += k.length;
    }
    if (!good)
      each(c, [&](std::size_t r, const chunk& k, std::size_t i) {
        if (has.test(r) && !is_day_of_calendar(day_of(k, i))) refuse(r, d, std::to_string(k.whole(i)), "there is no such day");
      });
    h.values = std::span<const std::int32_t>(out);
    missing(d, h, std::move(has));
  }

  void truths(const column_declaration& d, const source_column& c, host_column& h) {
    auto has = present(c);
    if (one(c, cell_type::bytes)) {
      h.values = view<std::uint8_t>(c);
      missing(d, h, std::move(has));
      return;
    }
    auto& out = memory_.keep(std::vector<std::uint8_t>(table_.rows));
    if (one(c, cell_type::bits)) {
      const auto& k = c.chunks[0];
      const auto* bits = static_cast<const std::uint8_t*>(k.values);
      for (std::size_t i = 0, at = k.offset; i < k.length; ++i, ++at) out[i] = bits[at / 8] >> (at % 8) & 1;
      h.values = std::span<const std::uint8_t>(out);
      missing(d, h, std::move(has));
      return;
    }
    each(c, [&](std::size_t row, const chunk& k, std::size_t i) {
      if (!has.test(row) || k.type == cell_type::nothing) return;
      const double v = number(k, i);
      if (std::isnan(v)) has.clear(row);
      else if (v == 0 || v == 1) out[row] = v == 1;
      else refuse(row, d, number_words(v), "write yes or no (also true or false, 1 or 0, y or n)");
    });
    h.values = std::span<const std::uint8_t>(out);
    missing(d, h, std::move(has));
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
    h.values = view<Number>(c);
    missing(d, h, present(c));
    return true;
  }

  // As bytes, where every number is a whole one that a byte holds.
  bool small_numbers(const column_declaration& d, const source_column& c, const row_bits& has, host_column& h) {
    if (d.type == column_type::points) return false;
    const int most = d.type == column_type::percent ? 1 : 255;
    std::vector<std::uint8_t> out(table_.rows);
    std::size_t row = 0;
    for (const auto& k : c.chunks) {
      bool good = true;
      typed(k, [&](const auto* v) {
        using number_type = std::remove_cvref_t<decltype(*v)>;
        for (std::size_t i = 0; i < k.length && good; ++i) {
          bool fits;
          if constexpr (std::is_floating_point_v<number_type>) fits = v[i] >= 0 && v[i] <= static_cast<number_type>(most) && v[i] == std::floor(v[i]) && !std::signbit(v[i]);
          else if constexpr (std::is_signed_v<number_type>) fits = v[i] >= 0 && static_cast<std::int64_t>(v[i]) <= most;
          else fits = static_cast<std::uint64_t>(v[i]) <= static_cast<std::uint64_t>(most);
          if (fits) out[row + i] = static_cast<std::uint8_t>(v[i]);
          else good = !has.test(row + i);
        }
      });
      if (!good) return false;
      row += k.length;
    }
    h.values = std::span<const std::uint8_t>(memory_.keep(std::move(out)));
    return true;
  }

  void numbers(const column_declaration& d, const source_column& c, host_column& h) {
    if (numbers_in_place<double>(d, c, h, cell_type::float64) || numbers_in_place<float>(d, c, h, cell_type::float32) || numbers_in_place<std::int32_t>(d, c, h, cell_type::int32) ||
        numbers_in_place<std::uint8_t>(d, c, h, cell_type::uint8))
      return;
    auto has = present(c);
    if (is_float(meant_type(c)))
      each(c, [&](std::size_t row, const chunk& k, std::size_t i) {
        if (is_float(k.type) && std::isnan(number(k, i))) has.clear(row);
      });
    if (!small_numbers(d, c, has, h)) {
      std::vector<double> out(table_.rows);
      each(c, [&](std::size_t row, const chunk& k, std::size_t i) {
        if (!has.test(row)) return;
        const double v = number(k, i);
        if (const auto* why = unfit(d.type, v)) refuse(row, d, number_words(v), why);
        else out[row] = d.type == column_type::points ? v / 100 : v;
      });
      h.values = std::span<const double>(memory_.keep(std::move(out)));
    }
    missing(d, h, std::move(has));
  }

  const source_table& table_;
  memory& memory_;
  host_table& out_;
  bool viewed_ = false;
};

}  // namespace

namespace {

// Whole numbers as texts, all in one piece of memory.
void digits_of(const chunk& k, std::string_view* out, memory& m) {
  constexpr std::size_t most = 20;  // digits and sign
  std::string digits;
  std::vector<std::size_t> ends(k.length);
  for (std::size_t i = 0; i < k.length; ++i) {
    if (k.has_value(i)) {
      char text[most];
      digits.append(text, std::to_chars(text, text + most, k.whole(i)).ptr);
    }
    ends[i] = digits.size();
  }
  const auto& kept = m.keep(std::vector<std::string>{std::move(digits)}).front();
  for (std::size_t i = 0, begin = 0; i < k.length; begin = ends[i++]) out[i] = std::string_view(kept).substr(begin, ends[i] - begin);
}

}  // namespace

std::span<const std::string_view> texts_of(const source_column& c, std::size_t rows, memory& m) {
  auto& out = m.keep(std::vector<std::string_view>(rows));
  std::size_t row = 0;
  for (const auto& k : c.chunks) {
    const chunk& values = k.dictionary ? *k.dictionary : k;
    const bool own = !is_text(values.type) && values.type != cell_type::nothing;
    std::vector<std::string>* words = nullptr;
    if (own && !k.dictionary && is_whole(k.type) && k.type != cell_type::uint64) {
      digits_of(k, out.data() + row, m);
      row += k.length;
      continue;
    }
    if (own) {
      words = &m.keep(std::vector<std::string>(values.length));
      for (std::size_t i = 0; i < values.length; ++i)
        if (values.has_value(i)) (*words)[i] = cell_words(values, i);
    }
    for (std::size_t i = 0; i < k.length; ++i, ++row) {
      const auto at = place(k, i);
      if (at >= 0) out[row] = own ? std::string_view((*words)[static_cast<std::size_t>(at)]) : trimmed(values.text(static_cast<std::size_t>(at)));
    }
  }
  return out;
}

source_column require(const column_declaration& d, const source_column& c, const source_table& table) {
  if (!can_be(d.type, meant_type(c)) && !any_value(c)) {
    source_column nothing;
    nothing.name = c.name, nothing.found = c.found;
    nothing.chunks.resize(1);
    nothing.chunks[0].type = cell_type::nothing, nothing.chunks[0].length = table.rows;
    return nothing;
  }
  const auto found = meant_type(c);
  if (d.type == column_type::date && c.zoned)
    throw data_error("table " + table.name + ", column " + d.name + ": " + c.found + " has a time zone, so which day it is depends on where one stands; make it a date first (pandas: .dt.tz_convert(\"Europe/London\").dt.tz_localize(None))");
  if (can_be(d.type, found)) return c;
  const bool gaps = is_float(found) && (is_text_column(d.type) || d.type == column_type::category);
  throw data_error("table " + table.name + ", column " + d.name + ": " + c.found + " cannot be read as " + kind_words(d.type) + "; give " + accepted(d.type) +
                   (gaps ? " (pandas makes whole numbers with gaps float64: .astype(\"Int64\") mends that)" : ""));
}

bool add_column(const column_declaration& d, const source_column& c, const source_table& table, memory& m, host_table& out) {
  return converter(table, m, out).add(d, require(d, c, table));
}

}  // namespace earlysight::python
