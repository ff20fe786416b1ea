// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cell.hpp"
#include "raw_table.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace earlysight::csv {

/// The cells of one column of one stretch of a file, typed as they come. Numbers stay one byte each while all are small and whole.
class column_builder {
 public:
  explicit column_builder(const column_declaration& c) : declared_(&c) {
    if (c.type == column_type::category)
      for (std::size_t i = 0; i < c.categories.size(); ++i) codes_.emplace(c.categories[i], static_cast<std::uint16_t>(i));
  }

  /// Reads a cell that is not empty into `pending`; why not, where it cannot.
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
        if (cell == last_category_) {
          code_ = last_code_;
          return nullptr;
        }
        const auto found = codes_.find(cell);
        if (found == codes_.end()) return "this is none of the declared values";
        code_ = last_code_ = found->second;
        last_category_ = found->first;
        return nullptr;
      }
      case column_type::count: return read_count(cell, number_);
      case column_type::percent: return read_percent(cell, number_);
      case column_type::points: return read_points(cell, number_);
      default: return read_number(cell, number_);
    }
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
    if (state_ == state::not_known) not_known.push_back(rows);
    if (state_ == state::nothing) nothing.push_back(rows);
    ++rows;
    switch (declared_->type) {
      case column_type::key:
      case column_type::text:
      case column_type::ref: wholes.push_back(value ? static_cast<std::int32_t>(texts.number(text_)) : static_cast<std::int32_t>(texts.number(""))); break;
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
  std::vector<std::size_t> not_known, nothing;
  text_pool texts;

 private:
  enum class state : std::uint8_t { value, nothing, not_known };

  void keep_number(double v) {
    if (small) {
      if (v >= 0 && v <= 255 && v == static_cast<double>(static_cast<std::uint8_t>(v))) {
        bytes.push_back(static_cast<std::uint8_t>(v));
        return;
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
  std::string_view last_category_ = "\x01";
  std::uint16_t last_code_ = 0, code_ = 0;
  state state_ = state::value;
  std::string_view text_;
  double number_ = 0;
  std::int32_t day_ = 0;
  std::uint8_t yes_ = 0;
};

}  // namespace earlysight::csv
