// SPDX-License-Identifier: Apache-2.0
// A folder of CSV files in tests, and what was read from it.
#pragma once
#include "support/packs.hpp"

#include <earlysight/data/load.hpp>

#include <atomic>
#include <fstream>
#include <unistd.h>

namespace earlysight::testing {

/// A folder of its own, gone with the test.
class data_folder {
 public:
  data_folder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() / ("earlysight-unit-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  data_folder(const data_folder&) = delete;
  data_folder& operator=(const data_folder&) = delete;
  ~data_folder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  const data_folder& write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return *this;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// One column of a cohort, as text a row: a number, `none` or `not known`.
inline std::vector<std::string> cells_of(const schema& s, const cohort& c, const std::string& table, const std::string& column) {
  const auto t = static_cast<std::size_t>(s.find(table));
  const auto& data = c.tables[t];
  const auto& held = data.columns[static_cast<std::size_t>(s.tables[t].find(column))];
  std::vector<std::string> out;
  for (std::size_t r = 0; r < data.rows; ++r) {
    if (std::holds_alternative<std::monostate>(held.values) || !held.known.test(r)) out.emplace_back("not known");
    else if (!held.present.test(r)) out.emplace_back("none");
    else
      std::visit(
          [&](const auto& values) {
            if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) {
              auto text = std::to_string(static_cast<double>(values[r]));
              text.erase(text.find_last_not_of('0') + 1);
              if (text.back() == '.') text.pop_back();
              out.push_back(std::move(text));
            }
          },
          held.values);
  }
  return out;
}

/// A column of keys, texts or references.
inline std::vector<std::string> texts_of(const schema& s, const cohort& c, const std::string& table, const std::string& column) {
  const auto t = static_cast<std::size_t>(s.find(table));
  const auto numbers = std::get<std::span<const std::int32_t>>(c.tables[t].columns[static_cast<std::size_t>(s.tables[t].find(column))].values);
  std::vector<std::string> out;
  for (auto n : numbers) out.push_back(c.texts[static_cast<std::size_t>(n)]);
  return out;
}

inline const table_data& table_of(const schema& s, const cohort& c, const std::string& table) { return c.tables[static_cast<std::size_t>(s.find(table))]; }

/// `file:line column "value"`
inline std::vector<std::string> rejections(const cohort& c) {
  std::vector<std::string> out;
  for (const auto& r : c.rejected) out.push_back(r.file + ":" + std::to_string(r.line) + " " + r.column + " \"" + r.value + "\"");
  return out;
}

inline bool is_doubted(const table_data& t, std::size_t child) { return !t.doubted.empty() && (t.doubted[child / 64] >> (child % 64) & 1); }

}  // namespace earlysight::testing
