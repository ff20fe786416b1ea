// SPDX-License-Identifier: Apache-2.0
#include "support/examples.hpp"

#include <earlysight/result/missing.hpp>
#include <earlysight/result/outcomes.hpp>
#include <earlysight/result/text.hpp>

#include <limits>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

struct scored {
  std::shared_ptr<const program> p;
  std::vector<example_result> examples;
  run_result run;
};

// Scores the child of the only example.
scored one(const std::string& items) {
  scored s;
  s.p = checked(pack_with(items));
  s.examples = run_examples(s.p);
  REQUIRE(s.examples.size() == 1);
  for (const auto& u : s.examples[0].unmet) FAIL_CHECK(u.message);
  s.run = score(s.examples[0].lowered, *s.examples[0].data).value_or_throw();
  return s;
}

// What is missing to decide a rule: `table.column`, `table`, `param NAME`.
std::vector<std::string> missing(const std::string& items, const std::string& rule) {
  const auto s = one(items);
  evaluation e(*s.examples[0].lowered, *s.examples[0].data);
  e.run(0, s.examples[0].data->children, true);
  missing_pieces pieces(*s.examples[0].lowered, *s.examples[0].data, e, 0);
  std::vector<std::string> out;
  for (const auto& m : pieces.of(s.p->find_rule(rule))) {
    if (m.param >= 0) {
      out.push_back("param " + s.p->params[static_cast<std::size_t>(m.param)].name);
      continue;
    }
    const auto& t = s.p->schema.tables[static_cast<std::size_t>(m.table)];
    out.push_back(m.column < 0 ? t.name : t.name + "." + t.columns[static_cast<std::size_t>(m.column)].name);
  }
  return out;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("a flag's points are the highest of its rules, a theme holds its flags, and the high end counts what cannot be told", "[result]") {
  const auto s = one(R"(
theme attendance up to 30 points
flag low "Low" in attendance
flag falling "Falling" in attendance
flag owed "Owed" about duty
rule a "A" when year is at least 1 raise low low, 10 points raise at_risk, 5 points
rule b "B" when year is at least 2 raise low high, 25 points raise owed, 50 points
rule c "C" when moved raise falling, 20 points
rule d "D" when attendance is less than 50% raise low, 90 points
band red from 35 points
band amber from 30 points
example "moved and attendance are not known" on 2025-06-20 given child year 3
  expect score is between 30 and 35 points
  expect low is raised at high
  expect low is raised)");
  CHECK(s.run.scores.low[0] == 30);
  CHECK(s.run.scores.high[0] == 35);
  CHECK(s.p->bands[static_cast<std::size_t>(s.run.scores.band_low[0])].name == "amber");
  CHECK(s.p->bands[static_cast<std::size_t>(s.run.scores.band_high[0])].name == "red");
}

TEST_CASE("a flag says its highest level and the rules that fire, or those that cannot tell", "[result]") {
  const auto s = one(R"(
flag other "Other"
rule a "A" when year is at least 1 raise at_risk low, 10 points
rule b "B" when year is at least 2 raise at_risk high, 5 points
rule c "C" when moved raise at_risk, 90 points raise other high, 7 points
rule d "D" when sen is ehcp raise other, 8 points
example "moved and sen are not known" on 2025-06-20 given child year 3 expect c cannot tell)");
  const auto flags = flags_of(*s.p, s.run.outcomes, 0);
  REQUIRE(flags.size() == 2);
  CHECK(s.p->flags[static_cast<std::size_t>(flags[0].flag)].name == "at_risk");
  CHECK(flags[0].raised);
  CHECK(flags[0].level == level::high);
  CHECK(flags[0].points == 10);
  CHECK(flags[0].rules == std::vector<std::int32_t>{s.p->find_rule("a"), s.p->find_rule("b")});
  CHECK_FALSE(flags[1].raised);
  CHECK(flags[1].level == level::high);
  CHECK(flags[1].points == 8);
  CHECK(flags[1].rules.size() == 2);
}

TEST_CASE("a flag is not known at a level that only a rule that cannot tell would reach", "[result]") {
  every_example_passes(R"(
flag other "Other"
rule a "A" when year is 6 raise at_risk low
rule b "B" when moved raise at_risk high
fact raised = at_risk is raised
fact raised_high = at_risk is raised at high
rule c "C" when at_risk is raised at medium raise other
example "low for certain" on 2025-06-20 given child year 6 expect raised is yes expect raised_high is not known expect c cannot tell
example "not at all" on 2025-06-20 given child year 5, moved no expect raised is no expect raised_high is no expect c is silent)");
}

TEST_CASE("what is missing is what could still decide, down to columns, through facts and other rules", "[result]") {
  const std::string items = R"(
flag other "Other"
fact lately = attendance - 5 points
fact low = lately is less than 80%
rule a "A" for year is 6 when low and (moved or sen is ehcp) raise at_risk
rule b "B" when a fires and at_risk is raised raise other
example "a child of year 6" on 2025-06-20 given child year 6, sen support expect a cannot tell expect b cannot tell)";
  CHECK(missing(items, "a") == names{"child.attendance", "child.moved"});
  CHECK(missing(items, "b") == names{"child.attendance", "child.moved"});
}

