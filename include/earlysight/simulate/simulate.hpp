// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/result.hpp>
#include <earlysight/data/cohort.hpp>
#include <earlysight/program/program.hpp>
#include <earlysight/simulate/profile.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace earlysight {

/// What to simulate. Dates are included at both ends; `to` is the day on which the extract is taken: what happens later is not in it.
struct simulate_options {
  std::int64_t children = 0;      ///< 1 to 50,000,000; 0 with `like`: as many as there are
  std::uint64_t seed = 1;
  std::optional<date> from, to;   ///< not used with `like`, whose rows say which days they cover
  simulation_profile profile;     ///< how common everything is; not used with `like`
  std::filesystem::path like;     ///< an authority's own files, whose margins are learnt; empty: lives are told
  unsigned threads = 0;           ///< 0: as many as the machine has
  std::function<void(double share)> progress;  ///< of the children written, now and then, from any one thread at a time
};

/// What was written: rows and bytes a table, in the order of the schema, and how many stories were planted.
struct simulation_report {
  struct table {
    std::string name;
    std::uint64_t rows = 0, bytes = 0;
  };
  std::int64_t children = 0;
  date from, to;
  std::vector<table> tables;
  std::uint64_t stories = 0;
};

/// Writes a cohort of invented children to a folder: one CSV file for every table of the pack, `truth.csv` (child, story, from,
/// detail) and `simulation.json`. Every file loads without a rejected row.
///
/// The same pack, options and version give the same bytes, for any number of threads. Memory does not grow with the number of
/// children (with `like`, the files are read whole once). The folder is written whole or not at all.
/// Fails with `arguments` (a number of children or dates that cannot be; a folder that is neither empty nor a simulation), `data`
/// (the pack's calendar does not cover the time; files of `like` that cannot be read), `machine` (disk, memory).
///
///     simulate_options o;
///     o.children = 1000, o.from = parse_date("2024-09-01"), o.to = parse_date("2025-06-20");
///     auto report = simulate(*pack.checked, "invented", o);
result<simulation_report> simulate(const program&, const std::filesystem::path& out, const simulate_options&);

/// The same cohort, ready to score; by way of a folder of its own among the machine's temporary files, which is gone afterwards.
result<cohort> simulate_cohort(const program&, const simulate_options&);

}  // namespace earlysight
