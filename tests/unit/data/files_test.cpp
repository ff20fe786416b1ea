// SPDX-License-Identifier: Apache-2.0
// Files, rows and what is missing: every line of the table in interfaces.md, "Data given as files".
#include "support/data_folder.hpp"

#include <algorithm>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

using words = std::vector<std::string>;

const schema& declared() {
  static const auto program = checked(R"(pack files "Files" version "1"
table child
  child_id  key
  year      count
  school    ref school or none
  sibling   ref child
table school lookup
  urn       key
  phase     category (primary, secondary)
table visit many per child at made recorded noted
  made      date
  noted     date
  kind      category (home, office) required
  minutes   number
  note      text
table mark many per child
  code      text or none
flag f "F"
rule r "R" when year is 6 raise f
)");
  return program->schema;
}

cohort loaded(const data_folder& folder, unsigned threads = 1) {
  load_options options;
  options.threads = threads;
  auto c = load_cohort(declared(), folder.path(), options);
  INFO((c ? std::string() : c.error().message));
  REQUIRE(c);
  for (const auto& t : c->tables) REQUIRE(t.counts.read == t.counts.used + t.counts.rejected);
  return *std::move(c);
}

std::string refused(const data_folder& folder, const load_options& options = {}) {
  const auto c = load_cohort(declared(), folder.path(), options);
  REQUIRE_FALSE(c);
  CHECK(c.error().kind == failure_kind::data);
  return c.error().message;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::string visits = "child_id,made,noted,kind,minutes,note\n";

}  // namespace

TEST_CASE("a declared table without a file is not known for every child, and one warning says so", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id,year,school,sibling\na,6,,\n").write("school.csv", "urn,phase\n").write("mark.csv", "child_id,code\n");
  const auto c = loaded(folder);
  CHECK_FALSE(table_of(declared(), c, "visit").supplied);
  CHECK(table_of(declared(), c, "mark").supplied);
  REQUIRE(c.warnings.size() == 1);
  CHECK(says(c.warnings[0].text, "visit.csv"));
}

TEST_CASE("a declared column that is not in the file is not known in every row, `or none` or not", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id,year,sibling\na,6,\n").write("school.csv", "urn,phase\n").write("mark.csv", "child_id\na\n").write("visit.csv", visits);
  const auto c = loaded(folder);
  CHECK(cells_of(declared(), c, "child", "school") == words{"not known"});
  CHECK(cells_of(declared(), c, "mark", "code") == words{"not known"});
  CHECK(c.warnings.size() == 2);
}

TEST_CASE("a column that no table declares is ignored and named", "[data]") {
  data_folder folder;
  folder.write("child.csv", "surname,child_id,year\n\"O'Neill, \"\"Ann\"\"\",a,6\n");
  const auto c = loaded(folder);
  CHECK(table_of(declared(), c, "child").ignored_columns == words{"surname"});
  CHECK(c.rejected.empty());
  CHECK(cells_of(declared(), c, "child", "year") == words{"6"});
}

TEST_CASE("bad, undeclared, missing and surplus cells reject the row and put the table in doubt for its child", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id,year\na,6\nb,6\nc,6\nd,6\ne,6\nf,6\ng,6\nh,6\n");
  folder.write("visit.csv", visits +
                                "a,2025-01-01,2025-01-02,home,5,fine\n"
                                "b,01/02/2025,2025-01-02,home,5,\n"
                                "c,2025-01-01,2025-01-02,garden,5,\n"
                                "d,,2025-01-02,home,5,\n"
                                "e,2025-01-01,,home,5,\n"
                                "f,2025-01-01,2025-01-02,,5,\n"
                                "g,2025-01-01,2025-01-02\n"
                                "h,2025-01-01,2025-01-02,home,5,a,b\n"
                                ",2025-01-01,2025-01-02,home,5,\n"
                                "stranger,2025-01-01,2025-01-02,home,5,\n");
  const auto c = loaded(folder);
  CHECK(rejections(c) == words{"visit.csv:3 made \"01/02/2025\"", "visit.csv:4 kind \"garden\"", "visit.csv:5 made \"\"", "visit.csv:6 noted \"\"", "visit.csv:7 kind \"\"", "visit.csv:8  \"\"",
                               "visit.csv:9  \"\"", "visit.csv:10 child_id \"\"", "visit.csv:11 child_id \"stranger\""});
  const auto& t = table_of(declared(), c, "visit");
  CHECK(t.counts.read == 10);
  CHECK(t.counts.used == 1);
  CHECK_FALSE(is_doubted(t, 0));
  for (std::size_t child = 1; child < 8; ++child) CHECK(is_doubted(t, child));
  CHECK(std::any_of(c.warnings.begin(), c.warnings.end(), [](const cohort_warning& w) { return says(w.text, "rows of 7 children were rejected"); }));
}

