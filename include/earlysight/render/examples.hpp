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

/// Per rule and condition, which of true, false and not known no example reached.
std::string render_coverage(const program&, const std::vector<example_result>&);

}  // namespace earlysight
