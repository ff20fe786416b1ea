// SPDX-License-Identifier: Apache-2.0
// What holds in every simulated cohort: all tables tell of the same lives.
#include "support/simulated.hpp"

#include <algorithm>
#include <set>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

using row = std::map<std::string, std::string>;

struct files {
  explicit files(std::uint64_t seed, std::int64_t children = 6000) {
    o = one_year(children, seed);
    // Every cell that may be written is, so that sums can be checked.
    auto p = read_profile("cell_missing = 0%\nchild_cell_missing = 0%\ncount_missing = 0%\nschool_sends_marks = 30%\nmissing_education = 2%\ncustody = 0.3%\nexcluded_permanently_in_year = 1%\n", "test");
    REQUIRE(p);
    o.profile = *p;
    simulated(*data_model(), folder.path(), o);
    to = iso_text(*o.to);
  }
  std::vector<row> rows(const std::string& table) const { return rows_of(folder.path() / (table + ".csv")); }
  data_folder folder;
  simulate_options o;
  std::string to;
};

int number(const std::string& s) { return s.empty() ? 0 : std::stoi(s); }

std::map<std::string, std::vector<row>> by_child(std::vector<row> rows) {
  std::map<std::string, std::vector<row>> out;
  for (auto& r : rows) out[r.at("child_id")].push_back(std::move(r));
  return out;
}

}  // namespace

TEST_CASE("every file of a simulation loads without a rejected row, for several seeds", "[simulate]") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    data_folder folder;
    const auto report = simulated(*data_model(), folder.path(), one_year(1500, seed));
    const auto c = loaded_strictly(*data_model(), folder.path());
    CHECK(c.children == 1500);
    CHECK(c.warnings.empty());
    for (std::size_t t = 0; t < c.tables.size(); ++t) {
      CHECK(c.tables[t].supplied);
      CHECK(c.tables[t].rows == report.tables[t].rows);
      CHECK(std::filesystem::file_size(folder.path() / (report.tables[t].name + ".csv")) == report.tables[t].bytes);
    }
  }
}

TEST_CASE("spells end on or after the day they start, and nothing lies after the day of the extract but plans", "[simulate]") {
  const files f(5);
  for (const auto& t : data_model()->schema.tables) {
    const auto all = f.rows(t.name);
    for (const auto& r : all) {
      for (const auto& c : t.columns) {
        if (c.type != column_type::date || c.planned || r.at(c.name).empty()) continue;
        INFO(t.name << " " << c.name << " " << r.at(c.name));
        REQUIRE(r.at(c.name) <= f.to);
      }
      if (!t.is_interval()) continue;
      const auto &begin = r.at(t.columns[static_cast<std::size_t>(t.time)].name), &end = r.at(t.columns[static_cast<std::size_t>(t.end)].name);
      INFO(t.name << " " << begin << " to " << end);
      REQUIRE((end.empty() || begin <= end));
    }
  }
}

