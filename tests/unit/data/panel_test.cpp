// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/data/cohort_builder.hpp>
#include <earlysight/data/panel.hpp>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

const std::string weeks = R"(
table week_of many per child at monday
  monday   date
  possible sessions
  attended number or none
  reason   category (ill, away)
  known_to yes/no
)" "\nrule r \"R\" when year is 6 raise at_risk\n";

// Rows of weekly attendance in this test's own memory: child, week and what else a test puts in.
struct weekly {
  std::size_t children;
  std::vector<std::string> keys;
  std::vector<std::string_view> views;
  std::vector<std::uint32_t> child;
  std::vector<std::int32_t> monday;
  std::vector<double> possible, attended;
  std::vector<std::uint16_t> reason;
  std::vector<std::uint8_t> known_to;
  std::vector<std::uint64_t> present;

  explicit weekly(std::size_t n) : children(n) {
    for (std::size_t i = 0; i < n; ++i) keys.push_back("c" + std::to_string(i));
    views.assign(keys.begin(), keys.end());
  }
  void add(std::size_t c, int week, double sessions = 10) {
    const auto row = child.size();
    child.push_back(static_cast<std::uint32_t>(c));
    monday.push_back(parse_date("2025-01-06")->day + 7 * week);
    possible.push_back(10);
    attended.push_back(sessions);
    reason.push_back(static_cast<std::uint16_t>(row % 2));
    known_to.push_back(row % 3 == 0);
    present.resize(row / 64 + 1);
    if (row % 5 != 0) present[row / 64] |= std::uint64_t{1} << (row % 64);
  }
  cohort build(const schema& s) const {
    const host_table child_table{"child", children, {{"child_id", {}, views, {}, {}}}, {}, {}};
    host_table table{"week_of", child.size(), {}, {}, child};
    table.columns.push_back({"monday", std::span<const std::int32_t>(monday), {}, {}, {}});
    table.columns.push_back({"possible", std::span<const double>(possible), {}, {}, {}});
    table.columns.push_back({"attended", std::span<const double>(attended), {}, {}, {present.data()}});
    table.columns.push_back({"reason", std::span<const std::uint16_t>(reason), {}, {}, {}});
    table.columns.push_back({"known_to", std::span<const std::uint8_t>(known_to), {}, {}, {}});
    return build_cohort(s, {child_table, table}).value_or_throw();
  }
};

const table_data& table_of(const cohort& c, const schema& s) { return c.tables[static_cast<std::size_t>(s.find("week_of"))]; }

}  // namespace

TEST_CASE("a regular table is held week by week, and says what its rows say", "[data]") {
  const auto pack = read_pack_text("test.sight", pack_with(weeks)).checked;
  weekly given(150);
  for (std::size_t c = 0; c < 150; ++c)
    for (int w = 0; w < 20; ++w)
      if ((c + static_cast<std::size_t>(w)) % 11 != 0 && c != 77) given.add(c, w, static_cast<double>((c + static_cast<std::size_t>(w)) % 11));
  const auto cohort = given.build(pack->schema);
  const auto& t = table_of(cohort, pack->schema);
  REQUIRE(t.panel);
  const auto& p = *t.panel;
  CHECK(p.slots() == 20);
  std::size_t rows = 0;
  for (std::size_t c = 0; c < 150; ++c)
    for (std::size_t s = 0; s < p.slots(); ++s) {
      const auto word = c / 64 * p.slots() + s;
      if (!(p.exists[word] >> (c % 64) & 1)) continue;
      auto r = t.first_row[c];
      while (r < t.first_row[c + 1] && std::get<std::span<const std::int32_t>>(t.columns[0].values)[r] != p.times[s]) ++r;
      REQUIRE(r < t.first_row[c + 1]);
      ++rows;
      CHECK(p.columns[1].bytes[word * 64 + c % 64] == 10);
      const bool present = p.columns[2].present[word] >> (c % 64) & 1;
      CHECK(present == t.columns[2].present.test(r));
      if (present) CHECK(p.columns[2].bytes[word * 64 + c % 64] == std::get<std::span<const double>>(t.columns[2].values)[r]);
      CHECK(p.columns[3].bytes[word * 64 + c % 64] == std::get<std::span<const std::uint16_t>>(t.columns[3].values)[r]);
      CHECK(p.columns[4].bytes[word * 64 + c % 64] == std::get<std::span<const std::uint8_t>>(t.columns[4].values)[r]);
    }
  CHECK(rows == t.rows);
}

TEST_CASE("a column of other numbers than small whole ones is not held, and the others are", "[data]") {
  const auto pack = read_pack_text("test.sight", pack_with(weeks)).checked;
  for (const double odd : {9.5, 256.0, -1.0, -0.0}) {
    weekly given(64);
    for (std::size_t c = 0; c < 64; ++c)
      for (int w = 0; w < 4; ++w) given.add(c, w, c == 13 && w == 2 ? odd : 8);
    given.present.assign(given.present.size(), ~std::uint64_t{0});
    const auto cohort = given.build(pack->schema);
    const auto& p = table_of(cohort, pack->schema).panel;
    CAPTURE(odd);
    REQUIRE(p);
    CHECK_FALSE(p->columns[2].bytes);
    CHECK(p->columns[1].bytes);
    CHECK(p->exists.empty());  // every child has every week
  }
}

TEST_CASE("a table is not regular with two rows of a child on one day, few rows, many days or few children", "[data]") {
  const auto pack = read_pack_text("test.sight", pack_with(weeks)).checked;
  auto has_panel = [&](const weekly& given) { return table_of(given.build(pack->schema), pack->schema).panel != nullptr; };
  auto full = [](std::size_t children, int weeks_each) {
    weekly given(children);
    for (std::size_t c = 0; c < children; ++c)
      for (int w = 0; w < weeks_each; ++w) given.add(c, w);
    return given;
  };
  CHECK(has_panel(full(64, 3)));
  CHECK_FALSE(has_panel(full(63, 3)));
  CHECK(has_panel(full(64, 255)));
  CHECK_FALSE(has_panel(full(64, 256)));
  auto twice = full(64, 3);
  twice.add(20, 1);
  CHECK_FALSE(has_panel(twice));
  auto sparse = full(64, 1);
  for (int w = 1; w < 4; ++w) sparse.add(static_cast<std::size_t>(w), w);
  CHECK_FALSE(has_panel(sparse));
}
