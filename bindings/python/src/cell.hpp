// SPDX-License-Identifier: Apache-2.0
// Single cells of columns, and what they can be read as.
#pragma once
#include "source.hpp"

#include <earlysight/earlysight.hpp>

#include <limits>
#include <optional>

namespace earlysight::python {

inline constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();  // NumPy's and pandas' NaT

/// Days since 1970-01-01 of a date or timestamp.
std::int64_t day_of(const chunk&, std::size_t row);
/// Of the years 0001 to 9999.
inline bool is_day_of_calendar(std::int64_t day) { return day >= -719162 && day <= 2932896; }

std::string number_words(double);
/// A value of any type as a cell of a file would hold it.
std::string cell_words(const chunk&, std::size_t row);
/// Every cell so; nothing where it is empty.
std::vector<std::optional<std::string>> words_of(const source_column&);

inline std::string_view trimmed(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

/// Where the value of a cell is in its chunk or its dictionary; -1: there is none.
std::int64_t place(const chunk&, std::size_t row);

/// What a column's cells are, dictionaries looked through.
cell_type meant_type(const source_column&);
bool in_dictionary(const source_column&);

inline bool is_text_column(column_type t) { return t == column_type::key || t == column_type::text || t == column_type::ref; }
bool can_be(column_type, cell_type found);
const char* accepted(column_type);    // the types that can be read so, in words
const char* kind_words(column_type);  // "a count"

}  // namespace earlysight::python
