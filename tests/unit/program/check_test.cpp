// SPDX-License-Identifier: Apache-2.0
#include "support/packs.hpp"

#include <earlysight/program/reads.hpp>

using namespace earlysight;
using namespace earlysight::testing;

TEST_CASE("a percentage compared with a bare number asks for the percent sign", "[check][E0301]") {
  const auto report = read_pack_text("t", pack_with("rule low \"Low\" when attendance is less than 90 raise at_risk"));
  const auto error = std::find_if(report.diagnostics.begin(), report.diagnostics.end(), [](const diagnostic& d) { return d.level == severity::error; });
  REQUIRE(error != report.diagnostics.end());
  CHECK(error->code == "E0301");
  CHECK(report.sources->text(error->where) == "90");
  CHECK(error->mend == "did you mean `90%`?");
}

TEST_CASE("an error is located to the exact words", "[check]") {
  CHECK(words_of_first_error(pack_with("rule low \"Low\" when attendance is lss than 90% raise at_risk")) == "lss");
  CHECK(words_of_first_error(pack_with("rule low \"Low\" when (moved or year is 6 raise at_risk")) == "(");
  CHECK(words_of_first_error(pack_with("rule low \"Low\" when any referral where servise is camhs raise at_risk")) == "servise");
  CHECK(words_of_first_error(pack_with("fact Senior = year is 6")) == "Senior");
}

TEST_CASE("what follows from an error adds none", "[check]") {
  CHECK(error_codes(pack_with("fact a = yeer + 1\nfact b = a * 2\nrule low \"Low\" when b is at least 4 raise at_risk")) == std::vector<std::string>{"E0201"});
  CHECK(error_codes(pack_with("fact broken = (year\nrule low \"Low\" when broken raise at_risk")) == std::vector<std::string>{"E0109"});
  CHECK(error_codes(pack_with("table visit many per child at day day dat\nrule low \"Low\" when any visit where cost is 3 raise at_risk")).size() == 1);
}

TEST_CASE("a cycle shows every edge, once, at its first item", "[check][E0208]") {
  const auto report = read_pack_text("t", pack_with("fact a = b + 1\nfact b = c + 1\nfact c = a + 1"));
  REQUIRE(report.diagnostics.size() >= 1);
  CHECK(report.diagnostics[0].code == "E0208");
  CHECK(report.diagnostics[0].related.size() == 3);
  CHECK(report.sources->text(report.diagnostics[0].where) == "a");
}

TEST_CASE("columns go before everything else inside their table", "[check]") {
  CHECK(error_codes(pack_with("fact urgent = any referral where urgent\nrule low \"Low\" when urgent raise at_risk")).empty());
  CHECK(error_codes(pack_with("fact support = sen is support\nrule low \"Low\" when support raise at_risk")).empty());
}

TEST_CASE("a count of rows by a count of rows is a percentage; columns of type count divide to a number", "[check]") {
  CHECK(error_codes(pack_with("rule low \"Low\" when (count of referral where urgent) / (count of referral) is at least 50% raise at_risk")).empty());
  CHECK(error_codes(pack_with("rule low \"Low\" when year / year is at least 50% raise at_risk")) == std::vector<std::string>{"E0301"});
}

TEST_CASE("params are set by a literal of their own kind", "[check]") {
  const auto p = checked(pack_with("param wait = 6 weeks\nparam name_of_ours = \"West\"\nrule low \"Low\" when born is at least wait ago raise at_risk"));
  std::string message;
  CHECK(read_param_value(p->params[static_cast<std::size_t>(p->find_param("wait"))], "8 weeks", message)->length == duration{8, time_unit::weeks});
  CHECK_FALSE(read_param_value(p->params[static_cast<std::size_t>(p->find_param("wait"))], "8", message));
  CHECK(message.find("18 weeks") != std::string::npos);
  CHECK(read_param_value(p->params[static_cast<std::size_t>(p->find_param("name_of_ours"))], "East Side", message)->text == "East Side");
}

TEST_CASE("two hundred levels are read, two hundred and one are an error", "[check][E0108]") {
  auto nested = [](int n) { return pack_with("rule low \"Low\" when " + std::string(static_cast<std::size_t>(n), '(') + "moved" + std::string(static_cast<std::size_t>(n), ')') + " raise at_risk"); };
  CHECK(error_codes(nested(200)).empty());
  CHECK(error_codes(nested(201)) == std::vector<std::string>{"E0108"});
}

TEST_CASE("a chain of a hundred thousand facts, or operands, exhausts nothing", "[check]") {
  std::string facts = "fact f0 = year\n";
  for (int i = 1; i < 20000; ++i) facts += "fact f" + std::to_string(i) + " = f" + std::to_string(i - 1) + " + 1\n";
  CHECK(error_codes(pack_with(facts)).empty());
  std::string sum = "year";
  for (int i = 0; i < 50000; ++i) sum += " + 1";
  CHECK(error_codes(pack_with("fact long_sum = " + sum)).empty());
}

TEST_CASE("`not yet COLUMN` is complete: a comparison after it belongs to the rule", "[check]") {
  const auto p = checked(pack_with("rule low \"Low\" when count of referral where not yet seen is at least 2 and earliest made of referral where not yet seen is before 2025-01-01 raise at_risk"));
  const auto& when = (*p)[p->rules[0].when];
  REQUIRE(when.parts.size() == 2);
  for (auto part : when.parts) {
    CHECK((*p)[part].op == operation::compare);
    CHECK((*p)[(*p)[part].parts[0]].op == operation::aggregate);
  }
}

TEST_CASE("a window around a reckoned date asks only that its columns were spoken of before", "[check][W0104]") {
  auto warns = [](const std::string& conditions) {
    const auto report = read_pack_text("t", pack_with("rule low \"Low\" when any referral where " + conditions + " raise at_risk"));
    return std::any_of(report.diagnostics.begin(), report.diagnostics.end(), [](const diagnostic& d) { return d.code == "W0104"; });
  };
  CHECK(warns("no referral since (10 days before referral's seen)"));
  CHECK_FALSE(warns("seen is more than 10 days ago, no referral since (10 days before referral's seen)"));
  CHECK_FALSE(warns("seen is before today, no referral since (10 days before referral's seen)"));
  // What is nothing is known too.
  CHECK(warns("seen is known, no referral since referral's seen"));
  CHECK_FALSE(warns("no referral since (10 days before referral's made)"));
}

TEST_CASE("a pack reads what its rules, and the facts and texts they rest on, name", "[program]") {
  const auto p = checked(pack_with("fact urgent_ones = count of referral where urgent\nfact idle = count of referral where service is camhs\nrule low \"Low\" when urgent_ones is at least 2 and year is 6 raise at_risk because \"{sen}\""));
  const auto read = what_is_read(*p);
  const auto child = static_cast<std::size_t>(p->schema.find("child")), referral = static_cast<std::size_t>(p->schema.find("referral"));
  auto column = [&](std::size_t t, const char* name) { return bool(read.columns[t][static_cast<std::size_t>(p->schema.tables[t].find(name))]); };
  CHECK(read.tables[referral]);
  CHECK(column(referral, "urgent"));
  CHECK(column(referral, "made"));
  CHECK_FALSE(column(referral, "service"));
  CHECK(column(child, "year"));
  CHECK(column(child, "sen"));
  CHECK_FALSE(column(child, "attendance"));
}
