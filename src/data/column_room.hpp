// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/schema/table.hpp>

#include "raw_table.hpp"

#include <bit>
#include <cstdint>
#include <mutex>
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
    const auto by = base % 64;
    for (std::size_t w = 0; w < words_.size(); ++w) {
      if (words_[w] == 0) continue;
      const auto at = base / 64 + w;
      bits[at] &= ~(words_[w] << by);
      // What moves past the word, where any bit does.
      if (by > 0 && words_[w] >> (64 - by) != 0) bits[at + 1] &= ~(words_[w] >> (64 - by));
    }
  }

 private:
  std::vector<std::uint64_t> words_;
};

/// Where the values of a column go: room for the rows of a table. Stretches of the file that are read at the same time fill parts of it
/// that do not overlap. Numbers take a byte each while all are small and whole; the room for others is made when one is not.
class column_room {
 public:
  column_room(column_type type, std::size_t rows) : rows_(rows) {
    switch (type) {
      case column_type::key:
      case column_type::text:
      case column_type::ref:
      case column_type::date: wholes.resize(rows); break;
      case column_type::category: categories.resize(rows); break;
      default: bytes.resize(rows);
    }
  }
  double* wide() {
    std::call_once(widened_, [this] { numbers.resize(rows_); });
    return numbers.data();
  }

  values_of<std::int32_t> wholes;  // dates and text numbers
  values_of<std::uint16_t> categories;
  values_of<std::uint8_t> bytes;  // numbers, yes/no
  values_of<double> numbers;

 private:
  std::size_t rows_;
  std::once_flag widened_;
};

}  // namespace earlysight::csv