TEST_CASE("a param is missing only where it has no value yet", "[result]") {
  const auto rule = [](const std::string& param) { return param + "\nrule a \"A\" when any referral where made is at least wait ago, service is camhs raise at_risk\nexample \"e\" on 2025-06-20 given no data for referral expect a cannot tell"; };
  CHECK(missing(rule("param wait = 18 weeks"), "a") == names{"referral"});
  CHECK(missing("param limit must be set as percent\nrule a \"A\" when attendance is less than limit raise at_risk\nexample \"e\" on 2025-06-20 given child attendance 80% expect a cannot tell", "a") == names{"param limit"});
}

TEST_CASE("of rows, only those that could still count are looked at for what is missing", "[result]") {
  const auto example = [](const std::string& rows) { return "rule a \"A\" when any referral where service is camhs, urgent raise at_risk\nexample \"e\" on 2025-06-20 " + rows + " expect a cannot tell"; };
  CHECK(missing(example("given referral made 2025-01-01, service camhs given referral made 2025-01-02, service speech"), "a") == names{"referral.urgent"});
  CHECK(missing(example("given referral made 2025-01-01, urgent yes given referral made 2025-01-02, urgent no"), "a") == names{"referral.service"});
  CHECK(missing(example("given no data for referral"), "a") == names{"referral"});
}

TEST_CASE("a share of no rows misses the rows; a table known only when a column says so misses the column too", "[result]") {
  CHECK(missing("rule a \"A\" when (share of referral where urgent) is at least 50% raise at_risk\nexample \"e\" on 2025-06-20 given child year 6 expect a cannot tell", "a") == names{"referral"});
  CHECK(missing(R"(
table note many per child at day known when moved
  day date
rule a "A" when no note raise at_risk
example "e" on 2025-06-20 given child year 6 expect a cannot tell)",
                "a") == names{"child.moved", "note"});
}

TEST_CASE("a chain of ten thousand facts is followed without recursion", "[result]") {
  std::string items = "fact f0 = year + 1\n";
  for (int i = 1; i < 10000; ++i) items += "fact f" + std::to_string(i) + " = f" + std::to_string(i - 1) + " + 1\n";
  CHECK(missing(items + "rule a \"A\" when f9999 is at least 5 raise at_risk\nexample \"e\" on 2025-06-20 given child moved yes expect a cannot tell", "a") == names{"child.year"});
}

TEST_CASE("numbers read to one decimal, a final .0 dropped, as C rounds", "[result]") {
  CHECK(number_text(81.25) == "81.2");
  CHECK(number_text(81.35) == "81.3");
  CHECK(number_text(25) == "25");
  CHECK(number_text(-0.04) == "0");
  CHECK(number_text(1000000.06) == "1000000.1");
  CHECK(exact_number(0.1) == "0.1");
}

TEST_CASE("values read the same everywhere", "[result]") {
  const auto p = lower(checked(pack_with("rule a \"A\" when year is 6 raise at_risk")), *parse_date("2025-06-20")).value_or_throw();
  const cohort nobody{};
  auto number = [&](double low, double high, unit in) {
    cell c;
    c.known = c.present = true, c.number = low, c.high = high;
    return value_text(p, nobody, number_type(in), c);
  };
  CHECK(number(0.812, 0.812, unit::percent) == "81.2%");
  CHECK(number(0.01, 0.01, unit::points) == "1 point");
  CHECK(number(0.05, 0.05, unit::points) == "5 points");
  CHECK(number(25, 25, unit::hours) == "25 hours");
  CHECK(number(2, 4, unit::row_count) == "2 to 4");
  CHECK(number(6, std::numeric_limits<double>::infinity(), unit::count) == "6 or more");
  cell c;
  CHECK(value_text(p, nobody, truth_type, c) == "not known");
  c.known = true;
  CHECK(value_text(p, nobody, date_type, c) == "none");
  c.present = true, c.whole = parse_date("2023-05-02")->day;
  CHECK(value_text(p, nobody, date_type, c) == "2 May 2023");
  CHECK(value_text(p, nobody, truth_type, c) == "no");
}

TEST_CASE("an action is due so much later than the as-of date, school days on the calendar", "[result]") {
  const auto p = checked(pack_with("rule a \"A\" when year is 6 raise at_risk then \"One\" within 10 school days then \"Two\" within 2 weeks then \"Three\""));
  const auto& actions = p->rules[0].actions;
  CHECK(due_date(actions[0], *p, *parse_date("2025-06-20")) == "2025-07-04");
  CHECK(due_date(actions[1], *p, *parse_date("2025-06-20")) == "2025-07-04");
  CHECK(due_date(actions[2], *p, *parse_date("2025-06-20")).empty());
  CHECK(due_date(actions[0], *p, *parse_date("2025-07-15")).empty());  // the calendar does not reach
}
