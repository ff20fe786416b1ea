// SPDX-License-Identifier: Apache-2.0
// What one cell may hold: interfaces.md, "Data given as files".
#include "support/data_folder.hpp"

using namespace earlysight;
using namespace earlysight::testing;

namespace {

using words = std::vector<std::string>;

const schema& declared() {
  static const auto program = checked(R"(pack cells "Cells" version "1"
table child
  child_id  key
  n         number
  whole     count
  share     percent
  drop      points
  born      date
  flagged   yes/no
  sen       category (none, support, "C/1")
  note      text
  mentor    text or none
  seen      date or not yet
flag f "F"
rule r "R" when n is 6 raise f
)");
  return program->schema;
}

// The values of one column read from these cells, "rejected" for rows that were.
words read_column(const std::string& column, const words& cells) {
  data_folder folder;
  std::string text = "child_id," + column + "\n";
  for (std::size_t i = 0; i < cells.size(); ++i) text += "c" + std::to_string(i) + "," + cells[i] + "\n";
  folder.write("child.csv", text);
  const auto c = load_cohort(declared(), folder.path());
  REQUIRE(c);
  REQUIRE(c->children == cells.size());
  auto out = cells_of(declared(), *c, "child", column);
  for (const auto& r : c->rejected) {
    CHECK(out[r.line - 2] == "not known");
    out[r.line - 2] = "rejected";
  }
  return out;
}

}  // namespace

TEST_CASE("numbers are plain decimals; infinities, hexadecimals, units and thousands commas are none", "[data]") {
  CHECK(read_column("n", {"12", "-0.5", "1e3", "+7", ".5", " 8 ", "\"9\"", "0001234567890", ""}) == words{"12", "-0.5", "1000", "7", "0.5", "8", "9", "1234567890", "not known"});
  for (const char* wrong : {"inf", "-inf", "nan", "NaN", "0x1F", "25 hours", "\"1,000\"", "1e999", "--1", "+-1", "1.2.3", "12a", "-", "+", ".", "£5"}) {
    INFO(wrong);
    CHECK(read_column("n", {wrong}) == words{"rejected"});
  }
}

TEST_CASE("a number keeps its exact value however its column is stored", "[data]") {
  CHECK(read_column("n", {"0", "255", "3"}) == words{"0", "255", "3"});
  CHECK(read_column("n", {"1", "256", "0.25", "-1", "2"}) == words{"1", "256", "0.25", "-1", "2"});
}

TEST_CASE("a count is whole", "[data]") { CHECK(read_column("whole", {"6", "6.0", "-2", "6.5"}) == words{"6", "6", "-2", "rejected"}); }

TEST_CASE("a percentage has its sign or is a fraction; 93.5 is neither", "[data]") {
  CHECK(read_column("share", {"93.5%", "93.5 %", "0.935", "1", "0", "120%", "93.5", "%", "x%"}) == words{"0.935", "0.935", "0.935", "1", "0", "1.2", "rejected", "rejected", "rejected"});
  CHECK(read_column("drop", {"5", "-2.5", "5%"}) == words{"0.05", "-0.025", "rejected"});
}

TEST_CASE("dates are days that exist, year first", "[data]") {
  CHECK(read_column("born", {"1970-01-02", "1970-01-31", "1970-02-01", "2024-02-29", "2024-02-28", "\"1970-01-05\"", ""}) == words{"1", "30", "31", "19782", "19781", "4", "not known"});
  for (const char* wrong : {"2025-02-29", "2025-02-30", "2025-04-31", "2025-13-01", "2025-00-01", "2025-01-00", "0000-01-01", "20/06/2025", "2025-6-1", "2025-01-1x", "2025-01-01T00:00", "2100-02-29"}) {
    INFO(wrong);
    CHECK(read_column("born", {"2025-01-01", "2025-02-01", wrong}).back() == "rejected");
  }
}

TEST_CASE("each day of a span is the day after the one before it, in whatever order they stand", "[data]") {
  words cells;
  const auto first = *parse_date("1999-12-01"), last = *parse_date("2001-03-05");
  for (auto d = first; d <= last; ++d.day) cells.push_back(iso_text(d));
  for (auto d = last; first <= d; --d.day) cells.push_back(iso_text(d));
  const auto days = read_column("born", cells);
  for (std::size_t i = 0; i < cells.size(); ++i) REQUIRE(days[i] == std::to_string(parse_date(cells[i])->day));
}

TEST_CASE("yes and no are read in four ways and any case", "[data]") {
  CHECK(read_column("flagged", {"yes", "NO", "True", "false", "1", "0", "Y", "n", "ja", "2", "\x11", ""}) == words{"1", "0", "1", "0", "1", "0", "1", "0", "rejected", "rejected", "rejected", "not known"});
}

TEST_CASE("a category is its declared text, to the letter; `none` only where it is declared", "[data]") {
  CHECK(read_column("sen", {"none", " support ", "C/1", "Support", "ehcp", "\x01", ""}) == words{"0", "1", "2", "rejected", "rejected", "rejected", "not known"});
}

TEST_CASE("an empty cell is not known, nothing, or not yet, as its column says", "[data]") {
  CHECK(read_column("note", {"", "  ", "\"\"", "\" \""}) == words{"not known", "not known", "not known", "not known"});
  CHECK(read_column("mentor", {"", "\"\""}) == words{"none", "none"});
  CHECK(read_column("seen", {"", "1970-01-02"}) == words{"none", "1"});
}

TEST_CASE("a row whose cell is not UTF-8 is rejected, and what is shown of it is", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id,note\na,caf\xC3\xA9\nb,caf\xE9\nc,\xC0\x80\nd,\xED\xA0\x80\n\xFF,x\n");
  const auto c = load_cohort(declared(), folder.path());
  REQUIRE(c);
  CHECK(rejections(*c) == words{"child.csv:3 note \"(not UTF-8)\"", "child.csv:4 note \"(not UTF-8)\"", "child.csv:5 note \"(not UTF-8)\"", "child.csv:6 child_id \"(not UTF-8)\""});
  CHECK(c->children == 4);
}

TEST_CASE("texts keep their quotes, commas and line ends", "[data]") {
  data_folder folder;
  folder.write("child.csv", "note,child_id,mentor\n\"a \"\"b\"\", c\",one,\"\"\"x\"\"\"\n\" line\r\ntwo \",two,it's \"so\"\n");
  const auto c = load_cohort(declared(), folder.path());
  REQUIRE(c);
  CHECK(c->rejected.empty());
  CHECK(texts_of(declared(), *c, "child", "note") == words{"a \"b\", c", "line\r\ntwo"});
  CHECK(texts_of(declared(), *c, "child", "mentor") == words{"\"x\"", "it's \"so\""});
}
