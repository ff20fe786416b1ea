// SPDX-License-Identifier: Apache-2.0
#include "packs.hpp"

#include <earlysight/program/load.hpp>
#include <earlysight/syntax/parse.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace earlysight;

void parse_text(benchmark::State& state) {
  source_map sources;
  const auto file = sources.add("bench.sight", pack_of(static_cast<int>(state.range(0))));
  for (auto _ : state) {
    syntax_tree tree;
    std::vector<diagnostic> diagnostics;
    parse(sources, file, tree, diagnostics);
    benchmark::DoNotOptimize(tree);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(parse_text)->Arg(10)->Arg(1000)->Unit(benchmark::kMillisecond);

void parse_and_check(benchmark::State& state) {
  const auto text = pack_of(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(read_pack_text("bench.sight", text));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_and_check)->Arg(10)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
