// SPDX-License-Identifier: Apache-2.0
// What a simulation writes and where: the same bytes, whole or not at all, for any pack.
#include "support/simulated.hpp"

#include <algorithm>
#include <set>

using namespace earlysight;
using namespace earlysight::testing;

namespace fs = std::filesystem;

TEST_CASE("the same seed gives the same bytes for any number of threads, another seed other children", "[simulate]") {
  std::map<std::string, std::string> first;
  for (unsigned threads : {1u, 2u, 3u, 7u}) {
    data_folder folder;
    auto o = one_year(5000, 3);
    o.threads = threads;
    simulated(*data_model(), folder.path() / "out", o);
    auto files = files_of(folder.path() / "out");
    if (first.empty()) first = std::move(files);
    else CHECK(files == first);
  }
  data_folder folder;
  simulated(*data_model(), folder.path(), one_year(5000, 4));
  CHECK(files_of(folder.path())["child.csv"] != first["child.csv"]);
}

TEST_CASE("children are made one by one: a larger cohort begins with a smaller one of the same schools", "[simulate]") {
  // Schools are as many as the children need; with the least of them, the first stretches of two cohorts are the same.
  data_folder small, large;
  simulated(*data_model(), small.path(), one_year(1024, 6));
  simulated(*data_model(), large.path(), one_year(1500, 6));
  const auto a = text_of_file(small.path() / "ehc_plan.csv"), b = text_of_file(large.path() / "ehc_plan.csv");
  CHECK(b.substr(0, a.size()) == a);
}

TEST_CASE("every table of the pack is a file with the child's key first, then the columns as declared", "[simulate]") {
  data_folder folder;
  simulated(*data_model(), folder.path(), one_year(10));
  for (const auto& t : data_model()->schema.tables) {
    auto header = t.shape == table_shape::many_per_child ? std::string("child_id") : t.columns[static_cast<std::size_t>(t.key)].name;
    for (std::size_t i = 0; i < t.columns.size(); ++i)
      if (static_cast<std::int32_t>(i) != t.key) header += "," + t.columns[i].name;
    const auto text = text_of_file(folder.path() / (t.name + ".csv"));
    CHECK(text.substr(0, text.find('\n')) == header);
  }
  CHECK(text_of_file(folder.path() / "truth.csv").substr(0, 26) == "child_id,story,from,detail");
  CHECK(fs::exists(folder.path() / "simulation.json"));
}

TEST_CASE("cohorts for the packs of the repository load without a rejected row, whatever their tables are", "[simulate]") {
  std::vector<fs::path> packs{fs::path(EARLYSIGHT_SOURCE_DIR) / "rules/transition"};
  for (const auto& entry : fs::directory_iterator(fs::path(EARLYSIGHT_SOURCE_DIR) / "tests/conformance/valid"))
    for (const char* name : {"pack.sight", "pack"})
      if (fs::exists(entry.path() / name)) packs.push_back(entry.path() / name);
  std::size_t tried = 0;
  for (const auto& path : packs) {
    const auto report = read_pack(path);
    REQUIRE(report);
    if (!report->checked) continue;
    INFO(path.string());
    const auto& pack = *report->checked;
    simulate_options o = one_year(60);
    if (!pack.calendar.empty()) o.from = pack.calendar.first_day(), o.to = std::min(pack.calendar.last_day(), date{pack.calendar.first_day().day + 300});
    data_folder folder;
    simulated(pack, folder.path(), o);
    const auto c = loaded_strictly(pack, folder.path());
    CHECK(c.children == 60);
    CHECK(c.warnings.empty());
    ++tried;
  }
  CHECK(tried > 60);
}

TEST_CASE("tables that no story knows are filled by the types of their columns", "[simulate]") {
  const auto pack = checked(R"(pack p "P" version "1"
table child
  pupil    key
  born     date
  points_  points
  share    percent or none
  club     ref club
  friend   ref child or none
table club lookup
  code     key
  name     text
  sort     category ("a, b", "say \"x\"", plain)
table visit many per child from came to went recorded noted
  came     date
  went     date or not yet
  noted    date
  next     date or none planned
  fee      pounds
  kind     category (home, school) required
table week_log many per child at week
  week     date
  done     sessions
)");
  data_folder folder;
  simulated(*pack, folder.path(), one_year(3000));
  const auto c = loaded_strictly(*pack, folder.path());
  CHECK(c.children == 3000);
  CHECK(table_of(pack->schema, c, "club").rows >= 5);
  const auto weeks = table_of(pack->schema, c, "week_log").rows / 3000;
  CHECK(weeks * 3000 == table_of(pack->schema, c, "week_log").rows);
  CHECK(weeks > 33);
  CHECK(weeks < 40);
  // Spells of a child follow one another, and only the last may be open.
  std::map<std::string, std::string> free_from;
  for (auto& r : rows_of(folder.path() / "visit.csv")) {
    auto& free = free_from[r["pupil"]];
    REQUIRE(r["came"] > free);
    REQUIRE((r["went"].empty() || r["went"] >= r["came"]));
    REQUIRE(r["noted"] >= r["came"]);
    REQUIRE(r["noted"] <= "2025-06-20");
    free = r["went"].empty() ? "9999" : r["went"];
  }
  CHECK(free_from.size() > 1000);
}

