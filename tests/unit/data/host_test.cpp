// SPDX-License-Identifier: Apache-2.0
// A cohort from a host's memory: cohort_builder.hpp.
#include "support/data_folder.hpp"

#include <earlysight/data/cohort_builder.hpp>

#include <algorithm>
#include <atomic>
#include <limits>
#include <thread>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

using words = std::vector<std::string>;

const schema& declared() {
  static const auto program = checked(R"(pack hosts "Hosts" version "1"
table child
  child_id  key
  year      number
  sen       category (none, support)
  school    ref school
table school lookup
  urn       key
table visit many per child at made
  made      date
  minutes   number
flag f "F"
rule r "R" when year is 6 raise f
)");
  return program->schema;
}

const std::vector<std::string_view> keys{"a", "b", "c"};
const std::vector<double> years{6, 7, 8};

host_table children() {
  host_table t;
  t.name = "child", t.rows = 3;
  t.columns = {{"child_id", {}, keys, {}, {}}, {"year", std::span<const double>(years), {}, {}, {}}};
  return t;
}

failure refused(const std::vector<host_table>& tables) {
  const auto c = build_cohort(declared(), tables);
  REQUIRE_FALSE(c);
  CHECK(c.error().kind == failure_kind::arguments);
  return c.error();
}

}  // namespace

TEST_CASE("rows in order are viewed; rows out of order stand by child and time in memory of the cohort's own", "[data]") {
  const std::vector<float> minutes{1, 2, 3, 4};
  const std::vector<std::int32_t> made{5, 5, 3, 4};
  const std::vector<std::uint32_t> in_order{0, 0, 1, 2}, mixed{2, 0, 0, 2};
  host_table visit;
  visit.name = "visit", visit.rows = 4, visit.child_rows = in_order;
  visit.columns = {{"made", std::span<const std::int32_t>(made), {}, {}, {}}, {"minutes", std::span<const float>(minutes), {}, {}, {}}};
  auto c = build_cohort(declared(), {children(), visit});
  REQUIRE(c);
  CHECK(std::get<std::span<const float>>(table_of(declared(), *c, "visit").columns[1].values).data() == minutes.data());
  CHECK(table_of(declared(), *c, "visit").first_row == std::vector<std::uint32_t>{0, 2, 3, 4});
  visit.child_rows = mixed;
  c = build_cohort(declared(), {visit, children()});
  REQUIRE(c);
  CHECK(cells_of(declared(), *c, "visit", "minutes") == words{"3", "2", "4", "1"});
  CHECK(cells_of(declared(), *c, "visit", "made") == words{"3", "5", "4", "5"});
  CHECK(table_of(declared(), *c, "visit").first_row == std::vector<std::uint32_t>{0, 2, 2, 4});
}

TEST_CASE("a host's rows of strangers, without a time and of repeated keys are rejected and counted", "[data]") {
  const std::vector<std::string_view> twice{"a", "b", "a", ""}, whose{"a", "z", "b", "a"};
  const std::vector<double> four{6, 7, 8, 9};
  const std::vector<std::int32_t> made{1, 2, 3, 4};
  const std::uint64_t known_made = 0b1011;
  host_table child, visit;
  child.name = "child", child.rows = 4;
  child.columns = {{"child_id", {}, twice, {}, {}}, {"year", std::span<const double>(four), {}, {}, {}}};
  visit.name = "visit", visit.rows = 4, visit.child_keys = whose;
  visit.columns = {{"made", std::span<const std::int32_t>(made), {}, {&known_made}, {}}};
  const auto c = build_cohort(declared(), {child, visit});
  REQUIRE(c);
  CHECK(c->children == 2);
  CHECK(cells_of(declared(), *c, "child", "year") == words{"6", "7"});
  CHECK(rejections(*c) == words{"child:3 child_id \"a\"", "child:4 child_id \"\"", "visit:2 child_id \"z\"", "visit:3 made \"\""});
  const auto& t = table_of(declared(), *c, "visit");
  CHECK(t.counts.read == 4);
  CHECK(t.counts.used == 2);
  CHECK(is_doubted(t, 1));
  CHECK_FALSE(is_doubted(t, 0));
  CHECK(cells_of(declared(), *c, "visit", "minutes") == words{"not known", "not known"});
}

