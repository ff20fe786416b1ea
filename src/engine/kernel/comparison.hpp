// SPDX-License-Identifier: Apache-2.0
// Comparisons over blocks: of numbers within the tolerance, of days and codes, and of counts between bounds.
#pragma once
#include "bits.hpp"

#include <earlysight/base/near.hpp>
#include <earlysight/program/expression.hpp>

#include <cmath>

namespace earlysight::kernel {

/// truth bit i = a(i) test b(i), numbers within the tolerance as equal. n elements; states are the caller's.
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

/// The same of days, codes and text numbers.
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
