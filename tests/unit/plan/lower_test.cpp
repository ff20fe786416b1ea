// SPDX-License-Identifier: Apache-2.0
#include "support/examples.hpp"

#include <earlysight/plan/plan.hpp>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

const date june = *parse_date("2025-06-20");

plan lowered(const std::string& items, date as_of = june) { return lower(checked(pack_with(items)), as_of).value_or_throw(); }

failure failed(const std::string& items, date as_of = june) {
  const auto made = lower(checked(pack_with(items)), as_of);
  REQUIRE_FALSE(made);
  return made.error();
}

}  // namespace

TEST_CASE("RULE fires is false, not nothing, of a rule that does not apply", "[plan]") {
  every_example_passes(R"(
flag other "Other"
rule first_one "First" for year is 6 when moved raise at_risk
fact first_fired = first_one fires
rule second_one "Second" when first_fired is no raise other
example "Year 5" on 2025-06-20 given child year 5, moved yes
  expect first_one does not apply
  expect first_fired is no
  expect second_one fires)");
}

TEST_CASE("a share inside a where is of all rows in the window, whatever the conditions ask of time", "[plan]") {
  every_example_passes(R"(
rule quarter "A quarter" when any referral where service is camhs, (share of referral where made is before referral's made) is 25% raise at_risk
example "Of four referrals one was made before the second" on 2025-06-20
  given referral made 2025-01-01, service speech
  given referral made 2025-02-01, service camhs
  given referral made 2025-03-01, service speech
  given referral made 2025-04-01, service speech
  expect quarter fires)");
}

TEST_CASE("what two rules say alike is worked out once", "[plan]") {
  const std::string said = " when attendance is less than 90% and at least 2 referrals in the last 6 school weeks where urgent, service is camhs raise at_risk\n";
  const auto one = lowered("rule first_one \"First\"" + said), two = lowered("rule first_one \"First\"" + said + "rule second_one \"Second\"" + said);
  CHECK(two.nodes.size() == one.nodes.size() + 1);  // its own outcome
  CHECK(two.rules[0] != two.rules[1]);
}

TEST_CASE("a param has the latest value whose day has come, and before the first none that is known", "[plan]") {
  const std::string items = "param limit = 90% from 2024-09-01, 92% from 2025-01-01\nrule low \"Low\" when attendance is less than limit raise at_risk";
  CHECK(lowered(items).params[0].number == 0.92);
  CHECK(lowered(items, *parse_date("2025-01-01")).params[0].number == 0.92);
  CHECK(lowered(items, *parse_date("2024-12-31")).params[0].number == 0.9);
  CHECK(lowered(items, *parse_date("2024-08-31")).params[0].type.of == kind::error);
}

TEST_CASE("a run names every param that must be set and is not; a test takes them as not known", "[plan]") {
  const auto p = checked(pack_with("param limit must be set as percent\nparam wait must be set as duration\nrule low \"Low\" when attendance is less than limit and any referral where made is at least wait ago raise at_risk"));
  const auto refused = lower(p, june);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == failure_kind::arguments);
  CHECK(refused.error().message.find("limit, wait") != std::string::npos);
  CHECK(lower(p, june, {}, {.allow_unset = true}));
}

TEST_CASE("an as-of date outside the calendar fails only where rules need the calendar", "[plan]") {
  const std::string plain = "rule low \"Low\" when attendance is less than 90% raise at_risk";
  const std::string weeks = "rule late \"Late\" when any referral in the last 2 school weeks raise at_risk";
  const std::string text = plain + " because \"{count of referral in the last 2 school weeks}\"";
  const auto before = *parse_date("2024-08-01"), last = *parse_date("2025-09-20"), after = *parse_date("2025-09-21");
  CHECK_NOTHROW(lowered(plain, before));
  CHECK_NOTHROW(lowered(text, before));
  CHECK_NOTHROW(lowered(weeks, last));  // 60 days after the last term
  CHECK(failed(weeks, before).kind == failure_kind::data);
  CHECK(failed(weeks, after).message.find("more than 60 days after its last term") != std::string::npos);
}

TEST_CASE("a window that begins before the calendar says which words, and what to do", "[plan]") {
  const auto f = failed("rule late \"Late\" when any referral in the last 60 school weeks raise at_risk");
  CHECK(f.kind == failure_kind::data);
  CHECK(f.message == "`in the last 60 school weeks`: the school calendar does not reach back that far from 2025-06-20; add earlier terms to it");
}

TEST_CASE("rows inside rows are counted without looking at pairs where only their time is asked of", "[plan]") {
  for (const std::string inner : {"no referral since referral's made where urgent", "no referral where urgent, made is after referral's made", "at least 2 referrals where made is at least 3 weeks after referral's made",
                                  "no referral where made is between referral's made and 6 months after referral's made", "any referral in the 20 school days after referral's made"})
    CHECK(lowered("rule r \"R\" when any referral where service is camhs, " + inner + " raise at_risk").frames.empty());
  // A column of both rows needs pairs; rows that the conditions before leave out ask for none.
  const auto pairs = lowered("rule r \"R\" when any referral where urgent, any referral where service is referral's service raise at_risk");
  REQUIRE(pairs.frames.size() == 1);
  CHECK(pairs.frames[0].asked >= 0);
}
