// SPDX-License-Identifier: Apache-2.0
// Draws that depend on (seed, whose, what for) alone: never on the order in which children are made.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace earlysight::simulation {

/// What a stream of draws is for. A new one never disturbs the others, so that a change to one story leaves the rest as they were.
enum class purpose : std::uint32_t { family, households, ages, person, health, care, worries, absence, track, schooling, days, send, provision, support, oversight, suspension, transport, progress, gaps, plain, place, sample, long_absence };

/// SplitMix64: the n-th draw is a hash of the start plus n steps.
class draws {
 public:
  draws(std::uint64_t seed, std::uint64_t who, purpose why) : state_(mixed(mixed(seed + 0x632BE59BD9B4E019u) ^ (who * 0xD1B54A32D192ED03u + static_cast<std::uint64_t>(why) * 0x8CB92BA72F3D8DD7u + 1))) {}

  std::uint64_t next() { return mixed(state_ += 0x9E3779B97F4A7C15u); }
  /// In [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double share) { return unit() < share; }
  /// From low to high, both included.
  int between(int low, int high) { return high <= low ? low : low + static_cast<int>(static_cast<std::uint64_t>(static_cast<std::uint64_t>(high - low + 1) * (next() >> 32)) >> 32); }
  /// Close to a standard normal: the sum of twelve units less six, so that no library's logarithm has a say in the bytes.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 3; ++i)
      for (auto bits = next(), k = std::uint64_t{0}; k < 4; ++k, bits >>= 16) sum += (static_cast<double>(bits & 0xFFFF) + 0.5) * 0x1p-16;
    return sum;
  }
  /// The place of a weight, with a chance in proportion to it.
  template <std::size_t N>
  std::size_t weighted(const std::array<double, N>& weights) {
    double all = 0;
    for (auto w : weights) all += w;
    auto u = unit() * all;
    for (std::size_t i = 0; i + 1 < N; ++i)
      if ((u -= weights[i]) < 0) return i;
    return N - 1;
  }

 private:
  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

/// A distribution by its quantiles at 0, 1/(N-1), …, 1; straight between them.
template <std::size_t N>
struct quantiles {
  std::array<double, N> at;
  double of(double u) const {
    const auto x = u * (N - 1);
    const auto i = x >= N - 1 ? N - 2 : static_cast<std::size_t>(x);
    return at[i] + (at[i + 1] - at[i]) * (x - static_cast<double>(i));
  }
  constexpr double mean() const {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < N; ++i) sum += (at[i] + at[i + 1]) / 2;
    return sum / (N - 1);
  }
};
template <class... Numbers>
quantiles(Numbers...) -> quantiles<sizeof...(Numbers)>;

}  // namespace earlysight::simulation