TEST_CASE("the counts of a week add up, and its parts are no larger than the whole", "[simulate]") {
  const files f(6);
  int weeks = 0, part_time = 0;
  for (auto& r : f.rows("attendance")) {
    ++weeks;
    REQUIRE(number(r["possible"]) == number(r["attended"]) + number(r["authorised"]) + number(r["unauthorised"]));
    REQUIRE(number(r["illness"]) + number(r["appointments"]) + number(r["part_time"]) <= number(r["authorised"]));
    REQUIRE(number(r["possible"]) + number(r["no_transport"]) <= 10);
    part_time += number(r["part_time"]);
  }
  CHECK(weeks > 50'000);
  CHECK(part_time > 0);
  for (auto& r : f.rows("term_attendance")) REQUIRE(number(r["authorised"]) + number(r["unauthorised"]) <= number(r["possible"]));
}

TEST_CASE("nobody attends a school without being on its roll", "[simulate]") {
  const files f(7);
  const auto stays = by_child(f.rows("enrolment"));
  auto on_roll = [&](const std::string& child, const std::string& first, const std::string& last, const std::string& school) {
    const auto found = stays.find(child);
    if (found == stays.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [&](const row& s) { return s.at("joined") <= last && (s.at("left").empty() || s.at("left") >= first) && (school.empty() || s.at("school") == school); });
  };
  std::size_t marks = 0;
  for (auto& r : f.rows("mark")) {
    INFO(r["child_id"] << " " << r["day"] << " " << r["school"]);
    REQUIRE(on_roll(r["child_id"], r["day"], r["day"], r["school"]));
    ++marks;
  }
  CHECK(marks > 100'000);
  for (auto& r : f.rows("attendance")) REQUIRE(on_roll(r["child_id"], r["week"], iso_text({parse_date(r["week"])->day + 4}), ""));
}

TEST_CASE("main enrolments follow one another, and what ends one shows in the tables that say why", "[simulate]") {
  const files f(8, 12'000);
  const auto excluded = by_child(f.rows("suspension")), at_home = by_child(f.rows("ehe"));
  std::size_t seen[3] = {};
  for (auto& [child, stays] : by_child(f.rows("enrolment"))) {
    std::string free_from = "0000-00-00";
    for (auto& s : stays) {
      if (s["status"] == "subsidiary") continue;
      INFO(child << " " << s["joined"] << " to " << s["left"]);
      REQUIRE(s["joined"] >= free_from);
      free_from = s["left"].empty() ? "9999-12-31" : s["left"];
      REQUIRE((s["left"].empty() ? s["left_reason"].empty() : true));
      if (s["left_reason"] == "excluded") {
        REQUIRE(std::any_of(excluded.at(child).begin(), excluded.at(child).end(), [](const row& r) { return r.at("kind") == "permanent"; }));
        ++seen[0];
      }
      if (s["left_reason"] == "home_education") {
        REQUIRE(std::any_of(at_home.at(child).begin(), at_home.at(child).end(), [&](const row& r) { return r.at("started") == s["left"]; }));
        ++seen[1];
      }
    }
    // A second roll needs a first.
    for (auto& s : stays)
      if (s["status"] == "subsidiary") {
        REQUIRE(std::any_of(stays.begin(), stays.end(), [&](const row& m) { return m.at("status") == "main" && m.at("joined") <= s["joined"]; }));
        ++seen[2];
      }
  }
  for (auto n : seen) CHECK(n > 0);
}

TEST_CASE("a child on a part-time timetable has part-time marks, and one in a second school is marked D by the first", "[simulate]") {
  const files f(9, 12'000);
  std::map<std::string, std::set<std::string>> codes;
  std::map<std::string, std::string> feed;
  for (auto& r : f.rows("mark")) codes[r["child_id"]].insert(r["code"]);
  for (auto& r : f.rows("child")) feed[r["child_id"]] = r["school_feed"];
  int timetables = 0, seconds = 0;
  for (auto& r : f.rows("part_time")) {
    if (feed[r["child_id"]] != "marks" || r["started"] < "2024-11-01" || r["started"] > "2025-05-01" || (!r["ended"].empty() && r["ended"] < "2025-03-10")) continue;
    INFO(r["child_id"]);
    CHECK(codes[r["child_id"]].count("C2") == 1);
    ++timetables;
  }
  for (auto& r : f.rows("enrolment")) {
    if (feed[r["child_id"]] != "marks" || r["status"] != "subsidiary" || r["joined"] > "2025-04-01" || r["joined"] < "2024-09-20" || (!r["left"].empty() && r["left"] < "2025-03-10")) continue;
    INFO(r["child_id"]);
    CHECK(codes[r["child_id"]].count("D") == 1);
    ++seconds;
  }
  CHECK(timetables > 3);
  CHECK(seconds > 1);
}

TEST_CASE("brothers and sisters name each other", "[simulate]") {
  const files f(10);
  std::set<std::pair<std::string, std::string>> pairs;
  for (auto& r : f.rows("sibling")) pairs.emplace(r["child_id"], r["other"]);
  CHECK(pairs.size() > 3000);
  for (const auto& [a, b] : pairs) {
    REQUIRE(a != b);
    REQUIRE(pairs.count({b, a}) == 1);
  }
}

TEST_CASE("planted stories are in truth.csv, and the other tables bear them out", "[simulate]") {
  const files f(11, 12'000);
  std::map<std::string, std::set<std::string>> of;
  for (auto& r : f.rows("truth")) of[r["story"]].insert(r["child_id"]);
  for (const char* story : {"falling", "waiting", "off_roll", "lost_feed", "excluded_no_provision", "home_educated_unmet_need", "hidden_part_time", "never_on_roll"}) {
    INFO(story);
    CHECK(!of[story].empty());
  }
  // In the holidays no register has stopped that reaches to the last day of term.
  data_folder summer;
  auto o = one_year(3000, 11);
  o.to = make_date(2025, 8, 20);
  simulated(*data_model(), summer.path(), o);
  int lost = 0;
  for (auto& r : rows_of(summer.path() / "truth.csv")) lost += r["story"] == "lost_feed";
  CHECK(lost < 600);
  const auto part_time = by_child(f.rows("part_time")), stays = by_child(f.rows("enrolment")), cases = by_child(f.rows("cme")), at_home = by_child(f.rows("ehe"));
  for (const auto& child : of["hidden_part_time"]) CHECK(part_time.count(child) == 0);
  for (const auto& child : of["never_on_roll"]) CHECK(stays.count(child) == 0);
  for (const auto& child : of["off_roll"]) {
    CHECK(cases.count(child) == 0);
    CHECK(at_home.count(child) == 0);
  }
  for (auto& r : f.rows("child"))
    if (of["off_roll"].count(r["child_id"])) CHECK(r["school"].empty());
}
