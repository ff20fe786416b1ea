// SPDX-License-Identifier: Apache-2.0
#include <earlysight/data/load.hpp>
#include <workload/workload.hpp>

#include <benchmark/benchmark.h>

#include <unistd.h>

namespace {

using namespace earlysight;

// The files of 50,000 children of the reference workload, gone when the process ends.
class files {
 public:
  files() : folder(std::filesystem::temp_directory_path() / ("earlysight-bench-" + std::to_string(::getpid()))), pack(workload::reference_pack()) {
    workload::write_csv(workload::generate(50'000, 1), pack->schema, folder);
    for (const auto& f : std::filesystem::directory_iterator(folder)) bytes += static_cast<std::int64_t>(f.file_size());
  }
  ~files() { std::filesystem::remove_all(folder); }

  std::filesystem::path folder;
  std::shared_ptr<const program> pack;
  std::int64_t bytes = 0;
};

// Every table; nine bytes in ten are attendance.
void read_csv(benchmark::State& state) {
  static const files f;
  load_options how;
  how.threads = static_cast<unsigned>(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(load_cohort(f.pack->schema, f.folder, how));
  state.SetBytesProcessed(state.iterations() * f.bytes);
}
BENCHMARK(read_csv)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
