// SPDX-License-Identifier: Apache-2.0
// Scoring and explaining the reference workload. compare.py measures it against other engines; these say where a change shows.
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/explain/explainer.hpp>
#include <earlysight/plan/plan.hpp>
#include <earlysight/render/explanation.hpp>
#include <earlysight/result/scorer.hpp>
#include <workload/bandwidth.hpp>
#include <workload/workload.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <random>

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

// Children of a cohort in random order, so that none is warm.
std::vector<std::size_t> shuffled(std::size_t n) {
  std::vector<std::size_t> out(n);
  std::iota(out.begin(), out.end(), std::size_t{0});
  std::shuffle(out.begin(), out.end(), std::mt19937(1));
  return out;
}

// `score` of a cohort of one, which makes its memory anew; what a host should not do for each request.
void score_one_anew(benchmark::State& state) {
  const auto& w = ready::of(1);
  run_options how;
  how.threads = 1;
  for (auto _ : state) benchmark::DoNotOptimize(score(w.lowered, w.children, how));
}
BENCHMARK(score_one_anew)->Unit(benchmark::kMicrosecond);

// One child of 100,000 by a scorer: the same again (warm), or another at random (cold): its memory is warm, the child is not.
void score_one(benchmark::State& state) {
  const auto& w = ready::of(100'000);
  static const auto order = shuffled(w.children.children);
  scorer one(w.lowered);
  one.use(w.children);
  std::size_t at = 0;
  for (auto _ : state) benchmark::DoNotOptimize(one.score(order[state.range(0) == 1 ? at++ % order.size() : 0]).scores.low[0]);
}
BENCHMARK(score_one)->ArgName("cold")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

// The same, but for outcomes and score: what the engine alone takes.
void evaluate_one(benchmark::State& state) {
  const auto& w = ready::of(100'000);
  static const auto order = shuffled(w.children.children);
  evaluation e(*w.lowered, w.children);
  std::size_t at = 0;
  for (auto _ : state) {
    e.run(order[state.range(0) == 1 ? at++ % order.size() : 0], 1, false);
    benchmark::DoNotOptimize(e.bits(w.lowered->rules[0]));
  }
}
BENCHMARK(evaluate_one)->ArgName("cold")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

// A request that brings its child: 0 the cohort of one made of the host's memory, 1 a scorer that goes on to it and scores, 2 both.
void request(benchmark::State& state) {
  const auto& w = ready::of(1);
  scorer one(w.lowered);
  for (auto _ : state) {
    if (state.range(0) == 0) {
      benchmark::DoNotOptimize(workload::view(w.data, w.pack->schema));
    } else if (state.range(0) == 1) {
      one.use(w.children);
      benchmark::DoNotOptimize(one.score(0).scores.low[0]);
    } else {
      const auto made = workload::view(w.data, w.pack->schema);
      one.use(*made);
      benchmark::DoNotOptimize(one.score(0).scores.low[0]);
    }
  }
}
BENCHMARK(request)->ArgName("part")->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMicrosecond);

// The first rule that fires for a child: 0 the values it looked at, 1 the explanation, 2 its finished text, 3 its JSON; 4 the text by `explain`,
// which keeps nothing from one to the next.
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
  explainer why(w.lowered);
  why.use(w.children);
  for (const auto& [child, rule] : flagged) why.look(child, rule);
  std::size_t at = 0;
  for (auto _ : state) {
    const auto [child, rule] = flagged[at++ % flagged.size()];
    if (state.range(0) == 0) benchmark::DoNotOptimize(why.look(child, rule));
    else if (state.range(0) == 1) benchmark::DoNotOptimize(why.explain(child, rule));
    else if (state.range(0) == 2) benchmark::DoNotOptimize(render_text(why.explain(child, rule), false));
    else if (state.range(0) == 3) benchmark::DoNotOptimize(render_json({why.explain(child, rule)}));
    else benchmark::DoNotOptimize(render_text(explain(*w.lowered, w.children, child, rule), false));
  }
}
BENCHMARK(explain_flagged)->ArgName("what")->DenseRange(0, 4)->Unit(benchmark::kMicrosecond);

void read_memory(benchmark::State& state) {
  workload::bandwidth_probe probe;
  for (auto _ : state) state.SetIterationTime(static_cast<double>(std::size_t{1} << 29) / probe.read(static_cast<unsigned>(state.range(0))));
  state.SetBytesProcessed(state.iterations() * (std::int64_t{1} << 29));
}
BENCHMARK(read_memory)->ArgName("threads")->Arg(1)->Arg(2)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
