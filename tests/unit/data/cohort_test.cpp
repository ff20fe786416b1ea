// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/data/cohort_builder.hpp>
#include <earlysight/data/load.hpp>

#include <fstream>
#include <unistd.h>

using namespace earlysight;
using namespace earlysight::testing;

namespace {

struct folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("earlysight-unit-" + std::to_string(::getpid()));
  folder() { std::filesystem::create_directories(path); }
  ~folder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name, std::ios::binary) << text; }
};

const std::string items = "rule low \"Low\" when any referral where urgent raise at_risk";

}  // namespace

TEST_CASE("a file is read as RFC 4180 has it: quotes, line ends inside them, CRLF, a BOM, no last line end", "[data]") {
  const auto p = checked(pack_with(items));
  folder f;
  f.write("child.csv", "\xEF\xBB\xBFyear,child_id,sen\r\n6,\"a\"\"b\",\"support\"\r\n 7 , c , none ");
  const auto c = load_cohort(p->schema, f.path);
  REQUIRE(c);
  CHECK(c->children == 2);
  CHECK(c->key_of(0) == "a\"b");
  CHECK(c->key_of(1) == "c");
  CHECK(c->rejected.empty());
}

TEST_CASE("rows read are rows used and rows rejected, each with its line", "[data]") {
  const auto p = checked(pack_with(items));
  folder f;
  f.write("child.csv", "child_id,year\na,6\nb,six\na,7\n,5\nc,8,9\n");
  f.write("referral.csv", "child_id,made,urgent\na,2025-01-01,yes\na,2025-02-30,yes\nz,2025-01-01,yes\nc,,no\nb,2025-01-01,perhaps\n");
  const auto c = load_cohort(p->schema, f.path);
  REQUIRE(c);
  CHECK(c->children == 3);
  for (const auto& t : c->tables) CHECK(t.counts.read == t.counts.used + t.counts.rejected);
  REQUIRE(c->rejected.size() == 8);
  CHECK(c->rejected[0].file == "child.csv");
  CHECK(c->rejected[0].line == 3);
  CHECK(c->rejected[0].column == "year");
  CHECK(c->rejected[0].value == "six");
  CHECK(c->rejected[4].line == 3);
  const auto& referral = c->tables[static_cast<std::size_t>(p->schema.find("referral"))];
  CHECK(referral.rows == 1);
  REQUIRE_FALSE(referral.doubted.empty());
  CHECK((referral.doubted[0] & 7) == 7);
}

TEST_CASE("unsorted rows stand by child, then time, then as they came", "[data]") {
  const auto p = checked(pack_with(items));
  folder f;
  f.write("child.csv", "child_id\nb\na\n");
  // Also where a slip puts centuries between two of them.
  const std::string last = GENERATE("2025-03-01", "2525-03-01");
  CAPTURE(last);
  f.write("referral.csv", "child_id,made,service\na," + last + ",camhs\nb,2025-01-02,speech\na,2025-01-01,speech\na,2025-01-01,camhs\n");
  const auto c = load_cohort(p->schema, f.path);
  REQUIRE(c);
  const auto& t = c->tables[static_cast<std::size_t>(p->schema.find("referral"))];
  CHECK(t.first_row == std::vector<std::uint32_t>{0, 1, 4});
  const auto codes = std::get<std::span<const std::uint16_t>>(t.columns[static_cast<std::size_t>(p->schema.tables[static_cast<std::size_t>(p->schema.find("referral"))].find("service"))].values);
  CHECK(std::vector<int>(codes.begin(), codes.end()) == std::vector<int>{1, 1, 0, 0});
}

TEST_CASE("a file that cannot be used at all says what to do", "[data]") {
  const auto p = checked(pack_with(items));
  folder f;
  auto message = [&] {
    const auto c = load_cohort(p->schema, f.path);
    REQUIRE_FALSE(c);
    CHECK(c.error().kind == failure_kind::data);
    return c.error().message;
  };
  CHECK(message().find("child.csv") != std::string::npos);
  f.write("child.csv", "");
  CHECK(message().find("empty") != std::string::npos);
  f.write("child.csv", "kid,year\na,6\n");
  CHECK(message().find("child_id") != std::string::npos);
  f.write("child.csv", "child_id\na\n");
  f.write("referral.csv", "child_id,mad,urgent\na,2025-01-01,yes\n");
  CHECK(message().find("mad") != std::string::npos);
}

TEST_CASE("a host's columns are viewed, not copied, where the rows stand in order", "[data]") {
  const auto p = checked(pack_with(items));
  const std::vector<std::string_view> keys{"a", "b"};
  const std::vector<double> years{6, 7};
  const std::vector<std::int32_t> made{100, 200};
  const std::vector<std::uint32_t> rows{0, 1};
  host_table child, referral;
  child.name = "child", child.rows = 2;
  child.columns.resize(2);
  child.columns[0].name = "child_id", child.columns[0].texts = keys;
  child.columns[1].name = "year", child.columns[1].values = std::span<const double>(years);
  referral.name = "referral", referral.rows = 2, referral.child_rows = rows;
  referral.columns.resize(1);
  referral.columns[0].name = "made", referral.columns[0].values = std::span<const std::int32_t>(made);
  const auto c = build_cohort(p->schema, {child, referral});
  REQUIRE(c);
  const auto& t = c->tables[static_cast<std::size_t>(p->schema.find("referral"))];
  CHECK(std::get<std::span<const std::int32_t>>(t.columns[0].values).data() == made.data());
  CHECK(std::get<std::span<const double>>(c->tables[0].columns[1].values).data() == years.data());
  referral.columns[0].name = "maid";
  CHECK_FALSE(build_cohort(p->schema, {child, referral}));
}