TEST_CASE("texts of any column are read as cells of a file are; what cannot be read rejects its row", "[data]") {
  const std::vector<std::string_view> year{"6", " 7 ", "six"}, whose{"a", "a", "b", ""}, made{"1970-01-02", "02/01/1970", "1970-01-03", "1970-01-04"}, minutes{"1.5", "2", "", "3"};
  host_table child = children(), visit;
  child.columns[1] = {"year", {}, year, {}, {}};
  visit.name = "visit", visit.rows = 4, visit.child_keys = whose;
  visit.columns = {{"made", {}, made, {}, {}}, {"minutes", {}, minutes, {}, {}}};
  visit.unusable = {{2, "minutes", "many", "this is not a number"}};
  const auto c = build_cohort(declared(), {child, visit});
  REQUIRE(c);
  CHECK(c->children == 3);
  CHECK(cells_of(declared(), *c, "child", "year") == words{"6", "7", "not known"});
  CHECK(rejections(*c) == words{"child:3 year \"six\"", "visit:2 made \"02/01/1970\"", "visit:3 minutes \"many\"", "visit:4 child_id \"\""});
  CHECK(table_of(declared(), *c, "child").counts.used == 2);
  const auto& t = table_of(declared(), *c, "visit");
  CHECK(t.counts.used == 1);
  CHECK(t.rows == 1);
  CHECK(is_doubted(t, 0));
  CHECK(is_doubted(t, 1));
  CHECK_FALSE(is_doubted(t, 2));
}

TEST_CASE("a number that is none is not known, as hosts write what is missing", "[data]") {
  const std::vector<double> some{std::numeric_limits<double>::quiet_NaN(), 7, std::numeric_limits<double>::infinity()};
  auto child = children();
  child.columns[1].values = std::span<const double>(some);
  auto c = build_cohort(declared(), {child});
  REQUIRE(c);
  CHECK(cells_of(declared(), *c, "child", "year") == words{"not known", "7", "not known"});
  const std::uint64_t not_the_second = 0b101;
  child.columns[1].known = {&not_the_second};
  c = build_cohort(declared(), {child});
  REQUIRE(c);
  CHECK(cells_of(declared(), *c, "child", "year") == words{"not known", "not known", "not known"});
}

TEST_CASE("known and present are the host's bits", "[data]") {
  const std::uint64_t known = 0b110, present = 0b101;
  auto child = children();
  child.columns[1].known = {&known};
  child.columns[1].present = {&present};
  const auto c = build_cohort(declared(), {child});
  REQUIRE(c);
  CHECK(cells_of(declared(), *c, "child", "year") == words{"not known", "none", "8"});
}

TEST_CASE("what a host gives must fit the declaration", "[data]") {
  auto child = children();
  child.columns[1].name = "yaer";
  CHECK(refused({child}).message.find("yaer") != std::string::npos);
  child = children();
  child.columns[1].values = std::span<const double>(years).first(2);
  CHECK(refused({child}).message.find("needs 3 values") != std::string::npos);
  const std::vector<std::uint16_t> codes{0, 1, 2};
  child = children();
  child.columns.push_back({"sen", std::span<const std::uint16_t>(codes), {}, {}, {}});
  CHECK(refused({child}).message.find("code 2") != std::string::npos);
  const std::uint64_t not_the_last = 0b011;
  child.columns[2].known = {&not_the_last};
  CHECK(build_cohort(declared(), {child}));
  child.columns[2].values = std::span<const double>(years);
  refused({child});
  const std::vector<std::string_view> latin{"a", "b", "\xE9"};
  child = children();
  child.columns[0].texts = latin;
  refused({child});
  refused({});
  refused({children(), children()});
  host_table other;
  other.name = "exam";
  refused({children(), other});
}

