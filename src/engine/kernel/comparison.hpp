// SPDX-License-Identifier: Apache-2.0
// Comparisons over blocks: of numbers within the tolerance, of days and codes, and of counts between bounds.
#pragma once
#include "bits.hpp"
#include "dispatch.hpp"
#include "ranges.hpp"

#include <earlysight/base/near.hpp>
#include <earlysight/calendar/school_calendar.hpp>
#include <earlysight/program/expression.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace earlysight::kernel {

/// A comparison of pairs as the kernels have it: `greater` is `less` with the sides changed.
struct pair_order {
  pair_test test;
  bool changed;
};
inline pair_order order_of(comparison test) {
  const bool changed = test == comparison::greater || test == comparison::greater_equal;
  if (test == comparison::equal) return {pair_test::equal, false};
  return {test == comparison::less || test == comparison::greater ? pair_test::less : pair_test::less_equal, changed};
}

/// truth bit i = a[i] test b[i], numbers within the tolerance as equal. n elements; states are the caller's.
inline void compare_numbers(comparison test, const double* a, const double* b, std::size_t n, word* truth) {
  const auto o = order_of(test);
  active().compare_doubles(o.test, o.changed ? b : a, o.changed ? a : b, n, truth);
}

/// The same of days, codes and text numbers; and against one of them.
inline void compare_wholes(comparison test, const std::int32_t* a, const std::int32_t* b, std::size_t n, word* truth) {
  const auto o = order_of(test);
  active().compare_wholes(o.test, o.changed ? b : a, o.changed ? a : b, n, truth);
}
inline void compare_with_whole(comparison test, const std::int32_t* a, std::int32_t c, std::size_t n, word* truth) {
  constexpr auto least = std::numeric_limits<std::int32_t>::min(), most = std::numeric_limits<std::int32_t>::max();
  const bool none = (test == comparison::less && c == least) || (test == comparison::greater && c == most);
  const auto low = none ? most : test == comparison::equal || test == comparison::greater_equal ? c : test == comparison::greater ? c + 1 : least;
  const auto high = none ? least : test == comparison::equal || test == comparison::less_equal ? c : test == comparison::less ? c - 1 : most;
  active().wholes_in_range(a, n, low, high, truth);
}

/// truth bit i = low <= a[i] <= high. n elements.
inline void in_range(const double* a, std::size_t n, double low, double high, word* truth) { active().doubles_in_range(a, n, low, high, truth); }
inline void in_range(const float* a, std::size_t n, float low, float high, word* truth) { active().floats_in_range(a, n, low, high, truth); }
inline void in_range(const std::int32_t* a, std::size_t n, std::int32_t low, std::int32_t high, word* truth) { active().wholes_in_range(a, n, low, high, truth); }
inline void in_range(const std::uint16_t* a, std::size_t n, std::uint16_t low, std::uint16_t high, word* truth) { active().codes_in_range(a, n, low, high, truth); }
inline void in_range(const std::uint8_t* a, std::size_t n, std::uint8_t low, std::uint8_t high, word* truth) { active().bytes_in_range(a, n, low, high, truth); }

/// truth bit i = days[i] lies in one of the ranges; 64 days against all of them before the next. n elements.
inline void in_ranges(const std::int32_t* days, std::size_t n, const std::vector<date_range>& ranges, word* truth) {
  for (std::size_t w = 0; w < words_for(n); ++w) {
    word any = 0;
    for (const auto& r : ranges) {
      word one[1];
      in_range(days + w * 64, std::min<std::size_t>(64, n - w * 64), r.first.day, r.last.day, one);
      any |= one[0];
    }
    truth[w] = any;
  }
}

