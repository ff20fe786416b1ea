// SPDX-License-Identifier: Apache-2.0
// Reductions of rows to segments: a child, a row around them, or a week. Segment s holds elements [offset[s], offset[s + 1]).
#pragma once
#include "values.hpp"

#include <earlysight/base/near.hpp>
#include <earlysight/program/expression.hpp>

#include <algorithm>
#include <bit>
#include <vector>

namespace earlysight::kernel {

/// The masks of the rows of one selection. `belongs` is exists and in the window; `chosen` is belongs and all conditions.
struct rows_masks {
  const word* chosen_truth;
  const word* chosen_known;
  const word* belongs_truth;
  const word* belongs_known;

  word certain(std::size_t w) const { return chosen_truth[w] & chosen_known[w]; }
  word possible(std::size_t w) const { return chosen_truth[w] | ~chosen_known[w]; }
};

inline std::size_t count_certain(const rows_masks& m, std::size_t first, std::size_t last) {
  std::size_t n = 0;
  if (first >= last) return 0;
  const auto a = first / 64, b = (last - 1) / 64;
  for (auto w = a; w <= b; ++w) {
    word bits = m.certain(w);
    if (w == a) bits &= ~word{0} << (first % 64);
    if (w == b) bits &= ~word{0} >> (63 - (last - 1) % 64);
    n += static_cast<std::size_t>(std::popcount(bits));
  }
  return n;
}

inline std::size_t count_not_known(const word* known, std::size_t first, std::size_t last) { return (last - first) - count_bits(known, first, last); }

/// Bounds of a count: rows that certainly hold, and rows that could.
struct bounds {
  std::size_t low = 0, high = 0;
};
inline bounds count_rows(const rows_masks& m, std::size_t first, std::size_t last) {
  const auto low = count_certain(m, first, last);
  return {low, low + count_not_known(m.chosen_known, first, last)};
}

/// Bits [first, last) of a mask as the low bits of one word. Requires: first < last <= first + 64.
inline word bits_of(const word* bits, std::size_t first, std::size_t last) {
  const auto shift = first % 64, w = first / 64, n = last - first;
  const word low = bits[w] >> shift;
  const word all = shift != 0 && (last - 1) / 64 > w ? low | bits[w + 1] << (64 - shift) : low;
  return n == 64 ? all : all & ((word{1} << n) - 1);
}

/// How many ones follow one another in a word at most.
inline std::size_t longest_ones(word bits) {
  std::size_t n = 0;
  for (; bits; bits &= bits << 1) ++n;
  return n;
}

/// The longest run of rows that follow one another among those that belong, low and high (language.md section 5).
inline bounds longest_run(const rows_masks& m, std::size_t first, std::size_t last) {
  if (first < last && last - first <= 64) {
    // All members known, and next to one another: rows that do not belong stand outside, and break no run.
    const auto all = ~word{0} >> (64 - (last - first));
    const auto member = bits_of(m.belongs_truth, first, last);
    const auto from_first = member == 0 ? 0 : member >> std::countr_zero(member);
    if (bits_of(m.belongs_known, first, last) == all && (from_first & (from_first + 1)) == 0) {
      const auto holds = bits_of(m.chosen_truth, first, last), known = bits_of(m.chosen_known, first, last);
      const auto certain = longest_ones(member & holds & known);
      return {certain, (member & ~known) == 0 ? certain : longest_ones(member & (holds | ~known))};
    }
  }
  std::size_t low = 0, high = 0, best_low = 0, best_high = 0;
  for (auto i = first; i < last; ++i) {
    const bool member = test(m.belongs_truth, i) && test(m.belongs_known, i), maybe_member = !test(m.belongs_known, i);
    const bool holds = test(m.chosen_truth, i) && test(m.chosen_known, i), may_hold = test(m.chosen_truth, i) || !test(m.chosen_known, i);
    if (member) {
      low = holds ? low + 1 : 0;
      high = may_hold ? high + 1 : 0;
    } else if (maybe_member) {
      low = 0;
      if (may_hold) ++high;
    }
    best_low = std::max(best_low, low);
    best_high = std::max(best_high, high);
  }
  return {best_low, best_high};
}

/// Elements chosen in a segment, in order of time (rows stand so).
template <class Visit>
inline void for_each_chosen(const rows_masks& m, std::size_t first, std::size_t last, Visit visit) {
  for_each_bit([&](std::size_t w) { return m.certain(w); }, first, last, visit);
}

/// What a number of rows comes to.
struct reduced {
  bool known = true, present = true;
  double number = 0;
};

/// A total, average, highest or lowest as it grows, in the order of the rows.
struct reduction {
  std::size_t n = 0;
  double sum = 0, high = 0, low = 0;
  void add(double v) {
    sum += v;
    high = n == 0 ? v : std::max(high, v);
    low = n == 0 ? v : std::min(low, v);
    ++n;
  }
  reduced result(aggregation over) const {
    switch (over) {
      case aggregation::total: return {true, true, sum};
      case aggregation::average: return {n > 0, true, n > 0 ? sum / static_cast<double>(n) : 0};
      case aggregation::highest: return {true, n > 0, high};
      default: return {true, n > 0, low};
    }
  }
};

/// The same over at most a word of rows: states are looked at all at once, and rows next to one another are added without looking for them.
inline reduced reduce_few(aggregation over, const rows_masks& m, const node_values& value, std::size_t first, std::size_t last) {
  const auto known = bits_of(m.chosen_known, first, last);
  if (known != ~word{0} >> (64 - (last - first))) return {false, true, 0};
  const auto chosen = bits_of(m.chosen_truth, first, last);
  if ((chosen & ~bits_of(value.known.data(), first, last)) != 0) return {false, true, 0};
  auto left = chosen & bits_of(value.present.data(), first, last);
  reduction out;
  const auto from = left == 0 ? 0 : static_cast<std::size_t>(std::countr_zero(left));
  const double* v = value.number + first;
  if (over == aggregation::total && ((left >> from) & ((left >> from) + 1)) == 0) {
    const auto end = from + static_cast<std::size_t>(std::popcount(left));
    for (auto i = from; i < end; ++i) out.sum += v[i];
  } else {
    for (; left; left &= left - 1) out.add(v[std::countr_zero(left)]);
  }
  return out.result(over);
}

/// total, average, highest or lowest of `value` over the chosen rows; rows whose value is nothing do not count.
inline reduced reduce_numbers(aggregation over, const rows_masks& m, const node_values& value, std::size_t first, std::size_t last) {
  if (first < last && last - first <= 64) return reduce_few(over, m, value, first, last);
  if (count_not_known(m.chosen_known, first, last) > 0) return {false, true, 0};
  reduction out;
  bool known = true;
  for_each_chosen(m, first, last, [&](std::size_t i) {
    if (!test(value.known.data(), i)) known = false;
    if (value.has_value(i)) out.add(value.number[i]);
  });
  return known ? out.result(over) : reduced{false, true, 0};
}

/// How many of the numbers are different, those within the tolerance counted once. Puts them in order.
inline std::size_t count_different(std::vector<double>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  std::size_t n = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (i == 0 || !near_equal(numbers[i - 1], numbers[i])) ++n;
  return n;
}

/// The element that is the nth chosen from the start, or from the end; nth from 1. `none` where there are not so many.
inline constexpr std::size_t none = ~std::size_t{0};
inline std::size_t nth_chosen(const rows_masks& m, std::size_t first, std::size_t last, std::int32_t nth, bool from_end) {
  const auto n = count_certain(m, first, last);
  const auto wanted = static_cast<std::size_t>(nth);
  if (nth < 1 || wanted > n) return none;
  auto left = from_end ? n - wanted : wanted - 1;
  std::size_t found = none;
  for_each_chosen(m, first, last, [&](std::size_t i) {
    if (left-- == 0) found = i;
  });
  return found;
}

}  // namespace earlysight::kernel
