// SPDX-License-Identifier: Apache-2.0
#include "../../../src/engine/kernel/comparison.hpp"
#include "../../../src/engine/kernel/segments.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

using namespace earlysight;
using namespace earlysight::kernel;

namespace {

// Rows as letters. Of the whole row: y chosen, n not chosen (its condition is false), ? its condition is not known,
// - not in the window, p perhaps in the window and its condition true, q perhaps in the window and its condition false.
struct rows {
  std::vector<word> chosen_truth, chosen_known, belongs_truth, belongs_known;
  std::size_t n;
  explicit rows(const std::string& letters) : chosen_truth(words_for(letters.size()) + 1), chosen_known(chosen_truth), belongs_truth(chosen_truth), belongs_known(chosen_truth), n(letters.size()) {
    for (std::size_t i = 0; i < n; ++i) {
      const char c = letters[i];
      assign(chosen_truth.data(), i, c == 'y');
      assign(chosen_known.data(), i, c != '?' && c != 'p');
      assign(belongs_truth.data(), i, c == 'y' || c == 'n' || c == '?');
      assign(belongs_known.data(), i, c != 'p' && c != 'q');
    }
  }
  rows_masks masks() const { return {chosen_truth.data(), chosen_known.data(), belongs_truth.data(), belongs_known.data()}; }
};

std::pair<std::size_t, std::size_t> run_of(const std::string& letters) {
  const rows r(letters);
  const auto b = longest_run(r.masks(), 0, r.n);
  return {b.low, b.high};
}

}  // namespace

TEST_CASE("a run is broken by a row that does not hold, and not by one outside the window", "[engine]") {
  CHECK(run_of("yynyyy") == std::pair<std::size_t, std::size_t>(3, 3));
  CHECK(run_of("yy-yy") == std::pair<std::size_t, std::size_t>(4, 4));
  CHECK(run_of("") == std::pair<std::size_t, std::size_t>(0, 0));
}

TEST_CASE("a row not known breaks the low run and lengthens the high one", "[engine]") {
  CHECK(run_of("yy?yy") == std::pair<std::size_t, std::size_t>(2, 5));
  CHECK(run_of("???") == std::pair<std::size_t, std::size_t>(0, 3));
}

TEST_CASE("a row that perhaps belongs is counted in the high run, or left out of it, whichever is longer", "[engine]") {
  CHECK(run_of("yypyy") == std::pair<std::size_t, std::size_t>(2, 5));
  CHECK(run_of("yyqyy") == std::pair<std::size_t, std::size_t>(2, 4));
}

TEST_CASE("counts lie between the rows that hold and those that could, across words of bits", "[engine]") {
  const rows r(std::string(100, 'y') + std::string(70, '?') + std::string(30, 'n') + std::string(20, '-'));
  const auto all = count_rows(r.masks(), 0, r.n);
  CHECK(all.low == 100);
  CHECK(all.high == 170);
  const auto some = count_rows(r.masks(), 63, 129);
  CHECK(some.low == 37);
  CHECK(some.high == 66);
  const auto none_at_all = count_rows(r.masks(), 64, 64);
  CHECK(none_at_all.high == 0);
}

TEST_CASE("the nth latest is the nth from the end of rows in the order of time, then of the file", "[engine]") {
  const rows r("ynyy-y");
  CHECK(nth_chosen(r.masks(), 0, r.n, 1, true) == 5);
  CHECK(nth_chosen(r.masks(), 0, r.n, 2, true) == 3);
  CHECK(nth_chosen(r.masks(), 0, r.n, 1, false) == 0);
  CHECK(nth_chosen(r.masks(), 0, r.n, 4, false) == 5);
  CHECK(nth_chosen(r.masks(), 0, r.n, 5, false) == none);
}

TEST_CASE("bits copied from the middle of a column are those bits, and none beyond is read", "[engine]") {
  std::vector<word> column{0xAAAAAAAAAAAAAAAAULL, 0x1ULL};
  for (std::size_t first = 0; first < 65; ++first) {
    std::vector<word> out(2);
    copy_bits({column.data()}, first, 65 - first, out.data());
    for (std::size_t i = 0; i + first < 65; ++i) CHECK(test(out.data(), i) == test(column.data(), first + i));
  }
}

TEST_CASE("a comparison with bounds is decided when every whole number between them decides it the same way", "[engine]") {
  const double any = std::numeric_limits<double>::infinity();
  CHECK(compare_bounds(comparison::greater_equal, 2, 4, 2, 2) == 1);
  CHECK(compare_bounds(comparison::greater_equal, 2, 4, 3, 3) == -1);
  CHECK(compare_bounds(comparison::greater_equal, 2, 4, 5, 5) == 0);
  CHECK(compare_bounds(comparison::less, 2, 4, 4.5, 4.5) == 1);
  CHECK(compare_bounds(comparison::equal, 2, 4, 5, 5) == 0);
  CHECK(compare_bounds(comparison::equal, 2, 4, 2.5, 2.5) == 0);  // no whole number
  CHECK(compare_bounds(comparison::equal, 2, 4, 3, 3) == -1);
  CHECK(compare_bounds(comparison::greater_equal, 6, any, 6, 6) == 1);
  CHECK(compare_bounds(comparison::less_equal, 6, any, 6, 6) == -1);
}

