// SPDX-License-Identifier: Apache-2.0
// The memory that bench/MEMORY.md states, measured: EARLYSIGHT_CHILDREN=1000000 build/release/tests/earlysight-memory-test
#include "memory/counting.hpp"
#include "support/data_folder.hpp"

#include <workload/workload.hpp>

#include <earlysight/plan/plan.hpp>
#include <earlysight/result/outcomes.hpp>

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>

using namespace earlysight;

namespace {

std::size_t children() {
  const char* given = std::getenv("EARLYSIGHT_CHILDREN");
  return given ? std::strtoull(given, nullptr, 10) : 20'000;
}

// The whole number of a row "| what | number |" of the page.
double stated(const std::string& what) {
  std::ifstream page(EARLYSIGHT_SOURCE_DIR "/bench/MEMORY.md");
  for (std::string line; std::getline(page, line);) {
    const auto cells = "| " + what + " | ";
    if (line.rfind(cells, 0) != 0) continue;
    std::string digits;
    for (const char c : line.substr(cells.size(), line.find('|', cells.size()) - cells.size()))
      if (c != ',' && c != ' ') digits += c;
    return std::stod(digits);
  }
  FAIL("bench/MEMORY.md states nothing of: " + what);
  return 0;
}

void check(const std::string& what, double measured) {
  std::printf("%-52s %12.0f\n", what.c_str(), measured);
  CAPTURE(what, measured, stated(what));
  CHECK(measured < 2 * stated(what));
  // A page that states far too much would hold nothing.
  CHECK(measured > stated(what) / 2);
}

struct held_by {
  std::size_t before = testing::bytes_held();
  held_by() { testing::forget_peak(); }
  double now() const { return static_cast<double>(testing::bytes_held() - before); }
  double peak() const { return static_cast<double>(testing::bytes_at_peak() - before); }
};

}  // namespace

TEST_CASE("the memory of a child is less than twice what the page states") {
  const auto pack = workload::reference_pack();
  const auto plan = std::make_shared<const earlysight::plan>(lower(pack, workload::as_of()).value_or_throw());
  const auto n = static_cast<double>(children());
  const testing::data_folder files;
  workload::write_csv(workload::generate(children(), 1), pack->schema, files.path());

  load_options reading;
  reading.threads = 1;
  const held_by cohort_bytes;
  const auto cohort = load_cohort(pack->schema, files.path(), reading).value_or_throw();
  const auto cohort_now = cohort_bytes.now();
  check("cohort read from CSV, bytes a child", cohort_now / n);
  check("the most while it is read, bytes a child", cohort_bytes.peak() / n);

  run_options how;
  how.threads = 1;
  const held_by run_bytes;
  const auto run = score(plan, cohort, how).value_or_throw();
  const auto outcomes = run_bytes.now(), one_thread = run_bytes.peak() - outcomes;
  check("outcomes and scores, bytes a child", outcomes / n);
  check("scoring, bytes a thread", one_thread);
  const auto columns = static_cast<double>(workload::bytes_read(*pack, cohort));
  std::printf("%-52s %12.0f\n%-52s %12.2f\n", "columns that the rules read, bytes a child", columns / n, "cohort and the peak of scoring, of those columns", (cohort_now + run_bytes.peak()) / columns);
}

TEST_CASE("the memory over a host's columns is less than twice what the page states") {
  const auto pack = workload::reference_pack();
  const auto plan = std::make_shared<const earlysight::plan>(lower(pack, workload::as_of()).value_or_throw());
  const auto n = static_cast<double>(children());
  const auto data = workload::generate(children(), 1);
  const held_by bytes;
  const auto cohort = workload::view(data, pack->schema).value_or_throw();
  check("cohort that views a host's columns, bytes a child", bytes.now() / n);
  check("the most while it is made, bytes a child", bytes.peak() / n);
  run_options how;
  how.threads = 1;
  const auto run = score(plan, cohort, how).value_or_throw();
  const auto columns = static_cast<double>(workload::bytes_read(*pack, cohort));
  std::printf("%-52s %12.0f\n%-52s %12.2f\n", "columns that the rules read, bytes a child", columns / n, "those columns and the peak over them, of the columns", (columns + bytes.peak()) / columns);
}
