// SPDX-License-Identifier: Apache-2.0
// Truths of values whose states decide whether there is one.
#pragma once
#include "values.hpp"

#include <initializer_list>

namespace earlysight::kernel {

/// A truth decided element by element: 1 true, 0 false, -1 not known.
template <class Decide>
inline void decide_each(std::size_t n, node_values& out, Decide decide) {
  std::fill(out.present.begin(), out.present.end(), ~word{0});
  for (std::size_t w = 0; w < words_for(n); ++w) {
    word truth = 0, known = 0;
    for (std::size_t j = 0; j < 64 && w * 64 + j < n; ++j) {
      const int d = decide(w * 64 + j);
      truth |= static_cast<word>(d == 1) << j;
      known |= static_cast<word>(d >= 0) << j;
    }
    out.truth[w] = truth;
    out.known[w] = known;
  }
}

/// A truth of values, as far as it is one: not known where any of them is not, and else no where any is nothing. `decided`: every value's truth
/// is known; else `known` holds those of which it is.
inline void decide(std::size_t n, node_values& out, std::initializer_list<const node_values*> of, bool decided) {
  auto *truth = out.truth.data(), *known = out.known.data(), *present = out.present.data();
  for (std::size_t w = 0; w < words_for(n); ++w) {
    word all_known = ~word{0}, values = ~word{0};
    for (const auto* v : of) all_known &= v->known[w], values &= v->present[w];
    truth[w] &= all_known & values;
    known[w] = decided ? all_known : all_known & (known[w] | ~values);
    present[w] = ~word{0};
  }
}

inline int three(bool value) { return value ? 1 : 0; }

}  // namespace earlysight::kernel