TEST_CASE("a comparison with one number says what the comparison of each pair says, at the edge of the tolerance too", "[engine]") {
  for (const double c : {0.0, 0.9, -0.01, 1.0, 1e-6, 5.0, -3.0, 60.0, 1e-9, -5e-10, 3e-8, 123456.7, 1e12, 1e-300}) {
    std::vector<double> a{c, 0.0, 1e-9, -1e-9, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()};
    for (const double edge : {c - tolerance(c, c), c + tolerance(c, c)}) {
      auto below = edge, above = edge;
      for (int i = 0; i < 40; ++i) {
        a.push_back(below = std::nextafter(below, -1e300));
        a.push_back(above = std::nextafter(above, 1e300));
      }
    }
    for (const auto test_of : {comparison::equal, comparison::less, comparison::less_equal, comparison::greater, comparison::greater_equal}) {
      std::vector<word> each(words_for(a.size())), one(words_for(a.size()));
      compare_numbers(test_of, a.data(), std::vector<double>(a.size(), c).data(), a.size(), each.data());
      compare_with_number(test_of, a.data(), c, a.size(), one.data());
      CAPTURE(c, static_cast<int>(test_of));
      CHECK(each == one);
    }
  }
}

TEST_CASE("many bounds against one number are decided as one pair of bounds is", "[engine]") {
  const std::vector<double> low{0, 1, 2, 2, 3, 3, 4}, high{0, 3, 2, 5, 3, std::numeric_limits<double>::infinity(), 9};
  for (const double c : {2.0, 2.5, 3.0, 0.0, 9.0})
    for (const auto test_of : {comparison::less, comparison::less_equal, comparison::greater, comparison::greater_equal}) {
      word truth[1], known[1];
      compare_bounds_with_number(test_of, low.data(), high.data(), c, low.size(), truth, known);
      for (std::size_t i = 0; i < low.size(); ++i) {
        const int said = test(known, i) ? test(truth, i) : -1;
        CHECK(said == compare_bounds(test_of, low[i], high[i], c, c));
      }
    }
}

TEST_CASE("days lie in any of several ranges", "[engine]") {
  std::vector<std::int32_t> days(150);
  for (std::size_t i = 0; i < days.size(); ++i) days[i] = static_cast<std::int32_t>(i);
  word in[3];
  in_ranges(days.data(), days.size(), {{{3}, {9}}, {{60}, {70}}, {{149}, {400}}}, in);
  for (std::size_t i = 0; i < days.size(); ++i) CHECK(test(in, i) == ((i >= 3 && i <= 9) || (i >= 60 && i <= 70) || i == 149));
  in_ranges(days.data(), days.size(), {}, in);
  CHECK((in[0] | in[1] | in[2]) == 0);
}

TEST_CASE("a run in a few words is the run row by row", "[engine]") {
  // The same letters among enough rows outside the window that they are gone through one by one, and at every place in a word.
  std::uint32_t seed = 1;
  for (int round = 0; round < 3000; ++round) {
    const char* const alphabet = round % 3 == 0 ? "ynx" : round % 3 == 1 ? "yn?" : "yyyn?xpq";
    const auto letters_in = std::string(alphabet).size();
    std::string letters;
    for (int i = round % 41; i >= 0; --i) letters += alphabet[(seed = seed * 1664525 + 1013904223) % 1000003 % letters_in];
    const auto before = std::string(static_cast<std::size_t>(round % 64), 'x');
    const rows few(before + letters), many(before + letters + std::string(70, 'x'));
    const auto a = longest_run(few.masks(), before.size(), few.n), b = longest_run(many.masks(), before.size(), many.n);
    CAPTURE(letters);
    CHECK(a.low == b.low);
    CHECK(a.high == b.high);
  }
}

TEST_CASE("a total, average, highest or lowest of few rows is that of the same rows one by one", "[engine]") {
  std::uint32_t seed = 7;
  auto next = [&] { return (seed = seed * 1664525 + 1013904223) >> 8; };
  for (int round = 0; round < 3000; ++round) {
    const std::string alphabet = round % 2 == 0 ? "yyynx" : "yyyyyyyyyyyyyyyynx?";
    std::string letters(static_cast<std::size_t>(round % 64), 'x');
    const auto before = letters.size();
    for (auto i = next() % 64; i > 0; --i) letters += alphabet[next() % alphabet.size()];
    const rows few(letters), many(letters + std::string(70, 'x'));
    node_values value;
    value.reserve_masks(many.n);
    auto* numbers = value.numbers(many.n);
    for (std::size_t i = 0; i < many.n; ++i) {
      numbers[i] = static_cast<double>(next() % 1000) / 7 - 40;
      assign(value.known.data(), i, round % 5 != 0 || next() % 50 != 0);
      assign(value.present.data(), i, next() % 6 != 0);
    }
    for (const auto over : {aggregation::total, aggregation::average, aggregation::highest, aggregation::lowest}) {
      const auto a = reduce_numbers(over, few.masks(), value, before, few.n), b = reduce_numbers(over, many.masks(), value, before, many.n);
      CAPTURE(letters, static_cast<int>(over));
      CHECK(a.known == b.known);
      CHECK((!a.known || a.present == b.present));
      CHECK((!a.known || !a.present || a.number == b.number));
    }
  }
}
