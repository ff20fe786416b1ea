// SPDX-License-Identifier: Apache-2.0
// The plain scalar evaluator: one child, one expression, one row at a time, written from language.md for clarity alone.
// The engine is checked against it on random packs and cohorts.
#pragma once
#include <earlysight/data/cohort.hpp>
#include <earlysight/program/program.hpp>

#include <string>
#include <vector>

namespace earlysight::oracle {

struct child_result {
  std::vector<std::string> outcomes;  // by rule, as program::rules
  double score_low = 0, score_high = 0;
};

/// Params: the pack's own values on the as-of date.
child_result evaluate(const program&, const cohort&, date as_of, std::size_t child);

}  // namespace earlysight::oracle
