// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "run.hpp"

#include <earlysight/render/results.hpp>

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace earlysight::command {

opened open_run(const arguments& a, bool progress) {
  opened out;
  auto pack = open_pack(a.pack);
  if (pack.exit) {
    out.exit = *pack.exit;
    return out;
  }
  out.pack = pack.report.checked;
  const auto as_of = parse_date(a.as_of);
  if (!as_of) {
    out.exit = refuse("--as-of needs a day written year-month-day, such as 2025-06-20; \"" + a.as_of + "\" is not that");
    return out;
  }
  param_values params;
  if (const auto wrong = read_settings(*out.pack, a.set, params)) {
    out.exit = *wrong;
    return out;
  }
  auto lowered = lower(out.pack, *as_of, params);
  if (!lowered) {
    out.exit = report(lowered.error());
    return out;
  }
  out.lowered = std::make_shared<const plan>(std::move(*lowered));
  load_options options;
  options.threads = a.threads;
  options.strict = a.strict;
  if (!a.max_rejected.empty()) {
    char* end = nullptr;
    auto share = std::strtod(a.max_rejected.c_str(), &end);
    if (*end == '%') share /= 100, ++end;
    if (*end != '\0' || share < 0 || share > 1) {
      out.exit = refuse("--max-rejected needs a share such as 2% or 0.02; \"" + a.max_rejected + "\" is not that");
      return out;
    }
    options.max_rejected = share;
  }
  const auto begin = std::chrono::steady_clock::now();
  progress_bar bar("reading");
  if (progress) options.progress = [&](double share) { bar.show(share); };
  auto data = load_cohort(out.pack->schema, a.data, options);
  if (!data) {
    out.exit = report(data.error());
    return out;
  }
  out.data = std::make_shared<const cohort>(std::move(*data));
  out.load_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return out;
}

int run_score(const arguments& a) {
  const auto in = open_run(a, true);
  if (in.exit) return *in.exit;
  for (const auto& w : warnings_for(*in.pack, *in.data)) fmt::print(stderr, "earlysight: {}\n", w);
  if (!in.data->rejected.empty()) {
    const auto n = in.data->rejected.size();
    fmt::print(stderr, "earlysight: {} row{} could not be used; {}\n", n, n == 1 ? "" : "s", a.out.empty() ? "--out DIR writes each with its reason to rejected.csv" : "rejected.csv says which, and why");
  }
  run_options options;
  options.threads = a.threads;
  progress_bar bar("scoring");
  options.progress = [&](double share) { bar.show(share); };
  const auto begin = std::chrono::steady_clock::now();
  auto scored = score(in.lowered, *in.data, options);
  if (!scored) return report(scored.error());
  result_files files;
  files.all_outcomes = a.outcomes == "all";
  files.load_seconds = in.load_seconds;
  files.score_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  files.threads = a.threads > 0 ? a.threads : std::max(1u, std::thread::hardware_concurrency());
  if (!a.out.empty())
    if (auto written = write_results(*scored, *in.data, a.out, files); !written) return report(written.error());
  bar.show(1);
  fmt::print("{}", render_summary(*scored, *in.data, files));
  if (!a.out.empty()) fmt::print("results are in {}\n", a.out);
  return done;
}

}  // namespace earlysight::command
