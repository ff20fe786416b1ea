// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cell.hpp"
#include "csv_scan.hpp"
#include "raw_table.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace earlysight::csv {

/// Rows of which something does not hold, a bit each; no words while there is none.
class row_marks {
 public:
  void add(std::size_t row) {
    if (words_.size() <= row / 64) words_.resize(row / 64 + 1);
    words_[row / 64] |= std::uint64_t{1} << (row % 64);
  }
  /// Clears their bits, moved up by `base` rows, in `bits` of `rows` rows (all set where there are none yet).
  void clear_in(std::vector<std::uint64_t>& bits, std::size_t base, std::size_t rows) const {
    if (words_.empty()) return;
    if (bits.empty()) bits.assign((rows + 63) / 64, ~std::uint64_t{0});
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (auto left = words_[w]; left != 0; left &= left - 1) {
        const auto row = base + w * 64 + static_cast<std::size_t>(std::countr_zero(left));
        bits[row / 64] &= ~(std::uint64_t{1} << (row % 64));
      }
  }

 private:
  std::vector<std::uint64_t> words_;
};

/// The cells of one column of one stretch of a file, typed as they come. Numbers stay one byte each while all are small and whole.
class column_builder {
 public:
  explicit column_builder(const column_declaration& c) : declared_(&c) {
    std::memcpy(&month_, "1970-01-", sizeof month_);
    if (c.type == column_type::category)
      for (std::size_t i = 0; i < c.categories.size(); ++i) codes_.emplace(c.categories[i], static_cast<std::uint16_t>(i));
  }

  /// Reads a cell that is not empty; why not, where it cannot. A text must stay where it is until `keep`.
  why_not read(std::string_view cell) {
    state_ = state::value;
    switch (declared_->type) {
      case column_type::key:
      case column_type::text:
      case column_type::ref:
        if (!is_utf8(cell)) return "this is not UTF-8 text: save the file as UTF-8";
        text_ = cell;
        return nullptr;
      case column_type::yes_no: return read_yes_no(cell, yes_);
      case column_type::date: return read_date(cell, day_);
      case column_type::category: {
        if (code_ < declared_->categories.size() && cell == declared_->categories[code_]) return nullptr;
        const auto found = codes_.find(cell);
        if (found == codes_.end()) return "this is none of the declared values";
        code_ = found->second;
        return nullptr;
      }
      case column_type::count: return read_count(cell, number_);
      case column_type::percent: return read_percent(cell, number_);
      case column_type::points: return read_points(cell, number_);
      default: return read_number(cell, number_);
    }
  }

  /// Reads the plain cell that begins at p and answers the comma or line end after it; nullptr where the cell is anything but plain
  /// (quoted, empty where it must not be, not to be read, the last of the file), to be read the general way.
  const char* read_plain(const char* p, const char* end) {
    switch (declared_->type) {
      case column_type::date:
        if (end - p > 10 && is_cell_end(p[10])) {
          state_ = state::value;
          return read_date_of_month(p) ? p + 10 : nullptr;
        }
        break;
      case column_type::count:
      case column_type::number:
      case column_type::hours:
      case column_type::sessions:
      case column_type::pounds: {
        std::uint32_t n = 0;
        const char* q = p;
        const char* most = end - p > 9 ? p + 9 : end;
        for (; q < most && *q >= '0' && *q <= '9'; ++q) n = n * 10 + static_cast<std::uint32_t>(*q - '0');
        if (q > p && q < end && is_cell_end(*q)) {
          state_ = state::value;
          number_ = n;
          return q;
        }
        break;
      }
      default: break;
    }
    const char* mark = next_mark(p, end);
    if (mark == end || *mark == '"') return nullptr;
    const auto cell = trimmed(p, mark);
    return (cell.empty() ? read_empty() : read(cell)) ? nullptr : mark;
  }

  /// What an empty cell says; why not, where it must not be empty.
  why_not read_empty() {
    if (declared_->required) return "this cell must not be empty";
    state_ = declared_->empty == empty_cell::not_known ? state::not_known : state::nothing;
    return nullptr;
  }
  void set_not_known() { state_ = state::not_known; }

  /// Adds what was read last as the next row.
  void keep() {
    const bool value = state_ == state::value;
    if (!value) (state_ == state::not_known ? not_known : nothing).add(rows);
    ++rows;
    switch (declared_->type) {
      case column_type::key:
      case column_type::text:
      case column_type::ref: wholes.push_back(number_of(value ? text_ : std::string_view())); break;
      case column_type::yes_no: bytes.push_back(value ? yes_ : 0); break;
      case column_type::date: wholes.push_back(value ? day_ : 0); break;
      case column_type::category: categories.push_back(value ? code_ : 0); break;
      default: keep_number(value ? number_ : 0);
    }
  }

  void reserve(std::size_t n) {
    switch (declared_->type) {
      case column_type::key:
      case column_type::text:
      case column_type::ref:
      case column_type::date: wholes.reserve(n); break;
      case column_type::category: categories.reserve(n); break;
      default: bytes.reserve(n);
    }
  }

  std::size_t rows = 0;
  bool small = true;  // of numbers: all in `bytes` so far
  std::vector<double> numbers;
  std::vector<std::int32_t> wholes;
  std::vector<std::uint16_t> categories;
  std::vector<std::uint8_t> bytes;
  row_marks not_known, nothing;
  text_pool texts;

 private:
  enum class state : std::uint8_t { value, nothing, not_known };

  static bool is_cell_end(char c) { return c == ',' || c == '\n' || c == '\r'; }

  // Dates of one month follow one another: only the day is read again.
  bool read_date_of_month(const char* p) {
    std::uint64_t month;
    std::memcpy(&month, p, 8);
    const auto tens = static_cast<unsigned>(p[8] - '0'), ones = static_cast<unsigned>(p[9] - '0');
    const auto day = tens * 10 + ones;
    if (month == month_ && tens <= 9 && ones <= 9 && day >= 1 && day <= 28) {
      day_ = before_month_ + static_cast<std::int32_t>(day);
      return true;
    }
    if (read_date({p, 10}, day_)) return false;
    month_ = month;
    before_month_ = day_ - static_cast<std::int32_t>(day);
    return true;
  }

  std::int32_t number_of(std::string_view text) {
    if (last_text_ < texts.size() && texts.text(last_text_) == text) return static_cast<std::int32_t>(last_text_);
    last_text_ = texts.number(text);
    return static_cast<std::int32_t>(last_text_);
  }

  void keep_number(double v) {
    if (small) {
      if (v >= 0 && v <= 255) {
        const auto byte = static_cast<std::uint8_t>(v);
        if (static_cast<double>(byte) == v && !(byte == 0 && std::signbit(v))) {
          bytes.push_back(byte);
          return;
        }
      }
      small = false;
      numbers.reserve(bytes.capacity());
      numbers.assign(bytes.begin(), bytes.end());
      bytes = {};
    }
    numbers.push_back(v);
  }

  const column_declaration* declared_;
  std::unordered_map<std::string_view, std::uint16_t> codes_;
  state state_ = state::value;
  std::uint16_t code_ = 0xffff;
  std::uint8_t yes_ = 0;
  std::int32_t day_ = 0, before_month_ = -1;  // the day before the month's first
  std::uint64_t month_;                        // as written: 2025-06-
  double number_ = 0;
  std::string_view text_;
  std::uint32_t last_text_ = 0;
};

}  // namespace earlysight::csv
