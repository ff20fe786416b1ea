// SPDX-License-Identifier: Apache-2.0
// Cohorts with the margins of other files, and nothing else of them.
#include "support/simulated.hpp"

#include <cmath>
#include <set>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

double empty_share(const std::vector<std::map<std::string, std::string>>& rows, const std::string& column) {
  double n = 0;
  for (const auto& r : rows) n += r.at(column).empty();
  return rows.empty() ? 0 : n / static_cast<double>(rows.size());
}

std::map<std::string, double> value_shares(const std::vector<std::map<std::string, std::string>>& rows, const std::string& column) {
  std::map<std::string, double> out;
  double n = 0;
  for (const auto& r : rows)
    if (!r.at(column).empty()) ++out[r.at(column)], ++n;
  for (auto& [value, share] : out) share /= n;
  return out;
}

}  // namespace

TEST_CASE("a cohort like another has its margins: rows, empty cells, shares of categories", "[simulate][like]") {
  data_folder folder;
  const auto a = folder.path() / "a", b = folder.path() / "b";
  const auto original = simulated(*data_model(), a, one_year(20'000, 14));
  simulate_options o;
  o.like = a, o.seed = 99;
  const auto report = simulated(*data_model(), b, o);
  CHECK(report.children == 20'000);
  CHECK(loaded_strictly(*data_model(), b).children == 20'000);
  for (std::size_t t = 0; t < report.tables.size(); ++t) {
    const auto& declared = data_model()->schema.tables[t];
    const auto before = static_cast<double>(original.tables[t].rows), now = static_cast<double>(report.tables[t].rows);
    INFO(declared.name << ": " << before << " rows, then " << now);
    // Of few rows, chance moves more.
    CHECK(std::abs(now - before) <= std::max(0.05 * before, 3.5 * std::sqrt(before) + 10));
    if (before < 2000 || declared.shape == table_shape::lookup) continue;
    const auto x = rows_of(a / (declared.name + ".csv")), y = rows_of(b / (declared.name + ".csv"));
    for (const auto& c : declared.columns) {
      INFO(c.name);
      CHECK(std::abs(empty_share(x, c.name) - empty_share(y, c.name)) <= 0.02);
      if (c.type != column_type::category && c.type != column_type::yes_no) continue;
      const auto want = value_shares(x, c.name);
      auto got = value_shares(y, c.name);
      for (const auto& [value, share] : want) CHECK(std::abs(got[value] - share) <= 0.02);
    }
  }
  // Attendance keeps to the calendar's weeks.
  std::set<std::string> weeks, others;
  for (auto& r : rows_of(a / "attendance.csv")) weeks.insert(r["week"]);
  for (auto& r : rows_of(b / "attendance.csv")) others.insert(r["week"]);
  CHECK(others == weeks);
}

TEST_CASE("no row, key or text of the other files is copied", "[simulate][like]") {
  const auto pack = checked(R"(pack p "P" version "1"
table child
  child_id key
  born     date
  nickname text
  sen      category (none, support, ehcp)
  score    number
table school lookup
  urn  key
  name text
table visit many per child at day
  day    date
  school ref school
  cost   pounds
  note   text
  kind   category (home, school, court)
)");
  data_folder folder;
  std::string children = "child_id,born,nickname,sen,score\n", visits = "child_id,day,school,cost,note,kind\n", schools = "urn,name\n";
  for (int i = 0; i < 400; ++i) {
    const auto key = "pupil-" + std::to_string(i);
    children += key + "," + iso_text({15000 + i * 7}) + ",Nick" + std::to_string(i) + "," + (i == 3 ? "ehcp" : i % 4 ? "none" : "support") + "," + std::to_string(i * 13 % 977) + ".5\n";
    // Two columns that go together: costs are high at home, low at school.
    for (int k = 0; k < i % 3; ++k) visits += key + "," + iso_text({20000 + i + k}) + ",urn-" + std::to_string(i % 9) + "," + std::to_string(i % 2 ? 100 + i : 9000 + i) + ",secret " + std::to_string(i) + "," + (i == 5 ? "court" : i % 2 ? "home" : "school") + "\n";
  }
  for (int i = 0; i < 9; ++i) schools += "urn-" + std::to_string(i) + ",Name " + std::to_string(i) + "\n";
  folder.write("child.csv", children).write("visit.csv", visits).write("school.csv", schools);
  simulate_options o;
  o.like = folder.path();
  data_folder out;
  simulated(*pack, out.path(), o);
  loaded_strictly(*pack, out.path());
  for (const auto& [name, text] : files_of(out.path()))
    for (const char* part : {"pupil-", "Nick", "secret", "urn-", "Name "}) {
      INFO(name << " " << part);
      CHECK(text.find(part) == std::string::npos);
    }
  // One child with a plan, one visit to court: too few to be shown.
  for (auto& r : rows_of(out.path() / "child.csv")) REQUIRE(r["sen"] != "ehcp");
  std::set<std::string> joint;
  for (auto& r : rows_of(folder.path() / "visit.csv")) joint.insert(r["day"] + r["cost"] + r["kind"]);
  std::size_t same = 0, rows = 0, crossed = 0;
  for (auto& r : rows_of(out.path() / "visit.csv")) {
    REQUIRE(r["kind"] != "court");
    same += joint.count(r["day"] + r["cost"] + r["kind"]), ++rows;
    crossed += (r["kind"] == "home") == (std::stod(r["cost"]) > 5000);
  }
  // By chance alone, days and costs meet again now and then.
  CHECK(same <= rows / 100);
  CHECK(rows > 300);
  // What went together does so no more.
  CHECK(crossed > rows / 4);
  // A value that one row holds, the highest, does not appear.
  double highest = 0, drawn = 0;
  for (auto& r : rows_of(folder.path() / "child.csv")) highest = std::max(highest, std::stod(r["score"]));
  for (auto& r : rows_of(out.path() / "child.csv")) drawn = std::max(drawn, r["score"].empty() ? 0 : std::stod(r["score"]));
  CHECK(drawn < highest);
}