TEST_CASE("only categories that the pack lists are written", "[simulate]") {
  const auto pack = checked(R"(pack p "P" version "1"
table child
  child_id key
  sen      category (none, support)
  school_feed yes/no
table referral many per child at made
  made    date
  service category (camhs, speech_language)
table enrolment many per child from joined to left
  joined  date
  left    date or not yet
  left_reason category (excluded, other) or none
)");
  data_folder folder;
  simulated(*pack, folder.path(), one_year(4000));
  const auto c = loaded_strictly(*pack, folder.path());
  CHECK(table_of(pack->schema, c, "referral").rows > 50);
  std::set<std::string> reasons, feeds;
  for (auto& r : rows_of(folder.path() / "enrolment.csv")) reasons.insert(r["left_reason"]);
  for (auto& r : rows_of(folder.path() / "child.csv")) feeds.insert(r["school_feed"]);
  CHECK(reasons == std::set<std::string>{"", "excluded", "other"});
  CHECK(feeds == std::set<std::string>{"no", "yes"});
}

TEST_CASE("columns of a known name and another type are filled by their type", "[simulate]") {
  const auto pack = checked(R"(pack p "P" version "1"
table child
  child_id key
  dob      text
  year     category (six, seven) required
  sen      category (low, high) required
  school   ref college or none
  upn      count
  primary_need text required
table college lookup
  code key
  phase yes/no
table school lookup
  urn   key
  phase category (big, small) required
  register_to number required
table suspension many per child at starts
  starts date
  days   count
  kind   text
table concern many per child
  raised date required
  acted  yes/no
)");
  data_folder folder;
  simulated(*pack, folder.path(), one_year(3000));
  const auto c = loaded_strictly(*pack, folder.path());
  CHECK(table_of(pack->schema, c, "suspension").rows > 20);
  CHECK(table_of(pack->schema, c, "concern").rows > 20);
}

TEST_CASE("a day is time enough, in term or out of it", "[simulate]") {
  for (const auto day : {make_date(2025, 8, 14), make_date(2025, 1, 4), make_date(2025, 3, 4)}) {
    data_folder folder;
    auto o = one_year(400);
    o.from = o.to = day;
    simulated(*data_model(), folder.path(), o);
    CHECK(loaded_strictly(*data_model(), folder.path()).children == 400);
  }
}

TEST_CASE("a cohort can be had without a folder", "[simulate]") {
  const auto c = simulate_cohort(*data_model(), one_year(50));
  REQUIRE(c);
  CHECK(c->children == 50);
  CHECK(c->rejected.empty());
  CHECK(c->key_of(49) == "c000050");
}

TEST_CASE("what cannot be simulated is refused in plain sentences, and nothing is written", "[simulate]") {
  data_folder folder;
  auto refused = [&](simulate_options o, const fs::path& out) {
    const auto r = simulate(*data_model(), out, o);
    REQUIRE_FALSE(r);
    return r.error();
  };
  const auto out = folder.path() / "out";
  auto o = one_year(0);
  CHECK(refused(o, out).kind == failure_kind::arguments);
  o = one_year(50'000'001);
  CHECK(refused(o, out).message.find("50,000,000") != std::string::npos);
  o = one_year(5);
  std::swap(o.from, o.to);
  CHECK(refused(o, out).message.find("is after") != std::string::npos);
  o = one_year(5);
  o.to = make_date(2031, 1, 1);
  CHECK(refused(o, out).kind == failure_kind::data);
  CHECK(refused(o, out).message.find("calendar reaches from") != std::string::npos);
  o = one_year(5);
  o.like = folder.path() / "nowhere";
  CHECK(refused(o, out).kind == failure_kind::data);
  CHECK_FALSE(fs::exists(out));
  CHECK(fs::is_empty(folder.path()));

  // A folder of somebody else's stays as it is; an earlier simulation gives way.
  folder.write("letter.txt", "dear");
  CHECK(refused(one_year(5), folder.path()).kind == failure_kind::arguments);
  CHECK(text_of_file(folder.path() / "letter.txt") == "dear");
  simulated(*data_model(), out, one_year(5));
  simulated(*data_model(), out, one_year(6));
  CHECK(rows_of(out / "child.csv").size() == 6);
  CHECK(refused(one_year(5), folder.path() / "letter.txt" / "under").kind == failure_kind::machine);
}
