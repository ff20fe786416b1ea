// SPDX-License-Identifier: Apache-2.0
// Each family of kernels on one block, against a copy of the bytes that it reads and writes.
#include "against_copy.hpp"

#include <engine/kernel/arithmetic.hpp>
#include <engine/kernel/comparison.hpp>
#include <engine/kernel/score.hpp>
#include <engine/kernel/segments.hpp>

#include <numeric>

namespace {

using namespace earlysight;
using kernel::word;

constexpr std::size_t n = 16'384, rows_of_child = 39;

// A generator good enough to be unpredictable.
std::uint32_t next(std::uint32_t& seed) { return seed = seed * 1664525 + 1013904223; }
word next_word(std::uint32_t& seed) {
  const word high = next(seed) >> 8;
  return high << 40 ^ word{next(seed) >> 8} << 20 ^ next(seed) >> 8;
}

kernel::node_values numbers(std::uint32_t seed) {
  kernel::node_values v;
  v.reserve_masks(n);
  auto* out = v.numbers(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<double>(next(seed) >> 22);
  std::fill(v.known.begin(), v.known.end(), ~word{0});
  std::fill(v.present.begin(), v.present.end(), ~word{0});
  return v;
}

std::vector<word> some_bits(std::uint32_t seed) {
  std::vector<word> bits(kernel::words_for(n) + 1);
  for (auto& w : bits) w = next_word(seed);
  return bits;
}

constexpr std::size_t number_bytes = n * sizeof(double), mask_bytes = n / 8;

void compare_with_a_number(benchmark::State& state) {
  const auto a = numbers(1);
  auto truth = some_bits(2);
  against_copy(state, number_bytes + mask_bytes, [&] { kernel::compare_with_number(comparison::less, a.number, 500, n, truth.data()); });
}
BENCHMARK(compare_with_a_number)->UseManualTime();

void compare_days(benchmark::State& state) {
  std::vector<std::int32_t> days(n);
  std::iota(days.begin(), days.end(), 0);
  auto truth = some_bits(2);
  against_copy(state, n * 4 + mask_bytes, [&] { kernel::compare_with_whole(comparison::less, days.data(), 500, n, truth.data()); });
}
BENCHMARK(compare_days)->UseManualTime();

void divide(benchmark::State& state) {
  const auto a = numbers(1), b = numbers(2);
  kernel::node_values out;
  out.reserve_masks(n);
  against_copy(state, 3 * number_bytes + 6 * mask_bytes, [&] { kernel::arithmetic('/', a, b, n, out); });
}
BENCHMARK(divide)->UseManualTime();

void copy_of_bits(benchmark::State& state) {
  const auto bits = some_bits(1);
  auto out = some_bits(2);
  against_copy(state, 2 * mask_bytes, [&] { kernel::copy_bits({bits.data()}, 17, n - 64, out.data()); });
}
BENCHMARK(copy_of_bits)->UseManualTime();

// Rows of children, 39 each: counts, runs, totals and the latest of the chosen ones.
template <class Reduce>
void reduce_rows(benchmark::State& state, std::size_t bytes, Reduce reduce) {
  const auto truth = some_bits(3), all = std::vector<word>(kernel::words_for(n) + 1, ~word{0});
  const kernel::rows_masks m{truth.data(), all.data(), all.data(), all.data()};
  std::vector<double> out(n / rows_of_child);
  against_copy(state, bytes + 2 * mask_bytes + out.size() * sizeof(double), [&] {
    for (std::size_t s = 0; s < out.size(); ++s) out[s] = reduce(m, s * rows_of_child, (s + 1) * rows_of_child);
    benchmark::DoNotOptimize(out.data());
  });
}

void count(benchmark::State& state) {
  reduce_rows(state, 0, [](const auto& m, std::size_t a, std::size_t b) { return static_cast<double>(kernel::count_rows(m, a, b).high); });
}
BENCHMARK(count)->UseManualTime();

void longest_run(benchmark::State& state) {
  reduce_rows(state, 0, [](const auto& m, std::size_t a, std::size_t b) { return static_cast<double>(kernel::longest_run(m, a, b).high); });
}
BENCHMARK(longest_run)->UseManualTime();

// A window's rows stand next to one another; those that a condition picks out do not.
void total_of_all(benchmark::State& state) {
  const auto values = numbers(4);
  const auto all = std::vector<word>(kernel::words_for(n) + 1, ~word{0});
  const kernel::rows_masks m{all.data(), all.data(), all.data(), all.data()};
  reduce_rows(state, number_bytes, [&](const auto&, std::size_t a, std::size_t b) { return kernel::reduce_numbers(aggregation::total, m, values, a, b).number; });
}
BENCHMARK(total_of_all)->UseManualTime();

void total_of_some(benchmark::State& state) {
  const auto values = numbers(4);
  reduce_rows(state, number_bytes, [&](const auto& m, std::size_t a, std::size_t b) { return kernel::reduce_numbers(aggregation::total, m, values, a, b).number; });
}
BENCHMARK(total_of_some)->UseManualTime();

void latest(benchmark::State& state) {
  reduce_rows(state, 0, [](const auto& m, std::size_t a, std::size_t b) { return static_cast<double>(kernel::nth_chosen(m, a, b, 1, true)); });
}
BENCHMARK(latest)->UseManualTime();

void points_to_scores(benchmark::State& state) {
  program p;
  for (int t = 0; t < 4; ++t) p.themes.push_back({"t" + std::to_string(t), "", 40, {}});
  for (int f = 0; f < 10; ++f) p.flags.push_back({"f" + std::to_string(f), "", f % 4, about::child, {}});
  for (int r = 0; r < 60; ++r) {
    p.rules.emplace_back();
    p.rules.back().raises.push_back({r % 10, level::medium, static_cast<double>(5 + r % 7), true, {}});
  }
  const kernel::points_sheet sheet(p);
  const auto bits = some_bits(5);
  std::vector<double> out(4096);
  against_copy(state, 4096 * 60 / 8 + 4096 * sizeof(double), [&] {
    for (std::size_t first = 0; first < out.size(); first += 64) kernel::active().add_whole_points(sheet.view(), bits.data() + first / 64, 64, out.data() + first);
  });
}
BENCHMARK(points_to_scores)->UseManualTime();

}  // namespace
