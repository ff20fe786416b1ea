// SPDX-License-Identifier: Apache-2.0
#include "../../../src/engine/kernel/comparison.hpp"
#include "../../../src/engine/kernel/elapsed.hpp"
#include "../../../src/engine/kernel/score.hpp"

#include <earlysight/calendar/reckoning.hpp>

#include <catch2/catch.hpp>

#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace earlysight;
using namespace earlysight::kernel;

namespace {

// Every level that this processor runs.
std::vector<const kernels*> levels() {
  std::vector<const kernels*> all;
  for (const char* name : {"portable", "v2", "v3", "v4"})
    if (const auto* k = level_named(name)) all.push_back(k);
  return all;
}

// Lengths about the sizes of words and registers.
const std::vector<std::size_t> lengths{0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 63, 64, 65, 127, 128, 200, 1000};

std::mt19937 chance(4);

template <class T>
std::vector<T> some(std::size_t n) {
  std::vector<T> out(n);
  for (auto& x : out) {
    if constexpr (std::is_floating_point_v<T>) {
      const auto limits = std::numeric_limits<T>();
      const T odd[] = {0, static_cast<T>(-0.0), limits.infinity(), -limits.infinity(), limits.quiet_NaN(), limits.denorm_min(), limits.max(), limits.lowest(), 1, static_cast<T>(1 + 1e-9)};
      x = chance() % 4 == 0 ? odd[chance() % 10] : static_cast<T>(static_cast<int>(chance() % 21) - 10) / (chance() % 2 ? 1 : 4);
    } else {
      x = static_cast<T>(chance() % 4 == 0 ? chance() : chance() % 12);
      if (chance() % 9 == 0) x = chance() % 2 ? std::numeric_limits<T>::max() : std::numeric_limits<T>::min();
    }
  }
  return out;
}

// Random, with whole words of ones and zeros among them.
std::vector<word> some_bits(std::size_t n) {
  std::vector<word> out(words_for(n) + 1);
  for (auto& w : out) w = chance() % 4 == 0 ? (chance() % 2 ? ~word{0} : 0) : word{chance()} << 32 | chance();
  return out;
}

template <class Expected>
std::vector<word> bits_where(std::size_t n, Expected expected) {
  std::vector<word> out(words_for(n) + 1, 0xABABABABABABABABULL);
  std::fill_n(out.begin(), words_for(n), 0);
  for (std::size_t i = 0; i < n; ++i)
    if (expected(i)) out[i / 64] |= word{1} << (i % 64);
  return out;
}

// What a kernel writes into words of which it must write all and no more.
template <class Write>
std::vector<word> bits_written(std::size_t n, Write write) {
  std::vector<word> out(words_for(n) + 1, 0xABABABABABABABABULL);
  write(out.data());
  return out;
}

template <class T>
bool same_bytes(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

template <class T>
void check_range(const kernels& k, void (*in)(const T*, std::size_t, T, T, word*)) {
  for (const auto n : lengths)
    for (int round = 0; round < 6; ++round) {
      const auto a = some<T>(n), bounds = some<T>(2);
      const auto low = bounds[0], high = bounds[1];
      CAPTURE(k.name, n, low, high);
      CHECK(bits_written(n, [&](word* out) { in(a.data(), n, low, high, out); }) == bits_where(n, [&](std::size_t i) { return a[i] >= low && a[i] <= high; }));
    }
}

template <class T, class Equal, class Less>
void check_pairs(const kernels& k, void (*compare)(pair_test, const T*, const T*, std::size_t, word*), Equal equal, Less less) {
  for (const auto n : lengths)
    for (int round = 0; round < 6; ++round) {
      const auto a = some<T>(n), b = some<T>(n);
      CAPTURE(k.name, n);
      auto got = [&](pair_test t) { return bits_written(n, [&](word* out) { compare(t, a.data(), b.data(), n, out); }); };
      CHECK(got(pair_test::equal) == bits_where(n, [&](std::size_t i) { return equal(a[i], b[i]); }));
      CHECK(got(pair_test::less) == bits_where(n, [&](std::size_t i) { return less(a[i], b[i]); }));
      CHECK(got(pair_test::less_equal) == bits_where(n, [&](std::size_t i) { return less(a[i], b[i]) || equal(a[i], b[i]); }));
    }
}

template <class From, class To>
void check_widening(const kernels& k, void (*widen)(const From*, std::size_t, To*)) {
  for (const auto n : lengths) {
    const auto a = some<From>(n);
    std::vector<To> out(n), expected(n);
    widen(a.data(), n, out.data());
    for (std::size_t i = 0; i < n; ++i) expected[i] = static_cast<To>(a[i]);
    CAPTURE(k.name, n);
    CHECK(same_bytes(out, expected));
  }
}

// NaNs are told apart by no rule, so that which of two comes out is nobody's concern.
void check_arithmetic(const kernels& k, void (*kernel)(const double*, const double*, std::size_t, double*), double (*one)(double, double)) {
  for (const auto n : lengths) {
    const auto a = some<double>(n), b = some<double>(n);
    std::vector<double> out(n), expected(n);
    kernel(a.data(), b.data(), n, out.data());
    for (std::size_t i = 0; i < n; ++i) {
      expected[i] = one(a[i], b[i]);
      if (std::isnan(out[i]) && std::isnan(expected[i])) out[i] = expected[i] = 0;
    }
    CAPTURE(k.name, n);
    CHECK(same_bytes(out, expected));
  }
}

}  // namespace

TEST_CASE("the level in use is one that can be named, and the lowest is always there", "[engine]") {
  REQUIRE_FALSE(levels().empty());
  CHECK(level_named(active().name) == &active());
  CHECK(level_named("v9") == nullptr);
}

TEST_CASE("each level finds the values in a range, of each type", "[engine]") {
  for (const auto* k : levels()) {
    check_range(*k, k->doubles_in_range);
    check_range(*k, k->floats_in_range);
    check_range(*k, k->wholes_in_range);
    check_range(*k, k->codes_in_range);
    check_range(*k, k->bytes_in_range);
  }
}

TEST_CASE("each level compares pairs, doubles within the tolerance as equal", "[engine]") {
  for (const auto* k : levels()) {
    check_pairs<double>(*k, k->compare_doubles, near_equal, near_less);
    check_pairs<std::int32_t>(*k, k->compare_wholes, std::equal_to<>(), std::less<>());
    check_pairs<std::uint8_t>(*k, k->compare_bytes, std::equal_to<>(), std::less<>());
    const auto a = some<double>(1000), b = some<double>(1000);
    CHECK(bits_written(1000, [&](word* out) { k->same_doubles(a.data(), b.data(), 1000, out); }) == bits_where(1000, [&](std::size_t i) { return a[i] == b[i]; }));
  }
}

TEST_CASE("each level compares pairs at the edge of the tolerance as one pair is compared", "[engine]") {
  std::vector<double> a, b;
  for (const double c : {0.0, 1.0, -1.0, 0.9, 1e-9, 123456.7, -1e12})
    for (const double edge : {c - tolerance(c, c), c + tolerance(c, c)})
      for (double x = std::nextafter(edge, -1e300), i = 0; i < 3; ++i, x = std::nextafter(x, 1e300)) a.push_back(x), b.push_back(c), a.push_back(c), b.push_back(x);
  for (const auto* k : levels()) {
    CHECK(bits_written(a.size(), [&](word* out) { k->compare_doubles(pair_test::less, a.data(), b.data(), a.size(), out); }) == bits_where(a.size(), [&](std::size_t i) { return near_less(a[i], b[i]); }));
    CHECK(bits_written(a.size(), [&](word* out) { k->compare_doubles(pair_test::equal, a.data(), b.data(), a.size(), out); }) == bits_where(a.size(), [&](std::size_t i) { return near_equal(a[i], b[i]); }));
  }
}

TEST_CASE("each level packs bytes into bits, and gathers bits by an index", "[engine]") {
  for (const auto* k : levels())
    for (const auto n : lengths) {
      const auto bytes = some<std::uint8_t>(n);
      CHECK(bits_written(n, [&](word* out) { k->nonzero(bytes.data(), n, out); }) == bits_where(n, [&](std::size_t i) { return bytes[i] != 0; }));
      const auto bits = some_bits(300);
      std::vector<std::int32_t> index(n);
      for (auto& i : index) i = static_cast<std::int32_t>(chance() % 300);
      CHECK(bits_written(n, [&](word* out) { k->gather_bits(bits.data(), index.data(), n, out); }) == bits_where(n, [&](std::size_t i) { return test(bits.data(), static_cast<std::size_t>(index[i])); }));
    }
}

TEST_CASE("each level widens numbers as a conversion does", "[engine]") {
  for (const auto* k : levels()) {
    check_widening(*k, k->floats_to_doubles);
    check_widening(*k, k->wholes_to_doubles);
    check_widening(*k, k->codes_to_doubles);
    check_widening(*k, k->bytes_to_doubles);
    check_widening(*k, k->codes_to_wholes);
    check_widening(*k, k->bytes_to_wholes);
  }
}

TEST_CASE("each level's arithmetic gives the same doubles, signs of zero and all", "[engine]") {
  for (const auto* k : levels()) {
    check_arithmetic(*k, k->add, [](double x, double y) { return x + y; });
    check_arithmetic(*k, k->subtract, [](double x, double y) { return x - y; });
    check_arithmetic(*k, k->multiply, [](double x, double y) { return x * y; });
    check_arithmetic(*k, k->divide, [](double x, double y) { return x / y; });
  }
}

TEST_CASE("each level chooses between two by a mask, in place too", "[engine]") {
  for (const auto* k : levels())
    for (const auto n : lengths) {
      const auto mask = some_bits(n);
      auto a = some<double>(n), b = some<double>(n), expected = b;
      auto c = some<std::int32_t>(n), d = some<std::int32_t>(n), expected_wholes = d;
      for (std::size_t i = 0; i < n; ++i)
        if (test(mask.data(), i)) expected[i] = a[i], expected_wholes[i] = c[i];
      k->choose_doubles(mask.data(), a.data(), b.data(), n, b.data());
      k->choose_wholes(mask.data(), c.data(), d.data(), n, d.data());
      CAPTURE(k->name, n);
      CHECK(same_bytes(b, expected));
      CHECK(d == expected_wholes);
    }
}

TEST_CASE("each level sums, counts and compares the masked slots of a panel's groups", "[engine]") {
  constexpr std::size_t all_slots = 256, groups = 3, children = groups * 64;
  for (const auto* k : levels())
    for (const std::size_t n : {0, 1, 2, 13, 39, 255}) {
      CAPTURE(k->name, n);
      const auto tiles = some<std::uint8_t>(groups * all_slots * 64);
      const auto masks = some_bits(groups * n * 64);
      std::vector<std::uint16_t> slots(n);
      for (auto& s : slots) s = static_cast<std::uint16_t>(chance() % all_slots);
      std::vector<double> sums(children), all_sums(children), highest(children), lowest(children), counts(children);
      std::vector<double> expected_sums(children), expected_all(children), expected_highest(children), expected_lowest(children, 255), expected_counts(children);
      k->sum_slots(tiles.data(), all_slots, masks.data(), slots.data(), n, groups, sums.data());
      k->sum_slots(tiles.data(), all_slots, nullptr, slots.data(), n, groups, all_sums.data());
      k->highest_of_slots(tiles.data(), all_slots, masks.data(), slots.data(), n, groups, highest.data());
      k->lowest_of_slots(tiles.data(), all_slots, masks.data(), slots.data(), n, groups, lowest.data());
      k->count_slots(masks.data(), n, groups, counts.data());
      for (std::size_t c = 0; c < children; ++c)
        for (std::size_t s = 0; s < n; ++s) {
          const double v = tiles[(c / 64 * all_slots + slots[s]) * 64 + c % 64];
          expected_all[c] += v;
          if (!(masks[c / 64 * n + s] >> (c % 64) & 1)) continue;
          expected_sums[c] += v;
          expected_highest[c] = std::max(expected_highest[c], v);
          expected_lowest[c] = std::min(expected_lowest[c], v);
          ++expected_counts[c];
        }
      CHECK(sums == expected_sums);
      CHECK(all_sums == expected_all);
      CHECK(highest == expected_highest);
      CHECK(lowest == expected_lowest);
      CHECK(counts == expected_counts);
    }
}

TEST_CASE("each level finds the longest run, over slots that neither lengthen nor end it", "[engine]") {
  constexpr std::size_t groups = 2;
  for (const auto* k : levels())
    for (const std::size_t n : {0, 1, 20, 255}) {
      CAPTURE(k->name, n);
      const auto grows = some_bits(groups * n * 64), stays = some_bits(groups * n * 64);
      std::vector<double> longest(groups * 64), expected(groups * 64);
      k->longest_runs(grows.data(), stays.data(), n, groups, longest.data());
      for (std::size_t c = 0; c < groups * 64; ++c) {
        double run = 0;
        for (std::size_t s = c / 64 * n; s < (c / 64 + 1) * n; ++s) {
          if (grows[s] >> (c % 64) & 1) ++run;
          else if (!(stays[s] >> (c % 64) & 1)) run = 0;
          expected[c] = std::max(expected[c], run);
        }
      }
      CHECK(longest == expected);
    }
}

TEST_CASE("each level adds a week to the sums of the children who have it, and leaves the others", "[engine]") {
  constexpr std::size_t groups = 2, children = groups * 64;
  for (const auto* k : levels()) {
    CAPTURE(k->name);
    std::vector<double> first(children), y(children), sums(5 * children), expected(5 * children);
    for (auto& x : first) x = static_cast<double>(chance() % 3);
    for (int week = 0; week < 12; ++week) {
      const auto which = some_bits(children);
      for (std::size_t c = 0; c < children; ++c) {
        const bool has_week = which[c / 64] >> (c % 64) & 1;
        y[c] = has_week || chance() % 5 != 0 ? static_cast<double>(chance() % 11) / 10 : std::numeric_limits<double>::quiet_NaN();
        if (!has_week) continue;
        auto* of = expected.data() + c / 64 * 5 * 64 + c % 64;
        const double x = week - first[c];
        of[0] += 1, of[64] += x, of[128] += y[c], of[192] += x * x, of[256] += x * y[c];
      }
      k->add_week(which.data(), groups, week, first.data(), y.data(), sums.data());
    }
    CHECK(same_bytes(sums, expected));
  }
}

TEST_CASE("each level tells the days, weeks, months and years that have gone by as the calendar does", "[engine]") {
  for (const auto to : {make_date(2025, 2, 28), make_date(2024, 2, 29), make_date(2024, 2, 28), make_date(2025, 3, 31), make_date(2025, 4, 30), make_date(2024, 12, 31), make_date(2025, 1, 1), make_date(2000, 3, 1), make_date(1900, 2, 28), make_date(9999, 12, 31)}) {
    std::vector<std::int32_t> days{make_date(1, 1, 1).day, make_date(1, 3, 1).day, make_date(4, 2, 29).day};
    for (std::int32_t day = to.day - 9000; day <= to.day; ++day) days.push_back(day);
    const auto past = days.size();
    for (std::int32_t day = to.day + 1; day <= to.day + 70; ++day) days.push_back(day);
    const auto at = split(to);
    const bool is_last = split({to.day + 1}).month != at.month;
    const auto month = (at.month >= 3 ? at.year * 12 + at.month - 3 : (at.year - 1) * 12 + at.month + 9);
    for (const auto* k : levels())
      for (const auto unit : {time_unit::days, time_unit::weeks, time_unit::months, time_unit::years}) {
        std::vector<double> out(days.size(), -1), expected(days.size(), 0), in_use(days.size(), -1);
        for (std::size_t i = 0; i < past; ++i) expected[i] = whole_units({days[i]}, to, unit);
        if (unit == time_unit::days || unit == time_unit::weeks) k->days_up_to(days.data(), days.size(), to.day, unit == time_unit::weeks ? 7 : 1, out.data());
        else k->months_up_to(days.data(), days.size(), to.day, {month, at.day, is_last}, unit == time_unit::years ? 12 : 1, out.data());
        elapsed(unit, days.data(), days.size(), to, in_use.data());
        CAPTURE(k->name, to.day, static_cast<int>(unit));
        CHECK(out == expected);
        CHECK(in_use == expected);
      }
  }
}

TEST_CASE("at least so many of the inputs, counted for 64 elements at once", "[engine]") {
  for (std::size_t count = 0; count < 20; ++count) {
    std::vector<word> inputs(count);
    for (auto& w : inputs) w = word{chance()} << 32 | chance();
    for (int least = -1; least < 22; ++least) {
      word expected = 0;
      for (std::size_t i = 0; i < 64; ++i) {
        int n = 0;
        for (const auto w : inputs) n += static_cast<int>(w >> i & 1);
        expected |= word{n >= least} << i;
      }
      CAPTURE(count, least);
      CHECK(at_least(least, count, [&](std::size_t k) { return inputs[k]; }) == expected);
    }
  }
}

TEST_CASE("pairs of bounds, and bounds against one number for equality, are decided as one pair of bounds is", "[engine]") {
  const double any = std::numeric_limits<double>::infinity();
  std::vector<double> a_low, a_high, b_low, b_high;
  const std::vector<std::pair<double, double>> bounds{{0, 0}, {0, 3}, {2, 2}, {2, 5}, {3, 3}, {3, any}, {2.5, 2.5}, {5, 9}};
  for (const auto& a : bounds)
    for (const auto& b : bounds) a_low.push_back(a.first), a_high.push_back(a.second), b_low.push_back(b.first), b_high.push_back(b.second);
  const auto n = a_low.size();
  std::vector<word> truth(words_for(n)), known(words_for(n));
  auto said = [&](std::size_t i) { return test(known.data(), i) ? static_cast<int>(test(truth.data(), i)) : -1; };
  for (const auto t : {comparison::less, comparison::less_equal, comparison::greater, comparison::greater_equal}) {
    compare_bounds_of_pairs(t, a_low.data(), a_high.data(), b_low.data(), b_high.data(), n, truth.data(), known.data());
    for (std::size_t i = 0; i < n; ++i) CHECK(said(i) == compare_bounds(t, a_low[i], a_high[i], b_low[i], b_high[i]));
  }
  for (const double c : {0.0, 2.0, 2.5, 3.0, 5.0, 9.0, 10.0, -1.0}) {
    equal_bounds_with_number(a_low.data(), a_high.data(), c, n, truth.data(), known.data());
    for (std::size_t i = 0; i < n; ++i) CHECK(said(i) == compare_bounds(comparison::equal, a_low[i], a_high[i], c, c));
  }
}

TEST_CASE("days, codes and texts compare with one as with many of it", "[engine]") {
  const auto least = std::numeric_limits<std::int32_t>::min(), most = std::numeric_limits<std::int32_t>::max();
  std::vector<std::int32_t> days{least, least + 1, -5, 0, 3, 4, 5, 200, most - 1, most};
  for (const auto c : days)
    for (const auto t : {comparison::equal, comparison::less, comparison::less_equal, comparison::greater, comparison::greater_equal}) {
      word one[1], each[1];
      compare_with_whole(t, days.data(), c, days.size(), one);
      compare_wholes(t, days.data(), std::vector<std::int32_t>(days.size(), c).data(), days.size(), each);
      CHECK(one[0] == each[0]);
      CHECK(test(each, 4) == (t == comparison::equal ? 3 == c : t == comparison::less ? 3 < c : t == comparison::less_equal ? 3 <= c : t == comparison::greater ? 3 > c : 3 >= c));
    }
}

namespace {

// A program of themes, flags and rules at random; in whole points or not.
program points_at_random(bool whole) {
  auto points = [whole](unsigned most) { return whole ? static_cast<double>(chance() % most) : static_cast<double>(chance() % (10 * most)) / 10; };
  program p;
  const auto themes = chance() % 4;
  for (unsigned t = 0; t < themes; ++t) p.themes.push_back({"t" + std::to_string(t), "", points(chance() % 2 ? 60 : 300), {}});
  for (unsigned f = 0; f < 1 + chance() % 8; ++f) {
    const auto in = static_cast<std::int32_t>(chance() % (themes + 1)) - 1;
    p.flags.push_back({"f" + std::to_string(f), "", in, chance() % 6 == 0 ? about::duty : about::child, {}});
  }
  p.rules.resize(1 + chance() % 20);
  for (auto& r : p.rules)
    for (unsigned i = 0; i < chance() % 3; ++i) r.raises.push_back({static_cast<std::int32_t>(chance() % p.flags.size()), level::medium, points(chance() % 3 ? 30 : 400), true, {}});
  return p;
}

// As language.md section 6 says it, child by child.
double score_of(const program& p, const std::vector<word>& rules, std::size_t child) {
  std::vector<double> of_flag(p.flags.size());
  for (std::size_t r = 0; r < rules.size(); ++r)
    for (const auto& raised : p.rules[r].raises)
      if (test(&rules[r], child)) of_flag[static_cast<std::size_t>(raised.flag)] = std::max(of_flag[static_cast<std::size_t>(raised.flag)], raised.points);
  double score = 0;
  for (std::size_t t = 0; t < p.themes.size(); ++t) {
    double theme = 0;
    for (std::size_t f = 0; f < p.flags.size(); ++f)
      if (p.flags[f].theme == static_cast<std::int32_t>(t) && p.flags[f].about == about::child) theme += of_flag[f];
    score += std::min(theme, p.themes[t].up_to);
  }
  for (std::size_t f = 0; f < p.flags.size(); ++f)
    if (p.flags[f].theme < 0 && p.flags[f].about == about::child) score += of_flag[f];
  return score;
}

}  // namespace

TEST_CASE("each level adds points as the language says, and in whole numbers where the sheet allows it", "[engine]") {
  int in_wholes = 0;
  for (int round = 0; round < 300; ++round) {
    const bool whole = round % 2 == 0;
    const auto p = points_at_random(whole);
    const points_sheet sheet(p);
    in_wholes += sheet.in_wholes();
    std::vector<word> rules(p.rules.size());
    for (auto& r : rules) r = word{chance()} << 32 | chance();
    const std::size_t n = round % 3 == 0 ? 1 + chance() % 64 : 64;
    std::vector<double> expected(64, -1);
    for (std::size_t i = 0; i < n; ++i) expected[i] = score_of(p, rules, i);
    for (const auto* k : levels()) {
      CAPTURE(k->name, round);
      std::vector<double> out(64, -1), wholes(64, -1);
      k->add_points(sheet.view(), rules.data(), n, out.data());
      CHECK(same_bytes(out, expected));
      if (!sheet.in_wholes()) continue;
      k->add_whole_points(sheet.view(), rules.data(), n, wholes.data());
      CHECK(same_bytes(wholes, expected));
    }
  }
  CHECK(in_wholes > 50);
  CHECK(in_wholes < 250);
}

TEST_CASE("each level finds the last band that a score reaches", "[engine]") {
  const std::vector<double> thresholds{20, 0, 5.5, 30};
  for (const auto* k : levels())
    for (const auto n : lengths) {
      const auto scores = some<double>(n);
      std::vector<std::int32_t> out(n), expected(n, -1);
      k->last_reached(scores.data(), n, thresholds.data(), thresholds.size(), out.data());
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t b = 0; b < thresholds.size(); ++b)
          if (scores[i] >= thresholds[b]) expected[i] = static_cast<std::int32_t>(b);
      CHECK(out == expected);
    }
}

