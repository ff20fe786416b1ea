// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/explain/explain.hpp>
#include <earlysight/plan/slice.hpp>

#include "reasons.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace earlysight::explaining {

/// A value that is shown: where it is worked out, or (of a length of time) what it always says.
struct told_value {
  expression_id id = -1;
  plan_node_id node = -1;
  bool is_fixed = false;
  std::string fixed;
};

/// The rows behind one condition: those of a selection, or of a measure.
struct row_source {
  std::int32_t table = -1;
  plan_node_id known = -1, chosen = -1, first_day = -1, last_day = -1;
  std::vector<std::int32_t> columns;  // shown of each row
};

/// What leads to a condition's rows: a source of them, or a choice whose branch the child decides.
struct row_step {
  std::int32_t source = -1;  // prepared_rule::sources
  struct branch {
    plan_node_id condition = -1;       // of the last, the else: none
    std::vector<row_step> asked, then; // rows of the condition, of the value
  };
  std::vector<branch> choice;
};

/// What is worked out of one condition, beside the words of it that stand in the skeleton.
struct told_condition {
  expression_id id = -1;
  plan_node_id truth = -1;
  std::vector<told_value> values;  // as many as the skeleton has
  std::vector<row_step> rows;
  std::size_t most_rows = 0;       // so many entries they may lead to
  expression_id margin = -1;       // a comparison or gap that has one
  told_value left, right;          // its sides
  bool measured = false;           // the left side is worked out, and is said
  std::vector<told_condition> parts;
};

struct told_text {
  const text_template* text = nullptr;
  std::vector<told_value> values;
};

/// All of a rule's explanation that does not depend on the child, and the part of the plan that it looks at.
struct prepared_rule {
  explanation skeleton;                // words, places, names; of a child, the rest is filled in
  plan_slice cut;
  plan_node_id outcome = -1;
  std::vector<told_condition> clauses; // as the skeleton has them
  std::vector<row_source> sources;
  told_text because;
  std::vector<told_text> actions;
  reasons why;
  std::vector<told_value> looked_at;   // each truth and value that is shown, once
};

prepared_rule prepare(const plan&, std::int32_t rule);

}  // namespace earlysight::explaining
