// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/data/cohort_builder.hpp>
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/result/outcomes.hpp>

#include <numeric>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

// A cohort in this test's own memory: children with and without a year, and referrals of some of them.
struct many_children {
  std::vector<std::string> keys;
  std::vector<std::string_view> key_views;
  std::vector<double> year;
  std::vector<std::uint64_t> year_known;
  std::vector<std::uint32_t> referral_child;
  std::vector<std::int32_t> made;
  std::vector<std::uint8_t> urgent;
  std::vector<std::uint64_t> urgent_known;

  explicit many_children(std::size_t n) : year_known(n / 64 + 1), urgent_known(n / 10 + 2) {
    const auto first_day = parse_date("2024-09-02")->day;
    for (std::size_t i = 0; i < n; ++i) {
      keys.push_back("c" + std::to_string(i));
      year.push_back(static_cast<double>(i % 7));
      if (i % 5 != 0) year_known[i / 64] |= std::uint64_t{1} << (i % 64);
      for (std::size_t j = 0; j < i * 7 % 5; ++j) {
        const auto row = made.size();
        referral_child.push_back(static_cast<std::uint32_t>(i));
        made.push_back(first_day + static_cast<std::int32_t>(i % 100 + 40 * j));
        urgent.push_back((i + j) % 3 != 0);
        if ((i + 2 * j) % 4 != 0) urgent_known[row / 64] |= std::uint64_t{1} << (row % 64);
      }
    }
    key_views.assign(keys.begin(), keys.end());
  }

  cohort build(const schema& s) const {
    const host_table child{"child", keys.size(), {{"child_id", {}, key_views, {}, {}}, {"year", std::span<const double>(year), {}, {year_known.data()}, {}}}, {}, {}};
    const host_table referral{"referral", made.size(), {{"made", std::span<const std::int32_t>(made), {}, {}, {}}, {"urgent", std::span<const std::uint8_t>(urgent), {}, {urgent_known.data()}, {}}}, {}, referral_child};
    return build_cohort(s, {child, referral}).value_or_throw();
  }
};

const std::string items = R"(
theme both up to 15 points
flag other "Other" in both
flag third "Third" in both
rule a "A" for year is at least 2 when any referral in the last 6 months where urgent raise at_risk, 10 points
rule b "B" when at least 2 referrals where urgent, no referral in the 5 weeks after referral's made raise other high, 10 points
rule c "C" when (longest run of referral where urgent) is at least 2 unless year is 3 raise third, 10 points
rule d "D" when at_risk is raised and year is less than 5 raise other, 20 points
band red from 20 points
band green from 0 points
)";

}  // namespace

TEST_CASE("the same bytes for every number of threads and every block size", "[engine]") {
  const auto p = checked(pack_with(items));
  const auto lowered = std::make_shared<const plan>(lower(p, *parse_date("2025-06-20")).value_or_throw());
  const many_children memory(500);
  const auto data = memory.build(p->schema);
  const auto whole = score(lowered, data, {.threads = 1, .block = 4096, .progress = {}, .stop = nullptr}).value_or_throw();
  for (std::size_t r = 0; r < p->rules.size(); ++r) {
    CHECK(whole.outcomes.count(r, outcome::fires) > 0);
    CHECK(whole.outcomes.count(r, outcome::cannot_tell) > 0);
  }
  for (unsigned threads : {1u, 2u, 3u, 8u})
    for (std::size_t block : {1u, 7u, 64u, 4096u, 0u}) {
      INFO(threads << " threads, blocks of " << block);
      const auto other = score(lowered, data, {.threads = threads, .block = block, .progress = {}, .stop = nullptr}).value_or_throw();
      bool same = whole.scores.low == other.scores.low && whole.scores.high == other.scores.high && whole.scores.band_low == other.scores.band_low && whole.scores.band_high == other.scores.band_high;
      for (std::size_t c = 0; c < data.children; ++c)
        for (std::size_t r = 0; r < p->rules.size(); ++r) same = same && whole.outcomes.at(c, r) == other.outcomes.at(c, r);
      CHECK(same);
    }
}

TEST_CASE("one child alone is what the child is in the cohort, with and without everything worked out", "[engine]") {
  const auto p = checked(pack_with(items));
  const auto lowered = lower(p, *parse_date("2025-06-20")).value_or_throw();
  const many_children memory(200);
  const auto data = memory.build(p->schema);
  evaluation together(lowered, data), alone(lowered, data);
  together.run(0, data.children, false);
  for (std::size_t c = 0; c < data.children; ++c) {
    alone.run(c, 1, c % 2 == 0);
    for (auto node : lowered.rules) {
      const auto x = together.at(node, c), y = alone.at(node, 0);
      CHECK((x.known == y.known && x.present == y.present && x.truth == y.truth));
    }
  }
}

TEST_CASE("after a run for the rules alone, numbers are not known and outcomes stand; after one of everything, both", "[engine]") {
  const auto p = checked(pack_with(items));
  const many_children memory(200);
  const auto data = memory.build(p->schema);
  const auto plan_ = lower(p, *parse_date("2025-06-20")).value_or_throw();
  plan_node_id year = -1;
  for (std::size_t i = 0; i < plan_.nodes.size(); ++i)
    if (plan_.nodes[i].op == plan_operation::load && plan_.nodes[i].space == 0 && plan_.nodes[i].type.of == kind::number) year = static_cast<plan_node_id>(i);
  REQUIRE(year >= 0);
  evaluation e(plan_, data);
  e.run(0, 200, true);
  REQUIRE(e.at(year, 6).has_value());
  const auto fires = e.at(plan_.rules[0], 6);
  e.run(0, 200, false);
  CHECK_FALSE(e.at(year, 6).has_value());
  CHECK(e.at(plan_.rules[0], 6).truth == fires.truth);
  CHECK(e.at(plan_.rules[0], 6).known == fires.known);
  e.run(0, 200, true);
  CHECK(e.at(year, 6).number == 6);
}

TEST_CASE("a run that the host stops says so, and a cohort of no children is scored", "[engine]") {
  const auto p = checked(pack_with(items));
  const auto lowered = std::make_shared<const plan>(lower(p, *parse_date("2025-06-20")).value_or_throw());
  const many_children memory(100), nobody(0);
  const auto data = memory.build(p->schema), empty = nobody.build(p->schema);
  const std::atomic<bool> stop{true};
  const auto stopped = score(lowered, data, {.threads = 2, .block = 8, .progress = {}, .stop = &stop});
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().kind == failure_kind::arguments);
  CHECK(score(lowered, empty).value_or_throw().outcomes.children() == 0);
}
