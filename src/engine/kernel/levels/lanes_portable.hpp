// SPDX-License-Identifier: Apache-2.0
// One element at a time, for compilers to make more of.
#pragma once
#include "../dispatch.hpp"

#define EARLYSIGHT_REGISTER 16
#include "byte_lanes.hpp"

#include <cstring>

namespace earlysight::kernel {
namespace {

/// Elements side by side in one register; comparisons give a mask of them, and masks combine with & | ~.
template <class T>
struct lanes {
  using reg = T;
  using mask = bool;
  static constexpr std::size_t count = 1;
  static reg load(const T* a) { return *a; }
  static void store(T* a, reg x) { *a = x; }
  static reg all(T x) { return x; }
  static mask ge(reg a, reg b) { return a >= b; }
  static mask gt(reg a, reg b) { return a > b; }
  static mask eq(reg a, reg b) { return a == b; }
  static mask without(mask a, mask b) { return a && !b; }
  static word bits(mask m) { return m; }
  static reg choose(word m, reg a, reg b) { return m & 1 ? a : b; }
  static reg subtract(reg a, reg b) { return a - b; }
  static reg multiply(reg a, reg b) { return a * b; }
  static reg magnitude(reg a) { return a < 0 ? -a : a; }
  static reg higher(reg a, reg b) { return a < b ? b : a; }
};

/// bytes[j] = bit j ? 255 : 0; 64 of them.
inline void spread(word bits, std::uint8_t* bytes) {
  for (std::size_t j = 0; j < 64; j += 8) {
    // The eight bits to a byte each, then any bit of a byte to its highest, and that to all.
    word eight = ((bits >> j & 0xFF) * 0x0101010101010101ULL) & 0x8040201008040201ULL;
    eight = (((eight + 0x7F7F7F7F7F7F7F7FULL) & 0x8080808080808080ULL) >> 7) * 0xFF;
    std::memcpy(bytes + j, &eight, 8);
  }
}

/// sums[j] = the sum of the n rows of 64 bytes, under masks where there are any.
inline void sum_rows(const std::uint8_t* tile, const word* masks, const std::uint16_t* rows, std::size_t n, std::uint16_t* sums) {
  std::uint8_t bytes[64];
  for (std::size_t j = 0; j < 64; ++j) sums[j] = 0;
  for (std::size_t k = 0; k < n; ++k) {
    spread(masks ? masks[k] : ~word{0}, bytes);
    for (std::size_t j = 0; j < 64; ++j) sums[j] = static_cast<std::uint16_t>(sums[j] + (tile[std::size_t{64} * rows[k] + j] & bytes[j]));
  }
}

}  // namespace
}  // namespace earlysight::kernel
