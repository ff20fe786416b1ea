// SPDX-License-Identifier: Apache-2.0
// What a pack and a run say, as tables.
#pragma once
#include "table.hpp"

#include <earlysight/earlysight.hpp>

namespace earlysight::python {

/// "yes/no", "count", …
const std::string& type_name(column_type);

result_table rules_table(const program&);
result_table columns_table(const program&);  // every table and column that a pack declares

result_table outcomes_table(const run_result&, const cohort&, bool all);
result_table matrix_table(const run_result&, const cohort&);  // a row a child, a column a rule
result_table scores_table(const run_result&, const cohort&);
result_table flags_table(const run_result&, const cohort&, const std::vector<result_rows>&);
result_table actions_table(const run_result&, const cohort&, const std::vector<result_rows>&);
result_table missing_table(const run_result&, const cohort&, const std::vector<result_rows>&);
result_table rejected_table(const cohort&);
/// Counts a rule and outcome; with `by`, a column of table child, a value, rule and outcome. Fails where child has no such column.
result<result_table> summary_table(const run_result&, const cohort&, const std::string& by);

/// A table of a cohort as a pack declares it, keys first.
result_table cohort_table(const program&, const cohort&, std::size_t table);

/// The rows of all children, in stretches, worked out by threads.
std::vector<result_rows> all_rows(const run_result&, const cohort&, unsigned threads);

}  // namespace earlysight::python
