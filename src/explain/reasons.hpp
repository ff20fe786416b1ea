// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/result/outcomes.hpp>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace earlysight::explaining {

/// `and`, `or`, `not`, `known that`, at least N of, none of.
bool is_group(const expression&);

/// Which conditions of a rule decide it for one child, over the truths that the plan worked out.
class reasons {
 public:
  reasons() = default;
  reasons(const plan&, const rule&);

  /// Adds the nodes that are asked.
  void add_nodes(std::vector<plan_node_id>&) const;
  /// To the numbers that nodes have in a slice.
  void renumber(const std::vector<plan_node_id>& place_of);

  /// Takes the truths of the child with this place in the evaluation's block.
  void look(const evaluation&, std::size_t i);
  /// The smallest set of conditions that suffices for the outcome; empty where it cannot be told.
  std::vector<std::string> enough(outcome) const;
  /// Each condition whose change alone would turn the outcome, as a sentence.
  std::vector<std::string> would_turn(outcome) const;

 private:
  // A condition; parts stand before the whole.
  struct part {
    operation op = operation::constant;
    bool opens = false;         // what it says follows from its parts: a group, or a fact that is a truth
    bool is_group = false;
    bool one_sentence = false;  // `X is not …`
    std::int32_t count = 0;     // at least so many
    plan_node_id node = -1;
    std::string words;
    std::vector<std::size_t> of;
  };
  using place = std::optional<std::size_t>;

  std::size_t add(const plan&, expression_id, std::unordered_map<expression_id, std::size_t>& known);
  void add_leaves(place);
  static int truth_of(const part&, const std::vector<int>& truths);
  outcome outcome_of(const std::vector<int>& truths) const;
  bool sufficient(std::size_t, bool wanted, std::vector<std::size_t>& out) const;

  std::vector<part> parts_;
  place for_, when_, unless_;
  std::vector<std::size_t> leaves_;
  std::vector<int> truths_;              // by part: 1, 0, or -1 not known
  mutable std::vector<int> changed_;
};

}  // namespace earlysight::explaining
