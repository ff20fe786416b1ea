// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/result/outcomes.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace earlysight::explaining {

/// `and`, `or`, `not`, `known that`, at least N of, none of.
bool is_group(const expression&);

/// Which conditions of a rule decide it for one child, over the truths that the plan worked out.
class reasons {
 public:
  reasons(const plan& lowered, const evaluation& e, const rule& r) : plan_(lowered), p_(*lowered.program), e_(e), rule_(r) {}

  /// The smallest set of conditions that suffices for the outcome; empty where it cannot be told.
  std::vector<std::string> enough(outcome) const;
  /// Each condition whose change alone would turn the outcome, as a sentence.
  std::vector<std::string> would_turn(outcome) const;

 private:
  using change = std::optional<std::pair<expression_id, int>>;  // a condition taken as 1 true, 0 false
  int truth(expression_id, const change&) const;                // 1, 0, or -1 not known
  outcome outcome_with(const change&) const;
  std::optional<std::vector<expression_id>> sufficient(expression_id, bool wanted) const;
  void leaves(expression_id, std::vector<expression_id>&) const;

  const plan& plan_;
  const program& p_;
  const evaluation& e_;
  const rule& rule_;
};

}  // namespace earlysight::explaining
