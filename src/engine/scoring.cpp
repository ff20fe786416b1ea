// SPDX-License-Identifier: Apache-2.0
#include <earlysight/engine/scoring.hpp>

#include "kernel/score.hpp"

namespace earlysight {

void score_block(const program& p, std::size_t children, std::span<const std::uint8_t> fires, std::span<const std::uint8_t> perhaps, double* low, double* high) {
  using bytes = Eigen::Map<const Eigen::Array<std::uint8_t, Eigen::Dynamic, 1>>;
  const auto n = static_cast<Eigen::Index>(children);
  auto fill = [&](std::span<const std::uint8_t> at_stake, double* out) {
    kernel::points_matrix points = kernel::points_matrix::Zero(n, static_cast<Eigen::Index>(p.flags.size()));
    for (std::size_t r = 0; r < p.rules.size(); ++r)
      for (const auto& raised : p.rules[r].raises) {
        if (raised.points == 0 || p.flags[static_cast<std::size_t>(raised.flag)].about != about::child) continue;
        // A flag's points are the highest among its rules: one indicator may escalate.
        auto column = points.col(raised.flag);
        column = column.max(bytes(at_stake.data() + r * children, n).cast<double>() * raised.points);
      }
    kernel::add_points(p, points, Eigen::Map<Eigen::ArrayXd>(out, n));
  };
  fill(fires, low);
  fill(perhaps, high);
}

}  // namespace earlysight
