// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

namespace earlysight {

/// What comes before what, among things numbered from 0.
struct dependency_order {
  std::vector<std::int32_t> order;                // each after all that it needs (within a cycle: in number order)
  std::vector<std::vector<std::int32_t>> cycles;  // one for each knot: a way round, beginning at its lowest number
};

/// `edges`: first needs second. Takes time and memory proportional to their number, without recursion.
dependency_order order_dependencies(std::int32_t count, const std::vector<std::pair<std::int32_t, std::int32_t>>& edges);

}  // namespace earlysight
