// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "bits.hpp"

#include <cstdint>
#include <vector>

namespace earlysight::kernel {

/// The result of one node on one block: arrays of as many elements as its space has. `number`, `high` and `whole` may view a
/// column of the cohort; the stores are this node's own.
struct node_values {
  const double* number = nullptr;
  const double* high = nullptr;  // of bounded numbers; else the same as `number`
  const std::int32_t* whole = nullptr;
  std::vector<double> number_store, high_store;
  std::vector<std::int32_t> whole_store;
  std::vector<word> truth, known, present;
  std::size_t filled = 0;  // of constants: elements that need no filling again

  void reserve_masks(std::size_t n) {
    const auto words = words_for(n) + 1;
    if (known.size() < words) known.resize(words), present.resize(words), truth.resize(words);
  }
  double* numbers(std::size_t n) {
    if (number_store.size() < n) number_store.resize(n);
    number = high = number_store.data();
    return number_store.data();
  }
  double* highs(std::size_t n) {
    if (high_store.size() < n) high_store.resize(n);
    high = high_store.data();
    return high_store.data();
  }
  std::int32_t* wholes(std::size_t n) {
    if (whole_store.size() < n) whole_store.resize(n);
    whole = whole_store.data();
    return whole_store.data();
  }
  bool has_value(std::size_t i) const { return test(known.data(), i) && test(present.data(), i); }
};

}  // namespace earlysight::kernel
