// SPDX-License-Identifier: Apache-2.0
// The three states through every kind of operation. Sections 3 to 5 of the language.
#include "support/examples.hpp"

using namespace earlysight;
using namespace earlysight::testing;

namespace {

const std::string any_rule = "\nrule r \"R\" when year is 6 raise at_risk\n";  // a pack has a rule

}  // namespace

TEST_CASE("arithmetic with a side not known is not known, and division by zero says nothing about a child", "[engine]") {
  every_example_passes(R"(
table school_day many per child at day
  day date
  minutes count or none
fact sum = total minutes of school_day + year
fact each = total minutes of school_day / year
fact longest = (highest minutes of school_day) + 1
)" + any_rule + R"(
example "no year" on 2025-06-20 given school_day day 2025-06-02, minutes 5 expect sum is not known expect each is not known
example "year 0" on 2025-06-20 given child year 0 given school_day day 2025-06-02, minutes 5 expect sum is 5 expect each is not known
example "no rows" on 2025-06-20 given child year 2 expect sum is 2 expect each is 0 expect longest is nothing
example "rows of nothing" on 2025-06-20 given child year 2 given school_day day 2025-06-02, minutes none expect sum is 2 expect longest is nothing
example "no data" on 2025-06-20 given child year 2 given no data for school_day expect sum is not known expect longest is not known)");
}

TEST_CASE("what is not known decides only where the rest does not", "[engine]") {
  every_example_passes(R"(
fact either = moved or year is 6
fact both = moved and year is 6
fact neither = none of (moved, year is 6)
fact two = at least 2 of (moved, year is 6, sen is ehcp)
fact sure = known that both
)" + any_rule + R"(
example "moved is not known, year 6" on 2025-06-20 given child year 6 expect either is yes expect both is not known expect neither is no expect two is not known expect sure is no
example "moved is not known, year 5" on 2025-06-20 given child year 5, sen none expect either is not known expect both is no expect neither is not known expect two is no
example "two of three" on 2025-06-20 given child year 6, sen ehcp expect two is yes)");
}

TEST_CASE("a count is between bounds where a row is not known, and a comparison is decided when it cannot matter", "[engine]") {
  every_example_passes(R"(
fact urgents = count of referral where urgent
fact some = any referral where urgent
fact two = urgents is at least 2
fact three = urgents is at least 3
fact four = urgents is at least 4
fact twice = urgents * 2
fact shown = urgents is known
)" + any_rule + R"(
example "two are urgent, of one it is not known" on 2025-06-20
  given referral made 2025-01-01, urgent yes
  given referral made 2025-01-02, urgent yes
  given referral made 2025-01-03
  given referral made 2025-01-04, urgent no
  expect some is yes expect two is yes expect three is not known expect four is no expect twice is not known expect shown is no
example "of one it is not known" on 2025-06-20
  given referral made 2025-01-03
  expect some is not known expect two is no
example "no data" on 2025-06-20 given no data for referral expect some is not known expect two is not known expect four is not known)");
}

TEST_CASE("a share is not known of no rows, nor where a row is not", "[engine]") {
  every_example_passes(R"(
fact urgent_share = share of referral in the last 12 months where urgent
)" + any_rule + R"(
example "one of two; the third is too old" on 2025-06-20
  given referral made 2025-01-01, urgent yes given referral made 2025-01-02, urgent no given referral made 2023-01-02, urgent yes
  expect urgent_share is 50%
example "none" on 2025-06-20 given child year 6 expect urgent_share is not known
example "one not known" on 2025-06-20 given referral made 2025-01-01, urgent yes given referral made 2025-01-02 expect urgent_share is not known
example "the one not known is too old" on 2025-06-20 given referral made 2025-01-01, urgent yes given referral made 2023-01-02 expect urgent_share is 100%)");
}

TEST_CASE("a row or date after the as-of date is not there yet", "[engine]") {
  every_example_passes(R"(
table review many per child at held
  held date
  due  date planned
  sent date
fact reviews = count of review
fact next = latest due of review
fact latest_sent = latest sent of review
fact waiting = any referral where not yet seen
)" + any_rule + R"(
example "held tomorrow" on 2025-06-20 given review held 2025-06-21 expect reviews is 0
example "due tomorrow, sent tomorrow" on 2025-06-20 given review held 2025-06-01, due 2025-06-21, sent 2025-06-21 expect reviews is 1 expect next is 2025-06-21 expect latest_sent is not known
example "seen tomorrow" on 2025-06-20 given referral made 2025-06-01, seen 2025-06-21 expect waiting is yes
example "seen today" on 2025-06-20 given referral made 2025-06-01, seen 2025-06-20 expect waiting is no)");
}

