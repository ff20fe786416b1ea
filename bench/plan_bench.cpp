// SPDX-License-Identifier: Apache-2.0
#include "packs.hpp"

#include <earlysight/plan/plan.hpp>
#include <earlysight/program/load.hpp>
#include <workload/workload.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace earlysight;

void lower_workload(benchmark::State& state) {
  const auto pack = workload::reference_pack();
  for (auto _ : state) benchmark::DoNotOptimize(lower(pack, workload::as_of()));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pack->rules.size()));
}
BENCHMARK(lower_workload)->Unit(benchmark::kMillisecond);

void lower_rules(benchmark::State& state) {
  const auto pack = read_pack_text("bench.sight", pack_of(static_cast<int>(state.range(0)))).checked;
  for (auto _ : state) benchmark::DoNotOptimize(lower(pack, workload::as_of()));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(lower_rules)->Arg(10)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