TEST_CASE("a recorded column that is not in the file leaves its rows in, with that date not known", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id\na\n").write("visit.csv", "child_id,made,kind\na,2025-01-01,home\n");
  const auto c = loaded(folder);
  CHECK(table_of(declared(), c, "visit").rows == 1);
  CHECK(cells_of(declared(), c, "visit", "noted") == words{"not known"});
}

TEST_CASE("a child row with a bad cell stays, with nothing known of the child; the first row of a key stands", "[data]") {
  data_folder folder;
  folder.write("child.csv", "year,child_id\n6,a\nsix,b\n7,a\n7,b\nseven,a\n8,\n9,c,1\n5,d\n").write("mark.csv", "child_id,code\nb,X\nd,Y\n");
  const auto c = loaded(folder);
  CHECK(texts_of(declared(), c, "child", "child_id") == words{"a", "b", "c", "d"});
  CHECK(cells_of(declared(), c, "child", "year") == words{"6", "not known", "not known", "5"});
  CHECK(rejections(c) == words{"child.csv:3 year \"six\"", "child.csv:4 child_id \"a\"", "child.csv:5 child_id \"b\"", "child.csv:6 year \"seven\"", "child.csv:7 child_id \"\"", "child.csv:8  \"\""});
  CHECK(table_of(declared(), c, "child").counts.read == 8);
  CHECK(table_of(declared(), c, "child").counts.used == 2);
  CHECK(table_of(declared(), c, "mark").first_row == std::vector<std::uint32_t>{0, 0, 1, 1, 2});
}

TEST_CASE("a reference points to its row, to no row, or to nothing; a rejected lookup row is no row", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id,school,sibling\na,100,b\nb,200,zz\nc,,\nd,300,d\n").write("school.csv", "urn,phase\n300,primary\n100,secondary\n200,tertiary\n300,secondary\n");
  const auto c = loaded(folder);
  const auto& columns = table_of(declared(), c, "child").columns;
  const auto& school = columns[2].target;
  CHECK(std::vector<int>(school.begin(), school.end()) == std::vector<int>{1, -1, -1, 0});
  CHECK_FALSE(columns[2].present.test(2));
  CHECK(columns[2].known.test(2));
  const auto& sibling = columns[3].target;
  CHECK(std::vector<int>(sibling.begin(), sibling.end()) == std::vector<int>{1, -1, -1, 3});
  CHECK(rejections(c) == words{"school.csv:4 phase \"tertiary\"", "school.csv:5 urn \"300\""});
  CHECK(cells_of(declared(), c, "school", "phase") == words{"0", "1"});
}

TEST_CASE("line ends may be any, a BOM may lead, empty lines are no rows, and lines count as an editor counts them", "[data]") {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    data_folder folder;
    const std::string e = end;
    folder.write("child.csv", "\xEF\xBB\xBF" + e + "child_id,year" + e + "a,6" + e + e + "b,x" + e + "\"c\",7");
    const auto c = loaded(folder);
    CHECK(texts_of(declared(), c, "child", "child_id") == words{"a", "b", "c"});
    CHECK(rejections(c) == words{"child.csv:5 year \"x\""});
  }
  data_folder folder;
  folder.write("child.csv", "child_id\na\nb\n").write("visit.csv", visits + "a,2025-01-01,2025-01-01,home,1,\"two\nlines, and\r\nthree\"\nb,2025-01-01,2025-01-01,home,x,\n");
  CHECK(rejections(loaded(folder)) == words{"visit.csv:5 minutes \"x\""});
}

TEST_CASE("a quote that is never closed costs one row, not the rest of the file", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id\na\nb\nc\n").write("mark.csv", "child_id,code\na,X\nb,\"Y\nc,Z\n");
  const auto c = loaded(folder);
  CHECK(rejections(c) == words{"mark.csv:3  \"\"Y\""});
  const auto& t = table_of(declared(), c, "mark");
  CHECK(t.first_row == std::vector<std::uint32_t>{0, 1, 1, 2});
  CHECK(is_doubted(t, 1));
  CHECK_FALSE(is_doubted(t, 2));
}

TEST_CASE("children whose rows a missing quote took in are in doubt, never without rows", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id\na\nb\nc\nd\n").write("mark.csv", "child_id,code\na,\"X\nb,Y\n\"c\",Z\nd,Z\n");
  const auto c = loaded(folder);
  const auto& t = table_of(declared(), c, "mark");
  CHECK(t.counts.rejected == 1);
  CHECK(is_doubted(t, 0));
  CHECK(is_doubted(t, 1));
  CHECK(is_doubted(t, 2));
  CHECK_FALSE(is_doubted(t, 3));
  CHECK(says(c.rejected[0].reason, "closing quote"));
}

