// SPDX-License-Identifier: Apache-2.0
// The packs that ship, on children whose lives are told: real rules meet what random packs do not think of.
#include "../oracle/oracle.hpp"

#include <earlysight/earlysight.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <unistd.h>

using namespace earlysight;

TEST_CASE("the engine says what the plain evaluator says, of every pack on a simulated cohort", "[agreement]") {
  const auto report = load_pack(EARLYSIGHT_SOURCE_DIR "/rules/national").value_or_throw();
  REQUIRE(report.checked);
  const auto& p = *report.checked;
  simulate_options o;
  // More by hand: the plain evaluator takes its time.
  const char* wanted = std::getenv("EARLYSIGHT_CHILDREN");
  o.children = wanted ? std::atoll(wanted) : 40;
  o.from = parse_date("2023-09-04"), o.to = parse_date("2025-06-20");
  const auto data = simulate_cohort(p, o).value_or_throw();
  std::size_t compared = 0, disagreements = 0;
  for (const char* day : {"2025-06-20", "2024-11-15", "2024-08-20"}) {
    const auto lowered = std::make_shared<const plan>(lower(report.checked, *parse_date(day)).value_or_throw());
    const auto run = score(lowered, data).value_or_throw();
    for (std::size_t c = 0; c < data.children && disagreements < 20; ++c) {
      const auto want = oracle::evaluate(p, data, lowered->as_of, c);
      for (std::size_t r = 0; r < p.rules.size(); ++r) {
        ++compared;
        const std::string got = name_of(run.outcomes.at(c, r));
        if (got == want.outcomes[r]) continue;
        ++disagreements;
        UNSCOPED_INFO("as of " << day << ", child " << data.key_of(c) << ", " << p.rules[r].name << ": the engine says " << got << ", the oracle " << want.outcomes[r]);
      }
      if (want.score_low != run.scores.low[c] || want.score_high != run.scores.high[c]) {
        ++disagreements;
        UNSCOPED_INFO("as of " << day << ", child " << data.key_of(c) << ": score " << run.scores.low[c] << " to " << run.scores.high[c] << ", the oracle " << want.score_low << " to " << want.score_high);
      }
    }
  }
  CHECK(disagreements == 0);
  CHECK(compared == 3 * data.children * p.rules.size());
}