/// The numbers that compare as equal to one: those in [low, high]. Near such a number a difference is exact and grows faster than the
/// tolerance, so that on each side there is one last number that is near, a few steps from where the tolerance ends.
/// Requires: has_near_range(c), as numbers not 0 but about as small as the tolerance itself do not.
struct near_range {
  double low, high;
};
inline bool has_near_range(double c) { return c == 0 || (std::fabs(c) >= 1e-6 && std::fabs(c) <= 1e300); }
inline near_range numbers_near(double c) {
  const auto infinity = std::numeric_limits<double>::infinity();
  auto last_near = [c](double x, double outwards) {
    while (near_equal(x, c)) x = std::nextafter(x, outwards);
    while (!near_equal(x, c)) x = std::nextafter(x, -outwards);
    return x;
  };
  return {last_near(c - tolerance(c, c), -infinity), last_near(c + tolerance(c, c), infinity)};
}

/// range_of<double>, from near_range where there is one.
inline value_range<double> doubles_of(comparison test, double c) {
  if (!has_near_range(c)) return range_of<double>(test, c);
  const auto infinity = std::numeric_limits<double>::infinity();
  const auto near = numbers_near(c);
  switch (test) {
    case comparison::less: return {-infinity, std::nextafter(near.low, -infinity)};
    case comparison::less_equal: return {-infinity, near.high};
    case comparison::greater: return {std::nextafter(near.high, infinity), infinity};
    case comparison::greater_equal: return {near.low, infinity};
    case comparison::equal: break;
  }
  return {near.low, near.high};
}

/// compare_numbers against one number: the same answers, in the column's own type (double, float, int32, uint16 or uint8).
template <class T>
inline void compare_with_number(comparison test, const T* a, double c, std::size_t n, word* truth) {
  value_range<T> range;
  if constexpr (std::is_same_v<T, double>) range = doubles_of(test, c);
  else range = range_of<T>(test, c);
  in_range(a, n, range.low, range.high, truth);
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

/// compare_bounds of many pairs, for tests other than `equal`: truth where every number between the bounds passes, known where they all pass
/// or none does. n elements; what the sides' own states do to these bits is the caller's.
inline void compare_bounds_of_pairs(comparison test, const double* a_low, const double* a_high, const double* b_low, const double* b_high, std::size_t n, word* truth, word* known) {
  const bool up = test == comparison::greater || test == comparison::greater_equal;
  compare_numbers(test, up ? a_low : a_high, up ? b_high : b_low, n, truth);
  compare_numbers(test, up ? a_high : a_low, up ? b_low : b_high, n, known);
  for (std::size_t w = 0; w < words_for(n); ++w) known[w] = truth[w] | ~known[w];
}

/// compare_bounds of many against one number, for `equal`.
inline void equal_bounds_with_number(const double* low, const double* high, double c, std::size_t n, word* truth, word* known) {
  const bool whole = near_equal(c, std::round(c));  // else no whole number between the bounds equals it
  in_pieces(n, [&](std::size_t first, std::size_t m, word* one) {
    const auto at = first / 64, words = words_for(m);
    active().same_doubles(low + first, high + first, m, known + at);
    compare_with_number(comparison::equal, low + first, c, m, truth + at);
    for (std::size_t w = 0; w < words; ++w) truth[at + w] &= known[at + w];
    compare_with_number(comparison::less, high + first, c, m, one);
    for (std::size_t w = 0; w < words; ++w) known[at + w] |= whole ? one[w] : ~word{0};
    compare_with_number(comparison::greater, low + first, c, m, one);
    for (std::size_t w = 0; w < words; ++w) known[at + w] |= one[w];
  });
}

/// compare_bounds of many against one number, for tests other than `equal`: truth where every number between the bounds passes, known where
/// they all pass or none does. n elements; what the sides' own states do to these bits is the caller's.
inline void compare_bounds_with_number(comparison test, const double* low, const double* high, double c, std::size_t n, word* truth, word* known) {
  const bool up = test == comparison::greater || test == comparison::greater_equal;  // the low end is the last to pass
  compare_with_number(test, up ? low : high, c, n, truth);
  compare_with_number(test, up ? high : low, c, n, known);
  for (std::size_t w = 0; w < words_for(n); ++w) known[w] = truth[w] | ~known[w];
}

}  // namespace earlysight::kernel
