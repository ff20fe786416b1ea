// SPDX-License-Identifier: Apache-2.0
// Packs and messages in tests.
#pragma once
#include <earlysight/program/load.hpp>
#include <earlysight/render/diagnostics.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace earlysight::testing {

/// A pack around the given items, with the tables that the tests speak of.
inline std::string pack_with(const std::string& items) {
  return R"(pack small "A small pack" version "1"
calendar school_year
  term "Autumn 1" 2024-09-02 to 2024-10-25  term "Autumn 2" 2024-11-04 to 2024-12-20
  term "Spring 1" 2025-01-06 to 2025-02-14  term "Spring 2" 2025-02-24 to 2025-04-04
  term "Summer 1" 2025-04-22 to 2025-05-23  term "Summer 2" 2025-06-02 to 2025-07-22
table child
  child_id   key
  year       count
  attendance percent
  sen        category (none, support, ehcp)
  born       date
  moved      yes/no
table referral many per child at made
  made       date
  seen       date or not yet
  service    category (camhs, speech)
  urgent     yes/no
flag at_risk "At risk"
)" + items + "\n";
}

/// The codes of a pack's errors, in order.
inline std::vector<std::string> error_codes(const std::string& text) {
  std::vector<std::string> codes;
  for (const auto& d : read_pack_text("test.sight", text).diagnostics)
    if (d.level == severity::error) codes.push_back(d.code);
  return codes;
}

inline std::shared_ptr<const program> checked(const std::string& text) {
  auto report = read_pack_text("test.sight", text);
  INFO(render_text(report.diagnostics, *report.sources, false));
  REQUIRE(report.checked);
  return report.checked;
}

/// The words under the first error.
inline std::string words_of_first_error(const std::string& text) {
  const auto report = read_pack_text("test.sight", text);
  for (const auto& d : report.diagnostics)
    if (d.level == severity::error) return std::string(report.sources->text(d.where));
  return {};
}

}  // namespace earlysight::testing
