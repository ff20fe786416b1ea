// SPDX-License-Identifier: Apache-2.0
// Random packs, as Sight text, over one set of tables that has every sort of column; and random files for them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace earlysight::testing {

struct random_case {
  std::string pack;
  std::string as_of;
};

/// The same seed gives the same pack everywhere.
random_case make_case(std::uint64_t seed);
/// Writes child.csv and the others: few children or enough for a panel, unsorted rows, empty and bad cells, strangers, files and columns that are missing.
void write_data(std::uint64_t seed, const std::filesystem::path& folder);

}  // namespace earlysight::testing
