// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/syntax/tree.hpp>
#include <earlysight/text/diagnostic.hpp>

#include <string_view>
#include <vector>

namespace earlysight {

/// Reads one file into the tree, after what it holds already. Every error is reported; reading goes on at the next item.
/// Time is proportional to the file's size; nesting, size and the number of items are bounded (text/limits.hpp).
void parse(const source_map&, std::uint32_t file, syntax_tree&, std::vector<diagnostic>&);

/// Reads a literal such as `95%`, `8 weeks` or `2025-06-20` that makes up the whole file (a value given for a run).
/// no_node, with a message, where it is none.
node_id parse_literal(const source_map&, std::uint32_t file, syntax_tree&, std::vector<diagnostic>&);

}  // namespace earlysight
