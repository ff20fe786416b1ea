// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/utf8.hpp>
#include <earlysight/schema/table.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace earlysight::csv {

/// Why a cell was not read, in an officer's words; empty where it was.
using why_not = const char*;

/// Numbers as people and spreadsheets write them: `12`, `-0.5`, `1e3`; no inf, nan, hexadecimal, unit or thousands comma.
why_not read_number(std::string_view, double& out);
/// `93.5%` or `0.935`, as a fraction.
why_not read_percent(std::string_view, double& out);
/// Percentage points as a plain number: `5` is 0.05.
why_not read_points(std::string_view, double& out);
why_not read_count(std::string_view, double& out);
/// Days since 1970-01-01 of `2025-06-20`.
why_not read_date(std::string_view, std::int32_t& out);
why_not read_yes_no(std::string_view, std::uint8_t& out);
/// Of a category, what to add to the reason: the declared values, and the one that was perhaps meant; else empty.
std::string allowed_values(const column_declaration&, std::string_view text);
inline bool is_utf8(std::string_view text) {
  // Eight bytes of ASCII at a time, as far as they go.
  for (std::uint64_t bytes; text.size() >= 8; text.remove_prefix(8)) {
    std::memcpy(&bytes, text.data(), 8);
    if ((bytes & 0x8080808080808080) != 0) break;
  }
  return first_not_utf8(text) == text.size();
}

}  // namespace earlysight::csv
