// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace earlysight::limits {

/// What a pack may be, so that no text can exhaust stack, memory or time. Source: language.md section 9.
inline constexpr std::size_t file_bytes = 16u << 20;
inline constexpr int nesting = 200;
inline constexpr std::size_t items = 100000;
/// Not in the language: a folder of a great many files is a mistake (a wrong path), not a pack.
inline constexpr std::size_t files = 10000;

}  // namespace earlysight::limits
