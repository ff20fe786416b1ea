// SPDX-License-Identifier: Apache-2.0
#include <workload/workload.hpp>

#include <earlysight/plan/plan.hpp>
#include <earlysight/result/outcomes.hpp>

#include <catch2/catch.hpp>

using namespace earlysight;

namespace {

run_result score_workload(const std::shared_ptr<const program>& pack, const workload::memory& data) {
  const auto cohort = workload::view(data, pack->schema).value_or_throw();
  CHECK(cohort.rejected.empty());
  const auto plan = std::make_shared<const earlysight::plan>(lower(pack, workload::as_of()).value_or_throw());
  return score(plan, cohort).value_or_throw();
}

}  // namespace

TEST_CASE("every rule of the reference workload fires for some children, is silent of some and cannot tell of some") {
  const auto pack = workload::reference_pack();
  REQUIRE(pack);
  REQUIRE(pack->rules.size() == 60);
  const auto run = score_workload(pack, workload::generate(10'000, 1));
  for (std::size_t r = 0; r < pack->rules.size(); ++r) {
    CAPTURE(pack->rules[r].name);
    CHECK(run.outcomes.count(r, outcome::fires) >= 1);
    CHECK(run.outcomes.count(r, outcome::silent) >= 1);
    CHECK(run.outcomes.count(r, outcome::cannot_tell) >= 1);
    if (pack->rules[r].for_ >= 0) CHECK(run.outcomes.count(r, outcome::not_applicable) >= 1);
  }
  std::size_t bands[3][3] = {};
  for (std::size_t i = 0; i < run.outcomes.children(); ++i) ++bands[run.scores.band_low[i]][run.scores.band_high[i]];
  for (int low = 0; low < 3; ++low)
    for (int high = low; high < 3; ++high) CHECK(bands[low][high] >= 3);
}

TEST_CASE("a child of the reference workload is the same in a cohort of any size") {
  const auto pack = workload::reference_pack();
  const auto few = score_workload(pack, workload::generate(500, 7)), many = score_workload(pack, workload::generate(2'000, 7));
  for (std::size_t i = 0; i < 500; ++i) {
    CHECK(few.scores.low[i] == many.scores.low[i]);
    CHECK(few.scores.high[i] == many.scores.high[i]);
  }
}
