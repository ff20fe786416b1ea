// SPDX-License-Identifier: Apache-2.0
// Points of flags to themes to a score: the program's sheet, which the kernels add up.
#pragma once
#include "dispatch.hpp"

#include <earlysight/program/program.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace earlysight::kernel {

/// What the flags about children count, theme by theme in the order of their names, then the flags in no theme, which nothing holds.
class points_sheet {
 public:
  explicit points_sheet(const program& p) {
    // The rules that raise each flag, one flag after another.
    std::vector<std::uint32_t> end(p.flags.size() + 1);
    auto each_raise = [&](auto visit) {
      for (std::size_t r = 0; r < p.rules.size(); ++r)
        for (const auto& raised : p.rules[r].raises)
          if (raised.points > 0) visit(static_cast<std::uint32_t>(r), raised);
    };
    each_raise([&](std::uint32_t, const raise& raised) { ++end[static_cast<std::size_t>(raised.flag) + 1]; });
    for (std::size_t f = 1; f < end.size(); ++f) end[f] += end[f - 1];
    raises_.resize(end.back());
    each_raise([&](std::uint32_t rule, const raise& raised) { raises_[end[static_cast<std::size_t>(raised.flag)]++] = {rule, 0, raised.points}; });
    raises_of_ = std::move(end);
    for (std::size_t t = 0; t < p.themes.size(); ++t) add_theme(p, static_cast<std::int32_t>(t), 0, p.flags.size(), p.themes[t].up_to);
    for (std::size_t f = 0; f < p.flags.size(); ++f) add_theme(p, -1, f, f + 1, std::numeric_limits<double>::infinity());
    // Bytes for a theme, two for them all. A theme that is held counts as a number of points above what it may add as the most of a byte.
    double all = 0;
    for (auto& t : themes_) {
      const bool held = t.up_to <= most_of_a_byte;
      double most = 0;
      for (auto f = t.first; f < t.last; ++f) {
        double of_flag = 0;
        for (auto r = flags_[f].first; r < flags_[f].last; ++r) {
          auto& raise = raises_[r];
          raise.whole = static_cast<std::uint8_t>(std::min(raise.points, most_of_a_byte));
          in_wholes_ = in_wholes_ && raise.points == std::floor(raise.points);
          of_flag = std::max(of_flag, raise.points);
        }
        most += of_flag;
      }
      t.whole = static_cast<std::uint8_t>(std::min(t.up_to, most_of_a_byte));
      in_wholes_ = in_wholes_ && (held ? t.up_to == std::floor(t.up_to) : most <= most_of_a_byte);
      all += std::min(most, t.up_to);
    }
    in_wholes_ = in_wholes_ && all <= 65535;
  }

  /// Whether `add_whole_points` gives what `add_points` does. Views this sheet.
  bool in_wholes() const { return in_wholes_; }
  score_sheet view() const { return {raises_.data(), flags_.data(), themes_.data(), themes_.size()}; }

 private:
  static constexpr double most_of_a_byte = 255;

  // Of the flags from `first` to `last`, those of the theme.
  void add_theme(const program& p, std::int32_t theme, std::size_t first, std::size_t last, double up_to) {
    const auto from = flags_.size();
    for (auto f = first; f < last; ++f) {
      const auto a = f == 0 ? 0 : raises_of_[f - 1], b = raises_of_[f];
      if (a < b && p.flags[f].theme == theme && p.flags[f].about == about::child) flags_.push_back({a, b});
    }
    if (flags_.size() > from) themes_.push_back({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(flags_.size()), 0, up_to});
  }

  std::vector<std::uint32_t> raises_of_;  // by flag: where its raises end
  std::vector<score_sheet::raise> raises_;
  std::vector<score_sheet::flag> flags_;
  std::vector<score_sheet::theme> themes_;
  bool in_wholes_ = true;
};

}  // namespace earlysight::kernel
