// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <earlysight/render/examples.hpp>

#include <fmt/core.h>

namespace earlysight::command {

int run_test(const arguments& a) {
  auto pack = open_pack(a.pack);
  if (pack.exit) return *pack.exit;
  param_values params;
  if (const auto wrong = read_settings(*pack.report.checked, a.set, params)) return *wrong;
  const auto results = run_examples(pack.report.checked, params);
  if (a.format == "json") fmt::print("{}", render_examples_json(*pack.report.checked, results));
  else if (a.format == "junit") fmt::print("{}", render_examples_junit(*pack.report.checked, results));
  else fmt::print("{}", render_examples_text(*pack.report.checked, results, colour_on(1)));
  if (a.coverage && a.format == "text") fmt::print("{}", render_coverage(*pack.report.checked, results));
  for (const auto& r : results)
    if (!r.passed()) return pack_has_errors;
  return done;
}

}  // namespace earlysight::command
