// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/plan/plan.hpp>

#include <span>
#include <vector>

namespace earlysight {

/// A part of a plan: some nodes and all that they rest on, as a plan of its own. It says the same of every child as the whole.
///
/// What belongs to one rule is a few dozen nodes of hundreds, so that its reasons cost what the rule costs and not what the pack does.
struct plan_slice {
  /// Nodes, spaces and frames numbered anew, in the order that they had; all nodes are needed. Rules, facts and tables' `table_known` that
  /// are not part of it are -1; `node_of`, `row_node_of` and `traces` are left empty (see `place_of`).
  plan part;
  std::vector<plan_node_id> place_of;  // by node of the whole plan: its number in `part`, or -1
};

/// Cuts out `wanted` (ids below 0 are passed over) and everything below them.
plan_slice slice(const plan&, std::span<const plan_node_id> wanted);

}  // namespace earlysight
