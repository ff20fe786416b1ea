// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/earlysight.hpp>

#include <map>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

const std::string items = R"(
flag other "Other"
rule low "Low" for year is 6 when attendance is less than 90% or any referral in the last 6 weeks where urgent raise at_risk because "Only {attendance}"
rule waits "Waits" when (count of referral where not yet seen) is at least 2 raise other
example "Low" on 2025-06-20 given child year 6, attendance 81.2% given referral made 2025-06-02, urgent yes expect low fires
example "Waits" on 2025-06-20 given child year 5, attendance 95% given referral made 2025-05-02 given referral made 2025-04-02 expect waits fires
)";

std::string said(const explanation& x) { return render_json({x}); }

}  // namespace

TEST_CASE("an explainer says what explain says, whatever it was asked before, and of one cohort after another", "[explain]") {
  const auto p = checked(pack_with(items));
  const auto examples = run_examples(p);
  REQUIRE(examples.size() == 2);
  explainer why(examples[0].lowered);
  for (int again = 0; again < 2; ++again)
    for (const auto& each : examples) {
      why.use(*each.data);
      for (std::int32_t r = 0; r < static_cast<std::int32_t>(p->rules.size()); ++r) CHECK(said(why.explain(0, r)) == said(explain(*each.lowered, *each.data, 0, r)));
    }
}

TEST_CASE("the values that a rule looked at are given with the expressions that they are of", "[explain]") {
  const auto p = checked(pack_with(items));
  const auto examples = run_examples(p);
  explainer why(examples[0].lowered);
  why.use(*examples[0].data);
  const auto seen = why.look(0, p->find_rule("low"));
  CHECK(seen.outcome == outcome::fires);
  std::map<std::string, cell> by_words;
  for (const auto& v : seen.all) by_words[p->sources->one_line((*p)[v.of].where)] = v.value;
  CHECK(by_words.at("attendance").number == 0.812);
  CHECK(by_words.at("attendance is less than 90%").truth);
  CHECK(by_words.at("year").number == 6);
  CHECK(by_words.at("any referral in the last 6 weeks where urgent").truth);
}
