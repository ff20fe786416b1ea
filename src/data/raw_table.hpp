// SPDX-License-Identifier: Apache-2.0
// Tables as they come from a file or a host, before their rows stand by child and time.
#pragma once
#include <earlysight/data/cohort.hpp>

#include "text_pool.hpp"
#include "values.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace earlysight {

using owned_values = std::variant<std::monostate, values_of<double>, values_of<std::int32_t>, values_of<std::uint16_t>, values_of<std::uint8_t>>;

/// One column: values of its own, or a view of a host's; bits only where some row is not known, or has none.
struct raw_column {
  owned_values owned;
  column_values view;
  std::vector<std::uint64_t> known, present;  // empty: all set
  bit_view host_known, host_present;
  bool supplied = true;
};

/// Rows from `row` on, up to the next run, that are of one child.
struct child_run {
  std::uint32_t row;
  std::int32_t child;
};

struct raw_table {
  bool supplied = false;
  std::size_t rows = 0;
  std::vector<raw_column> columns;
  values_of<std::int32_t> child;  // of each row, for tables many per child; or else:
  std::vector<child_run> runs;
  bool in_order = false;          // the rows are known to stand by child and time
  std::vector<std::uint32_t> first_row;  // as of the cohort, where a host gave it and the rows are known to stand by child and time
  std::vector<std::uint64_t> doubted;
  row_counts counts;
  std::string digest;
  std::vector<std::string> ignored_columns;
};

inline void set_bit(std::vector<std::uint64_t>& bits, std::size_t i, std::size_t n) {
  if (bits.size() < (n + 63) / 64) bits.resize((n + 63) / 64);
  bits[i / 64] |= std::uint64_t{1} << (i % 64);
}

/// Keeps these rows of every column, in this order, in memory of the table's own; `child` stays as it is.
void take_rows(raw_table&, const std::vector<std::uint32_t>& rows);

/// Puts the rows in order, resolves references, and makes the cohort. `tables` in the order of the schema, child included.
cohort finish_cohort(const schema&, std::vector<raw_table> tables, text_pool texts, std::vector<rejected_row> rejected, std::vector<cohort_warning> warnings);

}  // namespace earlysight
