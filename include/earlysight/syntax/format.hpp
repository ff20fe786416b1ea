// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/text/diagnostic.hpp>

#include <optional>
#include <string>
#include <vector>

namespace earlysight {

/// One file in the canonical layout: items apart, parts in the order of language.md section 2, a column or part a line, single spaces.
/// Comments are kept: those on a line of their own stay before what they stood before, those at a line's end stay there.
/// Nothing, with messages, where the file cannot be read. Formatting twice changes nothing more, and never the meaning.
std::optional<std::string> format(const source_map&, std::uint32_t file, std::vector<diagnostic>&);

}  // namespace earlysight
