// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/cohort.hpp>

#include <filesystem>
#include <functional>
#include <optional>

namespace earlysight {

struct load_options {
  unsigned threads = 0;                // 0: as many as the machine has
  bool strict = false;                 // any rejected row fails the load
  std::optional<double> max_rejected;  // a share of a table's rows, 0 to 1, over which the load fails
  std::function<void(double share)> progress;  // of the bytes read, now and then
  std::size_t stretch_bytes = 1 << 20;         // of a file that a thread reads at a time; the result is the same for any
};

/// Reads a folder of CSV files, one a table, as interfaces.md says under "Data given as files".
/// Fails with `data` where a file cannot be used at all (no child.csv, a header without the key or a time column, strict), with
/// `machine` where it cannot be read. Every row read is used or rejected; nothing is left out silently.
result<cohort> load_cohort(const schema&, const std::filesystem::path& folder, const load_options& = {});

}  // namespace earlysight
