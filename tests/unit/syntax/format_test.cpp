// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/syntax/format.hpp>

using namespace earlysight;

namespace {

std::string laid_out(std::string text) {
  source_map sources;
  std::vector<diagnostic> problems;
  const auto file = sources.add("t.sight", std::move(text));
  const auto out = format(sources, file, problems);
  REQUIRE(out);
  return *out;
}

// Laying out again changes nothing.
void check_layout(const std::string& text, const std::string& wanted) {
  CHECK(laid_out(text) == wanted);
  CHECK(laid_out(wanted) == wanted);
}

}  // namespace

TEST_CASE("the values of a use stand one a line, with their comments", "[format]") {
  check_layout("use \"shared\" with\n  -- waits\n  a = 3 weeks, b = 4 points,\n  -- hours\n  c = 21 hours without old_rule, older_rule\n",
               "use \"shared\" with\n  -- waits\n  a = 3 weeks,\n  b = 4 points,\n  -- hours\n  c = 21 hours\n  without old_rule, older_rule\n");
  check_layout("use \"shared\"\n  with a = 3 weeks", "use \"shared\" with a = 3 weeks\n");
  check_layout("use \"shared\" without a, b", "use \"shared\" without a, b\n");
}

TEST_CASE("a long fact is broken after commas and before `and`, `or` and its description", "[format]") {
  check_layout("fact lately = marks_share in the last 6 school weeks if feed is marks, weeks_share in the last 6 school weeks if feed is weeks, else none_share \"Share attended lately\"",
               "fact lately = marks_share in the last 6 school weeks if feed is marks,\n"
               "  weeks_share in the last 6 school weeks if feed is weeks, else none_share \"Share attended lately\"\n");
  check_layout("fact short = year is 6 and moved", "fact short = year is 6 and moved\n");
}

TEST_CASE("a long list of category values is broken under its first word", "[format]") {
  std::string values, wanted = "table child\n  child_id key\n  kind     category (";
  for (int i = 0; i < 12; ++i) values += (i ? ", " : "") + std::string("value_number_") + std::to_string(i);
  const auto out = laid_out("table child\n  child_id key\n  kind category (" + values + ")\n");
  CHECK(out.rfind(wanted, 0) == 0);
  CHECK(out.find(",\n           value_number_") != std::string::npos);
  CHECK(laid_out(out) == out);
}

TEST_CASE("a long row of an example is broken after a comma", "[format]") {
  const auto out = laid_out("example \"A child\"\n  on 2025-06-20\n  given attendance weekly from 2024-09-02 to 2025-06-16 possible 10, attended 10 then 7 from 2025-05-06, authorised 0 then 3 from 2025-05-06\n  expect low fires\n");
  CHECK(out.find("attended 10 then 7 from 2025-05-06,\n    authorised 0") != std::string::npos);
  CHECK(laid_out(out) == out);
}
