// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/earlysight.hpp>

using namespace earlysight;
using namespace earlysight::testing;

TEST_CASE("a scorer says of each child what the run of its cohort says, and goes on to another cohort", "[result]") {
  const auto p = checked(pack_with(R"(
rule low "Low" for year is 6 when attendance is less than 90% raise at_risk, 10 points
rule moving "Moving" when moved raise at_risk, 20 points
band red from 20 points
band green from 0 points
)"));
  const auto lowered = std::make_shared<const plan>(lower(p, *parse_date("2025-06-20")).value_or_throw());
  const std::vector<std::string_view> keys{"a", "b", "c"};
  const std::vector<double> year{6, 5, 6}, attendance{0.8, 0.8, 0.95};
  const std::vector<std::uint8_t> moved{0, 1, 0};
  const std::uint64_t moved_known = 0b011;
  auto children = [&](std::size_t from, std::size_t n) {
    const std::span all(keys);
    return build_cohort(p->schema, {{"child", n, {{"child_id", {}, all.subspan(from, n), {}, {}}, {"year", std::span(year).subspan(from, n), {}, {}, {}}, {"attendance", std::span(attendance).subspan(from, n), {}, {}, {}},
                                                  {"moved", std::span(moved).subspan(from, n), {}, {from == 0 ? &moved_known : nullptr}, {}}}, {}, {}}}).value_or_throw();
  };
  const auto all = children(0, 3);
  const auto whole = score(lowered, all).value_or_throw();
  scorer one(lowered);
  one.use(all);
  for (std::size_t c : {2u, 0u, 1u, 0u}) {
    const auto& alone = one.score(c);
    for (std::size_t r = 0; r < p->rules.size(); ++r) CHECK(alone.outcomes.at(0, r) == whole.outcomes.at(c, r));
    CHECK(alone.scores.low[0] == whole.scores.low[c]);
    CHECK(alone.scores.high[0] == whole.scores.high[c]);
    CHECK(alone.scores.band_low[0] == whole.scores.band_low[c]);
    CHECK(alone.scores.band_high[0] == whole.scores.band_high[c]);
  }
  // Of the third child it was not known whether it moved; the next cohort says that it did not.
  CHECK(one.score(2).outcomes.at(0, static_cast<std::size_t>(p->find_rule("moving"))) == outcome::cannot_tell);
  const auto another = children(2, 1);
  one.use(another);
  CHECK(one.score(0).outcomes.at(0, static_cast<std::size_t>(p->find_rule("moving"))) == outcome::silent);
}