namespace {

constexpr comparison all_tests[] = {comparison::equal, comparison::less, comparison::less_equal, comparison::greater, comparison::greater_equal};

bool holds(comparison test, double x, double c) {
  switch (test) {
    case comparison::equal: return near_equal(x, c);
    case comparison::less: return near_less(x, c);
    case comparison::less_equal: return near_less_equal(x, c);
    case comparison::greater: return near_less(c, x);
    default: return near_less_equal(c, x);
  }
}

const double numbers_to_compare_with[] = {0,     -0.0, 1,     5,      254,     255,       256,     65534, 65535, 65536,    0.5,      254.5,    -1,  -0.5,   1 + 1e-9, 5 - 5e-9, 5 - 4.9e-9, 255 + 2e-7, 65535 + 6.6e-5, 65535 - 6.4e-5,
                                          1e-9, -1e-9, 9.9e-10, 1e-12, 1e-300, 2147483647.0, -2147483648.0, 2147483646.5, 2147483648.5, 2147483650, 4e9, -4e9, 1e300, -1e300, 1.7e308, std::numeric_limits<double>::infinity(),
                                          -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()};

// Whether the range holds just what the comparison holds of.
template <class T>
void check_each(const value_range<T>& range, comparison test, double c, T x) {
  if ((x >= range.low && x <= range.high) == holds(test, static_cast<double>(x), c)) return;
  CAPTURE(c, static_cast<int>(test), x, range.low, range.high);
  FAIL_CHECK("the range and the comparison differ");
}

}  // namespace

