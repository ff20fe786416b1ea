// SPDX-License-Identifier: Apache-2.0
#include "../../../src/engine/kernel/comparison.hpp"
#include "../../../src/engine/kernel/segments.hpp"

#include <catch2/catch.hpp>

#include <limits>

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
