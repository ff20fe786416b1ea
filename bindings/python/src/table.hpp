// SPDX-License-Identifier: Apache-2.0
// Result tables: columns as Arrow has them, lent to any library without a copy.
#pragma once
#include "arrow.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight::python {

enum class result_type : std::uint8_t { text, number, whole, day, truth, code };

/// One column. Texts are large_utf8; codes are an index into `words`; truths are bits.
struct result_column {
  std::string name;
  result_type type = result_type::text;
  std::vector<std::int64_t> offsets;  // of texts: one more than rows
  std::string bytes;
  std::vector<double> numbers;
  std::vector<std::int64_t> wholes;
  std::vector<std::int32_t> days, codes;
  std::vector<std::int8_t> small_codes;  // codes where there are at most 127 words
  std::vector<std::uint8_t> truths, valid;  // bits; valid empty: no cell is missing
  std::size_t rows = 0, missing = 0;
  std::shared_ptr<const result_column> words;

  explicit result_column(std::string n, result_type t = result_type::text) : name(std::move(n)), type(t) {
    if (t == result_type::text) offsets.push_back(0);
  }
  void add(std::string_view);
  void add(double);
  void add_whole(std::int64_t);
  void add_day(std::int32_t);
  void add_truth(bool);
  void add_code(std::int32_t);
  void add_missing();
  bool has(std::size_t row) const { return valid.empty() || (valid[row / 8] >> (row % 8) & 1); }
  std::string_view text(std::size_t row) const { return std::string_view(bytes).substr(static_cast<std::size_t>(offsets[row]), static_cast<std::size_t>(offsets[row + 1] - offsets[row])); }
  std::int32_t code(std::size_t row) const { return small() ? small_codes[row] : codes[row]; }
  bool small() const { return words && words->rows <= 127; }
  bool truth(std::size_t row) const { return truths[row / 8] >> (row % 8) & 1; }

 private:
  void grow(bool has_value);
};

/// A column of codes of these words.
result_column code_column(std::string name, const std::vector<std::string>& words);

struct result_table {
  std::string name;
  std::vector<result_column> columns;
  std::size_t rows() const { return columns.empty() ? 0 : columns[0].rows; }
};

/// Fills a stream of one batch; it keeps the table alive.
void export_stream(std::shared_ptr<const result_table>, ArrowArrayStream* out);

}  // namespace earlysight::python
