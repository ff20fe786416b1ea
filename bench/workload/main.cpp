// SPDX-License-Identifier: Apache-2.0
// earlysight-workload: makes the data of the reference workload, and scores it when asked, a line a question on standard input.
#include "bandwidth.hpp"
#include "workload.hpp"

#include <earlysight/data/load.hpp>
#include <earlysight/plan/plan.hpp>
#include <earlysight/result/outcomes.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>

namespace {

using namespace earlysight;

constexpr const char* usage = R"(earlysight-workload [--children N] [--seed N] [--numpy FOLDER] [--csv FOLDER] [--serve]

--numpy, --csv   write the data and end, unless --serve
--serve          answer on standard output, a line each, to lines on standard input:
                   score THREADS      seconds of one run over the data in memory
                   host THREADS       seconds of viewing the memory as a cohort, and with scoring it
                   load FOLDER THREADS  seconds of reading CSV files and scoring them
                   outcomes FILE      writes a byte a rule and child (0 silent, 1 fires, 2 cannot tell, 3 not applicable), then the low and
                                      the high scores as doubles
                   read THREADS       bytes a second at which this machine reads memory now
                   copy THREADS       bytes read and written a second
                   bytes              of the columns that the rules read
                   rules              names, in the order of the outcomes
)";

double since(std::chrono::steady_clock::time_point start) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }

void write_outcomes(const run_result& run, const std::string& path) {
  const auto children = run.outcomes.children(), rules = run.plan->program->rules.size();
  std::ofstream out(path, std::ios::binary);
  std::vector<char> codes(children);
  for (std::size_t r = 0; r < rules; ++r) {
    for (std::size_t i = 0; i < children; ++i) codes[i] = static_cast<char>(run.outcomes.at(i, r));
    out.write(codes.data(), static_cast<std::streamsize>(children));
  }
  for (const auto* scores : {&run.scores.low, &run.scores.high}) out.write(reinterpret_cast<const char*>(scores->data()), static_cast<std::streamsize>(children * sizeof(double)));
}

int serve(const std::shared_ptr<const program>& pack, const workload::memory& data) {
  const auto cohort = workload::view(data, pack->schema).value_or_throw();
  const auto plan = std::make_shared<const earlysight::plan>(lower(pack, workload::as_of()).value_or_throw());
  std::optional<workload::bandwidth_probe> probe;
  std::optional<run_result> last;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb, folder;
    unsigned threads = 1;
    words >> verb;
    if (verb == "load") words >> folder;
    if (verb == "score" || verb == "host" || verb == "load" || verb == "read" || verb == "copy") words >> threads;
    run_options how;
    how.threads = threads;
    if (verb == "score") {
      last.reset();
      const auto start = std::chrono::steady_clock::now();
      last = score(plan, cohort, how).value_or_throw();
      std::printf("%.9f\n", since(start));
    } else if (verb == "host") {
      last.reset();
      const auto start = std::chrono::steady_clock::now();
      const auto viewed = workload::view(data, pack->schema).value_or_throw();
      const auto seen = since(start);
      last = score(plan, viewed, how).value_or_throw();
      std::printf("%.9f %.9f\n", seen, since(start));
    } else if (verb == "load") {
      last.reset();
      const auto start = std::chrono::steady_clock::now();
      load_options reading;
      reading.threads = threads;
      const auto loaded = load_cohort(pack->schema, folder, reading).value_or_throw();
      const auto read = since(start);
      last = score(plan, loaded, how).value_or_throw();
      std::printf("%.9f %.9f %zu\n", read, since(start), loaded.rejected.size());
    } else if (verb == "outcomes") {
      std::string path;
      words >> path;
      if (last) write_outcomes(*last, path);
      std::puts(last ? "written" : "nothing scored yet");
    } else if (verb == "read" || verb == "copy") {
      if (!probe) probe.emplace();
      std::printf("%.0f\n", verb == "read" ? probe->read(threads) : probe->copy(threads));
    } else if (verb == "bytes") {
      std::printf("%zu\n", workload::bytes_read(*pack, cohort));
    } else if (verb == "rules") {
      for (const auto& r : pack->rules) std::printf("%s ", r.name.c_str());
      std::puts("");
    } else {
      std::puts("unknown");
    }
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  std::map<std::string, std::string> given{{"--children", "10000"}, {"--seed", "1"}};
  bool answers = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--serve") answers = true;
    else if ((word == "--children" || word == "--seed" || word == "--numpy" || word == "--csv") && i + 1 < argc) given[word] = argv[++i];
    else return std::fputs(usage, stderr), 2;
  }
  const auto pack = workload::reference_pack();
  const auto data = workload::generate(std::stoull(given["--children"]), std::stoull(given["--seed"]));
  if (given.contains("--numpy")) workload::write_numpy(data, given["--numpy"]);
  if (given.contains("--csv")) workload::write_csv(data, pack->schema, given["--csv"]);
  return answers ? serve(pack, data) : 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "earlysight-workload: %s\n", e.what());
  return 1;
}
