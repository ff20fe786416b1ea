// SPDX-License-Identifier: Apache-2.0
// Points of flags to themes to a score, as operations on a matrix of children by flags.
#pragma once
#include <earlysight/program/program.hpp>

#include <Eigen/Core>

#include <vector>

namespace earlysight::kernel {

using points_matrix = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic>;  // children x flags, by column

/// out = for each child the sum of its flags' points, theme by theme, each theme held to its most; flags in no theme are not held.
/// Flags and themes are added in the order of their names.
inline void add_points(const program& p, const points_matrix& points, Eigen::Ref<Eigen::ArrayXd> out) {
  out.setZero();
  Eigen::ArrayXd theme(points.rows());
  for (std::size_t t = 0; t < p.themes.size(); ++t) {
    theme.setZero();
    for (std::size_t f = 0; f < p.flags.size(); ++f)
      if (p.flags[f].theme == static_cast<std::int32_t>(t) && p.flags[f].about == about::child) theme += points.col(static_cast<Eigen::Index>(f));
    out += theme.min(p.themes[t].up_to);
  }
  for (std::size_t f = 0; f < p.flags.size(); ++f)
    if (p.flags[f].theme < 0 && p.flags[f].about == about::child) out += points.col(static_cast<Eigen::Index>(f));
}

}  // namespace earlysight::kernel
