// SPDX-License-Identifier: Apache-2.0
#include <earlysight/text/nearest.hpp>
#include <earlysight/text/source.hpp>

#include <catch2/catch.hpp>

using namespace earlysight;

TEST_CASE("the nearest name is one letter off in short words, and never the word itself", "[text]") {
  CHECK(nearest_name("attendence", {"attendance", "year"}) == "attendance");
  CHECK(nearest_name("whem", {"when", "where"}) == "when");
  CHECK(nearest_name("ruel", {"rule", "table"}) == "rule");
  CHECK(nearest_name("year", {"bear", "rear"}) == "bear");
  CHECK(nearest_name("zzz", {"year"}).empty());
  CHECK(edit_distance("ab", "ba") == 1);
}

TEST_CASE("columns are counted in characters, lines from 1", "[text]") {
  source_map sources;
  const auto file = sources.add("a", "x\n\xC3\xA9y = z\r\nlast");
  CHECK(sources.place_of(file, 4).line == 2);
  CHECK(sources.place_of(file, 4).column == 2);
  CHECK(sources.line_at(file, 4) == "\xC3\xA9y = z");
  CHECK(sources.place_of(file, 12).line == 3);
}