TEST_CASE("a comparison of bytes or codes with any number is a range of them: all of them looked at", "[engine]") {
  for (const double c : numbers_to_compare_with)
    for (const auto test : all_tests) {
      const auto bytes = range_of<std::uint8_t>(test, c);
      for (int x = 0; x < 256; ++x) check_each(bytes, test, c, static_cast<std::uint8_t>(x));
      const auto codes = range_of<std::uint16_t>(test, c);
      for (int x = 0; x < 65536; ++x) check_each(codes, test, c, static_cast<std::uint16_t>(x));
    }
}

TEST_CASE("a comparison of whole numbers, floats or doubles with any number is a range: those next to its ends looked at", "[engine]") {
  auto look_at = [](auto range, comparison test, double c) {
    using T = decltype(range.low);
    using order = in_order<T>;
    for (const auto from : {order::place(range.low), order::place(range.high), order::first(), order::last(), std::int64_t{0}})
      for (std::int64_t by = -50; by <= 50; ++by)
        if (from + by >= order::first() && from + by <= order::last()) check_each(range, test, c, order::at(from + by));
  };
  for (const double c : numbers_to_compare_with)
    for (const auto test : all_tests) {
      look_at(range_of<std::int32_t>(test, c), test, c);
      look_at(range_of<float>(test, c), test, c);
      look_at(range_of<double>(test, c), test, c);
      look_at(doubles_of(test, c), test, c);
      const auto nan = std::numeric_limits<double>::quiet_NaN();
      check_each(range_of<double>(test, c), test, c, nan);
      check_each(range_of<float>(test, c), test, c, std::numeric_limits<float>::quiet_NaN());
    }
}
