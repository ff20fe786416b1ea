// SPDX-License-Identifier: Apache-2.0
// A case-management system that scores children from its own memory: no files but the pack, no copy of its columns.
#include <earlysight/earlysight.hpp>

#include <cstdint>
#include <iostream>
#include <string_view>
#include <vector>

using namespace earlysight;

int main(int count, char** words) {
  if (count != 2) {
    std::cerr << "host PACK (such as rules/transition)\n";
    return 2;
  }
  const auto report = load_pack(words[1]);
  if (!report) return std::cerr << report.error().message << "\n", 2;
  if (!report->checked) return std::cerr << render_text(report->diagnostics, *report->sources, false), 1;
  const auto& pack = report->checked;

  // The host's own columns: two children in Year 6, one of whom has lost school since May and waits for an assessment.
  const std::vector<std::string_view> keys{"h1", "h2"};
  const std::vector<std::uint8_t> years{6, 6}, yes{1, 1};
  // Codes in the order of the declarations: none, support, ehcp; and marks, weeks, terms, none.
  const std::vector<std::uint16_t> sen{1, 0}, weekly{1, 1};
  host_table child{.name = "child", .rows = 2, .columns = {{.name = "child_id", .values = {}, .texts = keys, .known = {}, .present = {}},
                                                           {.name = "year", .values = std::span(years), .texts = {}, .known = {}, .present = {}},
                                                           {.name = "sen", .values = std::span(sen), .texts = {}, .known = {}, .present = {}},
                                                           {.name = "health_feed", .values = std::span(yes), .texts = {}, .known = {}, .present = {}},
                                                           {.name = "school_feed", .values = std::span(weekly), .texts = {}, .known = {}, .present = {}}},
                   .child_keys = {}, .child_rows = {}};
  std::vector<std::uint32_t> child_of_week;
  std::vector<std::int32_t> weeks;
  std::vector<std::uint8_t> possible, attended;
  for (std::uint32_t c = 0; c < 2; ++c)
    for (auto day = *parse_date("2025-01-06"); day <= *parse_date("2025-06-16"); day.day += 7) {
      child_of_week.push_back(c);
      weeks.push_back(day.day);
      possible.push_back(10);
      attended.push_back(c == 0 && day >= *parse_date("2025-05-05") ? 6 : 10);
    }
  host_table attendance{.name = "attendance", .rows = weeks.size(), .columns = {{.name = "week", .values = std::span<const std::int32_t>(weeks), .texts = {}, .known = {}, .present = {}},
                                                                               {.name = "possible", .values = std::span<const std::uint8_t>(possible), .texts = {}, .known = {}, .present = {}},
                                                                               {.name = "attended", .values = std::span<const std::uint8_t>(attended), .texts = {}, .known = {}, .present = {}}},
                        .child_keys = {}, .child_rows = child_of_week};
  const std::vector<std::uint32_t> child_of_referral{0};
  const std::vector<std::int32_t> made{parse_date("2024-03-04")->day}, no_day{0};
  const std::vector<std::uint16_t> service{0};
  const std::uint64_t nothing = 0;  // not yet seen, nor closed: there is no value
  host_table referral{.name = "referral", .rows = 1, .columns = {{.name = "made", .values = std::span(made), .texts = {}, .known = {}, .present = {}},
                                                                {.name = "seen", .values = std::span(no_day), .texts = {}, .known = {}, .present = {&nothing}},
                                                                {.name = "closed", .values = std::span(no_day), .texts = {}, .known = {}, .present = {&nothing}},
                                                                {.name = "service", .values = std::span(service), .texts = {}, .known = {}, .present = {}}},
                      .child_keys = {}, .child_rows = child_of_referral};

  const auto cohort = build_cohort(pack->schema, {child, attendance, referral});
  if (!cohort) return std::cerr << cohort.error().message << "\n", 3;
  auto lowered = lower(pack, *parse_date("2025-06-20"));
  if (!lowered) return std::cerr << lowered.error().message << "\n", 3;
  // Kept from one request to the next; each thread has its own. A whole cohort at once: `score`.
  const auto plan_of_today = std::make_shared<const plan>(std::move(*lowered));
  scorer one(plan_of_today);
  explainer why(plan_of_today);
  one.use(*cohort);
  why.use(*cohort);
  for (std::size_t i = 0; i < cohort->children; ++i) {
    const auto& scores = one.score(i).scores;
    std::cout << cohort->key_of(i) << ": " << scores.low[0] << " to " << scores.high[0] << " points\n";
  }
  const auto reason = why.explain(0, pack->find_rule("y6_falling_with_unmet_nd"));
  std::cout << "\n" << render_text(reason, false);
  return reason.outcome == outcome::fires ? 0 : 1;
}
