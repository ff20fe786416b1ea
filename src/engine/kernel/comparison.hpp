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

/// compare_bounds of many against one number, for tests other than `equal`: truth where every number between the bounds passes, known where
/// they all pass or none does. n elements; what the sides' own states do to these bits is the caller's.
inline void compare_bounds_with_number(comparison test, const double* low, const double* high, double c, std::size_t n, word* truth, word* known) {
  const bool up = test == comparison::greater || test == comparison::greater_equal;  // the low end is the last to pass
  compare_with_number(test, up ? low : high, c, n, truth);
  compare_with_number(test, up ? high : low, c, n, known);
  for (std::size_t w = 0; w < words_for(n); ++w) known[w] = truth[w] | ~known[w];
}

}  // namespace earlysight::kernel