TEST_CASE("where the day of a window is not known it is not known of each row, and where it is nothing no row is in", "[engine]") {
  every_example_passes(R"(
fact since_born = count of referral since born
fact some = any referral since born
fact after_seen = any referral where no referral since referral's seen
)" + any_rule + R"(
example "born is not known" on 2025-06-20 given referral made 2025-01-01 expect some is not known
example "no rows" on 2025-06-20 given child year 6 expect some is no expect since_born is 0
example "not yet seen" on 2025-06-20 given referral made 2025-01-01 expect after_seen is yes)");
}

TEST_CASE("the second of three on one day is the second in the file, from either end", "[engine]") {
  every_example_passes(R"(
fact second_latest = 2nd latest service of referral
fact newest = latest service of referral
fact oldest = earliest service of referral
fact fourth = 4th latest service of referral
)" + any_rule + R"(
example "three on one day" on 2025-06-20
  given referral made 2025-01-01, service camhs
  given referral made 2025-01-01, service speech
  given referral made 2025-01-01, service camhs
  expect second_latest is speech expect newest is camhs expect oldest is camhs expect fourth is nothing)");
}

TEST_CASE("a choice is not known where a condition before the chosen one is not", "[engine]") {
  every_example_passes(R"(
fact size = 1 if moved, 2 if year is 6, else 3
)" + any_rule + R"(
example "moved is not known" on 2025-06-20 given child year 6 expect size is not known
example "moved" on 2025-06-20 given child moved yes expect size is 1
example "not moved" on 2025-06-20 given child moved no, year 6 expect size is 2
example "neither" on 2025-06-20 given child moved no, year 5 expect size is 3)");
}

TEST_CASE("days are counted once, up to the as-of date, and only where every row is known", "[engine]") {
  every_example_passes(R"(
table stay many per child from began to ended
  began date
  ended date or not yet
  kind  category (care, home)
fact days = days covered by stay where kind is care
fact in_june = days covered by stay in the last 20 days
)" + any_rule + R"(
example "two that overlap, one that lasts" on 2025-06-20
  given stay began 2025-01-01, ended 2025-01-10, kind care
  given stay began 2025-01-05, ended 2025-01-12, kind care
  given stay began 2025-06-19, kind care
  expect days is 14 expect in_june is 2
example "kind is not known" on 2025-06-20 given stay began 2025-01-01, ended 2025-01-10 expect days is not known)");
}

TEST_CASE("a long list of a category's values says what an `or` of comparisons does", "[engine]") {
  every_example_passes(R"(
table club many per child at joined
  joined date
  kind   category (art, ball, chess, dance, echo, film, go, hockey, ice, judo)
fact listed = any club where kind is one of (ball, chess, dance, echo, film, go, hockey, ice, judo)
fact other = any club where kind is not one of (ball, chess, dance, echo, film, go, hockey, ice, judo)
)" + any_rule + R"(
example "the first and the last of the list" on 2025-06-20 given club joined 2025-01-01, kind ball given club joined 2025-01-02, kind judo expect listed is yes expect other is no
example "one that is not listed" on 2025-06-20 given club joined 2025-01-01, kind art expect listed is no expect other is yes
example "not known" on 2025-06-20 given club joined 2025-01-01 expect listed is not known expect other is not known)");
}

TEST_CASE("a fact may be one of several texts of the pack", "[engine]") {
  every_example_passes(R"(param ours = "Westmarsh"
fact hours = "more" if year is at least 10, "exactly" if year is 9, else "fewer"
fact area = ours
rule told "Told" when hours is "more" raise at_risk because "{hours} in {area}"
example "Ten" on 2025-06-20 given child year 10 expect told fires expect told says "more in Westmarsh" expect hours is "more"
example "Nine" on 2025-06-20 given child year 9 expect told is silent expect hours is "exactly"
example "Eight" on 2025-06-20 given child year 8 expect told is silent expect told says "fewer in" expect hours is "fewer"
example "Not known" on 2025-06-20 given child expect told cannot tell expect hours is not known)");
}

TEST_CASE("nothing is nothing to arithmetic, whatever it was worked out from", "[engine]") {
  every_example_passes(R"(
table school_day many per child at day
  day date
  minutes count or none
fact none_at_all = (highest minutes of school_day) / 0
fact either = none_at_all if moved, else longest run of school_day where minutes is 5
fact sum = either + 1
)" + any_rule + R"(
example "no rows" on 2025-06-20 given child moved yes expect none_at_all is nothing expect sum is nothing
example "some" on 2025-06-20 given child moved no given school_day day 2025-06-02, minutes 5 expect sum is 2)");
}
