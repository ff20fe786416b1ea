// SPDX-License-Identifier: Apache-2.0
// Every comparison with one number is a range of the column's own type: columns of narrow numbers are compared as they stand.
#pragma once
#include "dispatch.hpp"

#include <earlysight/base/near.hpp>
#include <earlysight/program/expression.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

namespace earlysight::kernel {

/// The values x of a column's type with low <= x <= high: none where low > high.
template <class T>
struct value_range {
  T low, high;
};

/// A type's numbers one after another, infinities among them: place(x) grows with x, and at(place(x)) == x.
template <class T>
struct in_order {
  static constexpr bool real = std::is_floating_point_v<T>;
  using bits = std::conditional_t<real, std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>, T>;

  static std::int64_t place(T x) {
    if constexpr (!real) return x;
    // Below zero, the bits grow as the number falls.
    else if (const auto b = std::bit_cast<bits>(x); b < 0) return std::int64_t{std::numeric_limits<bits>::min()} - b;
    else return b;
  }
  static T at(std::int64_t place) {
    if constexpr (!real) return static_cast<T>(place);
    else return place < 0 ? -std::bit_cast<T>(static_cast<bits>(-place)) : std::bit_cast<T>(static_cast<bits>(place));
  }
  static std::int64_t first() { return real ? place(-std::numeric_limits<T>::infinity()) : std::int64_t{std::numeric_limits<bits>::min()}; }
  static std::int64_t last() { return real ? place(std::numeric_limits<T>::infinity()) : std::int64_t{std::numeric_limits<bits>::max()}; }
  /// Some number next to c, or the first or last: where to begin looking.
  static std::int64_t near(double c) {
    const auto low = static_cast<double>(at(first())), high = static_cast<double>(at(last()));
    return place(static_cast<T>(c < low ? low : c > high ? high : c));
  }
};

/// The place of the last number that passes, where all up to it do and none after it; first() - 1 where none does. Looks further and further
/// away from `from`, then between.
template <class T, class Passes>
std::int64_t last_that(std::int64_t from, Passes passes) {
  using order = in_order<T>;
  auto low = order::first() - 1, high = order::last() + 1;  // passes; does not
  // The places of doubles lie further apart than their own type can say.
  auto apart = [&] { return static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low); };
  for (std::uint64_t step = 1;; step *= 2) {
    const bool passed = passes(order::at(from));
    (passed ? low : high) = from;
    if (apart() <= step) break;
    from = static_cast<std::int64_t>(passed ? static_cast<std::uint64_t>(low) + step : static_cast<std::uint64_t>(high) - step);
  }
  while (apart() > 1) {
    const auto middle = static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + apart() / 2);
    (passes(order::at(middle)) ? low : high) = middle;
  }
  return low;
}

/// The numbers of a type that `x test c` holds of, with the language's tolerance. What is near c lies together: a difference grows with the
/// distance, and faster than the tolerance does.
template <class T>
value_range<T> range_of(comparison test, double c) {
  using order = in_order<T>;
  auto first = order::first(), last = order::last();
  auto last_less = [&](bool or_near) {
    return last_that<T>(order::near(c), [=](T x) { return or_near ? near_less_equal(static_cast<double>(x), c) : near_less(static_cast<double>(x), c); });
  };
  if (std::isnan(c)) return {order::at(last), order::at(first)};
  if (test == comparison::less) last = last_less(false);
  if (test == comparison::less_equal || test == comparison::equal) last = last_less(true);
  if (test == comparison::greater) first = last_less(true) + 1;
  if (test == comparison::greater_equal || test == comparison::equal) first = last_less(false) + 1;
  if (first > last) return {order::at(order::last()), order::at(order::first())};
  return {order::at(first), order::at(last)};
}

}  // namespace earlysight::kernel
