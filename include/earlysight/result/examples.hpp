// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/result.hpp>
#include <earlysight/data/cohort.hpp>
#include <earlysight/plan/plan.hpp>
#include <earlysight/result/outcomes.hpp>

#include <memory>
#include <string>
#include <vector>

namespace earlysight {

/// An expectation that was not met, or an example that could not be run.
struct unmet_expectation {
  span where;
  std::string message;      // "expected `waiting` fires, but it is silent"
  std::int32_t rule = -1;   // the rule in question, or -1
};

struct example_result {
  std::int32_t example = -1;  // program::examples
  std::vector<unmet_expectation> unmet;
  std::shared_ptr<const plan> lowered;  // empty where the example could not be run
  std::shared_ptr<const cohort> data;
  bool passed() const { return unmet.empty(); }
};

/// The rows of an example as a cohort: its first child is the one that the expectations are about.
result<cohort> example_cohort(const program&, const example&);

/// Runs every example of the pack. Params that must be set and are not are not known.
std::vector<example_result> run_examples(std::shared_ptr<const program>, const param_values& = {});

}  // namespace earlysight
