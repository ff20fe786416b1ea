// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstring>
#include <vector>

namespace earlysight {

/// Runs `work`, which reads and writes `bytes`, in turn with a copy of half as many (a copy reads and writes each), and reports how many
/// times longer it takes: `times_copy`. Both stay in the second-level cache where the bytes do, as they do in a run.
template <class Work>
void against_copy(benchmark::State& state, std::size_t bytes, Work work) {
  using clock = std::chrono::steady_clock;
  std::vector<char> from(bytes / 2 + 1, 1), to(bytes / 2 + 1);
  double working = 0, copying = 0;
  for (auto _ : state) {
    const auto start = clock::now();
    work();
    benchmark::ClobberMemory();
    const auto between = clock::now();
    std::memcpy(to.data(), from.data(), bytes / 2);
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
    const auto end = clock::now();
    working += std::chrono::duration<double>(between - start).count();
    copying += std::chrono::duration<double>(end - between).count();
    state.SetIterationTime(std::chrono::duration<double>(between - start).count());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["times_copy"] = working / copying;
}

}  // namespace earlysight
