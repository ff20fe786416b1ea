// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/cohort.hpp>

#include <atomic>
#include <mutex>

namespace earlysight {

/// Finds children by key. Nothing is made until a second key is looked for: who asks once, as the command does, is answered sooner
/// by a look at each key. For many threads at once.
class child_index {
 public:
  /// Of the keys of this cohort, which may be moved, and are looked at no more after a change.
  explicit child_index(const cohort& c) : keys_(c.keys.data()) {}

  /// The child with this key, or -1.
  std::int64_t find(const cohort&, std::string_view key);

 private:
  void fill(const cohort&);

  const std::uint32_t* keys_;
  std::atomic<bool> asked_{false};
  std::once_flag filled_;
  std::vector<std::uint32_t> slots_;  // a power of two; children from 1, and 0 is free
};

}  // namespace earlysight
