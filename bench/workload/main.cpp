// SPDX-License-Identifier: Apache-2.0
// earlysight-workload: makes the data of the reference workload, and scores it when asked, a line a question on standard input.
#include "bandwidth.hpp"
#include "workload.hpp"

#include <earlysight/data/load.hpp>
#include <earlysight/engine/evaluation.hpp>
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
#include <time.h>

namespace {

using namespace earlysight;

constexpr const char* usage = R"(earlysight-workload [--children N] [--seed N] [--pack FILE] [SHAPE] [--numpy FOLDER] [--csv FOLDER] [--serve]

--pack           the rules, over the tables of workload.sight; without it those of workload.sight
--numpy, --csv   write the data and end, unless --serve
SHAPE            how the data differ from the reference:
  --missing X          share of the cells not known, of all tables but attendance (0.03)
  --missing-weeks X    share of the cells not known, of attendance (0)
  --shuffled           rows many per child stand in no order
  --long-table T --long-rows N [--long-daily]
                       the middle child has N rows more of the table T; of attendance: by the day, not by the week
  --categories N       columns child.ward and referral.provider of N categories, which the pack must declare
--serve          answer on standard output, a line each, to lines on standard input:
                   score THREADS      seconds of one run over the data in memory
                   cpu THREADS        seconds of processor time of one run, of all threads
                   build              seconds of processor time to make the cohort anew of the data in memory
                   build-csv FOLDER   the same of CSV files, one thread
                   alone              seconds a child, one child at a time by a host that keeps its evaluation: the same one again, then others
                   host THREADS       seconds of viewing the memory as a cohort, and with scoring it
                   load FOLDER THREADS  seconds of reading CSV files and scoring them
                   outcomes FILE      writes a byte a rule and child (0 silent, 1 fires, 2 cannot tell, 3 not applicable), then the low and
                                      the high scores as doubles
                   read THREADS       bytes a second at which this machine reads memory now
                   copy THREADS       bytes read and written a second
                   bytes              of the columns that the rules read
                   flagged            of the last run, the share of children for whom a rule fires
                   regular            of the cohort, the names of the tables held time by time
                   rules              names, in the order of the outcomes
)";

double since(std::chrono::steady_clock::time_point start) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }

// Of the whole process: what other programs do on this machine tells less here than in the time of the clock.
double processor_time() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double share_flagged(const run_result& run) {
  std::size_t flagged = 0;
  for (std::size_t i = 0; i < run.outcomes.children(); ++i) {
    bool fires = false;
    for (std::size_t r = 0; r < run.plan->program->rules.size() && !fires; ++r) fires = run.outcomes.at(i, r) == outcome::fires;
    flagged += fires;
  }
  return static_cast<double>(flagged) / static_cast<double>(run.outcomes.children());
}

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

// Seconds a child, one child after another: the same (step 0), or each far from the last, so that no cache holds it.
double alone(evaluation& e, std::size_t children, std::size_t step) {
  constexpr std::size_t times = 5000;
  std::size_t child = 0;
  e.run(child, 1, false);
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < times; ++i) {
    child = (child + step) % children;
    e.run(child, 1, false);
  }
  return since(start) / times;
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
    if (verb == "load" || verb == "build-csv") words >> folder;
    if (verb == "score" || verb == "cpu" || verb == "host" || verb == "load" || verb == "read" || verb == "copy") words >> threads;
    run_options how;
    how.threads = threads;
    if (verb == "score") {
      last.reset();
      const auto start = std::chrono::steady_clock::now();
      last = score(plan, cohort, how).value_or_throw();
      std::printf("%.9f\n", since(start));
    } else if (verb == "cpu") {
      last.reset();
      const auto start = processor_time();
      last = score(plan, cohort, how).value_or_throw();
      std::printf("%.9f\n", processor_time() - start);
    } else if (verb == "build" || verb == "build-csv") {
      load_options reading;
      reading.threads = 1;
      const auto start = processor_time();
      const auto made = verb == "build" ? workload::view(data, pack->schema).value_or_throw() : load_cohort(pack->schema, folder, reading).value_or_throw();
      std::printf("%.9f\n", processor_time() - start);
    } else if (verb == "alone") {
      evaluation e(*plan, cohort);
      const auto warm = alone(e, data.children, 0);
      std::printf("%.9f %.9f\n", warm, alone(e, data.children, 61'803));
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
    } else if (verb == "flagged") {
      std::printf("%.6f\n", last ? share_flagged(*last) : 0.0);
    } else if (verb == "regular") {
      for (std::size_t t = 0; t < cohort.tables.size(); ++t)
        if (cohort.tables[t].panel) std::printf("%s ", pack->schema.tables[t].name.c_str());
      std::puts("");
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
  std::map<std::string, std::string> given;
  workload::shape of;
  bool answers = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--serve") answers = true;
    else if (word == "--shuffled") of.shuffled = true;
    else if (word == "--long-daily") of.long_daily = true;
    else if (std::string(" --children --seed --pack --missing --missing-weeks --long-table --long-rows --categories --numpy --csv ").find(" " + word + " ") != std::string::npos && i + 1 < argc) given[word] = argv[++i];
    else return std::fputs(usage, stderr), 2;
  }
  auto number = [&](const char* option, auto& out) {
    if (given.contains(option)) out = static_cast<std::decay_t<decltype(out)>>(std::stod(given[option]));
  };
  number("--children", of.children), number("--seed", of.seed), number("--missing", of.missing), number("--missing-weeks", of.missing_weeks);
  number("--long-rows", of.long_rows), number("--categories", of.categories);
  of.long_table = given["--long-table"];
  const auto pack = given.contains("--pack") ? workload::pack_at(given["--pack"]) : workload::reference_pack();
  const auto data = workload::generate(of);
  if (given.contains("--numpy")) workload::write_numpy(data, given["--numpy"]);
  if (given.contains("--csv")) workload::write_csv(data, pack->schema, given["--csv"]);
  return answers ? serve(pack, data) : 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "earlysight-workload: %s\n", e.what());
  return 1;
}
