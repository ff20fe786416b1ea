// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/plan/slice.hpp>

#include <algorithm>

using namespace earlysight;
using namespace earlysight::testing;

TEST_CASE("a slice holds what its nodes rest on, numbered anew in the same order, and nothing else", "[plan]") {
  const auto p = checked(pack_with(R"(
rule often "Often" when any referral where service is camhs, (share of referral where made is before referral's made) is 25% raise at_risk
rule low "Low" when attendance is less than 90% raise at_risk)"));
  const auto whole = lower(p, *parse_date("2025-06-20")).value_or_throw();
  REQUIRE_FALSE(whole.frames.empty());
  const auto low = whole.rules[static_cast<std::size_t>(p->find_rule("low"))];
  const auto cut = slice(whole, std::vector<plan_node_id>{-1, low});
  CHECK(cut.part.nodes.size() < whole.nodes.size());
  CHECK(cut.part.spaces.size() == 1);
  CHECK(cut.part.frames.empty());
  CHECK(cut.part.rules[static_cast<std::size_t>(p->find_rule("often"))] == -1);
  CHECK(cut.part.rules[static_cast<std::size_t>(p->find_rule("low"))] == static_cast<plan_node_id>(cut.part.nodes.size()) - 1);
  for (std::size_t i = 0; i < cut.part.nodes.size(); ++i)
    for (auto input : cut.part.nodes[i].inputs) CHECK((input >= 0 && static_cast<std::size_t>(input) < i));
  const auto all = slice(whole, whole.rules);
  CHECK(all.part.frames.size() == whole.frames.size());
  CHECK(std::count_if(all.part.rules.begin(), all.part.rules.end(), [](plan_node_id id) { return id < 0; }) == 0);
}
