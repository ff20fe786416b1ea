// SPDX-License-Identifier: Apache-2.0
// Arithmetic and truth over blocks: Eigen expressions over the columns, words over the masks.
#pragma once
#include "values.hpp"

#include <earlysight/base/near.hpp>
#include <earlysight/program/expression.hpp>

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

inline bool holds(comparison test, double a, double b) {
  switch (test) {
    case comparison::equal: return near_equal(a, b);
    case comparison::less: return near_less(a, b);
    case comparison::less_equal: return near_less_equal(a, b);
    case comparison::greater: return near_less(b, a);
    case comparison::greater_equal: return near_less_equal(b, a);
  }
  return false;
}

template <class A, class B>
inline void compare_numbers(comparison test, A a, B b, std::size_t n, word* truth) {
  // Written without branches, so that the compiler takes several at a time.
  auto near = [](double x, double y) { return (std::fabs(x - y) < tolerance(x, y)) | (x == y); };
  switch (test) {
    case comparison::equal: fill_bits(n, truth, [&](std::size_t i) { return near(a(i), b(i)); }); break;
    case comparison::less: fill_bits(n, truth, [&](std::size_t i) { return (a(i) < b(i)) & !near(a(i), b(i)); }); break;
    case comparison::less_equal: fill_bits(n, truth, [&](std::size_t i) { return (a(i) < b(i)) | near(a(i), b(i)); }); break;
    case comparison::greater: fill_bits(n, truth, [&](std::size_t i) { return (a(i) > b(i)) & !near(a(i), b(i)); }); break;
    case comparison::greater_equal: fill_bits(n, truth, [&](std::size_t i) { return (a(i) > b(i)) | near(a(i), b(i)); }); break;
  }
}

template <class A, class B>
inline void compare_wholes(comparison test, A a, B b, std::size_t n, word* truth) {
  switch (test) {
    case comparison::equal: fill_bits(n, truth, [&](std::size_t i) { return a(i) == b(i); }); break;
    case comparison::less: fill_bits(n, truth, [&](std::size_t i) { return a(i) < b(i); }); break;
    case comparison::less_equal: fill_bits(n, truth, [&](std::size_t i) { return a(i) <= b(i); }); break;
    case comparison::greater: fill_bits(n, truth, [&](std::size_t i) { return a(i) > b(i); }); break;
    case comparison::greater_equal: fill_bits(n, truth, [&](std::size_t i) { return a(i) >= b(i); }); break;
  }
}

/// A comparison of a value that may lie between bounds: decided when every whole number between them decides it the same way.
/// 1: true, 0: false, -1: not known.
inline int compare_bounds(comparison test, double a_low, double a_high, double b_low, double b_high) {
  switch (test) {
    case comparison::less:
      if (near_less(a_high, b_low)) return 1;
      return near_less(a_low, b_high) ? -1 : 0;
    case comparison::less_equal:
      if (near_less_equal(a_high, b_low)) return 1;
      return near_less_equal(a_low, b_high) ? -1 : 0;
    case comparison::greater: return compare_bounds(comparison::less, b_low, b_high, a_low, a_high);
    case comparison::greater_equal: return compare_bounds(comparison::less_equal, b_low, b_high, a_low, a_high);
    case comparison::equal: break;
  }
  if (a_low == a_high && b_low == b_high) return near_equal(a_low, b_low) ? 1 : 0;
  if (near_less(a_high, b_low) || near_less(b_high, a_low)) return 0;
  // A plain number that is not whole equals none of the whole numbers between the bounds.
  if (b_low == b_high && !near_equal(b_low, std::round(b_low))) return 0;
  if (a_low == a_high && !near_equal(a_low, std::round(a_low))) return 0;
  return -1;
}

}  // namespace earlysight::kernel
