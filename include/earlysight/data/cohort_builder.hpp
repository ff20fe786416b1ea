// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/cohort.hpp>

#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earlysight {

/// A column in the host's memory. Give `values` for numbers, dates (int32 days since 1970-01-01), yes/no (uint8) and categories
/// (uint16 codes in the order of the declaration); give `texts` for key, text and ref columns. Any other column may be given as
/// texts too: each is read as a cell of a CSV file is (`2025-06-20`, `93.5%`, `yes`), and where it cannot be, its row is rejected.
///
/// Without `known`, a row is known; without `present`, there is a value (bits, least significant first: column.hpp).
/// A number that is NaN or infinite is not known, whatever `known` says.
struct host_column {
  std::string name;
  column_values values;
  std::span<const std::string_view> texts;
  bit_view known, present;
};

/// A cell that the host could not make a value of; its row is rejected with this reason.
struct unusable_cell {
  std::size_t row = 0;
  std::string column, value, reason;
};

/// A table in the host's memory. Rows of a table many per child name their child by its key (`child_keys`) or by its row in table
/// child (`child_rows`); or they stand by child, and those of the child in row i of table child are [first_rows[i], first_rows[i + 1]),
/// which takes the least memory and time. One of the three.
struct host_table {
  std::string name;
  std::size_t rows = 0;
  std::vector<host_column> columns;
  std::span<const std::string_view> child_keys;
  std::span<const std::uint32_t> child_rows;
  std::vector<unusable_cell> unusable = {};
  std::span<const std::uint32_t> first_rows = {};  // a number for each row of table child, and at last the number of rows
};

/// A cohort over the host's memory. Columns of numbers, dates, codes and yes/no are viewed, not copied, where the rows stand by child
/// and time already; else they are put in order in memory of the cohort's own. The host's memory must outlive the cohort.
///
/// A declared table that is not given is not known for every child; a declared column that is not given is not known in every row.
/// Rows of unknown children, repeated keys, rows without a time and rows with an unusable cell are rejected as they are from files:
/// a child one of whose rows was rejected is not known in that table, and a row of child with a readable key stays, with nothing known.
/// In `rejected`, `file` is the table's name and `line` the row, from 1; tables stand in the order of their names.
/// Fails with `arguments`: a table or column that the schema does not declare, a wrong length or type of values, a code that the
/// declaration does not have, text that is not UTF-8, no table child.
///
///     host_table child{"child", n, {{"child_id", {}, keys}, {"year", std::span<const double>(years)}}};
///     auto cohort = build_cohort(program->schema, {child, attendance});
///
/// Fails with `machine` soon after `stop` is set.
result<cohort> build_cohort(const schema&, const std::vector<host_table>&, const std::atomic<bool>* stop = nullptr);

}  // namespace earlysight
