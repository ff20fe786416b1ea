// SPDX-License-Identifier: Apache-2.0
// Bytes side by side in one register of EARLYSIGHT_REGISTER bytes, in the compilers' own vectors.
#pragma once
#include "../dispatch.hpp"

#include <cstring>

namespace earlysight::kernel {
namespace {

struct byte_lanes {
  static constexpr std::size_t count = EARLYSIGHT_REGISTER;
  using reg [[gnu::vector_size(count)]] = std::uint8_t;

  static reg all(std::uint8_t x) { return reg{} + x; }
  static void store(std::uint8_t* a, reg x) { std::memcpy(a, &x, sizeof x); }
  static reg lower(reg a, reg b) { return a < b ? a : b; }
  static reg higher(reg a, reg b) { return a < b ? b : a; }
  static reg add_saturated(reg a, reg b) {
    const reg sum = a + b;
    return sum < a ? all(255) : sum;
  }
  /// x in the lanes whose bit is set, 0 in the others.
  static reg under(word bits, std::uint8_t x) {
    reg of_lane;
#if EARLYSIGHT_REGISTER == 32
    using parts [[gnu::vector_size(32)]] = std::uint32_t;
    of_lane = reinterpret_cast<reg>(parts{} + static_cast<std::uint32_t>(bits));
    of_lane = __builtin_shufflevector(of_lane, of_lane, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 18, 18, 18, 18, 18, 18, 18, 18, 19, 19, 19, 19, 19, 19, 19, 19);
    constexpr reg each{1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
#else
    using parts [[gnu::vector_size(16)]] = std::uint16_t;
    of_lane = reinterpret_cast<reg>(parts{} + static_cast<std::uint16_t>(bits));
    of_lane = __builtin_shufflevector(of_lane, of_lane, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    constexpr reg each{1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
#endif
    return reinterpret_cast<reg>((of_lane & each) == each) & all(x);
  }
};

}  // namespace
}  // namespace earlysight::kernel
