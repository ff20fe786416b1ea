// SPDX-License-Identifier: Apache-2.0
// Columns as a Python library holds them: chunks of typed memory, seen and not copied.
#pragma once
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight::python {

/// The data, or the arguments, cannot be used: es.DataError, es.ArgumentError.
struct data_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct argument_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class cell_type : std::uint8_t {
  int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64,
  bits, bytes,                       // yes/no: Arrow's, NumPy's
  text32, text64, text_view, words,  // words: `texts`, Python's own or this program's
  date32, date64, days, seconds, milliseconds, microseconds, nanoseconds,  // days: NumPy's, of eight bytes
  nothing,                           // Arrow's null
  other,                             // of no use to any column
};

inline bool is_whole(cell_type t) { return t <= cell_type::uint64; }
inline bool is_float(cell_type t) { return t == cell_type::float32 || t == cell_type::float64; }
inline bool is_text(cell_type t) { return t >= cell_type::text32 && t <= cell_type::words; }
inline bool is_timestamp(cell_type t) { return t >= cell_type::days && t <= cell_type::nanoseconds; }
inline bool is_day(cell_type t) { return t == cell_type::date32 || t == cell_type::date64 || is_timestamp(t); }

/// One stretch of a column. With a dictionary, `type` is that of the indices; an index outside it is a missing cell.
struct chunk {
  cell_type type = cell_type::other;
  std::size_t length = 0, offset = 0;
  const std::uint8_t* valid = nullptr;    // bits, from `offset`; none: all are
  const std::uint8_t* missing = nullptr;  // bytes, as NumPy masks are; none: none is
  const void* values = nullptr;           // numbers, offsets of text, views of text, indices
  const char* bytes = nullptr;            // of text
  const void* const* more = nullptr;      // data buffers of text views
  std::shared_ptr<const std::vector<std::string_view>> texts;
  std::shared_ptr<const chunk> dictionary;

  bool has_value(std::size_t i) const {
    const auto at = i + offset;
    return (!valid || (valid[at / 8] >> (at % 8) & 1)) && (!missing || !missing[at]);
  }
  template <class Number>
  const Number* numbers() const { return static_cast<const Number*>(values) + offset; }
  std::int64_t whole(std::size_t i) const;
  std::string_view text(std::size_t i) const;  // of text types
};

struct source_column {
  std::string name, found;  // found: the type in the library's words
  std::vector<chunk> chunks;
  bool zoned = false;       // timestamps with a time zone
  std::size_t rows() const {
    std::size_t n = 0;
    for (const auto& c : chunks) n += c.length;
    return n;
  }
};

/// A cell that could not be read before it came here: its row is rejected with this reason.
struct refused_cell {
  std::size_t row = 0;
  std::string column, value, reason;
};

struct source_table {
  std::string name;
  std::size_t rows = 0;
  std::vector<source_column> columns;
  std::vector<std::string> not_declared;  // names of columns that were not looked at
  std::vector<refused_cell> refused;
};

}  // namespace earlysight::python
