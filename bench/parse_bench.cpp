// SPDX-License-Identifier: Apache-2.0
#include <earlysight/program/load.hpp>

#include <benchmark/benchmark.h>

#include <string>

namespace {

std::string pack_of(int rules) {
  std::string text = "pack p \"P\" version \"1\"\ntable child child_id key year count attendance percent moved yes/no\n"
                     "table referral many per child at made made date seen date or not yet urgent yes/no\nflag at_risk \"At risk\"\n";
  for (int i = 0; i < rules; ++i)
    text += "rule r" + std::to_string(i) + " \"Rule\" for year is " + std::to_string(i % 12) + " when attendance is less than 90% and any referral in the last " + std::to_string(1 + i % 50) +
            " weeks where urgent, not yet seen raise at_risk, 5 points\n";
  return text;
}

void parse_and_check(benchmark::State& state) {
  const auto text = pack_of(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(earlysight::read_pack_text("bench.sight", text));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_and_check)->Arg(10)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
