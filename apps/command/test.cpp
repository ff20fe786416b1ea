// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <earlysight/render/examples.hpp>

#include <fmt/core.h>

namespace earlysight::command {

namespace {

// With --coverage, the packs that a pack uses show their own examples too, each as it stands by itself: what a rule does is
// said where the rule is.
int run_used(const pack_report& report) {
  int code = done;
  std::size_t passed = 0, rules = 0, short_of_outcomes = 0;
  for (const auto& path : report.used) {
    auto used = open_pack(path.string());
    if (used.exit) return *used.exit;
    const auto& pack = *used.report.checked;
    const auto results = run_examples(used.report.checked);
    if (!results.empty()) fmt::print("\n{}: {}", pack.pack.name, render_examples_text(pack, results, colour_on(1)));
    for (const auto& r : results) {
      passed += r.passed() ? 1 : 0;
      if (!r.passed()) code = pack_has_errors;
    }
    const auto coverage = coverage_of(pack, results);
    fmt::print("{}", render_coverage(pack, coverage));
    for (const auto& r : coverage.rules) ++rules, short_of_outcomes += r.outcomes.empty() ? 0 : 1;
  }
  if (rules > 0) fmt::print("\nused packs: {} examples passed; {} of {} rules reached every outcome that they can have\n", passed, rules - short_of_outcomes, rules);
  return code;
}

}  // namespace

int run_test(const arguments& a) {
  auto pack = open_pack(a.pack);
  if (pack.exit) return *pack.exit;
  param_values params;
  if (const auto wrong = read_settings(*pack.report.checked, a.set, params)) return *wrong;
  const auto results = run_examples(pack.report.checked, params);
  if (a.format == "json") fmt::print("{}", render_examples_json(*pack.report.checked, results));
  else if (a.format == "junit") fmt::print("{}", render_examples_junit(*pack.report.checked, results));
  else fmt::print("{}", render_examples_text(*pack.report.checked, results, colour_on(1)));
  int code = done;
  if (a.coverage && a.format == "text") {
    fmt::print("{}", render_coverage(*pack.report.checked, coverage_of(*pack.report.checked, results)));
    if (!pack.report.used.empty()) code = run_used(pack.report);
  }
  for (const auto& r : results)
    if (!r.passed()) code = pack_has_errors;
  return code;
}

}  // namespace earlysight::command
