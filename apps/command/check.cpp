// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <earlysight/render/diagnostics.hpp>

#include <fmt/core.h>

namespace earlysight::command {

int run_check(const arguments& a) {
  auto read = read_pack(a.pack);
  if (!read) return report(read.error());
  const auto& r = *read;
  if (a.format == "json") {
    fmt::print("{}", render_json(r.diagnostics, *r.sources));
  } else if (a.format == "sarif") {
    fmt::print("{}", render_sarif(r.diagnostics, *r.sources));
  } else {
    fmt::print("{}", render_text(r.diagnostics, *r.sources, colour_on(1)));
    std::size_t errors = 0, warnings = 0;
    for (const auto& d : r.diagnostics) ++(d.level == severity::error ? errors : warnings);
    auto count = [](std::size_t n, const char* what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); };
    if (r.checked) {
      const auto& p = *r.checked;
      fmt::print("{} {}: {}, {}, {}; {}\n", p.pack.name, p.pack.version, count(p.rules.size(), "rule"), count(p.facts.size(), "fact"), count(p.examples.size(), "example"),
                 warnings == 0 ? std::string("no errors, no warnings") : "no errors, " + count(warnings, "warning"));
    } else {
      fmt::print("{}, {}; `earlysight help CODE` explains each\n", count(errors, "error"), count(warnings, "warning"));
    }
  }
  return r.checked ? done : pack_has_errors;
}

}  // namespace earlysight::command
