// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace earlysight::workload {

/// Memory that no cache holds, read from end to end by several threads at once.
class bandwidth_probe {
 public:
  explicit bandwidth_probe(std::size_t bytes = std::size_t{1} << 29);
  /// Reads all of it once; gives bytes a second.
  double read(unsigned threads);
  /// Copies half of it onto the other half; gives bytes read and written a second.
  double copy(unsigned threads);

 private:
  std::vector<std::uint64_t> words_;
  volatile std::uint64_t sink_ = 0;
};

}  // namespace earlysight::workload
