// SPDX-License-Identifier: Apache-2.0
// The families of kernels, written once over `lanes` and compiled by each level. All of it is local to the file that includes it: a
// function with a name that the linker shares could be taken from a level that this processor does not run.
#pragma once
#include <cstring>
#include <type_traits>

namespace earlysight::kernel {
namespace {

/// The bits of a test of 64 elements. `test(j)` gives the mask of the elements from j on, as many as a register holds.
template <class T, class Test>
inline word bits_of_64(Test test) {
  word out = 0;
  if constexpr (lanes<T>::count == 1) {
    // Eight bytes of 0 or 1 to eight bits by one multiplication.
    for (std::size_t j = 0; j < 64; j += 8) {
      std::uint8_t bytes[8];
      for (std::size_t k = 0; k < 8; ++k) bytes[k] = test(j + k);
      word eight;
      std::memcpy(&eight, bytes, 8);
      out |= (eight * 0x0102040810204080ULL) >> 56 << j;
    }
  } else {
    for (std::size_t j = 0; j < 64; j += lanes<T>::count) out |= lanes<T>::bits(test(j)) << j;
  }
  return out;
}

/// Calls whole(w, a + 64 w, b + 64 w) for each word, the last with copies that have 64 elements. out[w] = what it gives, but for bits beyond n.
template <class T, class Whole>
inline void each_word(const T* a, const T* b, std::size_t n, word* out, Whole whole) {
  const auto full = n / 64, rest = n % 64;
  for (std::size_t w = 0; w < full; ++w) out[w] = whole(a + 64 * w, b + 64 * w);
  if (rest == 0) return;
  T last_a[64] = {}, last_b[64] = {};
  std::memcpy(last_a, a + 64 * full, rest * sizeof(T));
  std::memcpy(last_b, b + 64 * full, rest * sizeof(T));
  out[full] = whole(last_a, last_b) & ((word{1} << rest) - 1);
}

template <class T>
void in_range(const T* a, std::size_t n, T low, T high, word* out) {
  using l = lanes<T>;
  // A child alone.
  if (n <= 2) {
    if (n == 0) return;
    out[0] = 0;
    for (std::size_t i = 0; i < n; ++i) out[0] |= static_cast<word>((a[i] >= low) & (a[i] <= high)) << i;
    return;
  }
  const auto from = l::all(low), to = l::all(high);
  each_word(a, a, n, out, [=](const T* x, const T*) {
    if constexpr (std::is_same_v<T, std::int32_t>) {
      // Processors compare such numbers by > alone.
      return ~bits_of_64<T>([=](std::size_t j) {
        const auto v = l::load(x + j);
        return l::gt(from, v) | l::gt(v, to);
      });
    } else {
      return bits_of_64<T>([=](std::size_t j) {
        const auto v = l::load(x + j);
        return l::ge(v, from) & l::ge(to, v);
      });
    }
  });
}

template <class T, class Test>
inline void compare_pairs(const T* a, const T* b, std::size_t n, word* out, Test test) {
  each_word(a, b, n, out, [=](const T* x, const T* y) { return bits_of_64<T>([=](std::size_t j) { return test(lanes<T>::load(x + j), lanes<T>::load(y + j)); }); });
}

template <class T>
void compare(pair_test test, const T* a, const T* b, std::size_t n, word* out) {
  using l = lanes<T>;
  switch (test) {
    case pair_test::equal: compare_pairs(a, b, n, out, [](auto x, auto y) { return l::eq(x, y); }); break;
    case pair_test::less: compare_pairs(a, b, n, out, [](auto x, auto y) { return l::gt(y, x); }); break;
    case pair_test::less_equal: compare_pairs(a, b, n, out, [](auto x, auto y) { return l::ge(y, x); }); break;
  }
}

inline auto are_near(lanes<double>::reg x, lanes<double>::reg y) {
  using l = lanes<double>;
  const auto tolerance = l::multiply(l::all(1e-9), l::higher(l::all(1.0), l::higher(l::magnitude(x), l::magnitude(y))));
  return l::gt(tolerance, l::magnitude(l::subtract(x, y))) | l::eq(x, y);
}

void compare_doubles(pair_test test, const double* a, const double* b, std::size_t n, word* out) {
  using l = lanes<double>;
  switch (test) {
    case pair_test::equal: compare_pairs(a, b, n, out, [](auto x, auto y) { return are_near(x, y); }); break;
    case pair_test::less: compare_pairs(a, b, n, out, [](auto x, auto y) { return l::without(l::gt(y, x), are_near(x, y)); }); break;
    case pair_test::less_equal: compare_pairs(a, b, n, out, [](auto x, auto y) { return l::gt(y, x) | are_near(x, y); }); break;
  }
}

void same_doubles(const double* a, const double* b, std::size_t n, word* out) {
  compare_pairs(a, b, n, out, [](auto x, auto y) { return lanes<double>::eq(x, y); });
}

// A byte is not 0 where it is at least 1.
void nonzero(const std::uint8_t* a, std::size_t n, word* out) { in_range<std::uint8_t>(a, n, 1, 255, out); }

template <class Lanes>
concept picks = requires(const word* bits, typename Lanes::reg place) { Lanes::picked(bits, place); };

template <class T>
void gather_bits(const word* bits, const T* index, std::size_t n, word* out) {
  each_word(index, index, n, out, [=](const T* x, const T*) {
    if constexpr (picks<lanes<T>>) {
      return bits_of_64<T>([=](std::size_t j) { return lanes<T>::picked(bits, lanes<T>::load(x + j)); });
    } else {
      std::uint8_t bytes[64];
      for (std::size_t j = 0; j < 64; ++j) bytes[j] = static_cast<std::uint8_t>(bits[static_cast<std::uint32_t>(x[j]) / 64] >> (x[j] & 63) & 1);
      word packed;
      nonzero(bytes, 64, &packed);
      return packed;
    }
  });
}

template <class From, class To>
void widen(const From* __restrict a, std::size_t n, To* __restrict out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<To>(a[i]);
}

enum class operation { add, subtract, multiply, divide };

template <operation Op>
void arithmetic(const double* __restrict a, const double* __restrict b, std::size_t n, double* __restrict out) {
  for (std::size_t i = 0; i < n; ++i) {
    const double x = a[i], y = b[i];
    if constexpr (Op == operation::add) out[i] = x + y;
    else if constexpr (Op == operation::subtract) out[i] = x - y;
    else if constexpr (Op == operation::multiply) out[i] = x * y;
    else out[i] = x / y;
  }
}

// Differences of what stands for no value may be any: unsigned, they wrap.
void days_up_to(const std::int32_t* __restrict days, std::size_t n, std::int32_t to, std::int32_t unit, double* __restrict out) {
  auto up_to = [=](std::size_t i) { return days[i] <= to ? static_cast<std::int32_t>(static_cast<std::uint32_t>(to) - static_cast<std::uint32_t>(days[i])) : 0; };
  if (unit == 7) {
    for (std::size_t i = 0; i < n; ++i) out[i] = up_to(i) / 7;
  } else {
    for (std::size_t i = 0; i < n; ++i) out[i] = up_to(i) / unit;
  }
}

// The days of the proleptic Gregorian calendar in years that begin in March, whose months have lengths of one pattern.
void months_up_to(const std::int32_t* __restrict days, std::size_t n, std::int32_t to, day_of_month at, std::int32_t unit, double* __restrict out) {
  const bool years = unit == 12;
  for (std::size_t i = 0; i < n; ++i) {
    const auto z = static_cast<std::uint32_t>(days[i]) + 719468u;
    const auto era = z / 146097u, of_era = z - era * 146097u;
    const auto year_of_era = (of_era - of_era / 1460u + of_era / 36524u - of_era / 146096u) / 365u;
    const auto of_year = of_era - (365u * year_of_era + year_of_era / 4u - year_of_era / 100u);
    const auto month = (5u * of_year + 2u) / 153u;
    const auto day = static_cast<std::int32_t>(of_year - (153u * month + 2u) / 5u + 1u);
    const auto months_before = static_cast<std::int32_t>((year_of_era + era * 400u) * 12u + month);
    // The same day of the month of `to`, or its last, has come.
    const auto months = at.month - months_before - ((day > at.day) & !at.is_last);
    out[i] = days[i] <= to ? (years ? months / 12 : months) : 0;
  }
}

template <class T>
void choose(const word* mask, const T* a, const T* b, std::size_t n, T* out) {
  using l = lanes<T>;
  std::size_t i = 0;
  for (; i + l::count <= n; i += l::count) l::store(out + i, l::choose(mask[i / 64] >> (i % 64), l::load(a + i), l::load(b + i)));
  for (; i < n; ++i) out[i] = mask[i / 64] >> (i % 64) & 1 ? a[i] : b[i];
}

// Of panels.

template <class Narrow>
inline void store_as_doubles(const Narrow* __restrict from, double* __restrict to) {
  for (std::size_t j = 0; j < 64; ++j) to[j] = from[j];
}

void sum_slots(const std::uint8_t* tiles, std::size_t all_slots, const word* masks, const std::uint16_t* slots, std::size_t n, std::size_t groups, double* out) {
  alignas(64) std::uint16_t sums[64];
  for (std::size_t g = 0; g < groups; ++g) {
    sum_rows(tiles + g * all_slots * 64, masks ? masks + g * n : nullptr, slots, n, sums);
    store_as_doubles(sums, out + 64 * g);
  }
}

void highest_of_slots(const std::uint8_t* tiles, std::size_t all_slots, const word* masks, const std::uint16_t* slots, std::size_t n, std::size_t groups, double* out) {
  for (std::size_t g = 0; g < groups; ++g) {
    alignas(64) std::uint8_t best[64] = {}, bytes[64];
    for (std::size_t k = 0; k < n; ++k) {
      const auto* __restrict values = tiles + (g * all_slots + slots[k]) * 64;
      spread(masks[g * n + k], bytes);
      for (std::size_t j = 0; j < 64; ++j) {
        const auto v = static_cast<std::uint8_t>(values[j] & bytes[j]);
        best[j] = best[j] < v ? v : best[j];
      }
    }
    store_as_doubles(best, out + 64 * g);
  }
}

void lowest_of_slots(const std::uint8_t* tiles, std::size_t all_slots, const word* masks, const std::uint16_t* slots, std::size_t n, std::size_t groups, double* out) {
  for (std::size_t g = 0; g < groups; ++g) {
    alignas(64) std::uint8_t best[64], bytes[64];
    std::memset(best, 255, sizeof best);
    for (std::size_t k = 0; k < n; ++k) {
      const auto* __restrict values = tiles + (g * all_slots + slots[k]) * 64;
      spread(masks[g * n + k], bytes);
      for (std::size_t j = 0; j < 64; ++j) {
        const auto v = static_cast<std::uint8_t>(values[j] | static_cast<std::uint8_t>(~bytes[j]));
        best[j] = v < best[j] ? v : best[j];
      }
    }
    store_as_doubles(best, out + 64 * g);
  }
}

void count_slots(const word* masks, std::size_t n, std::size_t groups, double* out) {
  for (std::size_t g = 0; g < groups; ++g) {
    alignas(64) std::uint8_t count[64] = {}, bytes[64];
    for (std::size_t k = 0; k < n; ++k) {
      spread(masks[g * n + k], bytes);
      for (std::size_t j = 0; j < 64; ++j) count[j] = static_cast<std::uint8_t>(count[j] - bytes[j]);
    }
    store_as_doubles(count, out + 64 * g);
  }
}

void longest_runs(const word* grows, const word* stays, std::size_t n, std::size_t groups, double* out) {
  for (std::size_t g = 0; g < groups; ++g) {
    alignas(64) std::uint8_t run[64] = {}, best[64] = {}, more[64], kept[64];
    for (std::size_t k = g * n; k < (g + 1) * n; ++k) {
      spread(grows[k], more);
      spread(grows[k] | stays[k], kept);
      for (std::size_t j = 0; j < 64; ++j) {
        run[j] = static_cast<std::uint8_t>((run[j] & kept[j]) - more[j]);
        best[j] = best[j] < run[j] ? run[j] : best[j];
      }
    }
    store_as_doubles(best, out + 64 * g);
  }
}

void add_week(const word* which, std::size_t groups, double week, const double* first_of_all, const double* y_of_all, double* sums_of_all) {
  for (std::size_t g = 0; g < groups; ++g) {
    const double* __restrict first = first_of_all + 64 * g;
    const double* __restrict y = y_of_all + 64 * g;
    double* __restrict sums = sums_of_all + 5 * 64 * g;
    alignas(64) std::uint8_t bytes[64];
    spread(which[g], bytes);
    for (std::size_t j = 0; j < 64; ++j) {
      const double x = bytes[j] != 0 ? week - first[j] : 0, v = bytes[j] != 0 ? y[j] : 0;
      sums[j] += bytes[j] != 0 ? 1.0 : 0.0;
      sums[64 + j] += x;
      sums[128 + j] += v;
      sums[192 + j] += x * x;
      sums[256 + j] += x * v;
    }
  }
}

void add_points(const score_sheet& s, const word* rules, std::size_t children, double* __restrict out) {
  double total[64] = {}, sum[64], best[64];
  for (const auto* t = s.themes; t < s.themes + s.theme_count; ++t) {
    for (double& x : sum) x = 0;
    for (auto f = t->first; f < t->last; ++f) {
      for (double& x : best) x = 0;
      for (auto r = s.flags[f].first; r < s.flags[f].last; ++r) {
        const auto points = s.raises[r].points;
        const auto bits = rules[s.raises[r].rule];
        for (std::size_t j = 0; j < 64; ++j) {
          const double at_stake = bits >> j & 1 ? points : 0;
          best[j] = best[j] < at_stake ? at_stake : best[j];
        }
      }
      for (std::size_t j = 0; j < 64; ++j) sum[j] += best[j];
    }
    for (std::size_t j = 0; j < 64; ++j) total[j] += t->up_to < sum[j] ? t->up_to : sum[j];
  }
  for (std::size_t j = 0; j < children; ++j) out[j] = total[j];
}

void add_whole_points(const score_sheet& s, const word* rules, std::size_t children, double* __restrict out) {
  using l = byte_lanes;
  alignas(64) std::uint16_t total[64] = {};
  alignas(64) std::uint8_t theme[64];
  for (const auto* t = s.themes; t < s.themes + s.theme_count; ++t) {
    for (std::size_t j = 0; j < 64; j += l::count) {
      // A sum that a byte does not hold is above any `whole`.
      auto sum = l::all(0);
      for (auto f = t->first; f < t->last; ++f) {
        auto r = s.flags[f].first;
        auto best = l::under(rules[s.raises[r].rule] >> j, s.raises[r].whole);
        for (++r; r < s.flags[f].last; ++r) best = l::higher(best, l::under(rules[s.raises[r].rule] >> j, s.raises[r].whole));
        sum = l::add_saturated(sum, best);
      }
      l::store(theme + j, l::lower(sum, l::all(t->whole)));
    }
    for (std::size_t j = 0; j < 64; ++j) total[j] = static_cast<std::uint16_t>(total[j] + theme[j]);
  }
  if (children == 64) {
    for (std::size_t j = 0; j < 64; ++j) out[j] = total[j];
    return;
  }
  for (std::size_t j = 0; j < children; ++j) out[j] = total[j];
}

void last_reached(const double* __restrict a, std::size_t n, const double* thresholds, std::size_t count, std::int32_t* __restrict out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = -1;
  for (std::size_t b = 0; b < count; ++b) {
    const auto threshold = thresholds[b];
    const auto band = static_cast<std::int32_t>(b);
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] >= threshold ? band : out[i];
  }
}

constexpr kernels table(const char* name) {
  return {.name = name,
          .doubles_in_range = in_range<double>,
          .floats_in_range = in_range<float>,
          .wholes_in_range = in_range<std::int32_t>,
          .codes_in_range = in_range<std::uint16_t>,
          .bytes_in_range = in_range<std::uint8_t>,
          .compare_doubles = compare_doubles,
          .compare_wholes = compare<std::int32_t>,
          .compare_bytes = compare<std::uint8_t>,
          .same_doubles = same_doubles,
          .nonzero = nonzero,
          .gather_bits = gather_bits<std::int32_t>,
          .floats_to_doubles = widen<float, double>,
          .wholes_to_doubles = widen<std::int32_t, double>,
          .codes_to_doubles = widen<std::uint16_t, double>,
          .bytes_to_doubles = widen<std::uint8_t, double>,
          .codes_to_wholes = widen<std::uint16_t, std::int32_t>,
          .bytes_to_wholes = widen<std::uint8_t, std::int32_t>,
          .add = arithmetic<operation::add>,
          .subtract = arithmetic<operation::subtract>,
          .multiply = arithmetic<operation::multiply>,
          .divide = arithmetic<operation::divide>,
          .days_up_to = days_up_to,
          .months_up_to = months_up_to,
          .choose_doubles = choose<double>,
          .choose_wholes = choose<std::int32_t>,
          .sum_slots = sum_slots,
          .highest_of_slots = highest_of_slots,
          .lowest_of_slots = lowest_of_slots,
          .count_slots = count_slots,
          .longest_runs = longest_runs,
          .add_week = add_week,
          .add_points = add_points,
          .add_whole_points = add_whole_points,
          .last_reached = last_reached};
}

}  // namespace
}  // namespace earlysight::kernel
