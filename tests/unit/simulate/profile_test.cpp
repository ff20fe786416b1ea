// SPDX-License-Identifier: Apache-2.0
#include "support/simulated.hpp"

#include <cmath>
#include <set>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

std::string wrong(const std::string& text) {
  const auto p = read_profile(text, "our.profile");
  REQUIRE_FALSE(p);
  CHECK(p.error().kind == failure_kind::arguments);
  return p.error().message;
}

}  // namespace

TEST_CASE("a profile is lines of name = value, and what it leaves out keeps its default", "[simulate][profile]") {
  const auto p = read_profile("\xEF\xBB\xBF# ours\n\n  sen_support = 20%   # more than in England\r\nehc_plan=0.07\nnotice_days = 12.5", "our.profile");
  REQUIRE(p);
  CHECK(p->value("sen_support") == Approx(0.2));
  CHECK(p->value("ehc_plan") == Approx(0.07));
  CHECK(p->value("notice_days") == Approx(12.5));
  CHECK(p->value("home_educated") == Approx(0.012));
}

TEST_CASE("a mistake in a profile is shown with its place and how to mend it", "[simulate][profile]") {
  CHECK(wrong("# first\n  sen_suport = 20%") == "our.profile:2:3: a profile has no figure called \"sen_suport\"; did you mean sen_support?");
  CHECK(wrong("zebras = 1%").find("england.profile lists all") != std::string::npos);
  CHECK(wrong("sen_support = many") == "our.profile:1:15: sen_support needs a share such as 14% or 0.14; \"many\" is not that");
  CHECK(wrong("sen_support = 14").find("did you mean 14%?") != std::string::npos);
  CHECK(wrong("sen_support = 140%").find("out of range") != std::string::npos);
  CHECK(wrong("sen_support = -1%").find("out of range") != std::string::npos);
  CHECK(wrong("notice_days = 5%").find("needs a number from 0 to") != std::string::npos);
  CHECK(wrong("sen_support =").find("our.profile:1:1") == 0);
  CHECK(wrong("sen_support = nan").find("is not that") != std::string::npos);
  CHECK(wrong("sen_support 14%").find("this one has no =") != std::string::npos);
  CHECK(wrong("sen_support = 1%\nsen_support = 2%").find("our.profile:2:1: sen_support stands in line 1 already") == 0);
}

TEST_CASE("the profile of England that is shipped is the built-in one, figure by figure", "[simulate][profile]") {
  const auto text = text_of_file(std::string(EARLYSIGHT_SOURCE_DIR) + "/examples/profiles/england.profile");
  CHECK(text == render_profile(simulation_profile{}));
  const auto read = read_profile(text, "england.profile");
  REQUIRE(read);
  const simulation_profile usual;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < profile_entries().size(); ++i) {
    const auto& e = profile_entries()[i];
    INFO(std::string(e.name));
    CHECK((*read)[i] == Approx(usual[i]));
    CHECK(names.insert(e.name).second);
    CHECK_FALSE(e.meaning.empty());
    CHECK(e.value <= e.most);
  }
}

TEST_CASE("a profile's shares show in the cohort", "[simulate][profile]") {
  auto o = one_year(30'000, 12);
  const auto p = read_profile("sen_support = 25%\nhome_educated = 4%\npart_time = 2%\nno_health_feed = 0%\nneurodevelopmental_wait = 8%\nchild_cell_missing = 0%\ncell_missing = 0%", "test");
  REQUIRE(p);
  o.profile = *p;
  data_folder folder;
  simulated(*data_model(), folder.path(), o);
  double support = 0, at_home = 0, part_time = 0, waits = 0;
  for (auto& r : rows_of(folder.path() / "child.csv")) support += r["sen"] == "support";
  for (auto& r : rows_of(folder.path() / "ehe.csv")) at_home += r["ended"].empty();
  for (auto& r : rows_of(folder.path() / "part_time.csv")) part_time += r["ended"].empty();
  for (auto& r : rows_of(folder.path() / "referral.csv")) waits += r["service"] == "neurodevelopmental" && r["seen"].empty() && r["closed"].empty();
  CHECK(support / 30'000 == Approx(0.25).epsilon(0.05));
  CHECK(at_home / 30'000 == Approx(0.04).epsilon(0.12));
  CHECK(part_time / 30'000 == Approx(0.02 * 0.88).epsilon(0.2));
  CHECK(waits / 30'000 == Approx(0.08).epsilon(0.12));
}

TEST_CASE("the default prevalences are plausible for England", "[simulate][profile]") {
  data_folder folder;
  simulated(*data_model(), folder.path(), one_year(60'000, 13));
  std::map<std::string, double> n;
  for (auto& r : rows_of(folder.path() / "child.csv")) ++n["sen " + r["sen"]], n["interpreter"] += r["interpreter_needed"] == "yes";
  std::set<std::string> open;
  auto count_open = [&](const std::string& table, const std::string& end, const std::string& kind, const std::string& name) {
    open.clear();
    for (auto& r : rows_of(folder.path() / (table + ".csv")))
      if (r[end].empty()) {
        if (open.insert(r["child_id"] + (kind.empty() ? "" : r[kind])).second) ++n[kind.empty() ? name : name + " " + r[kind]];
      }
  };
  count_open("ehe", "ended", "", "home");
  count_open("cme", "closed", "", "missing");
  count_open("part_time", "ended", "", "part time");
  count_open("social_care", "ended", "status", "care");
  count_open("provision", "ended", "kind", "provision");
  open.clear();
  for (auto& r : rows_of(folder.path() / "suspension.csv"))
    if (r["kind"] == "suspended" && open.insert(r["child_id"]).second) ++n["suspended"];
  const std::pair<const char*, double> wanted[] = {{"sen support", 14}, {"sen ehcp", 5}, {"home", 1.2}, {"missing", 0.36}, {"part time", 0.44}, {"care in_need", 2.8}, {"care looked_after", 0.68}, {"care protection", 0.39},
                                                   {"provision alternative", 0.6}, {"provision eotas", 0.1}, {"suspended", 3.4}, {"interpreter", 3}};
  for (const auto& [name, percent] : wanted) {
    INFO(name << " " << n[name] / 600 << " %");
    // Three standard errors, and a sixth on top.
    const auto expected = percent * 600;
    CHECK(std::abs(n[name] - expected) < 3 * std::sqrt(expected) + expected / 6);
  }
}
