// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

namespace earlysight {

/// What sort of value an expression has.
enum class kind : std::uint8_t {
  error,     ///< already reported: everything that follows from it stays silent
  truth,     ///< yes/no, and every condition
  number,    ///< with a unit
  date,
  category,  ///< a code in one of the program's category sets
  text,      ///< text, keys and references
  duration,  ///< literals and params only
};

/// Units of numbers. A percent is held as a fraction (90% is 0.9), points too (5 points are 0.05).
enum class unit : std::uint8_t { number, count, row_count, percent, points, hours, sessions, pounds };

/// `number`, `count` and `row_count` mix freely; only the division of two row counts tells them apart.
inline bool is_plain(unit u) { return u <= unit::row_count; }
inline bool is_quantity(unit u) { return u >= unit::hours; }

/// The kind of an expression, column, fact or param.
struct value_type {
  kind of = kind::error;
  unit in = unit::number;        // of numbers
  std::int32_t categories = -1;  // of categories: index of the category set
  bool bounded = false;          // a count that may lie between two bounds: has a low and a high end
  friend bool operator==(const value_type&, const value_type&) = default;
};

inline constexpr value_type truth_type{kind::truth};
inline constexpr value_type date_type{kind::date};
inline constexpr value_type text_type{kind::text};
inline constexpr value_type duration_type{kind::duration};
inline constexpr value_type number_type(unit u) { return {kind::number, u}; }

}  // namespace earlysight
