// SPDX-License-Identifier: Apache-2.0
// Arithmetic over blocks: what the operations do to the states.
#pragma once
#include "dispatch.hpp"
#include "values.hpp"

namespace earlysight::kernel {

/// Three states of a binary operation: not known if either side is; else nothing if either side is. n elements.
inline void both_states(const node_values& a, const node_values& b, std::size_t n, node_values& out) {
  for (std::size_t w = 0; w < words_for(n); ++w) {
    out.known[w] = a.known[w] & b.known[w];
    out.present[w] = a.present[w] & b.present[w];
  }
}

/// A bounded side whose ends differ is not known to arithmetic. Nothing has no ends, whatever stands for it in memory.
inline void drop_undecided(const node_values& a, std::size_t n, node_values& out) {
  if (a.high == a.number) return;
  in_pieces(n, [&](std::size_t first, std::size_t m, word* same) {
    active().same_doubles(a.number + first, a.high + first, m, same);
    for (std::size_t w = 0; w < words_for(m); ++w) out.known[first / 64 + w] &= same[w] | ~a.present[first / 64 + w];
  });
}

/// out[i] = a[i] op b[i]; division by zero is not known. n elements.
inline void arithmetic(char op, const node_values& a, const node_values& b, std::size_t n, node_values& out) {
  const auto& k = active();
  both_states(a, b, n, out);
  drop_undecided(a, n, out);
  drop_undecided(b, n, out);
  (op == '+' ? k.add : op == '-' ? k.subtract : op == '*' ? k.multiply : k.divide)(a.number, b.number, n, out.numbers(n));
  if (op != '/') return;
  in_pieces(n, [&](std::size_t first, std::size_t m, word* zero) {
    k.doubles_in_range(b.number + first, m, 0, 0, zero);
    // Nothing stays nothing, whatever stands for it in memory.
    for (std::size_t w = 0, at = first / 64; w < words_for(m); ++w, ++at) out.known[at] &= ~(zero[w] & out.present[at]);
  });
}

}  // namespace earlysight::kernel
