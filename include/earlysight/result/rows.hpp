// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/cohort.hpp>
#include <earlysight/result/missing.hpp>
#include <earlysight/result/outcomes.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace earlysight {

struct flag_row {
  std::size_t child = 0;
  child_flag of;
  std::string because;  // of the rules that raise it at its level; what several say alike stands once
};

struct action_row {
  std::size_t child = 0;
  std::int32_t rule = -1, action = -1;  // action: its place in rule::actions
  std::string text, due, because;       // due as 2025-07-04, or empty
};

struct missing_row {
  std::size_t child = 0;
  std::int32_t rule = -1;
  missing_piece piece;
};

/// What a run says beyond outcomes and scores, of a stretch of children in their order: what flags.csv, actions.csv and missing.csv hold.
struct result_rows {
  std::vector<flag_row> flags;
  std::vector<action_row> actions;
  std::vector<missing_row> missing;
};

/// The rows of children [first, last). Children of whom no rule fires or cannot tell have none.
///
///     result_rows rows = result_rows_of(run, cohort, 0, cohort.children);
///
/// Safe from several threads. Requires: the cohort of the run, last ≤ cohort.children.
result_rows result_rows_of(const run_result&, const cohort&, std::size_t first, std::size_t last);

/// The words for a missing piece, as missing.csv has them: table and column (empty: the whole table), or `param` and its name.
std::pair<std::string, std::string> names_of(const program&, const missing_piece&);

}  // namespace earlysight
