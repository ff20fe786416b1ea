// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/earlysight.hpp>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

explanation explained(const std::string& items, const std::string& rule) {
  static std::vector<std::pair<std::shared_ptr<const plan>, std::shared_ptr<const cohort>>> keep;
  const auto p = checked(pack_with(items));
  auto results = run_examples(p);
  REQUIRE(results.size() == 1);
  keep.emplace_back(results[0].lowered, results[0].data);
  return explain(*results[0].lowered, *results[0].data, 0, p->find_rule(rule));
}

}  // namespace

TEST_CASE("an explanation says how far a value is from its threshold", "[explain]") {
  const auto x = explained(R"(rule low "Low" when attendance is less than 90% raise at_risk because "Only {attendance}"
example "Low" on 2025-06-20 given child attendance 81.2% expect low fires)",
                           "low");
  CHECK(x.outcome == outcome::fires);
  CHECK(x.because == "Only 81.2%");
  REQUIRE(x.clauses.size() == 1);
  CHECK(x.clauses[0].root.margin == "8.8 points below the threshold");
}

TEST_CASE("the smallest sufficient set leaves out what did not matter", "[explain]") {
  const auto x = explained(R"(rule low "Low" when (moved and year is 6) or attendance is less than 90% raise at_risk
example "Both" on 2025-06-20 given child attendance 80%, moved yes, year 6 expect low fires)",
                           "low");
  REQUIRE(x.enough.size() == 1);
  CHECK(x.enough[0] == "attendance is less than 90% is true");
  CHECK(x.would_turn.empty());
}

TEST_CASE("what cannot be told names what is missing", "[explain]") {
  const auto x = explained(R"(rule low "Low" for year is 6 when moved or any referral where urgent raise at_risk
example "Not known" on 2025-06-20 given child year 6, moved no given no data for referral expect low cannot tell)",
                           "low");
  CHECK(x.outcome == outcome::cannot_tell);
  CHECK(x.missing == std::vector<std::string>{"referral (the whole table)"});
  CHECK(x.would_turn.size() >= 1);
}

TEST_CASE("the rows that satisfied a selection are its evidence", "[explain]") {
  const auto x = explained(R"(rule low "Low" when any referral in the last 6 weeks where urgent raise at_risk
example "One of two" on 2025-06-20 given referral made 2025-06-02, urgent yes given referral made 2025-01-02, urgent yes expect low fires)",
                           "low");
  REQUIRE(x.clauses[0].root.rows.size() == 1);
  const auto& rows = x.clauses[0].root.rows[0];
  CHECK(rows.rows == 1);
  CHECK(rows.window == "2025-05-10 to 2025-06-20");
  REQUIRE(rows.shown.size() == 1);
  CHECK(rows.shown[0].date == "2025-06-02");
}

TEST_CASE("evidence of a choice is that of the branch taken, and rows already shown are not shown again", "[explain]") {
  const auto x = explained(R"(fact some = count of referral where urgent if moved, else count of referral where service is camhs
rule low "Low" when some is at least 1 and any referral where urgent raise at_risk
example "Moved" on 2025-06-20 given child moved yes given referral made 2025-06-02, urgent yes, service speech expect low fires)",
                           "low");
  const auto& parts = x.clauses[0].root.parts;
  REQUIRE(parts.size() == 2);
  REQUIRE(parts[0].rows.size() == 1);
  CHECK(parts[0].rows[0].rows == 1);
  CHECK_FALSE(parts[0].rows[0].as_above);
  REQUIRE(parts[1].rows.size() == 1);
  CHECK(parts[1].rows[0].as_above);
  CHECK(render_text(x, false).find("referral: 1 row, as above") != std::string::npos);
}

TEST_CASE("text shows what a fact says, and facts inside facts by their truth, unless it is not known", "[explain]") {
  const std::string items = R"(fact inner = year is at least 6
fact outer = inner and moved
rule low "Low" when outer raise at_risk
example "One" on 2025-06-20 )";
  const auto told = render_text(explained(items + "given child year 6, moved yes expect low fires", "low"), false);
  CHECK(told.find("inner and moved") != std::string::npos);
  CHECK(told.find("year is at least 6") == std::string::npos);
  CHECK(render_text(explained(items + "given child moved yes expect low cannot tell", "low"), false).find("year is at least 6") != std::string::npos);
  CHECK(render_json({explained(items + "given child year 6, moved yes expect low fires", "low")}).find("year is at least 6") != std::string::npos);
}