TEST_CASE("a file that cannot be used says what was expected and what was found", "[data]") {
  data_folder folder;
  folder.write("child.parquet", "PAR1");
  CHECK(says(refused(folder), "CSV"));
  folder.write("child.csv", "\n\n");
  CHECK(says(refused(folder), "no header"));
  folder.write("child.csv", "child_id,year,year\na,6,7\n");
  CHECK(says(refused(folder), "two columns called year"));
  folder.write("child.csv", "child-id,year\na,6\n");
  CHECK(says(refused(folder), "is it the one called child-id?"));
  folder.write("child.csv", "\xFF\xFE" "c");
  CHECK(says(refused(folder), "UTF-16"));
  folder.write("child.csv", "child_id\na\n").write("visit.csv", "child_id,made,noted\na,2025-01-01,2025-01-01\n");
  CHECK(says(refused(folder), "no column kind, which is required"));
  folder.write("visit.csv", "made,noted,kind\n");
  CHECK(says(refused(folder), "no column child_id"));
  std::filesystem::remove(folder.path() / "visit.csv");
  std::filesystem::create_directory(folder.path() / "visit.csv");
  const auto c = load_cohort(declared(), folder.path());
  REQUIRE_FALSE(c);
  CHECK(c.error().kind == failure_kind::machine);
  CHECK_FALSE(load_cohort(declared(), folder.path() / "nowhere"));
}

TEST_CASE("--strict and --max-rejected end the load, with the first three rows and why", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id,year\na,6\nb,x\nc,y\nd,z\ne,q\n");
  load_options strict, half, most;
  strict.strict = true, half.max_rejected = 0.5, most.max_rejected = 0.8;
  const auto message = refused(folder, strict);
  CHECK(says(message, "child.csv: 4 of 5 rows"));
  CHECK(says(message, "line 3, column year, \"x\""));
  CHECK(says(message, "line 5"));
  CHECK_FALSE(says(message, "line 6"));
  CHECK(says(refused(folder, half), "--max-rejected"));
  CHECK(load_cohort(declared(), folder.path(), most));
}

TEST_CASE("the digest of a file is its SHA-256", "[data]") {
  data_folder folder;
  folder.write("child.csv", "child_id\na\n");
  const auto c = loaded(folder);
  CHECK(table_of(declared(), c, "child").digest == "70e644ae440de50817454ac6cc2d6ec0ef97226529e860fc5ea20ca7ed16bb49");
}

TEST_CASE("the number of threads changes nothing, quotes across the split or not", "[data]") {
  std::string children = "child_id,year\n", rows = visits;
  for (int i = 0; i < 400; ++i) children += "c" + std::to_string(i) + "," + std::to_string(i % 12) + "\n";
  std::uint32_t seed = 7;
  auto random = [&](std::uint32_t n) { return (seed = seed * 1664525 + 1013904223) / 65536 % n; };
  while (rows.size() < (5u << 20)) {
    rows += "c" + std::to_string(random(410)) + ",202" + std::to_string(random(6)) + "-0" + std::to_string(random(10)) + "-1" + std::to_string(random(10)) + ",2025-01-01," + (random(2) ? "home" : "office") + ",";
    rows += random(50) == 0 ? "many" : std::to_string(random(400));
    rows += random(4) == 0 ? ",\"a \"\"note\"\"\nof, two lines\"\n" : random(1000) == 0 ? ",\"" + std::string(5000, '\n') + "\"\r\n" : ",plain\n";
  }
  data_folder folder;
  folder.write("child.csv", children).write("visit.csv", rows).write("mark.csv", "child_id,code\n");
  const auto one = loaded(folder, 1);
  CHECK(one.rejected.size() > 1000);
  for (unsigned threads : {2u, 3u, 8u}) {
    const auto more = loaded(folder, threads);
    CHECK(more.texts == one.texts);
    CHECK(rejections(more) == rejections(one));
    CHECK(table_of(declared(), more, "visit").first_row == table_of(declared(), one, "visit").first_row);
    CHECK(table_of(declared(), more, "visit").doubted == table_of(declared(), one, "visit").doubted);
    for (const char* column : {"made", "minutes", "kind", "note"}) CHECK(cells_of(declared(), more, "visit", column) == cells_of(declared(), one, "visit", column));
  }
}

TEST_CASE("one child of a hundred thousand unsorted rows is put in order, ties as they came", "[data]") {
  std::string rows = visits;
  for (int i = 100000; i-- > 0;) rows += "a," + iso_text({10000 + i / 2}) + ",2025-01-01,home," + std::to_string(i) + ",\n";
  data_folder folder;
  folder.write("child.csv", "child_id\nb\na\n").write("visit.csv", rows);
  const auto c = loaded(folder);
  const auto minutes = cells_of(declared(), c, "visit", "minutes");
  REQUIRE(minutes.size() == 100000);
  CHECK(words(minutes.begin(), minutes.begin() + 4) == words{"1", "0", "3", "2"});
}
