// SPDX-License-Identifier: Apache-2.0
// Scoring and explaining the reference workload. compare.py measures it against other engines; these say where a change shows.
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/explain/explain.hpp>
#include <earlysight/plan/plan.hpp>
#include <earlysight/render/explanation.hpp>
#include <earlysight/result/outcomes.hpp>
#include <workload/bandwidth.hpp>
#include <workload/workload.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <map>

namespace {

using namespace earlysight;

struct ready {
  std::shared_ptr<const program> pack = workload::reference_pack();
  workload::memory data;
  cohort children;
  std::shared_ptr<const plan> lowered = std::make_shared<const plan>(lower(pack, workload::as_of()).value_or_throw());

  explicit ready(std::size_t n) : data(workload::generate(n, 1)), children(workload::view(data, pack->schema).value_or_throw()) {}

  static const ready& of(std::size_t n) {
    static std::map<std::size_t, ready> all;
    return all.try_emplace(n, n).first->second;
  }
};

// With the share that reading the bytes of the rules' columns once, at the speed measured in the same run, would take of it.
void score_workload(benchmark::State& state) {
  const auto& w = ready::of(static_cast<std::size_t>(state.range(0)));
  static workload::bandwidth_probe probe;
  run_options how;
  how.threads = static_cast<unsigned>(state.range(1));
  double speed = 0, seconds = 0;
  for (auto _ : state) {
    state.PauseTiming();
    speed += probe.read(how.threads);
    state.ResumeTiming();
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(score(w.lowered, w.children, how));
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  const auto runs = static_cast<double>(state.iterations());
  const auto bytes = static_cast<double>(workload::bytes_read(*w.pack, w.children));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["ns_child_rule"] = seconds / runs / static_cast<double>(state.range(0)) / static_cast<double>(w.pack->rules.size()) * 1e9;
  state.counters["times_reading_once"] = seconds / runs / (bytes / (speed / runs));
  state.counters["read_GB_s"] = speed / runs / 1e9;
  state.counters["bytes_a_child"] = bytes / static_cast<double>(state.range(0));
}
BENCHMARK(score_workload)->ArgNames({"children", "threads"})->ArgsProduct({{10'000, 100'000}, {1, 2}})->UseRealTime()->Unit(benchmark::kMillisecond);

// One child in a cohort of its own, again and again.
void score_one_warm(benchmark::State& state) {
  const auto& w = ready::of(1);
  run_options how;
  how.threads = 1;
  for (auto _ : state) benchmark::DoNotOptimize(score(w.lowered, w.children, how));
}
BENCHMARK(score_one_warm)->Unit(benchmark::kMicrosecond);

// One child of 100,000 after another, far apart, by a host that keeps its evaluation: the plan's buffers are warm, the child is not.
void evaluate_one(benchmark::State& state) {
  const auto& w = ready::of(100'000);
  const bool cold = state.range(0) == 1;
  evaluation e(*w.lowered, w.children);
  std::size_t child = 0;
  for (auto _ : state) {
    if (cold) child = (child + 61'803) % w.children.children;
    e.run(child, 1, false);
    benchmark::DoNotOptimize(e.bits(w.lowered->rules[0]));
  }
}
BENCHMARK(evaluate_one)->ArgName("cold")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

// The first rule that fires for a child: `text` 0 the values (the plan with everything kept), 1 the explanation, 2 its finished text.
void explain_flagged(benchmark::State& state) {
  const auto& w = ready::of(10'000);
  static const auto run = score(w.lowered, w.children).value_or_throw();
  std::vector<std::pair<std::size_t, std::int32_t>> flagged;
  for (std::size_t i = 0; i < w.children.children && flagged.size() < 500; ++i)
    for (std::size_t r = 0; r < w.pack->rules.size(); ++r)
      if (run.outcomes.at(i, r) == outcome::fires) {
        flagged.emplace_back(i, static_cast<std::int32_t>(r));
        break;
      }
  evaluation e(*w.lowered, w.children);
  std::size_t at = 0;
  for (auto _ : state) {
    const auto [child, rule] = flagged[at++ % flagged.size()];
    if (state.range(0) == 0) e.run(child, 1, true);
    else if (state.range(0) == 1) benchmark::DoNotOptimize(explain(*w.lowered, w.children, child, rule));
    else benchmark::DoNotOptimize(render_text(explain(*w.lowered, w.children, child, rule), false));
  }
}
BENCHMARK(explain_flagged)->ArgName("text")->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMicrosecond);

void read_memory(benchmark::State& state) {
  workload::bandwidth_probe probe;
  for (auto _ : state) state.SetIterationTime(static_cast<double>(std::size_t{1} << 29) / probe.read(static_cast<unsigned>(state.range(0))));
  state.SetBytesProcessed(state.iterations() * (std::int64_t{1} << 29));
}
BENCHMARK(read_memory)->ArgName("threads")->Arg(1)->Arg(2)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