TEST_CASE("rows that stand by child are the same by first rows, by the child of each row, and by key, in order of time or not") {
  const std::vector<std::uint32_t> first{0, 2, 2, 5}, whose{0, 0, 2, 2, 2};
  const std::vector<std::string_view> named{"a", "a", "c", "c", "c"};
  const std::vector<double> minutes{1, 2, 3, 4, 5};
  const std::vector<std::uint32_t> expected{0, 2, 2, 5};
  for (const auto& made : {std::vector<std::int32_t>{10, 20, 10, 10, 30}, std::vector<std::int32_t>{20, 10, 30, 10, 10}}) {
    host_table visit;
    visit.name = "visit", visit.rows = 5;
    visit.columns = {{"made", std::span<const std::int32_t>(made), {}, {}, {}}, {"minutes", std::span<const double>(minutes), {}, {}, {}}};
    std::vector<std::vector<double>> seen;
    for (int way = 0; way < 3; ++way) {
      auto given = visit;
      if (way == 0) given.first_rows = first;
      if (way == 1) given.child_rows = whose;
      if (way == 2) given.child_keys = named;
      const auto c = build_cohort(declared(), {children(), given});
      REQUIRE(c);
      const auto& table = c->tables[2];
      CHECK(table.first_row == expected);
      const auto values = std::get<std::span<const double>>(table.columns[1].values);
      seen.emplace_back(values.begin(), values.end());
    }
    CHECK(seen[0] == seen[1]);
    CHECK(seen[0] == seen[2]);
    CHECK((seen[0] == minutes) == (made[0] < made[1]));
  }
}

TEST_CASE("first rows hold where rows or children are rejected, and are refused where they cannot be") {
  const std::vector<std::int32_t> made{10, 20, 10};
  const std::vector<std::string_view> twice{"a", "a", "c"};
  auto child = children();
  child.columns[0].texts = twice;
  host_table visit;
  visit.name = "visit", visit.rows = 3;
  visit.columns = {{"made", std::span<const std::int32_t>(made), {}, {}, {}}};
  const std::vector<std::uint32_t> first{0, 1, 1, 3};
  visit.first_rows = first;
  const auto c = build_cohort(declared(), {child, visit});
  REQUIRE(c);
  CHECK(c->tables[2].first_row == std::vector<std::uint32_t>{0, 1, 3});
  visit.unusable = {{1, "minutes", "x", "this is not a number"}};
  const auto less = build_cohort(declared(), {child, visit});
  REQUIRE(less);
  CHECK(less->tables[2].first_row == std::vector<std::uint32_t>{0, 1, 2});
  visit.unusable = {};
  for (const auto& wrong : std::vector<std::vector<std::uint32_t>>{{0, 1, 3}, {0, 2, 1, 3}, {1, 1, 1, 3}, {0, 1, 2, 2}}) {
    visit.first_rows = wrong;
    const auto refused = build_cohort(declared(), {child, visit});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "table visit needs first_rows that rise from 0 to its 3 rows, one for each of the 3 rows of table child and one more");
  }
}

TEST_CASE("a child is found by key, the first time and later, by many threads, and in a copy with other keys") {
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("c" + std::to_string(i * 7919 % 1000));
  const std::vector<std::string_view> views(names.begin(), names.end());
  host_table t;
  t.name = "child", t.rows = names.size();
  t.columns = {{"child_id", {}, views, {}, {}}};
  const auto made = build_cohort(declared(), {t});
  REQUIRE(made);
  const auto all_found = [&](const cohort& c) {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (c.find_child(names[i]) != static_cast<std::int64_t>(i)) return false;
    return c.find_child("c1000") == -1 && c.find_child("") == -1;
  };
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { right += all_found(*made) ? 1 : 0; });
  }
  CHECK(right == 4);
  auto other = *made;
  std::reverse(other.keys.begin(), other.keys.end());
  CHECK(other.find_child(names[0]) == 999);
  CHECK(all_found(*made));
  const cohort moved = std::move(other);
  CHECK(moved.find_child(names[0]) == 999);
  CHECK(cohort().find_child("c1") == -1);
}
