// SPDX-License-Identifier: Apache-2.0
// Arithmetic and truth over blocks: Eigen expressions over the columns, words over the masks.
#pragma once
#include "values.hpp"

#include <Eigen/Core>

namespace earlysight::kernel {

using column_map = Eigen::Map<const Eigen::ArrayXd>;
using target_map = Eigen::Map<Eigen::ArrayXd>;

/// Three states of a binary operation: not known if either side is; else nothing if either side is. n elements.
inline void both_states(const node_values& a, const node_values& b, std::size_t n, node_values& out) {
  for (std::size_t w = 0; w < words_for(n); ++w) {
    out.known[w] = a.known[w] & b.known[w];
    out.present[w] = a.present[w] & b.present[w];
  }
}

/// A bounded side whose ends differ is not known to arithmetic.
inline void drop_undecided(const node_values& a, std::size_t n, node_values& out) {
  if (a.high == a.number) return;
  std::vector<word>& known = out.known;
  alignas(64) word same[1];
  for (std::size_t w = 0; w < words_for(n); ++w) {
    const auto base = w * 64;
    fill_bits(std::min<std::size_t>(64, n - base), same, [&](std::size_t j) { return a.number[base + j] == a.high[base + j]; });
    known[w] &= same[0];
  }
}

/// out[i] = a[i] op b[i]; division by zero is not known. n elements.
inline void arithmetic(char op, const node_values& a, const node_values& b, std::size_t n, node_values& out) {
  const auto size = static_cast<Eigen::Index>(n);
  const column_map x(a.number, size), y(b.number, size);
  target_map z(out.numbers(n), size);
  both_states(a, b, n, out);
  drop_undecided(a, n, out);
  drop_undecided(b, n, out);
  switch (op) {
    case '+': z = x + y; break;
    case '-': z = x - y; break;
    case '*': z = x * y; break;
    default:
      z = x / y;
      word zero[1];
      for (std::size_t w = 0; w < words_for(n); ++w) {
        const auto base = w * 64;
        fill_bits(std::min<std::size_t>(64, n - base), zero, [&](std::size_t j) { return b.number[base + j] == 0; });
        // Nothing stays nothing, whatever stands for it in memory.
        out.known[w] &= ~(zero[0] & out.present[w]);
      }
  }
}

}  // namespace earlysight::kernel
