// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/explain/explain.hpp>

#include <string>
#include <vector>

namespace earlysight {

/// For an officer at a terminal: what the rule says, every condition with its truth and values, the rows behind it, what to do next.
std::string render_text(const explanation&, bool colour);
std::string render_markdown(const explanation&);
/// A page of its own, readable without colour.
std::string render_html(const std::vector<explanation>&);
/// docs/json/explanation.md, version 1.
std::string render_json(const std::vector<explanation>&);

}  // namespace earlysight
