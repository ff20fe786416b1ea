// SPDX-License-Identifier: Apache-2.0
#include <earlysight/base/digest.hpp>
#include <earlysight/data/load.hpp>
#include <workload/workload.hpp>

#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <unistd.h>

namespace {

using namespace earlysight;

// The files of 50,000 children of the reference workload, gone when the process ends.
class files {
 public:
  files() : folder(std::filesystem::temp_directory_path() / ("earlysight-bench-" + std::to_string(::getpid()))), pack(workload::reference_pack()) {
    workload::write_csv(workload::generate(50'000, 1), pack->schema, all());
    for (const auto& f : std::filesystem::directory_iterator(all())) bytes_of_all += static_cast<std::int64_t>(f.file_size());
    // Attendance, and of the children no more than their keys: one byte in a hundred.
    std::filesystem::create_directories(attendance());
    std::filesystem::copy(all() / "attendance.csv", attendance());
    std::ifstream children(all() / "child.csv");
    std::ofstream keys(attendance() / "child.csv");
    for (std::string line; std::getline(children, line);) keys << line.substr(0, line.find(',')) << '\n';
    bytes_of_attendance = static_cast<std::int64_t>(std::filesystem::file_size(attendance() / "attendance.csv"));
  }
  ~files() { std::filesystem::remove_all(folder); }
  std::filesystem::path all() const { return folder / "all"; }
  std::filesystem::path attendance() const { return folder / "attendance"; }

  std::filesystem::path folder;
  std::shared_ptr<const program> pack;
  std::int64_t bytes_of_all = 0, bytes_of_attendance = 0;
};

const files& made() {
  static const files f;
  return f;
}

void read_folder(benchmark::State& state, const std::filesystem::path& folder, std::int64_t bytes) {
  load_options how;
  how.threads = static_cast<unsigned>(state.range(0));
  for (auto _ : state) {
    const auto read = load_cohort(made().pack->schema, folder, how);
    if (!read || !read->rejected.empty()) return state.SkipWithError("the files cannot be read");
  }
  state.SetBytesProcessed(state.iterations() * bytes);
}

// Every table; nine bytes in ten are attendance.
void read_csv(benchmark::State& state) { read_folder(state, made().all(), made().bytes_of_all); }
BENCHMARK(read_csv)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

// Every field checked, and the file's digest made; the digest takes its part of the threads given.
void read_attendance(benchmark::State& state) { read_folder(state, made().attendance(), made().bytes_of_attendance); }
BENCHMARK(read_attendance)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

// The digest alone, of the same bytes.
void digest_attendance(benchmark::State& state) {
  std::ifstream file(made().attendance() / "attendance.csv", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  for (auto _ : state) benchmark::DoNotOptimize(sha256_hex(bytes));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(digest_attendance)->UseRealTime()->Unit(benchmark::kMillisecond);

// What no reader can do without: the same bytes, fetched from the file into memory.
void copy_attendance(benchmark::State& state) {
  std::string bytes(static_cast<std::size_t>(made().bytes_of_attendance), 0);
  for (auto _ : state) {
    std::ifstream file(made().attendance() / "attendance.csv", std::ios::binary);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * made().bytes_of_attendance);
}
BENCHMARK(copy_attendance)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
