// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/result/examples.hpp>

#include <string>
#include <vector>

namespace earlysight {

/// Each failing expectation with its rule, every value under its words; then how many examples passed.
std::string render_examples_text(const program&, const std::vector<example_result>&, bool colour);
std::string render_examples_json(const program&, const std::vector<example_result>&);
std::string render_examples_junit(const program&, const std::vector<example_result>&);

/// A condition of a rule, in its own words, and which of "true", "false" and "not known" no example reached.
struct condition_coverage {
  std::string condition;
  std::vector<std::string> states;
};

/// What no example reached of a rule: outcomes ("fires", "silent", "cannot tell", "does not apply") and states of conditions.
struct rule_coverage {
  std::string name;
  std::vector<std::string> outcomes;
  std::vector<condition_coverage> conditions;
};

/// Of the pack's own rules, in byte order of their names; rules of used packs are covered by those packs' examples.
/// An outcome or state that a rule can never have is not asked for (a rule about `is known` never cannot tell).
struct pack_coverage {
  std::vector<rule_coverage> rules;
};

pack_coverage coverage_of(const program&, const std::vector<example_result>&);
/// Empty for a pack without rules of its own.
std::string render_coverage(const program&, const pack_coverage&);

}  // namespace earlysight
