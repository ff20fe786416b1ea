// SPDX-License-Identifier: Apache-2.0
// earlysight-guard: does each piece of work whose instructions instructions.py counts, under callgrind, which takes a count after each.
// Alone, it only does the work. One thread, the same data each time: the counts are the same each time.
#include <kernel_families.hpp>
#include <workload/workload.hpp>

#include <earlysight/data/load.hpp>
#include <earlysight/explain/explainer.hpp>
#include <earlysight/plan/plan.hpp>
#include <earlysight/render/explanation.hpp>
#include <earlysight/result/outcomes.hpp>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#define EARLYSIGHT_GUARD_COUNTS 1
#endif

#include <cstdio>
#include <string>
#include <unistd.h>

namespace {

using namespace earlysight;

// The second run is counted: what is made once and kept is not.
template <class Work>
void count(const std::string& name, Work work) {
  work();
#ifdef EARLYSIGHT_GUARD_COUNTS
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
  work();
  CALLGRIND_DUMP_STATS_AT(name.c_str());
  CALLGRIND_STOP_INSTRUMENTATION;
#endif
}

struct folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("earlysight-guard-" + std::to_string(::getpid()));
  ~folder() {
    std::error_code code;
    std::filesystem::remove_all(path, code);
  }
};

std::vector<std::pair<std::size_t, std::int32_t>> flagged(const run_result& run, std::size_t most) {
  std::vector<std::pair<std::size_t, std::int32_t>> out;
  for (std::size_t i = 0; i < run.outcomes.children() && out.size() < most; ++i)
    for (std::size_t r = 0; r < run.plan->program->rules.size(); ++r)
      if (run.outcomes.at(i, r) == outcome::fires) {
        out.emplace_back(i, static_cast<std::int32_t>(r));
        break;
      }
  return out;
}

}  // namespace

int main() try {
#ifndef EARLYSIGHT_GUARD_COUNTS
  return std::puts("built without valgrind/callgrind.h: nothing counts"), 77;
#endif
  for (const auto& f : kernel_families::families) count(std::string("kernel ") + f.name, [&] { f.run(kernel::active()); });

  const auto pack = workload::reference_pack();
  const auto data = workload::generate(10'000, 1);
  run_options one_thread;
  one_thread.threads = 1;
  count("lower the reference pack", [&] { lower(pack, workload::as_of()).value_or_throw(); });
  const auto plan = std::make_shared<const earlysight::plan>(lower(pack, workload::as_of()).value_or_throw());
  count("build cohort-10k", [&] { workload::view(data, pack->schema).value_or_throw(); });
  const auto cohort = workload::view(data, pack->schema).value_or_throw();
  count("score cohort-10k", [&] { score(plan, cohort, one_thread).value_or_throw(); });

  const auto run = score(plan, cohort, one_thread).value_or_throw();
  const auto reasons = flagged(run, 100);
  explainer why(plan);
  why.use(cohort);
  count("explain 100 children, values", [&] {
    for (const auto& [child, rule] : reasons) why.look(child, rule);
  });
  count("explain 100 children, text", [&] {
    for (const auto& [child, rule] : reasons) render_text(why.explain(child, rule), false);
  });

  const folder files;
  workload::write_csv(workload::generate(1'000, 1), pack->schema, files.path);
  load_options reading;
  reading.threads = 1;
  count("read 1,000 children from CSV", [&] { load_cohort(pack->schema, files.path, reading).value_or_throw(); });
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "earlysight-guard: %s\n", e.what());
  return 1;
}
