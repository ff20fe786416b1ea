// SPDX-License-Identifier: Apache-2.0
#include <earlysight/engine/scoring.hpp>

#include "kernel/comparison.hpp"
#include "kernel/score.hpp"

namespace earlysight {

struct points_adder::state {
  kernel::points_sheet sheet;
  std::vector<double> thresholds;  // the least number that reaches each band, within the tolerance
  std::vector<kernel::word> fires, perhaps;  // of 64 children, by rule

  explicit state(const program& p) : sheet(p), fires(p.rules.size()), perhaps(p.rules.size()) {
    for (const auto& b : p.bands) thresholds.push_back(kernel::doubles_of(comparison::greater_equal, b.from).low);
  }
};

points_adder::points_adder(const program& p) : state_(std::make_unique<state>(p)) {}
points_adder::~points_adder() = default;
points_adder::points_adder(points_adder&&) noexcept = default;
points_adder& points_adder::operator=(points_adder&&) noexcept = default;

void points_adder::run(const std::vector<evaluation::masks>& rules, std::size_t n, columns out) {
  const auto& k = kernel::active();
  const auto sheet = state_->sheet.view();
  const auto add = state_->sheet.in_wholes() ? k.add_whole_points : k.add_points;
  auto *fires = state_->fires.data(), *perhaps = state_->perhaps.data();
  for (std::size_t w = 0; w * 64 < n; ++w) {
    const auto first = w * 64, m = std::min<std::size_t>(64, n - first);
    for (std::size_t r = 0; r < rules.size(); ++r) {
      const auto& bits = rules[r];
      fires[r] = bits.truth[w] & bits.known[w] & bits.present[w];
      perhaps[r] = (bits.truth[w] | ~bits.known[w]) & bits.present[w];
    }
    add(sheet, fires, m, out.low + first);
    add(sheet, perhaps, m, out.high + first);
  }
  k.last_reached(out.low, n, state_->thresholds.data(), state_->thresholds.size(), out.band_low);
  k.last_reached(out.high, n, state_->thresholds.data(), state_->thresholds.size(), out.band_high);
}

}  // namespace earlysight
