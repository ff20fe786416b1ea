// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace earlysight::workload {

/// SplitMix64, begun anew for every child: a child's numbers depend on the seed and its own number alone.
class numbers {
 public:
  explicit numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    auto z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double p) { return share() < p; }
  int below(int n) { return static_cast<int>(share() * n); }

 private:
  std::uint64_t state_;
};

}  // namespace earlysight::workload
