// SPDX-License-Identifier: Apache-2.0
// Simulated cohorts in tests.
#pragma once
#include "support/data_folder.hpp"

#include <earlysight/simulate/simulate.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace earlysight::testing {

/// The whole shared data model, without rules.
inline std::shared_ptr<const program> data_model() {
  static const auto pack = [] {
    auto report = read_pack(std::string(EARLYSIGHT_SOURCE_DIR) + "/rules/local.sight");
    REQUIRE(report);
    INFO(render_text(report->diagnostics, *report->sources, false));
    REQUIRE(report->checked);
    return report->checked;
  }();
  return pack;
}

inline simulate_options one_year(std::int64_t children, std::uint64_t seed = 1) {
  simulate_options o;
  o.children = children, o.seed = seed;
  o.from = make_date(2024, 9, 1), o.to = make_date(2025, 6, 20);
  return o;
}

inline simulation_report simulated(const program& pack, const std::filesystem::path& out, const simulate_options& o) {
  auto r = simulate(pack, out, o);
  INFO((r ? std::string() : r.error().message));
  REQUIRE(r);
  return *std::move(r);
}

/// Loads with `strict`: one row rejected is one too many.
inline cohort loaded_strictly(const program& pack, const std::filesystem::path& folder) {
  load_options o;
  o.strict = true;
  auto c = load_cohort(pack.schema, folder, o);
  INFO((c ? std::string() : c.error().message));
  REQUIRE(c);
  return *std::move(c);
}

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::map<std::string, std::string> files_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& f : std::filesystem::directory_iterator(folder)) out[f.path().filename().string()] = text_of_file(f.path());
  return out;
}

/// A CSV file without quotes, as rows of cells by column.
inline std::vector<std::map<std::string, std::string>> rows_of(const std::filesystem::path& path) {
  std::vector<std::map<std::string, std::string>> out;
  std::istringstream in(text_of_file(path));
  std::string line;
  std::vector<std::string> names;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> cells(1);
    for (char c : line) {
      if (c == ',') cells.emplace_back();
      else cells.back() += c;
    }
    if (names.empty()) {
      names = cells;
      continue;
    }
    REQUIRE(cells.size() == names.size());
    std::map<std::string, std::string> row;
    for (std::size_t i = 0; i < cells.size(); ++i) row[names[i]] = cells[i];
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace earlysight::testing
