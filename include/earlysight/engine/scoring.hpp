// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>
#include <earlysight/program/program.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace earlysight {

/// The scores and bands of a program's children, from the outcomes of its rules.
///
///     points_adder points(program);
///     points.run(rules, n, {low, high, band_low, band_high});   // rules[r]: evaluation::bits of rule r
///
/// A score is the sum of the flags' points, theme by theme, each theme held to its most; a flag's points are the most of the rules that
/// raise it (one indicator may escalate). Flags that are not about the child count nothing. Flags and themes are added in the order of
/// their names, so that the sum is the same however many children are scored at once. Source: language.md section 6.
///
/// Not for several threads at once: each has its own. The program must outlive it.
class points_adder {
 public:
  explicit points_adder(const program&);
  ~points_adder();
  points_adder(points_adder&&) noexcept;
  points_adder& operator=(points_adder&&) noexcept;

  /// Where the results of n children go: points at least and at most (rules that fire; also those that cannot tell), and the last of the
  /// program's bands that each reaches, -1 for none.
  struct columns {
    double *low, *high;
    std::int32_t *band_low, *band_high;
  };
  /// Scores n children, from bit 0 of the masks on.
  void run(const std::vector<evaluation::masks>& rules, std::size_t n, columns out);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace earlysight
