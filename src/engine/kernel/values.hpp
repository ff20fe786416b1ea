// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "bits.hpp"
#include "dispatch.hpp"

#include <cstdint>
#include <variant>
#include <vector>

namespace earlysight::kernel {

/// A column's values as the cohort holds them, from the block's first element on.
using narrow_view = std::variant<std::monostate, const std::uint8_t*, const std::uint16_t*, const std::int32_t*, const float*>;

/// The result of one node on one block: arrays of as many elements as its space has. `number`, `high` and `whole` may view a
/// column of the cohort; the stores are this node's own. Where `narrow` holds something, `number` or `whole` are made of it when first asked for.
struct node_values {
  const double* number = nullptr;
  const double* high = nullptr;  // of bounded numbers; else the same as `number`
  const std::int32_t* whole = nullptr;
  std::vector<double> number_store, high_store;
  std::vector<std::int32_t> whole_store;
  std::vector<word> truth, known, present;
  narrow_view narrow;
  std::size_t narrow_count = 0;  // its elements
  std::size_t filled = 0;        // of constants: elements that need no filling again

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
  void hold(narrow_view v, std::size_t n) { narrow = v, narrow_count = n; }
  bool is_narrow() const { return narrow.index() != 0; }
  double narrow_at(std::size_t i) const {
    return std::visit(
        [i](auto from) {
          if constexpr (std::is_same_v<decltype(from), std::monostate>) return 0.0;
          else return static_cast<double>(from[i]);
        },
        narrow);
  }
  void widen(bool as_number) {
    const auto n = narrow_count;
    const auto& k = active();
    if (const auto* bytes = std::get_if<const std::uint8_t*>(&narrow)) as_number ? k.bytes_to_doubles(*bytes, n, numbers(n)) : k.bytes_to_wholes(*bytes, n, wholes(n));
    else if (const auto* codes = std::get_if<const std::uint16_t*>(&narrow)) as_number ? k.codes_to_doubles(*codes, n, numbers(n)) : k.codes_to_wholes(*codes, n, wholes(n));
    else if (const auto* whole_numbers = std::get_if<const std::int32_t*>(&narrow)) k.wholes_to_doubles(*whole_numbers, n, numbers(n));
    else if (const auto* floats = std::get_if<const float*>(&narrow)) k.floats_to_doubles(*floats, n, numbers(n));
    narrow = {};
  }
  bool has_value(std::size_t i) const { return test(known.data(), i) && test(present.data(), i); }
};

}  // namespace earlysight::kernel
