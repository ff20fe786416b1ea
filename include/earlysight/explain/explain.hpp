// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/cohort.hpp>
#include <earlysight/plan/plan.hpp>
#include <earlysight/result/outcomes.hpp>

#include <string>
#include <vector>

namespace earlysight {

enum class truth_state : std::uint8_t { no, yes, not_known };

/// A value that a condition looked at: the pack's words for it, and the value as people read it.
struct shown_value {
  std::string words, value;
};

/// A row that satisfied a selection: its date (empty for tables without a time) and the columns that the rule read.
struct evidence_row {
  std::string date;  // 2025-06-20
  std::vector<shown_value> columns;
};

/// Rows behind one condition.
struct evidence {
  std::string table;
  std::string window;              // "2025-05-05 to 2025-06-20"; empty without a window
  std::size_t rows = 0;            // that satisfied it
  std::size_t not_known = 0;       // of which it is not known
  std::vector<evidence_row> shown; // the latest, at most 6
  bool as_above = false;           // the same rows, with these columns or more, stand earlier in the explanation
};

/// One condition of a rule, and what it is made of.
struct condition {
  std::string words;
  std::string file;
  std::uint32_t line = 0, column = 0;
  truth_state truth = truth_state::not_known;
  std::vector<shown_value> values;
  std::string margin;              // "6.8 points more than needed"; empty where there is no threshold
  std::vector<evidence> rows;
  std::vector<condition> parts;    // of `and`, `or`, `not`, at least N of; of a fact, what it says
};

struct clause {
  std::string name;                // for, when, unless
  condition root;
};

struct planned_action {
  std::string text, by, due;       // due as 2025-07-04, or empty
};

/// Why a rule says what it says of a child. Nothing in it is worked out by other code than the score: the same plan is run on the one
/// child with every value kept. Source: language.md section 7.
struct explanation {
  std::string child, rule, title;
  earlysight::outcome outcome = outcome::silent;
  std::string as_of;
  std::vector<std::string> flags;        // "at_risk at high, 40 points"
  std::vector<clause> clauses;
  std::string because;                   // filled in
  std::vector<planned_action> actions;
  std::vector<std::string> sources;
  std::vector<std::string> enough;       // the smallest set of conditions that suffices for the outcome
  std::vector<std::string> would_turn;   // each a change of one condition that would turn the outcome
  std::vector<std::string> missing;      // "referral (the whole table)", "child.year"
  std::vector<std::string> allowed;      // warnings silenced in the rule, with the reason
  std::string pack, version, pack_digest, engine;
  std::vector<std::pair<std::string, std::string>> data_digests;  // table, digest
};

/// Explains one rule for one child, whether it fired or not; for many of them, see `explainer`. Requires: child < cohort.children, a rule of the plan's program.
explanation explain(const plan&, const cohort&, std::size_t child, std::int32_t rule);

}  // namespace earlysight
